# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of the requests is known, and which of them meet a condition."""

from __future__ import annotations

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._policies.conditions import conditions_of
from ansible_collections.assumerole.s3.plugins.module_utils._policies.facts import Fact, Holds, all_hold, holds

ALWAYS, SOMETIMES, NEVER, UNKNOWN = Holds.ALWAYS, Holds.SOMETIMES, Holds.NEVER, Holds.UNKNOWN
NOW = 1_800_000_000.0
KNOWN = {
    "aws:securetransport": Fact(("true",)),
    "s3:tlsversion": Fact(("1.2", "1.3")),
    "aws:principalarn": Fact(("arn:aws:iam::123456789012:role/team/r",)),
    "aws:principalaccount": Fact(("123456789012",)),
    "aws:userid": Fact(("AROAEXAMPLE:*",)),
    "aws:currenttime": Fact(since=NOW),
    "aws:epochtime": Fact(since=NOW),
    "aws:sourceip": Fact(("*",), absent=True),
    "aws:vpcsourceip": Fact(("203.0.113.0/24",)),
    "s3:prefix": Fact(("*",), absent=True),
    "s3:x-amz-acl": Fact(absent=True),
}

HOLDS = [
    ({"Bool": {"aws:SecureTransport": "true"}}, ALWAYS),
    ({"Bool": {"aws:SecureTransport": False}}, NEVER),
    ({"NumericLessThan": {"s3:TlsVersion": "1.2"}}, NEVER),
    # TLS 1.2 and 1.3 are in use, and a policy may tell them apart.
    ({"NumericLessThan": {"s3:TlsVersion": 1.3}}, SOMETIMES),
    ({"NumericLessThan": {"s3:TlsVersion": 1.4}}, ALWAYS),
    ({"NumericEquals": {"s3:TlsVersion": "1.2"}}, SOMETIMES),
    ({"NumericGreaterThanEquals": {"s3:TlsVersion": "1.2"}}, ALWAYS),
    ({"NumericLessThan": {"s3:TlsVersion": "new"}}, UNKNOWN),
    ({"NumericNotEquals": {"s3:TlsVersion": "1.2"}}, SOMETIMES),
    ({"StringEquals": {"aws:PrincipalAccount": ["1", "123456789012"]}}, ALWAYS),
    ({"StringNotEquals": {"aws:PrincipalAccount": ["1", "123456789012"]}}, NEVER),
    ({"StringNotEqualsIfExists": {"aws:PrincipalAccount": "1"}}, ALWAYS),
    ({"ForAnyValue:StringEquals": {"aws:PrincipalAccount": "1"}}, NEVER),
    ({"ForAllValues:StringNotEquals": {"aws:PrincipalAccount": "1"}}, ALWAYS),
    ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/team/*"}}, ALWAYS),
    ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/team/*"}}, NEVER),
    ({"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/other"}}, ALWAYS),
    ({"StringLike": {"aws:userid": "AROAEXAMPLE:*"}}, ALWAYS),
    ({"StringNotLike": {"aws:userid": ["AROAEXAMPLE:*", "AIDAOTHER"]}}, NEVER),
    ({"StringEquals": {"aws:userid": "AROAEXAMPLE:nightly"}}, SOMETIMES),
    ({"StringNotEquals": {"aws:userid": "AROAEXAMPLE:nightly"}}, SOMETIMES),
    ({"StringEquals": {"aws:userid": "AROAOTHER:nightly"}}, NEVER),
    ({"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}, UNKNOWN),
    ({"StringNotEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}, UNKNOWN),
    ({"Null": {"aws:PrincipalArn": "true"}}, NEVER),
    ({"Null": {"aws:PrincipalArn": False}}, ALWAYS),
    ({"Null": {"aws:PrincipalArn": ["true", "false"]}}, UNKNOWN),
    ({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, UNKNOWN),
    ({"Null": {"aws:SourceVpce": "true"}}, UNKNOWN),
    ({"IpAddress": {"aws:PrincipalAccount": "10.0.0.0/8"}}, UNKNOWN),
    ({"DateLessThan": {"aws:PrincipalAccount": "2026-01-01"}}, UNKNOWN),
    # Each value of a set, and a key that may be absent.
    ({"StringLike": {"aws:userid": ["*:a*", "*:b*"]}}, SOMETIMES),
    ({"StringLike": {"aws:userid": ["*:*", "x"]}}, ALWAYS),
    ({"StringLike": {"s3:prefix": "*"}}, SOMETIMES),
    ({"StringLikeIfExists": {"s3:prefix": "*"}}, ALWAYS),
    ({"StringLikeIfExists": {"s3:prefix": "team/*"}}, SOMETIMES),
    ({"StringNotLike": {"s3:prefix": "team/*"}}, SOMETIMES),
    ({"StringNotLike": {"s3:prefix": "*"}}, SOMETIMES),
    ({"Null": {"s3:prefix": "true"}}, SOMETIMES),
    ({"StringEquals": {"s3:x-amz-acl": "private"}}, NEVER),
    ({"StringEqualsIfExists": {"s3:x-amz-acl": "private"}}, ALWAYS),
    ({"StringNotEquals": {"s3:x-amz-acl": "private"}}, ALWAYS),
    ({"StringNotEqualsIfExists": {"s3:x-amz-acl": "private"}}, ALWAYS),
    ({"Null": {"s3:x-amz-acl": "true"}}, ALWAYS),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    ({"ForAllValues:StringEquals": {"s3:x-amz-acl": "private"}}, ALWAYS),
    ({"ForAnyValue:StringEquals": {"s3:x-amz-acl": "private"}}, NEVER),
    ({"ForAnyValue:StringNotEquals": {"s3:x-amz-acl": "private"}}, NEVER),
    ({"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}, UNKNOWN),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
    ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*"}}, UNKNOWN),
    ({"ArnLike": {"aws:PrincipalArn": "arn:*:iam::*:role/team/r"}}, ALWAYS),
    ({"ArnLike": {"aws:PrincipalArn": "arn:aws:*:*:role/team/r"}}, UNKNOWN),
    ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam:*:role/team/*:"}}, NEVER),
    ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam:*:role/team/*:"}}, ALWAYS),
    ({"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*"}}, ALWAYS),
    ({"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/*"}}, ALWAYS),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
    ({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, ALWAYS),
    ({"DateGreaterThan": {"aws:CurrentTime": "2099-01-01T00:00:00Z"}}, UNKNOWN),
    ({"DateGreaterThanEquals": {"aws:CurrentTime": "2020-01-01"}}, ALWAYS),
    ({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00+01:00"}}, NEVER),
    ({"DateLessThan": {"aws:CurrentTime": "2099-01-01T00:00:00Z"}}, UNKNOWN),
    ({"DateEquals": {"aws:CurrentTime": "2020-01-01"}}, NEVER),
    ({"DateNotEquals": {"aws:CurrentTime": "2020-01-01"}}, ALWAYS),
    ({"DateLessThan": {"aws:CurrentTime": ["2020-01-01", "2099-01-01"]}}, UNKNOWN),
    ({"DateLessThan": {"aws:CurrentTime": "the end"}}, UNKNOWN),
    ({"NumericGreaterThan": {"aws:EpochTime": "4070908800"}}, UNKNOWN),
    ({"NumericLessThan": {"aws:EpochTime": "1577836800"}}, NEVER),
    ({"DateGreaterThan": {"aws:EpochTime": "1577836800"}}, ALWAYS),
    ({"Null": {"aws:CurrentTime": "true"}}, NEVER),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress
    ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, SOMETIMES),
    ({"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]}}, SOMETIMES),
    ({"IpAddressIfExists": {"aws:SourceIp": ["0.0.0.0/0", "::/0"]}}, ALWAYS),
    ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, UNKNOWN),
    ({"IpAddress": {"aws:SourceIp": "here"}}, UNKNOWN),
    ({"IpAddress": {"aws:VpcSourceIp": "203.0.113.0/24"}}, ALWAYS),
    ({"IpAddress": {"aws:VpcSourceIp": "203.0.112.0/23"}}, ALWAYS),
    ({"IpAddress": {"aws:VpcSourceIp": ["203.0.113.0/25", "203.0.113.128/25"]}}, ALWAYS),
    ({"IpAddress": {"aws:VpcSourceIp": "203.0.113.0/25"}}, SOMETIMES),
    ({"NotIpAddress": {"aws:VpcSourceIp": "203.0.113.7"}}, SOMETIMES),
    ({"IpAddress": {"aws:VpcSourceIp": ["198.51.100.0/24", "2001:db8::/32"]}}, NEVER),
    ({"NotIpAddress": {"aws:VpcSourceIp": "203.0.113.0/24"}}, NEVER),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Boolean
    ({"StringNotEquals": {"aws:SecureTransport": "true"}}, NEVER),
    ({"StringNotEqualsIfExists": {"aws:SecureTransport": "true"}}, NEVER),
    ({"BoolIfExists": {"aws:SecureTransport": "false"}}, NEVER),
    ({"Bool": {"aws:SecureTransport": ["true", "false"]}}, ALWAYS),
    ({"Bool": {"aws:SecureTransport": "yes"}}, UNKNOWN),
    # What is not understood.
    ({"StringSounds": {"aws:PrincipalAccount": "1"}}, UNKNOWN),
    ({"BinaryEquals": {"aws:PrincipalAccount": "1"}}, UNKNOWN),
    ({"StringEquals": {"aws:PrincipalOrgID": "o-example"}}, UNKNOWN),
    ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-example"}}, UNKNOWN),
    ({"StringLike": {"aws:userid": "${aws:PrincipalTag/id}:*"}}, UNKNOWN),
    ({"StringLike": {"aws:userid": "x${aws:PrincipalTag/id}"}}, NEVER),
]


@pytest.mark.parametrize(("element", "expected"), HOLDS, ids=[str(case[0]) for case in HOLDS])
def test_a_condition_is_met_by_all_some_or_none_or_cannot_be_told(element: object, expected: Holds) -> None:
    (condition,) = conditions_of(element)
    assert holds(condition, KNOWN) is expected
    assert holds(condition, {}) is UNKNOWN


TLS = {"Bool": {"aws:SecureTransport": "true"}}
TOGETHER = [
    ({}, ALWAYS),
    (TLS, ALWAYS),
    ({**TLS, "StringEquals": {"aws:SourceVpce": "v"}}, UNKNOWN),
    ({"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:SourceVpce": "v"}}, NEVER),
    ({**TLS, "StringLike": {"aws:userid": "*:nightly"}}, SOMETIMES),
    ({"StringLike": {"aws:userid": "*:nightly"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, SOMETIMES),
    ({"StringLike": {"aws:userid": "*:nightly", "aws:PrincipalOrgID": "o-*"}}, UNKNOWN),
    ({"StringLike": {"aws:userid": "*:n*"}, "StringNotLike": {"aws:userid": "*:ni*"}}, UNKNOWN),
]


@pytest.mark.parametrize(("element", "expected"), TOGETHER, ids=[str(case[0]) for case in TOGETHER])
def test_all_conditions_of_a_statement_must_be_met(element: object, expected: Holds) -> None:
    assert all_hold(conditions_of(element), KNOWN) is expected
