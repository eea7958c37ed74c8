# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy documents that grant an access contract, and nothing beside it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant, bucket_arn, object_arn
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import BUCKET, Permission
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import (
    ARN,
    OIDC,
    SERVICE,
    USER,
    Principal,
)
from ansible_collections.assumerole.s3.plugins.module_utils._policies.contract_conditions import (
    merged,
    request_conditions,
    trust_conditions,
)

Document = dict[str, Any]


def trust_policy(contract: Contract, arns: Mapping[str, str]) -> Document:
    """Exactly the contract's principals may assume the role, each in a statement of its own.

    ``arns`` are the principals' ARNs by their names, as AWS has them: a user's may hold a path.
    """
    return _document(*(trust_statement(contract, principal, arns) for principal in contract.principals))


def trust_statement(contract: Contract, principal: Principal, arns: Mapping[str, str]) -> Document:
    """What lets one principal in, under the conditions of its kind and of the contract."""
    kind = principal.kind
    statement: Document = {
        "Sid": principal.sid,
        "Effect": "Allow",
        "Principal": {kind.element: arns[principal.name]},
        "Action": principal.actions[0] if len(principal.actions) == 1 else list(principal.actions),
    }
    return _if(statement, merged(CONDITIONS[kind.name](principal), trust_conditions(contract.conditions)))


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


def _of_an_external_id(principal: Principal) -> Document:
    """Only by giving it, where there is one.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
    """
    return {"StringEquals": {"sts:ExternalId": principal.external_id}} if principal.external_id else {}


def _of_a_token(principal: Principal) -> Document:
    """Only with a token for this audience, of one of these subjects.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
    """
    audience, subject = f"{principal.name}:aud", f"{principal.name}:sub"
    subjects = principal.subjects[0] if len(principal.subjects) == 1 else list(principal.subjects)
    if any("*" in name for name in principal.subjects):
        return {"StringEquals": {audience: principal.audience}, "StringLike": {subject: subjects}}
    return {"StringEquals": {audience: principal.audience, subject: subjects}}


def _of_a_source(principal: Principal) -> Document:
    """Only for the contract's account, and only for that resource, where the service says so.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html#prevent-cross-service-confused-deputy
    """
    account = {"StringEquals": {"aws:SourceAccount": principal.source_account}} if principal.source_account else {}
    return {**account, **({"ArnLike": {"aws:SourceArn": principal.source_arn}} if principal.source_arn else {})}


#: Under which conditions each kind of principal gets in.
CONDITIONS: Mapping[str, Callable[[Principal], Document]] = {
    USER.name: _of_an_external_id,
    ARN.name: _of_an_external_id,
    OIDC.name: _of_a_token,
    SERVICE.name: _of_a_source,
}


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
