# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last change of anything counts, and a rotation that is under way is no second key of somebody's."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Configuration, Reading
from ansible_collections.assumerole.s3.plugins.module_utils._keys.notes import KEYS_TAG, Note, Retired
from ansible_collections.assumerole.s3.plugins.module_utils._verification.changes import (
    KEYS,
    last_change,
    replaced_now,
    with_rotations,
)

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=timezone.utc)
MADE = NOW - timedelta(days=30)
OLD, NEW, THIRD = "AKIAOLDEXAMPLE000000", "AKIANEWEXAMPLE000000", "AKIATHIRDEXAMPLE0000"
WRITER = "0a1b2c3d-4711-9f86d081"


def ago(**since: float) -> datetime:
    return NOW - timedelta(**since)


def configuration(*keys: str, inactive: str = "", made: datetime | None = MADE, **tags: str) -> Configuration:
    """A user with these keys, all of one day, and these notes."""
    listed = [
        {"AccessKeyId": key, "Status": "Inactive" if key == inactive else "Active", "CreateDate": MADE} for key in keys
    ]
    names = {"requested": KEYS_TAG, "other": "team"}
    user: dict[str, Any] = {"Tags": [{"Key": names[name], "Value": value} for name, value in tags.items()]}
    if made:
        user["CreateDate"] = made
    yes = Answer(status=200)
    readings = {"user": user, "role": {"CreateDate": made} if made else None, "user.keys": listed if made else None}
    return Configuration({name: Reading(yes, data) for name, data in readings.items()})


REQUESTED = str(Note(ago(seconds=50), (OLD,), done=False, writer=WRITER))
CHANGES: list[tuple[dict[str, Any], str | None, datetime | None]] = [
    ({}, None, MADE),
    ({}, "2026-01-01T11:59:00Z", ago(minutes=1)),
    ({}, "2026-01-01T12:59:00+01:00", ago(minutes=1)),
    ({}, "2020-01-01T00:00:00Z", MADE),
    ({"requested": REQUESTED}, None, ago(seconds=50)),
    ({"requested": REQUESTED}, "2026-01-01T11:59:30Z", ago(seconds=30)),
    ({"requested": str(Note(ago(seconds=40), (OLD, NEW), made=NEW))}, None, ago(seconds=40)),
    ({"requested": str(Note(ago(hours=2), (NEW,), retired=Retired((OLD,), ago(seconds=20))))}, None, ago(seconds=20)),
    ({"requested": str(Note(ago(seconds=9), (NEW,), retired=Retired((OLD,), ago(hours=2))))}, None, ago(seconds=9)),
    ({"other": REQUESTED}, None, MADE),
    ({"requested": "nonsense"}, None, MADE),
    ({"made": None}, "2020-01-01T00:00:00Z", None),
    ({"made": None, "requested": REQUESTED}, None, None),
]


@pytest.mark.parametrize(("there", "noted", "changed"), CHANGES)
def test_the_last_change_is_the_youngest_that_anybody_knows_of(
    there: dict[str, Any], noted: str | None, changed: datetime | None
) -> None:
    found = last_change(configuration(OLD, **there), noted)
    assert (datetime.fromisoformat(found) if found else None) == changed


def note(seconds: float, *ids: str, done: bool = False, leaving: tuple[str, ...] = ()) -> str:
    return str(Note(ago(seconds=seconds), ids, done, WRITER, leaving))


#: The keys, the note, and whether a run that is under way explains that two are active.
ROTATIONS = [
    ((OLD, NEW), note(50, OLD), True),
    ((OLD, NEW), note(590, OLD), True),
    ((OLD, NEW), note(601, OLD), False),
    ((OLD, NEW), note(50, OLD, done=True), False),
    ((OLD, NEW), note(50, OLD, NEW), False),
    ((OLD, NEW), note(50), False),
    ((NEW, THIRD), note(50, OLD), False),
    ((OLD, NEW), note(50, OLD, leaving=(THIRD,)), True),
    ((OLD, NEW), "", False),
    ((OLD, NEW), "open yesterday", False),
    ((OLD,), note(50, OLD), False),
]


@pytest.mark.parametrize(("keys", "requested", "explained"), ROTATIONS)
def test_only_a_run_that_is_under_way_explains_a_second_key(
    keys: tuple[str, ...], requested: str, explained: bool
) -> None:
    assert bool(replaced_now(configuration(*keys, requested=requested), NOW)) is explained


def check(name: str, outcome: str) -> Any:
    cause = "The user has 2 active access keys." if outcome == "excess_access" else ""
    return {"id": name, "outcome": outcome, "cause": cause, "advice": ""}


def test_the_second_key_of_a_rotation_is_neither_found_nor_passed() -> None:
    checks = [check("config.user.groups", "excess_access"), check(KEYS, "excess_access")]
    other, second = with_rotations(checks, configuration(OLD, NEW, requested=REQUESTED), NOW)
    assert other == checks[0]
    assert second["outcome"] == "inconclusive"
    assert second["cause"] == (
        "The user has 2 active access keys, and a run that began at 2026-01-01T11:59:10Z is replacing one by the other."
    )
    assert "rotate" in second["advice"]


@pytest.mark.parametrize("outcome", ["pass", "missing_access", "inconclusive"])
def test_a_note_makes_nothing_else_of_the_check(outcome: str) -> None:
    checks = [check(KEYS, outcome)]
    assert with_rotations(checks, configuration(OLD, NEW, requested=REQUESTED), NOW) == checks


def test_without_a_note_two_keys_are_found() -> None:
    checks = [check(KEYS, "excess_access")]
    assert with_rotations(checks, configuration(OLD, NEW), NOW) == checks
