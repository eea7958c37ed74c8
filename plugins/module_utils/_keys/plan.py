# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done about a user's access keys, given those on AWS and the one in the store. Pure.

AWS allows two keys a user, and tells a secret only once
(https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html). Nothing is remembered between runs
but what AWS and the store hold, and a note on the user (``notes.py``), so a run that was killed is taken up by the
next one wherever it stopped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ansible_collections.assumerole.s3.plugins.module_utils._keys.notes import (
    AFTER_REQUEST,
    ANOTHER_RUN,
    BEFORE_REQUEST,
    Note,
    Retired,
    moment,
)


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
class Situation:
    """What there is, on AWS and in the store.

    ``obstacle`` is why the store cannot be written, ``readable`` whether it can tell which key it holds, and ``busy``
    whether another run is making a key at this moment.
    """

    user: str
    keys: tuple[Key, ...]
    stored_id: str
    store: str
    now: datetime
    obstacle: str = ""
    readable: bool = True
    requested: Note | None = None
    retired: Retired | None = None
    busy: bool = False

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
    warnings: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.remove or self.make or self.retire)


def plan_provision(there: Situation) -> Plan:
    """The user has a key and the store holds it."""
    if there.busy:
        return Plan(ANOTHER_RUN.format(user=there.user))
    lost = orphans(there)
    keys = [key for key in there.keys if key not in lost]
    stored = there.stored
    remove = tuple(key.id for key in lost)
    if stored is not None and not stored.active:
        return Plan(
            f"The key {stored.id} in {there.store} is inactive: activate it in IAM, or run rotate to replace it."
        )
    if stored is not None or (keys and not there.readable):
        return Plan(remove=remove, notes=_others(there, stored))
    if keys:
        return Plan(_secret_lost(there, keys))
    return Plan(_obstacle(there)) if there.obstacle else Plan(remove=remove, make=True)


def plan_rotation(there: Situation, after_days: float, grace: timedelta) -> Plan:
    """A rotation that was begun is finished, else one that is due is done; a retired key goes when its time is over."""
    if there.busy:
        return Plan(ANOTHER_RUN.format(user=there.user))
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
    make = Plan(remove=remove, make=True)
    if stored is not None and old is not None:
        make = replace(make, remove=(*remove, old.id), warnings=_no_way_back(there, old, grace))
    replaced = stored or old
    return _retiring(make, replaced, grace, there.now) if replaced is not None and replaced.active else make


def orphans(there: Situation) -> tuple[Key, ...]:
    """Keys that a run of ours made and could not store, so nobody has their secrets.

    A request makes one key at most. Once it is noted as done, or the store holds that key, every other key is a
    person's. Until then the one that was made since the request, and was not there before it, is the run's.
    """
    request = there.requested
    if request is None or request.done:
        return ()
    known = {*request.ids, *request.leaving}
    if there.stored is not None and there.stored.id not in known:
        return ()
    earliest, latest = request.written - BEFORE_REQUEST, request.written + AFTER_REQUEST
    unstored = [key for key in there.keys if key.id != there.stored_id]
    leaving = [key for key in unstored if key.id in request.leaving and key.active]
    made = [key for key in unstored if key.id not in known and earliest <= key.created <= latest]
    return (*leaving, *(made if len(made) == 1 else ()))


def _not_to_be_rotated(there: Situation, stored: Key | None, others: list[Key]) -> str:
    if stored is None and not there.readable:
        return (
            "bucket_access_access_key_id: rotate must know which key is in use, and the store none does not tell: give "
            "the key that the last run handed over, as bucket_access_access_key_id and bucket_access_secret_access_key."
        )
    if stored is None and len(others) > 1:
        return _secret_lost(there, others)
    # IAM tells whole seconds: of two keys of the same one, nobody knows which is the older.
    unknown = [
        key
        for key in others
        if key.active and stored is not None and (key.created >= stored.created or not stored.active)
    ]
    if unknown and stored is not None:
        return (
            f"bucket_access_user: {there.user} has the key {unknown[0]}, which is not in {there.store}, "
            f"beside {stored}, which is: somebody else made it, and a new key needs its place. Find out who uses it, "
            "delete the one that is not in use, then run rotate again."
        )
    idle = [key for key in others if stored is not None and not key.active and key.id not in _retired(there)]
    if idle and stored is not None:
        return (
            f"bucket_access_user: {there.user} has the key {idle[0]}, which somebody else made or deactivated, and a "
            "new key needs its place: delete it in IAM if nobody needs it, then run rotate again."
        )
    return ""


def _retired(there: Situation) -> tuple[str, ...]:
    return there.retired.ids if there.retired else ()


def _others(there: Situation, stored: Key | None) -> tuple[str, ...]:
    """Of each key of somebody else's beside the stored one, that it is there; the retired one is the contract's own."""
    ours = {*_retired(there), *(there.requested.ids if there.requested else ())}
    return tuple(
        f"The key {key} was made by somebody else, and stays: delete it in IAM if nobody needs it."
        for key in there.keys
        if stored is not None and key is not stored and key.id not in ours and key not in orphans(there)
    )


def _secret_lost(there: Situation, keys: Iterable[Key]) -> str:
    named = [str(key) for key in keys]
    if len(named) > 1:
        return (
            f"bucket_access_user: {there.user} has two keys, {' and '.join(named)}, and neither is in {there.store}: "
            "find out who holds them, delete the one that is not in use, then run rotate."
        )
    return (
        f"bucket_access_user: {there.user} has the key {named[0]}, whose secret is not in {there.store}, and AWS does "
        "not tell it again: store it there if somebody has it, or set bucket_access_create_key to false; if nobody "
        "has it, run rotate to replace it."
    )


def _obstacle(there: Situation) -> str:
    return f"A key could not be kept in {there.store}, so none was made: {there.obstacle}"


def _due(key: Key, after_days: float, now: datetime) -> bool:
    return now - key.created >= timedelta(days=after_days)


def _not_due(key: Key, after_days: float) -> str:
    return f"The key {key.id} is not due before {moment(key.created + timedelta(days=after_days))}."


def _grace_is_over(there: Situation, old: Key, grace: timedelta) -> bool:
    """A key that somebody else deactivated waits for the next rotation: when that was, nobody knows."""
    return there.retired is not None and old.id in there.retired.ids and there.now - there.retired.since >= grace


def _no_way_back(there: Situation, old: Key, grace: timedelta) -> tuple[str, ...]:
    """Where the key goes that was to be kept for a while, because AWS has no place for a third one."""
    if there.retired is None or there.now - there.retired.since >= grace:
        return ()
    end = moment(there.retired.since + grace)
    return (
        f"The retired key {old.id} makes way for the new one before its grace is over ({end}), so nobody can go back "
        "to it: bucket_access_rotate_after_days keeps rotations apart.",
    )


def _retiring(plan: Plan, old: Key, grace: timedelta, now: datetime) -> Plan:
    recent = old.last_used is not None and now - old.last_used < grace
    note = f"The old key {old.id} was used {moment(old.last_used)}: whoever still has a copy of it is locked out now."
    return replace(
        plan,
        retire=old.id,
        remove_retired=grace <= timedelta(0),
        notes=(note,) if recent else (),
    )
