# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tries the collection with every supported combination of versions, and prints the table that the README quotes.

    python tests/versions/run.py [ROW ...]

A row is called 2.17-oldest. Two rows run at a time; what a check printed is in ``.state/versions/ROW-CHECK.log``.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
import os
from pathlib import Path
import subprocess
import sys
import time

from environments import Trouble, environment
from supported import CHECKOUT, EXCHANGE, ROWS, SANITY, SCENARIO, UNITS, Outcomes, Row, checks, table

LOGS = CHECKOUT / ".state" / "versions"
LANES = 2

#: Where the lab is that this check is built upon, and the collection.
EXCHANGES_PATH = "PYTHONPATH=.collections:tests"


def main(names: list[str]) -> int:
    """The table, and 1 when anything failed."""
    rows = [row for row in ROWS if not names or row.name in names]
    LOGS.mkdir(parents=True, exist_ok=True)
    outcomes: Outcomes = {}
    with ThreadPoolExecutor(LANES) as pool:
        for found in pool.map(try_row, rows):
            outcomes.update(found)
    print(table(outcomes))
    return 0 if outcomes and all(outcomes.values()) else 1


def try_row(row: Row) -> Outcomes:
    """Every check of one row, one after the other."""
    try:
        programs = environment(row)
    except Trouble as trouble:
        print(f"{row.name}: {trouble}", file=sys.stderr)
        return {(row.name, check): False for check in checks(row)}
    return {(row.name, check): passes(row, check, programs) for check in checks(row)}


def passes(row: Row, check: str, programs: Path) -> bool:
    """Whether a check passed."""
    log, start = LOGS / f"{row.name}-{check}.log", time.monotonic()
    with log.open("w") as output:
        done = subprocess.run(
            command(row, check, programs), check=False, cwd=CHECKOUT, env=_env(programs), stdout=output, stderr=output
        )
    passed = done.returncode == 0
    said = ending(check, log) if passed else f"ended with {done.returncode}: see {log.relative_to(CHECKOUT)}"
    print(f"{row.name:12} {check:9} {time.monotonic() - start:5.0f} s  {said}", file=sys.stderr, flush=True)
    return passed


def command(row: Row, check: str, programs: Path) -> list[str]:
    """What runs a check."""
    return {
        UNITS: [str(programs / "python"), "-m", "pytest", "-q", "tests/unit", "tests/property"],
        SCENARIO: [sys.executable, "tests/versions/scenario.py", str(programs), row.name],
        EXCHANGE: ["env", EXCHANGES_PATH, sys.executable, "tests/versions/exchange.py", str(programs)],
        SANITY: ["tests/ansible_test.sh", f".build/ansible-test-{row.name}", SANITY],
    }[check]


def ending(check: str, log: Path) -> str:
    """How a check that passed ended; pytest says in its last line how many tests there were."""
    return log.read_text().splitlines()[-1] if check == UNITS else "passed"


def _env(programs: Path) -> dict[str, str]:
    """The caller's, without what leads AWS and Ansible elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ANSIBLE_"))}
    ansible_home = {"ANSIBLE_HOME": str(CHECKOUT / ".build" / "ansible")}
    return {**kept, **ansible_home, "PATH": os.pathsep.join([str(programs), kept["PATH"]])}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
