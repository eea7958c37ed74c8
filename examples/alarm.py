# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The worst finding of all reports below a folder, as an exit code that a job can ring by.

alarm.py [FOLDER] [--log FILE] [--metrics FILE]      FOLDER is bucket_access_report_index_dir, or reports

Ends with 3 where there is excess access, 2 where there is missing access, 1 where something could not be told, or there
is no report at all, or this script could not do its work, and 0 only when every contract is verified.

--log appends a line of JSON for each contract: all lines of a run, or none. --metrics replaces a file in Prometheus'
text format 0.0.4, which node_exporter's textfile collector reads where its name ends in .prom:
https://github.com/prometheus/node_exporter#textfile-collector. Both can be read by everybody, and hold no secret, as
the reports. It needs nothing but Python.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
import fcntl
import json
import os
from pathlib import Path
import sys
import tempfile
from typing import Any, NoReturn

CANNOT_TELL = 1
GRAVITY = {"pass": 0, "inconclusive": CANNOT_TELL, "missing_access": 2, "excess_access": 3}
#: By gravity. A verdict is no better than the worst check.
VERDICTS = ("verified", "inconclusive", "violated", "violated")


@dataclass(frozen=True)
class Judged:
    """How one contract stands; ``contract`` is its report's folder, from FOLDER on, so no two have the same."""

    contract: str
    gravity: int
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def outcomes(self) -> Counter[str]:
        """How many checks ended how."""
        return Counter(str(check["outcome"]) for check in self.report.get("checks", ()))

    @property
    def line(self) -> dict[str, Any]:
        """What the log says of it."""
        terms = self.report.get("contract")
        wrong = [check["id"] for check in self.report.get("checks", ()) if GRAVITY.get(check["outcome"], CANNOT_TELL)]
        return {
            "time": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "contract": self.contract,
            "verdict": VERDICTS[self.gravity],
            "exit_code": self.gravity,
            "readable": bool(self.report),
            "account_id": self.report.get("account_id"),
            "role": terms.get("role") if isinstance(terms, dict) else None,
            "verified_at": self.report.get("created"),
            "checks": dict(self.outcomes),
            "findings": wrong,
        }


class Parser(argparse.ArgumentParser):
    """Ends with "cannot tell" where it is called wrongly: 2, as usual, would say that access is missing."""

    def error(self, message: str) -> NoReturn:
        """Say how it is called, and end."""
        self.exit(CANNOT_TELL, f"{message}\n{self.format_usage()}")


def main(arguments: list[str]) -> int:
    """Print each contract with its findings; the exit code."""
    parser = Parser(prog="alarm.py", allow_abbrev=False)
    parser.add_argument("folder", nargs="?", default="reports", type=Path)
    parser.add_argument("--log", metavar="FILE", help="append a line of JSON for each contract")
    parser.add_argument("--metrics", metavar="FILE", help="replace this file for node_exporter's textfile collector")
    given = parser.parse_args(arguments)
    found = [judged(path, given.folder) for path in sorted(given.folder.glob("**/access-report.json"))]
    if not found:
        print(f"There is no report below {given.folder}, so nothing is proven.")
    code = max((one.gravity for one in found), default=CANNOT_TELL)
    try:
        if given.log:
            append(given.log, "".join(json.dumps(one.line) + "\n" for one in found))
        if given.metrics:
            replace(given.metrics, "".join(f"{line}\n" for line in metrics(found, code)))
    except OSError as error:
        print(f"{error.filename or given.log} cannot be written: {error.strerror}. Choose another file.")
        return max(code, CANNOT_TELL)
    return code


def judged(path: Path, folder: Path) -> Judged:
    """How bad it is with one contract. What cannot be read proves nothing."""
    name = path.parent.relative_to(folder).as_posix()
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        print(f"{path.parent.name}: {report['verdict']}")
        return Judged(name, worst(report), report)
    except (OSError, ValueError, LookupError, TypeError) as error:
        print(f"{path.parent.name}: the report cannot be read ({type(error).__name__}), so nothing is proven")
        return Judged(name, CANNOT_TELL)


def worst(report: dict[str, Any]) -> int:
    """The gravest outcome; one that nobody knows, and a verdict without checks, cannot be told."""
    found = [GRAVITY.get(check["outcome"], CANNOT_TELL) for check in report["checks"]]
    for check, gravity in zip(report["checks"], found, strict=True):
        if gravity:
            print(f"  {check['id']}: {check['cause']} {check['advice']}")
    return max(found, default=CANNOT_TELL) or (0 if report["verdict"] == "verified" else CANNOT_TELL)


def metrics(found: list[Judged], code: int) -> Iterator[str]:
    """Gauges, each with its samples together, as the format wants it."""
    yield from gauge("reports", "How many reports were found.", [({}, len(found))])
    yield from gauge("exit_code", "0 verified, 1 cannot tell, 2 missing, 3 excess access.", [({}, code)])
    states = [
        ({"contract": one.contract, "verdict": name}, int(VERDICTS[one.gravity] == name))
        for one in found
        for name in dict.fromkeys(VERDICTS)
    ]
    yield from gauge("verdict", "1 for the verdict of the contract, 0 for the others.", states)
    checks = [
        ({"contract": one.contract, "outcome": name}, one.outcomes[name])
        for one in found
        for name in (*GRAVITY, *sorted(set(one.outcomes) - set(GRAVITY)))
    ]
    yield from gauge("checks", "How many checks ended how.", checks)
    times = [({"contract": one.contract}, time) for one in found if (time := made(one.report)) is not None]
    yield from gauge("verified_timestamp_seconds", "When the report was made.", times)


def gauge(name: str, told: str, samples: Sequence[tuple[dict[str, str], float]]) -> Iterator[str]:
    """The lines of one gauge."""
    yield f"# HELP bucket_access_{name} {told}"
    yield f"# TYPE bucket_access_{name} gauge"
    for labels, value in samples:
        inside = ",".join(f'{label}="{escaped(text)}"' for label, text in labels.items())
        yield f"bucket_access_{name}{{{inside}}} {value:.0f}"


def escaped(text: str) -> str:
    """A label's value: https://prometheus.io/docs/instrumenting/exposition_formats/#comments-help-text-and-type-information"""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def made(report: dict[str, Any]) -> float | None:
    """When, in seconds since 1970; nothing where the report does not say."""
    try:
        return datetime.fromisoformat(report["created"]).timestamp()
    except (LookupError, ValueError, TypeError):
        return None


def append(path: str, text: str) -> None:
    """All lines at once at the end of the file, or none; one process at a time."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    with os.fdopen(handle, "wb", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        before, content = os.fstat(handle).st_size, text.encode(errors="backslashreplace")
        try:
            if file.write(content) != len(content):
                raise OSError(28, "no space is left", path)
        except OSError:
            os.ftruncate(handle, before)
            raise


def replace(path: str, text: str) -> None:
    """The file whole, or as it was: the draft's name does not end in .prom, so no collector reads it."""
    handle, draft = tempfile.mkstemp(dir=os.path.dirname(path) or ".", prefix=".alarm.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            os.fchmod(handle, 0o644)
            file.write(text)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
