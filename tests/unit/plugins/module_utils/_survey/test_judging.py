# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether somebody may do something, for certain, under conditions, or not at all: one rule of AWS a row."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._policies.facts import Fact
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import ROLE, USER, Policy, Principal
from ansible_collections.assumerole.s3.plugins.module_utils._survey.judging import Question, Stranger, judge
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import at_place

Json = dict[str, Any]

ACCOUNT = "123456789012"
ANNA, ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:user/team/anna", f"arn:aws:iam::{ACCOUNT}:role/worker"
BUCKET = "arn:aws:s3:::b"
READ = at_place("s3:GetObject", False, BUCKET, "team/")
LIST = at_place("s3:ListBucket", True, BUCKET, "team/")
CERTAIN, PERHAPS, NO = "certain", "under_conditions", None


def policy(*statements: Json, name: str = "own") -> Policy:
    return Policy.of(name, {"Statement": list(statements)})


def allow(action: Any = "s3:GetObject", resource: Any = f"{BUCKET}/*", **more: Any) -> Json:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "s3:*", resource: Any = "*", **more: Any) -> Json:
    return {**allow(action, resource, **more), "Effect": "Deny"}


def anna(*statements: Json, **more: Any) -> Principal:
    return Principal(ANNA, USER, "AIDAANNA", (policy(*statements),), **more)


def worker(*statements: Json, **more: Any) -> Principal:
    return Principal(ROLE_ARN, ROLE, "AROAWORKER", (policy(*statements),), **more)


def verdict(who: Principal | Stranger, question: Question = READ, *of_resource: Json) -> str | None:
    policies = (policy(*of_resource, name="the bucket's"),) if of_resource else ()
    asked = Question(
        question.action, question.resource, policies, question.resource_decides, question.prefixes, question.known
    )
    found = judge(who, asked)
    return found.certainty if found else None


def if_(operator: str, key: str, *values: str) -> Json:
    return {"Condition": {operator: {key: list(values)}}}


@pytest.mark.parametrize(
    ("statements", "certainty"),
    [
        ([], NO),
        ([allow()], CERTAIN),
        ([allow("S3:getOBJECT")], CERTAIN),
        ([allow("s3:Get*")], CERTAIN),
        ([allow("s3:?etObject")], CERTAIN),
        ([allow("s3:PutObject")], NO),
        ([allow("*", "*")], CERTAIN),
        ([allow(resource=f"{BUCKET}/other/*")], NO),
        ([allow(resource=f"{BUCKET}/team.beside/*")], NO),
        ([allow(resource=f"{BUCKET}/*/secret")], CERTAIN),
        ([allow(resource=f"{BUCKET}/team/one")], CERTAIN),
        ([allow(resource=f"{BUCKET}/${{aws:username}}/*")], NO),
        ([allow(resource=f"{BUCKET}/team/${{aws:username}}/*")], PERHAPS),
        ([allow(resource=f"{BUCKET}/team/${{aws:PrincipalTag/dept}}/*")], PERHAPS),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], CERTAIN),
        ([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], NO),
        ([{"Effect": "Allow", "Action": "s3:*", "NotResource": f"{BUCKET}/team/*"}], NO),
        ([{"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::c/*"}], CERTAIN),
        ([allow(), deny()], NO),
        ([allow(), deny("s3:GetObject", f"{BUCKET}/team/*")], NO),
        ([allow(), deny("s3:GetObject", f"{BUCKET}/team/secret/*")], CERTAIN),
        ([allow(), deny("s3:Put*")], CERTAIN),
        ([allow(), deny(**if_("Bool", "aws:SecureTransport", "false"))], CERTAIN),
        ([allow(), deny(**if_("IpAddress", "aws:SourceIp", "192.0.2.0/24"))], PERHAPS),
        ([allow(), deny(**if_("StringEquals", "aws:username", "anna"))], NO),
        ([allow(), deny(**if_("StringNotEquals", "aws:username", "anna"))], CERTAIN),
        ([allow(**if_("IpAddress", "aws:SourceIp", "192.0.2.0/24"))], PERHAPS),
        ([allow(**if_("Bool", "aws:MultiFactorAuthPresent", "true"))], PERHAPS),
        ([allow(**if_("StringEquals", "aws:PrincipalAccount", ACCOUNT))], CERTAIN),
        ([allow(**if_("StringEquals", "aws:PrincipalAccount", "210987654321"))], NO),
        ([allow(**if_("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:user/team/*"))], CERTAIN),
        ([allow(**if_("DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"))], CERTAIN),
        ([allow(**if_("DateLessThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"))], NO),
        ([allow(**if_("StringEquals", "some:key", "x"))], PERHAPS),
    ],
)
def test_what_somebodys_own_policies_allow(statements: list[Json], certainty: str | None) -> None:
    assert verdict(anna(*statements)) == certainty


@pytest.mark.parametrize(
    ("condition", "certainty"),
    [
        ({}, CERTAIN),
        (if_("StringLike", "s3:prefix", "team/*"), CERTAIN),
        (if_("StringLike", "s3:prefix", "t*"), CERTAIN),
        (if_("StringEquals", "s3:prefix", ""), CERTAIN),
        (if_("StringEquals", "s3:prefix", "team/secret/"), CERTAIN),
        (if_("StringLike", "s3:prefix", "other/*"), NO),
        (if_("StringEquals", "s3:prefix", "teal/"), NO),
    ],
)
def test_a_listing_counts_that_shows_the_place(condition: Json, certainty: str | None) -> None:
    assert verdict(anna(allow("s3:ListBucket", BUCKET, **condition)), LIST) == certainty


NAMED = {"Principal": {"AWS": ANNA}}
BY_ACCOUNT = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
EVERYBODY = {"Principal": "*"}
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/night"
OF_ANY_ROLE = if_("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*")
OF_THIS_ROLE = if_("ArnEquals", "aws:PrincipalArn", ROLE_ARN)
OF_OTHER_ROLES = if_("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/other-*")


@pytest.mark.parametrize(
    ("who", "of_resource", "certainty"),
    [
        (anna(), [allow(**NAMED)], CERTAIN),
        (anna(), [allow(Principal={"AWS": "AIDAANNA"})], CERTAIN),
        (anna(), [allow(**EVERYBODY)], CERTAIN),
        (anna(), [allow(**BY_ACCOUNT)], NO),
        (anna(allow()), [allow(**BY_ACCOUNT)], CERTAIN),
        (anna(), [allow(Principal={"AWS": ROLE_ARN})], NO),
        (anna(), [allow(Principal={"Service": "ec2.amazonaws.com"})], NO),
        (anna(allow()), [deny(**NAMED)], NO),
        (anna(allow()), [deny(**BY_ACCOUNT)], NO),
        (anna(allow()), [deny(NotPrincipal={"AWS": [ANNA, f"arn:aws:iam::{ACCOUNT}:root"]})], PERHAPS),
        (anna(allow()), [deny(NotPrincipal={"AWS": ROLE_ARN})], NO),
        (anna(), [allow(NotPrincipal={"AWS": ROLE_ARN})], CERTAIN),
        (anna(), [allow(NotPrincipal={"AWS": ANNA})], NO),
        (anna(), [allow(NotPrincipal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})], PERHAPS),
        (worker(), [allow(Principal={"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/night"})], CERTAIN),
        (worker(allow()), [deny(Principal={"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/night"})], PERHAPS),
        (Stranger("*", {}), [allow(**EVERYBODY)], CERTAIN),
        (Stranger("*", {}), [allow(**NAMED)], NO),
        (Stranger("*", {}), [allow(**EVERYBODY, **if_("StringEquals", "aws:PrincipalOrgID", "o-a1"))], PERHAPS),
        (Stranger("*", {}), [allow(**EVERYBODY), deny(**EVERYBODY)], NO),
    ],
)
def test_what_a_resources_policy_adds_and_takes(
    who: Principal | Stranger, of_resource: list[Json], certainty: str | None
) -> None:
    assert verdict(who, READ, *of_resource) == certainty


OTHER = "arn:aws:iam::210987654321"
BOB, THEIR_ROLE = f"{OTHER}:user/bob", f"{OTHER}:role/team/worker"
THEIR_SESSION = "arn:aws:sts::210987654321:assumed-role/worker/night"


def by(*names: str) -> Json:
    return {"Principal": {"AWS": list(names)}}


@pytest.mark.parametrize(
    ("name", "of_resource", "certainty"),
    [
        (BOB, [allow(**by(BOB)), deny(**by(f"{OTHER}:root"))], NO),
        (BOB, [allow(**by(BOB)), deny(**by("210987654321"))], NO),
        (THEIR_ROLE, [allow(**by(THEIR_ROLE)), deny(**by(f"{OTHER}:root"))], NO),
        (THEIR_SESSION, [allow(**by(THEIR_SESSION)), deny(**by(f"{OTHER}:root"))], NO),
        (THEIR_SESSION, [allow(**by(THEIR_SESSION)), deny(**by(THEIR_ROLE))], NO),
        (THEIR_ROLE, [allow(**by(THEIR_ROLE)), deny(**by(THEIR_SESSION))], PERHAPS),
        ("210987654321", [allow(**by("210987654321")), deny(**by(f"{OTHER}:root"))], NO),
        (f"{OTHER}:root", [allow(**by(f"{OTHER}:root")), deny(**by(BOB))], CERTAIN),
        (BOB, [allow(**by(BOB)), deny(**by(f"{OTHER}:user/other"))], CERTAIN),
        (BOB, [allow(**by(BOB)), deny(**by(f"arn:aws:iam::{ACCOUNT}:root"))], CERTAIN),
        (THEIR_SESSION, [allow(**by(THEIR_SESSION)), deny(**by(f"{OTHER}:role/other"))], CERTAIN),
        (BOB, [allow(**EVERYBODY), deny(NotPrincipal={"AWS": [f"{OTHER}:root", BOB]})], PERHAPS),
        (BOB, [allow(**EVERYBODY), deny(NotPrincipal={"AWS": THEIR_ROLE})], NO),
        (BOB, [allow(**by(f"{OTHER}:root"))], CERTAIN),
        (BOB, [allow(NotPrincipal={"AWS": BOB})], NO),
        (BOB, [allow(NotPrincipal={"AWS": f"{OTHER}:root"})], PERHAPS),
        (BOB, [allow(NotPrincipal={"AWS": f"{OTHER}:user/other"})], CERTAIN),
        ("Service ec2.amazonaws.com", [allow(Principal={"Service": "ec2.amazonaws.com"}), deny(**by(BOB))], CERTAIN),
    ],
)
def test_somebody_of_another_account_is_his_account_and_his_role_too(
    name: str, of_resource: list[Json], certainty: str | None
) -> None:
    assert verdict(Stranger(name, {}), READ, *of_resource) == certainty


OF_ANNA = if_("ArnEquals", "aws:PrincipalArn", ANNA)
QUEUES = {"boundary": policy(allow("sqs:*", "*"))}


@pytest.mark.parametrize(
    ("who", "certainty"),
    [
        (anna(), CERTAIN),
        (anna(**QUEUES), PERHAPS),
        (anna(boundary=policy(allow("s3:*", "*"))), CERTAIN),
        (worker(), NO),
    ],
)
def test_a_condition_on_who_asks_is_no_name(who: Principal, certainty: str | None) -> None:
    assert verdict(who, READ, allow(**EVERYBODY, **OF_ANNA)) == certainty


@pytest.mark.parametrize(
    ("who", "of_resource", "certainty"),
    [
        (anna(allow(), boundary=policy(allow("s3:*", "*"))), [], CERTAIN),
        (anna(allow(), boundary=policy(allow("sqs:*", "*"))), [], NO),
        (anna(allow(), boundary=policy(allow("*", "*"), deny())), [], NO),
        (anna(boundary=policy(allow("sqs:*", "*"))), [allow(**NAMED)], CERTAIN),
        (anna(boundary=policy(allow("sqs:*", "*"))), [allow(**EVERYBODY)], PERHAPS),
        (worker(boundary=policy(allow("sqs:*", "*"))), [allow(Principal={"AWS": ROLE_ARN})], NO),
        (worker(boundary=policy(allow("sqs:*", "*"))), [allow(Principal={"AWS": SESSION})], CERTAIN),
        (worker(boundary=policy(allow("*", "*"), deny())), [allow(Principal={"AWS": SESSION})], NO),
        (worker(boundary=policy(allow("sqs:*", "*"))), [allow(**EVERYBODY)], PERHAPS),
        (worker(boundary=policy(allow("sqs:*", "*"))), [allow(**EVERYBODY, **OF_ANY_ROLE)], CERTAIN),
        (worker(boundary=policy(allow("sqs:*", "*"))), [allow(**EVERYBODY, **OF_OTHER_ROLES)], NO),
        (worker(boundary=policy(allow("sqs:*", "*"))), [allow(**EVERYBODY, **OF_THIS_ROLE)], CERTAIN),
        (worker(boundary=policy(allow("sqs:*", "*"))), [allow(NotPrincipal={"AWS": ANNA})], PERHAPS),
        (anna(allow(), unread=("arn:aws:iam::aws:policy/AWSDenyAll",)), [], PERHAPS),
    ],
)
def test_what_limits_somebody(who: Principal, of_resource: list[Json], certainty: str | None) -> None:
    assert verdict(who, READ, *of_resource) == certainty


INTO = Question("sts:AssumeRole", ROLE_ARN, resource_decides=True)


@pytest.mark.parametrize(
    ("who", "trust", "certainty"),
    [
        (anna(allow("sts:AssumeRole", "*")), NAMED, CERTAIN),
        (anna(), NAMED, CERTAIN),
        (anna(allow("sts:*", "*")), {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/other"}}, NO),
        (anna(), BY_ACCOUNT, NO),
        (anna(allow("sts:AssumeRole", ROLE_ARN)), BY_ACCOUNT, CERTAIN),
        (worker(boundary=policy(allow("sqs:*", "*"))), {"Principal": {"AWS": SESSION}}, CERTAIN),
        (worker(boundary=policy(allow("sqs:*", "*"))), {"Principal": {"AWS": ROLE_ARN}}, NO),
        (anna(allow("sts:AssumeRole", "*")), {**NAMED, **if_("StringEquals", "sts:ExternalId", "x")}, PERHAPS),
        (anna(), {**NAMED, **if_("StringEquals", "sts:RoleSessionName", "anna")}, CERTAIN),
    ],
)
def test_a_trust_policy_decides(who: Principal, trust: Json, certainty: str | None) -> None:
    assert verdict(who, INTO, {"Effect": "Allow", "Action": "sts:AssumeRole", **trust}) == certainty


BY_A_SERVICE = if_("Bool", "aws:ViaAWSService", "true")
BY_ATHENA = if_("ForAnyValue:StringEquals", "aws:CalledVia", "athena.amazonaws.com")


@pytest.mark.parametrize(
    ("statements", "certainty"),
    [
        ([allow(**BY_A_SERVICE)], PERHAPS),
        ([allow(**BY_ATHENA)], PERHAPS),
        ([allow(**if_("StringEquals", "aws:CalledViaFirst", "athena.amazonaws.com"))], PERHAPS),
        ([allow(), deny(**BY_A_SERVICE)], CERTAIN),
        ([allow(), deny(**BY_ATHENA)], CERTAIN),
        ([allow(), deny(**if_("StringEqualsIfExists", "aws:CalledViaLast", "athena.amazonaws.com"))], PERHAPS),
        ([allow(), deny(**if_("Bool", "aws:ViaAWSService", "false"))], PERHAPS),
        ([allow(**if_("Bool", "aws:ViaAWSService", "false"))], CERTAIN),
    ],
)
def test_a_service_of_aws_may_ask_in_somebodys_name(statements: list[Json], certainty: str | None) -> None:
    assert verdict(anna(*statements)) == certainty


def test_it_says_by_which_policy_and_under_which_conditions() -> None:
    found = judge(anna(allow(**if_("IpAddress", "aws:SourceIp", "192.0.2.0/24"))), READ)
    assert found is not None
    assert (found.through, found.conditions) == (("own",), ("aws:SourceIp ipaddress 192.0.2.0/24",))


def test_what_overlaps_beyond_measure_is_not_left_out() -> None:
    denials = [deny("s3:GetObject", f"{BUCKET}/*{number}*") for number in range(40)]
    assert verdict(anna(allow(), *denials)) in (CERTAIN, PERHAPS)


def test_what_is_known_of_a_request_counts() -> None:
    asked = Question("s3:GetObject", f"{BUCKET}/x", known={"aws:resourceaccount": Fact((ACCOUNT,))})
    assert verdict(anna(allow(**if_("StringEquals", "aws:ResourceAccount", ACCOUNT))), asked) == CERTAIN
    assert verdict(anna(allow(**if_("StringEquals", "aws:ResourceAccount", "1"))), asked) == NO
