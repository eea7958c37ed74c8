# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the audit on configurations that no emulator can be brought into."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import (
    Configuration,
    Reading,
    newest_change,
)
from ansible_collections.assumerole.s3.plugins.module_utils._checks.audit import audit
from ansible_collections.assumerole.s3.plugins.module_utils._checks.rules import PROVISION, Subject
from ansible_collections.assumerole.s3.plugins.module_utils._checks.verdict import verdict
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import (
    bucket_policy,
    permissions_policy,
    trust_policy,
)

Json = dict[str, Any]
CONTRACT = Contract.of(
    {
        "bucket": "b-1",
        "user": "u",
        "role": "r",
        "encryption": "AES256",
        "prefix": "team/",
        "external_id": "contract-4711",
    }
)
THERE, NONE = Answer(status=200), Answer(code="NoSuchEntity", status=404)
BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
USER_ID = "AIDAEXAMPLEEXAMPLEUSER"


def sound(partition: str = "aws", **changes: Any) -> dict[str, Reading]:
    """What is read of a sound contract, with the data of some readings replaced."""
    user_arn = f"arn:{partition}:iam::123456789012:user/team/u"
    role_arn = f"arn:{partition}:iam::123456789012:role/team/r"
    data: Json = {
        "user": {"Arn": user_arn, "UserId": USER_ID},
        "user.boundary": None,
        "user.inline": [],
        "user.managed": [],
        "user.groups": [],
        "user.keys": [{"AccessKeyId": "AKIAEXAMPLE", "Status": "Active"}],
        "role": {
            "Arn": role_arn,
            "RoleId": "AROAEXAMPLEEXAMPLEROLE",
            "MaxSessionDuration": 3600,
            "AssumeRolePolicyDocument": trust_policy(CONTRACT, {"u": user_arn}),
        },
        "role.boundary": None,
        "role.inline": {"bucket-access": permissions_policy(CONTRACT, partition)},
        "role.managed": {},
        "roles": {role_arn: trust_policy(CONTRACT, {"u": user_arn})},
        "bucket.policy": bucket_policy(CONTRACT, partition),
        "bucket.public_access": dict.fromkeys(BLOCKS, True),
        "bucket.ownership": "BucketOwnerEnforced",
        "bucket.encryption": "AES256",
        "bucket.region": "eu-central-1",
        **changes,
    }
    return {"user.password": Reading(NONE), **{name: Reading(THERE, value) for name, value in data.items()}}


def judged(readings: dict[str, Reading]) -> dict[str, tuple[str, str]]:
    """The checks that did not pass, with outcome and cause."""
    checks = audit(Subject(CONTRACT, Configuration(readings)))
    return {check["id"]: (check["outcome"], check["cause"]) for check in checks if check["outcome"] != "pass"}


def trusted(*principals: str) -> dict[str, Reading]:
    readings = sound()
    role: Json = dict(readings["role"].data)
    document = trust_policy(CONTRACT, {"u": "x"})
    document["Statement"][0]["Principal"] = {"AWS": list(principals)}
    return {**readings, "role": Reading(THERE, {**role, "AssumeRolePolicyDocument": document})}


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_a_sound_contract_passes_in_every_partition_and_with_paths(partition: str) -> None:
    assert judged(sound(partition)) == {}


def test_a_bucket_policy_of_another_partition_guards_nothing() -> None:
    found = judged(sound("aws-cn", **{"bucket.policy": bucket_policy(CONTRACT, "aws")}))
    assert found["config.bucket.policy"][0] == "excess_access"


def advice(check: str, contract: Contract = CONTRACT, **changes: Any) -> str:
    checks = audit(Subject(contract, Configuration(sound(**changes))))
    return next(found["advice"] for found in checks if found["id"] == check)


def beside_ours(effect: str) -> Json:
    theirs = {"Sid": "Theirs", "Effect": effect, "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
    return {**bucket_policy(CONTRACT), "Statement": [*bucket_policy(CONTRACT)["Statement"], theirs]}


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_nobody_is_told_to_remove_somebody_elses_statement(effect: str) -> None:
    said = advice("config.bucket.policy", **{"bucket.policy": beside_ours(effect)})
    assert said.startswith("It is somebody else's statement, so provision leaves it: ask who depends on it")
    assert advice("config.bucket.policy", **{"bucket.policy": {}}) == PROVISION


@pytest.mark.parametrize(
    ("kind", "check", "change"),
    [
        ("role", "config.role.permissions", {"role.inline": {}}),
        ("bucket", "config.bucket.policy", {"bucket.policy": {}}),
        ("bucket", "config.bucket.public_access", {"bucket.public_access": {}}),
        ("bucket", "config.bucket.ownership", {"bucket.ownership": "ObjectWriter"}),
        ("bucket", "config.bucket.encryption", {"bucket.encryption": None}),
    ],
)
def test_what_others_keep_is_theirs_to_mend(kind: str, check: str, change: Json) -> None:
    assert advice(check, **change).startswith(PROVISION[:-1])
    others = replace(CONTRACT, manage=tuple({"user", "role", "bucket"} - {kind}))
    assert advice(check, others, **change) == (
        f"bucket_access_manage leaves the {kind} to others: ask them to bring it in line."
    )


USER = "arn:aws:iam::123456789012:user/team/u"
PRINCIPALS = [
    ((USER_ID,), None),
    ((USER, USER_ID), None),
    (("AIDAEXAMPLESOMEBODYELSE",), "missing_access"),
    (("AROAEXAMPLESOMEBODYELSE",), "missing_access"),
    ((USER, "AIDAEXAMPLESOMEBODYELSE"), "inconclusive"),
    ((USER.replace("/team", ""),), "excess_access"),
    ((USER.replace("aws", "aws-cn", 1),), "excess_access"),
    ((USER, "arn:aws:iam::123456789012:user/other"), "excess_access"),
]


@pytest.mark.parametrize(("principals", "outcome"), PRINCIPALS)
def test_an_id_is_the_user_or_somebody_who_was_deleted(principals: tuple[str, ...], outcome: str | None) -> None:
    found = judged(trusted(*principals))
    assert found.get("config.role.trust", (None,))[0] == outcome
    if outcome in ("missing_access", "inconclusive"):
        assert found["config.role.trust"][1].startswith("The trust policy names A")


ROLE = "arn:aws:iam::123456789012:role/team/r"
ROLE_ID = "AROAEXAMPLEEXAMPLEROLE"
BUCKET, OBJECTS, TEAM = "arn:aws:s3:::b-1", "arn:aws:s3:::b-1/*", "arn:aws:s3:::b-1/team/*"
FOUR = ["s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
EXTERNAL = {"StringEquals": {"sts:ExternalId": "contract-4711"}}


def allow(**elements: Any) -> Json:
    return {"Effect": "Allow", **elements}


def deny(**elements: Any) -> Json:
    return {"Effect": "Deny", **elements}


def trust_of(*statements: Json) -> dict[str, Reading]:
    """A trust policy of these statements."""
    readings = sound()
    role: Json = dict(readings["role"].data)
    return {**readings, "role": Reading(THERE, {**role, "AssumeRolePolicyDocument": {"Statement": list(statements)}})}


def trust_also(*statements: Json) -> dict[str, Reading]:
    """The contract's trust policy with these statements, too."""
    ours = trust_policy(CONTRACT, {"u": USER})["Statement"]
    return trust_of(*ours, *({"Action": "sts:AssumeRole", **more} for more in statements))


def role_of(*statements: Json, **changes: Any) -> dict[str, Reading]:
    """A role with these statements instead of the contract's."""
    return sound(**{"role.inline": {"p": {"Statement": list(statements)}}, **changes})


def role_also(*statements: Json, **changes: Any) -> dict[str, Reading]:
    return role_of(*permissions_policy(CONTRACT)["Statement"], *statements, **changes)


def bucket_also(*statements: Json) -> dict[str, Reading]:
    ours = bucket_policy(CONTRACT)["Statement"]
    return sound(**{"bucket.policy": {"Statement": [*ours, *statements]}})


def on_bucket(**elements: Any) -> dict[str, Reading]:
    """A denial for everybody beside ours in the bucket policy."""
    return bucket_also(deny(**{"Principal": "*", "Action": "s3:*", "Resource": [BUCKET, OBJECTS], **elements}))


def tls(condition: Json) -> dict[str, Reading]:
    """Our denial of plain HTTP by another condition."""
    (ours,) = bucket_policy(CONTRACT)["Statement"]
    return sound(**{"bucket.policy": {"Statement": [{**ours, "Condition": condition}]}})


def trusts(condition: Json) -> dict[str, Reading]:
    """A trust policy that lets in by this condition, too."""
    strings = {**EXTERNAL["StringEquals"], **condition.get("StringEquals", {})}
    both = {**condition, "StringEquals": strings}
    return trust_of(allow(Principal={"AWS": USER}, Action="sts:AssumeRole", Condition=both))


def denies(condition: Json, **elements: Any) -> dict[str, Reading]:
    return trust_also(deny(**{"Principal": "*", "Condition": condition, **elements}))


def judged_alone(readings: dict[str, Reading], check: str) -> str | None:
    """The outcome of a check, when no other one did not pass."""
    found = judged(readings)
    assert set(found) <= {check}, found
    return found.get(check, (None,))[0]


MISSING, EXCESS, UNTOLD = "missing_access", "excess_access", "inconclusive"

#: Text is not structure: an id is the user's as a principal, and what it is as a value of a condition.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-userid
TRUSTS = [
    (denies({"StringEquals": {"aws:userid": USER_ID}}), MISSING),
    (denies({"StringLike": {"aws:userid": f"{USER_ID}*"}}), MISSING),
    (denies({"StringNotEquals": {"aws:userid": USER_ID}}), None),
    (denies({"StringEquals": {"aws:userid": USER}}), None),
    (denies({}, Principal={"AWS": USER_ID}), MISSING),
    (trusts({"StringEquals": {"aws:userid": USER_ID}}), None),
    (trusts({"StringEquals": {"aws:userid": USER}}), MISSING),
    (trusts({"StringEquals": {"aws:username": "u", "aws:PrincipalType": "User"}}), None),
    # A moment: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws-dates.html
    (denies({"DateGreaterThan": {"aws:CurrentTime": "2099-01-01T00:00:00Z"}}), UNTOLD),
    (denies({"NumericGreaterThan": {"aws:EpochTime": "4070908800"}}), UNTOLD),
    (denies({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}), MISSING),
    (denies({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}), None),
    (trusts({"DateLessThan": {"aws:CurrentTime": "2099-01-01T00:00:00Z"}}), UNTOLD),
    (trusts({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}), MISSING),
    # MFA: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
    (denies({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}), MISSING),
    (denies({"Bool": {"aws:MultiFactorAuthPresent": "false"}}), None),
    (denies({"StringNotLike": {"sts:RoleSessionName": "access-check-*"}}), MISSING),
    (denies({"StringNotLike": {"sts:RoleSessionName": "${aws:username}"}}), UNTOLD),
    (trusts({"StringLike": {"sts:RoleSessionName": "${aws:username}"}}), UNTOLD),
    (trusts({"StringEquals": {"aws:PrincipalOrgID": "o-example"}}), UNTOLD),
    (denies({"StringNotEquals": {"aws:PrincipalOrgID": "o-example"}}), UNTOLD),
    (denies({"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": "o-example/*"}}), UNTOLD),
    (denies({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:user/*"}}), None),
    (denies({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*"}}), UNTOLD),
    (denies({"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::*"}}), None),
]


@pytest.mark.parametrize(("readings", "outcome"), TRUSTS)
def test_what_a_trust_policy_does_to_the_user(readings: dict[str, Reading], outcome: str | None) -> None:
    assert judged_alone(readings, "config.role.trust") == outcome


def spares(*principals: str) -> dict[str, Reading]:
    spared = {"AWS": list(principals)}
    return trust_also(deny(NotPrincipal=spared))


def with_boundary(readings: dict[str, Reading]) -> dict[str, Reading]:
    user = {**readings["user"].data, "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:aws:iam::1:policy/b"}}
    return {**readings, "user": Reading(THERE, user)}


ACCOUNT_ROOT = "arn:aws:iam::123456789012:root"

#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
SPARED_USERS = [
    (spares(USER, ACCOUNT_ROOT), None),
    (spares(USER_ID, "123456789012"), None),
    (spares(USER), UNTOLD),
    (spares(USER, "arn:aws:iam::111111111111:root"), UNTOLD),
    (spares(ACCOUNT_ROOT), MISSING),
    (spares("arn:aws:iam::123456789012:user/other", ACCOUNT_ROOT), MISSING),
    (with_boundary(spares(USER, ACCOUNT_ROOT)), MISSING),
]


@pytest.mark.parametrize(("readings", "outcome"), SPARED_USERS)
def test_a_denial_for_all_but_the_named_spares_a_user_with_its_account(
    readings: dict[str, Reading], outcome: str | None
) -> None:
    assert judged_alone(readings, "config.role.trust") == outcome


SESSION = "arn:aws:sts::123456789012:assumed-role/r/nightly"


@pytest.mark.parametrize(
    "spared", [(ROLE,), (ROLE, ACCOUNT_ROOT), (ROLE, SESSION), (ROLE, SESSION, ACCOUNT_ROOT), (ACCOUNT_ROOT,)]
)
def test_a_denial_for_all_but_the_named_never_spares_every_session(spared: tuple[str, ...]) -> None:
    statement = deny(NotPrincipal={"AWS": list(spared)}, Action="s3:GetObject", Resource=OBJECTS)
    assert judged_alone(bucket_also(statement), "config.bucket.policy") == MISSING


def test_a_denial_for_all_but_the_named_guards_nobody_from_plain_http() -> None:
    (ours,) = bucket_policy(CONTRACT)["Statement"]
    statement = {**ours, "NotPrincipal": {"AWS": ROLE}}
    del statement["Principal"]
    readings = sound(**{"bucket.policy": {"Statement": [statement]}})
    assert judged_alone(readings, "config.bucket.policy") == EXCESS


LISTINGS = {"StringNotLike": {"s3:prefix": "team/*"}}
WIDE = allow(Action="s3:*", Resource=[BUCKET, OBJECTS])
BUT_FOUR = deny(NotAction=FOUR, Resource="*")
BESIDE = deny(Action="s3:*", NotResource=[BUCKET, TEAM])
OTHER_LISTINGS = deny(Action="s3:ListBucket", Resource=BUCKET, Condition=LISTINGS)
TEAM_ONLY = permissions_policy(CONTRACT)

#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
EFFECTIVE = [
    (role_of(WIDE, BUT_FOUR, BESIDE, OTHER_LISTINGS), None),
    (role_of(WIDE, BUT_FOUR, BESIDE), EXCESS),
    (role_of(WIDE, BUT_FOUR, OTHER_LISTINGS), EXCESS),
    (role_of(WIDE, BESIDE, OTHER_LISTINGS), EXCESS),
    (role_of(WIDE, {**BUT_FOUR, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}, BESIDE), EXCESS),
    (role_of(allow(Action=FOUR, Resource=[BUCKET, TEAM]), OTHER_LISTINGS), None),
    (role_of(allow(Action=FOUR, Resource=[BUCKET, OBJECTS]), BESIDE, OTHER_LISTINGS), None),
    (role_also(OTHER_LISTINGS), None),
    (role_also({**OTHER_LISTINGS, "Condition": {"StringNotLikeIfExists": LISTINGS["StringNotLike"]}}), None),
    (role_also({**OTHER_LISTINGS, "Condition": {"StringNotLike": {"s3:prefix": ["team/*", "home/*"]}}}), None),
    (role_also({**OTHER_LISTINGS, "Condition": {"StringNotLike": {"s3:prefix": "team/a/*"}}}), MISSING),
    (role_also({**OTHER_LISTINGS, "Condition": {"StringNotEquals": {"s3:prefix": "team/"}}}), MISSING),
    (role_also({**OTHER_LISTINGS, "Condition": {"Null": {"s3:prefix": "true"}}}), None),
    (role_also(allow(Action="s3:GetObject", Resource=OBJECTS), deny(Action="s3:GetObject", NotResource=TEAM)), None),
    # What would be too much is, also where it is let in by a condition.
    (role_also(allow(Action="s3:PutObjectAcl", Resource=TEAM, Condition={"StringEquals": {"aws:Key": "v"}})), EXCESS),
    (
        role_also(allow(Action="iam:*", Resource="*", Condition={"DateLessThan": {"aws:CurrentTime": "2020-01-01"}})),
        None,
    ),
    (
        role_also(allow(Action="iam:*", Resource="*", Condition={"DateLessThan": {"aws:CurrentTime": "2099-01-01"}})),
        EXCESS,
    ),
    (role_also(allow(Action="iam:*", Resource="*", Condition={"StringEquals": {"aws:userid": USER_ID}})), None),
    # A boundary that is the contract, and a bucket policy that denies or allows the same caller.
    (role_of(WIDE, **{"role.boundary": TEAM_ONLY}), None),
    (role_of(allow(Action="*", Resource="*"), **{"role.boundary": TEAM_ONLY}), None),
    (role_of(WIDE, **{"role.boundary": {"Statement": [allow(Action="s3:*", Resource="*")]}}), EXCESS),
    (
        role_of(
            WIDE,
            **{"role.boundary": {"Statement": [allow(Action="*", Resource="*"), BUT_FOUR, BESIDE, OTHER_LISTINGS]}},
        ),
        None,
    ),
    # What a statement allows under a condition that is not known.
    (
        role_of(
            *(
                {**item, "Condition": {**item.get("Condition", {}), "StringEquals": {"aws:PrincipalOrgID": "o"}}}
                for item in TEAM_ONLY["Statement"]
            )
        ),
        UNTOLD,
    ),
    (
        role_of(
            *(
                {**item, "Condition": {**item.get("Condition", {}), "Bool": {"aws:SecureTransport": "true"}}}
                for item in TEAM_ONLY["Statement"]
            )
        ),
        None,
    ),
    (
        role_of(
            *(
                {**item, "Condition": {**item.get("Condition", {}), "NumericEquals": {"s3:TlsVersion": "1.2"}}}
                for item in TEAM_ONLY["Statement"]
            )
        ),
        MISSING,
    ),
    # What a denial takes away under one.
    (role_also(deny(Action="s3:*", Resource="*", Condition={"NumericLessThan": {"s3:TlsVersion": "1.3"}})), MISSING),
    (role_also(deny(Action="s3:*", Resource="*", Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}})), None),
    (
        role_also(
            deny(Action="s3:GetObject", Resource="*", Condition={"StringNotEquals": {"s3:ExistingObjectTag/a": "b"}})
        ),
        UNTOLD,
    ),
    (
        role_also(deny(Action="*", Resource="*", Condition={"DateGreaterThan": {"aws:TokenIssueTime": "2020-01-01"}})),
        UNTOLD,
    ),
    (role_also(deny(Action="*", Resource="*", Condition={"StringLike": {"aws:userid": f"{ROLE_ID}:*"}})), MISSING),
    (role_also(deny(Action="*", Resource="*", Condition={"StringLike": {"aws:userid": f"{ROLE_ID}:n*"}})), MISSING),
    (role_also(deny(Action="*", Resource="*", Condition={"StringEquals": {"aws:userid": ROLE_ID}})), None),
    (role_also(deny(Action="*", Resource="*", Condition={"ForAllValues:StringEquals": {"aws:TagKeys": "a"}})), UNTOLD),
    (
        role_also(deny(Action="*", Resource="*", Condition={"StringLike": {"aws:userid": "${aws:PrincipalTag/a}:*"}})),
        UNTOLD,
    ),
    (role_also(deny(Action="*", Resource="*", Condition={"StringResembles": {"aws:PrincipalArn": ROLE}})), UNTOLD),
]


@pytest.mark.parametrize(("readings", "outcome"), EFFECTIVE)
def test_effective_access_of_the_role_decides(readings: dict[str, Reading], outcome: str | None) -> None:
    assert judged_alone(readings, "config.role.permissions") == outcome


def test_what_the_bucket_policy_says_of_the_role_counts_for_it() -> None:
    beside = [{"Principal": {"AWS": ROLE}, **item} for item in (BUT_FOUR, BESIDE, OTHER_LISTINGS)]
    policy = {"Statement": [*bucket_policy(CONTRACT)["Statement"], *beside]}
    assert judged(role_of(WIDE, **{"bucket.policy": policy})) == {}
    given = [{"Principal": {"AWS": ROLE_ID}, **item} for item in TEAM_ONLY["Statement"]]
    policy = {"Statement": [*bucket_policy(CONTRACT)["Statement"], *given]}
    assert judged(role_of(**{"bucket.policy": policy})) == {}


@pytest.mark.parametrize("name", ["role.boundary", "bucket.policy"])
def test_too_much_is_not_certain_while_what_may_take_it_away_was_not_read(name: str) -> None:
    refused = Reading(Answer(code="AccessDenied", status=403, message="no"))
    found = judged({**role_of(WIDE), name: refused})
    assert {outcome for outcome, _cause in found.values()} == {UNTOLD}
    assert found["config.role.permissions"][1].endswith("what may take it away again could not be read.")


TLS_POLICIES = [
    (tls({"StringNotEquals": {"aws:SecureTransport": "true"}}), None),
    (tls({"StringNotEqualsIfExists": {"aws:SecureTransport": "true"}}), None),
    (tls({"StringEquals": {"aws:SecureTransport": "false"}}), None),
    (tls({"BoolIfExists": {"aws:SecureTransport": "false"}}), None),
    (tls({"Bool": {"aws:SecureTransport": ["false"]}}), None),
    (tls({"Bool": {"aws:SecureTransport": "true"}}), EXCESS),
    (tls({"Null": {"s3:TlsVersion": "true"}}), EXCESS),
    (tls({"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:PrincipalOrgID": "o"}}), EXCESS),
    # A grant that is narrowed to the role.
    (
        bucket_also(
            allow(
                Principal="*", Action="s3:GetObject", Resource=TEAM, Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}}
            )
        ),
        None,
    ),
    (
        bucket_also(
            allow(
                Principal={"AWS": "*"},
                Action="s3:GetObject",
                Resource=TEAM,
                Condition={"StringEquals": {"aws:PrincipalArn": ROLE}},
            )
        ),
        None,
    ),
    (
        bucket_also(
            allow(
                Principal="*",
                Action="s3:GetObject",
                Resource=OBJECTS,
                Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}},
            )
        ),
        EXCESS,
    ),
    (
        bucket_also(
            allow(
                Principal="*",
                Action="s3:GetObject",
                Resource=TEAM,
                Condition={"ArnEquals": {"aws:PrincipalArn": [ROLE, USER]}},
            )
        ),
        EXCESS,
    ),
    (
        bucket_also(
            allow(
                Principal="*",
                Action="s3:GetObject",
                Resource=TEAM,
                Condition={"ArnLike": {"aws:PrincipalArn": f"{ROLE}*"}},
            )
        ),
        EXCESS,
    ),
    (
        bucket_also(
            allow(
                Principal="*",
                Action="s3:GetObject",
                Resource=TEAM,
                Condition={"ArnEqualsIfExists": {"aws:PrincipalArn": ROLE}},
            )
        ),
        EXCESS,
    ),
    (
        bucket_also(
            allow(
                Principal="*",
                Action="s3:GetObject",
                Resource=TEAM,
                Condition={"ArnNotEquals": {"aws:PrincipalArn": ROLE}},
            )
        ),
        EXCESS,
    ),
    # Ids are read as principals.
    (bucket_also(allow(Principal={"AWS": ROLE_ID}, Action="s3:GetObject", Resource=TEAM)), None),
    (bucket_also(allow(Principal={"AWS": USER_ID}, Action="s3:GetObject", Resource=TEAM)), EXCESS),
    (bucket_also(deny(Principal={"AWS": ROLE_ID}, Action="s3:GetObject", Resource=TEAM)), MISSING),
    (bucket_also(deny(Principal={"AWS": USER_ID}, Action="s3:GetObject", Resource=TEAM)), None),
    (bucket_also(deny(Principal={"AWS": "123456789012"}, Action="s3:GetObject", Resource=TEAM)), MISSING),
    # Uploads: a client asks for an encryption, or for none.
    (on_bucket(Action="s3:PutObject", Condition={"Null": {"s3:x-amz-server-side-encryption": "true"}}), MISSING),
    (
        on_bucket(Action="s3:PutObject", Condition={"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}),
        MISSING,
    ),
    (on_bucket(Action="s3:PutObject", Condition={"StringEquals": {"s3:x-amz-acl": "public-read"}}), UNTOLD),
]


@pytest.mark.parametrize(("readings", "outcome"), TLS_POLICIES)
def test_what_a_bucket_policy_does_to_the_contract(readings: dict[str, Reading], outcome: str | None) -> None:
    assert judged_alone(readings, "config.bucket.policy") == outcome


#: Guard rails of an organization: what they depend on, the audit does not know.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html
PERIMETER = [
    ({"StringNotEquals": {"aws:PrincipalOrgID": "o-example"}}, "aws:PrincipalOrgID"),
    ({"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-example"}}, "aws:PrincipalOrgID"),
    (
        {
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-example"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
        "aws:PrincipalIsAWSService, aws:PrincipalOrgID",
    ),
    ({"StringNotEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}}, "aws:SourceVpce"),
    ({"StringNotEquals": {"aws:SourceVpc": ["vpc-1", "vpc-2"]}}, "aws:SourceVpc"),
    ({"Null": {"aws:SourceVpce": "true"}}, "aws:SourceVpce"),
    ({"StringNotEquals": {"s3:signatureversion": "AWS4-HMAC-SHA256"}}, "s3:signatureversion"),
    ({"NumericGreaterThan": {"s3:signatureAge": "600000"}}, "s3:signatureAge"),
    (
        {
            "NotIpAddressIfExists": {"aws:SourceIp": "192.0.2.0/24"},
            "StringNotEqualsIfExists": {"aws:SourceVpc": "vpc-1", "aws:PrincipalTag/network": "open"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false"},
            "ArnNotLikeIfExists": {"aws:PrincipalArn": "arn:aws:iam::*:role/aws:ec2-infrastructure"},
        },
        "aws:PrincipalArn, aws:PrincipalIsAWSService, aws:PrincipalTag/network, aws:SourceIp, aws:SourceVpc, "
        "aws:ViaAWSService",
    ),
    ({"ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": "o-example/r-1/*"}}, "aws:PrincipalOrgPaths"),
]


@pytest.mark.parametrize(("condition", "keys"), PERIMETER)
def test_a_guard_rail_is_unknown_and_nobody_is_told_to_remove_it(condition: Json, keys: str) -> None:
    checks = audit(Subject(CONTRACT, Configuration(on_bucket(Condition=condition))))
    (found,) = [check for check in checks if check["outcome"] != "pass"]
    assert (found["id"], found["outcome"]) == ("config.bucket.policy", UNTOLD)
    assert found["cause"].startswith(
        f"The bucket policy: whether the contract's requests pass depends on {keys}, which was not judged: Deny s3:*"
    )
    assert found["advice"].endswith("and leave it in place.")
    assert verdict(checks) == UNTOLD


#: Perimeter statements whose condition the contract's requests are known not to meet, or to meet.
JUDGED_PERIMETER = [
    ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, None),
    ({"Bool": {"aws:ViaAWSService": "true"}}, None),
    ({"BoolIfExists": {"aws:ViaAWSService": "false"}}, MISSING),
    ({"StringNotEquals": {"aws:PrincipalAccount": "123456789012", "aws:PrincipalOrgID": "o"}}, None),
    ({"StringNotEquals": {"aws:ResourceAccount": "123456789012", "aws:ResourceOrgID": "o"}}, None),
]


@pytest.mark.parametrize(("condition", "outcome"), JUDGED_PERIMETER)
def test_a_guard_rail_by_what_is_known_is_judged(condition: Json, outcome: str | None) -> None:
    assert judged_alone(on_bucket(Condition=condition), "config.bucket.policy") == outcome


def bounded(name: str, *statements: Json) -> dict[str, Reading]:
    return sound(**{f"{name}.boundary": {"Statement": list(statements)}})


ALL, ASSUMING = allow(Action="*", Resource="*"), {"Action": "sts:AssumeRole", "Resource": "*"}
ORGANIZATION = {"StringNotEquals": {"aws:PrincipalOrgID": "o-example"}}

#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html
BOUNDARIES = [
    ("user", [allow(Action="s3:*", Resource="*")], None),
    ("user", [allow(**ASSUMING, Condition=ORGANIZATION)], None),
    ("user", [ALL, deny(**ASSUMING)], MISSING),
    ("user", [deny(Action="*", NotResource=ROLE)], None),
    ("user", [ALL, deny(Action="*", Resource="*", Condition={"StringEquals": {"aws:userid": USER_ID}})], MISSING),
    ("user", [ALL, deny(**ASSUMING, Condition=ORGANIZATION)], UNTOLD),
    ("role", TEAM_ONLY["Statement"], None),
    ("role", [allow(NotAction="iam:*", Resource="*")], None),
    ("role", [allow(Action="s3:Get*", Resource="*")], MISSING),
    ("role", [ALL, OTHER_LISTINGS, BUT_FOUR, BESIDE], None),
    ("role", [ALL, deny(Action="s3:PutObject", Resource=TEAM)], MISSING),
    ("role", [ALL, deny(Action="*", Resource="*", Condition=ORGANIZATION)], UNTOLD),
    ("role", [allow(Action="*", Resource="*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o"}})], UNTOLD),
]


@pytest.mark.parametrize(("name", "statements", "outcome"), BOUNDARIES)
def test_a_boundary_limits_the_role_and_denies_the_user(name: str, statements: list[Json], outcome: str | None) -> None:
    assert judged_alone(bounded(name, *statements), f"config.{name}.boundary") == outcome


LOGS, OTHER_ROLE = "arn:aws:s3:::b-1/logs/*", "arn:aws:iam::123456789012:role/other"
LOGGING = {"Service": "logging.s3.amazonaws.com"}
OTHERS = [
    (LOGGING, {"Resource": LOGS}, None),
    ({"AWS": OTHER_ROLE}, {"Resource": LOGS}, None),
    ({"AWS": "arn:aws:sts::123456789012:assumed-role/other/x"}, {"Resource": LOGS}, None),
    ({"AWS": "arn:aws:iam::111111111111:user/other"}, {"NotResource": [BUCKET, TEAM]}, None),
    (LOGGING, {"Resource": OBJECTS}, EXCESS),
    (LOGGING, {"Resource": "arn:aws:s3:::b-1/tea?/x"}, EXCESS),
    (LOGGING, {"Resource": "arn:aws:s3:::b-1/${aws:PrincipalTag/a}/x"}, EXCESS),
    (LOGGING, {"Resource": BUCKET, "Action": "s3:ListBucket"}, EXCESS),
    (LOGGING, {"Resource": BUCKET}, None),
    (LOGGING, {"NotResource": TEAM}, EXCESS),
    (LOGGING, {"Resource": [LOGS, TEAM]}, EXCESS),
    ("*", {"Resource": LOGS}, EXCESS),
    ({"AWS": ACCOUNT_ROOT}, {"Resource": LOGS}, EXCESS),
    ({"AWS": "111111111111"}, {"Resource": LOGS}, EXCESS),
    ({"AWS": USER}, {"Resource": LOGS}, EXCESS),
    ({"AWS": ROLE}, {"Resource": LOGS}, EXCESS),
    ({"AWS": SESSION}, {"Resource": LOGS}, EXCESS),
    ({"AWS": ROLE_ID}, {"Resource": LOGS}, EXCESS),
    ({"CanonicalUser": "79a59df900b949e55d96a1e698fbaceEXAMPLE"}, {"Resource": LOGS}, EXCESS),
    (LOGGING, {"Resource": BUCKET, "Action": ["s3:GetBucketAcl", "s3:GetBucketLocation"]}, None),
    ({"AWS": OTHER_ROLE}, {"Resource": BUCKET, "Action": "s3:GetBucketAcl"}, None),
    (LOGGING, {"Resource": BUCKET, "Action": "s3:GetBucketPolicy"}, EXCESS),
    (LOGGING, {"Resource": BUCKET, "Action": "s3:GetBucket*"}, EXCESS),
    (LOGGING, {"Resource": BUCKET, "NotAction": "s3:ListBucket"}, EXCESS),
    ("*", {"Resource": BUCKET, "Action": "s3:GetBucketAcl"}, EXCESS),
    ({"AWS": USER}, {"Resource": BUCKET, "Action": "s3:GetBucketAcl"}, EXCESS),
    ({"AWS": ROLE}, {"Resource": BUCKET, "Action": "s3:GetBucketAcl"}, EXCESS),
]
#: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
#: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
DELIVERED = ("cloudtrail.amazonaws.com", "delivery.logs.amazonaws.com")


@pytest.mark.parametrize(("prefix", "outcome"), [("team/", None), ("", EXCESS)])
@pytest.mark.parametrize("service", DELIVERED)
def test_what_a_service_delivers_beside_the_place_is_not_the_contracts(
    service: str, prefix: str, outcome: str | None
) -> None:
    contract = replace(CONTRACT, grants=(replace(CONTRACT.grants[0], prefix=prefix),))
    from_ours = {"StringEquals": {"aws:SourceArn": "arn:aws:cloudtrail:us-east-1:123456789012:trail/t"}}
    by_service = {"Principal": {"Service": service}, "Condition": from_ours}
    readings = bucket_also(
        allow(**by_service, Action="s3:GetBucketAcl", Resource=BUCKET),
        allow(**by_service, Action="s3:PutObject", Resource="arn:aws:s3:::b-1/AWSLogs/123456789012/*"),
    )
    readings["role.inline"] = Reading(THERE, {"p": permissions_policy(contract)})
    found = {check["id"]: check["outcome"] for check in audit(Subject(contract, Configuration(readings)))}
    assert found["config.bucket.policy"] == (outcome or "pass")


#: Each leaves four parts of what the one before it has left, and none of them is empty.
EXCEPTIONS = [
    deny(
        Action=f"s3:*{letter}*",
        Resource=f"arn:aws:s3:::*{letter}*",
        Condition={"StringEquals": {f"aws:PrincipalTag/{letter}": "x", f"aws:RequestTag/{letter}": "x"}},
    )
    for letter in "bcdefghi"
]
ENTANGLED = [
    ("role.inline", {"p": {"Statement": [allow(Action="s3:*", Resource="*"), *EXCEPTIONS]}}, "role.permissions"),
    (
        "bucket.policy",
        {
            "Statement": [
                {**statement, "Principal": "*"} for statement in (allow(Action="s3:*", Resource="*"), *EXCEPTIONS)
            ]
        },
        "bucket.policy",
    ),
]


@pytest.mark.parametrize(("reading", "document", "check"), ENTANGLED)
def test_what_takes_too_long_to_tell_is_neither_excess_nor_sound(reading: str, document: Json, check: str) -> None:
    own = sound()[reading].data
    policies = {**own, **document} if reading == "role.inline" else document
    if reading == "bucket.policy":
        policies = {"Statement": [*own["Statement"], *document["Statement"]]}
    (found,) = [
        item
        for item in audit(Subject(CONTRACT, Configuration(sound(**{reading: policies}))))
        if item["id"] == f"config.{check}"
    ]
    assert (found["outcome"], "cannot be told" in found["cause"]) == (UNTOLD, True), found["cause"]


@pytest.mark.parametrize(("principal", "where", "outcome"), OTHERS)
def test_what_others_do_elsewhere_in_the_bucket_is_theirs(principal: Any, where: Json, outcome: str | None) -> None:
    readings = bucket_also(allow(**{"Principal": principal, "Action": "s3:PutObject", **where}))
    assert judged_alone(readings, "config.bucket.policy") == outcome


def test_without_a_prefix_the_whole_bucket_is_the_contracts() -> None:
    contract = replace(CONTRACT, grants=(replace(CONTRACT.grants[0], prefix=""),))
    readings = bucket_also(allow(Principal=LOGGING, Action="s3:PutObject", Resource=LOGS))
    readings["role.inline"] = Reading(THERE, {"p": permissions_policy(contract)})
    checks = audit(Subject(contract, Configuration(readings)))
    assert [check["id"] for check in checks if check["outcome"] == EXCESS] == ["config.bucket.policy"]


ACCOUNT = "arn:aws:iam::123456789012"
ROLE_ID = "AROAEXAMPLEEXAMPLEROLE"
OTHER_ROLE = f"{ACCOUNT}:role/other/admin"


def other_roles(*statements: Json, **changes: Any) -> dict[str, tuple[str, str]]:
    """What is found of a sound contract in an account with another role that trusts so."""
    own = sound()["roles"].data
    return judged(sound(roles={**own, OTHER_ROLE: {"Statement": list(statements)}}, **changes))


def lets_in(principal: Any, effect: str = "Allow", **more: Any) -> Json:
    return {"Effect": effect, "Principal": principal, "Action": "sts:AssumeRole", **more}


def whoever_is_not(*principals: str, effect: str = "Allow") -> Json:
    return {"Effect": effect, "NotPrincipal": {"AWS": list(principals)}, "Action": "sts:AssumeRole"}


THE_ROLE = f"{ACCOUNT}:role/team/r"
A_SESSION = "arn:aws:sts::123456789012:assumed-role/r/nightly"
BOTH, THE_USERS, THE_ROLES = {"user", "role"}, {"user"}, {"role"}
BY_ADDRESS = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
OVER_TLS = {"Bool": {"aws:SecureTransport": "true"}}
OPEN = [
    ("the user", THE_USERS, [lets_in({"AWS": USER})]),
    ("the user's id", THE_USERS, [lets_in({"AWS": USER_ID})]),
    ("the user among others", THE_USERS, [lets_in({"AWS": [f"{ACCOUNT}:user/other", USER]})]),
    ("the role", THE_ROLES, [lets_in({"AWS": THE_ROLE})]),
    ("the role's id", THE_ROLES, [lets_in({"AWS": ROLE_ID})]),
    ("a session of the role, which takes any name", THE_ROLES, [lets_in({"AWS": A_SESSION})]),
    ("everybody", BOTH, [lets_in("*")]),
    ("everybody of AWS", BOTH, [lets_in({"AWS": "*"})]),
    ("everybody else", BOTH, [whoever_is_not(f"{ACCOUNT}:user/other")]),
    ("everybody but the user", THE_ROLES, [whoever_is_not(USER)]),
    ("every action of STS", THE_USERS, [lets_in({"AWS": USER}, Action="STS:*")]),
    ("every action", THE_USERS, [lets_in({"AWS": USER}, Action="*")]),
    ("actions by a pattern", THE_USERS, [lets_in({"AWS": USER}, Action=["sts:TagSession", "sts:Assume?ole"])]),
    ("all but an action", THE_USERS, [{"Effect": "Allow", "Principal": {"AWS": USER}, "NotAction": "iam:*"}]),
    ("a condition that every request meets", BOTH, [lets_in("*", Condition=OVER_TLS)]),
    ("everybody under the user's name", THE_USERS, [lets_in("*", Condition={"ArnEquals": {"aws:PrincipalArn": USER}})]),
    ("the account's own", BOTH, [lets_in("*", Condition={"StringEquals": {"aws:PrincipalAccount": "123456789012"}})]),
    ("a denial of another", THE_USERS, [lets_in({"AWS": USER}), lets_in({"AWS": f"{ACCOUNT}:user/x"}, "Deny")]),
    (
        "a denial of plain HTTP",
        BOTH,
        [lets_in("*"), lets_in("*", "Deny", Condition={"Bool": {"aws:SecureTransport": "false"}})],
    ),
    ("a denial of another action", THE_USERS, [lets_in({"AWS": USER}), lets_in("*", "Deny", Action="sts:TagSession")]),
    (
        "a denial of everybody but the user",
        THE_USERS,
        [lets_in({"AWS": USER}), whoever_is_not(USER, f"{ACCOUNT}:root", effect="Deny")],
    ),
]
MAYBE = [
    (
        "a second factor",
        THE_USERS,
        [lets_in({"AWS": USER}, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})],
    ),
    (
        "a name of the session, which the user chooses",
        THE_USERS,
        [lets_in({"AWS": USER}, Condition={"StringLike": {"sts:RoleSessionName": "nightly-*"}})],
    ),
    (
        "a denial that begins some day",
        THE_USERS,
        [
            lets_in({"AWS": USER}),
            lets_in("*", "Deny", Condition={"DateGreaterThan": {"aws:CurrentTime": "2099-01-01T00:00:00Z"}}),
        ],
    ),
    ("an address", THE_USERS, [lets_in({"AWS": USER}, Condition=BY_ADDRESS)]),
    (
        "an external id, which the user may know",
        THE_USERS,
        [lets_in({"AWS": USER}, Condition={"StringEquals": {"sts:ExternalId": "x"}})],
    ),
    (
        "the contract's external id",
        THE_USERS,
        [lets_in({"AWS": USER}, Condition={"StringEquals": {"sts:ExternalId": "contract-4711"}})],
    ),
    ("a denial by address", THE_USERS, [lets_in({"AWS": USER}), lets_in("*", "Deny", Condition=BY_ADDRESS)]),
    ("a denial of one session", THE_ROLES, [lets_in({"AWS": THE_ROLE}), lets_in({"AWS": A_SESSION}, "Deny")]),
    (
        "a denial that may spare the role",
        THE_ROLES,
        [lets_in({"AWS": THE_ROLE}), whoever_is_not(THE_ROLE, f"{ACCOUNT}:root", effect="Deny")],
    ),
    ("all but the account", BOTH, [whoever_is_not(f"{ACCOUNT}:root")]),
]
SHUT = [
    ("a service", [lets_in({"Service": "ec2.amazonaws.com"})]),
    (
        "an identity provider",
        [lets_in({"Federated": "arn:aws:iam::123456789012:saml-provider/x"}, Action="sts:AssumeRoleWithSAML")],
    ),
    ("another user", [lets_in({"AWS": f"{ACCOUNT}:user/other"})]),
    ("a user of the same name elsewhere", [lets_in({"AWS": USER.replace("123456789012", "111111111111")})]),
    ("another path", [lets_in({"AWS": [f"{ACCOUNT}:user/u", f"{ACCOUNT}:role/r"]})]),
    ("a session of a role of the user's name", [lets_in({"AWS": "arn:aws:sts::123456789012:assumed-role/u/x"})]),
    ("another's id", [lets_in({"AWS": ["AIDAEXAMPLESOMEBODYELSE", "AROAEXAMPLESOMEBODYELSE"]})]),
    ("the account", [lets_in({"AWS": f"{ACCOUNT}:root"})]),
    ("the account's number", [lets_in({"AWS": "123456789012"})]),
    ("another action", [lets_in({"AWS": [USER, THE_ROLE]}, Action=["sts:TagSession", "sts:SetSourceIdentity"])]),
    ("all but assuming", [{"Effect": "Allow", "Principal": "*", "NotAction": "sts:Assume*"}]),
    ("nobody", []),
    ("a denial of the two", [lets_in("*"), lets_in({"AWS": [USER, THE_ROLE]}, "Deny")]),
    ("a denial of the account", [lets_in("*"), lets_in({"AWS": "123456789012"}, "Deny")]),
    ("a denial of all but another", [lets_in("*"), whoever_is_not(f"{ACCOUNT}:user/x", effect="Deny")]),
    (
        "everybody of another account",
        [lets_in("*", Condition={"StringEquals": {"aws:PrincipalAccount": "111111111111"}})],
    ),
    (
        "a condition that fails beside one that is unknown",
        [lets_in("*", Condition={**BY_ADDRESS, "Bool": {"aws:SecureTransport": "false"}})],
    ),
]


def through_other_roles(found: dict[str, tuple[str, str]], outcome: str) -> set[str]:
    """Whom other roles let in, by this outcome; all that is found must be of it and name the role."""
    assert {check.split(".")[2] for check in found} <= {"other_roles"}
    assert all(OTHER_ROLE in cause and seen == outcome for seen, cause in found.values()), found
    return {check.split(".")[1] for check in found}


@pytest.mark.parametrize(("trusted", "whom", "statements"), OPEN, ids=[case[0] for case in OPEN])
def test_a_role_that_lets_them_in_is_more_than_the_contract(
    trusted: str, whom: set[str], statements: list[Json]
) -> None:
    assert through_other_roles(other_roles(*statements), "excess_access") == whom, trusted


@pytest.mark.parametrize(("trusted", "whom", "statements"), MAYBE, ids=[case[0] for case in MAYBE])
def test_a_role_that_may_let_them_in_is_inconclusive(trusted: str, whom: set[str], statements: list[Json]) -> None:
    assert through_other_roles(other_roles(*statements), "inconclusive") == whom, trusted


@pytest.mark.parametrize(("trusted", "statements"), SHUT, ids=[case[0] for case in SHUT])
def test_a_role_that_lets_neither_in_is_no_finding(trusted: str, statements: list[Json]) -> None:
    assert other_roles(*statements) == {}, trusted


def test_a_role_that_may_let_them_in_is_named_with_its_conditions() -> None:
    condition = {
        "IpAddress": {"aws:SourceIp": "192.0.2.0/24"},
        "Bool": {"aws:MultiFactorAuthPresent": "true", **OVER_TLS["Bool"]},
    }
    found = other_roles(lets_in({"AWS": USER}, Condition=condition))
    assert found["config.user.other_roles"][1] == (
        "It cannot be told whether other roles let the user in: "
        f"{OTHER_ROLE} (if aws:MultiFactorAuthPresent, aws:SourceIp)."
    )


@pytest.mark.parametrize(
    ("change", "whom"),
    [
        ({"user.boundary": {"Statement": [{"Effect": "Deny", "Action": "sts:*", "NotResource": THE_ROLE}]}}, THE_ROLES),
        (
            {"user.boundary": {"Statement": [{"Effect": "Deny", "Action": "sts:*", "Resource": f"{ACCOUNT}:role/x"}]}},
            BOTH,
        ),
    ],
)
def test_a_boundary_that_denies_the_other_roles_shuts_them(change: Json, whom: set[str]) -> None:
    change["user.boundary"]["Statement"].append({"Effect": "Allow", "Action": "*", "Resource": "*"})
    assert through_other_roles(other_roles(lets_in("*"), **change), "excess_access") == whom


def test_a_role_whose_own_policy_denies_all_else_comes_into_no_other() -> None:
    policies = {
        "bucket-access": permissions_policy(CONTRACT),
        "only": {"Statement": {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}},
    }
    assert through_other_roles(other_roles(lets_in("*"), **{"role.inline": policies}), "excess_access") == THE_USERS


@pytest.mark.parametrize(
    ("agreed", "found"), [(["admin"], set()), (["other/admin", "Admin"], {"config.user.other_roles"})]
)
def test_a_role_that_the_contract_names_may_let_the_user_in(agreed: list[str], found: set[str]) -> None:
    """By its name alone, as names of roles have no path."""
    contract = replace(CONTRACT, other_roles=tuple(agreed))
    checks = audit(Subject(contract, Configuration(sound(roles={OTHER_ROLE: {"Statement": [lets_in({"AWS": USER})]}}))))
    assert {check["id"] for check in checks if check["outcome"] != "pass"} == found


def test_many_other_roles_are_counted() -> None:
    every = {f"{OTHER_ROLE}-{number}": {"Statement": [lets_in({"AWS": USER})]} for number in range(5)}
    cause = judged(sound(roles=every))["config.user.other_roles"][1]
    assert cause == f"Other roles let the user in: {OTHER_ROLE}-0; {OTHER_ROLE}-1; {OTHER_ROLE}-2; and 2 more."


def test_nobody_is_told_to_remove_somebody_elses_role() -> None:
    assert advice("config.role.other_roles", roles={OTHER_ROLE: {"Statement": [lets_in("*")]}}) == (
        "Each is somebody else's: ask its owner to leave the role out of the trust policy, or name it in "
        "bucket_access_other_roles when it is agreed."
    )


def test_what_cannot_be_read_is_inconclusive_and_names_the_permission_that_is_missing() -> None:
    refused = Reading(Answer(code="AccessDenied", status=403, message="no"))
    checks = audit(Subject(CONTRACT, Configuration(dict.fromkeys(sound(), refused))))
    assert {check["outcome"] for check in checks} == {"inconclusive"}
    assert verdict(checks) == "inconclusive"
    for check in checks:
        assert check["cause"] == "The operator could not read this: AccessDenied: no."
        assert check["advice"].startswith("Allow the operator ")
        assert check["error"]["code"] == "AccessDenied"


CLOCK_IS_OFF = [
    Answer(code="RequestTimeTooSkewed", status=403, message="The difference between the request time and ..."),
    Answer(code="SignatureDoesNotMatch", status=403, message="Signature expired: 20260101T000000Z is now earlier than"),
    Answer(code="SignatureDoesNotMatch", status=403, message="Signature not yet current: 20260101T000000Z is later"),
]


@pytest.mark.parametrize("answer", CLOCK_IS_OFF)
def test_a_wrong_clock_is_named_where_nothing_can_be_read(answer: Answer) -> None:
    checks = audit(Subject(CONTRACT, Configuration(dict.fromkeys(sound(), Reading(answer)))))
    assert {check["outcome"] for check in checks} == {"inconclusive"}
    assert {check["advice"] for check in checks} == {
        "Set this machine's clock, best by NTP: it is off by more than AWS accepts."
    }


@pytest.mark.parametrize("code", ["Throttling", "ServiceFailure", "ExpiredToken", "UnreadableAnswer"])
@pytest.mark.parametrize("name", sorted(sound()))
def test_no_single_error_of_a_read_is_a_finding(name: str, code: str) -> None:
    readings = {**sound(), name: Reading(Answer(code=code, status=400))}
    assert {outcome for outcome, _cause in judged(readings).values()} == {"inconclusive"}


@pytest.mark.parametrize("name", ["user", "role"])
def test_who_is_gone_is_missing_and_nothing_breaks(name: str) -> None:
    gone = {key: Reading(NONE) for key in sound() if key.split(".")[0] == name}
    found = judged({**sound(), **gone})
    assert found[f"config.{name}.exists"] == ("missing_access", f"There is no {name} {name[0]}.")


def test_the_youngest_of_what_was_made_is_known() -> None:
    assert newest_change(Configuration(sound())) is None


def test_a_role_that_goes_while_it_is_read_breaks_nothing() -> None:
    found = judged({**sound(), "role.inline": Reading(NONE), "role.managed": Reading(NONE)})
    assert found["config.role.permissions"][0] == "missing_access"


CEPHS = "RGW12345678901234567"


def of_ceph(value: Any) -> Any:
    """The same, where the account is one of Ceph's."""
    if isinstance(value, str):
        return value.replace("123456789012", CEPHS)
    if isinstance(value, dict):
        return {of_ceph(name): of_ceph(item) for name, item in value.items()}
    return [of_ceph(item) for item in value] if isinstance(value, (list, tuple)) else value


EVERY_READING = [
    sound(),
    *(readings for readings, _outcome in (*TRUSTS, *SPARED_USERS, *EFFECTIVE)),
    *(
        bucket_also(allow(**{"Principal": principal, "Action": "s3:PutObject", **where}))
        for principal, where, _outcome in OTHERS
    ),
]


@pytest.mark.parametrize("readings", EVERY_READING)
def test_what_a_server_calls_its_accounts_makes_no_difference(readings: dict[str, Reading]) -> None:
    renamed = {name: replace(reading, data=of_ceph(reading.data)) for name, reading in readings.items()}
    assert judged(renamed) == {name: tuple(map(of_ceph, found)) for name, found in judged(readings).items()}


REGIONS = [
    (None, "", "eu-central-1", None),
    ("eu-central-1", "", "eu-central-1", None),
    ("eu-central-1", "eu-central-1", "eu-central-1", None),
    (None, "eu-central-1", "eu-central-1", None),
    ("eu-west-1", "eu-west-1", "eu-central-1", "The bucket is in eu-central-1, and the contract says eu-west-1."),
    ("eu-west-1", "eu-central-1", "eu-central-1", "The bucket is in eu-central-1, and the contract says eu-west-1."),
    (None, "us-east-1", "eu-central-1", "The bucket is in eu-central-1, and the role's profile says us-east-1."),
    (
        *("eu-central-1", "us-east-1", "eu-central-1"),
        "The bucket is in eu-central-1, and the role's profile says us-east-1.",
    ),
]


@pytest.mark.parametrize(("agreed", "profile", "actual", "cause"), REGIONS)
def test_the_bucket_is_where_the_contract_and_the_profile_say(
    agreed: str | None, profile: str, actual: str, cause: str | None
) -> None:
    found = Configuration(sound(**{"bucket.region": actual}))
    checks = audit(Subject(replace(CONTRACT, region=agreed), found, profile_region=profile))
    named = {check["id"]: (check["outcome"], check["cause"]) for check in checks if check["outcome"] != "pass"}
    assert named == ({"config.bucket.region": (MISSING, cause)} if cause else {})
