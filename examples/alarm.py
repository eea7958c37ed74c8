# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The worst finding of all reports below a folder, as an exit code that a job can ring by.

alarm.py [FOLDER]      FOLDER is bucket_access_report_index_dir, or reports

Ends with 3 where there is excess access, 2 where there is missing access, 1 where something could not be told, or there
is no report at all, or this script could not do its work, and 0 only when every contract is verified. It reads all
reports, and the index, which knows of contracts without one. It needs nothing but Python.
"""

from __future__ import annotations

import json
from pathlib import Path
import sys
from typing import Any

CANNOT_TELL = 1
GRAVITY = {"pass": 0, "inconclusive": CANNOT_TELL, "missing_access": 2, "excess_access": 3}


def main(folder: str = "reports", *others: str) -> int:
    """Print each contract with its findings; the exit code."""
    if others or folder.startswith("-"):
        print("alarm.py takes one folder, and no option.")
        return CANNOT_TELL
    index = Path(folder) / "access-report-index.json"
    try:
        known = indexed(index)
    except (OSError, ValueError, LookupError, TypeError) as error:
        print(f"{index}: the index cannot be read ({type(error).__name__}), so nothing is proven")
        known = {index: {}}
    found = sorted({*Path(folder).glob("**/access-report.json"), *known})
    if not found:
        print(f"There is no report below {folder}, so nothing is proven.")
    return max((bad(path, known.get(path, {})) for path in found), default=CANNOT_TELL)


def indexed(path: Path) -> dict[Path, dict[str, Any]]:
    """What the index knows of the reports, and of those that should be there; nothing where there is no index."""
    text = path.read_text(encoding="utf-8") if path.exists() else '{"contracts": []}'
    return {path.parent / entry["path"]: dict(entry) for entry in json.loads(text)["contracts"]}


def bad(path: Path, entry: dict[str, Any]) -> int:
    """How bad it is with one contract. What cannot be read proves nothing, nor what the index says so of."""
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        doubt = entry.get("why") if entry.get("created") == report.get("created") else None
        print(f"{path.parent.name}: {report['verdict']}" + (f", which proves nothing: {doubt}" if doubt else ""))
        return max(worst(report), CANNOT_TELL if doubt else 0)
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        print(f"{path.parent.name}: the report cannot be read ({type(error).__name__}), so nothing is proven")
        return CANNOT_TELL


def worst(report: dict[str, Any]) -> int:
    """The gravest outcome; one that nobody knows, and a verdict without checks, cannot be told."""
    found = [GRAVITY.get(check["outcome"], CANNOT_TELL) for check in report["checks"]]
    for check, gravity in zip(report["checks"], found, strict=True):
        if gravity:
            print(f"  {check['id']}: {check['cause']} {check['advice']}")
    return max(found, default=CANNOT_TELL) or (0 if report["verdict"] == "verified" else CANNOT_TELL)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
