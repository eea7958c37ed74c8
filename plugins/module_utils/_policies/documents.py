# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy documents that grant an access contract, and nothing beside it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant, bucket_arn, object_arn
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import BUCKET, Permission
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import Principal
from ansible_collections.assumerole.s3.plugins.module_utils._policies.contract_conditions import (
    merged,
    request_conditions,
    trust_conditions,
)

Document = dict[str, Any]


def trust_policy(contract: Contract, arns: Mapping[str, str]) -> Document:
    """Exactly the contract's principals may assume the role; with an external id, only by giving it.

    ``arns`` are the principals' ARNs by their names, as AWS has them: a user's may hold a path.
    """
    return _document(*(_trusted(contract, who, arns[who.name]) for who in contract.principals))


def permissions_policy(contract: Contract, partition: str = "aws") -> Document:
    """A statement for each permission, on the bucket or on the keys below the prefix of each grant, or one on each."""
    return _document(
        *(part for grant in contract.grants for row in grant.rows for part in _granted(contract, grant, row, partition))
    )


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
    external_id = {"StringEquals": {"sts:ExternalId": contract.external_id}} if contract.external_id else {}
    return _if(statement, merged(external_id, trust_conditions(contract.conditions)))


def _granted(contract: Contract, grant: Grant, permission: Permission, partition: str) -> Iterator[Document]:
    for on, actions in permission.parts:
        statement: Document = {
            "Sid": permission.name.capitalize() + ("" if on == permission.on else f"On{on.capitalize()}"),
            "Effect": "Allow",
            "Action": actions[0] if len(actions) == 1 else list(actions),
            "Resource": grant.at(on, partition),
        }
        below = on == BUCKET and grant.prefix and not permission.whole
        prefix = {"StringLike": {"s3:prefix": grant.key("*")}} if below else {}
        yield _if(statement, merged(prefix, request_conditions(contract.conditions)))


def _if(statement: Document, condition: Document) -> Document:
    return {**statement, "Condition": condition} if condition else statement


def _document(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}
