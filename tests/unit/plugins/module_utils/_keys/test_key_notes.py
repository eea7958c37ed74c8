# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._keys.notes import (
    Note,
    Retired,
    is_under_way,
    note_in,
)

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)
WRITER = "0123abcd-4711-89abcdef"
NOTES = {
    "open 2026-06-15T12:00:00Z": Note(NOW, done=False),
    "done 2026-06-15T12:00:00Z AKIA1 AKIA2": Note(NOW, ("AKIA1", "AKIA2")),
    f"open 2026-06-15T12:00:00Z {WRITER}": Note(NOW, (), False, WRITER),
    f"open 2026-06-15T12:00:00Z {WRITER} AKIA1 -AKIA2": Note(NOW, ("AKIA1",), False, WRITER, ("AKIA2",)),
    "done 2026-06-15T12:00:00Z AKIA1 +AKIA1": Note(NOW, ("AKIA1",), made="AKIA1"),
    "done 2026-06-15T12:00:00Z AKIA1 AKIA2 +AKIA2 =AKIA1 @2026-06-15T12:01:00Z": Note(
        NOW, ("AKIA1", "AKIA2"), made="AKIA2", retired=Retired(("AKIA1",), NOW + MINUTE)
    ),
}


@pytest.mark.parametrize("text", NOTES)
def test_a_note_is_read_as_it_was_written(text: str) -> None:
    assert note_in(text) == NOTES[text]
    assert str(NOTES[text]) == text


@pytest.mark.parametrize(
    "value", ["", None, "open", "open yesterday", "perhaps 2026-06-15T11:59:40Z", "open 2026-06-15T11:59:40"]
)
def test_a_tag_of_somebody_else_says_nothing(value: object) -> None:
    assert note_in(value) is None


def test_a_note_is_a_value_that_iam_takes() -> None:
    one, other = ("AKIA" + letter * 16 for letter in "AB")
    both = Retired((one, other), NOW)
    longest = Note(NOW, (one,), False, "0123abcd-4194304-89abcdef", (other,), one, both)
    assert note_in(longest) == longest
    assert len(str(longest)) == 182, "IAM takes 256"
    assert set(str(longest)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 _.:/=+-@")


@pytest.mark.parametrize("words", ["=AKIA1", "@2026-06-15T12:00:00Z", "=AKIA1 @yesterday"])
def test_half_a_retirement_is_none(words: str) -> None:
    note = note_in(f"done 2026-06-15T12:00:00Z AKIA1 {words}")
    assert note == Note(NOW, ("AKIA1",))


def test_of_a_retirement_what_is_left_of_its_keys_is_known_still() -> None:
    gone = Retired(("AKIA1", "AKIA2"), NOW)
    assert gone.among(("AKIA2", "AKIA3")) == Retired(("AKIA2",), NOW)
    assert gone.among(("AKIA3",)) is None


@pytest.mark.parametrize(("minutes", "changed"), [(-1, NOW), (1, NOW + MINUTE)])
def test_the_last_change_of_keys_is_the_later_of_making_and_retiring(minutes: int, changed: datetime) -> None:
    assert Note(NOW, retired=Retired(("AKIA1",), NOW + minutes * MINUTE)).changed == changed
    assert Note(NOW).changed == NOW


def test_the_process_is_told_on_its_own_machine_alone() -> None:
    note = Note(NOW, (), False, WRITER)
    assert note.process_on("0123abcd") == 4711
    assert note.process_on("ffffffff") is None
    assert Note(NOW).process_on("0123abcd") is None


UNDER_WAY = [
    # (minutes old, done, whether its process runs here, whether it is under way)
    (1, True, True, False),
    (1, False, True, True),
    (1, False, False, False),
    (1, False, None, True),
    (9, False, None, True),
    (11, False, None, False),
    (11, False, True, True),
    (61, False, True, False),
    (61, False, False, False),
]


@pytest.mark.parametrize(("age", "done", "runs_here", "expected"), UNDER_WAY)
def test_a_run_is_waited_for_while_it_may_live(age: int, done: bool, runs_here: bool | None, expected: bool) -> None:
    assert is_under_way(Note(NOW - age * MINUTE, (), done, WRITER), NOW, runs_here) is expected


def test_without_a_note_nothing_is_under_way() -> None:
    assert not is_under_way(None, NOW, True)
