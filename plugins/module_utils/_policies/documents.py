# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy documents that grant an access contract, and nothing beside it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
import hashlib
import json
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import bucket_arn, object_arn
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import BUCKET, PERMISSIONS, Permission
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import (
    ARN,
    OIDC,
    SERVICE,
    USER,
    Principal,
)
from ansible_collections.assumerole.s3.plugins.module_utils._policies import key_use
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
    """A statement a permission, on the keys below the prefixes of all places that have it, or on their buckets.

    With a key of KMS, what the role needs of it comes after them.

    What is limited to some keys of a bucket has a statement for each bucket: a condition counts for all of a statement.
    What has actions on objects and on buckets has a statement on each.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
    """
    return _document(*places_statements(contract, partition), *key_use.statements(contract))


def places_statements(contract: Contract, partition: str = "aws") -> list[Document]:
    """The statements of the role's permissions policy that are about S3."""
    rows = [row for row in PERMISSIONS.values() if any(grant.allows(row.name) for grant in contract.grants)]
    return [statement for row in rows for statement in _granted(contract, row, partition)]


def size(document: Mapping[str, Any]) -> int:
    """A policy's length as IAM counts it, without what only makes it readable.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
    """
    return len(json.dumps(document, separators=(",", ":")))


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


def _granted(contract: Contract, permission: Permission, partition: str) -> Iterator[Document]:
    """The statements of one permission, under the contract's conditions.

    Only those for one of several buckets have its name in their Sid.
    """
    grants = [grant for grant in contract.grants if grant.allows(permission.name)]
    conditions = request_conditions(contract.conditions)
    for on, actions in permission.parts:
        sid = permission.name.title().replace("_", "") + ("" if on == permission.on else f"On{on.capitalize()}")
        limited = [grant for grant in grants if on == BUCKET and grant.prefix and not permission.whole]
        free = [grant.at(on, partition) for grant in grants if grant not in limited]
        if free:
            yield _if(_statement(sid, actions, free), conditions)
        for bucket in dict.fromkeys(grant.bucket for grant in limited):
            here = [grant for grant in limited if grant.bucket == bucket]
            below = {"StringLike": {"s3:prefix": _one_or_all(grant.key("*") for grant in here)}}
            its_sid = sid + (_sid(bucket) if len(contract.buckets) > 1 else "")
            yield _if(_statement(its_sid, actions, [bucket_arn(bucket, partition)]), merged(below, conditions))


def _statement(sid: str, actions: Iterable[str], resources: Iterable[str]) -> Document:
    return {"Sid": sid, "Effect": "Allow", "Action": _one_or_all(actions), "Resource": _one_or_all(resources)}


def _if(statement: Document, condition: Document) -> Document:
    return {**statement, "Condition": condition} if condition else statement


def _one_or_all(values: Iterable[str]) -> str | list[str]:
    """As a policy says one thing, or several, each once."""
    listed = list(dict.fromkeys(values))
    return listed[0] if len(listed) == 1 else listed


def _sid(bucket: str) -> str:
    """What tells buckets apart in a Sid, which has letters and digits only; it stays the same beside any others.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
    """
    return hashlib.sha256(bucket.encode()).hexdigest()[:12]


def _document(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}
