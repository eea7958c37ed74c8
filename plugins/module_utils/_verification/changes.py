# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When something of a contract was changed last, and whether a key is being replaced at this moment. Pure.

AWS shows when users, roles and keys were made, and no date of a policy, a setting or a key's retirement. The note
about keys on the user has such dates, whoever wrote it; of the rest a run leaves the time behind on its machine.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import (
    Configuration,
    active_keys,
    newest_change,
)
from ansible_collections.assumerole.s3.plugins.module_utils._checks.check import EXCESS_ACCESS, INCONCLUSIVE, Check
from ansible_collections.assumerole.s3.plugins.module_utils._keys.notes import (
    KEYS_TAG,
    Note,
    is_under_way,
    moment,
    moment_in,
    note_in,
)

#: The check that counts the user's keys.
KEYS = "config.user.keys"


def last_change(found: Configuration, noted: str | None) -> str | None:
    """The youngest of AWS's dates, of the note on the user and of what this machine has noted, as ISO 8601.

    ``None`` where AWS shows no date: then nothing is known to be old.
    """
    made = newest_change(found)
    if made is None:
        return None
    note = _note(found)
    known = [moment_in(made), moment_in(noted), note.changed if note else None]
    return max(when for when in known if when).isoformat()


def replaced_now(found: Configuration, now: datetime) -> Note | None:
    """The note of a run that is replacing the user's key, if that explains why two are active.

    One of them was there before, and stays: a run makes one key, so it has nothing to do with two of either kind.
    """
    note = _note(found)
    if note is None or not is_under_way(note, now, None):
        return None
    active = active_keys(found)
    before = [key for key in active if key in note.ids]
    return note if (len(before), len(active)) == (1, 2) else None


def with_rotations(checks: Iterable[Check], found: Configuration, now: datetime) -> list[Check]:
    """The checks, with the second key of a rotation that is under way as what it is: nothing that can be judged yet."""
    note = replaced_now(found, now)
    return [_under_way(check, note) if note and _counts_too_many(check) else check for check in checks]


def _counts_too_many(check: Check) -> bool:
    return check["id"] == KEYS and check["outcome"] == EXCESS_ACCESS


def _under_way(check: Check, note: Note) -> Check:
    began = moment(note.written)
    return {
        **check,
        "outcome": INCONCLUSIVE,
        "cause": f"{check['cause'][:-1]}, and a run that began at {began} is replacing one by the other.",
        "advice": "Verify again when it is over. If it was interrupted, run rotate or provision, which finish it.",
    }


def _note(found: Configuration) -> Note | None:
    user: dict[str, Any] = found["user"].data or {}
    return next((note_in(item["Value"]) for item in user.get("Tags") or [] if item["Key"] == KEYS_TAG), None)
