# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy documents that grant an access contract, and nothing beside it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant, bucket_arn, object_arn
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import BUCKET, Permission
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import Principal
from ansible_collections.assumerole.s3.plugins.module_utils._policies import key_use

Document = dict[str, Any]


def trust_policy(contract: Contract, arns: Mapping[str, str]) -> Document:
    """Exactly the contract's principals may assume the role; with an external id, only by giving it.

    ``arns`` are the principals' ARNs by their names, as AWS has them: a user's may hold a path.
    """
    return _document(*(_trusted(contract, who, arns[who.name]) for who in contract.principals))


def permissions_policy(contract: Contract, partition: str = "aws") -> Document:
    """One statement a permission, on the bucket or on the keys below the prefix of each grant, and the key's."""
    return _document(*places_statements(contract, partition), *key_use.statements(contract))


def places_statements(contract: Contract, partition: str = "aws") -> list[Document]:
    """The statements of the role's permissions policy that are about S3."""
    return [_grant(grant, row, partition) for grant in contract.grants for row in grant.rows]


def bucket_policy(contract: Contract, partition: str = "aws") -> Document:
    """Nobody may use plain HTTP.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html#transit
    """
    return _document(
        {
            "Sid": "AssumeroleS3DenyPlainHttp",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [bucket_arn(contract.bucket, partition), object_arn(contract.bucket, "*", partition)],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )


def _trusted(contract: Contract, principal: Principal, arn: str) -> Document:
    kind = principal.kind
    statement: Document = {"Sid": kind.sid, "Effect": "Allow", "Principal": {kind.element: arn}, "Action": kind.action}
    if contract.external_id:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": contract.external_id}}
    return statement


def _grant(grant: Grant, permission: Permission, partition: str) -> Document:
    actions = permission.actions
    statement: Document = {
        "Sid": permission.name.capitalize(),
        "Effect": "Allow",
        "Action": actions[0] if len(actions) == 1 else list(actions),
        "Resource": grant.resource(permission, partition),
    }
    if permission.on == BUCKET and grant.prefix and not permission.whole:
        statement["Condition"] = {"StringLike": {"s3:prefix": grant.key("*")}}
    return statement


def _document(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}
