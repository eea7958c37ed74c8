# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One enforcing emulator for all mutations, and the score at the end."""

from __future__ import annotations

from collections.abc import Iterator
import re

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._verification import convergence
from lab.emulator import Emulator
from lab.fixtures import enforcing, nobodys_aws
from mutations.catalogue import EXCESS, HARMLESS, MISSING, UNTOLD
from mutations.sound import shut

__all__ = ["enforcing", "nobodys_aws"]


#: What the kinds of mutations are called in the score.
SCORES = {"harmful": (EXCESS, MISSING), "harmless": (HARMLESS,), "that cannot be told": (UNTOLD,)}


@pytest.fixture(autouse=True)
def one_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulator gives every round the same answers; that three are asked for is tested elsewhere."""
    monkeypatch.setattr(convergence, "NEEDED", 1)


@pytest.fixture
def shut_afterwards(enforcing: Emulator) -> Iterator[None]:
    """All worlds are in one account, where a role that lets everybody in is a finding for every other contract."""
    yield
    shut(enforcing)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many mutations were judged rightly, of those that harm, that do not, and that cannot be told."""
    judged = {
        report.nodeid: outcome
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        if "test_mutations.py::test_verdict[" in report.nodeid
    }
    for called, kinds in SCORES.items():
        outcomes = [outcome for name, outcome in judged.items() if re.split(r"[\[-]", name)[1] in kinds]
        if outcomes:
            right = outcomes.count("passed")
            terminalreporter.line(f"mutation score: {right} of {len(outcomes)} {called} ({right / len(outcomes):.0%})")
