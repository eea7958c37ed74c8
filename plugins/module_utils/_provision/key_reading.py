# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's keys beside the one that the store holds, for the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
import time
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws import user_keys
from ansible_collections.assumerole.s3.plugins.module_utils._aws.abandoned import machine, runs
from ansible_collections.assumerole.s3.plugins.module_utils._keys.notes import (
    AFTER_REQUEST,
    KEYS_TAG,
    Note,
    is_under_way,
    note_in,
)
from ansible_collections.assumerole.s3.plugins.module_utils._keys.plan import Key, Situation
from ansible_collections.assumerole.s3.plugins.module_utils._provision.keys import Keys
from ansible_collections.assumerole.s3.plugins.module_utils._provision.plan import Inquiry
from ansible_collections.assumerole.s3.plugins.module_utils._provision.there import User

Client = Any
Stored = Mapping[str, Any]

#: Seconds before a store is read again that may not show yet what was written.
PAUSE = 1.0


def read_keys(iam: Client, asked: Inquiry, read_store: Callable[[], Stored], patience: float) -> Keys:
    """What a plan for the keys is made of; of a user that there is, the note is read once more when it matters."""
    there, now = asked.there.user, asked.now
    listed = there.keys if there else ()
    tags = _tags_after(iam, there) if there else {}
    note = note_in(tags.get(KEYS_TAG))
    stored = read_store()
    end = time.monotonic() + patience
    while _lags(stored, note, listed, now) and time.monotonic() + PAUSE < end:
        time.sleep(PAUSE)
        stored = read_store()
    found = Situation(
        user=asked.contract.user,
        keys=tuple(_with_use(iam, listed, stored, note)),
        stored_id=stored.get("access_key_id") or "",
        store=stored["place"],
        now=now,
        obstacle=stored.get("obstacle") or "",
        readable=stored.get("readable", True),
        requested=note,
        retired=note.retired if note else None,
        busy=is_under_way(note, now, _runs_here(note)),
    )
    return Keys(found, tags.get(KEYS_TAG, ""))


def _tags_after(iam: Client, there: User) -> Mapping[str, str]:
    """Tags that are younger than the list of keys where they say that a key is asked for: it may be noted since."""
    note = note_in(there.tags.get(KEYS_TAG))
    return there.tags if note is None or note.done else user_keys.tags(iam, there.name)


def _lags(stored: Stored, note: Note | None, listed: tuple[Key, ...], now: datetime) -> bool:
    """Whether the store was written moments ago, and does not show it yet."""
    if note is None or not note.done or not note.ids or now - note.written > AFTER_REQUEST:
        return False
    newest = note.ids[-1]
    return stored.get("access_key_id") != newest and any(key.id == newest and key.active for key in listed)


def _runs_here(note: Note | None) -> bool | None:
    process = note.process_on(machine()) if note else None
    return None if process is None else runs(process)


def _with_use(iam: Client, listed: tuple[Key, ...], stored: Stored, note: Note | None) -> Iterator[Key]:
    """When each was used last, where a sentence says so: of all, as soon as one of them is not the stored one."""
    if all(key.id == stored.get("access_key_id") for key in listed) or not stored.get("readable", True):
        yield from listed
        return
    for key in listed:
        yield replace(key, last_used=user_keys.last_used(iam, key.id))
