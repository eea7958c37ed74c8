# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what is measured grows as what it is measured of: ten times as much takes ten times as long, and not more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: How many times as much the whole is as the part that is measured, too.
TIMES = 10
#: How much more than in proportion the whole may take.
SLACK = 1.15
#: How often each is measured: the least of several is what another process disturbed least.
ROUNDS = 3

Measured = tuple[float, Any]


def least(measure: Callable[[int], Measured], number: int) -> Measured:
    """The shortest of several rounds, with what it found."""
    return min((measure(number) for _round in range(ROUNDS)), key=lambda measured: measured[0])


def growth(part: float, whole: float) -> str:
    """The line that is printed of the seconds for a tenth, and for the whole."""
    times, most = whole / part, TIMES * SLACK
    return f"  {TIMES} times as much takes {times:.1f} times as long, at most {most:.1f}: " + (
        "PASS" if times <= most else "OVER"
    )
