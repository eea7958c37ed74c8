# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An index for programs that ring: metrics as Prometheus reads them, and lines of JSON for a log. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
import json
import posixpath
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._report.index import INCONCLUSIVE, VERIFIED, VIOLATED

#: How grave it is, as an exit code; examples/alarm.py has the same.
CANNOT_TELL = 1
GRAVITY = {"pass": 0, "inconclusive": CANNOT_TELL, "missing_access": 2, "excess_access": 3}
#: By gravity.
VERDICTS = (VERIFIED, INCONCLUSIVE, VIOLATED, VIOLATED)
#: What a contract that stands so is at least.
LEAST = {VERIFIED: 0, VIOLATED: GRAVITY["missing_access"]}

Index = Mapping[str, Any]
Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Standing:
    """How one contract stands: its entry of the index, and what its report says, if it can be read."""

    entry: Entry
    report: Mapping[str, Any]

    @property
    def contract(self) -> str:
        """Its report's folder, from the index on, so no two have the same."""
        return posixpath.dirname(self.entry["path"]) or "."

    @property
    def checks(self) -> Sequence[Mapping[str, Any]]:
        """None where the report cannot be read."""
        checks: Sequence[Mapping[str, Any]] = self.report.get("checks", ())
        return checks

    @property
    def gravity(self) -> int:
        """The gravest outcome, and no less than the index says."""
        least = LEAST.get(self.entry["standing"], CANNOT_TELL)
        counted = (outcome for outcome, number in self.entry.get("summary", {}).items() if number)
        return max([least, *map(GRAVITY.__getitem__, counted), *(GRAVITY[check["outcome"]] for check in self.checks)])

    @property
    def made(self) -> float | None:
        """When the report was made, in seconds since 1970; nothing where it does not say."""
        try:
            return datetime.fromisoformat(self.entry["created"]).timestamp()
        except (LookupError, ValueError, TypeError):
            return None


def standings(index: Index, reports: Mapping[str, Any]) -> list[Standing]:
    """The contracts of the index, as it has them, with their reports by their paths."""
    return [Standing(entry, _report_of(entry, reports.get(entry["path"]))) for entry in index["contracts"]]


def _report_of(entry: Entry, found: object) -> Mapping[str, Any]:
    """The report that the entry is of, where that is what was found."""
    is_of_it = "created" in entry and isinstance(found, Mapping) and found.get("created") == entry["created"]
    return found if is_of_it and isinstance(found, Mapping) else {}


def log_lines(found: Sequence[Standing], time: str, unjudged: Collection[str] = ()) -> str:
    """A line of JSON for each contract; of those of the paths ``unjudged`` the run itself has reached no verdict."""
    return "".join(json.dumps(_line(one, time, one.entry["path"] not in unjudged)) + "\n" for one in found)


def _line(one: Standing, time: str, judged: bool) -> dict[str, Any]:
    return {
        "time": time,
        "contract": one.contract,
        "verdict": VERDICTS[one.gravity],
        "exit_code": one.gravity,
        "judged": judged,
        "readable": bool(one.report),
        "account_id": one.entry.get("account_id"),
        "role": one.entry.get("contract", {}).get("role"),
        "verified_at": one.entry.get("created"),
        "checks": dict(one.entry.get("summary", {})),
        "findings": [check["id"] for check in one.checks if GRAVITY[check["outcome"]]],
    }


def metrics(found: Sequence[Standing]) -> str:
    """Gauges in Prometheus' text format, which are OpenMetrics, too."""
    return "".join(f"{line}\n" for line in (*_gauges(found), "# EOF"))


def _gauges(found: Sequence[Standing]) -> Iterator[str]:
    """Each with its samples together, as the formats want it.

    https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format and
    https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md
    """
    yield from _gauge("reports", "How many reports there are, or should be.", [({}, len(found))])
    worst = max((one.gravity for one in found), default=CANNOT_TELL)
    yield from _gauge("exit_code", "0 verified, 1 cannot tell, 2 missing, 3 excess access.", [({}, worst)])
    verdicts = [
        ({"contract": one.contract, "verdict": verdict}, int(VERDICTS[one.gravity] == verdict))
        for one in found
        for verdict in dict.fromkeys(VERDICTS)
    ]
    yield from _gauge("verdict", "1 for the verdict of the contract, 0 for the others.", verdicts)
    checks = [
        ({"contract": one.contract, "outcome": outcome}, one.entry.get("summary", {}).get(outcome, 0))
        for one in found
        for outcome in GRAVITY
    ]
    yield from _gauge("checks", "How many checks of the report ended how.", checks)
    times = [({"contract": one.contract}, one.made) for one in found if one.made is not None]
    yield from _gauge("verified_timestamp_seconds", "When the report was made.", times)


def _gauge(name: str, told: str, samples: Sequence[tuple[dict[str, str], float]]) -> Iterator[str]:
    yield f"# HELP bucket_access_{name} {told}"
    yield f"# TYPE bucket_access_{name} gauge"
    for labels, value in samples:
        inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"bucket_access_{name}{{{inside}}} {value:.0f}"


def _escaped(text: str) -> str:
    """A label's value; a folder's name may be no text at all."""
    written = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return written.encode(errors="backslashreplace").decode()
