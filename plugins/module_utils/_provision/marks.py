# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The marks by which a contract knows what is its own: tags of users, roles and buckets. Pure.

A tag is written in the request that makes a user or a role, so nothing of ours is ever without it. A bucket gets its
tags in a request of its own: until then a note on the role or user, written before, says that it is being made.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
import re

#: How all tags of ours begin, those about keys, too.
BEGINNING = "assumerole.s3/"

#: Whose it is: the value is the contract's name, which is its role's.
MARK = f"{BEGINNING}contract"

#: When it was taken over from somebody else, who may have more in it than the contract.
ADOPTED = f"{BEGINNING}adopted"

#: Which bucket is being made, and since when: "MOMENT NAME", or several names; more than a tag holds stand in another,
#: whose key ends in a number.
MAKING = f"{BEGINNING}bucket-requested"

#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html (tag value)
LONGEST_VALUE = 256

#: A bucket was made by the run that noted it when it is at most so much older or younger than the note.
BEFORE_NOTE, AFTER_NOTE = timedelta(minutes=5), timedelta(minutes=10)

ABSENT, UNMARKED, ANOTHERS, MADE, TAKEN_OVER = "absent", "unmarked", "another's", "made", "taken over"

Tags = Mapping[str, str]


@dataclass(frozen=True)
class Whose:
    """Whose a user, role or bucket is; ``contract`` is the one that it is marked for."""

    state: str
    contract: str = ""

    @property
    def ours(self) -> bool:
        """Whether the contract has made it or taken it over."""
        return self.state in (MADE, TAKEN_OVER)

    @property
    def ours_alone(self) -> bool:
        """Whether the contract has made it, so that nothing in it is anybody else's."""
        return self.state == MADE


def whose(tags: Tags | None, contract: str) -> Whose:
    """Whose something with these tags is; ``None`` stands for something that is not there."""
    if tags is None:
        return Whose(ABSENT)
    owner = tags.get(MARK, "")
    if owner != contract:
        return Whose(ANOTHERS, owner) if owner else Whose(UNMARKED)
    return Whose(TAKEN_OVER if tags.get(ADOPTED) else MADE, owner)


def making(bucket: str, now: datetime) -> str:
    """The value of the note that a bucket is being made."""
    return f"{now:%Y-%m-%dT%H:%M:%SZ} {bucket}"


def all_making(buckets: Iterable[str], now: datetime) -> dict[str, str]:
    """The notes that buckets are being made, as tags."""
    notes: list[str] = []
    for bucket in buckets:
        if notes and len(f"{notes[-1]} {bucket}") <= LONGEST_VALUE:
            notes[-1] += f" {bucket}"
        else:
            notes.append(making(bucket, now))
    return {MAKING + (f"-{number}" if number > 1 else ""): note for number, note in enumerate(notes, 1)}


def notes_of(tags: Tags) -> list[str]:
    """The notes among tags."""
    return [value for key, value in tags.items() if re.fullmatch(rf"{re.escape(MAKING)}(-[0-9]+)?", key)]


def was_being_made(note: str | None, bucket: str, created: datetime | None) -> bool:
    """Whether a bucket without a mark is one that a run of ours had just made when it was stopped."""
    moment, *names = (note or "").split(" ")
    if bucket not in names or created is None:
        return False
    try:
        noted = datetime.fromisoformat(moment.replace("Z", "+00:00"))
    except ValueError:
        return False
    return noted - BEFORE_NOTE <= created <= noted + AFTER_NOTE
