# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a survey may find: what is a principal, and which patterns name it."""

from __future__ import annotations

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.expected import (
    expected_principals_problem,
    is_expected,
)
from ansible_collections.assumerole.s3.plugins.module_utils._contract.problems import problems

ACCOUNT = "arn:aws:iam::123456789012"


@pytest.mark.parametrize(
    "one",
    [
        f"{ACCOUNT}:root",
        f"{ACCOUNT}:user/ops/anna",
        f"{ACCOUNT}:role/*",
        "arn:aws:iam::*:role/audit",
        "arn:aws-cn:iam::123456789012:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Admin_*",
        "ec2.amazonaws.com",
        "ec2.amazonaws.com.cn",
    ],
)
def test_principals_are_taken(one: str) -> None:
    assert expected_principals_problem([one]) is None


@pytest.mark.parametrize("one", ["*", "admin", "123456789012", "arn:aws:s3:::bucket", f"{ACCOUNT}:*", "", "*.com"])
def test_everybody_and_nobody_are_refused(one: str) -> None:
    (problem,) = problems({"expected_principals": [one], "account_survey": True})
    assert problem.startswith("bucket_access_expected_principals has ")
    assert problem.endswith("where * stands for a part between two of : and /.")


@pytest.mark.parametrize(
    ("one", "principal", "expected"),
    [
        (f"{ACCOUNT}:role/*", f"{ACCOUNT}:role/admin", True),
        (f"{ACCOUNT}:role/*", f"{ACCOUNT}:role/team/admin", False),
        (f"{ACCOUNT}:role/*/*", f"{ACCOUNT}:role/team/admin", True),
        (f"{ACCOUNT}:role/ad*", f"{ACCOUNT}:role/admin", True),
        (f"{ACCOUNT}:role/ad*", f"{ACCOUNT}:role/badmin", False),
        (f"{ACCOUNT}:role/admin", f"{ACCOUNT}:role/admin2", False),
        (f"{ACCOUNT}:role/a.b", f"{ACCOUNT}:role/axb", False),
        (f"{ACCOUNT}:role/admin", f"{ACCOUNT}:role/Admin", False),
        ("arn:aws:iam::*:role/admin", f"{ACCOUNT}:role/admin", True),
        (f"{ACCOUNT}:role/*", "*", False),
        ("ec2.amazonaws.com", "ec2.amazonaws.com", True),
        ("ec2.amazonaws.com", "ec2xamazonaws.com", False),
    ],
)
def test_a_star_is_a_part(one: str, principal: str, expected: bool) -> None:
    assert is_expected(principal, [one]) is expected


def test_nobody_reads_the_account_without_an_operator() -> None:
    (problem,) = problems({"account_survey": True, "audit": False})
    assert problem.startswith("bucket_access_account_survey is true and bucket_access_audit is false")


def test_sessions_are_tried_of_what_a_survey_finds() -> None:
    (problem,) = problems({"survey_sessions": True, "account_survey": False})
    assert problem.startswith("bucket_access_survey_sessions is true and bucket_access_account_survey is false")
    assert problems({"survey_sessions": True, "account_survey": True}) == []
