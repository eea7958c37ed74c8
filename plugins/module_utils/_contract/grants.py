# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A grant: one place, and what the role may do there. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import (
    BUCKET,
    PERMISSIONS,
    USUAL,
    Permission,
)


@dataclass(frozen=True)
class Grant:
    """One place: a bucket, and in it the keys below a prefix, which is empty or ends in a slash."""

    bucket: str
    prefix: str = ""
    permissions: tuple[str, ...] = USUAL

    @property
    def name(self) -> str:
        """The place as a person writes it, and as ids of checks end in it; no bucket's name has a slash."""
        return f"{self.bucket}/{self.prefix}"

    @property
    def rows(self) -> tuple[Permission, ...]:
        """The rows of what is granted."""
        return tuple(PERMISSIONS[name] for name in self.permissions)

    def allows(self, permission: str) -> bool:
        """Whether the role holds a permission here."""
        return permission in self.permissions

    def extends(self, permission: str) -> bool:
        """Whether the role holds it in the whole bucket, by a permission for that."""
        return any(row.extends == permission for row in self.rows)

    def overlaps(self, other: Grant) -> bool:
        """Whether one of the two places lies in the other, or is the other."""
        nested = self.prefix.startswith(other.prefix) or other.prefix.startswith(self.prefix)
        return self.bucket == other.bucket and nested

    def key(self, name: str) -> str:
        """The key of an object at this place."""
        return self.prefix + name

    def key_beside(self, name: str) -> str:
        """A key just outside: one that a policy for ``team*`` instead of ``team/*`` would let in."""
        return self.prefix.rstrip("/") + name

    def resource(self, permission: Permission, partition: str) -> str:
        """The ARN that a permission is about."""
        return self.at(permission.on, partition)

    def at(self, on: str, partition: str) -> str:
        """The ARN of the bucket, or of the objects of this place."""
        if on == BUCKET:
            return bucket_arn(self.bucket, partition)
        return object_arn(self.bucket, self.key("*"), partition)


def folder(prefix: str) -> str:
    """The prefix with a slash at its end: ``team`` must not let the role into ``team-secrets/``."""
    return prefix if not prefix or prefix.endswith("/") else prefix + "/"


def bucket_arn(bucket: str, partition: str) -> str:
    """The ARN of a bucket; S3's carry neither region nor account."""
    return f"arn:{partition}:s3:::{bucket}"


def object_arn(bucket: str, key: str, partition: str) -> str:
    """The ARN of an object, or of a pattern of them."""
    return f"{bucket_arn(bucket, partition)}/{key}"
