# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose sessions are tried, and what each is asked: requests that leave no trace, and what to expect of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.probes import S3_PROBES
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import (
    ROLE,
    USER,
    Account,
    Policy,
    Principal,
)
from ansible_collections.assumerole.s3.plugins.module_utils._survey.reaching import reaches
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import Scene
from ansible_collections.assumerole.s3.plugins.module_utils._survey.sessions import (
    ENOUGH,
    HARMLESS,
    IS_ROOT,
    NOT_LET_IN,
    NOTHING_TO_ASK,
    UNKNOWN_OPERATOR,
    Session,
    chosen,
)

Json = dict[str, Any]

ACCOUNT = "123456789012"
OPERATOR = f"arn:aws:iam::{ACCOUNT}:user/operator"
BUCKET = "arn:aws:s3:::b"
PARTNER: Json = {"user": "partner", "role": "exchange", "bucket": "b", "prefix": "team/"}
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/00000000-0000-4000-8000-000000000000"
LIST, WRITE, READ, VERSIONS = "s3:ListBucket", "s3:PutObject", "s3:GetObject", "s3:ListBucketVersions"


def allow(action: Any, resource: Any = "*", **more: Any) -> Json:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> Json:
    return {**allow(action, resource, **more), "Effect": "Deny"}


def if_(operator: str, key: str, *values: str) -> Json:
    return {"Condition": {operator: {key: list(values)}}}


def role(name: str, *statements: Json, trusts: str = OPERATOR) -> Principal:
    """A role that trusts somebody; its name may have a path."""
    trust = {"Effect": "Allow", "Principal": {"AWS": trusts}, "Action": "sts:AssumeRole"}
    return Principal(
        f"arn:aws:iam::{ACCOUNT}:role/{name}",
        ROLE,
        f"AROA{name.upper()}",
        (Policy.of("own", {"Statement": list(statements)}),),
        trust=Policy.of("its trust policy", {"Statement": [trust]}),
    )


def scene(*roles: Principal, **terms: Any) -> Scene:
    operator = Principal(OPERATOR, USER, "AIDAOPERATOR")
    return Scene(Contract.of({**PARTNER, **terms}), ACCOUNT, "aws", Account((operator, *roles)))


def found(there: Scene) -> list[Json]:
    return [finding.as_dict() for finding in reaches(there)]


def requests(*statements: Json, tls: bool = True, **terms: Any) -> dict[str, tuple[str, bool]]:
    """The keys that are asked for, and whether the answer is known, by the actions."""
    worker = role("worker", *statements)
    there = scene(worker, **terms)
    asked = Session(there, worker, "0ab", tls).requests(found(there))
    return {request.action: (request.key, request.sure) for request in asked}


def test_every_action_has_a_probe_and_none_of_them_does_anything() -> None:
    assert set(HARMLESS.values()) <= set(S3_PROBES)
    assert not {"create", "upload", "tag", "delete", "read"} & set(HARMLESS.values())


@pytest.mark.parametrize(
    ("statements", "asked"),
    [
        ([allow("s3:*")], dict.fromkeys((LIST, WRITE, VERSIONS), ("team/0ab", True))),
        ([allow([READ, "s3:DeleteObject"])], {}),
        ([allow(WRITE, f"{BUCKET}/team/reports/*")], {WRITE: ("team/reports/0ab", True)}),
        ([allow(WRITE, f"{BUCKET}/team/report.csv")], {}),
        (
            [
                allow(WRITE, **if_("Bool", "aws:MultiFactorAuthPresent", "true")),
                allow(WRITE, f"{BUCKET}/team/reports/*"),
            ],
            {WRITE: ("team/reports/0ab", True)},
        ),
        ([allow(WRITE, f"{BUCKET}/team/${{aws:PrincipalTag/x}}/*")], {}),
        ([allow(LIST, **if_("StringEquals", "s3:prefix", "", "team/"))], {LIST: ("team/", True)}),
        ([allow(LIST, **if_("StringLike", "s3:prefix", "team/a*"))], {}),
        ([allow(LIST, **if_("NumericLessThanEquals", "s3:max-keys", "10"))], {LIST: ("team/0ab", True)}),
        ([allow(LIST, **if_("StringEquals", "s3:delimiter", "/"))], {}),
        ([allow(WRITE, **if_("Bool", "aws:ViaAWSService", "true"))], {}),
        ([allow(WRITE), deny(WRITE, **if_("Bool", "aws:ViaAWSService", "true"))], {WRITE: ("team/0ab", True)}),
        ([allow(LIST, **if_("IpAddress", "aws:SourceIp", "192.0.2.0/24"))], {LIST: ("team/0ab", False)}),
        ([allow(WRITE, **if_("StringEquals", "s3:x-amz-acl", "bucket-owner-full-control"))], {}),
        ([allow(WRITE, **if_("StringEquals", "s3:x-amz-storage-class", "GLACIER"))], {WRITE: ("team/0ab", False)}),
        ([allow(WRITE), deny("s3:*", **if_("Bool", "aws:SecureTransport", "false"))], {WRITE: ("team/0ab", True)}),
        ([allow(WRITE), deny(WRITE, f"{BUCKET}/team/secret/*")], {WRITE: ("team/0ab", True)}),
        ([allow(WRITE), deny(WRITE, **if_("StringEquals", "aws:PrincipalOrgID", "o-1"))], {WRITE: ("team/0ab", False)}),
    ],
)
def test_what_a_session_is_asked(statements: list[Json], asked: dict[str, tuple[str, bool]]) -> None:
    assert requests(*statements) == asked


def test_what_tls_is_needed_for_is_not_expected_without_it() -> None:
    assert requests(allow(WRITE), deny("s3:*", **if_("Bool", "aws:SecureTransport", "false")), tls=False) == {}


def test_a_write_that_takes_a_key_shows_nothing() -> None:
    asked = dict.fromkeys((LIST, VERSIONS), ("team/0ab", True))
    assert requests(allow(["s3:*", "kms:*"]), kms_key=KEY) == asked


def test_more_that_the_contract_gives_is_asked_for() -> None:
    permissions = ["list", "read", "write", "delete", "multipart", "versions", "tags", "locate"]
    asked = requests(allow("s3:*"), permissions=permissions)
    assert set(asked) == set(HARMLESS)
    assert all(sure for _key, sure in asked.values())


def _lists(name: str, **more: Any) -> Principal:
    return role(name, allow(LIST), **more)


def _choices() -> Iterator[tuple[str, Principal, str | None]]:
    yield OPERATOR, _lists("open"), ""
    yield OPERATOR, _lists("open", trusts=f"arn:aws:iam::{ACCOUNT}:user/other"), NOT_LET_IN
    yield OPERATOR, _lists("open", trusts=f"arn:aws:iam::{ACCOUNT}:root"), NOT_LET_IN
    yield OPERATOR, role("open", allow(READ)), NOTHING_TO_ASK
    yield OPERATOR, role("open", allow("sqs:*")), None
    yield OPERATOR, role("open", allow("s3:PutBucketPolicy")), None
    yield OPERATOR, _lists("aws-service-role/es.amazonaws.com/open"), None
    yield f"arn:aws:iam::{ACCOUNT}:root", _lists("open"), IS_ROOT
    yield f"arn:aws:iam::{ACCOUNT}:user/gone", _lists("open"), UNKNOWN_OPERATOR
    yield f"arn:aws:sts::{ACCOUNT}:federated-user/open", _lists("open"), UNKNOWN_OPERATOR
    yield f"arn:aws:sts::{ACCOUNT}:assumed-role/open/me", _lists("team/open"), None


@pytest.mark.parametrize(("operator", "other", "reason"), list(_choices()))
def test_who_is_tried(operator: str, other: Principal, reason: str | None) -> None:
    there = scene(other)
    choice = chosen(there, operator, found(there))
    assert [one.arn for one in choice.roles] == ([other.arn] if reason == "" else [])
    assert choice.left_out == ({other.arn: reason} if reason else {})


def test_the_contracts_own_role_is_not_tried() -> None:
    there = scene(_lists("exchange"))
    assert chosen(there, OPERATOR, found(there)).reaching == 0


def test_no_more_sessions_are_opened_than_somebody_would_want() -> None:
    there = scene(*(_lists(f"r{number}") for number in range(53)))
    choice = chosen(there, OPERATOR, found(there))
    assert (len(choice.roles), choice.reaching) == (50, 53)
    assert set(choice.left_out.values()) == {ENOUGH}
