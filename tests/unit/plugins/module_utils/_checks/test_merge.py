# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the audit found takes the place of guesses, where the catalogue says that it explains them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._checks.merge import merged

MISSING, EXCESS = "missing_access", "excess_access"

CASES = [
    ("role.read", MISSING, "config.role.permissions", MISSING, True),
    ("role.read", MISSING, "config.role.permissions", EXCESS, False),
    ("role.read", MISSING, "config.user.exists", MISSING, False),
    ("role.read", "pass", "config.role.permissions", MISSING, False),
    ("role.assume", MISSING, "config.user.keys", MISSING, True),
    ("role.write@internal", EXCESS, "config.role.permissions", EXCESS, True),
    ("user.read", EXCESS, "config.user.groups", EXCESS, True),
    ("user.identity", MISSING, "config.user.groups", MISSING, False),
    ("trust.outsider", EXCESS, "config.role.trust", EXCESS, True),
    ("trust.longer_session", EXCESS, "config.role.trust", EXCESS, False),
    ("outsider.identity", MISSING, "config.role.trust", MISSING, False),
    ("robot.dance", MISSING, "config.role.permissions", MISSING, False),
]


@pytest.mark.parametrize("case", CASES)
def test_a_finding_explains_a_failure_of_its_kind(
    a_check: Any, a_result: Any, case: tuple[str, str, str, str, bool]
) -> None:
    probe, outcome, rule, found, explained = case
    finding = a_check(rule, found, cause="Found.", advice="Mend it.")
    result = merged(a_result(a_check(probe, outcome)), {"checks": [finding]})
    told = result["checks"][0]["cause"], result["checks"][0]["advice"]
    assert (told == ("Found.", "Mend it.")) is explained


def test_the_first_of_two_findings_explains(a_check: Any, a_result: Any) -> None:
    found = [a_check(f"config.role.{name}", MISSING, cause=name) for name in ("permissions", "boundary")]
    result = merged(a_result(a_check("role.read", MISSING)), {"checks": found})
    assert [check["cause"] for check in result["checks"]] == ["permissions", "permissions", "boundary"]


def test_the_verdict_is_that_of_both(a_check: Any, a_result: Any) -> None:
    result = merged(a_result(a_check("role.read")), {"checks": [a_check("config.user.groups", EXCESS)]})
    assert (result["verdict"], result["summary"]["pass"], result["summary"][EXCESS]) == ("violated", 1, 1)
