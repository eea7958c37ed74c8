# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One enforcing emulator for all mutations, and the score at the end."""

from __future__ import annotations

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._verification import convergence
from lab.fixtures import enforcing, nobodys_aws

__all__ = ["enforcing", "nobodys_aws"]


@pytest.fixture(autouse=True)
def one_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulator gives every round the same answers; that three are asked for is tested elsewhere."""
    monkeypatch.setattr(convergence, "NEEDED", 1)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many mutations were judged rightly, of those that harm, those that do not, and others."""
    judged = {
        report.nodeid: outcome
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        if "test_mutations.py::test_verdict[" in report.nodeid
    }
    beginnings = {
        "harmful": ("excess_access", "missing_access"),
        "harmless": ("harmless",),
        "untold": ("inconclusive",),
    }
    for kind, names in beginnings.items():
        outcomes = [outcome for name, outcome in judged.items() if any(f"[{beginning}-" in name for beginning in names)]
        if outcomes:
            right = outcomes.count("passed")
            terminalreporter.line(f"mutation score: {right} of {len(outcomes)} {kind} ({right / len(outcomes):.0%})")
