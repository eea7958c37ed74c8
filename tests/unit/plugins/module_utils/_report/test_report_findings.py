# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._report.findings import findings, grouped


def test_excess_comes_first_then_missing_then_what_could_not_be_told(a_check: Any) -> None:
    checks = [a_check("a", "inconclusive"), a_check("b", "missing_access"), a_check("c"), a_check("d", "excess_access")]
    assert [outcome for outcome, _cause, _advice in grouped(checks)] == [
        "excess_access",
        "missing_access",
        "inconclusive",
    ]


def test_one_cause_is_one_finding_and_names_every_check(a_check: Any) -> None:
    checks = [a_check(name, "excess_access") for name in ("a", "b")] + [a_check("c", "excess_access", cause="Another.")]
    assert [[check["id"] for check in some] for some in grouped(checks).values()] == [["a", "b"], ["c"]]


def test_a_finding_says_why_and_what_to_do_and_which_checks(a_report: Any, a_check: Any) -> None:
    made = findings(a_report(a_check("role.read", "missing_access"), a_check("role.list")))
    for text in ("Missing access", "A cause.", "An advice.", "<code>role.read</code>", "The role can read below team/"):
        assert text in made
    assert "role.list" not in made


def test_that_there_is_nothing_to_find_is_said(a_report: Any) -> None:
    assert "There are none: every check passed." in findings(a_report())


def test_a_finding_that_nobody_explains_says_so(a_report: Any, a_check: Any) -> None:
    assert "AWS does not say why." in findings(a_report(a_check("x", "inconclusive", cause="", advice="")))
