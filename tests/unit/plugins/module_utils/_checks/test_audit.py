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
