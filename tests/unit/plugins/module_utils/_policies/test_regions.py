# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is proven to be in a set of requests, and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._policies.atoms import atoms
from ansible_collections.assumerole.s3.plugins.module_utils._policies.regions import Region, all_in, left

TEAM = {"StringLike": {"s3:prefix": "team/*"}}
IMPLIED = [
    (TEAM, TEAM, True),
    ({}, TEAM, True),
    (TEAM, {}, False),
    (TEAM, {"StringEquals": {"s3:prefix": ["team/", "team/a"]}}, True),
    (TEAM, {"StringEquals": {"s3:prefix": ["team/", ""]}}, False),
    (TEAM, {"StringLike": {"s3:prefix": "team/a/*"}}, True),
    (TEAM, {"StringLike": {"s3:prefix": "team*"}}, False),
    (TEAM, {"StringLike": {"s3:prefix": "team/${aws:username}/*"}}, True),
    (TEAM, {"StringLike": {"s3:prefix": "${aws:username}/*"}}, False),
    (TEAM, {"StringLikeIfExists": {"s3:prefix": "team/*"}}, False),
    (TEAM, {"ForAllValues:StringLike": {"s3:prefix": "team/*"}}, False),
    (TEAM, {"StringNotLike": {"s3:prefix": "team/*"}}, False),
    (TEAM, {"StringLike": {"s3:delimiter": "team/*"}}, False),
    ({"StringEquals": {"sts:ExternalId": "ab"}}, {"StringLike": {"sts:ExternalId": "ab"}}, True),
    ({"StringEquals": {"sts:ExternalId": "ab"}}, {"StringLike": {"sts:ExternalId": "a*"}}, False),
    ({"StringEquals": {"sts:ExternalId": ["ab", "cd"]}}, {"StringEquals": {"sts:ExternalId": "ab"}}, True),
    ({"StringEquals": {"sts:ExternalId": "ab"}}, {"StringEquals": {"sts:ExternalId": ["ab", "cd"]}}, False),
]


def statement(condition: object = None, **more: Any) -> dict[str, Any]:
    made = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", **more}
    return {"Statement": [{**made, "Condition": condition} if condition else made]}


@pytest.mark.parametrize(("wide", "narrow", "expected"), IMPLIED)
def test_conditions_imply_wider_ones(wide: object, narrow: object, expected: bool) -> None:
    (atom,) = atoms(statement(narrow))
    assert all_in(atom, atoms(statement(wide))) is expected


B, TEAM_OBJECTS = "arn:aws:s3:::b", "arn:aws:s3:::b/team/*"
FOUR = ["s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
LEFT = [
    ({}, [{}], False),
    ({}, [{"NotAction": FOUR}], True),
    ({}, [{"NotAction": FOUR}, {"Action": FOUR}], False),
    ({}, [{"NotResource": TEAM_OBJECTS}, {"Resource": TEAM_OBJECTS}], False),
    ({}, [{"NotResource": TEAM_OBJECTS}, {"Resource": "arn:aws:s3:::b/team/a*"}], True),
    ({}, [{"NotAction": FOUR, "NotResource": TEAM_OBJECTS}, {"Action": FOUR}, {"Resource": TEAM_OBJECTS}], False),
    ({}, [{"NotAction": FOUR, "NotResource": TEAM_OBJECTS}, {"Action": FOUR}], True),
    ({"NotAction": FOUR}, [{"NotAction": FOUR[:2]}], False),
    ({"NotAction": FOUR[:2]}, [{"NotAction": FOUR}], True),
    ({"Action": "s3:Get*"}, [{"Action": "s3:G*"}], False),
    ({"Action": "s3:Get*"}, [{"Action": "s3:GetObject*"}], True),
    # An object is not in a listing, and a bucket is not read.
    ({"Action": "s3:GetObject", "Resource": B}, [], False),
    ({"Action": "s3:ListBucket", "Resource": TEAM_OBJECTS}, [], False),
    ({"Action": "s3:ListBucket", "Resource": "arn:aws:s3:eu-central-1:1:accesspoint/a"}, [], True),
    ({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b*"}, [], True),
    ({"Action": "s3:Get*", "Resource": B}, [], True),
    # A variable may stand for anything.
    ({"Resource": "arn:aws:s3:::b/team/${aws:username}"}, [{"Resource": TEAM_OBJECTS}], False),
    ({"Resource": TEAM_OBJECTS}, [{"Resource": "arn:aws:s3:::b/team/${aws:username}"}], True),
    ({"Resource": TEAM_OBJECTS}, [{"NotResource": "arn:aws:s3:::b/home/${aws:username}"}], False),
    ({"Resource": TEAM_OBJECTS}, [{"NotResource": "arn:aws:s3:::b/${aws:username}/*"}], True),
    ({"NotResource": "arn:aws:s3:::b/${aws:username}/*"}, [{"NotResource": "arn:aws:s3:::b/x/*"}], True),
    # ``NotPrincipal`` names nobody for certain.
    ({"Principal": "*"}, [{"NotPrincipal": {"AWS": "arn:aws:iam::123456789012:user/u"}}], True),
]


@pytest.mark.parametrize(("first", "others", "expected"), LEFT)
def test_what_is_left_of_a_region(first: dict[str, Any], others: list[dict[str, Any]], expected: bool) -> None:
    (atom,) = atoms(_only(first))
    taken = [part for other in others for part in atoms(_only(other))]
    assert bool(left(Region.of(atom), taken)) is expected


def _only(elements: dict[str, Any]) -> dict[str, Any]:
    """A statement with these elements: ``NotAction`` takes the place of ``Action``."""
    made = statement(**elements)
    for name in ("Action", "Resource"):
        if f"Not{name}" in elements:
            del made["Statement"][0][name]
    return made


COMPLEMENTS = [
    ({"StringNotLike": {"s3:prefix": "team/*"}}, {"StringLike": {"s3:prefix": "team/*"}}),
    ({"StringLike": {"s3:prefix": "team/*"}}, {"StringNotLike": {"s3:prefix": "team/*"}}),
    ({"StringNotLikeIfExists": {"s3:prefix": "team/*"}}, {"StringLike": {"s3:prefix": "team/*"}}),
    ({"Null": {"s3:prefix": "true"}}, {"Null": {"s3:prefix": "false"}}),
    ({"Bool": {"aws:SecureTransport": "false"}}, {"Bool": {"aws:SecureTransport": "true"}}),
    (
        {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::1:role/r"}},
        {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::1:role/r"}},
    ),
]


@pytest.mark.parametrize(("denied", "wished"), COMPLEMENTS)
def test_a_denial_leaves_what_does_not_meet_its_condition(denied: object, wished: object) -> None:
    (whole,) = atoms(statement())
    assert not left(Region.of(whole), [*atoms(statement(denied)), *atoms(statement(wished))])
    assert left(Region.of(whole), atoms(statement(denied)))


NO_COMPLEMENTS = [
    ({"NumericLessThan": {"s3:max-keys": "10"}}, {"NumericGreaterThanEquals": {"s3:max-keys": "10"}}),
    ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, {"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
    ({"StringNotLikeIfExists": {"s3:prefix": "a/*"}}, {"StringLike": {"s3:prefix": "b/*"}}),
    ({"ForAllValues:StringLike": {"s3:prefix": "a/*"}}, {"ForAllValues:StringNotLike": {"s3:prefix": "a/*"}}),
]


@pytest.mark.parametrize(("denied", "wished"), NO_COMPLEMENTS)
def test_two_conditions_between_which_a_request_slips_through(denied: object, wished: object) -> None:
    (whole,) = atoms(statement())
    assert left(Region.of(whole), [*atoms(statement(denied)), *atoms(statement(wished))])
