# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An account's details taken apart: what of a policy is in force, and what nobody has seen."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import Account, described
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import Scene
from ansible_collections.assumerole.s3.plugins.module_utils._survey.whole import survey

Json = dict[str, Any]

ACCOUNT = "arn:aws:iam::123456789012"
POLICY = f"{ACCOUNT}:policy/all"
ALL = {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
NOTHING: Json = {"Statement": []}
ATTACHED = {"AttachedManagedPolicies": [{"PolicyArn": POLICY, "PolicyName": "all"}]}
BOUND = {"PermissionsBoundary": {"PermissionsBoundaryArn": POLICY}}
INLINE = {"UserPolicyList": [{"PolicyName": "own", "PolicyDocument": ALL}]}
IN_FORCE, NOT_IN_FORCE = {"IsDefaultVersion": True, "Document": ALL}, {"IsDefaultVersion": False, "Document": ALL}


def account(*versions: Json, user: Json | None = None, group: Json | None = None, role: Json | None = None) -> Account:
    named: Json = {"GroupName": "team", "Arn": f"{ACCOUNT}:group/team"}
    trust: Json = {"AssumeRolePolicyDocument": NOTHING}
    return described(
        {
            "UserDetailList": [
                {"Arn": f"{ACCOUNT}:user/anna", "UserId": "AIDAANNA", "GroupList": ["team"], **(user or {})}
            ],
            "GroupDetailList": [{**named, **(group or {})}],
            "RoleDetailList": [{"Arn": f"{ACCOUNT}:role/worker", "RoleId": "AROAWORKER", **trust, **(role or {})}],
            "Policies": [{"Arn": POLICY, "PolicyName": "all", "PolicyVersionList": list(versions)}],
        }
    )


@pytest.mark.parametrize("who", [{"user": ATTACHED}, {"group": ATTACHED}, {"role": ATTACHED}, {"user": BOUND}])
@pytest.mark.parametrize("versions", [[], [NOT_IN_FORCE]])
def test_a_policy_of_which_no_version_is_in_force_was_not_read(who: dict[str, Json], versions: list[Json]) -> None:
    found = account(*versions, **who)
    (sentence,) = found.unread
    assert POLICY in sentence
    assert found.policies == 1


def test_a_policy_that_is_nobodys_says_nothing() -> None:
    assert account(NOT_IN_FORCE).unread == ()


def test_a_version_in_force_counts_and_no_other() -> None:
    found = account(NOT_IN_FORCE, IN_FORCE, user=ATTACHED)
    assert found.unread == ()
    (anna, _worker) = found.principals
    assert [policy.name for policy in anna.policies] == ["all"]


def test_what_was_not_read_of_somebody_is_told_by_the_survey_and_makes_nobody_certain() -> None:
    contract = Contract.of({"user": "partner", "role": "exchange", "bucket": "b"})
    found = survey(Scene(contract, "123456789012", "aws", account(NOT_IN_FORCE, user={**INLINE, **ATTACHED})), ())
    assert POLICY in found["unread"][0]
    assert {one["certainty"] for one in found["findings"]} == {"under_conditions"}
