# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may give himself what he does not have: what he may change lets him in, and what he may not does not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import Policy, described
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import Bucket, Scene
from ansible_collections.assumerole.s3.plugins.module_utils._survey.whole import survey

Json = dict[str, Any]

ACCOUNT = "123456789012"
IAM = f"arn:aws:iam::{ACCOUNT}"
ANNA, LIMIT, SHARED = f"{IAM}:user/anna", f"{IAM}:policy/limit", f"{IAM}:policy/shared"
WORKER, GROUP = f"{IAM}:role/worker", f"{IAM}:group/some"
ROLE, USER = f"{IAM}:role/exchange", f"{IAM}:user/partner"
BUCKET, KEY = "arn:aws:s3:::b", f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"
CERTAIN, PERHAPS, ITSELF = "certain", "under_conditions", "can_grant_itself"
OTHERS = {"AWS": f"{IAM}:user/bob"}
EVERYBODY, NAMED = {"Principal": "*"}, {"Principal": {"AWS": ANNA}}
WITHOUT_MFA = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}
BY_ADDRESS = {"Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}
ONLY_THE_LIMIT = {"Condition": {"ArnEquals": {"iam:PolicyARN": LIMIT}}}

#: By which actions, by how sure it is.
Found = dict[str, set[str]]


def allow(*actions: str, resource: Any = "*", **more: Any) -> Json:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


def deny(*actions: str, resource: Any = "*", **more: Any) -> Json:
    return {**allow(*actions, resource=resource, **more), "Effect": "Deny"}


def document(*statements: Json) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def managed(arn: str, document: Json) -> Json:
    name = arn.rpartition("/")[2]
    return {"Arn": arn, "PolicyName": name, "PolicyVersionList": [{"IsDefaultVersion": True, "Document": document}]}


def attached(*arns: str) -> list[Json]:
    return [{"PolicyArn": arn, "PolicyName": arn.rpartition("/")[2]} for arn in arns]


@dataclass
class Case:
    """Somebody's policies, each a list of statements: his own, those of a group, a shared one, and what limits him."""

    own: list[list[Json]] = field(default_factory=list)
    group: list[list[Json]] = field(default_factory=list)
    shared: list[Json] = field(default_factory=list)
    shared_by_the_group: list[Json] = field(default_factory=list)
    limit: list[Json] | None = None
    bucket: list[Json] = field(default_factory=list)
    trust: list[Json] = field(default_factory=list)
    key: list[Json] | None = None
    is_role: bool = False

    def found(self, which: str = "reaches") -> Found:
        """What a list of the survey says of him."""
        who = WORKER if self.is_role else ANNA
        found = [one for one in survey(self.scene(), ())["findings"] if (one["list"], one["principal"]) == (which, who)]
        return {one["certainty"]: set(one["actions"]) for one in found}

    def scene(self) -> Scene:
        kind = "Role" if self.is_role else "User"
        policies = [
            {"PolicyName": f"own-{number}", "PolicyDocument": document(*statements)}
            for number, statements in enumerate(self.own)
        ]
        limit = {"PermissionsBoundary": {"PermissionsBoundaryArn": LIMIT}} if self.limit is not None else {}
        entry = {
            "Arn": WORKER if self.is_role else ANNA,
            f"{kind}Id": "A1",
            f"{kind}PolicyList": policies,
            "AttachedManagedPolicies": attached(SHARED) if self.shared else [],
            **limit,
            **({"AssumeRolePolicyDocument": document()} if self.is_role else {"GroupList": ["some"]}),
        }
        group = {
            "Arn": GROUP,
            "GroupName": "some",
            "GroupPolicyList": [
                {"PolicyName": f"group-{number}", "PolicyDocument": document(*statements)}
                for number, statements in enumerate(self.group)
            ],
            "AttachedManagedPolicies": attached(SHARED) if self.shared_by_the_group else [],
        }
        role = {"Arn": ROLE, "RoleId": "A2", "AssumeRolePolicyDocument": document(*self.trust)}
        user = {"Arn": USER, "UserId": "A3", "GroupList": []}
        details = {
            "UserDetailList": [user, *([] if self.is_role else [entry])],
            "RoleDetailList": [role, *([entry] if self.is_role else [])],
            "GroupDetailList": [group],
            "Policies": [
                managed(SHARED, document(*self.shared, *self.shared_by_the_group)),
                managed(LIMIT, document(*(self.limit or []))),
            ],
        }
        encrypted = {"kms_key": KEY} if self.key else {}
        terms = {"user": "partner", "role": "exchange", "bucket": "b", "prefix": "team/"}
        key = Policy.of("the key's", document(*self.key)) if self.key else None
        bucket = Bucket(Policy.of("the bucket's", document(*self.bucket)) if self.bucket else None)
        contract = replace(Contract.of({**terms, **encrypted}), dns_suffix="amazonaws.com")
        return Scene(contract, ACCOUNT, "aws", described(details), {"b": bucket}, key=key)


def itself(*actions: str) -> Found:
    return {ITSELF: set(actions)} if actions else {}


READ, IN_THE_WAY = allow("s3:GetObject"), deny("s3:*")
ALL_OF_IAM, OFF = [allow("iam:*")], ["iam:DeleteUserPermissionsBoundary"]
CLOSED = deny("s3:GetObject", resource=f"{BUCKET}/*", **EVERYBODY)


@pytest.mark.parametrize(
    ("case", "actions"),
    [
        (Case([[READ, allow("iam:DeleteUserPermissionsBoundary")]], limit=ALL_OF_IAM), OFF),
        (Case([[READ, allow("iam:PutUserPermissionsBoundary")]], limit=ALL_OF_IAM), ["iam:PutUserPermissionsBoundary"]),
        (Case([[READ, allow("iam:CreatePolicyVersion")]], limit=ALL_OF_IAM), ["iam:CreatePolicyVersion"]),
        (Case([[READ, allow("iam:CreatePolicyVersion", resource=SHARED)]], limit=ALL_OF_IAM), []),
        (Case([[READ, allow("iam:Delete*")]], limit=[allow("iam:Get*")]), []),
        (Case([[READ, allow("iam:Delete*")], [deny("iam:*Boundary")]], limit=[allow("iam:Get*")]), []),
        (Case([[READ]], limit=ALL_OF_IAM), []),
        (Case([[allow("iam:DeleteUserPermissionsBoundary")]], limit=ALL_OF_IAM), []),
        (
            Case([[READ, allow("iam:DeleteRolePermissionsBoundary")]], limit=ALL_OF_IAM, is_role=True),
            ["iam:DeleteRolePermissionsBoundary"],
        ),
        (Case([[READ, allow("iam:DeleteUserPermissionsBoundary")]], limit=ALL_OF_IAM, is_role=True), []),
    ],
)
def test_a_boundary_that_somebody_may_take_off_keeps_nobody_out(case: Case, actions: list[str]) -> None:
    assert case.found() == itself(*actions)


@pytest.mark.parametrize(
    ("case", "actions"),
    [
        (Case([[READ, allow("iam:DeleteUserPolicy")], [IN_THE_WAY]]), ["iam:DeleteUserPolicy"]),
        (Case([[READ, allow("iam:DeleteRolePolicy")], [IN_THE_WAY]], is_role=True), ["iam:DeleteRolePolicy"]),
        (Case([[READ, allow("iam:DeleteRolePolicy")], [IN_THE_WAY]]), []),
        (Case([[READ, allow("iam:DeleteUserPolicy", resource=f"{IAM}:user/bob")], [IN_THE_WAY]]), []),
        (Case([[READ, allow("iam:DetachUserPolicy")], [IN_THE_WAY]]), []),
        (Case([[READ, allow("iam:DetachUserPolicy")]], shared=[IN_THE_WAY]), ["iam:DetachUserPolicy"]),
        (Case([[READ, allow("iam:DetachUserPolicy", **ONLY_THE_LIMIT)]], shared=[IN_THE_WAY]), []),
        (Case([[READ, allow("iam:DetachGroupPolicy")]], shared_by_the_group=[IN_THE_WAY]), ["iam:DetachGroupPolicy"]),
        (Case([[READ, allow("iam:DetachUserPolicy")]], shared_by_the_group=[IN_THE_WAY]), []),
        (Case([[READ, allow("iam:DeleteGroupPolicy")]], group=[[IN_THE_WAY]]), ["iam:DeleteGroupPolicy"]),
        (Case([[READ, allow("iam:RemoveUserFromGroup")]], group=[[IN_THE_WAY]]), ["iam:RemoveUserFromGroup"]),
        (Case([[allow("iam:RemoveUserFromGroup")]], group=[[READ], [IN_THE_WAY]]), []),
        (Case([[allow("iam:DeleteGroupPolicy")]], group=[[READ], [IN_THE_WAY]]), ["iam:DeleteGroupPolicy"]),
        (Case([[allow("iam:DeleteUserPolicy")], [READ, deny("s3:Put*")], [IN_THE_WAY]]), ["iam:DeleteUserPolicy"]),
        (Case([[READ, allow("iam:DeleteUserPolicy"), IN_THE_WAY]]), []),
        (Case([[READ, allow("iam:DeleteUserPolicy")], [IN_THE_WAY]], shared=[IN_THE_WAY]), []),
        (
            Case([[READ, allow("iam:DeleteUserPolicy", "iam:DetachUserPolicy")], [IN_THE_WAY]], shared=[IN_THE_WAY]),
            ["iam:DeleteUserPolicy", "iam:DetachUserPolicy"],
        ),
    ],
)
def test_a_denial_that_somebody_may_take_away_keeps_nobody_out(case: Case, actions: list[str]) -> None:
    assert case.found() == itself(*actions)


@pytest.mark.parametrize(
    ("case", "found"),
    [
        (Case([[READ, allow("iam:DeleteUserPolicy")], [deny("sqs:*")]]), {CERTAIN: {"s3:GetObject"}}),
        (
            Case([[READ, allow("iam:DeleteUserPolicy")], [deny("s3:*", **WITHOUT_MFA)]]),
            {PERHAPS: {"s3:GetObject"}, ITSELF: {"iam:DeleteUserPolicy"}},
        ),
        (
            Case([[allow("s3:GetObject", **BY_ADDRESS), allow("iam:DeleteUserPolicy")], [deny("sqs:*")]]),
            {PERHAPS: {"s3:GetObject"}},
        ),
        (
            Case([[allow("s3:GetObject", **BY_ADDRESS), allow("iam:PutUserPolicy")]]),
            {PERHAPS: {"s3:GetObject"}, ITSELF: {"iam:PutUserPolicy"}},
        ),
    ],
)
def test_a_condition_that_somebody_may_take_away_is_none(case: Case, found: Found) -> None:
    assert case.found() == found


@pytest.mark.parametrize(
    ("case", "actions"),
    [
        (Case([[READ, allow("s3:DeleteBucketPolicy")]], bucket=[CLOSED]), ["s3:DeleteBucketPolicy"]),
        (Case([[READ, allow("s3:DeleteBucketPolicy", resource="arn:aws:s3:::c")]], bucket=[CLOSED]), []),
        (
            Case([[READ, allow("s3:DeleteBucketPolicy")]], bucket=[CLOSED, deny("s3:*", resource=BUCKET, **EVERYBODY)]),
            [],
        ),
        (Case([[allow("s3:DeleteBucketPolicy")]], bucket=[CLOSED]), []),
        (Case([[allow("s3:DeleteBucketPolicy")]], bucket=[allow("s3:GetObject", **NAMED), CLOSED]), []),
        (
            Case([[READ, allow("s3:DeleteBucketPolicy", "iam:DeleteUserPolicy")], [deny("s3:Get*")]], bucket=[CLOSED]),
            ["s3:DeleteBucketPolicy", "iam:DeleteUserPolicy"],
        ),
        (
            Case([[allow("s3:PutBucketPolicy")]], bucket=[deny("s3:PutBucketPolicy", resource=BUCKET, **EVERYBODY)]),
            [],
        ),
        (
            Case(
                [[allow("s3:PutBucketPolicy", "s3:DeleteBucketPolicy")]],
                bucket=[deny("s3:PutBucketPolicy", resource=BUCKET, **EVERYBODY)],
            ),
            ["s3:DeleteBucketPolicy"],
        ),
    ],
)
def test_a_buckets_policy_that_somebody_may_take_away_keeps_nobody_out(case: Case, actions: list[str]) -> None:
    assert case.found() == itself(*actions)


@pytest.mark.parametrize(
    ("case", "actions"),
    [
        (
            Case([[allow("iam:PutUserPolicy")], [deny("iam:PutUserPolicy")]]),
            [],
        ),
        (
            Case([[allow("iam:PutUserPolicy", "iam:DeleteUserPolicy")], [deny("iam:PutUserPolicy")]]),
            ["iam:PutUserPolicy", "iam:DeleteUserPolicy"],
        ),
        (
            Case(
                [[allow("iam:PutUserPolicy")]], limit=[allow("iam:PutUserPolicy", "iam:DeleteUserPermissionsBoundary")]
            ),
            ["iam:PutUserPolicy", "iam:DeleteUserPermissionsBoundary"],
        ),
        (Case([[allow("iam:PutUserPolicy")]], limit=[allow("iam:PutUserPolicy")]), []),
    ],
)
def test_what_somebody_has_changed_lets_him_change_more(case: Case, actions: list[str]) -> None:
    assert case.found() == itself(*actions)


BY_ROOT = {"Effect": "Allow", "Principal": {"AWS": f"{IAM}:root"}, "Action": "sts:AssumeRole"}


@pytest.mark.parametrize(
    ("case", "actions"),
    [
        (Case([[allow("iam:PutUserPolicy")]], trust=[BY_ROOT]), ["iam:PutUserPolicy"]),
        (Case([[allow("iam:AttachUserPolicy", resource=ANNA)]], trust=[BY_ROOT]), ["iam:AttachUserPolicy"]),
        (Case([[allow("iam:PutUserPolicy", resource=f"{IAM}:user/bob")]], trust=[BY_ROOT]), []),
        (Case([[allow("iam:PutUserPolicy")]]), ["iam:PutUserPolicy"]),
        (Case([[allow("iam:PutUserPolicy")]], limit=[allow("iam:PutUserPolicy")], trust=[BY_ROOT]), []),
        (
            Case([[allow("iam:PutUserPolicy")]], limit=[allow("iam:PutUserPolicy", "sts:*")], trust=[BY_ROOT]),
            ["iam:PutUserPolicy"],
        ),
        (
            Case([[allow("sts:*", "iam:DeleteUserPolicy")], [deny("sts:AssumeRole")]], trust=[BY_ROOT]),
            ["iam:DeleteUserPolicy"],
        ),
        (Case([[allow("sts:*", "iam:DeleteUserPolicy")], [deny("sts:AssumeRole")]]), []),
        (
            Case([[allow("iam:UpdateAssumeRolePolicy", "iam:DeleteUserPolicy")], [deny("iam:Update*")]]),
            ["iam:DeleteUserPolicy"],
        ),
        (Case([[allow("iam:UpdateAssumeRolePolicy")]]), ["iam:UpdateAssumeRolePolicy"]),
    ],
)
def test_who_may_grant_himself_the_role_is_one_who_enters(case: Case, actions: list[str]) -> None:
    assert case.found("enters") == itself(*actions)


BY_THE_ACCOUNT = [allow("kms:*", Principal={"AWS": f"{IAM}:root"})]
BY_SERVICES = {"Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}}
#: What somebody is who reaches what another key encrypts, or none.
WITHOUT_THE_KEY = {PERHAPS: {"s3:GetObject"}}


@pytest.mark.parametrize(
    ("case", "actions"),
    [
        (Case([[READ, allow("kms:PutKeyPolicy")]], key=BY_THE_ACCOUNT), ["kms:PutKeyPolicy"]),
        (Case([[READ, allow("kms:CreateGrant", resource=KEY)]], key=BY_THE_ACCOUNT), ["kms:CreateGrant"]),
        (Case([[READ]], key=[allow("kms:CreateGrant", **NAMED)]), ["kms:CreateGrant"]),
        (Case([[READ, allow("kms:PutKeyPolicy", "kms:CreateGrant")]], key=[allow("kms:*", Principal=OTHERS)]), []),
        (Case([[READ, allow("kms:PutKeyPolicy", resource=f"{KEY}2")]], key=BY_THE_ACCOUNT), []),
        (Case([[READ, allow("kms:CreateGrant", **BY_SERVICES)]], key=BY_THE_ACCOUNT), []),
        (Case([[READ, allow("kms:*Grants", "kms:GetKeyPolicy")]], key=BY_THE_ACCOUNT), []),
        (
            Case([[READ, allow("kms:*", "iam:DeleteUserPolicy")], [deny("kms:*")]], key=BY_THE_ACCOUNT),
            ["iam:DeleteUserPolicy"],
        ),
    ],
)
def test_who_may_let_himself_use_the_key_may_let_himself_read(case: Case, actions: list[str]) -> None:
    assert case.found() == {**WITHOUT_THE_KEY, **itself(*actions)}


def test_whom_the_bucket_keeps_out_the_key_does_not_let_in() -> None:
    assert Case([[allow("kms:*")]], key=BY_THE_ACCOUNT).found() == {}
    assert Case([[READ, allow("kms:*")]], key=BY_THE_ACCOUNT).found() == {CERTAIN: {"s3:GetObject"}}
