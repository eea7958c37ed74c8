# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom the contract trusts is refused before anything is written where that cannot be; without a user none is made."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import permissions_policy, trust_policy
from ansible_collections.assumerole.s3.plugins.module_utils._provision.marks import MARK
from ansible_collections.assumerole.s3.plugins.module_utils._provision.plan import Inquiry, provision, teardown
from ansible_collections.assumerole.s3.plugins.module_utils._provision.steps import Plan
from ansible_collections.assumerole.s3.plugins.module_utils._provision.there import InstanceProfile, Role, There, User

OPERATOR = "arn:aws:iam::123456789012:user/operator"
OURS = "arn:aws:iam::123456789012:user/ours"
THEIRS = "arn:aws:iam::210987654321:role/theirs"


def contract(*trusted: str, user: str | None = None) -> Contract:
    items = [{"arn": arn} for arn in trusted]
    return Contract.of({"user": user, "role": "r", "bucket": "b-1", "trusted": items})


def asked(agreed: Contract, **more: Any) -> Inquiry:
    return Inquiry(agreed, There(operator=OPERATOR, **more), "us-east-1", datetime.now(timezone.utc))


def planned(agreed: Contract, **more: Any) -> Plan:
    return provision(asked(agreed, **more))


def test_without_a_user_none_is_made_and_none_is_tagged() -> None:
    plan = planned(contract(THEIRS, OURS))
    assert [step.what for step in plan.steps] == [
        "the role r",
        "the bucket b-1 in us-east-1",
        "the permissions policy of the role r",
    ]
    assert plan.steps[0].options["assume_role_policy_document"] == trust_policy(
        contract(THEIRS, OURS), {THEIRS: THEIRS, OURS: OURS}
    )
    assert plan.steps[0].options["description"] == "Gives 210987654321:role/theirs and 1 other access to the bucket b-1"
    assert plan.keys == {}


def test_beside_a_user_the_role_is_described_by_all() -> None:
    steps = {step.name: step for step in planned(contract(THEIRS, OURS, user="u")).steps}
    assert steps["role"].options["description"] == "Gives u and 2 others access to the bucket b-1"


def test_who_is_taken_out_of_the_contract_is_taken_out_of_the_trust_policy() -> None:
    before, after = contract(THEIRS, OURS), contract(OURS)
    role = Role(
        "r",
        "arn:aws:iam::123456789012:role/r",
        trust=trust_policy(before, before.arns("", OPERATOR)),
        tags={MARK: "r"},
        inline={"bucket-access": permissions_policy(before)},
        description="Gives 210987654321:role/theirs and 1 other access to the bucket b-1",
    )
    (step,) = [step for step in planned(after, role=role).steps if step.name == "role"]
    assert THEIRS in str(step.before["trust_policy"])
    assert THEIRS not in str(step.after["trust_policy"])


def test_a_teardown_without_a_user_leaves_somebody_of_no_name_alone() -> None:
    user = User("", "arn:aws:iam::123456789012:user/", tags={MARK: "r"})
    assert teardown(asked(contract(THEIRS), user=user), force=False).steps == ()


REFUSED = [
    (OURS, {"trusted_missing": (OURS,)}, f"there is no {OURS}. Have it made first"),
    (OURS, {"trusted_found": {OURS: OURS.replace("user/", "user/team/")}}, "whose own ARN is"),
    ("arn:aws-cn:iam::210987654321:role/theirs", {}, "of another partition of AWS"),
    ("arn:aws:iam::123456789012:role/r", {}, "the contract's own role"),
    ("arn:aws:iam::123456789012:role/team/r", {}, "the contract's own role"),
    ("arn:aws:iam::123456789012:user/u", {}, "the contract's own user"),
]


@pytest.mark.parametrize(("arn", "there", "reason"), REFUSED)
def test_who_cannot_be_trusted_stops_the_plan(arn: str, there: dict[str, Any], reason: str) -> None:
    plan = planned(contract(arn, user="u"), **there)
    assert plan.steps == ()
    (refusal,) = plan.refusals
    assert refusal.startswith("bucket_access_trusted")
    assert reason in refusal


@pytest.mark.parametrize(("arn", "action"), [(OURS, "iam:GetUser"), (OURS.replace("user", "role"), "iam:GetRole")])
def test_whom_the_operator_may_not_see_is_noted(arn: str, action: str) -> None:
    plan = planned(contract(arn), trusted_unread=(arn,))
    assert plan.steps
    assert plan.notes == (
        f"bucket_access_trusted: {arn} could not be read ({action}), so whether there is one is for AWS to say",
    )


def test_who_is_there_as_named_stops_nothing() -> None:
    plan = planned(contract(OURS, THEIRS), trusted_found={OURS: OURS})
    assert (plan.refusals, plan.notes) == ((), ())


CI = {"oidc": "https://token.ci.example", "audience": "sts.amazonaws.com", "subjects": ["repo:o/r:ref:main"]}
OF_A_CI = Contract.of({"role": "r", "bucket": "b-1", "trusted": [CI]})
PROVIDERS = [
    ({}, "the account 123456789012 has no identity provider token.ci.example. Have it made first, for the audience"),
    ({"token.ci.example": ("another",)}, "is there for another, and not for the audience sts.amazonaws.com"),
    ({"token.ci.example": ()}, "is there for nobody, and not for the audience sts.amazonaws.com"),
]


@pytest.mark.parametrize(("providers", "reason"), PROVIDERS)
def test_a_provider_that_is_not_there_for_the_audience_stops_the_plan(
    providers: dict[str, tuple[str, ...]], reason: str
) -> None:
    plan = planned(OF_A_CI, providers=providers)
    assert plan.steps == ()
    (refusal,) = plan.refusals
    assert reason in refusal


def test_a_provider_that_is_there_for_the_audience_stops_nothing() -> None:
    plan = planned(OF_A_CI, providers={"token.ci.example": ("another", "sts.amazonaws.com")})
    trust = plan.steps[0].options["assume_role_policy_document"]
    assert trust["Statement"][0]["Principal"] == {
        "Federated": "arn:aws:iam::123456789012:oidc-provider/token.ci.example"
    }


ON_MACHINES = Contract.of({"role": "r", "bucket": "b-1", "trusted": [{"service": "ec2.amazonaws.com"}]})


def of_machines(agreed: Contract, found: InstanceProfile | None) -> list[tuple[str, str]]:
    plan = planned(agreed, instance_profile=found)
    return [(step.verb, step.what) for step in plan.steps if step.name == "instance_profile"]


OWN = {MARK: "r"}
MACHINES = [
    (ON_MACHINES, None, [("make", "the instance profile r")]),
    (ON_MACHINES, InstanceProfile("r", OWN, ("r",)), []),
    (ON_MACHINES, InstanceProfile("r", OWN), [("change", "the instance profile r")]),
    (ON_MACHINES, InstanceProfile("r", OWN, ("another",)), [("change", "the instance profile r")]),
    (ON_MACHINES, InstanceProfile("r", {}, ("r",)), []),
    (contract(THEIRS), None, []),
    (contract(THEIRS), InstanceProfile("r", OWN, ("r",)), [("delete", "the instance profile r")]),
    (contract(THEIRS), InstanceProfile("r", {}, ("r",)), []),
    (contract(THEIRS), InstanceProfile("r", {MARK: "another"}, ("r",)), []),
]


@pytest.mark.parametrize(("agreed", "found", "steps"), MACHINES)
def test_machines_get_an_instance_profile_which_goes_with_them(
    agreed: Contract, found: InstanceProfile | None, steps: list[tuple[str, str]]
) -> None:
    assert of_machines(agreed, found) == steps


@pytest.mark.parametrize("found", [InstanceProfile("r"), InstanceProfile("r", {MARK: "another"}, ("another",))])
def test_somebody_elses_instance_profile_stops_the_plan(found: InstanceProfile) -> None:
    plan = planned(ON_MACHINES, instance_profile=found)
    assert plan.steps == ()
    assert "there is an instance profile r already" in plan.refusals[0]


@pytest.mark.parametrize(("tags", "goes"), [(OWN, True), ({}, False), ({MARK: "another"}, False)])
def test_a_teardown_takes_the_contracts_own_instance_profile_alone(tags: dict[str, str], goes: bool) -> None:
    plan = teardown(asked(ON_MACHINES, instance_profile=InstanceProfile("r", tags, ("r",))), force=False)
    assert [step.name for step in plan.steps] == (["instance_profile"] if goes else [])
