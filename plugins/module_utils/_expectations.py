# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be so when an access contract holds: the questions to AWS, and the answers that it must give. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ansible_collections.assumerole.s3.plugins.module_utils._answers import ALLOWED, DENIED
from ansible_collections.assumerole.s3.plugins.module_utils._contract import ACTIONS, PERMISSIONS, Contract
from ansible_collections.assumerole.s3.plugins.module_utils._documents import bucket_arn, object_arn

#: The probe that asks for a permission without leaving a trace.
TRACELESS = {"list": "list", "read": "read", "write": "write", "delete": "delete"}

#: The probe that shows a permission to be usable: it works on an object that the round makes and removes.
USABLE = {"list": "list", "read": "read_back", "write": "create", "delete": "remove"}


@dataclass(frozen=True)
class Expectation:
    """One question: may this principal do this action on this resource?

    ``probe`` names the function that asks (``_probes``), ``place`` says where: ``inside`` or ``outside`` of the
    prefix, or nowhere in particular.
    """

    id: str
    principal: str
    action: str
    resource: str
    expected: str
    probe: str
    bucket: str = ""
    place: str = "inside"


def expectations(contract: Contract, role_arn: str) -> tuple[Expectation, ...]:
    """All questions that a contract answers, in the order in which a round asks them."""
    return (
        *_identities(role_arn),
        *_role_on_its_bucket(contract, role_arn),
        *_user_alone(contract, role_arn),
        *_role_elsewhere(contract, role_arn),
    )


def controls(all_expectations: tuple[Expectation, ...]) -> frozenset[str]:
    """The checks that show the bucket to be there and the session alive; without one of them no refusal counts."""
    return frozenset(
        item.id for item in all_expectations if item.id.startswith("role.") and item.bucket and item.expected == ALLOWED
    )


def _identities(role_arn: str) -> Iterator[Expectation]:
    yield Expectation("user.identity", "user", "sts:GetCallerIdentity", "*", ALLOWED, "identity")
    yield Expectation("role.assume", "user", "sts:AssumeRole", role_arn, ALLOWED, "assume")
    yield Expectation("role.identity", "role", "sts:GetCallerIdentity", role_arn, ALLOWED, "session_identity")


def _role_on_its_bucket(contract: Contract, role_arn: str) -> Iterator[Expectation]:
    """``delete`` comes last, when nothing needs the round's object any more: the round asks it at its end."""
    for permission in ("write", "read", "list", "delete"):
        allowed = contract.allows(permission)
        yield Expectation(
            id=f"role.{permission}",
            principal="role",
            action=ACTIONS[permission],
            resource=_resource(contract, permission, role_arn),
            expected=ALLOWED if allowed else DENIED,
            probe=(USABLE if allowed else TRACELESS)[permission],
            bucket=contract.bucket,
        )


def _user_alone(contract: Contract, role_arn: str) -> Iterator[Expectation]:
    for permission in PERMISSIONS:
        yield Expectation(
            id=f"user.{permission}",
            principal="user",
            action=ACTIONS[permission],
            resource=_resource(contract, permission, role_arn),
            expected=DENIED,
            probe=TRACELESS[permission],
            bucket=contract.bucket,
        )
    yield Expectation("user.list_buckets", "user", "s3:ListAllMyBuckets", "*", DENIED, "list_buckets")


def _role_elsewhere(contract: Contract, role_arn: str) -> Iterator[Expectation]:
    own = bucket_arn(contract.bucket, partition(role_arn))
    yield Expectation("role.list_buckets", "role", "s3:ListAllMyBuckets", "*", DENIED, "list_buckets")
    yield Expectation("role.bucket_policy", "role", "s3:GetBucketPolicy", own, DENIED, "bucket_policy", contract.bucket)
    for bucket in contract.forbidden_buckets:
        for permission in ("list", "write"):
            yield Expectation(
                id=f"role.{permission}@{bucket}",
                principal="role",
                action=ACTIONS[permission],
                resource=bucket_arn(bucket, partition(role_arn)),
                expected=DENIED,
                probe=TRACELESS[permission],
                bucket=bucket,
                place="",
            )


def _resource(contract: Contract, permission: str, role_arn: str) -> str:
    if permission == "list":
        return bucket_arn(contract.bucket, partition(role_arn))
    return object_arn(contract.bucket, contract.prefix + "*", partition(role_arn))


def partition(arn: str) -> str:
    """``aws``, ``aws-cn`` or ``aws-us-gov``: the second part of an ARN."""
    return arn.split(":")[1]
