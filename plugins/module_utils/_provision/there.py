# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is there before anything is done: user, role and bucket as they were read, in the plan's own words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Reading
from ansible_collections.assumerole.s3.plugins.module_utils._keys.plan import Key

Document = Mapping[str, Any]
Tags = Mapping[str, str]


#: The most characters of a trust policy, where the account has no other quota; white space does not count.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
LONGEST_TRUST = 2048


@dataclass(frozen=True)
class User:
    """An IAM user, with its inline policies' documents by name, the ARNs of its managed ones, and its keys."""

    name: str
    arn: str
    tags: Tags = field(default_factory=dict)
    inline: Mapping[str, Document] = field(default_factory=dict)
    managed: tuple[str, ...] = ()
    boundary: str = ""
    keys: tuple[Key, ...] = ()

    @property
    def quarantine(self) -> str:
        """What AWS says by its policy for a key that has leaked; empty when it says nothing.

        https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html
        """
        policy = next((arn for arn in self.managed if ":policy/AWSCompromisedKeyQuarantine" in arn), "")
        if not policy:
            return ""
        return (
            f"bucket_access_user: AWS has attached {policy.rsplit('/', 1)[-1]} to {self.name}, because a key of it was "
            "found in public. Run rotate, which replaces the key, and follow the case that AWS opened; nothing here "
            "takes the policy off"
        )


@dataclass(frozen=True)
class Role:
    """An IAM role, with its policies' documents by name, or by ARN."""

    name: str
    arn: str
    trust: Document
    tags: Tags = field(default_factory=dict)
    inline: Mapping[str, Document] = field(default_factory=dict)
    managed: tuple[str, ...] = ()
    description: str = ""
    max_session_duration: int = 3600
    boundary: str = ""


@dataclass(frozen=True)
class InstanceProfile:
    """By which machines of EC2 get a role: the names of those that it holds, one at most."""

    name: str
    tags: Tags = field(default_factory=dict)
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bucket:
    """A bucket. Settings that it lacks are empty; what is ``locked`` or ``replicated`` keeps its versioning.

    ``inside`` has the key of an object by each of the contract's prefixes below which one lies, and ``outside`` that of
    one below none of them.
    """

    name: str
    region: str
    tags: Tags = field(default_factory=dict)
    policy: Document = field(default_factory=dict)
    versioning: str = ""
    encryption: Mapping[str, Any] = field(default_factory=dict)
    public_access: Mapping[str, bool] = field(default_factory=dict)
    ownership: str = ""
    locked: bool = False
    replicated: bool = False
    created: datetime | None = None
    inside: Mapping[str, str] = field(default_factory=dict)
    outside: str = ""


@dataclass(frozen=True)
class There:
    """All of it, who reads it, and what could not be read: a sentence each.

    ``bucket`` is the one of the contract's first place, and ``more_buckets`` are those of the others that are there.
    """

    operator: str
    user: User | None = None
    role: Role | None = None
    bucket: Bucket | None = None
    more_buckets: tuple[Bucket, ...] = ()
    instance_profile: InstanceProfile | None = None
    unreadable: tuple[str, ...] = ()
    #: Why the user's keys could not be read, which matters only to who makes one.
    keys_unreadable: str = ""
    #: Other buckets that carry the contract's mark and that its role reaches; and all that it reaches.
    other_places: tuple[str, ...] = ()
    reached: frozenset[str] = frozenset()
    #: The document of the permissions boundary that the contract names; why it cannot be one, or could not be read.
    boundary: Document = field(default_factory=dict)
    boundary_problem: str = ""
    boundary_unread: str = ""
    #: Of the trusted users and roles of this account: their own ARNs, who is not there, and who could not be read.
    trusted_found: Mapping[str, str] = field(default_factory=dict)
    trusted_missing: tuple[str, ...] = ()
    trusted_unread: tuple[str, ...] = ()
    #: The audiences of the identity providers of this account, by their hosts.
    providers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: How many characters of trust policy the account takes, as far as that was asked.
    trust_quota: int = LONGEST_TRUST
    #: What was read of the key of KMS that the contract names, by the names of its parts; empty without one.
    key: Mapping[str, Reading] = field(default_factory=dict)

    @property
    def buckets(self) -> tuple[Bucket, ...]:
        """The contract's buckets that are there."""
        return (*((self.bucket,) if self.bucket else ()), *self.more_buckets)

    def with_buckets(self, found: Mapping[str, Bucket]) -> There:
        """What is there, with more known of some buckets."""
        more = tuple(found.get(one.name, one) for one in self.more_buckets)
        return replace(
            self, bucket=found.get(self.bucket.name, self.bucket) if self.bucket else None, more_buckets=more
        )

    def at(self, bucket: str) -> There:
        """What is there, with one bucket of the contract's alone."""
        found = next((one for one in self.buckets if one.name == bucket), None)
        return replace(self, bucket=found, more_buckets=())


def tags_of(listed: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """Tags as AWS lists them, by their keys."""
    return {item["Key"]: item["Value"] for item in listed or []}
