# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a user, a role and a bucket are configured, as AWS said it (``_aws/readings`` asks). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
import json
from typing import Any
from urllib.parse import unquote

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer

#: The signs that a policy is full of, and that are quoted in a URL.
FULL_OF = '"{}[]:/,* \n'

#: There is none of it, which is an answer.
ABSENT_CODES = frozenset(
    {
        "NoSuchEntity",
        "NotFoundException",
        "NoSuchBucket",
        "NoSuchBucketPolicy",
        "NoSuchAccessPointPolicy",
        "NoSuchPublicAccessBlockConfiguration",
        "OwnershipControlsNotFoundError",
        "ServerSideEncryptionConfigurationNotFoundError",
        "NoSuchTagSet",
        "ObjectLockConfigurationNotFoundError",
        "ReplicationConfigurationNotFoundError",
    }
)


@dataclass(frozen=True)
class Reading:
    """What one read gave: ``data`` when there is something, ``None`` when there is none or it could not be read."""

    answer: Answer
    data: Any = None

    @property
    def absent(self) -> bool:
        """Whether AWS says that there is none."""
        return self.answer.code in ABSENT_CODES

    @property
    def unreadable(self) -> bool:
        """Whether AWS did not say."""
        return not self.answer.succeeded and not self.absent


@dataclass(frozen=True)
class Configuration:
    """Everything that was read, by name."""

    readings: Mapping[str, Reading] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Reading:
        return self.readings[name]

    def at(self, bucket: str) -> Configuration:
        """The same with the readings of one of several buckets as those of the bucket."""
        its = {
            name.partition("@")[0]: reading for name, reading in self.readings.items() if name.endswith(f"@{bucket}")
        }
        return Configuration({**self.readings, **its})


def document(value: Any) -> Any:
    """A policy document as botocore gives it (parsed), or as some endpoints send it (text, quoted as in a URL)."""
    return json.loads(unquoted(value)) if isinstance(value, str) else value


def unquoted(text: str) -> str:
    """As :func:`urllib.parse.unquote` has it. That takes each sign by itself, and what a policy is full of goes in one.

    None of these signs is a digit, a letter or the percent sign, so none of them makes another quoted one.
    """
    for sign in FULL_OF:
        text = text.replace(f"%{ord(sign):02X}", sign)
    return unquote(text)


def policy_in(text: str) -> dict[str, Any]:
    """A resource's policy, which AWS gives as text; raises :class:`ValueError` for anything else."""
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("this is no policy")
    return found


def active_keys(found: Configuration) -> list[str]:
    """The ids of the user's active keys."""
    return [str(key["AccessKeyId"]) for key in found["user.keys"].data or [] if key["Status"] == "Active"]


def newest_change(found: Configuration) -> str | None:
    """When the youngest of the user, its keys and the role was made, as ISO 8601."""
    objects: list[Mapping[str, Any]] = [
        found["user"].data or {},
        found["role"].data or {},
        *(found["user.keys"].data or []),
    ]
    moments = [item["CreateDate"] for item in objects if item.get("CreateDate")]
    return max(moments).isoformat() if moments else None
