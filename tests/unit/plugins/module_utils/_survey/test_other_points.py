# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access points that nobody has read: of other accounts and of several regions; and who makes or changes one."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import (
    USER,
    Account,
    Policy,
    Principal,
)
from ansible_collections.assumerole.s3.plugins.module_utils._survey.reaching import reaches
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import AccessPoint, Bucket, Scene

Json = dict[str, Any]
Found = list[tuple[str, str, tuple[str, ...]]]

ACCOUNT, OTHER = "123456789012", "210987654321"
ANNA = f"arn:aws:iam::{ACCOUNT}:user/anna"
POINT = f"arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/guests"
PERHAPS, ITSELF, CERTAIN = "under_conditions", "can_grant_itself", "certain"
MAKES, WRITES = "s3:CreateAccessPoint", "s3:PutAccessPointPolicy"
MAKES_SEVERAL, WRITES_SEVERAL = "s3:CreateMultiRegionAccessPoint", "s3:PutMultiRegionAccessPointPolicy"


def allow(action: Any, resource: Any = "*", **more: Any) -> Json:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def policy(*statements: Json) -> Policy:
    return Policy.of("a policy", {"Statement": list(statements)})


def if_(operator: str, key: str, *values: str) -> Json:
    return {"Condition": {operator: {key: list(values)}}}


def delegated(principal: Any = "*", **condition: Any) -> Json:
    """The bucket's policy leaves it to access points."""
    return allow("s3:GetObject", "arn:aws:s3:::b/*", Principal=principal, **condition)


OURS = if_("StringEquals", "s3:DataAccessPointAccount", ACCOUNT)
THEIRS = if_("StringEquals", "s3:DataAccessPointAccount", OTHER)
NOT_OURS = {**delegated(**if_("StringNotEquals", "s3:DataAccessPointAccount", ACCOUNT)), "Effect": "Deny"}
SEVERAL = if_("StringLike", "s3:DataAccessPointArn", f"arn:aws:s3::{ACCOUNT}:accesspoint/*.mrap")


def found(own: list[Json], *bucket: Json, points: tuple[AccessPoint, ...] = ()) -> list[tuple[str, str, str]]:
    """Who, how sure, and the first condition."""
    contract = Contract.of({"user": "partner", "role": "exchange", "bucket": "b", "prefix": "team/"})
    anna = Principal(ANNA, USER, "AIDAANNA", (policy(*own),))
    scene = Scene(contract, ACCOUNT, "aws", Account((anna,)), {"b": Bucket(policy(*bucket), access_points=points)})
    return [(one.principal, one.certainty, next(iter(one.conditions), "")) for one in reaches(scene)]


BY_THEIRS = f"an access point of the account {OTHER} lets it in"
BY_ANOTHERS = "an access point of another account lets it in"
BY_SEVERAL = "an access point of several regions, which nobody has read, lets it in"
THEM = {"AWS": f"arn:aws:iam::{OTHER}:root"}


@pytest.mark.parametrize(
    ("bucket", "told"),
    [
        ([delegated(**THEIRS)], [("*", PERHAPS, BY_THEIRS)]),
        ([delegated(THEM, **THEIRS)], [(THEM["AWS"], PERHAPS, BY_THEIRS)]),
        ([delegated(**if_("StringLike", "s3:DataAccessPointAccount", "2109*"))], [("*", PERHAPS, BY_ANOTHERS)]),
        ([delegated(**if_("Null", "s3:DataAccessPointArn", "false"))], [("*", PERHAPS, BY_ANOTHERS)]),
        (
            [delegated(**if_("ArnLike", "s3:DataAccessPointArn", f"arn:aws:s3:eu-west-1:{OTHER}:accesspoint/*"))],
            [("*", PERHAPS, BY_THEIRS)],
        ),
        (
            [delegated(**if_("StringLike", "s3:DataAccessPointArn", "arn:aws:s3:eu-west-1:*:accesspoint/guest*"))],
            [("*", PERHAPS, BY_ANOTHERS)],
        ),
        ([delegated(**SEVERAL)], [("*", PERHAPS, BY_SEVERAL)]),
        ([delegated(**OURS)], []),
        ([delegated(**THEIRS), NOT_OURS], []),
        ([delegated(THEM), NOT_OURS], []),
    ],
)
def test_the_buckets_policy_may_leave_it_to_access_points_that_nobody_has_read(bucket: list[Json], told: Found) -> None:
    assert [*dict.fromkeys(found([], *bucket))] == told


def test_who_is_let_in_anyway_is_not_told_twice() -> None:
    assert found([], delegated(THEM), delegated(THEM, **THEIRS)) == [(THEM["AWS"], CERTAIN, "")]


THERE = f"arn:aws:s3:eu-west-1:{OTHER}:accesspoint/*"


def test_ones_own_policies_count_at_an_access_point_of_another_account() -> None:
    everybodys = ("*", PERHAPS, BY_THEIRS)
    assert found([allow("s3:GetObject", f"{THERE}/object/team/*")], delegated(**THEIRS)) == [
        (ANNA, PERHAPS, BY_THEIRS),
        everybodys,
    ]
    assert found([allow("s3:GetObject", f"{POINT}/object/*")], delegated(**THEIRS)) == [everybodys]


def test_ones_own_policies_may_speak_of_access_points_that_nobody_has_read() -> None:
    assert found([allow("s3:GetObject", **SEVERAL)]) == [(ANNA, PERHAPS, BY_SEVERAL)]
    assert found([allow("s3:GetObject", **OURS)]) == []


READS_POINTS = allow("s3:GetObject", f"arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/*/object/team/*")


@pytest.mark.parametrize(
    ("own", "bucket", "certainties"),
    [
        ([allow([MAKES, WRITES])], [delegated(**OURS)], [ITSELF]),
        ([allow([MAKES, WRITES], f"arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/team-*")], [delegated(**OURS)], [ITSELF]),
        ([allow([MAKES, WRITES])], [delegated(**THEIRS)], ["*"]),
        ([allow([MAKES, WRITES])], [], []),
        ([allow(MAKES)], [delegated(**OURS)], []),
        ([allow(WRITES)], [delegated(**OURS)], []),
        ([allow(MAKES), READS_POINTS], [delegated(**OURS)], [ITSELF]),
        ([allow([MAKES_SEVERAL, WRITES_SEVERAL])], [delegated(**OURS)], [ITSELF]),
        ([allow([MAKES_SEVERAL, WRITES_SEVERAL])], [], []),
        ([allow(MAKES_SEVERAL)], [delegated(**OURS)], []),
        ([allow(WRITES_SEVERAL)], [delegated(**OURS)], [PERHAPS]),
        ([allow([MAKES, WRITES])], [delegated({"AWS": ANNA}, **OURS)], [ITSELF]),
        ([allow([MAKES, WRITES])], [delegated({"AWS": f"{ANNA}-maria"}, **OURS)], []),
        ([allow([MAKES, WRITES], **if_("StringEquals", "some:key", "x"))], [delegated(**OURS)], [PERHAPS]),
    ],
)
def test_who_makes_an_access_point_lets_himself_in(own: list[Json], bucket: list[Json], certainties: list[str]) -> None:
    assert [certainty if who == ANNA else who for who, certainty, _if in found(own, *bucket)] == certainties


@pytest.mark.parametrize(
    ("where", "bucket", "certainties"),
    [
        (POINT, [delegated(**OURS)], [ITSELF]),
        (f"{POINT}-of-others", [delegated(**OURS)], []),
        (POINT, [], []),
    ],
)
def test_who_writes_an_access_points_policy_lets_himself_in(
    where: str, bucket: list[Json], certainties: list[str]
) -> None:
    told = found([allow(WRITES, where)], *bucket, points=(AccessPoint(POINT, None),))
    assert [certainty for _who, certainty, _if in told] == certainties
