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
        f"{OTHER_ROLE} (if aws:multifactorauthpresent, aws:sourceip)."
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


def test_many_other_roles_are_counted() -> None:
    every = {f"{OTHER_ROLE}-{number}": {"Statement": [lets_in({"AWS": USER})]} for number in range(5)}
    cause = judged(sound(roles=every))["config.user.other_roles"][1]
    assert cause == f"Other roles let the user in: {OTHER_ROLE}-0; {OTHER_ROLE}-1; {OTHER_ROLE}-2; and 2 more."


def test_nobody_is_told_to_remove_somebody_elses_role() -> None:
    assert advice("config.role.other_roles", roles={OTHER_ROLE: {"Statement": [lets_in("*")]}}) == (
        "Each is somebody else's: ask its owner to leave the role out of the trust policy, or to say who depends on it."
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
