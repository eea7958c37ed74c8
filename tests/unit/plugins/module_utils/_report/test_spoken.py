# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What verify prints: findings first, each cause once, and what passed in one line."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._checks.check import OUTCOMES
from ansible_collections.assumerole.s3.plugins.module_utils._report.spoken import spoken, spoken_together


def result(verdict: str, *checks: dict[str, Any]) -> dict[str, Any]:
    counts = Counter(check["outcome"] for check in checks)
    return {"verdict": verdict, "checks": list(checks), "summary": {name: counts[name] for name in OUTCOMES}}


def test_the_finding_comes_before_what_passed_and_worse_before_less(a_check: Any) -> None:
    unknown = a_check("role.write", "inconclusive", cause="AWS was too busy.", advice="Verify again.")
    excess = a_check("user.read", "excess_access", cause="A policy.", advice="Remove it.", principal="user")
    passed = [a_check("role.read"), a_check("role.list"), a_check("config.role.trust", evidence="read")]
    lines = spoken(result("violated", *passed, unknown, excess))
    assert lines[0] == "verdict: violated (3 pass, 1 excess access, 1 cannot tell; nobody asked over plain HTTP)"
    assert lines[1:3] == ["  excess access: A policy.", "    what to do: Remove it."]
    assert lines[3].startswith("    user.read: ")
    assert lines[4:6] == ["  cannot tell: AWS was too busy.", "    what to do: Verify again."]
    assert lines[-1] == "  3 pass: role 2, configuration 1 (-v shows each)"


def test_a_cause_is_named_once_however_many_checks_have_it(a_check: Any) -> None:
    checks = [a_check("user.read", "inconclusive", cause="No IAM here.", advice="Use AWS.") for _number in range(5)]
    assert spoken(result("inconclusive", *checks)) == [
        "verdict: inconclusive (5 cannot tell; the configuration was not compared; nobody asked over plain HTTP)",
        "  cannot tell: No IAM here.",
        "    what to do: Use AWS.",
        "    5 checks: user.read, user.read, user.read, user.read, user.read",
    ]


def test_of_a_cause_that_nobody_knows_that_is_said(a_check: Any) -> None:
    (_verdict, cause, seen) = spoken(result("violated", a_check("user.read", "excess_access", cause="", advice="")))
    assert cause == "  excess access: AWS does not say why."
    assert seen.startswith("    user.read: ")


def test_the_whole_has_a_line_for_each_check(a_check: Any) -> None:
    lines = spoken(result("verified", a_check("role.read"), a_check("role.list")), whole=True)
    assert [line.split()[1] for line in lines[1:]] == ["role.read", "role.list"]


@pytest.mark.parametrize("verdicts", [["verified", "violated", "", "inconclusive"]])
def test_the_worst_contract_comes_first_and_one_that_was_not_judged_is_no_good_news(verdicts: list[str]) -> None:
    results = {f"host-{number}": {"verdict": name, **COUNTS} if name else {} for number, name in enumerate(verdicts)}
    assert [line.split()[:2] for line in spoken_together(results)] == [
        ["host-1", "violated"],
        ["host-2", "not"],
        ["host-3", "inconclusive"],
        ["host-0", "verified"],
    ]


COUNTS: dict[str, Any] = {"summary": {"pass": 1}, "checks": []}
