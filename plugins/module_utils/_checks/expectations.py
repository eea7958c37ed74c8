# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be so when an access contract holds: the questions to AWS, and the answers that it must give. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import ALLOWED, DENIED
from ansible_collections.assumerole.s3.plugins.module_utils._checks.by_the_key import of_the_key
from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import at_place, each, row_of
from ansible_collections.assumerole.s3.plugins.module_utils._checks.getting_in import (
    from_elsewhere,
    identities,
    trust,
    trusted,
)
from ansible_collections.assumerole.s3.plugins.module_utils._checks.questions import (
    NOTHING_BESIDES,
    Expectation,
    Scope,
    asking,
    controlled,
)
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import Row
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import partition
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant, bucket_arn
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import (
    IN_TURN,
    PERMISSIONS,
    Permission,
    asked,
)


def expectations(contract: Contract, role_arn: str, scope: Scope = NOTHING_BESIDES) -> tuple[Expectation, ...]:
    """All questions that a contract answers, in the order in which a round asks them."""
    places = tuple(_Place(contract, grant, role_arn) for grant in contract.grants)
    at_its_places = [item for place in places for item in place.role()]
    usable = [item for item in at_its_places if item.expected == ALLOWED]
    return (
        *identities(contract, role_arn),
        *trust(contract, role_arn, scope),
        *(item for who in contract.trusted for item in trusted(who, contract, role_arn, scope)),
        *controlled(usable, at_its_places),
        *controlled(usable, (item for place in places for item in place.outside())),
        *controlled(usable, _at_siblings(contract, scope.siblings, role_arn)),
        *controlled(usable, _elsewhere(contract, role_arn)),
        *controlled(usable, (item for place in places for item in place.others(scope))),
        *of_the_key(contract, usable),
        *from_elsewhere(contract, role_arn, scope),
        *controlled(usable, (item for place in places for item in place.from_elsewhere())),
    )


def siblings(contract: Contract, others: Iterable[Grant]) -> tuple[Grant, ...]:
    """Of places that other contracts have, those in the contract's buckets that are not the contract's, too."""
    buckets = contract.buckets
    beside = (
        other
        for other in others
        if other.bucket in buckets and not any(grant.overlaps(other) for grant in contract.grants)
    )
    return tuple({other.name: other for other in beside}.values())


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
        if self._is_first_of_its_bucket() and not self._in_the_whole_bucket("list"):
            row, listing = row_of("role.outside.list_all"), bucket_arn(self.grant.bucket, partition(self.role_arn))
            yield self._named(asking(row, listing, "list_all", self.grant.bucket, self.grant.prefix), self.grant.bucket)
        rows = (row for row in each("role.outside.{permission}") if not self._in_the_whole_bucket(row.permission))
        yield from self._traceless(rows, replace(self.grant, prefix=""))

    def others(self, scope: Scope) -> Iterator[Expectation]:
        """The user alone, anybody at all, and the role without TLS: what it may do with TLS, it may not do without."""
        if self.contract.has_user:
            yield from self._traceless(each("user.{permission}"), self.grant)
            if self.grant == self.contract.grants[0]:
                yield asking(row_of("user.list_buckets"), "*", "list_buckets")
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
        question = asking(row, resource, probe, self.grant.bucket, self.grant.prefix)
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
        if not permission.whole:
            return self.grant.allows(permission.name) or self._in_the_whole_bucket(permission.name)
        return any(
            grant.allows(permission.name) or (not grant.prefix and grant.allows(permission.extends))
            for grant in self._in_its_bucket()
        )

    def _in_the_whole_bucket(self, permission: str) -> bool:
        """Whether one of the places in the bucket has what gives a permission whatever the prefix."""
        return any(grant.extends(permission) for grant in self._in_its_bucket())

    def _in_its_bucket(self) -> tuple[Grant, ...]:
        return self.contract.at(self.grant.bucket).grants

    def _speaks_for(self, permission: Permission) -> bool:
        """What is about the whole bucket is asked once in it."""
        return not permission.whole or self._is_first_of_its_bucket()

    def _is_first_of_its_bucket(self) -> bool:
        return self.grant == self._in_its_bucket()[0]


def _at_siblings(contract: Contract, others: Iterable[Grant], role_arn: str) -> Iterator[Expectation]:
    held = asked(contract.held)
    for place in siblings(contract, others):
        given = {name for name in held if any(grant.extends(name) for grant in contract.at(place.bucket).grants)}
        for row in (row for row in each("role.sibling.{permission}") if row.permission in {*held} - given):
            permission = PERMISSIONS[row.permission]
            resource = place.resource(permission, partition(role_arn))
            question = asking(row, resource, permission.harmless, place.bucket, place.prefix)
            yield replace(question, id=at_place(row.id, place.name))


def _elsewhere(contract: Contract, role_arn: str) -> Iterator[Expectation]:
    yield asking(row_of("role.list_buckets"), "*", "list_buckets")
    for bucket in contract.buckets:
        own = bucket_arn(bucket, partition(role_arn))
        question = asking(row_of("role.bucket_policy"), own, "bucket_policy", bucket)
        yield replace(question, id=at_place(question.id, f"{bucket}/")) if len(contract.grants) > 1 else question
    held = asked(contract.held)
    for bucket in contract.forbidden_buckets:
        forms = ("role.{permission}@{bucket}", *(("user.{permission}@{bucket}",) if contract.has_user else ()))
        for form in forms:
            for row in (row for row in each(form) if row.permission in held):
                permission = PERMISSIONS[row.permission]
                resource = Grant(bucket).resource(permission, partition(role_arn))
                yield asking(row, resource, permission.harmless, bucket)
