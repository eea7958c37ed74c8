# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._policies.conditions import (
    conditions_of,
    holds,
    implied,
    never,
    remaining,
)
from ansible_collections.assumerole.s3.plugins.module_utils._policies.patterns import matches, patterns_meet

KNOWN = {
    "aws:securetransport": "true",
    "s3:tlsversion": "1.2",
    "aws:principalarn": "arn:aws:iam::123456789012:role/team/r",
    "aws:principalaccount": "123456789012",
    "aws:userid": "AROAEXAMPLE:*",
}

HOLDS = [
    ({"Bool": {"aws:SecureTransport": "true"}}, True),
    ({"Bool": {"aws:SecureTransport": False}}, False),
    ({"NumericLessThan": {"s3:TlsVersion": "1.2"}}, False),
    ({"NumericLessThan": {"s3:TlsVersion": 1.3}}, True),
    ({"NumericGreaterThanEquals": {"s3:TlsVersion": "1.2"}}, True),
    ({"NumericLessThan": {"s3:TlsVersion": "new"}}, None),
    ({"NumericNotEquals": {"s3:TlsVersion": "1.2"}}, False),
    ({"StringEquals": {"aws:PrincipalAccount": ["1", "123456789012"]}}, True),
    ({"StringNotEquals": {"aws:PrincipalAccount": ["1", "123456789012"]}}, False),
    ({"StringNotEqualsIfExists": {"aws:PrincipalAccount": "1"}}, True),
    ({"ForAnyValue:StringEquals": {"aws:PrincipalAccount": "1"}}, False),
    ({"ForAllValues:StringNotEquals": {"aws:PrincipalAccount": "1"}}, True),
    ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/team/*"}}, True),
    ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/team/*"}}, False),
    ({"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/other"}}, True),
    ({"StringLike": {"aws:userid": "AROAEXAMPLE:*"}}, True),
    ({"StringNotLike": {"aws:userid": ["AROAEXAMPLE:*", "AIDAOTHER"]}}, False),
    ({"StringEquals": {"aws:userid": "AROAEXAMPLE:nightly"}}, None),
    ({"StringNotEquals": {"aws:userid": "AROAEXAMPLE:nightly"}}, None),
    ({"StringEquals": {"aws:userid": "AROAOTHER:nightly"}}, False),
    ({"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}, None),
    ({"StringNotEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}, None),
    ({"Null": {"aws:PrincipalArn": "true"}}, False),
    ({"Null": {"aws:PrincipalArn": False}}, True),
    ({"Null": {"aws:PrincipalArn": ["true", "false"]}}, None),
    ({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, None),
    ({"Null": {"aws:SourceVpce": "true"}}, None),
    ({"IpAddress": {"aws:PrincipalAccount": "10.0.0.0/8"}}, None),
    ({"DateLessThan": {"aws:PrincipalAccount": "2026-01-01"}}, None),
]


@pytest.mark.parametrize(("element", "expected"), HOLDS, ids=[str(case[0]) for case in HOLDS])
def test_a_condition_is_met_or_not_or_cannot_be_told(element: object, expected: bool | None) -> None:
    (condition,) = conditions_of(element)
    assert holds(condition, KNOWN) is expected
    assert holds(condition, {}) is None


def test_one_condition_that_is_never_met_is_enough_and_those_always_met_do_not_remain() -> None:
    both = conditions_of({"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:SourceVpce": "v"}})
    assert never(both, KNOWN)
    tls = conditions_of({"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:SourceVpce": "v"}})
    assert not never(tls, KNOWN)
    assert remaining(tls, KNOWN) == conditions_of({"StringEquals": {"aws:SourceVpce": "v"}})


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
    ({"StringEquals": {"sts:ExternalId": "ab"}}, {"StringLike": {"sts:ExternalId": "ab"}}, False),
    ({"StringEquals": {"sts:ExternalId": ["ab", "cd"]}}, {"StringEquals": {"sts:ExternalId": "ab"}}, True),
    ({"StringEquals": {"sts:ExternalId": "ab"}}, {"StringEquals": {"sts:ExternalId": ["ab", "cd"]}}, False),
]


@pytest.mark.parametrize(("wide", "narrow", "expected"), IMPLIED)
def test_conditions_imply_wider_ones(wide: object, narrow: object, expected: bool) -> None:
    assert implied(conditions_of(wide), conditions_of(narrow)) is expected


PATTERNS = [
    ("*", "", True, True),
    ("a*", "abc", True, True),
    ("a?c", "abc", True, True),
    ("a?c", "a*c", False, True),
    ("a*", "a*c", True, True),
    ("a*c", "a*", False, True),
    ("team/*", "team", False, False),
    ("team/*", "team.outside", False, False),
    ("tea?/*", "team/*", True, True),
    ("team/*", "tea?/*", False, True),
    ("a.c", "abc", False, False),
    ("*a", "*b", False, False),
]


@pytest.mark.parametrize(("pattern", "text", "contained", "met"), PATTERNS)
def test_a_pattern_contains_another_or_meets_it(pattern: str, text: str, contained: bool, met: bool) -> None:
    assert (matches(pattern, text), patterns_meet(pattern, text)) == (contained, met)
