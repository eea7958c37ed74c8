# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The worst finding of all reports below a folder, as an exit code that a job can ring by.

alarm.py [FOLDER]      FOLDER is bucket_access_report_index_dir, or reports

Ends with 3 where there is excess access, 2 where there is missing access, 1 where something could not be told, or there
is no report at all, or this script could not do its work, and 0 only when every contract is verified. It reads all
reports, and all indexes, which know of contracts without one. It needs nothing but Python.
"""

from __future__ import annotations

from datetime import datetime
import json
import os.path
from pathlib import Path
import sys
from typing import Any

CANNOT_TELL = 1
LATER = "an index knows of a later verification."
GRAVITY = {"pass": 0, "inconclusive": CANNOT_TELL, "missing_access": 2, "excess_access": 3}


def main(folder: str = "reports", *others: str) -> int:
    """Print each contract with its findings; the exit code."""
    if others or folder.startswith("-"):
        print("alarm.py takes one folder, and no option.")
        return CANNOT_TELL
    known = indexed(Path(folder))
    found = sorted({*map(whole, Path(folder).glob("**/access-report.json")), *known})
    if not found:
        print(f"There is no report below {folder}, so nothing is proven.")
    return max((bad(path, known.get(path, [])) for path in found), default=CANNOT_TELL)


def indexed(folder: Path) -> dict[Path, list[dict[str, Any]]]:
    """What each index knows of the reports, and of those that should be there; nothing where there is no index."""
    known: dict[Path, list[dict[str, Any]]] = {}
    for index in sorted(folder.glob("**/access-report-index.json")):
        try:
            said = json.loads(index.read_text(encoding="utf-8"))
            for entry in said["contracts"]:
                path = whole(index.parent / entry["path"])
                known.setdefault(path, []).append({"created": said.get("created"), **entry})
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            print(f"{index}: the index cannot be read ({type(error).__name__}), so nothing is proven")
            known[index] = [{}]
    return known


def bad(path: Path, entries: list[dict[str, Any]]) -> int:
    """How bad it is with one contract. What cannot be read proves nothing, nor what an index says so of."""
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        doubts = [entry for entry in entries if doubted(entry, report.get("created"))]
        told = dict.fromkeys(f", which proves nothing: {entry.get('why') or LATER}" for entry in doubts)
        print(f"{path.parent.name}: {report['verdict']}{''.join(told)}")
        return max([worst(report), *map(known_of, doubts)])
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        print(f"{path.parent.name}: the report cannot be read ({type(error).__name__}), so nothing is proven")
        return max([CANNOT_TELL, *map(known_of, entries)])


def doubted(entry: dict[str, Any], created: str | None) -> bool:
    """Whether an index says that the report proves nothing, or knows of a later verification."""
    if entry.get("created") == created:
        return bool(entry.get("why"))
    try:
        return datetime.fromisoformat(str(entry.get("created"))) > datetime.fromisoformat(str(created))
    except (ValueError, TypeError):
        return False


def known_of(entry: dict[str, Any]) -> int:
    """The gravest outcome that an index counts where the report does not tell."""
    violated = entry.get("standing") == "violated"
    return max([CANNOT_TELL, *(GRAVITY.get(name, 0) for name, number in counted(entry) if number and violated)])


def counted(entry: dict[str, Any]) -> list[tuple[str, int]]:
    """The outcomes of the checks that an index counts."""
    return list((entry.get("summary") or {}).items())


def whole(path: Path) -> Path:
    """The same path for whatever names the file, from wherever."""
    return Path(os.path.normpath(path))


def worst(report: dict[str, Any]) -> int:
    """The gravest outcome; one that nobody knows, and a verdict without checks, cannot be told."""
    found = [GRAVITY.get(check["outcome"], CANNOT_TELL) for check in report["checks"]]
    for check, gravity in zip(report["checks"], found, strict=True):
        if gravity:
            print(f"  {check['id']}: {check['cause']} {check['advice']}")
    return max(found, default=CANNOT_TELL) or (0 if report["verdict"] == "verified" else CANNOT_TELL)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
