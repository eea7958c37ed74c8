# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done about a user's access keys, given those on AWS and the one in the store. Pure.

AWS allows two keys a user, and tells a secret only once
(https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html). Nothing is remembered between runs
but what AWS and the store hold, so a run that was killed is taken up by the next one wherever it stopped. Two tags of
the user say what neither shows: when a key was asked for, beside which others, and whether it was stored since; and
when an old key was retired.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

REQUESTED_TAG = "assumerole.s3/key-requested"
RETIRED_TAG = "assumerole.s3/key-retired"

#: A key was made by the run that asked for it when it is at most so much older or younger than the request: clocks
#: may differ by five minutes (AWS refuses requests beyond), and creating comes right after asking.
BEFORE_REQUEST, AFTER_REQUEST = timedelta(minutes=5), timedelta(minutes=10)


@dataclass(frozen=True)
class Key:
    """An access key as AWS knows it; ``last_used`` is ``None`` when it never was, as far as AWS tells."""

    id: str
    active: bool
    created: datetime
    last_used: datetime | None = None

    def __str__(self) -> str:
        used = f"last used {moment(self.last_used)}" if self.last_used else "never used"
        return f"{self.id} ({'active' if self.active else 'inactive'}, made {moment(self.created)}, {used})"


@dataclass(frozen=True)
class Note:
    """What a tag of the user says: when it was written, about which keys, and whether what it speaks of is done."""

    written: datetime
    ids: frozenset[str]
    done: bool = True


@dataclass(frozen=True)
class Situation:
    """What there is, on AWS and in the store.

    ``obstacle`` is why the store cannot be written, ``readable`` whether it can tell which key it holds.
    """

    user: str
    keys: tuple[Key, ...]
    stored_id: str
    store: str
    now: datetime
    obstacle: str = ""
    readable: bool = True
    requested: Note | None = None
    retired: Note | None = None

    @property
    def stored(self) -> Key | None:
        """The key of which the store holds the secret."""
        return next((key for key in self.keys if key.id == self.stored_id), None)


@dataclass(frozen=True)
class Plan:
    """What to do, in this order, unless a ``problem`` says why nothing may be done.

    ``remove`` keys that nobody needs, ``make`` and store one, ``retire`` the old one once the stored one is proven, and
    ``remove_retired``: delete it at once.
    """

    problem: str = ""
    remove: tuple[str, ...] = ()
    make: bool = False
    retire: str = ""
    remove_retired: bool = False
    notes: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.remove or self.make or self.retire)

    @property
    def lines(self) -> list[str]:
        """The plan in sentences."""
        steps = [f"The key {name}, which nobody needs any more, is deleted." for name in self.remove]
        steps += ["A new key is made, proven and stored."] if self.make else []
        steps += [f"The key {self.retire} is deactivated once the stored key is proven."] if self.retire else []
        steps += [f"The key {self.retire} is deleted then."] if self.retire and self.remove_retired else []
        return [*(steps or ["Nothing is to be done."]), *self.notes]


def situation(facts: Mapping[str, Any], now: datetime) -> Situation:
    """The situation in what the modules returned; the filter documents the names."""
    used = {name: _moment(value) for name, value in (facts.get("last_used") or {}).items()}
    tags = facts.get("tags") or {}
    return Situation(
        user=facts["user"],
        keys=tuple(
            Key(
                key["access_key_id"],
                key["status"] == "Active",
                _known(key["create_date"]),
                used.get(key["access_key_id"]),
            )
            for key in facts["keys"]
        ),
        stored_id=facts.get("stored_id") or "",
        store=facts["store"],
        now=now,
        obstacle=facts.get("obstacle") or "",
        readable=facts.get("readable", True),
        requested=_note(tags.get(REQUESTED_TAG)),
        retired=_note(tags.get(RETIRED_TAG)),
    )


def plan_provision(there: Situation) -> Plan:
    """The user has a key and the store holds it."""
    lost = orphans(there)
    keys = [key for key in there.keys if key not in lost]
    stored = there.stored
    remove = tuple(key.id for key in lost)
    if stored is not None and not stored.active:
        return Plan(
            f"The key {stored.id} in {there.store} is inactive: activate it in IAM, or run rotate to replace it."
        )
    if stored is not None or (keys and not there.readable):
        return Plan(remove=remove)
    if keys:
        return Plan(_secret_lost(there, keys))
    return Plan(_obstacle(there)) if there.obstacle else Plan(remove=remove, make=True)


def plan_rotation(there: Situation, after_days: float, grace: timedelta) -> Plan:
    """A rotation that was begun is finished, else one that is due is done; a retired key goes when its time is over."""
    lost = orphans(there)
    stored = there.stored
    others = [key for key in there.keys if key not in lost and key is not stored]
    remove = tuple(key.id for key in lost)
    problem = _not_to_be_rotated(there, stored, others)
    if problem:
        return Plan(problem)
    old = others[0] if others else None
    if stored is not None and old is not None and old.active:
        return _retiring(Plan(remove=remove), old, grace, there.now)
    if stored is not None and stored.active and not _due(stored, after_days, there.now):
        over = (old.id,) if old is not None and _grace_is_over(there, old, grace) else ()
        return Plan(remove=remove + over, notes=(_not_due(stored, after_days),))
    if there.obstacle:
        return Plan(_obstacle(there))
    make = Plan(remove=remove + ((old.id,) if stored is not None and old is not None else ()), make=True)
    replaced = stored or old
    return _retiring(make, replaced, grace, there.now) if replaced is not None and replaced.active else make


def orphans(there: Situation) -> tuple[Key, ...]:
    """Keys that a run of ours made and could not store, so nobody has their secrets.

    They were made at the time of the last request and were not there before it. Once a key was stored, another of the
    same time is one of ours only if nobody used it: AWS made two when an answer got lost.
    """
    request = there.requested
    if request is None:
        return ()
    earliest, latest = request.written - BEFORE_REQUEST, request.written + AFTER_REQUEST
    return tuple(
        key
        for key in there.keys
        if key.id not in request.ids
        and key.id != there.stored_id
        and earliest <= key.created <= latest
        and not (request.done and key.last_used)
    )


def _not_to_be_rotated(there: Situation, stored: Key | None, others: list[Key]) -> str:
    if stored is None and not there.readable:
        return (
            "bucket_access_access_key_id: rotate must know which key is in use, and the store none does not tell: give "
            "the key that the last run handed over, as bucket_access_access_key_id and bucket_access_secret_access_key."
        )
    if stored is None and len(others) > 1:
        return _secret_lost(there, others)
    unknown = [
        key
        for key in others
        if key.active and stored is not None and (key.created > stored.created or not stored.active)
    ]
    if unknown and stored is not None:
        return (
            f"bucket_access_user: {there.user} has the key {unknown[0]}, which is not in {there.store}, "
            f"beside {stored}, which is: delete the one that is not in use, then run rotate again."
        )
    return ""


def _secret_lost(there: Situation, keys: Iterable[Key]) -> str:
    named = [str(key) for key in keys]
    if len(named) > 1:
        return (
            f"bucket_access_user: {there.user} has two keys, {' and '.join(named)}, and neither is in {there.store}: "
            "delete the one that is not in use, then run rotate."
        )
    return (
        f"bucket_access_user: {there.user} has the key {named[0]}, whose secret is not in {there.store}, and AWS does "
        "not tell it again: run rotate to replace it, store it there, or set bucket_access_create_key to false."
    )


def _obstacle(there: Situation) -> str:
    return f"A key could not be kept in {there.store}, so none was made: {there.obstacle}"


def _due(key: Key, after_days: float, now: datetime) -> bool:
    return now - key.created >= timedelta(days=after_days)


def _not_due(key: Key, after_days: float) -> str:
    return f"The key {key.id} is not due before {moment(key.created + timedelta(days=after_days))}."


def _grace_is_over(there: Situation, old: Key, grace: timedelta) -> bool:
    """A key that somebody else deactivated waits for the next rotation: when that was, nobody knows."""
    return there.retired is not None and old.id in there.retired.ids and there.now - there.retired.written >= grace


def _retiring(plan: Plan, old: Key, grace: timedelta, now: datetime) -> Plan:
    recent = old.last_used is not None and now - old.last_used < grace
    note = f"The old key {old.id} was used {moment(old.last_used)}: whoever still has a copy of it is locked out now."
    return Plan(
        remove=plan.remove,
        make=plan.make,
        retire=old.id,
        remove_retired=grace <= timedelta(0),
        notes=(note,) if recent else (),
    )


def note(written: datetime, ids: Iterable[str], done: bool) -> str:
    """The value of a tag; IAM takes letters, digits, spaces and some signs in it."""
    return " ".join(["done" if done else "open", moment(written), *ids])


def _note(value: object) -> Note | None:
    state, written, *ids = [*str(value or "").split(), "", ""]
    known = _moment(written)
    return Note(known, frozenset(ids), state == "done") if known and state in ("done", "open") else None


def _known(value: object) -> datetime:
    known = _moment(value)
    if known is None:
        raise ValueError(f"AWS gave {value!r} as the time when a key was made")
    return known


def _moment(value: object) -> datetime | None:
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
