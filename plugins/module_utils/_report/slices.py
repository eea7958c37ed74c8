# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What indexes know that lie among the reports, as those of slices do, and that the reports do not tell. Pure.

A slice knows of contracts that have no report, or whose report is of before a verification that broke off. Where it and
a report say different things of one contract the later verdict tells, and of one verdict the worse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import posixpath
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._checks.sentences import WORDS
from ansible_collections.assumerole.s3.plugins.module_utils._report.index import (
    INCONCLUSIVE,
    TAKEN,
    UNREADABLE,
    VERIFIED,
    VIOLATED,
    Entry,
    Index,
    entries_of,
    index_of,
    moment_of,
)
from ansible_collections.assumerole.s3.plugins.module_utils._report.report import NAMES, PLACE, is_report

Indexes = Mapping[str, object]

UNREAD = "This index cannot be read, and nobody knows which contracts it knew of: make it again, or remove it."


def named(indexes: Indexes) -> list[str]:
    """The paths of all reports that the indexes, which are given by their own paths, know of."""
    return list(dict.fromkeys(path for _place, path, _entry in _entries(indexes)))


def worsened(made: Index, indexes: Indexes, reports: Mapping[str, object]) -> Index:
    """The index that was made of the reports, with what these indexes know beyond them.

    One that cannot be read may have known of anything.
    """
    doubts = {place: UNREAD for place, read in indexes.items() if entries_of(read) is None}
    violated: dict[str, Entry] = {}
    for place, path, entry in _entries(indexes):
        why = _why(place, entry, reports.get(path))
        if why:
            doubts.setdefault(path, why)
        if why and _is_violation(entry):
            taken = {name: entry[name] for name in (*PLACE, *TAKEN) if name in entry}
            violated[path] = {"path": path, "standing": VIOLATED, **taken, "why": why}
    known = {**{path: {"path": path, "standing": UNREADABLE} for path in doubts}, **_by_path(made)}
    entries = [violated.get(path) or _doubted(entry, doubts.get(path, "")) for path, entry in known.items()]
    return index_of(entries, made["created"])


def _by_path(made: Index) -> dict[str, Entry]:
    return {entry["path"]: entry for entry in made["contracts"]}


def _doubted(entry: Entry, why: str) -> Entry:
    """The entry, which is not verified where there is a doubt."""
    if why and entry["standing"] == VERIFIED:
        return {**entry, "standing": INCONCLUSIVE, "why": why}
    return {"why": why, **entry} if why and entry["standing"] == UNREADABLE else entry


def _entries(indexes: Indexes) -> Iterator[tuple[str, str, Entry]]:
    """Each with the path of its index and of its report; one that names no report is as old as its index."""
    for place, read in indexes.items():
        for entry in entries_of(read) or ():
            made = {"created": read.get("created")} if isinstance(read, Mapping) else {}
            path = posixpath.join(posixpath.dirname(place), str(entry.get("path")))
            yield place, posixpath.normpath(path), {**made, **entry}


def _why(place: str, entry: Entry, report: Any) -> str:
    """Why the contract does not stand as its report says; empty where the index knows of nothing against it."""
    if not is_report(report):
        return f"{place} knows of it, and no report of it can be read here: see what is there, and verify again."
    if (entry["created"], entry.get("verdict")) == (report["created"], report["verdict"]):
        return str(entry.get("why", "")) if entry.get("standing") == INCONCLUSIVE else ""
    if moment_of(entry["created"]) < moment_of(report["created"]):
        return ""
    return (
        f"{place} knows of a verification of {entry['created']}, after this report of {report['created']} or in its "
        "place: see what is there, and verify again."
    )


def _is_violation(entry: Entry) -> bool:
    """Whether the entry says what a report of a violation does."""
    contract, summary = entry.get("contract"), entry.get("summary")
    return (
        entry.get("standing") == VIOLATED
        and set(TAKEN) <= set(entry)
        and isinstance(contract, Mapping)
        and set(NAMES) <= set(contract)
        and isinstance(summary, Mapping)
        and set(summary) == set(WORDS)
        and all(isinstance(number, int) for number in summary.values())
    )
