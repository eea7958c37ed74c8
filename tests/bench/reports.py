# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the index of a fleet's reports takes, with metrics and a log, for a large fleet, and for a tenth of it.

    python tests/bench/reports.py [CONTRACTS]

The reports are made first; what is measured is reading them and writing the index.
"""

from __future__ import annotations

from datetime import datetime, timezone
import json
from pathlib import Path
import sys
import tempfile
import time
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._report.report import as_reported, report
from ansible_collections.assumerole.s3.plugins.modules.access_report_index import Run, keep_index
from lab.world import contract_of

Json = dict[str, Any]

CONTRACTS = 1000
#: Of one contract: as many as an audited verification of one place has.
CHECKS = 40
#: CPU seconds that it may take at most.
MOST = 2

ACCOUNT = "123456789012"
NOW = datetime.now(timezone.utc).isoformat(timespec="seconds")


def check(number: int, role: str) -> Json:
    """One that passed, as access_check returns it."""
    return {
        "id": f"role.check-{number}",
        "principal": "role",
        "action": "s3:GetObject",
        "resource": f"arn:aws:s3:::example-{role}/team/.access-check-{number}-0123abcd-4711-9f86d081884c7d65",
        "expected": "denied",
        "observed": "denied",
        "evidence": "asked",
        "outcome": "pass",
        "error": {"code": "AccessDenied", "message": f"{role} is not authorized to perform this action " * 3},
        "cause": "",
        "advice": "",
        "attempts": 3,
        "elapsed_ms": 310,
        "request_id": "4f7a1c9e-0000-4000-8000-example",
        "time": NOW,
    }


def made(number: int) -> Json:
    """A report of one contract."""
    name = f"partner-{number}"
    contract = contract_of(user=name, role=f"{name}-exchange", bucket=f"example-{name}", prefix="team/")
    result = {
        "verdict": "verified",
        "enforced": True,
        "msg": f"{CHECKS} of {CHECKS} checks passed.",
        "caller": {"arn": f"arn:aws:iam::{ACCOUNT}:user/{name}"},
        "session": {"arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}-exchange/session"},
        "summary": {"pass": CHECKS, "missing_access": 0, "excess_access": 0, "inconclusive": 0},
        "checks": [check(check_number, name) for check_number in range(CHECKS)],
        "leftovers": [],
        "account_id": ACCOUNT,
    }
    return report(result, as_reported(contract), NOW)


def measured(contracts: int) -> tuple[float, float]:
    """CPU seconds, and megabytes that were read."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(contracts):
            place = Path(folder, "reports", f"partner-{number}")
            place.mkdir(parents=True)
            (place / "access-report.json").write_text(json.dumps(made(number), indent=2))
        size = sum(path.stat().st_size for path in Path(folder).rglob("*.json"))
        run = Run(alarms={"metrics_file": f"{folder}/access.prom", "log_file": f"{folder}/access.jsonl"})
        began = time.process_time()
        index = keep_index(f"{folder}/reports", 24, check_mode=False, run=run)
        seconds = time.process_time() - began
    if index["summary"]["verified"] != contracts:
        sys.exit(f"The index counts {index['summary']}, and not {contracts} verified contracts.")
    return seconds, size / 1e6


def lines(contracts: int = CONTRACTS) -> list[str]:
    """What is printed, a tenth of the fleet first."""
    told = []
    for number in (contracts // 10, contracts):
        seconds, megabytes = measured(number)
        told.append(f"  {number:5} reports of {CHECKS} checks, {megabytes:.0f} MB: {seconds:.2f} CPU s")
    return [*told, f"  at most {MOST} s: {'PASS' if seconds <= MOST else 'OVER'}"]


if __name__ == "__main__":
    print("\n".join(["Index of reports, with metrics and a log", *lines(*map(int, sys.argv[1:2]))]))
