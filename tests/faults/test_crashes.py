# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A power cut in the middle of a verb, and the next run: a few here, a hundred in ``make faults``."""

from __future__ import annotations

from pathlib import Path

from bench import Bench, fault
from cells import Cell, crashes
from matrix import Matrix

#: Where it hurts: a role that is half gone.
MOMENTS = (Cell("teardown", "SIGKILL after DeleteRolePolicy", (fault("kill-after", operation="DeleteRolePolicy"),)),)


def test_the_next_run_converges(bench: Bench, tmp_path: Path) -> None:
    matrix = Matrix(bench, bench.lanes[:-1], tmp_path)
    results = matrix.run_all(list(MOMENTS), lambda result: print(result.line()))
    assert [result.end for result in results] == ["killed"]
    assert [result.line() for result in results if result.broken] == []


def test_moments_are_random_within_the_run_and_the_same_for_a_seed() -> None:
    chosen = crashes("verify", 70, 30, seed=1)
    assert chosen == crashes("verify", 70, 30, seed=1) != crashes("verify", 70, 30, seed=2)
    numbers = [cell.faults[0]["on"][0] for cell in chosen]
    assert len(set(numbers)) > 10
    assert all(1 <= number <= 70 for number in numbers)
    assert {cell.faults[0]["kind"] for cell in chosen} == {"kill", "kill-after"}
