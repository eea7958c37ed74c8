# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stale read is no finding, and a finding that stays is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Configuration
from ansible_collections.assumerole.s3.plugins.module_utils._verification.comparing import Compared, compared
from ansible_collections.assumerole.s3.plugins.module_utils._verification.convergence import Patience
from ansible_collections.assumerole.s3.tests.unit.plugins.module_utils._verification.fake_clock import FakeClock


def reading(outcomes: str) -> Compared:
    """One check a letter: of what is as it must be, less, more, unreadable, more of another kind, and passing."""
    means = {"p": "pass", "m": "missing_access", "x": "excess_access", "y": "excess_access"}
    checks: list[Any] = [
        {
            "id": f"config.{place}",
            "outcome": means.get(letter, "inconclusive"),
            "observed": "",
            "cause": letter,
            "advice": "",
        }
        for place, letter in enumerate(outcomes)
    ]
    passing = frozenset(f"config.{place}" for place, letter in enumerate(outcomes) if letter == "u")
    return Compared(Configuration(), checks, passing)


def run(script: list[str], seconds: float, takes: float = 0.0) -> tuple[str, int, list[float], list[float]]:
    """The outcomes at the end, how often it was read, the pauses, and what was told to be left."""
    clock, told, reads = FakeClock(), list[float](), list[str]()

    def compare() -> Compared:
        reads.append(script[min(len(reads), len(script) - 1)])
        clock.now += takes
        return reading(reads[-1])

    def tell(left: float, waited_for: Mapping[str, Any]) -> None:
        assert waited_for
        told.append(left)

    last = compared(compare, lambda _found: Patience(seconds, tell, clock))
    letters = {"pass": "p", "missing_access": "m", "excess_access": "x", "inconclusive": "i"}
    return "".join(letters[check["outcome"]] for check in last.checks), len(reads), clock.slept, told


READINGS = [
    (["pp"], 120, "pp", 1, []),
    (["pi"], 120, "pi", 1, []),
    (["pm", "pp"], 120, "pp", 2, [1]),
    (["pu", "pp"], 120, "pp", 2, [1]),
    (["pu"], 10, "pi", 5, [1, 2, 4, 3]),
    (["pu"], 0, "pi", 1, []),
    (["px", "px", "px", "px", "pp"], 120, "pp", 5, [1, 2, 4, 5]),
    (["px"], 10, "px", 5, [1, 2, 4, 3]),
    (["mx"], 120, "mx", 27, [1, 2, 4, *[5] * 22, 3]),
    (["px"], 1, "px", 3, [1]),
    (["px"], 0, "px", 1, []),
    (["px", "mp", "px", "mp", "px"], 10, "pi", 5, [1, 2, 4, 3]),
    (["x", "x", "x", "x", "y"], 10, "i", 5, [1, 2, 4, 3]),
    (["xm", "xm", "xp"], 10, "xp", 5, [1, 2, 4, 3]),
    (["xp", "xp", "xp", "xp", "xm"], 10, "xi", 5, [1, 2, 4, 3]),
]


@pytest.mark.parametrize(("script", "seconds", "end", "reads", "pauses"), READINGS)
def test_findings_are_read_again_while_propagation_can_explain_them(
    script: list[str], seconds: float, end: str, reads: int, pauses: list[float]
) -> None:
    found = run(script, seconds)
    assert found[:3] == (end, reads, pauses)
    assert len(found[3]) == len(pauses)


def test_a_slow_endpoint_is_read_three_times_all_the_same() -> None:
    assert run(["x"], 10, takes=60.0)[:3] == ("x", 3, [1])


def test_what_was_read_before_the_deadline_is_read_again_after_it() -> None:
    """Readings of a minute: the third begins before the deadline and ends after it."""
    assert run(["x", "x", "x", "p"], 100, takes=60.0)[:2] == ("p", 4)
