# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be so when an access contract holds: the questions to AWS, and the answers that it must give. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import ALLOWED, DENIED
from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import each, row_of
from ansible_collections.assumerole.s3.plugins.module_utils._checks.check import Question
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import INSIDE, Row
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import partition
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant, bucket_arn
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import IN_TURN, PERMISSIONS, asked
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import ARN, OIDC, SERVICE, Principal

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
    """What can be asked besides the contract itself: with an outsider, over plain HTTP, from elsewhere, as whom."""

    outsider: bool = False
    plain_http: bool = False
    elsewhere: bool = False
    trusted: Set[str] = frozenset()
    refused_token: bool = False
    operator: bool = False


def ways_in(contract: Contract, scope: Scope) -> tuple[Principal, ...]:
    """Who of the principals can be asked to get into the role; the first one's session is the role's."""
    own = tuple(who for who in contract.principals if who not in contract.trusted)
    return (*own, *(who for who in contract.trusted if who.label in scope.trusted))


def expectations(contract: Contract, role_arn: str, scope: Scope = Scope()) -> tuple[Expectation, ...]:
    """All questions that a contract answers, in the order in which a round asks them."""
    at_its_places = [item for grant in contract.grants for item in _role_at_its_place(contract, grant, role_arn)]
    usable = tuple(item.id for item in at_its_places if item.expected == ALLOWED)
    return (
        *_identities(contract, role_arn),
        *_trust(contract, role_arn, scope),
        *(item for who in contract.trusted for item in _trusted(who, contract, role_arn, scope)),
        *_controlled(usable, at_its_places),
        *_controlled(usable, (item for grant in contract.grants for item in _role_outside(grant, role_arn))),
        *_controlled(usable, _elsewhere(contract, role_arn)),
        *_controlled(usable, (item for grant in contract.grants for item in _others(contract, grant, role_arn, scope))),
        *_from_elsewhere(contract, role_arn, scope),
        *_controlled(
            usable, (item for grant in contract.grants for item in _session_elsewhere(contract, grant, role_arn))
        ),
    )


def _controlled(usable: tuple[str, ...], items: Iterable[Expectation]) -> Iterator[Expectation]:
    return (replace(item, controls=usable) if item.expected == DENIED else item for item in items)


def _asked(row: Row, resource: str, probe: str, bucket: str = "", label: str = "") -> Expectation:
    """The question that a row of the catalogue is about."""
    name = row.id.replace("{bucket}", bucket).replace("{principal}", label)
    return Expectation(name, row.principal, row.action, resource, row.expected, probe, bucket, row.place)


def _identities(contract: Contract, role_arn: str) -> Iterator[Expectation]:
    if contract.has_user:
        yield _asked(row_of("user.identity"), "*", "identity")
        yield replace(_asked(row_of("role.assume"), role_arn, "assume"), fenced=contract.conditions.of_assuming)
    yield _asked(row_of("role.identity"), role_arn, "session_identity")


def _trust(contract: Contract, role_arn: str, scope: Scope) -> Iterator[Expectation]:
    """Who else gets into the role, and how."""
    if contract.has_user and contract.external_id:
        yield _refused("trust.no_external_id", role_arn, "assume_without_external_id", "role.assume")
        yield _refused("trust.wrong_external_id", role_arn, "assume_with_wrong_external_id", "role.assume")
    if contract.has_user and contract.conditions.mfa:
        yield _refused("trust.no_mfa", role_arn, "assume_without_mfa", _alive("user.identity", "role.assume", contract))
    longest = next((who for who in ways_in(contract, scope) if not who.is_role), None)
    if contract.max_session_duration < LONGEST_SESSION and longest:
        longer = _refused("trust.longer_session", role_arn, "assume_for_too_long", longest.way_in)
        yield longer if contract.has_user else replace(longer, principal="trusted")
    if scope.outsider:
        yield _asked(row_of("outsider.identity"), "*", "outsider_identity")
        if contract.has_user:
            control = _alive("outsider.identity", "role.assume", contract)
            yield _refused("trust.outsider", role_arn, "assume_as_outsider", control)
    if scope.operator and not contract.has_user:
        yield _asked(row_of("operator.identity"), "*", "operator_identity")
        way_in = next((who.way_in for who in ways_in(contract, scope)), "")
        control = _alive("operator.identity", way_in, contract)
        yield _refused("trusted.operator", role_arn, "assume_as_operator", control)


def _alive(identity: str, way_in: str, contract: Contract) -> str:
    """What must be seen for a refusal to count.

    From outside of the contract's network everybody is refused, so there it counts where somebody was let in.
    """
    return way_in if contract.conditions.of_assuming else identity


def _trusted(who: Principal, contract: Contract, role_arn: str, scope: Scope) -> Iterator[Expectation]:
    """Whether one of the others gets in, and how nobody must."""
    return QUESTIONS[who.kind.name](who, contract, role_arn, scope)


def _trusted_token(who: Principal, contract: Contract, role_arn: str, scope: Scope) -> Iterator[Expectation]:
    """A token gets in; one that is not as the provider signed it, or not for the role, does not."""
    yield _getting_in(who, contract, role_arn, "assume_with_token")
    if who.label not in scope.trusted:
        return
    for name in ("tampered_token", "unsigned_token", *(["refused_token"] if scope.refused_token else [])):
        yield _refused(f"trusted.{name}", role_arn, f"assume_with_{name}", who.way_in, who.label)
    yield from _trusted_elsewhere(who, contract, role_arn)


def _trusted_service(who: Principal, contract: Contract, role_arn: str, scope: Scope) -> Iterator[Expectation]:
    """Nobody can ask as a service; beside one, and without a user, an outsider must be refused all the same."""
    yield _asked(row_of(who.way_in), role_arn, "assume_as_service", label=who.label)
    if scope.outsider and not contract.has_user:
        yield _refused("trusted.outsider", role_arn, "assume_as_outsider", "outsider.identity", who.label)


def _trusted_arn(who: Principal, contract: Contract, role_arn: str, scope: Scope) -> Iterator[Expectation]:
    """A role or user gets in; with its external id nobody else must, where it tells them apart."""
    label, can_be_asked = who.label, who.label in scope.trusted
    if can_be_asked:
        yield _asked(row_of(f"trusted.identity@{label}"), "*", "trusted_identity", label=label)
    yield _getting_in(who, contract, role_arn, "assume_as_trusted")
    if can_be_asked and contract.conditions.mfa:
        control = _alive(f"trusted.identity@{label}", who.way_in, contract)
        yield _refused("trusted.no_mfa", role_arn, "assume_without_mfa", control, label)
    if can_be_asked and who.external_id:
        yield _refused("trusted.no_external_id", role_arn, "assume_without_external_id", who.way_in, label)
        yield _refused("trusted.wrong_external_id", role_arn, "assume_with_wrong_external_id", who.way_in, label)
    apart = who.external_id not in (None, contract.external_id)
    if contract.has_user and contract.external_id and apart:
        yield _refused("trusted.user", role_arn, "assume_as_user", "role.assume", label)
    if scope.outsider and (apart or not contract.has_user):
        control = _alive("outsider.identity", who.way_in, contract)
        yield _refused("trusted.outsider", role_arn, "assume_as_outsider", control, label)
    if can_be_asked:
        yield from _trusted_elsewhere(who, contract, role_arn)


def _getting_in(who: Principal, contract: Contract, role_arn: str, probe: str) -> Expectation:
    """One of the others gets in; where the contract says from where, it may be refused for where it asks from."""
    question = _asked(row_of(who.way_in), role_arn, probe, label=who.label)
    return replace(question, fenced=contract.conditions.of_assuming)


def _trusted_elsewhere(who: Principal, contract: Contract, role_arn: str) -> Iterator[Expectation]:
    """Where the contract says from where the role is assumed, it does not get in from another network."""
    if contract.conditions.of_assuming:
        refused = _refused("trusted.elsewhere", role_arn, "assume_from_elsewhere", who.way_in, who.label)
        yield replace(refused, action=who.kind.action)


#: What there is to ask, by the kind of principal.
QUESTIONS: Mapping[str, Callable[[Principal, Contract, str, Scope], Iterator[Expectation]]] = {
    ARN.name: _trusted_arn,
    OIDC.name: _trusted_token,
    SERVICE.name: _trusted_service,
}


def _refused(name: str, role_arn: str, probe: str, control: str, label: str = "") -> Expectation:
    row = row_of(f"{name}@{label}" if label else name)
    return replace(_asked(row, role_arn, probe, label=label), controls=(control,))


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
        if contract.has_user:
            yield from _traceless(each("user.{permission}@{bucket}"), there, role_arn)


def _others(contract: Contract, grant: Grant, role_arn: str, scope: Scope) -> Iterator[Expectation]:
    """The user alone, anybody at all, and the role without TLS: what it may do with TLS, it may not do without."""
    if contract.has_user:
        yield from _traceless(each("user.{permission}"), grant, role_arn)
        yield _asked(row_of("user.list_buckets"), "*", "list_buckets")
    yield from _traceless(each("anonymous.{permission}"), grant, role_arn)
    if scope.plain_http:
        granted = (row for row in each("plain_http.{permission}") if grant.allows(row.permission))
        yield from _traceless(granted, grant, role_arn)


def _from_elsewhere(contract: Contract, role_arn: str, scope: Scope) -> Iterator[Expectation]:
    """Where the contract says from where the role is assumed, its user does not assume it from another network."""
    if contract.has_user and contract.conditions.of_requests and scope.elsewhere:
        yield _asked(row_of("network.identity"), "*", "elsewhere_identity")
    if contract.has_user and contract.conditions.of_assuming:
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
