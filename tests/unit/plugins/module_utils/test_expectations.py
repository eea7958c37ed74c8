# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from itertools import combinations

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract import PERMISSIONS, Contract
from ansible_collections.assumerole.s3.plugins.module_utils._expectations import (
    Expectation,
    controls,
    expectations,
    partition,
)

ROLE_ARN = "arn:aws:iam::123456789012:role/partner"
SUBSETS = [subset for size in (1, 2, 3, 4) for subset in combinations(PERMISSIONS, size)]


def by_id(contract: Contract, role_arn: str = ROLE_ARN) -> dict[str, Expectation]:
    found = expectations(contract, role_arn)
    assert len({item.id for item in found}) == len(found)
    return {item.id: item for item in found}


def test_the_questions_come_in_the_order_in_which_a_round_asks_them() -> None:
    assert list(by_id(Contract("abc"))) == [
        "user.identity",
        "role.assume",
        "role.identity",
        "role.write",
        "role.read",
        "role.list",
        "role.delete",
        "user.list",
        "user.read",
        "user.write",
        "user.delete",
        "user.list_buckets",
        "role.list_buckets",
        "role.bucket_policy",
    ]


@pytest.mark.parametrize("permissions", SUBSETS)
def test_the_role_is_expected_to_do_what_the_contract_says_and_nothing_else(permissions: tuple[str, ...]) -> None:
    found = by_id(Contract("abc", permissions))
    allowed = {item.id for item in found.values() if item.expected == "allowed"}
    assert allowed == {"user.identity", "role.assume", "role.identity", *(f"role.{name}" for name in permissions)}
    assert {item.expected for item in found.values()} == {"allowed", "denied"}


PROBES = [
    ("write", "create", "write"),
    ("read", "read_back", "read"),
    ("list", "list", "list"),
    ("delete", "remove", "delete"),
]


@pytest.mark.parametrize(("permission", "usable", "traceless"), PROBES)
def test_what_works_is_tried_for_real_and_what_must_not_without_a_trace(
    permission: str, usable: str, traceless: str
) -> None:
    others = tuple(name for name in PERMISSIONS if name != permission)
    assert by_id(Contract("abc", (permission,)))[f"role.{permission}"].probe == usable
    assert by_id(Contract("abc", others))[f"role.{permission}"].probe == traceless


@pytest.mark.parametrize("permissions", SUBSETS)
def test_the_user_alone_is_denied_everything_whatever_the_role_may(permissions: tuple[str, ...]) -> None:
    alone = [item for item in expectations(Contract("abc", permissions), ROLE_ARN) if item.id.startswith("user.")]
    assert [(item.id, item.principal, item.expected, item.probe) for item in alone if item.bucket or item.place] == [
        ("user.identity", "user", "allowed", "identity"),
        ("user.list", "user", "denied", "list"),
        ("user.read", "user", "denied", "read"),
        ("user.write", "user", "denied", "write"),
        ("user.delete", "user", "denied", "delete"),
        ("user.list_buckets", "user", "denied", "list_buckets"),
    ]


RESOURCES = {
    "user.identity": ("sts:GetCallerIdentity", "*"),
    "role.assume": ("sts:AssumeRole", "arn:aws-cn:iam::123456789012:role/partner"),
    "role.identity": ("sts:GetCallerIdentity", "arn:aws-cn:iam::123456789012:role/partner"),
    "role.list": ("s3:ListBucket", "arn:aws-cn:s3:::abc"),
    "role.read": ("s3:GetObject", "arn:aws-cn:s3:::abc/team/*"),
    "role.write": ("s3:PutObject", "arn:aws-cn:s3:::abc/team/*"),
    "role.delete": ("s3:DeleteObject", "arn:aws-cn:s3:::abc/team/*"),
    "user.list": ("s3:ListBucket", "arn:aws-cn:s3:::abc"),
    "user.read": ("s3:GetObject", "arn:aws-cn:s3:::abc/team/*"),
    "user.write": ("s3:PutObject", "arn:aws-cn:s3:::abc/team/*"),
    "user.delete": ("s3:DeleteObject", "arn:aws-cn:s3:::abc/team/*"),
    "user.list_buckets": ("s3:ListAllMyBuckets", "*"),
    "role.list_buckets": ("s3:ListAllMyBuckets", "*"),
    "role.bucket_policy": ("s3:GetBucketPolicy", "arn:aws-cn:s3:::abc"),
    "role.list@other": ("s3:ListBucket", "arn:aws-cn:s3:::other"),
    "role.write@other": ("s3:PutObject", "arn:aws-cn:s3:::other"),
}


def test_each_question_names_the_action_and_the_resource_of_its_partition() -> None:
    contract = Contract("abc", prefix="team/", forbidden_buckets=("other",))
    found = by_id(contract, "arn:aws-cn:iam::123456789012:role/partner")
    assert {name: (item.action, item.resource) for name, item in found.items()} == RESOURCES


def test_every_forbidden_bucket_is_tried_outside_of_the_contracts_place() -> None:
    found = by_id(Contract("abc", forbidden_buckets=("one", "two")))
    assert [(name, item.bucket, item.expected, item.place) for name, item in found.items() if "@" in name] == [
        ("role.list@one", "one", "denied", ""),
        ("role.write@one", "one", "denied", ""),
        ("role.list@two", "two", "denied", ""),
        ("role.write@two", "two", "denied", ""),
    ]


@pytest.mark.parametrize("permissions", SUBSETS)
def test_only_what_the_role_may_do_on_its_bucket_is_a_control(permissions: tuple[str, ...]) -> None:
    found = expectations(Contract("abc", permissions, forbidden_buckets=("other",)), ROLE_ARN)
    assert controls(found) == {f"role.{name}" for name in permissions}


@pytest.mark.parametrize("name", ["aws", "aws-cn", "aws-us-gov"])
def test_the_partition_is_the_second_part_of_an_arn(name: str) -> None:
    assert partition(f"arn:{name}:iam::123456789012:role/partner") == name
