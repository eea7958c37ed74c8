# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who gets into the role by a service that it trusts, and who reads where the user's key is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import Policy, described
from ansible_collections.assumerole.s3.plugins.module_utils._survey.passing import STARTING, TAKING_OVER
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import Scene
from ansible_collections.assumerole.s3.plugins.module_utils._survey.whole import BLIND_SPOTS, survey

Json = dict[str, Any]
#: By which actions, by how sure it is.
Found = dict[str, set[str]]

ACCOUNT = "123456789012"
ANNA, ROLE = f"arn:aws:iam::{ACCOUNT}:user/anna", f"arn:aws:iam::{ACCOUNT}:role/exchange"
PARAMETERS = f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter"
PARAMETER = f"{PARAMETERS}/bucket-access/team/partner"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:bucket-access/partner-??????"
CERTAIN, PERHAPS, ITSELF = "certain", "under_conditions", "can_grant_itself"


def allow(*actions: str, resource: Any = "*", **more: Any) -> Json:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


def deny(*actions: str, resource: Any = "*") -> Json:
    return {**allow(*actions, resource=resource), "Effect": "Deny"}


def found(
    which: str,
    *own: Json,
    service: str = "",
    kept: str = "",
    place: str = "",
    said: Sequence[Json] = (),
    who: str = ANNA,
) -> Found:
    """What a list says of somebody, of Anna with this policy; ``said`` stands in the policy of what is kept."""
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    user = {"UserPolicyList": [{"PolicyName": "own", "PolicyDocument": {"Statement": list(own)}}], "GroupList": []}
    role = {"Arn": ROLE, "RoleId": "A1", "AssumeRolePolicyDocument": {"Statement": [trust] if service else []}}
    details = {
        "UserDetailList": [
            {"Arn": ANNA, "UserId": "A2", **user},
            {"Arn": f"arn:aws:iam::{ACCOUNT}:user/partner", "UserId": "A3", "GroupList": []},
        ],
        "RoleDetailList": [role],
        "GroupDetailList": [],
        "Policies": [],
    }
    contract = Contract.of({"user": "partner", "role": "exchange", "bucket": "b"})
    policy = Policy.of("the policy of the secret", {"Statement": [*said]}) if said else None
    scene = Scene(contract, ACCOUNT, "aws", described(details), secrets={kept: policy} if kept else {})
    findings = [one for one in survey(scene, ())["findings"] if (one["list"], one["principal"]) == (which, who)]
    assert {one["place"] for one in findings} <= {place or kept or ROLE}
    return {one["certainty"]: set(one["actions"]) for one in findings}


@pytest.mark.parametrize(
    ("service", "actions", "certainty"),
    [
        ("ec2.amazonaws.com", ["iam:PassRole", "ec2:RunInstances"], ITSELF),
        ("ec2.amazonaws.com.cn", ["iam:PassRole", "ec2:RunInstances"], ITSELF),
        ("states.eu-west-1.amazonaws.com", ["iam:PassRole", "states:CreateStateMachine"], ITSELF),
        ("ec2.amazonaws.com", ["iam:PassRole", "ec2:AssociateIamInstanceProfile"], ITSELF),
        ("transfer.amazonaws.com", ["iam:PassRole", "transfer:CreateUser"], ITSELF),
        ("batchoperations.s3.amazonaws.com", ["iam:PassRole", "s3:CreateJob"], ITSELF),
        ("scheduler.amazonaws.com", ["iam:PassRole", "scheduler:CreateSchedule"], ITSELF),
        ("lambda.amazonaws.com", ["iam:PassRole", "lambda:CreateFunction"], ITSELF),
        ("lambda.amazonaws.com", ["lambda:UpdateFunctionCode"], PERHAPS),
        ("ec2.amazonaws.com.cn", ["ssm:SendCommand"], PERHAPS),
        ("nobody-knows-it.amazonaws.com", ["iam:PassRole"], PERHAPS),
    ],
)
def test_who_hands_the_role_over_or_has_what_has_it_gets_in(service: str, actions: list[str], certainty: str) -> None:
    assert found("enters", allow(*actions), service=service) == {certainty: set(actions)}


@pytest.mark.parametrize(
    ("service", "own"),
    [
        ("ec2.amazonaws.com", [allow("iam:PassRole")]),
        ("ec2.amazonaws.com", [allow("ec2:RunInstances")]),
        ("ec2.amazonaws.com", [allow("iam:PassRole", "lambda:CreateFunction")]),
        ("ec2.amazonaws.com", [allow("iam:PassRole", resource=f"{ROLE}-of-others"), allow("ec2:RunInstances")]),
        ("lambda.amazonaws.com", [allow("lambda:InvokeFunction")]),
        ("nobody-knows-it.amazonaws.com", [allow("iam:GetRole")]),
        ("", [allow("iam:PassRole", "ec2:*", "lambda:*")]),
    ],
)
def test_who_lacks_a_part_of_it_does_not(service: str, own: list[Json]) -> None:
    assert found("enters", *own, service=service) == {}


def test_to_whom_the_role_is_handed_counts() -> None:
    to = {"Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}}
    own = [allow("iam:PassRole", **to), allow("lambda:CreateFunction", "ec2:RunInstances")]
    assert found("enters", *own, service="ec2.amazonaws.com") == {}
    assert found("enters", *own, service="lambda.amazonaws.com") == {ITSELF: {"iam:PassRole", "lambda:CreateFunction"}}


def test_no_row_names_an_action_twice_or_none_of_a_service() -> None:
    for actions in (*STARTING.values(), *TAKING_OVER.values()):
        assert len(set(actions)) == len(actions)
        assert all(action.count(":") == 1 for action in actions)
    assert set(TAKING_OVER) <= set(STARTING)


@pytest.mark.parametrize(
    ("path", "certain"),
    [
        (f"{PARAMETERS}/bucket-access/team", True),
        (f"{PARAMETERS}/bucket-access", True),
        (f"{PARAMETERS}/bucket-access/", True),
        (f"{PARAMETERS}/", True),
        (f"{PARAMETERS}/*", True),
        (f"{PARAMETERS}/bucket-access/*", True),
        (PARAMETER, False),
        (f"{PARAMETERS}/bucket", False),
        (f"{PARAMETERS}/bucket-access/others", False),
    ],
)
def test_who_gets_what_is_below_a_path_reads_what_is_kept_there(path: str, certain: bool) -> None:
    wanted = {CERTAIN: {"ssm:GetParametersByPath"}} if certain else {}
    assert found("becomes", allow("ssm:GetParametersByPath", resource=path), kept=PARAMETER) == wanted


def test_a_denial_by_the_parameters_own_name_keeps_nobody_from_its_path() -> None:
    own = [allow("ssm:*"), deny("ssm:*", resource=PARAMETER)]
    assert found("becomes", *own, kept=PARAMETER) == {CERTAIN: {"ssm:GetParametersByPath"}}
    own += [deny("ssm:GetParametersByPath", resource=f"{PARAMETERS}/")]
    own += [deny("ssm:GetParametersByPath", resource=f"{PARAMETERS}/bucket-access*")]
    assert found("becomes", *own, kept=PARAMETER) == {}


@pytest.mark.parametrize(
    ("kept", "action"),
    [(SECRET, "secretsmanager:PutResourcePolicy"), (PARAMETER, "ssm:PutResourcePolicy")],
)
def test_who_writes_the_policy_of_what_is_kept_may_let_himself_read_it(kept: str, action: str) -> None:
    assert found("becomes", allow(action), kept=kept) == {ITSELF: {action}}
    assert found("becomes", allow(action, resource=f"{kept}-of-others"), kept=kept) == {}


KEPT = f"{SECRET.removesuffix('??????')}AbCdEf"
READ_IT = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
ANOTHER = "arn:aws:iam::210987654321:root"


@pytest.mark.parametrize("resource", ["*", KEPT])
def test_whom_the_secrets_own_policy_lets_read_it_holds_the_key(resource: str) -> None:
    said = [{**READ_IT, "Resource": resource, "Principal": {"AWS": ANNA}}]
    assert found("becomes", kept=KEPT, said=said) == {CERTAIN: {"secretsmanager:GetSecretValue"}}
    assert found("becomes", kept=KEPT) == {}


def test_whom_it_denies_may_have_to_take_it_away() -> None:
    said = [{**READ_IT, "Effect": "Deny", "Principal": "*"}]
    assert found("becomes", allow("secretsmanager:GetSecretValue"), kept=KEPT, said=said) == {}
    own = allow("secretsmanager:GetSecretValue", "secretsmanager:DeleteResourcePolicy")
    assert found("becomes", own, kept=KEPT, said=said) == {ITSELF: {"secretsmanager:DeleteResourcePolicy"}}


def test_another_account_reads_a_secret_where_its_key_lets_it_too() -> None:
    said = [{**READ_IT, "Principal": {"AWS": ANOTHER}}]
    assert found("becomes", kept=KEPT, said=said, who=ANOTHER) == {PERHAPS: {"secretsmanager:GetSecretValue"}}


@pytest.mark.parametrize("words", ["the policy of the parameter", "what works with the role already"])
def test_what_is_not_read_of_services_and_of_where_the_key_is_kept_is_told(words: str) -> None:
    assert any(words in sentence.lower() for sentence in BLIND_SPOTS)
