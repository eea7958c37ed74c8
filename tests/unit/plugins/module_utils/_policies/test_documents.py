# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import (
    bucket_policy,
    permissions_policy,
    trust_policy,
)

USER_ARN = "arn:aws:iam::123456789012:user/partner"


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def statement(sid: str, action: str, resource: str, **more: Any) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource, **more}


def test_the_trust_policy_names_exactly_the_user() -> None:
    assert trust_policy(Contract.of({"bucket": "abc", "user": "partner"}), {"partner": USER_ARN}) == document(
        {
            "Sid": "OnlyThisUserMayAssumeTheRole",
            "Effect": "Allow",
            "Principal": {"AWS": USER_ARN},
            "Action": "sts:AssumeRole",
        }
    )


def test_with_an_external_id_the_trust_policy_demands_exactly_that() -> None:
    assert trust_policy(
        Contract.of({"bucket": "abc", "user": "partner", "external_id": "contract-4711"}), {"partner": USER_ARN}
    ) == document(
        {
            "Sid": "OnlyThisUserMayAssumeTheRole",
            "Effect": "Allow",
            "Principal": {"AWS": USER_ARN},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": "contract-4711"}},
        }
    )


LIST = statement("List", "s3:ListBucket", "arn:aws:s3:::abc")
READ = statement("Read", "s3:GetObject", "arn:aws:s3:::abc/*")
WRITE = statement("Write", "s3:PutObject", "arn:aws:s3:::abc/*")
DELETE = statement("Delete", "s3:DeleteObject", "arn:aws:s3:::abc/*")

PERMISSIONS_POLICIES = [
    (Contract.of({"bucket": "abc"}), document(LIST, READ, WRITE, DELETE)),
    (Contract.of({"bucket": "abc", "permissions": ("list",)}), document(LIST)),
    (Contract.of({"bucket": "abc", "permissions": ("read",)}), document(READ)),
    (Contract.of({"bucket": "abc", "permissions": ("write",)}), document(WRITE)),
    (Contract.of({"bucket": "abc", "permissions": ("delete",)}), document(DELETE)),
    (Contract.of({"bucket": "abc", "permissions": ("read", "write")}), document(READ, WRITE)),
    (
        Contract.of({"bucket": "abc", "prefix": "team/"}),
        document(
            statement("List", "s3:ListBucket", "arn:aws:s3:::abc", Condition={"StringLike": {"s3:prefix": "team/*"}}),
            statement("Read", "s3:GetObject", "arn:aws:s3:::abc/team/*"),
            statement("Write", "s3:PutObject", "arn:aws:s3:::abc/team/*"),
            statement("Delete", "s3:DeleteObject", "arn:aws:s3:::abc/team/*"),
        ),
    ),
]


@pytest.mark.parametrize(("contract", "expected"), PERMISSIONS_POLICIES)
def test_the_permissions_policy_says_exactly_the_contract(contract: Contract, expected: dict[str, Any]) -> None:
    assert permissions_policy(contract) == expected


def test_the_external_id_is_no_matter_of_the_permissions() -> None:
    assert permissions_policy(Contract.of({"bucket": "abc", "external_id": "contract-4711"})) == permissions_policy(
        Contract.of({"bucket": "abc"})
    )


def test_the_bucket_policy_denies_plain_http_to_everybody_and_allows_nothing() -> None:
    assert bucket_policy(Contract.of({"bucket": "abc", "prefix": "team/"})) == document(
        {
            "Sid": "AssumeroleS3DenyPlainHttp",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": ["arn:aws:s3:::abc", "arn:aws:s3:::abc/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )


def test_another_partition_has_arns_of_its_own() -> None:
    contract = Contract.of({"bucket": "abc", "permissions": ("list", "read"), "prefix": "team/"})
    permissions, bucket = permissions_policy(contract, "aws-cn"), bucket_policy(contract, "aws-cn")
    assert [item["Resource"] for item in permissions["Statement"]] == [
        "arn:aws-cn:s3:::abc",
        "arn:aws-cn:s3:::abc/team/*",
    ]
    assert bucket["Statement"][0]["Resource"] == ["arn:aws-cn:s3:::abc", "arn:aws-cn:s3:::abc/*"]


@pytest.mark.parametrize(("contract", "_document"), PERMISSIONS_POLICIES)
def test_no_wildcard_action_is_ever_granted(contract: Contract, _document: dict[str, Any]) -> None:
    for item in [
        *permissions_policy(contract)["Statement"],
        *trust_policy(contract, {contract.user: USER_ARN})["Statement"],
    ]:
        assert "*" not in item["Action"]
