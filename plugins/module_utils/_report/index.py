# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many reports as one: which contracts hold, which do not, and of which nothing is known any more. Pure.

docs/access-report-index.schema.json describes it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
import json
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._report.report import (
    FORMAT_VERSION,
    NAMES,
    PLACE,
    Report,
    is_report,
)
from ansible_collections.assumerole.s3.plugins.module_utils._report.version import COLLECTION_VERSION
from ansible_collections.assumerole.s3.plugins.module_utils._report.who_else import counted

#: What an entry takes from its report.
TAKEN = ("verdict", "enforced", "msg", "created", "contract", "summary")

#: How a contract stands, in the order in which they are worth looking at. A verdict that is too old is none.
VIOLATED, UNREADABLE, STALE, INCONCLUSIVE, VERIFIED = "violated", "unreadable", "stale", "inconclusive", "verified"
STANDINGS = (VIOLATED, UNREADABLE, STALE, INCONCLUSIVE, VERIFIED)

#: For how many hours clocks may differ: AWS takes no request of one that is off by more than five minutes, either.
#: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html#RESTAuthenticationTimeStamp
AHEAD = 5 / 60

#: Why there is no report of a contract on which a verification has reached no verdict; it stays so until there is one.
NEVER = (
    "No verification of it has reached a verdict yet: see why, and verify again. Of a contract that is no more, the "
    "index forgets this when its file is removed."
)

Index = dict[str, Any]
Entry = dict[str, Any]


def index(
    reports: Mapping[str, object],
    created: datetime,
    max_age: float,
    folders: Mapping[str, str] | None = None,
    broken_off: Collection[str] = (),
) -> Index:
    """The index of what was read from files, by their paths; ``max_age`` is in hours.

    Where it is read from several ``folders``, by the reports' paths, each contract belongs into one of them.
    Of ``broken_off`` a verification has reached no verdict, after the report or before there was any.
    """
    sound: dict[str, Report] = {path: dict(found) for path, found in reports.items() if is_report(found)}  # type: ignore[call-overload]
    doubts = {**_replaced(sound, folders or {}), **_twice(sound)}
    doubts |= {path: _broken_off(sound[path]) if path in sound else NEVER for path in broken_off}
    entries = [_entry(path, sound.get(path), created, max_age, doubts.get(path, "")) for path in reports]
    return index_of(entries, created.isoformat(timespec="seconds"))


def index_of(entries: list[Entry], created: str) -> Index:
    """The index of these entries."""
    return {
        "format_version": FORMAT_VERSION,
        "collection_version": COLLECTION_VERSION,
        "created": created,
        "verdict": verdict(entries),
        "summary": {name: sum(entry["standing"] == name for entry in entries) for name in STANDINGS},
        "contracts": sorted(entries, key=lambda entry: (STANDINGS.index(entry["standing"]), entry["path"])),
    }


def verdict(entries: list[Entry]) -> str:
    """``verified`` needs every contract to be verified, lately, and at least one. A violation has no age."""
    standings = {entry["standing"] for entry in entries}
    if VIOLATED in standings:
        return VIOLATED
    return VERIFIED if standings == {VERIFIED} else INCONCLUSIVE


def still_broken_off(before: object, reports: Mapping[str, object]) -> set[str]:
    """The paths of the reports that an index of before says to be out of date by this, and that are still the same.

    And of those that it says to be missing by this, and that still are.
    """
    reported = [(str(entry.get("path")), entry.get("why")) for entry in entries_of(before) or ()]
    return {path for path, why in reported if why and why == _why_broken_off(reports.get(path))}


def entries_of(read: object) -> list[Entry] | None:
    """The entries of an index that was read from a file; nothing where it is none."""
    entries = read.get("contracts") if isinstance(read, Mapping) else None
    return [dict(entry) for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else None


def _why_broken_off(found: object) -> str:
    """Why nothing is proven where this lies, if it was not by a verification; of an unreadable report nobody knows."""
    return NEVER if found is None else _broken_off(found) if is_report(found) else ""


def _broken_off(report: Any) -> str:
    """Why a report shows nothing any more; it names the report, so that of a newer one it is not true."""
    return f"After this report of {report['created']} a verification has reached no verdict: see why, and verify again."


def _replaced(reports: Mapping[str, Report], folders: Mapping[str, str]) -> dict[str, str]:
    """Why a report shows nothing whose contract has a newer one in another folder, which alone tells what holds."""
    by_contract: dict[tuple[str, ...], list[str]] = {}
    for path, found in reports.items():
        by_contract.setdefault(_names(found), []).append(path)
    replaced = {}
    for paths in by_contract.values():
        newest = max(paths, key=lambda path: moment_of(reports[path]["created"]))
        others = [path for path in paths if path != newest and folders.get(path) != folders.get(newest)]
        why = f"A newer report of the same contract lies at {newest}: remove this one."
        replaced.update(dict.fromkeys(others, why))
    return replaced


def _names(report: Report) -> tuple[str, ...]:
    """What tells its contract from others."""
    return (str(report.get("account_id")), *(str(report["contract"].get(name)) for name in NAMES))


def _twice(reports: Mapping[str, Report]) -> dict[str, str]:
    """Why a report that lies at another path, too, shows nothing: one of them is not of the contract of its folder."""
    alike: dict[str, list[str]] = {}
    for path, found in reports.items():
        alike.setdefault(_told_by(found), []).append(path)
    by_report: dict[str, list[str]] = {}
    for path in (path for paths in alike.values() if len(paths) > 1 for path in paths):
        by_report.setdefault(json.dumps(reports[path], sort_keys=True), []).append(path)
    copies = [paths for paths in by_report.values() if len(paths) > 1]
    return {
        path: f"The same report lies at {next(other for other in paths if other != path)}, too: verify the contract of "
        "each folder again."
        for paths in copies
        for path in paths
    }


def _told_by(report: Report) -> str:
    """Little of a report by which almost all differ, so that few need to be compared whole."""
    return json.dumps([report.get(name) for name in ("created", "contract", "session")], sort_keys=True)


def _entry(path: str, report: Report | None, now: datetime, max_age: float, doubt: str) -> Entry:
    if report is None:
        return {"path": path, "standing": UNREADABLE, **({"why": doubt} if doubt else {})}
    standing, why = _standing(report, now, max_age)
    if standing == VERIFIED and doubt:
        standing, why = INCONCLUSIVE, doubt
    where = {name: report[name] for name in PLACE if name in report}
    surveyed = {"survey": counted(report["survey"])} if report.get("survey") else {}
    entry = {"path": path, "standing": standing, **where, **{name: report[name] for name in TAKEN}, **surveyed}
    return {**entry, "why": why} if why else entry


def _standing(report: Report, now: datetime, max_age: float) -> tuple[str, str]:
    """How the contract stands, and why that is not what its report says."""
    if report["verdict"] not in (VERIFIED, INCONCLUSIVE):
        return VIOLATED, ""
    hours = _hours(report["created"], now)
    if hours > max_age:
        return STALE, f"A report proves nothing after {max_age:g} hours: verify again."
    if hours < -AHEAD:
        return INCONCLUSIVE, (
            f"The report says that it was made {report['created']}, which is yet to come: set the clock right where it "
            "was made, or here, and verify again."
        )
    other = _somebody_else(report) if report["verdict"] == VERIFIED else None
    return (INCONCLUSIVE, other) if other else (str(report["verdict"]), "")


def _somebody_else(report: Report) -> str | None:
    """Why what was verified is not the report's contract: another user asked, or it was another role's session."""
    contract, caller, session = report["contract"], report["caller"].get("arn"), report["session"].get("arn")
    as_role = ("role", session, _part(session, "assumed-role", 1))
    asked = [("user", caller, _part(caller, "user", -1)), as_role] if contract["user"] else [as_role]
    for name, arn, found in asked:
        if found != contract[name]:
            return (
                f"The report was made as {arn}, and its contract's {name} is {contract[name]}: it is another "
                "contract's, so verify this one again."
            )
    return None


def _part(arn: object, kind: str, place: int) -> str | None:
    """A part of what an ARN names, when it is of this kind: a user's name comes last, behind its path."""
    parts = str(arn).split(":", 5)[-1].split("/")
    return parts[place] if parts[0] == kind and len(parts) > 1 else None


def _hours(created: str, now: datetime) -> float:
    return (now.timestamp() - moment_of(created)) / 3600


def moment_of(created: object) -> float:
    """In seconds since 1970. A time that cannot be read, or is nowhere's, is infinitely long ago."""
    try:
        moment = datetime.fromisoformat(str(created))
    except ValueError:
        return float("-inf")
    return moment.timestamp() if moment.tzinfo else float("-inf")
