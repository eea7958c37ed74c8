# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy documents that grant an access contract, and nothing beside it. Pure."""

from __future__ import annotations

from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import ACTIONS, Contract

Document = dict[str, Any]


def trust_policy(contract: Contract, user_arn: str) -> Document:
    """Exactly this user may assume the role; with an external id, only by giving it.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-users
    """
    statement: Document = {
        "Sid": "OnlyThisUserMayAssumeTheRole",
        "Effect": "Allow",
        "Principal": {"AWS": user_arn},
        "Action": "sts:AssumeRole",
    }
    if contract.external_id:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": contract.external_id}}
    return _document(statement)


def permissions_policy(contract: Contract, partition: str = "aws") -> Document:
    """One statement a permission, on the bucket or on the keys below the prefix."""
    return _document(*(_grant(contract, permission, partition) for permission in contract.permissions))


def bucket_policy(contract: Contract, partition: str = "aws") -> Document:
    """Nobody may use plain HTTP.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html#transit
    """
    return _document(
        {
            "Sid": "DenyPlainHttp",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [bucket_arn(contract.bucket, partition), object_arn(contract.bucket, "*", partition)],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )


def bucket_arn(bucket: str, partition: str = "aws") -> str:
    """The ARN of a bucket; S3's carry neither region nor account."""
    return f"arn:{partition}:s3:::{bucket}"


def object_arn(bucket: str, key: str, partition: str = "aws") -> str:
    """The ARN of an object, or of a pattern of them."""
    return f"{bucket_arn(bucket, partition)}/{key}"


def _grant(contract: Contract, permission: str, partition: str) -> Document:
    statement: Document = {
        "Sid": permission.capitalize(),
        "Effect": "Allow",
        "Action": ACTIONS[permission],
        "Resource": object_arn(contract.bucket, contract.prefix + "*", partition),
    }
    if permission == "list":
        statement["Resource"] = bucket_arn(contract.bucket, partition)
        if contract.prefix:
            statement["Condition"] = {"StringLike": {"s3:prefix": contract.prefix + "*"}}
    return statement


def _document(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}
