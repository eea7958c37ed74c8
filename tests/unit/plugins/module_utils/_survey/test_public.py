# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a block of public access shuts out: of a bucket whose policy is public, everybody and other accounts."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import (
    ROLE,
    Account,
    Policy,
    Principal,
)
from ansible_collections.assumerole.s3.plugins.module_utils._survey.public import is_public
from ansible_collections.assumerole.s3.plugins.module_utils._survey.reaching import (
    NOT_BLOCKED,
    NOT_BLOCKED_BY_THE_ACCOUNT,
    reaches,
)
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import Bucket, Scene

Json = dict[str, Any]

ACCOUNT, OTHER = "123456789012", "arn:aws:iam::210987654321:root"
WORKER = f"arn:aws:iam::{ACCOUNT}:role/worker"
SERVICE = "cloudfront.amazonaws.com"


def lets(principal: Any, **more: Any) -> Json:
    whom = {"NotPrincipal": more.pop("but")} if "but" in more else {"Principal": principal}
    return {"Effect": "Allow", **whom, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", **more}


def if_(operator: str, key: str, *values: str) -> Json:
    return {"Condition": {operator: {key: list(values)}}}


def policy(*statements: Json) -> Policy:
    return Policy.of("the bucket's", {"Statement": list(statements)})


@pytest.mark.parametrize(
    ("statement", "public"),
    [
        (lets("*"), True),
        (lets({"AWS": "*"}), True),
        (lets({"AWS": [OTHER, "*"]}), True),
        (lets(None, but={"AWS": OTHER}), True),
        (lets("*", **if_("Bool", "aws:SecureTransport", "true")), True),
        (lets("*", **if_("StringLike", "s3:prefix", "team/*")), True),
        (lets({"AWS": OTHER}), False),
        (lets({"Service": SERVICE}), False),
        ({**lets("*"), "Effect": "Deny"}, False),
        # S3 may take these for public or not, by their values: nothing is assumed.
        (lets("*", **if_("StringEquals", "aws:SourceVpce", "vpce-0a")), False),
        (lets("*", **if_("StringLike", "aws:SourceVpc", "vpc-*")), False),
        (lets("*", **if_("IpAddress", "aws:SourceIp", "0.0.0.0/1")), False),
        (lets("*", **if_("StringEquals", "aws:PrincipalOrgID", "o-1")), False),
        (lets("*", **if_("StringEquals", "s3:DataAccessPointAccount", ACCOUNT)), False),
        (lets("*", **if_("StringEquals", "some:key", "x")), False),
    ],
)
def test_a_policy_is_public_that_surely_is(statement: Json, public: bool) -> None:
    assert is_public(policy(statement)) is public
    assert is_public(policy(lets({"AWS": OTHER}), statement)) is public


def test_no_policy_is_not_public() -> None:
    assert is_public(None) is False
    assert is_public(policy()) is False


def found(*statements: Json, bucket: bool | None = False, account: bool = False) -> dict[str, tuple[str, list[str]]]:
    """How sure it is of whom, and under which conditions."""
    worker = Principal(WORKER, ROLE, "AROAWORKER")
    contract = Contract.of({"user": "partner", "role": "exchange", "bucket": "b"})
    buckets = {"b": Bucket(policy(*statements), restricted=bucket)}
    scene = Scene(contract, ACCOUNT, "aws", Account((worker,)), buckets, restricted=account)
    return {one.principal: (one.certainty, list(one.conditions)) for one in reaches(scene)}


CERTAIN = ("certain", [])
EVERYBODY = (lets("*"), lets({"AWS": OTHER}), lets({"Service": SERVICE}))


@pytest.mark.parametrize(
    ("blocks", "conditions"),
    [
        ({}, []),
        ({"bucket": True}, [NOT_BLOCKED]),
        ({"account": True}, [NOT_BLOCKED_BY_THE_ACCOUNT]),
        ({"bucket": True, "account": True}, [NOT_BLOCKED, NOT_BLOCKED_BY_THE_ACCOUNT]),
    ],
)
def test_a_public_policy_lets_others_in_under_the_condition_that_no_block_is_there(
    blocks: dict[str, bool], conditions: list[str]
) -> None:
    shut_out = ("under_conditions", conditions) if conditions else CERTAIN
    assert found(*EVERYBODY, **blocks) == {WORKER: CERTAIN, "*": shut_out, OTHER: shut_out, SERVICE: CERTAIN}


def test_whom_a_policy_names_that_is_not_public_no_block_shuts_out() -> None:
    assert found(lets({"AWS": OTHER}), bucket=True, account=True) == {OTHER: CERTAIN}


def test_a_buckets_block_that_was_not_read_makes_everybody_uncertain_and_nobody_else() -> None:
    shown = found(*EVERYBODY, bucket=None)
    assert shown == {WORKER: CERTAIN, "*": ("under_conditions", [NOT_BLOCKED]), OTHER: CERTAIN, SERVICE: CERTAIN}
