# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be so when an access contract holds: the questions to AWS, and the answers that it must give. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import ALLOWED, DENIED
from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import at_place, each, row_of
from ansible_collections.assumerole.s3.plugins.module_utils._checks.check import Question
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import INSIDE, Row
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import partition
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant, bucket_arn
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import (
    IN_TURN,
    PERMISSIONS,
    Permission,
    asked,
)
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import ARN, OIDC, SERVICE, Principal

#: Longer ones there are not: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
LONGEST_SESSION = 43200


@dataclass(frozen=True)
class Expectation(Question):
    """One question: may this principal do this action on this resource?

    ``probe`` names what asks (``_aws/probes``). ``controls`` are checks, one of which must pass for a refusal
    to count: they show that the same bucket can be reached, and that the session is alive. ``bucket`` and ``prefix``
    are the place that it asks about, or beside. What is ``fenced`` may be refused for where it is asked from.
    """

    probe: str
    bucket: str = ""
    place: str = INSIDE
    controls: tuple[str, ...] = ()
    prefix: str = ""
    fenced: bool = False


@dataclass(frozen=True)
class Scope:
    """What can be asked besides the contract itself: with an outsider, over plain HTTP, from elsewhere, as whom.

    ``siblings`` are places that other contracts of the inventory have in the contract's buckets.
    """

    outsider: bool = False
    plain_http: bool = False
    elsewhere: bool = False
    siblings: tuple[Grant, ...] = ()
    trusted: Set[str] = frozenset()
    refused_token: bool = False
    operator: bool = False


def ways_in(contract: Contract, scope: Scope) -> tuple[Principal, ...]:
    """Who of the principals can be asked to get into the role; the first one's session is the role's."""
    own = tuple(who for who in contract.principals if who not in contract.trusted)
    return (*own, *(who for who in contract.trusted if who.label in scope.trusted))


def expectations(contract: Contract, role_arn: str, scope: Scope = Scope()) -> tuple[Expectation, ...]:
    """All questions that a contract answers, in the order in which a round asks them."""
    places = tuple(_Place(contract, grant, role_arn) for grant in contract.grants)
    at_its_places = [item for place in places for item in place.role()]
    usable = [item for item in at_its_places if item.expected == ALLOWED]
    return (
        *_identities(contract, role_arn),
        *_trust(contract, role_arn, scope),
        *(item for who in contract.trusted for item in _trusted(who, contract, role_arn, scope)),
        *_controlled(usable, at_its_places),
        *_controlled(usable, (item for place in places for item in place.outside())),
        *_controlled(usable, _at_siblings(contract, scope.siblings, role_arn)),
        *_controlled(usable, _elsewhere(contract, role_arn)),
        *_controlled(usable, (item for place in places for item in place.others(scope))),
        *_of_the_key(contract, usable),
        *_from_elsewhere(contract, role_arn, scope),
        *_controlled(usable, (item for place in places for item in place.from_elsewhere())),
    )


def _controlled(usable: list[Expectation], items: Iterable[Expectation]) -> Iterator[Expectation]:
    """A refusal in one of the contract's buckets counts when something worked in that bucket; elsewhere, anywhere."""
    buckets = {item.bucket for item in usable}
    for item in items:
        here = (other.id for other in usable if item.bucket in (other.bucket, "") or item.bucket not in buckets)
        yield replace(item, controls=tuple(here)) if item.expected == DENIED else item


def siblings(contract: Contract, others: Iterable[Grant]) -> tuple[Grant, ...]:
    """Of places that other contracts have, those in the contract's buckets that are not the contract's, too."""
    beside = (
        other
        for other in others
        if other.bucket in contract.buckets and not any(grant.overlaps(other) for grant in contract.grants)
    )
    return tuple({other.name: other for other in beside}.values())


def _asked(row: Row, resource: str, probe: str, bucket: str = "", prefix: str = "") -> Expectation:
    """The question that a row of the catalogue is about."""
    name = row.id.replace("{bucket}", bucket)
    return Expectation(name, row.principal, row.action, resource, row.expected, probe, bucket, row.place, prefix=prefix)


def _about(row: Row, resource: str, probe: str, label: str) -> Expectation:
    """The question of a row that is there for each of the trusted, or of any other."""
    return replace(_asked(row, resource, probe), id=row.id.replace("{principal}", label))


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
    yield _about(row_of(who.way_in), role_arn, "assume_as_service", who.label)
    if scope.outsider and not contract.has_user:
        yield _refused("trusted.outsider", role_arn, "assume_as_outsider", "outsider.identity", who.label)


def _trusted_arn(who: Principal, contract: Contract, role_arn: str, scope: Scope) -> Iterator[Expectation]:
    """A role or user gets in; with its external id nobody else must, where it tells them apart."""
    label, can_be_asked = who.label, who.label in scope.trusted
    if can_be_asked:
        yield _about(row_of(f"trusted.identity@{label}"), "*", "trusted_identity", label)
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
    question = _about(row_of(who.way_in), role_arn, probe, who.label)
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
    return replace(_about(row, role_arn, probe, label), controls=(control,))


@dataclass(frozen=True)
class _Place:
    """One of the contract's places, and the questions about it; one of several is named in the ids of its questions."""

    contract: Contract
    grant: Grant
    role_arn: str

    def role(self) -> Iterator[Expectation]:
        """In turn: removing comes last, when nothing needs the object any more."""
        rows = {row.permission: row for row in each("role.{permission}")}
        for permission in (row for row in IN_TURN if row.name in self._asked_for() and self._speaks_for(row)):
            allowed = self._allows(permission)
            probe = permission.probe(self.grant.permissions) if allowed else permission.harmless
            question = self._question(rows[permission.name], permission, probe)
            fenced = allowed and self.contract.conditions.of_requests
            yield replace(question, expected=ALLOWED if allowed else DENIED, fenced=fenced)

    def outside(self) -> Iterator[Expectation]:
        """Nothing is outside when there is no prefix."""
        if not self.grant.prefix:
            return
        if self._is_first_of_its_bucket():
            row, listing = row_of("role.outside.list_all"), bucket_arn(self.grant.bucket, partition(self.role_arn))
            yield self._named(_asked(row, listing, "list_all", self.grant.bucket, self.grant.prefix), self.grant.bucket)
        yield from self._traceless(each("role.outside.{permission}"), replace(self.grant, prefix=""))

    def others(self, scope: Scope) -> Iterator[Expectation]:
        """The user alone, anybody at all, and the role without TLS: what it may do with TLS, it may not do without."""
        if self.contract.has_user:
            yield from self._traceless(each("user.{permission}"), self.grant)
            if self.grant == self.contract.grants[0]:
                yield _asked(row_of("user.list_buckets"), "*", "list_buckets")
        yield from self._traceless(each("anonymous.{permission}"), self.grant)
        if scope.plain_http:
            rows = each("plain_http.{permission}")
            granted = (row for row in rows if self._allows(PERMISSIONS[row.permission]))
            yield from self._traceless(granted, self.grant)

    def from_elsewhere(self) -> Iterator[Expectation]:
        """Where the contract says from where a session is used, one that was carried elsewhere is of no use there."""
        if self.contract.conditions.of_requests:
            rows = each("network.{permission}")
            granted = (row for row in rows if self._allows(PERMISSIONS[row.permission]))
            yield from self._traceless(granted, self.grant)

    def _traceless(self, rows: Iterable[Row], on: Grant) -> Iterator[Expectation]:
        """Permissions at the place, or beside it, asked for without leaving a trace."""
        for row in (row for row in rows if row.permission in self._asked_for()):
            permission = PERMISSIONS[row.permission]
            if self._speaks_for(permission):
                question = self._question(row, permission, permission.harmless)
                yield replace(question, resource=on.resource(permission, partition(self.role_arn)))

    def _question(self, row: Row, permission: Permission, probe: str) -> Expectation:
        """What is the whole bucket's has the bucket's name alone."""
        resource = self.grant.resource(permission, partition(self.role_arn))
        question = _asked(row, resource, probe, self.grant.bucket, self.grant.prefix)
        return self._named(question, self.grant.bucket if permission.whole else "")

    def _named(self, question: Expectation, bucket: str = "") -> Expectation:
        if len(self.contract.grants) == 1:
            return question
        return replace(question, id=at_place(question.id, f"{bucket}/" if bucket else self.grant.name))

    def _asked_for(self) -> tuple[str, ...]:
        """What any of the places has is asked for at each: where it is not given, it must be refused."""
        return asked(self.contract.held)

    def _allows(self, permission: Permission) -> bool:
        """What is about the whole bucket is given to all places in it by any of them."""
        here = (grant for grant in self.contract.grants if grant.bucket == self.grant.bucket)
        return any(grant.allows(permission.name) for grant in (here if permission.whole else (self.grant,)))

    def _speaks_for(self, permission: Permission) -> bool:
        """What is about the whole bucket is asked once in it."""
        return not permission.whole or self._is_first_of_its_bucket()

    def _is_first_of_its_bucket(self) -> bool:
        return self.grant == self.contract.at(self.grant.bucket).grants[0]


def _at_siblings(contract: Contract, others: Iterable[Grant], role_arn: str) -> Iterator[Expectation]:
    held = asked(contract.held)
    for place in siblings(contract, others):
        for row in (row for row in each("role.sibling.{permission}") if row.permission in held):
            permission = PERMISSIONS[row.permission]
            resource = place.resource(permission, partition(role_arn))
            question = _asked(row, resource, permission.harmless, place.bucket, place.prefix)
            yield replace(question, id=at_place(row.id, place.name))


def _elsewhere(contract: Contract, role_arn: str) -> Iterator[Expectation]:
    yield _asked(row_of("role.list_buckets"), "*", "list_buckets")
    for bucket in contract.buckets:
        own = bucket_arn(bucket, partition(role_arn))
        question = _asked(row_of("role.bucket_policy"), own, "bucket_policy", bucket)
        yield replace(question, id=at_place(question.id, f"{bucket}/")) if len(contract.grants) > 1 else question
    held = asked(contract.held)
    for bucket in contract.forbidden_buckets:
        forms = ("role.{permission}@{bucket}", *(("user.{permission}@{bucket}",) if contract.has_user else ()))
        for form in forms:
            for row in (row for row in each(form) if row.permission in held):
                permission = PERMISSIONS[row.permission]
                resource = Grant(bucket).resource(permission, partition(role_arn))
                yield _asked(row, resource, permission.harmless, bucket)


def _of_the_key(contract: Contract, usable: list[Expectation]) -> Iterator[Expectation]:
    """What the key that encrypts is used for, and by whom it must not be. Nothing where the contract names none."""
    if not contract.kms_key:
        return
    by_the_key = list(_encrypted(contract))
    yield from by_the_key
    yield from _controlled(by_the_key or usable, _not_by_key(contract))


#: What is seen to be encrypted in each bucket, by which probe, where the contract gives what.
_ENCRYPTED = (
    ("role.key.write", "written_by_key", "write"),
    ("role.key.upload", "uploaded_by_key", "write"),
    ("role.key.read", "read_by_key", "read"),
)


def _encrypted(contract: Contract) -> Iterator[Expectation]:
    for bucket in contract.buckets:
        held = contract.at(bucket).held
        form = "{name}" if bucket == contract.bucket else "{name}@{{bucket}}"
        for name, probe, permission in _ENCRYPTED:
            if permission in held:
                question = _asked(row_of(form.format(name=name)), contract.kms_key, probe, bucket)
                yield replace(question, fenced=contract.conditions.of_requests)


def _not_by_key(contract: Contract) -> Iterator[Expectation]:
    """By another key, and by the key outside of S3. Who may not write is asked for no other key."""
    written = next((grant.bucket for grant in contract.grants if grant.allows("write")), "")
    for key in contract.forbidden_kms_keys if written else ():
        found = _asked(row_of("role.other_key@{bucket}"), key, "write_by_another_key", key.rpartition("/")[2])
        yield replace(found, bucket=written)
    for who in ("role", "user") if contract.has_user else ("role",):
        for probe in ("encrypt_directly", "decrypt_directly"):
            yield _asked(row_of(f"{who}.key.{probe}"), contract.kms_key, probe, contract.bucket)


def _from_elsewhere(contract: Contract, role_arn: str, scope: Scope) -> Iterator[Expectation]:
    """Where the contract says from where the role is assumed, its user does not assume it from another network."""
    if contract.has_user and contract.conditions.of_requests and scope.elsewhere:
        yield _asked(row_of("network.identity"), "*", "elsewhere_identity")
    if contract.has_user and contract.conditions.of_assuming:
        yield _refused("network.assume", role_arn, "assume_from_elsewhere", "role.assume")
