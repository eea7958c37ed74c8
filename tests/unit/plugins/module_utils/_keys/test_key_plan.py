# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._keys.notes import ANOTHER_RUN, Note, Retired
from ansible_collections.assumerole.s3.plugins.module_utils._keys.plan import (
    Key,
    Plan,
    Situation,
    plan_provision,
    plan_rotation,
)

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=timezone.utc)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OLD, NEW, THIRD = "AKIAOLDEXAMPLE", "AKIANEWEXAMPLE", "AKIATHIRDEXAMPLE"
GRACE = 24 * HOUR


def key(name: str, age: timedelta, active: bool = True, used: timedelta | None = None) -> Key:
    return Key(name, active, NOW - age, None if used is None else NOW - used)


def there(*keys: Key, stored: str = "", **more: Any) -> Situation:
    return Situation(user="partner", keys=keys, stored_id=stored, store="the store", now=NOW, **more)


def requested(age: timedelta, *beside: str, done: bool = False, leaving: tuple[str, ...] = ()) -> Note:
    return Note(NOW - age, beside, done, leaving=leaving)


def retired(age: timedelta, name: str) -> Retired:
    return Retired((name,), NOW - age)


def somebody_elses(name: str, made: str, used: str = "never used") -> str:
    return (
        f"The key {name} (active, made {made}, {used}) was made by somebody else, and stays: delete it in IAM if "
        "nobody needs it."
    )


NO_WAY_BACK = (
    "The retired key AKIAOLDEXAMPLE makes way for the new one before its grace is over (2026-06-16T11:00:00Z), so "
    "nobody can go back to it: bucket_access_rotate_after_days keeps rotations apart."
)
JUST_NOW = timedelta(seconds=20)
PROVISION = {
    "no key: one is made": (there(), Plan(make=True)),
    "the stored key is alive: nothing": (there(key(OLD, DAY), stored=OLD), Plan()),
    "the stored key is alive beside a retired one: nothing": (
        there(key(OLD, 2 * DAY, active=False), key(NEW, DAY), stored=NEW, retired=retired(DAY, OLD)),
        Plan(),
    ),
    "a key that an interrupted run made and could not store is deleted, and another made": (
        there(key(NEW, JUST_NOW), requested=requested(JUST_NOW)),
        Plan(remove=(NEW,), make=True),
    ),
    "a lost key that was proven before the run died is still nobody's": (
        there(key(NEW, JUST_NOW, used=JUST_NOW), requested=requested(JUST_NOW)),
        Plan(remove=(NEW,), make=True),
    ),
    "a key that somebody made by hand later is left alone, and named": (
        there(key(OLD, DAY), key(THIRD, HOUR), stored=OLD, requested=requested(DAY, OLD, done=True)),
        Plan(notes=(somebody_elses(THIRD, "2026-06-15T11:00:00Z"),)),
    ),
    "and so is one that was made seconds after ours, whether it was used or not": (
        there(key(OLD, JUST_NOW), key(THIRD, JUST_NOW), stored=OLD, requested=requested(JUST_NOW, OLD, done=True)),
        Plan(notes=(somebody_elses(THIRD, "2026-06-15T11:59:40Z"),)),
    ),
    "the store holds the key that was asked for: another one is a person's, although it is not noted as done": (
        there(key(NEW, JUST_NOW), key(THIRD, JUST_NOW), stored=NEW, requested=requested(JUST_NOW)),
        Plan(notes=(somebody_elses(THIRD, "2026-06-15T11:59:40Z"),)),
    ),
    "a key that was there before the request is no orphan": (
        there(key(OLD, DAY), key(THIRD, JUST_NOW), stored=OLD, requested=requested(JUST_NOW, OLD, THIRD)),
        Plan(),
    ),
    "a key long after a request that nobody took up is a person's": (
        there(key(OLD, DAY), key(THIRD, HOUR), stored=OLD, requested=requested(2 * HOUR, OLD)),
        Plan(notes=(somebody_elses(THIRD, "2026-06-15T11:00:00Z"),)),
    ),
    "a run was killed before it deleted what an earlier one had left": (
        there(key(NEW, HOUR), requested=requested(JUST_NOW, leaving=(NEW,))),
        Plan(remove=(NEW,), make=True),
    ),
    "the caller keeps the key: it is there": (there(key(OLD, DAY), readable=False), Plan()),
    "the caller keeps the key: there is none": (there(readable=False), Plan(make=True)),
}
PROVISION_PROBLEMS = {
    "the secret is lost": (
        there(key(OLD, DAY, used=HOUR)),
        "bucket_access_user: partner has the key AKIAOLDEXAMPLE (active, made 2026-06-14T12:00:00Z, last used "
        "2026-06-15T11:00:00Z), whose secret is not in the store, and AWS does not tell it again: store it there if "
        "somebody has it, or set bucket_access_create_key to false; if nobody has it, run rotate to replace it.",
    ),
    "two keys, none stored": (
        there(key(OLD, DAY), key(NEW, HOUR, active=False), stored=THIRD),
        "bucket_access_user: partner has two keys, AKIAOLDEXAMPLE (active, made 2026-06-14T12:00:00Z, never used) and "
        "AKIANEWEXAMPLE (inactive, made 2026-06-15T11:00:00Z, never used), and neither is in the store: find out who "
        "holds them, delete the one that is not in use, then run rotate.",
    ),
    "two keys since the request, of which one is ours and nobody knows which": (
        there(key(NEW, JUST_NOW), key(THIRD, JUST_NOW), requested=requested(JUST_NOW)),
        "bucket_access_user: partner has two keys, AKIANEWEXAMPLE (active, made 2026-06-15T11:59:40Z, never used) and "
        "AKIATHIRDEXAMPLE (active, made 2026-06-15T11:59:40Z, never used), and neither is in the store: find out who "
        "holds them, delete the one that is not in use, then run rotate.",
    ),
    "another run is making a key": (there(key(NEW, JUST_NOW), busy=True), ANOTHER_RUN.format(user="partner")),
    "the stored key is inactive": (
        there(key(OLD, DAY, active=False), stored=OLD),
        "The key AKIAOLDEXAMPLE in the store is inactive: activate it in IAM, or run rotate to replace it.",
    ),
    "the store cannot be written": (
        there(obstacle="It is full."),
        "A key could not be kept in the store, so none was made: It is full.",
    ),
}
ROTATION = {
    "no key: one is made": (there(), Plan(make=True)),
    "the key in use is replaced": (there(key(OLD, DAY), stored=OLD), Plan(make=True, retire=OLD)),
    "a lost key is replaced": (there(key(OLD, DAY)), Plan(make=True, retire=OLD)),
    "an inactive stored key is replaced, and there is nothing to retire": (
        there(key(OLD, DAY, active=False), stored=OLD),
        Plan(make=True),
    ),
    "killed after the request: a key is made": (
        there(key(OLD, DAY), stored=OLD, requested=requested(JUST_NOW, OLD)),
        Plan(make=True, retire=OLD),
    ),
    "killed after the key was made: it is deleted and another made": (
        there(key(OLD, DAY), key(NEW, JUST_NOW, used=JUST_NOW), stored=OLD, requested=requested(JUST_NOW, OLD)),
        Plan(remove=(NEW,), make=True, retire=OLD),
    ),
    "killed after the key was stored: the old one is retired": (
        there(key(OLD, DAY), key(NEW, JUST_NOW), stored=NEW, requested=requested(JUST_NOW, OLD)),
        Plan(retire=OLD),
    ),
    "finished: the next one deletes the retired key first, and warns that its grace is not over": (
        there(key(OLD, 2 * DAY, active=False), key(NEW, HOUR), stored=NEW, retired=retired(HOUR, OLD)),
        Plan(remove=(OLD,), make=True, retire=NEW, warnings=(NO_WAY_BACK,)),
    ),
    "finished a grace ago: the next one deletes the retired key without a warning": (
        there(key(OLD, 3 * DAY, active=False), key(NEW, DAY), stored=NEW, retired=retired(GRACE, OLD)),
        Plan(remove=(OLD,), make=True, retire=NEW),
    ),
}
SCHEDULED = {
    "due": (there(key(OLD, 91 * DAY), stored=OLD), Plan(make=True, retire=OLD)),
    "not due": (
        there(key(OLD, 60 * DAY), stored=OLD),
        Plan(notes=("The key AKIAOLDEXAMPLE is not due before 2026-07-15T12:00:00Z.",)),
    ),
    "not due, and the grace of the retired key is over": (
        there(key(OLD, 99 * DAY, active=False), key(NEW, 60 * DAY), stored=NEW, retired=retired(25 * HOUR, OLD)),
        Plan(remove=(OLD,), notes=("The key AKIANEWEXAMPLE is not due before 2026-07-15T12:00:00Z.",)),
    ),
    "not due, and the grace of the retired key is not over": (
        there(key(OLD, 99 * DAY, active=False), key(NEW, 60 * DAY), stored=NEW, retired=retired(23 * HOUR, OLD)),
        Plan(notes=("The key AKIANEWEXAMPLE is not due before 2026-07-15T12:00:00Z.",)),
    ),
    "an interrupted rotation is finished although the new key is not due": (
        there(key(OLD, 91 * DAY), key(NEW, JUST_NOW), stored=NEW, requested=requested(JUST_NOW, OLD, NEW, done=True)),
        Plan(retire=OLD),
    ),
}
ROTATION_PROBLEMS = {
    "an inactive key that we have not retired is a person's": (
        there(key(OLD, 99 * DAY, active=False), key(NEW, 60 * DAY), stored=NEW, retired=retired(DAY, THIRD)),
        "has the key AKIAOLDEXAMPLE (inactive, made 2026-03-08T12:00:00Z, never used), which somebody else made or "
        "deactivated, and a new key needs its place",
    ),
    "another run is making a key": (there(key(OLD, DAY), stored=OLD, busy=True), "is making a key for partner"),
    "two keys, none stored": (there(key(OLD, DAY), key(NEW, HOUR)), "has two keys"),
    "a younger key that is not stored": (
        there(key(OLD, DAY), key(NEW, HOUR), stored=OLD),
        "which is not in the store, beside",
    ),
    "a key of the same second that is not stored": (
        there(key(OLD, HOUR), key(NEW, HOUR), stored=OLD),
        "which is not in the store, beside",
    ),
    "the stored key is inactive and another active": (
        there(key(OLD, DAY), key(NEW, HOUR, active=False), stored=NEW),
        "which is not in the store, beside",
    ),
    "nobody tells which key is in use": (
        there(key(OLD, DAY), readable=False),
        "give the key that the last run handed over",
    ),
    "the store cannot be written": (
        there(key(OLD, DAY), stored=OLD, obstacle="It is full."),
        "so none was made: It is full.",
    ),
}


@pytest.mark.parametrize("case", PROVISION)
def test_provision(case: str) -> None:
    found, plan = PROVISION[case]
    assert plan_provision(found) == plan


@pytest.mark.parametrize("case", PROVISION_PROBLEMS)
def test_provision_stops_with_a_sentence(case: str) -> None:
    found, sentence = PROVISION_PROBLEMS[case]
    assert plan_provision(found) == Plan(sentence)


@pytest.mark.parametrize("case", ROTATION)
def test_rotation(case: str) -> None:
    found, plan = ROTATION[case]
    assert plan_rotation(found, after_days=0, grace=GRACE) == plan


@pytest.mark.parametrize("case", SCHEDULED)
def test_scheduled_rotation(case: str) -> None:
    found, plan = SCHEDULED[case]
    assert plan_rotation(found, after_days=90, grace=GRACE) == plan


@pytest.mark.parametrize("case", ROTATION_PROBLEMS)
def test_rotation_stops_with_a_sentence(case: str) -> None:
    found, part = ROTATION_PROBLEMS[case]
    plan = plan_rotation(found, after_days=0, grace=GRACE)
    assert part in plan.problem
    assert not plan.changes


def test_without_grace_the_old_key_goes_at_once() -> None:
    plan = plan_rotation(there(key(OLD, DAY), stored=OLD), after_days=0, grace=timedelta(0))
    assert plan == Plan(make=True, retire=OLD, remove_retired=True)


def test_an_old_key_that_is_still_in_use_is_named() -> None:
    plan = plan_rotation(there(key(OLD, DAY, used=HOUR), stored=OLD), after_days=0, grace=GRACE)
    assert plan.notes == (
        "The old key AKIAOLDEXAMPLE was used 2026-06-15T11:00:00Z: whoever still has a copy of it is locked out now.",
    )


def test_no_plan_deletes_an_active_key_that_a_store_may_hold() -> None:
    """Every situation of up to two keys: only orphans are deleted while they are active, and never the stored key."""
    ages = [JUST_NOW, HOUR, 3 * DAY]
    for first in ages:
        for second in ages:
            for active in [(True, True), (True, False), (False, True), (False, False)]:
                for stored in ("", OLD, NEW):
                    keys = (key(OLD, first, active[0]), key(NEW, second, active[1]))
                    plan = plan_rotation(there(*keys, stored=stored), after_days=1, grace=GRACE)
                    assert stored not in plan.remove
                    assert not [one.id for one in keys if one.active and one.id in plan.remove]
                    assert plan.retire != stored or plan.make or not stored
