# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be so when an access contract holds: the questions to AWS, and the answers that it must give. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import ALLOWED, DENIED
from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import each, row_of
from ansible_collections.assumerole.s3.plugins.module_utils._checks.check import Question
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import INSIDE, Row
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import bucket_arn, object_arn

#: The probe that shows a permission to be usable: it works on an object that the round makes and removes, so these are
#: in the order in which a round asks. The probe that asks for a permission without leaving a trace is called like it.
USABLE = {"write": "create", "read": "read_back", "list": "list", "delete": "remove"}


@dataclass(frozen=True)
class Expectation(Question):
    """One question: may this principal do this action on this resource?

    ``probe`` names what asks (``_aws/probes``). ``controls`` are checks, one of which must pass for a refusal
    to count: they show that the same place can be reached, and that the session is alive.
    """

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
        *_controlled(usable, _user_alone(contract, role_arn)),
        *_controlled(usable, _traceless(each("anonymous.{permission}"), contract, role_arn)),
        *_controlled(usable, _plain_http(contract, role_arn) if scope.plain_http else ()),
    )


def _controlled(
    usable: tuple[str, ...], items: Iterator[Expectation] | tuple[Expectation, ...]
) -> Iterator[Expectation]:
    return (replace(item, controls=usable) if item.expected == DENIED else item for item in items)


def _asked(row: Row, resource: str, probe: str, bucket: str = "") -> Expectation:
    """The question that a row of the catalogue is about."""
    name = row.id.replace("{bucket}", bucket)
    return Expectation(name, row.principal, row.action, resource, row.expected, probe, bucket, row.place)


def _identities(role_arn: str) -> Iterator[Expectation]:
    yield _asked(row_of("user.identity"), "*", "identity")
    yield _asked(row_of("role.assume"), role_arn, "assume")
    yield _asked(row_of("role.identity"), role_arn, "session_identity")


def _trust(contract: Contract, role_arn: str, scope: Scope) -> Iterator[Expectation]:
    """Who else gets into the role, and how."""
    if contract.external_id:
        yield _refused("trust.no_external_id", role_arn, "assume_without_external_id", "role.assume")
        yield _refused("trust.wrong_external_id", role_arn, "assume_with_wrong_external_id", "role.assume")
    if scope.longer_session and contract.max_session_duration < 43200:
        yield _refused("trust.longer_session", role_arn, "assume_for_too_long", "role.assume")
    if scope.outsider:
        yield _asked(row_of("outsider.identity"), "*", "outsider_identity")
        yield _refused("trust.outsider", role_arn, "assume_as_outsider", "outsider.identity")


def _refused(name: str, role_arn: str, probe: str, control: str) -> Expectation:
    return replace(_asked(row_of(name), role_arn, probe), controls=(control,))


def _role_on_its_bucket(contract: Contract, role_arn: str) -> Iterator[Expectation]:
    """In the order of :data:`USABLE`: removing comes last, when nothing needs the object any more."""
    for row in sorted(each("role.{permission}"), key=lambda row: list(USABLE).index(row.permission)):
        allowed = contract.allows(row.permission)
        probe = _usable(contract, row.permission) if allowed else row.permission
        question = _asked(row, _resource(contract, row.permission, role_arn), probe, contract.bucket)
        yield replace(question, expected=ALLOWED if allowed else DENIED)


def _usable(contract: Contract, permission: str) -> str:
    """Without writing there is no object of ours to remove; deleting a missing key is granted or refused alike."""
    return permission if permission == "delete" and not contract.allows("write") else USABLE[permission]


def _role_outside(contract: Contract, role_arn: str) -> Iterator[Expectation]:
    """Nothing is outside when there is no prefix."""
    if not contract.prefix:
        return
    whole_bucket = replace(contract, prefix="")
    listing = _resource(whole_bucket, "list", role_arn)
    yield _asked(row_of("role.outside.list_all"), listing, "list_all", contract.bucket)
    yield from _traceless(each("role.outside.{permission}"), whole_bucket, role_arn)


def _role_elsewhere(contract: Contract, role_arn: str) -> Iterator[Expectation]:
    own = bucket_arn(contract.bucket, partition(role_arn))
    yield _asked(row_of("role.list_buckets"), "*", "list_buckets")
    yield _asked(row_of("role.bucket_policy"), own, "bucket_policy", contract.bucket)
    for bucket in contract.forbidden_buckets:
        for row in each("role.{permission}@{bucket}"):
            yield _asked(row, bucket_arn(bucket, partition(role_arn)), row.permission, bucket)


def _user_alone(contract: Contract, role_arn: str) -> Iterator[Expectation]:
    yield from _traceless(each("user.{permission}"), contract, role_arn)
    yield _asked(row_of("user.list_buckets"), "*", "list_buckets")


def _plain_http(contract: Contract, role_arn: str) -> Iterator[Expectation]:
    """What the role may do over TLS, it may not do without."""
    granted = (row for row in each("plain_http.{permission}") if contract.allows(row.permission))
    return _traceless(granted, contract, role_arn)


def _traceless(rows: Iterable[Row], contract: Contract, role_arn: str) -> Iterator[Expectation]:
    """Permissions at the contract's place, asked for without leaving a trace."""
    for row in rows:
        yield _asked(row, _resource(contract, row.permission, role_arn), row.permission, contract.bucket)


def _resource(contract: Contract, permission: str, role_arn: str) -> str:
    if permission == "list":
        return bucket_arn(contract.bucket, partition(role_arn))
    return object_arn(contract.bucket, contract.prefix + "*", partition(role_arn))


def partition(arn: str) -> str:
    """``aws``, ``aws-cn`` or ``aws-us-gov``: the second part of an ARN."""
    return arn.split(":")[1]
