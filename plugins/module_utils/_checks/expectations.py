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
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import partition
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant, bucket_arn
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import IN_TURN, PERMISSIONS, asked

#: Longer ones there are not: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
LONGEST_SESSION = 43200


@dataclass(frozen=True)
class Expectation(Question):
    """One question: may this principal do this action on this resource?

    ``probe`` names what asks (``_aws/probes``). ``controls`` are checks, one of which must pass for a refusal
    to count: they show that the same place can be reached, and that the session is alive. What is ``fenced`` may be
    refused for where it is asked from.
    """

    probe: str
    bucket: str = ""
    place: str = INSIDE
    controls: tuple[str, ...] = ()
    fenced: bool = False


@dataclass(frozen=True)
class Scope:
    """What can be asked besides the contract itself: with an outsider, over plain HTTP, and from another network."""

    outsider: bool = False
    plain_http: bool = False
    elsewhere: bool = False


def expectations(contract: Contract, role_arn: str, scope: Scope = Scope()) -> tuple[Expectation, ...]:
    """All questions that a contract answers, in the order in which a round asks them."""
    at_its_places = [item for grant in contract.grants for item in _role_at_its_place(contract, grant, role_arn)]
    usable = tuple(item.id for item in at_its_places if item.expected == ALLOWED)
    return (
        *_identities(contract, role_arn),
        *_trust(contract, role_arn, scope),
        *_controlled(usable, at_its_places),
        *_controlled(usable, (item for grant in contract.grants for item in _role_outside(grant, role_arn))),
        *_controlled(usable, _elsewhere(contract, role_arn)),
        *_controlled(usable, (item for grant in contract.grants for item in _others(grant, role_arn, scope))),
        *_from_elsewhere(contract, role_arn, scope),
        *_controlled(
            usable, (item for grant in contract.grants for item in _session_elsewhere(contract, grant, role_arn))
        ),
    )


def _controlled(usable: tuple[str, ...], items: Iterable[Expectation]) -> Iterator[Expectation]:
    return (replace(item, controls=usable) if item.expected == DENIED else item for item in items)


def _asked(row: Row, resource: str, probe: str, bucket: str = "") -> Expectation:
    """The question that a row of the catalogue is about."""
    name = row.id.replace("{bucket}", bucket)
    return Expectation(name, row.principal, row.action, resource, row.expected, probe, bucket, row.place)


def _identities(contract: Contract, role_arn: str) -> Iterator[Expectation]:
    yield _asked(row_of("user.identity"), "*", "identity")
    yield replace(_asked(row_of("role.assume"), role_arn, "assume"), fenced=contract.conditions.of_assuming)
    yield _asked(row_of("role.identity"), role_arn, "session_identity")


def _trust(contract: Contract, role_arn: str, scope: Scope) -> Iterator[Expectation]:
    """Who else gets into the role, and how.

    From outside of the contract's network everybody is refused, so there a refusal counts where the role was assumed.
    """
    alive = {
        who: "role.assume" if contract.conditions.of_assuming else f"{who}.identity" for who in ("user", "outsider")
    }
    if contract.external_id:
        yield _refused("trust.no_external_id", role_arn, "assume_without_external_id", "role.assume")
        yield _refused("trust.wrong_external_id", role_arn, "assume_with_wrong_external_id", "role.assume")
    if contract.conditions.mfa:
        yield _refused("trust.no_mfa", role_arn, "assume_without_mfa", alive["user"])
    if contract.max_session_duration < LONGEST_SESSION:
        yield _refused("trust.longer_session", role_arn, "assume_for_too_long", "role.assume")
    if scope.outsider:
        yield _asked(row_of("outsider.identity"), "*", "outsider_identity")
        yield _refused("trust.outsider", role_arn, "assume_as_outsider", alive["outsider"])


def _refused(name: str, role_arn: str, probe: str, control: str) -> Expectation:
    return replace(_asked(row_of(name), role_arn, probe), controls=(control,))


def _role_at_its_place(contract: Contract, grant: Grant, role_arn: str) -> Iterator[Expectation]:
    """In turn: removing comes last, when nothing needs the object any more."""
    rows = {row.permission: row for row in each("role.{permission}")}
    for permission in (row for row in IN_TURN if row.name in asked(grant.permissions)):
        allowed = grant.allows(permission.name)
        probe = permission.probe(grant.permissions) if allowed else permission.harmless
        question = _asked(rows[permission.name], grant.resource(permission, partition(role_arn)), probe, grant.bucket)
        fenced = allowed and contract.conditions.of_requests
        yield replace(question, expected=ALLOWED if allowed else DENIED, fenced=fenced)


def _role_outside(grant: Grant, role_arn: str) -> Iterator[Expectation]:
    """Nothing is outside when there is no prefix."""
    if not grant.prefix:
        return
    whole_bucket = replace(grant, prefix="")
    listing = bucket_arn(grant.bucket, partition(role_arn))
    yield _asked(row_of("role.outside.list_all"), listing, "list_all", grant.bucket)
    yield from _traceless(each("role.outside.{permission}"), whole_bucket, role_arn)


def _elsewhere(contract: Contract, role_arn: str) -> Iterator[Expectation]:
    own = bucket_arn(contract.bucket, partition(role_arn))
    yield _asked(row_of("role.list_buckets"), "*", "list_buckets")
    yield _asked(row_of("role.bucket_policy"), own, "bucket_policy", contract.bucket)
    for bucket in contract.forbidden_buckets:
        there = Grant(bucket, permissions=contract.grants[0].permissions)
        yield from _traceless(each("role.{permission}@{bucket}"), there, role_arn)
        yield from _traceless(each("user.{permission}@{bucket}"), there, role_arn)


def _others(grant: Grant, role_arn: str, scope: Scope) -> Iterator[Expectation]:
    """The user alone, anybody at all, and the role without TLS: what it may do with TLS, it may not do without."""
    yield from _traceless(each("user.{permission}"), grant, role_arn)
    yield _asked(row_of("user.list_buckets"), "*", "list_buckets")
    yield from _traceless(each("anonymous.{permission}"), grant, role_arn)
    if scope.plain_http:
        granted = (row for row in each("plain_http.{permission}") if grant.allows(row.permission))
        yield from _traceless(granted, grant, role_arn)


def _from_elsewhere(contract: Contract, role_arn: str, scope: Scope) -> Iterator[Expectation]:
    """Where the contract says from where the role is assumed, nobody assumes it from another network."""
    if contract.conditions.of_requests and scope.elsewhere:
        yield _asked(row_of("network.identity"), "*", "elsewhere_identity")
    if contract.conditions.of_assuming:
        yield _refused("network.assume", role_arn, "assume_from_elsewhere", "role.assume")


def _session_elsewhere(contract: Contract, grant: Grant, role_arn: str) -> Iterator[Expectation]:
    """The same for what a session may do: a session that was carried elsewhere is of no use there."""
    if contract.conditions.of_requests:
        granted = (row for row in each("network.{permission}") if grant.allows(row.permission))
        yield from _traceless(granted, grant, role_arn)


def _traceless(rows: Iterable[Row], grant: Grant, role_arn: str) -> Iterator[Expectation]:
    """Permissions at a place, asked for without leaving a trace."""
    for row in (row for row in rows if row.permission in asked(grant.permissions)):
        permission = PERMISSIONS[row.permission]
        yield _asked(row, grant.resource(permission, partition(role_arn)), permission.harmless, grant.bucket)
