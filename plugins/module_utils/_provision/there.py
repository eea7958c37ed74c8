# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is there before anything is done: user, role and bucket as they were read, in the plan's own words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Reading
from ansible_collections.assumerole.s3.plugins.module_utils._keys.plan import Key

Document = Mapping[str, Any]
Tags = Mapping[str, str]


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
class Bucket:
    """A bucket. Settings that it lacks are empty; what is ``locked`` or ``replicated`` keeps its versioning."""

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


@dataclass(frozen=True)
class There:
    """All of it, who reads it, and what could not be read: a sentence each."""

    operator: str
    user: User | None = None
    role: Role | None = None
    bucket: Bucket | None = None
    unreadable: tuple[str, ...] = ()
    #: Why the user's keys could not be read, which matters only to who makes one.
    keys_unreadable: str = ""
    #: Other buckets that carry the contract's mark and that its role reaches.
    other_places: tuple[str, ...] = ()
    #: The document of the permissions boundary that the contract names; why it cannot be one, or could not be read.
    boundary: Document = field(default_factory=dict)
    boundary_problem: str = ""
    boundary_unread: str = ""
    #: What was read of the key of KMS that the contract names, by the names of its parts; empty without one.
    key: Mapping[str, Reading] = field(default_factory=dict)
    #: A key of an object in the bucket that lies outside of the contract's prefix, and one inside.
    object_outside: str = ""
    object_inside: str = ""


def tags_of(listed: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """Tags as AWS lists them, by their keys."""
    return {item["Key"]: item["Value"] for item in listed or []}
