# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The note about a user's access keys, kept as one tag of the user: who asks for a key, and which keys are retired.

AWS shows neither that nor since when. With it a run that was killed is taken up by the next one, and two runs at the
same moment know of each other. It is one tag, as AWS takes 50 and most of them are the contract's. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
import re

KEYS_TAG = "assumerole.s3/keys"

#: A key was made by the run that asked for it when it is at most so much older or younger than the request: clocks
#: may differ by five minutes (AWS refuses requests beyond), and creating comes right after asking.
BEFORE_REQUEST, AFTER_REQUEST = timedelta(minutes=5), timedelta(minutes=10)

#: For how long a request of a process that can be seen to run is believed to be its own: then it is another process
#: of that number.
LONGEST_RUN = timedelta(hours=1)

#: What another run is told meanwhile.
ANOTHER_RUN = (
    "bucket_access_user: another run is making a key for {user} at this moment: wait for it, and run this again."
)

_WRITER = re.compile(r"(?P<machine>[0-9a-f]{8})-(?P<process>[0-9]+)-[0-9a-f]{8}")


@dataclass(frozen=True)
class Retired:
    """The keys that a run has deactivated, as another one took their place, and when."""

    ids: tuple[str, ...]
    since: datetime

    def among(self, ids: Iterable[str]) -> Retired | None:
        """What of it is left of these keys."""
        left = tuple(name for name in self.ids if name in ids)
        return replace(self, ids=left) if left else None


@dataclass(frozen=True)
class Note:
    """What the tag says: when a key was asked for and by which run, and whether that is done.

    ``ids`` are the keys that are there, ``leaving`` those of them that the run deletes before it makes another, and
    ``made`` is the one that a run of the contract has made and stored last.
    """

    written: datetime
    ids: tuple[str, ...] = ()
    done: bool = True
    writer: str = ""
    leaving: tuple[str, ...] = ()
    made: str = ""
    retired: Retired | None = None

    def __str__(self) -> str:
        """The value of the tag: IAM takes 256 letters, digits, spaces and ``_.:/=+-@``.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules
        """
        ids = [*self.ids, *(f"-{name}" for name in self.leaving), *([f"+{self.made}"] if self.made else [])]
        gone = [*(f"={name}" for name in self.retired.ids), f"@{moment(self.retired.since)}"] if self.retired else []
        words = ["done" if self.done else "open", moment(self.written), self.writer, *ids, *gone]
        return " ".join(word for word in words if word)

    @property
    def changed(self) -> datetime:
        """When a key was made or retired last."""
        return max(self.written, self.retired.since) if self.retired else self.written

    def process_on(self, machine: str) -> int | None:
        """The process that wrote it, when that was on this machine."""
        found = _WRITER.fullmatch(self.writer)
        return int(found["process"]) if found and found["machine"] == machine else None


def is_under_way(note: Note | None, now: datetime, runs_here: bool | None) -> bool:
    """Whether a run that lives is making a key; ``runs_here`` tells it of a process here, ``None`` of one elsewhere."""
    if note is None or note.done or runs_here is False:
        return False
    return now - note.written < (LONGEST_RUN if runs_here else AFTER_REQUEST)


def note_in(value: object) -> Note | None:
    """What a tag says; ``None`` when it is none of ours."""
    state, written, *words = [*str(value or "").split(), "", ""]
    known = moment_in(written)
    if known is None or state not in ("done", "open"):
        return None
    words = [word for word in words if word]
    writer = words.pop(0) if words and _WRITER.fullmatch(words[0]) else ""
    ids = tuple(word for word in words if word[0] not in "+-=@")
    made = next(iter(_signed("+", words)), "")
    return Note(known, ids, state == "done", writer, _signed("-", words), made, _retired_in(words))


def _signed(sign: str, words: list[str]) -> tuple[str, ...]:
    return tuple(word[1:] for word in words if word.startswith(sign))


def _retired_in(words: list[str]) -> Retired | None:
    ids, since = _signed("=", words), moment_in(next(iter(_signed("@", words)), None))
    return Retired(ids, since) if ids and since else None


def moment_in(value: object) -> datetime | None:
    """A moment as AWS and the modules write it; ``None`` for anything else, or without a time zone."""
    if isinstance(value, datetime):
        return value
    try:
        known = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return None
    return known if known.tzinfo else None


def moment(value: datetime | None) -> str:
    """A moment as AWS writes it."""
    return f"{value:%Y-%m-%dT%H:%M:%SZ}" if value else "at an unknown time"
