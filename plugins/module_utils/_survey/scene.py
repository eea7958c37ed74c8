# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a survey is about: the contract's places, role and user, and which policies speak of them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant, bucket_arn
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import BUCKET
from ansible_collections.assumerole.s3.plugins.module_utils._policies.facts import Fact, Known
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import (
    ROLE,
    USER,
    Account,
    Policy,
    Principal,
)
from ansible_collections.assumerole.s3.plugins.module_utils._survey.judging import Question
from ansible_collections.assumerole.s3.plugins.module_utils._survey.other_names import BY_PREFIX, by_any_name

#: What a request does not carry that comes by no access point.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html#access-points-condition-keys
DIRECTLY: Known = {"s3:dataaccesspointaccount": Fact(absent=True), "s3:dataaccesspointarn": Fact(absent=True)}


@dataclass(frozen=True)
class AccessPoint:
    """One of a bucket's other doors, with a policy of its own; or all such doors that are alike and ``unread``."""

    arn: str
    policy: Policy | None
    unread: bool = False


@dataclass(frozen=True)
class Bucket:
    """What of a bucket says who gets in.

    ``restricted`` says whether its own block shuts out whom a public policy lets in; none where nobody knows.
    ``lists_count`` says that access control lists do, which they do not where the owner owns all that is in it.
    """

    policy: Policy | None = None
    restricted: bool | None = False
    access_points: tuple[AccessPoint, ...] = ()
    lists_count: bool = False


@dataclass(frozen=True)
class Scene:
    """All that was read.

    ``secrets`` are the ARNs of where the user's key is kept, with the policy there, and ``key`` is the policy of the
    key that encrypts.
    ``restricted`` says that the account's block shuts out whom public policies of its buckets let in.
    """

    contract: Contract
    account_id: str
    partition: str
    account: Account
    buckets: Mapping[str, Bucket] = field(default_factory=dict)
    secrets: Mapping[str, Policy | None] = field(default_factory=dict)
    key: Policy | None = None
    restricted: bool = False

    @cached_property
    def role(self) -> Principal | None:
        """The contract's role, if it is there."""
        return self.account.named(ROLE, self.contract.role)

    @cached_property
    def user(self) -> Principal | None:
        """The contract's user, if it has one and it is there."""
        return self.account.named(USER, self.contract.user) if self.contract.user else None

    @cached_property
    def others(self) -> tuple[Principal, ...]:
        """Everybody but the contract's role."""
        return tuple(who for who in self.account.principals if who != self.role)

    @property
    def owner(self) -> Known:
        """What requests carry of whose the resource is."""
        return {"aws:resourceaccount": Fact((self.account_id,)), "s3:resourceaccount": Fact((self.account_id,))}

    def questions(self, grant: Grant) -> Iterator[Question]:
        """What somebody may do at a place who reaches it, by any name."""
        return (self.question(grant, action, about) for action, about in by_any_name(grant).items())

    def question(self, grant: Grant, action: str, about: str) -> Question:
        """May somebody do this, on the bucket or on the objects of the place, by no access point?"""
        bucket = self.buckets.get(grant.bucket, Bucket())
        asked = at_place(action, about == BUCKET, bucket_arn(grant.bucket, self.partition), grant.prefix)
        policies = (bucket.policy,) if bucket.policy else ()
        return replace(asked, of_resource=policies, known={**asked.known, **self.owner, **DIRECTLY})


def at_place(action: str, on_bucket: bool, arn: str, prefix: str) -> Question:
    """One action there. A listing shows the place whose prefix begins it, or which begins with it."""
    if not on_bucket:
        return Question(action, f"{arn}/{prefix}*")
    if action not in BY_PREFIX:
        return Question(action, arn, known={"s3:prefix": Fact(absent=True)})
    begins = tuple(prefix[:length] for length in range(len(prefix) + 1))
    shown = Fact((f"{prefix}*", *begins), absent=True)
    return Question(action, arn, prefixes=begins, known={"s3:prefix": shown})


def into(role: Principal) -> Question:
    """May somebody assume the role?"""
    return Question("sts:AssumeRole", role.arn, (role.trust,) if role.trust else (), resource_decides=True)
