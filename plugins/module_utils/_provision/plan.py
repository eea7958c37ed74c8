# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what is wanted and what is there to the steps between them, or the reasons why none is taken. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import partition, sibling
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import names
from ansible_collections.assumerole.s3.plugins.module_utils._keys.notes import KEYS_TAG
from ansible_collections.assumerole.s3.plugins.module_utils._keys.plan import Plan as KeyPlan
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import (
    bucket_policy,
    permissions_policy,
    trust_policy,
)
from ansible_collections.assumerole.s3.plugins.module_utils._provision import (
    buckets,
    encryption_key,
    limits,
    machines,
    refusals,
    roles,
    trusted,
    users,
)
from ansible_collections.assumerole.s3.plugins.module_utils._provision.buckets import WishedBucket
from ansible_collections.assumerole.s3.plugins.module_utils._provision.keys import Keys
from ansible_collections.assumerole.s3.plugins.module_utils._provision.marks import (
    ABSENT,
    ADOPTED,
    MADE,
    TAKEN_OVER,
    UNMARKED,
    Whose,
    all_making,
    notes_of,
    was_being_made,
    whose,
)
from ansible_collections.assumerole.s3.plugins.module_utils._provision.roles import WishedRole
from ansible_collections.assumerole.s3.plugins.module_utils._provision.steps import Plan, Step
from ansible_collections.assumerole.s3.plugins.module_utils._provision.tags import wished as wished_tags
from ansible_collections.assumerole.s3.plugins.module_utils._provision.there import There
from ansible_collections.assumerole.s3.plugins.module_utils._provision.users import WishedUser


@dataclass(frozen=True)
class Inquiry:
    """A contract beside what is there: what a plan is made of. ``region`` is the operator's.

    Without ``keys`` none is made, and none is touched.
    """

    contract: Contract
    there: There
    region: str
    now: datetime
    keys: Keys | None = None

    @property
    def user_arn(self) -> str:
        """The user's ARN, as it is or as it will be; empty where the contract has none."""
        if not self.contract.has_user:
            return ""
        return self.there.user.arn if self.there.user else self._will_be("user", self.contract.user)

    @property
    def role_arn(self) -> str:
        """The role's ARN, as it is or as it will be."""
        return self.there.role.arn if self.there.role else self._will_be("role", self.contract.role)

    def _will_be(self, kind: str, name: str) -> str:
        return sibling(self.there.operator, kind, name, self.contract.path)

    @property
    def bucket_region(self) -> str:
        """Where the bucket is, or will be: all of a contract's are in one region."""
        found = next((bucket.region for bucket in self.there.buckets), None)
        return found or self.contract.region or self.region

    @property
    def each_bucket(self) -> tuple[Inquiry, ...]:
        """The same of each bucket by itself, as if it were the only one: each is made, adopted, changed and removed so.

        A new one is made where the others are.
        """
        contract, region = self.contract, self.bucket_region
        return tuple(
            replace(self, contract=contract.at(bucket), there=self.there.at(bucket), region=region)
            for bucket in contract.buckets
        )

    def whose(self, kind: str) -> Whose:
        """Whose the user, role or bucket of the contract's name is."""
        found = {"user": self.there.user, "role": self.there.role, "bucket": self.there.bucket}[kind]
        state = whose(None if found is None else found.tags, self.contract.role)
        if kind == "bucket" and state.state == UNMARKED and self._was_being_made():
            return Whose(MADE, self.contract.role)
        return state

    @property
    def taken_over_at(self) -> list[str]:
        """When the contract took over what it manages, as the files with what that was before are named."""
        identities = (("user", self, self.there.user), ("role", self, self.there.role))
        buckets_ = (("bucket", one, one.there.bucket) for one in self.each_bucket)
        found = (*identities, *buckets_)
        ours = [there.tags.get(ADOPTED, "") for kind, one, there in found if there and one._lets_go_of(kind)]
        return sorted({moment.replace("-", "").replace(":", "") for moment in ours})

    def _lets_go_of(self, kind: str) -> bool:
        return self.manages(kind) and self.whose(kind).state == TAKEN_OVER

    def manages(self, kind: str) -> bool:
        """Whether the contract makes and keeps it."""
        return kind in self.contract.manage

    def _was_being_made(self) -> bool:
        noted = [found.tags for found in (self.there.user, self.there.role) if found and self._ours(found.tags)]
        notes = [note for tags in noted for note in notes_of(tags)]
        created = self.there.bucket.created if self.there.bucket else None
        return any(was_being_made(note, self.contract.bucket, created) for note in notes)

    def _ours(self, tags: Mapping[str, str]) -> bool:
        return whose(tags, self.contract.role).ours

    def bucket(self) -> WishedBucket:
        """The bucket as the contract wants it."""
        contract = self.contract
        return WishedBucket(
            name=contract.bucket,
            region=self.bucket_region,
            policy=bucket_policy(contract, partition(self.role_arn)),
            tags=wished_tags(contract, self.whose("bucket"), self.now),
            versioning=contract.versioning,
            encryption=contract.encryption,
            kms_key=contract.kms_key,
        )

    def role(self) -> WishedRole:
        """The role as the contract wants it."""
        contract = self.contract
        return WishedRole(
            name=contract.role,
            trust=trust_policy(contract, contract.arns(self.user_arn, self.role_arn)),
            permissions=permissions_policy(contract, partition(self.role_arn)),
            description=(
                f"Gives {names(contract.principals)} access to the bucket {contract.bucket}{_and_more(contract)}"
            ),
            max_session_duration=contract.max_session_duration,
            tags={**wished_tags(contract, self.whose("role"), self.now), **self.note("role")},
            path=contract.path,
            boundary=contract.permissions_boundary,
        )

    def user(self) -> WishedUser:
        """The user as the contract wants it."""
        contract = self.contract
        tags = {**wished_tags(contract, self.whose("user"), self.now), **self.note("user")}
        return WishedUser(contract.user, tags, contract.path, contract.permissions_boundary)

    def note(self, kind: str) -> dict[str, str]:
        """Written before a bucket is made: on the role, which has no other note, unless it is somebody else's."""
        where = "role" if self.manages("role") else "user"
        needed = self.manages("bucket") and kind == where
        missing = [one.contract.bucket for one in self.each_bucket if one.there.bucket is None]
        return all_making(missing, self.now) if needed else {}


def provision(asked: Inquiry, grace: int = 0) -> Plan:
    """User, role, bucket, the role's policy and a key come in line, in this order.

    Nothing of somebody else's is touched. The role has the note that the bucket is being made, and reaches no bucket
    before there is the contract's.
    """
    keys = asked.keys.provision() if asked.keys else None
    return _decided(asked, keys, _provision_refusals(asked), _provision_steps, grace)


def _decided(
    asked: Inquiry,
    keys: KeyPlan | None,
    refused: Iterator[str],
    steps: Callable[[Inquiry], Iterator[Step]],
    grace: int = 0,
) -> Plan:
    """All steps, those of the keys last, or all reasons."""
    reasons = [f"{reason}." for reason in refused]
    if keys and keys.problem and not reasons:
        reasons.append(keys.problem)
    if reasons:
        return Plan(refusals=tuple(reasons))
    about = (asked.contract, asked.there, asked.user_arn, asked.role_arn)
    notes = (
        *limits.notes(*about),
        *encryption_key.notes(*about),
        *refusals.left_behind(asked.contract, asked.there),
        *trusted.notes(asked.there),
    )
    if not asked.keys or not keys:
        return Plan(tuple(steps(asked)), notes=notes)
    every = (*steps(asked), *asked.keys.steps(keys))
    return Plan(
        every,
        notes=(*notes, *keys.notes),
        warnings=keys.warnings,
        keys=asked.keys.as_options(keys),
        key_facts=asked.keys.outcome(keys, grace),
    )


def teardown(asked: Inquiry, *, force: bool) -> Plan:
    """What carries the contract's mark goes, and nothing else."""
    reasons = tuple(f"{reason}." for reason in _teardown_refusals(asked, force))
    return Plan(refusals=reasons) if reasons else Plan(tuple(_teardown_steps(asked, force)))


def rotation(asked: Inquiry, after_days: float = 0, grace: int = 0) -> Plan:
    """The user's key is replaced, or a rotation that was begun is finished."""
    keys = asked.keys.rotation(after_days, grace) if asked.keys else None
    return _decided(asked, keys, _rotation_refusals(asked), lambda _asked: iter(()), grace)


def session(asked: Inquiry) -> Plan:
    """Nothing is changed; what AWS says of the user's key may stand in the way."""
    return Plan(refusals=tuple(f"{reason}." for reason in refusals.quarantined(asked.there)))


def _provision_refusals(asked: Inquiry) -> Iterator[str]:
    contract, there = asked.contract, asked.there
    yield from _cannot_begin(asked)
    yield from refusals.quarantined(there)
    yield from _whose_it_is(asked, "user", users.would(there.user))
    yield from _whose_it_is(asked, "role", roles.would(asked.role(), there.role))
    for one in asked.each_bucket:
        yield from _whose_it_is(one, "bucket", buckets.would(one.bucket(), one.there.bucket))
    for one in asked.each_bucket:
        yield from buckets.elsewhere(one.there.bucket, contract.region)
        if asked.manages("bucket"):
            yield from buckets.refusals(one.bucket(), one.there.bucket)
    yield from refusals.several_regions(contract, there)
    if asked.manages("role"):
        yield from refusals.other_places(contract, there)
        yield from roles.trust_refusals(asked.role(), there.trust_quota)
        yield from roles.refusals(asked.role(), there.role, contract)
        yield from machines.refusals(contract, there)
    yield from _elsewhere(asked)
    yield from trusted.refusals(contract, there, asked.user_arn, asked.role_arn)
    yield from limits.refusals(contract, there, asked.user_arn, asked.role_arn)
    yield from encryption_key.refusals(contract, there, asked.bucket_region)
    yield from refusals.too_many_tags(_tags(asked))
    yield from _keys_unreadable(asked)


def _whose_it_is(asked: Inquiry, kind: str, would: str) -> Iterator[str]:
    """What is somebody else's, or was to be made by somebody else."""
    name, found = _names(asked.contract).get(kind), asked.whose(kind)
    if name is None:
        return
    if asked.manages(kind):
        yield from refusals.not_ours(kind, name, found, would, asked.contract)
    elif found.state == ABSENT:
        yield refusals.missing(kind, name, asked.contract)


def _elsewhere(asked: Inquiry) -> Iterator[str]:
    """A user or role that stands at another path, which nothing moves."""
    for kind, found in (("user", asked.there.user), ("role", asked.there.role)):
        if found and asked.manages(kind):
            yield from refusals.another_path(kind, found, asked.whose(kind), asked.contract)


def _provision_steps(asked: Inquiry) -> Iterator[Step]:
    there = asked.there
    if asked.manages("user"):
        yield from users.steps(asked.user(), there.user, asked.whose("user"))
    if asked.manages("role"):
        yield from roles.steps(asked.role(), there.role, asked.whose("role"))
    if asked.manages("bucket"):
        for one in asked.each_bucket:
            yield from buckets.steps(one.bucket(), one.there.bucket, one.whose("bucket"))
    if asked.manages("role"):
        yield from roles.policies(asked.role(), there.role)
        yield from machines.steps(asked.contract, there)


def _rotation_refusals(asked: Inquiry) -> Iterator[str]:
    yield from _cannot_begin(asked)
    yield from refusals.not_to_be_rotated(asked.contract, asked.there, asked.whose("user"))
    held = asked.there.user.tags if asked.there.user else {}
    yield from refusals.too_many_tags([("user", held, _note_about_keys(asked))])
    yield from _keys_unreadable(asked)


def _keys_unreadable(asked: Inquiry) -> Iterator[str]:
    if asked.keys and asked.there.keys_unreadable:
        yield asked.there.keys_unreadable


def _teardown_refusals(asked: Inquiry, force: bool) -> Iterator[str]:
    yield from _cannot_begin(asked)
    parts = [("user", asked), ("role", asked), *(("bucket", one) for one in asked.each_bucket)]
    for kind, one in parts:
        if one.manages(kind):
            yield from refusals.not_to_be_removed(kind, _names(one.contract)[kind], one.whose(kind), one.contract)
    for one in asked.each_bucket:
        if one.manages("bucket") and one.there.bucket and one.whose("bucket").ours_alone:
            yield from refusals.not_empty(one.contract, one.there.bucket, force)


def _teardown_steps(asked: Inquiry, force: bool) -> Iterator[Step]:
    """The buckets first, because AWS may refuse that: then nothing else has been taken away yet."""
    there = asked.there
    for one in asked.each_bucket:
        bucket = one.there.bucket
        if bucket and one.manages("bucket"):
            if force and one.whose("bucket").ours_alone:
                yield from (buckets.emptying(one.bucket(), prefix) for prefix in bucket.inside)
            yield from buckets.removal(one.bucket(), bucket, one.whose("bucket"))
    if asked.manages("role") and there.role:
        yield from roles.removal(there.role, asked.whose("role"))
    if asked.manages("user") and there.user:
        yield from users.removal(there.user, asked.whose("user"))
    if asked.manages("role"):
        yield from machines.removal(asked.contract, there)


def _cannot_begin(asked: Inquiry) -> Iterator[str]:
    yield from refusals.another_account(asked.contract, asked.there)
    yield from asked.there.unreadable
    yield from refusals.own(asked.contract, asked.there)


def _names(contract: Contract) -> dict[str, str]:
    own = {"user": contract.user} if contract.has_user else {}
    return {**own, "role": contract.role, "bucket": contract.bucket}


def _and_more(contract: Contract) -> str:
    more = len(contract.buckets) - 1
    return f" and {more} more" if more else ""


def _tags(asked: Inquiry) -> list[tuple[str, Mapping[str, str], Mapping[str, str]]]:
    """The tags that user, role and buckets have, and those that they are to have."""
    there = asked.there
    every = [
        ("user", there.user, {**asked.user().tags, **_note_about_keys(asked)}),
        ("role", there.role, asked.role().tags),
        *(("bucket", one.there.bucket, one.bucket().tags) for one in asked.each_bucket),
    ]
    return [(kind, found.tags if found else {}, wanted) for kind, found, wanted in every if asked.manages(kind)]


def _note_about_keys(asked: Inquiry) -> dict[str, str]:
    """The tag that a run writes later, when it makes a key or replaces it."""
    return {KEYS_TAG: ""} if asked.keys else {}
