# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._report.states import STATES, badge, state

WORST = [
    ([("pass", "allowed")], "works"),
    ([("pass", "denied")], "refused"),
    ([("pass", "denied"), ("pass", "allowed")], "works"),
    ([("pass", "allowed"), ("inconclusive", "denied")], "unknown"),
    ([("inconclusive", "allowed"), ("missing_access", "allowed")], "missing"),
    ([("missing_access", "allowed"), ("excess_access", "denied"), ("pass", "denied")], "excess"),
]


@pytest.mark.parametrize(("checks", "name"), WORST)
def test_the_worst_of_the_checks_counts(a_check: Any, checks: list[tuple[str, str]], name: str) -> None:
    assert state([a_check("x", outcome, expected=expected) for outcome, expected in checks]).name == name


@pytest.mark.parametrize("shown", STATES)
def test_a_state_is_always_a_word_and_never_a_colour_alone(shown: Any) -> None:
    assert f"<span>{shown.word}</span>" in badge(shown)
