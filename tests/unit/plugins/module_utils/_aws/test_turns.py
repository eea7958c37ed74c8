# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.turns import MOST_WAITING, next_turn

NOW = 1_800_000_000.25
HOUR = 3600.0


def test_the_first_has_its_turn_at_once_and_each_other_an_interval_later() -> None:
    noted, waits = "", []
    for _request in range(4):
        wait, noted = next_turn(noted, NOW, 0.5)
        waits.append(wait)
    assert waits == [0.0, 0.5, 1.0, 1.5]


def test_what_comes_later_waits_for_the_rest_alone() -> None:
    _wait, noted = next_turn("", NOW, 2.0)
    assert next_turn(noted, NOW + 0.5, 2.0)[0] == 1.5


def test_turns_that_nobody_took_are_no_credit() -> None:
    """After a pause there is no burst."""
    _wait, noted = next_turn("", NOW, 0.5)
    later, noted = next_turn(noted, NOW + HOUR, 0.5)
    assert (later, next_turn(noted, NOW + HOUR, 0.5)[0]) == (0.0, 0.5)


def test_where_the_clock_was_set_back_the_queue_is_as_long_as_it_was() -> None:
    noted = ""
    for _request in range(3):
        _wait, noted = next_turn(noted, NOW, 0.5)
    wait, noted = next_turn(noted, NOW - HOUR, 0.5)
    assert wait == 1.5
    assert next_turn(noted, NOW - HOUR, 0.5)[0] == 2.0


def test_where_the_clock_was_set_forward_nobody_waits() -> None:
    _wait, noted = next_turn("", NOW, 0.5)
    assert next_turn(noted, NOW + 24 * HOUR, 0.5)[0] == 0.0


NONSENSE = [
    "",
    "soon",
    "1",
    "1 2 3",
    "nan nan",
    f"{NOW} inf",
    f"-inf {NOW}",
    "\ufffd \ufffd",
    f"{NOW} {NOW + 24 * HOUR}",
]


@pytest.mark.parametrize("noted", NONSENSE)
def test_what_cannot_be_a_queue_keeps_nobody_waiting(noted: str) -> None:
    wait, said = next_turn(noted, NOW, 0.5)
    assert wait == 0.0
    assert next_turn(said, NOW, 0.5)[0] == 0.5


def test_the_longest_queue_is_one_still() -> None:
    longest = MOST_WAITING * 0.5
    assert next_turn(f"{NOW} {NOW + longest}", NOW, 0.5)[0] == longest


def test_two_limits_of_one_queue_are_each_kept_after_the_other() -> None:
    _wait, noted = next_turn("", NOW, 2.0)
    wait, noted = next_turn(noted, NOW, 0.1)
    assert (wait, round(next_turn(noted, NOW, 2.0)[0], 6)) == (2.0, 2.1)
