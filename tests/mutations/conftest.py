# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One enforcing emulator for all mutations, and the score at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import json
import os
from pathlib import Path
import subprocess
import sys

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._verification import convergence

EMULATOR = Path(__file__).resolve().parent.parent / "emulators" / "emulator.py"


@pytest.fixture(scope="session")
def env(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """The enforcing emulator's environment."""
    state = tmp_path_factory.mktemp("enforcing") / "state"
    clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    subprocess.run([sys.executable, str(EMULATOR), "start", "enforcing", str(state)], check=True, env=clean)
    try:
        yield json.loads((state / "env.json").read_text())
    finally:
        subprocess.run([sys.executable, str(EMULATOR), "stop", str(state)], check=True)


@pytest.fixture(autouse=True)
def one_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulator gives every round the same answers; that three are asked for is tested elsewhere."""
    monkeypatch.setattr(convergence, "NEEDED", 1)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many mutations were judged rightly, of those that harm and of those that do not."""
    judged = {
        report.nodeid: outcome
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        if "test_mutations.py::test_verdict[" in report.nodeid
    }
    for kind, harmless in (("harmful", False), ("harmless", True)):
        outcomes = [outcome for name, outcome in judged.items() if ("[harmless-" in name) == harmless]
        if outcomes:
            right = outcomes.count("passed")
            terminalreporter.line(f"mutation score: {right} of {len(outcomes)} {kind} ({right / len(outcomes):.0%})")
