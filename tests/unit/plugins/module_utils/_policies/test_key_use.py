# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role's policy says of a key: through S3 of its region, for the contract's places, by what it needs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.partitions import UnknownPartition, dns_suffix, located
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import permissions_policy
from ansible_collections.assumerole.s3.plugins.module_utils._policies.key_use import (
    NotLocated,
    for_the_owner,
    statements,
)

KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE_ARN = "arn:aws:iam::123456789012:role/r"


def contract(**more: Any) -> Contract:
    return located(Contract.of({"bucket": "abc", "role": "r-1", "prefix": "team/", "kms_key": KEY, **more}))


def of(found: Contract) -> dict[str, Any]:
    return {statement["Action"]: statement for statement in statements(found)}


NEEDED = [
    (("list", "read", "write", "delete"), {"kms:GenerateDataKey", "kms:Decrypt"}),
    (("read",), {"kms:Decrypt"}),
    (("write",), {"kms:GenerateDataKey", "kms:Decrypt"}),  # in parts, S3 decrypts what it puts together
    (("list",), set()),
    (("delete", "tags", "multipart", "locate"), set()),
]


@pytest.mark.parametrize(("permissions", "actions"), NEEDED)
def test_each_permission_takes_what_it_needs_of_the_key(permissions: tuple[str, ...], actions: set[str]) -> None:
    assert set(of(contract(permissions=permissions))) == actions


def test_the_key_is_used_through_s3_for_the_bucket_and_for_the_objects_of_the_place() -> None:
    assert of(contract())["kms:Decrypt"] == {
        "Sid": "DecryptByTheKey",
        "Effect": "Allow",
        "Action": "kms:Decrypt",
        "Resource": KEY,
        "Condition": {
            "StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"},
            "StringLike": {"kms:EncryptionContext:aws:s3:arn": ["arn:aws:s3:::abc", "arn:aws:s3:::abc/team/*"]},
        },
    }


def test_several_places_share_a_statement_and_only_those_that_need_it() -> None:
    one = contract()
    (grant,) = one.grants
    others = (
        replace(grant, bucket="def", prefix="", permissions=("read",)),
        replace(grant, bucket="ghi", permissions=()),
    )
    found = of(replace(one, grants=(grant, *others)))
    places = {
        action: statement["Condition"]["StringLike"]["kms:EncryptionContext:aws:s3:arn"]
        for action, statement in found.items()
    }
    assert places["kms:GenerateDataKey"] == ["arn:aws:s3:::abc", "arn:aws:s3:::abc/team/*"]
    assert places["kms:Decrypt"] == [
        *("arn:aws:s3:::abc", "arn:aws:s3:::def"),
        *("arn:aws:s3:::abc/team/*", "arn:aws:s3:::def/*"),
    ]


PARTITIONS = [
    ("aws-cn", "cn-north-1", "s3.cn-north-1.amazonaws.com.cn"),
    ("aws-us-gov", "us-gov-west-1", "s3.us-gov-west-1.amazonaws.com"),
    ("aws-iso", "us-iso-east-1", "s3.us-iso-east-1.c2s.ic.gov"),
]


@pytest.mark.parametrize(("partition", "region", "service"), PARTITIONS)
def test_s3_is_called_as_its_partition_calls_it(partition: str, region: str, service: str) -> None:
    key = KEY.replace(":aws:", f":{partition}:").replace("eu-central-1", region)
    condition = of(contract(kms_key=key))["kms:Decrypt"]["Condition"]
    assert condition["StringEquals"]["kms:ViaService"] == service
    assert condition["StringLike"]["kms:EncryptionContext:aws:s3:arn"][0] == f"arn:{partition}:s3:::abc"


def test_a_partition_that_nobody_knows_is_named() -> None:
    with pytest.raises(UnknownPartition, match=r"partition aws-moon, which this botocore does not know"):
        dns_suffix("aws-moon")


def test_nobody_can_forget_to_tell_how_s3_is_called() -> None:
    with pytest.raises(NotLocated):
        permissions_policy(Contract.of({"bucket": "abc", "kms_key": KEY}))


def test_without_a_key_nothing_is_said_of_one() -> None:
    assert list(statements(Contract.of({"bucket": "abc"}))) == []
    assert located(Contract.of({"bucket": "abc"})) == Contract.of({"bucket": "abc"})


def test_the_owner_is_given_one_statement_that_names_the_role() -> None:
    (found,) = for_the_owner(contract(permissions=("read",)), ROLE_ARN)
    assert (found["Principal"], found["Action"], found["Resource"]) == ({"AWS": ROLE_ARN}, ["kms:Decrypt"], "*")
    assert found["Condition"] == of(contract())["kms:Decrypt"]["Condition"]
    assert found["Sid"] == "S3Forr1"
    (both,) = for_the_owner(contract(), ROLE_ARN)
    assert both["Action"] == ["kms:GenerateDataKey", "kms:Decrypt"]
    assert for_the_owner(contract(permissions=("list",)), ROLE_ARN) == []


def test_the_owner_is_given_one_more_where_the_role_reads_elsewhere_than_it_writes() -> None:
    one = contract(permissions=("write",))
    (grant,) = one.grants
    both = replace(one, grants=(grant, replace(grant, bucket="def", permissions=("read",))))
    found = {tuple(statement["Action"]): statement for statement in for_the_owner(both, ROLE_ARN)}
    assert {name: statement["Sid"] for name, statement in found.items()} == {
        ("kms:GenerateDataKey",): "S3Forr1",
        ("kms:Decrypt",): "S3Forr12",
    }
    written = found["kms:GenerateDataKey",]["Condition"]["StringLike"]["kms:EncryptionContext:aws:s3:arn"]
    assert "arn:aws:s3:::def" not in written
