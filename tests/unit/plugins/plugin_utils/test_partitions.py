# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The partition of a region, and the ARN of a role that no profile names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws import partitions
from ansible_collections.assumerole.s3.plugins.plugin_utils._variables import agreed, completed, no_role_arn, other_role

REGIONS = [
    ("us-east-1", "aws"),
    ("eu-central-1", "aws"),
    ("us-gov-west-1", "aws-us-gov"),
    ("us-gov-east-1", "aws-us-gov"),
    ("cn-north-1", "aws-cn"),
    ("cn-northwest-9", "aws-cn"),
    ("somewhere", "aws"),
]
NAMES = {"user": "u", "role": "r", "bucket": "b-1"}


def no_profile(_name: str, _files: Mapping[str, Any]) -> Mapping[str, str]:
    return {}


def values(**more: Any) -> dict[str, Any]:
    return completed({**NAMES, **more}, {}, "/", no_profile)


@pytest.mark.parametrize(("region", "partition"), REGIONS)
def test_a_region_is_in_the_partition_that_botocore_says(region: str, partition: str) -> None:
    assert partitions.partition_of(region) == partition


@pytest.mark.parametrize(("region", "partition"), REGIONS)
def test_the_roles_arn_begins_with_the_partition_of_its_region(region: str, partition: str) -> None:
    found = agreed(values(region=region, account_id="123456789012"), {}, no_profile)
    assert found["role_arn"] == f"arn:{partition}:iam::123456789012:role/r"
    assert found["user_arn"] == f"arn:{partition}:iam::123456789012:user/u"


def test_the_operators_region_tells_it_where_the_contract_names_none() -> None:
    found = agreed(values(account_id="123456789012"), {"AWS_REGION": "cn-north-1"}, no_profile)
    assert found["role_arn"] == "arn:aws-cn:iam::123456789012:role/r"


def test_without_botocore_nothing_is_guessed_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "Loader", None)
    known = values(region="us-gov-west-1", account_id="123456789012")
    assert agreed(known, {}, no_profile)["role_arn"] == ""
    assert "without botocore here it is not known which partition of AWS the region is in" in no_role_arn(known)


def test_a_profile_that_names_the_role_needs_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "Loader", None)
    arn = "arn:aws-us-gov:iam::123456789012:role/team/r"
    found = agreed(values(account_id="123456789012"), {}, lambda _name, _files: {"role_arn": arn})
    assert found["role_arn"] == arn


def test_an_account_that_is_not_named_leaves_the_roles_arn_unknown() -> None:
    assert agreed(values(), {}, no_profile)["role_arn"] == ""
    assert no_role_arn(values()).endswith("run provision, or set bucket_access_account_id.")


TOLD = [
    ("arn:aws:iam::123456789012:role/r", {}, None),
    ("arn:aws:iam::123456789012:role/team/x/r", {"account_id": "123456789012"}, None),
    ("arn:aws:iam::123456789012:role/decoy", {}, "the contract's role is r"),
    ("arn:aws:iam::123456789012:role/r/decoy", {}, "the contract's role is r"),
    ("arn:aws:iam::999999999999:role/r", {"account_id": "123456789012"}, "bucket_access_account_id is 123456789012"),
    ("arn:aws:iam::123456789012:user/r", {}, "which is no role's ARN"),
    ("r", {}, "which is no role's ARN"),
]


@pytest.mark.parametrize(("arn", "more", "wrong"), TOLD)
def test_a_profile_tells_the_contracts_role_or_is_named(arn: str, more: dict[str, str], wrong: str | None) -> None:
    found = other_role(values(**more), arn)
    if wrong is None:
        assert found is None
    else:
        assert found is not None
        assert (arn in found, wrong in found, "the profile r in" in found) == (True, True, True)


def test_what_is_no_arn_is_not_read_as_one() -> None:
    found = agreed(values(), {}, lambda _name, _files: {"role_arn": "r"})
    assert (found["role_arn"], found["user_arn"], found["profile_role_arn"]) == ("", "", "r")
