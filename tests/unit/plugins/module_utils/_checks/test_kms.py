# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules about a key of KMS: its state, its policy, its grants, and the bucket's default encryption."""

from __future__ import annotations

from datetime import datetime, timezone
import json
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Configuration, Reading
from ansible_collections.assumerole.s3.plugins.module_utils._aws.partitions import located
from ansible_collections.assumerole.s3.plugins.module_utils._checks.audit import audit
from ansible_collections.assumerole.s3.plugins.module_utils._checks.kms import KEY_RULES, rules_of_the_key
from ansible_collections.assumerole.s3.plugins.module_utils._checks.rules import Subject
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import permissions_policy
from ansible_collections.assumerole.s3.plugins.module_utils._policies.key_use import for_the_owner

Json = dict[str, Any]
ACCOUNT = "123456789012"
KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
FOREIGN = KEY.replace(ACCOUNT, "210987654321")
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
USER, ROLE = f"arn:aws:iam::{ACCOUNT}:user/team/u", f"arn:aws:iam::{ACCOUNT}:role/team/r"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/r/s"
OTHER = f"arn:aws:iam::{ACCOUNT}:role/other"
VIA_S3 = {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}}
THERE = {
    "KeyState": "Enabled",
    "KeySpec": "SYMMETRIC_DEFAULT",
    "KeyUsage": "ENCRYPT_DECRYPT",
    "KeyManager": "CUSTOMER",
}
BY_THE_KEY = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY, "BucketKeyEnabled": True}
NAMES = ("config.bucket.key", "config.key.state", "config.key.policy", "config.key.grants")


def contract(**more: Any) -> Contract:
    values = {"bucket": "b-1", "user": "u", "role": "r", "prefix": "team/", "kms_key": KEY, **more}
    return located(Contract.of(values))


def allow(principal: Any, action: Any = "kms:*", **more: Any) -> Json:
    who = principal if isinstance(principal, dict) else {"AWS": principal}
    return {"Effect": "Allow", "Principal": who, "Action": action, "Resource": "*", **more}


def deny(principal: Any, action: Any = "kms:*", **more: Any) -> Json:
    return {**allow(principal, action, **more), "Effect": "Deny"}


def policy(*statements: Json) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)}


DELEGATED = policy(allow(ROOT))


def found(agreed: Contract, **changes: Any) -> dict[str, tuple[str, str]]:
    """What is not as it should be, of a sound contract but for these readings."""
    data = {
        "user": {"Arn": USER, "UserId": "AIDAEXAMPLEEXAMPLEUSER"},
        "role": {"Arn": ROLE, "RoleId": "AROAEXAMPLEEXAMPLEROLE"},
        "bucket.region": "eu-central-1",
        "bucket.encryption_rule": BY_THE_KEY,
        "key": THERE,
        "key.policy": DELEGATED,
        "key.grants": [],
        **changes,
    }
    readings = {
        name: value if isinstance(value, Reading) else Reading(Answer(status=200), value)
        for name, value in data.items()
    }
    subject = Subject(agreed, Configuration(readings))
    judged = {rule.id: rule.judge(subject) for rule in KEY_RULES}
    return {name: (found.outcome, found.cause) for name, found in judged.items() if found.outcome != "pass"}


def outcome(name: str, agreed: Contract | None = None, **changes: Any) -> str:
    """That of one check, where all others pass."""
    wrong = found(agreed or contract(), **changes)
    assert set(wrong) <= {name}
    return wrong.get(name, ("pass", ""))[0]


def test_a_sound_key_passes() -> None:
    assert found(contract()) == {}
    assert tuple(rule.id for rule in KEY_RULES) == NAMES


STATES = [
    ({"KeyState": "Disabled", "Enabled": False}, "is not enabled (Disabled)."),
    ({"KeyState": "PendingImport"}, "is not enabled (PendingImport)."),
    (
        {"KeyState": "PendingDeletion", "DeletionDate": datetime(2026, 2, 1, tzinfo=timezone.utc)},
        "is to be deleted on 2026-02-01.",
    ),
    ({"KeySpec": "RSA_2048"}, "is a key of another kind (RSA_2048, ENCRYPT_DECRYPT)."),
    ({"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}, "is a key of another kind"),
    ({"KeyManager": "AWS"}, "is AWS's own, which lets in everybody whom S3 does."),
]


@pytest.mark.parametrize(("change", "cause"), STATES)
def test_a_key_that_s3_cannot_use_is_missing_access(change: Json, cause: str) -> None:
    ((kind, told),) = found(contract(), key={**THERE, **change}).values()
    assert (kind, cause in told) == ("missing_access", True)


def test_a_key_that_is_gone_or_of_another_region_is_missing_access() -> None:
    gone = Reading(Answer(code="NotFoundException", status=400))
    assert {kind for kind, _cause in found(contract(), key=gone, **{"key.policy": gone}).values()} == {"missing_access"}
    assert outcome("config.key.state", **{"bucket.region": "eu-west-1"}) == "missing_access"


DEFAULTS = [
    ({"SSEAlgorithm": "AES256"}, "excess_access"),
    (None, "excess_access"),
    ({**BY_THE_KEY, "SSEAlgorithm": "aws:kms:dsse"}, "excess_access"),
    ({**BY_THE_KEY, "KMSMasterKeyID": KEY[:-1] + "c"}, "excess_access"),
    ({**BY_THE_KEY, "KMSMasterKeyID": KEY.rpartition("/")[2]}, "excess_access"),
    ({"SSEAlgorithm": "aws:kms"}, "excess_access"),
    ({**BY_THE_KEY, "BucketKeyEnabled": False}, "missing_access"),
]


@pytest.mark.parametrize(("rule", "kind"), DEFAULTS)
def test_the_bucket_encrypts_by_this_key_and_has_a_bucket_key(rule: Json | None, kind: str) -> None:
    assert outcome("config.bucket.key", **{"bucket.encryption_rule": rule}) == kind


(OWN,) = for_the_owner(contract(), ROLE)
KEEPER = allow(OTHER)
POLICIES = {
    # Who lets the role in: its account, the statement that is printed, or one that S3 alone can use.
    "the account": (policy(allow(ROOT)), "pass"),
    "the account by its number": (policy(allow(ACCOUNT)), "pass"),
    "the printed statement": (policy(KEEPER, OWN), "pass"),
    "the role through S3, whatever for": (
        policy(KEEPER, allow(ROLE, ["kms:GenerateDataKey", "kms:Decrypt"], Condition=VIA_S3)),
        "pass",
    ),
    "everybody of the account through S3": (
        policy(
            KEEPER,
            allow(
                "*",
                ["kms:GenerateDataKey", "kms:Decrypt"],
                Condition={"StringEquals": {**VIA_S3["StringEquals"], "kms:CallerAccount": ACCOUNT}},
            ),
        ),
        "pass",
    ),
    "the account, through S3": (policy(allow(ROOT, Condition=VIA_S3)), "pass"),
    "the account, and others by name": (policy(allow(ROOT), KEEPER, allow({"Service": "logs.amazonaws.com"})), "pass"),
    "the account, and everybody of another one": (
        policy(allow(ROOT), allow("*", Condition={"StringEquals": {"kms:CallerAccount": "210987654321"}})),
        "pass",
    ),
    # Who does not.
    "nobody": (policy(KEEPER), "missing_access"),
    "another account": (policy(KEEPER, allow("arn:aws:iam::210987654321:root")), "missing_access"),
    "the account for less": (policy(allow(ROOT, "kms:Decrypt")), "missing_access"),
    "the account, through another service": (
        policy(allow(ROOT, Condition={"StringEquals": {"kms:ViaService": "ec2.eu-central-1.amazonaws.com"}})),
        "missing_access",
    ),
    "the account, through S3 of another region": (
        policy(allow(ROOT, Condition={"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}})),
        "missing_access",
    ),
    "the account, for another bucket": (
        policy(allow(ROOT, Condition={"StringLike": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::other*"}})),
        "missing_access",
    ),
    "the account, and a denial of it": (policy(allow(ROOT), deny(ROOT, "kms:Decrypt")), "missing_access"),
    "the account, and a denial of the role": (policy(allow(ROOT), deny(ROLE)), "missing_access"),
    "the account, and a denial of all but S3 of elsewhere": (
        policy(allow(ROOT), deny("*", Condition={"StringNotEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}})),
        "missing_access",
    ),
    # Who gives too much.
    "the role everything": (policy(allow(ROOT), allow(ROLE)), "excess_access"),
    "a session of the role everything": (policy(allow(ROOT), allow(SESSION)), "excess_access"),
    "the role by its id": (policy(allow(ROOT), allow("AROAEXAMPLEEXAMPLEROLE")), "excess_access"),
    "the role outside of S3": (policy(KEEPER, allow(ROLE, ["kms:GenerateDataKey", "kms:Decrypt"])), "excess_access"),
    "the role another action through S3": (
        policy(allow(ROOT), allow(ROLE, "kms:Encrypt", Condition=VIA_S3)),
        "excess_access",
    ),
    "the user": (policy(allow(ROOT), allow(USER, "kms:Decrypt")), "excess_access"),
    "the user by its id": (policy(allow(ROOT), allow("AIDAEXAMPLEEXAMPLEUSER", "kms:Decrypt")), "excess_access"),
    "everybody": (policy(allow(ROOT), allow("*", "kms:Decrypt")), "excess_access"),
    "everybody of the account": (
        policy(allow(ROOT), allow("*", "kms:Decrypt", Condition={"StringEquals": {"kms:CallerAccount": ACCOUNT}})),
        "excess_access",
    ),
    "everybody of an organization": (
        policy(allow(ROOT), allow("*", "kms:Decrypt", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})),
        "excess_access",
    ),
    "the role everything, and a denial of it outside of S3": (
        policy(
            allow(ROOT),
            allow(ROLE, ["kms:GenerateDataKey", "kms:Decrypt"]),
            deny(ROLE, Condition={"StringNotEquals": VIA_S3["StringEquals"]}),
        ),
        "pass",
    ),
    # What nobody can tell.
    "the account of an organization": (
        policy(allow(ROOT, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})),
        "inconclusive",
    ),
    "a denial of all but a network": (
        policy(allow(ROOT), deny("*", Condition={"StringNotEquals": {"aws:SourceVpc": "vpc-1"}})),
        "inconclusive",
    ),
    "a denial of all but some addresses": (
        policy(allow(ROOT), deny("*", Condition={"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}})),
        "inconclusive",
    ),
    "a denial of what no service asks": (
        policy(allow(ROOT), deny("*", Condition={"Bool": {"aws:ViaAWSService": "false"}})),
        "inconclusive",
    ),
    "all but some": (
        policy(allow(ROOT), {"Effect": "Allow", "NotPrincipal": {"AWS": OTHER}, "Action": "kms:*", "Resource": "*"}),
        "inconclusive",
    ),
}


@pytest.mark.parametrize(("document", "kind"), POLICIES.values(), ids=POLICIES)
def test_the_keys_policy_lets_the_role_in_and_gives_nothing_more(document: Json, kind: str) -> None:
    assert outcome("config.key.policy", **{"key.policy": document}) == kind


def test_a_reader_needs_less_of_the_policy_and_may_have_no_more() -> None:
    reader = contract(permissions=("read",))
    assert outcome("config.key.policy", reader, **{"key.policy": policy(allow(ROOT, "kms:Decrypt"))}) == "pass"
    through_s3 = policy(allow(ROOT), allow(ROLE, "kms:GenerateDataKey", Condition=VIA_S3))
    assert outcome("config.key.policy", reader, **{"key.policy": through_s3}) == "excess_access"


def test_the_whole_statement_that_is_lacking_is_told() -> None:
    data = {"user": {"Arn": USER}, "role": {"Arn": ROLE}, "key.policy": policy(KEEPER), "key": THERE}
    readings = {name: Reading(Answer(), value) for name, value in data.items()}
    subject = Subject(contract(), Configuration(readings))
    told = next(rule for rule in KEY_RULES if rule.id == "config.key.policy").judge(subject)
    assert told.cause == "The key's policy does not let the role in: it lacks kms:GenerateDataKey and kms:Decrypt."
    assert json.loads(told.advice[told.advice.index("{") :]) == OWN


def test_what_another_accounts_key_gives_is_limited_by_this_accounts_policies() -> None:
    theirs = policy(allow("arn:aws:iam::210987654321:root"), allow(ROLE))
    foreign = contract(kms_key=FOREIGN)
    rule = {**BY_THE_KEY, "KMSMasterKeyID": FOREIGN}
    assert found(foreign, **{"key.policy": theirs, "bucket.encryption_rule": rule}) == {}


def test_the_policy_of_another_accounts_key_is_judged_only_where_it_can_be_read() -> None:
    unread, read = Reading(Answer(code="AccessDeniedException", status=400)), Reading(Answer(), DELEGATED)
    for key, reading, judged in [(FOREIGN, unread, False), (FOREIGN, read, True), (KEY, unread, True)]:
        readings = {"role": Reading(Answer(), {"Arn": ROLE}), "key.policy": reading}
        rules = rules_of_the_key(Subject(contract(kms_key=key), Configuration(readings)))
        assert ("config.key.policy" in {rule.id for rule in rules}) is judged
    assert rules_of_the_key(Subject(Contract.of({"bucket": "b-1"}), Configuration())) == ()


GRANTEES = [
    (USER, "excess_access"),
    (ROLE, "excess_access"),
    (SESSION, "excess_access"),
    ("AROAEXAMPLEEXAMPLEROLE", "excess_access"),
    (OTHER, "pass"),
    ("logs.amazonaws.com", "pass"),
]


@pytest.mark.parametrize(("grantee", "kind"), GRANTEES)
def test_no_grant_is_for_the_contracts_own(grantee: str, kind: str) -> None:
    grant = {"GranteePrincipal": grantee, "Operations": ["Decrypt"]}
    assert outcome("config.key.grants", **{"key.grants": [grant]}) == kind


def test_the_roles_policy_is_the_contracts_with_its_key_and_any_more_of_it_is_excess() -> None:
    agreed = contract()
    trust = {"Statement": []}
    data: Json = {
        "user": {"Arn": USER},
        "role": {"Arn": ROLE, "AssumeRolePolicyDocument": trust},
        "role.boundary": None,
        "role.managed": {},
        "bucket.policy": {},
        "roles": {},
        "user.boundary": None,
    }

    def judged(**inline: Json) -> tuple[str, str]:
        readings = {name: Reading(Answer(), value) for name, value in {**data, "role.inline": inline}.items()}
        rest = {name: Reading(Answer(code="AccessDenied")) for name in UNREAD}
        subject = Subject(agreed, Configuration({**rest, **readings}))
        check = next(item for item in audit(subject) if item["id"] == "config.role.permissions")
        return check["outcome"], check["cause"]

    ours = permissions_policy(agreed)
    assert judged(ours=ours) == ("pass", "")
    for action, resource in [("kms:*", KEY), ("kms:Decrypt", KEY), ("kms:Decrypt", "*"), ("kms:Encrypt", KEY)]:
        more = {"Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]}
        kind, cause = judged(ours=ours, more=more)
        assert (kind, action.lower() in cause) == ("excess_access", True)
    for sid in ("EncryptByTheKey", "DecryptByTheKey"):
        less = {"Statement": [statement for statement in ours["Statement"] if statement["Sid"] != sid]}
        assert judged(ours=less)[0] == "missing_access"


UNREAD = (
    *("user.inline", "user.managed", "user.groups", "user.password", "user.keys"),
    *("bucket.public_access", "bucket.ownership", "bucket.encryption", "bucket.region", "bucket.encryption_rule"),
    *("key", "key.policy", "key.grants"),
)


def test_what_the_operator_may_not_read_of_the_key_is_named() -> None:
    denied = Reading(Answer(code="AccessDeniedException", status=400, message="no"))
    readings = {name: Reading(Answer(code="AccessDenied")) for name in UNREAD}
    of_the_role = {name: Reading(Answer(code="AccessDenied")) for name in ("role", "user")}
    rest = {
        name: Reading(Answer()) for name in ("role.boundary", "user.boundary", "role.managed", "role.inline", "roles")
    }
    unread = dict.fromkeys(("key", "key.policy", "key.grants"), denied)
    subject = Subject(contract(), Configuration({**readings, **of_the_role, **rest, "bucket.policy": denied, **unread}))
    advice = {check["id"]: check["advice"] for check in audit(subject) if check["id"].startswith("config.key.")}
    assert advice == {
        f"config.key.{name}": f"Allow the operator kms:{action}, or verify without the audit."
        for name, action in (("state", "DescribeKey"), ("policy", "GetKeyPolicy"), ("grants", "ListGrants"))
    }
