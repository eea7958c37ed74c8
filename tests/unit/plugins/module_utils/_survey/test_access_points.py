# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom of other accounts an access point lets in: its policy and the bucket's must both do so."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import Account, Policy
from ansible_collections.assumerole.s3.plugins.module_utils._survey.points import LET_BY_THE_BUCKET
from ansible_collections.assumerole.s3.plugins.module_utils._survey.reaching import (
    NOT_BLOCKED,
    NOT_BLOCKED_BY_THE_ACCOUNT,
    NOT_BLOCKED_BY_THE_POINT,
    reaches,
)
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import AccessPoint, Bucket, Scene

Json = dict[str, Any]

ACCOUNT, OTHER = "123456789012", "arn:aws:iam::210987654321:root"
POINT = f"arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/guests"
BY_POINTS = {"Condition": {"StringEquals": {"s3:DataAccessPointAccount": ACCOUNT}}}


def lets(principal: Any, resource: str, **more: Any) -> Json:
    return {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": resource, **more}


def of_bucket(principal: Any, **more: Any) -> Json:
    return lets(principal, "arn:aws:s3:::b/*", **more)


def of_point(principal: Any, prefix: str = "") -> Json:
    return lets(principal, f"{POINT}/object/{prefix}*")


DELEGATED = of_bucket("*", **BY_POINTS)
NAMED = {"AWS": OTHER}


def found(point: Json, *bucket: Json, **blocks: bool) -> list[tuple[str, str, tuple[str, ...]]]:
    """Who, how sure, and under which conditions."""
    contract = Contract.of({"user": "partner", "role": "exchange", "bucket": "b", "prefix": "team/"})
    there = Bucket(
        Policy.of("the bucket's", {"Statement": list(bucket)}),
        blocks.get("bucket", False),
        (AccessPoint(POINT, Policy.of("the point's", {"Statement": [point]})),),
    )
    scene = Scene(contract, ACCOUNT, "aws", Account(), buckets={"b": there}, restricted=blocks.get("account", False))
    return [(one.principal, one.certainty, one.conditions) for one in reaches(scene)]


PERHAPS = "under_conditions"


@pytest.mark.parametrize(
    ("point", "bucket", "who"),
    [
        (of_point(NAMED), [DELEGATED], [(OTHER, "certain", ())]),
        (of_point(NAMED, "other/"), [DELEGATED], []),
        (of_point(NAMED), [], [(OTHER, PERHAPS, (LET_BY_THE_BUCKET,))]),
        (of_point(NAMED), [of_bucket(NAMED, **BY_POINTS)], [(OTHER, "certain", ())]),
        (of_point(NAMED), [of_bucket(NAMED)], [(OTHER, "certain", ())]),
        (of_point("*"), [DELEGATED], [("*", PERHAPS, (NOT_BLOCKED_BY_THE_POINT,))]),
        (
            of_point("*"),
            [of_bucket(NAMED, **BY_POINTS)],
            [
                ("*", PERHAPS, (LET_BY_THE_BUCKET, NOT_BLOCKED_BY_THE_POINT)),
                (OTHER, PERHAPS, (NOT_BLOCKED_BY_THE_POINT,)),
            ],
        ),
    ],
)
def test_whom_both_let_in(point: Json, bucket: list[Json], who: list[tuple[str, str, tuple[str, ...]]]) -> None:
    assert found(point, *bucket) == who


def test_all_blocks_count_where_the_access_points_policy_is_public() -> None:
    every = (NOT_BLOCKED, NOT_BLOCKED_BY_THE_ACCOUNT, NOT_BLOCKED_BY_THE_POINT)
    assert found(of_point("*"), DELEGATED, bucket=True, account=True) == [("*", PERHAPS, every)]
    assert found(of_point(NAMED), DELEGATED, bucket=True, account=True) == [(OTHER, "certain", ())]
