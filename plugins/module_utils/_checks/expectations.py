# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be so when an access contract holds: the questions to AWS, and the answers that it must give. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import ALLOWED, DENIED
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import ACTIONS, PERMISSIONS, Contract
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import bucket_arn, object_arn

#: The probe that shows a permission to be usable: it works on an object that the round makes and removes. The probe
#: that asks for a permission without leaving a trace is called like the permission.
USABLE = {"list": "list", "read": "read_back", "write": "create", "delete": "remove"}

#: Where a probe asks: below the prefix, beside it, or in a bucket that is not the contract's.
INSIDE, OUTSIDE, ELSEWHERE = "inside", "outside", "elsewhere"


@dataclass(frozen=True)
class Expectation:
    """One question: may this principal do this action on this resource?

    ``probe`` names what asks (``_aws/probes``). ``controls`` are checks, one of which must pass for a refusal
    to count: they show that the same place can be reached, and that the session is alive.
    """

    id: str
    principal: str
    action: str
    resource: str
    expected: str
    probe: str
    bucket: str = ""
    place: str = INSIDE
    controls: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scope:
    """What can be asked besides the contract itself: with a maximum to exceed, an outsider, and plain HTTP."""

    longer_session: bool = False
    outsider: bool = False
    plain_http: bool = False


def expectations(contract: Contract, role_arn: str, scope: Scope = Scope()) -> tuple[Expectation, ...]:
    """All questions that a contract answers, in the order in which a round asks them."""
    on_the_bucket = tuple(_role_on_its_bucket(contract, role_arn))
    usable = tuple(item.id for item in on_the_bucket if item.expected == ALLOWED)
    return (
        *_identities(role_arn),
        *_trust(contract, role_arn, scope),
        *_controlled(usable, on_the_bucket),
        *_controlled(usable, _role_outside(contract, role_arn)),
        *_controlled(usable, _role_elsewhere(contract, role_arn)),
        *_controlled(usable, _others(contract, role_arn, "user")),
        *_controlled(usable, _others(contract, role_arn, "anonymous")),
        *_controlled(usable, _plain_http(contract, role_arn) if scope.plain_http else ()),
    )


def _controlled(
    usable: tuple[str, ...], items: Iterator[Expectation] | tuple[Expectation, ...]
) -> Iterator[Expectation]:
    return (replace(item, controls=usable) if item.expected == DENIED else item for item in items)


def _identities(role_arn: str) -> Iterator[Expectation]:
    yield Expectation("user.identity", "user", "sts:GetCallerIdentity", "*", ALLOWED, "identity")
    yield Expectation("role.assume", "user", "sts:AssumeRole", role_arn, ALLOWED, "assume")
    yield Expectation("role.identity", "role", "sts:GetCallerIdentity", role_arn, ALLOWED, "session_identity")


def _trust(contract: Contract, role_arn: str, scope: Scope) -> Iterator[Expectation]:
    """Who else gets into the role, and how."""
    refused = Expectation("", "user", "sts:AssumeRole", role_arn, DENIED, "", controls=("role.assume",))
    if contract.external_id:
        yield replace(refused, id="trust.no_external_id", probe="assume_without_external_id")
        yield replace(refused, id="trust.wrong_external_id", probe="assume_with_wrong_external_id")
    if scope.longer_session and contract.max_session_duration < 43200:
        yield replace(refused, id="trust.longer_session", probe="assume_for_too_long")
    if scope.outsider:
        yield Expectation("outsider.identity", "outsider", "sts:GetCallerIdentity", "*", ALLOWED, "outsider_identity")
        yield replace(
            refused,
            id="trust.outsider",
            principal="outsider",
            probe="assume_as_outsider",
            controls=("outsider.identity",),
        )


def _role_on_its_bucket(contract: Contract, role_arn: str) -> Iterator[Expectation]:
    """``delete`` comes last here, and the round asks it at its end, when nothing needs the object any more."""
    for permission in ("write", "read", "list", "delete"):
        allowed = contract.allows(permission)
        yield Expectation(
            id=f"role.{permission}",
            principal="role",
            action=ACTIONS[permission],
            resource=_resource(contract, permission, role_arn),
            expected=ALLOWED if allowed else DENIED,
            probe=_usable(contract, permission) if allowed else permission,
            bucket=contract.bucket,
        )


def _usable(contract: Contract, permission: str) -> str:
    """Without writing there is no object of ours to remove; deleting a missing key is granted or refused alike."""
    return permission if permission == "delete" and not contract.allows("write") else USABLE[permission]


def _role_outside(contract: Contract, role_arn: str) -> Iterator[Expectation]:
    """Nothing is outside when there is no prefix."""
    if not contract.prefix:
        return
    whole_bucket = replace(contract, prefix="")
    for probe, permission in (("list_all", "list"), *((name, name) for name in PERMISSIONS)):
        yield Expectation(
            id=f"role.outside.{probe}",
            principal="role",
            action=ACTIONS[permission],
            resource=_resource(whole_bucket, permission, role_arn),
            expected=DENIED,
            probe=probe,
            bucket=contract.bucket,
            place=OUTSIDE,
        )


def _others(contract: Contract, role_arn: str, principal: str) -> Iterator[Expectation]:
    """The user without the role, or anybody at all."""
    for permission in PERMISSIONS:
        yield Expectation(
            id=f"{principal}.{permission}",
            principal=principal,
            action=ACTIONS[permission],
            resource=_resource(contract, permission, role_arn),
            expected=DENIED,
            probe=permission,
            bucket=contract.bucket,
        )
    if principal == "user":
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
                probe=permission,
                bucket=bucket,
                place=ELSEWHERE,
            )


def _plain_http(contract: Contract, role_arn: str) -> Iterator[Expectation]:
    """What the role may do over TLS, it may not do without."""
    for permission in contract.permissions:
        yield Expectation(
            id=f"plain_http.{permission}",
            principal="role over plain HTTP",
            action=ACTIONS[permission],
            resource=_resource(contract, permission, role_arn),
            expected=DENIED,
            probe=permission,
            bucket=contract.bucket,
        )


def _resource(contract: Contract, permission: str, role_arn: str) -> str:
    if permission == "list":
        return bucket_arn(contract.bucket, partition(role_arn))
    return object_arn(contract.bucket, contract.prefix + "*", partition(role_arn))


def partition(arn: str) -> str:
    """``aws``, ``aws-cn`` or ``aws-us-gov``: the second part of an ARN."""
    return arn.split(":")[1]
