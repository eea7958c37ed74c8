#!/usr/bin/python
# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: access_report_index
version_added: 0.1.0
short_description: Write one overview of many access reports
description:
  - Reads every C(access-report.json) in the folders below a folder, and writes C(access-report-index.json) and
    C(access-report-index.html) into it - the verdict of each contract, findings first, with a link to its report.
  - With O(folders) one index is made of what several runs have left, such as the slices of a job. Of a contract that
    has reports in two of the folders, the older one counts as not proven, and so do two copies of one report.
  - Other indexes that lie there count, too, such as those of slices. What they know of a contract is worse than its
    report where they are newer, or where they doubt the same report. A contract without a report is unreadable.
  - A report that is older than O(max_age) or cannot be read counts as not proven. A violation counts whatever its age.
  - With O(contracts) it knows which contracts a run was to verify. One without a verdict is not verified, whatever its
    report of before says, until it has a newer one. One that never had a report stays unreadable until it has one, or
    the index is removed.
  - With O(metrics_file) and O(log_file) it also tells programs that ring how the contracts stand.
  - Each file is replaced at once or not at all, by one process at a time, and is readable by everybody (mode 0644).
  - Nothing is written through a symbolic link, and what root writes belongs to the owner of the folder.
options:
  path:
    description:
      - The folder that the index is written into. It has the reports' folders in it, at any depth, unless O(folders)
        names where they are.
    type: path
    required: true
  folders:
    description:
      - The folders that have the reports' folders in them, at any depth. The index links to the reports where they lie.
      - A folder that is not there, or has neither a report nor an index that knows of a contract, is a slice that has
        verified nothing, and fails the task.
      - A folder without an index is a warning, unless O(contracts) says what was to be verified, as nobody knows which
        contracts failed there before they had a report.
    type: list
    elements: path
  max_age:
    description: After how many hours a report proves nothing any more.
    type: float
    default: 24
  contracts:
    description:
      - The contracts that a run was to verify, as P(assumerole.s3.judged_contracts#filter) gives them. Without any, it
        is not known of a report whether it is of the last run.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: The name of its host, which stands for its folder where that is not known.
        type: str
        required: true
      folder:
        description: The folder of its report.
        type: path
      judged:
        description: Whether the run has reached a verdict on it, and written its report.
        type: bool
        required: true
      logged:
        description: Whether the log has its line already.
        type: bool
        default: false
  metrics_file:
    description:
      - A file that is replaced by the metrics of all contracts of the index, in Prometheus' text format, which are
        OpenMetrics, too. Its folder is made when missing.
    type: path
  log_file:
    description:
      - A file that gets a line of JSON for each of the O(contracts) that is not logged yet, or, without any, for each
        of the index; all lines or none. Its folder is made when missing.
    type: path
author:
  - The assumerole.s3 contributors (@assumerole)
notes:
  - An index tells when it was made, so it changes on every run.
seealso:
  - module: assumerole.s3.access_report
extends_documentation_fragment:
  - assumerole.s3.conventions
"""

EXAMPLES = r"""
- name: Show all contracts on one page
  assumerole.s3.access_report_index:
    path: /var/reports
  run_once: true

- name: Show the contracts of all slices on one page
  assumerole.s3.access_report_index:
    path: /var/slices
    folders:
      - /var/slices/1/reports
      - /var/slices/2/reports

- name: Tell Prometheus how all contracts stand
  assumerole.s3.access_report_index:
    path: /var/reports
    metrics_file: /var/lib/prometheus/node-exporter/access.prom
"""

RETURN = r"""
verdict:
  description:
    - V(verified) when every contract is, V(violated) when one is, V(inconclusive) otherwise.
  returned: success
  type: str
  sample: verified
summary:
  description: How many contracts stand how.
  returned: success
  type: dict
  sample: {violated: 0, unreadable: 0, stale: 0, inconclusive: 0, verified: 12}
files:
  description: The files that were written.
  returned: success
  type: list
  elements: str
  sample: [/var/reports/access-report-index.json, /var/reports/access-report-index.html]
logged:
  description: The names of those of the O(contracts) that have their line in the log, from now on or from before.
  returned: success
  type: list
  elements: str
  sample: []
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import cached_property, partial
import json
import os
import posixpath
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.told import ScrubbedModule, ends_in_our_words
from ansible_collections.assumerole.s3.plugins.module_utils._files import shared_file as files
from ansible_collections.assumerole.s3.plugins.module_utils._files import whole
from ansible_collections.assumerole.s3.plugins.module_utils._report.alarms import (
    Standing,
    log_lines,
    metrics,
    standings,
)
from ansible_collections.assumerole.s3.plugins.module_utils._report.index import (
    Index,
    entries_of,
    index,
    still_broken_off,
)
from ansible_collections.assumerole.s3.plugins.module_utils._report.index_page import index_page
from ansible_collections.assumerole.s3.plugins.module_utils._report.slices import named, worsened

ARGUMENT_SPEC: dict[str, Any] = {
    "path": {"type": "path", "required": True},
    "folders": {"type": "list", "elements": "path"},
    "max_age": {"type": "float", "default": 24},
    "contracts": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "name": {"type": "str", "required": True},
            "folder": {"type": "path"},
            "judged": {"type": "bool", "required": True},
            "logged": {"type": "bool", "default": False},
        },
    },
    "metrics_file": {"type": "path"},
    "log_file": {"type": "path"},
}

REPORT = "access-report.json"
MACHINES = "access-report-index.json"
PEOPLE = "access-report-index.html"

Contract = Mapping[str, Any]


class Unwritable(Exception):
    """What programs that ring read cannot be written."""


@dataclass(frozen=True)
class Run:
    """What a run was to verify, and the files that tell of it, by their options."""

    contracts: Sequence[Contract] = ()
    alarms: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """What there is to tell: the index, the reports by their paths from it on, and where the contracts' reports are."""

    index: Index
    reports: Mapping[str, Any]
    paths: Mapping[str, Contract]

    @cached_property
    def standings(self) -> list[Standing]:
        """How all contracts stand."""
        return standings(self.index, self.reports)

    @property
    def metrics(self) -> str:
        """Of all contracts."""
        return metrics(self.standings)

    @property
    def log(self) -> str:
        """A line for each contract of the run; where none is known, for all."""
        new = {path for path, contract in self.paths.items() if not contract.get("logged")}
        chosen = [one for one in self.standings if one.entry["path"] in new] if self.paths else self.standings
        return log_lines(chosen, self.index["created"], unjudged(self.paths))


#: What programs that ring read, by the option that names the file.
ALARMS: Mapping[str, Callable[[Seen, str], None]] = {
    "metrics_file": lambda seen, file: files.put(file, seen.metrics),
    "log_file": lambda seen, file: files.append(file, seen.log),
}


@ends_in_our_words
def main() -> None:
    """Run the module; every expected trouble ends as one sentence."""
    module = ScrubbedModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    given = module.params
    path, folders, contracts = given["path"], given["folders"] or [], given["contracts"]
    if not contracts and not os.path.isdir(path):
        module.fail_json(msg=f"There is no folder {path}: give the one that has the reports' folders in it.")
    below = {folder: list(_below(folder, path)) for folder in folders}
    empty = [folder for folder, names in below.items() if not any(_tells(path, name) for name in names)]
    if empty:
        module.fail_json(msg=f"folders: there is no report below {', '.join(empty)}: verify what belongs there first.")
    unindexed = [folder for folder, names in below.items() if not any(map(_is_index, names))]
    if unindexed and not contracts:
        module.warn(
            f"folders: there is no index below {', '.join(unindexed)}, so nobody knows of contracts that failed there "
            "before their first report: let each run write one, by bucket_access_report_index_dir."
        )
    run = Run(contracts, {option: os.path.abspath(given[option]) for option in ALARMS if given[option]})
    try:
        made = keep_index(path, given["max_age"], module.check_mode, folders, run)
    except OSError as error:
        module.fail_json(msg=f"The index cannot be written into {path}: {error.strerror}. Choose another folder.")
    except Unwritable as unwritable:
        module.fail_json(msg=str(unwritable))
    written = [*(os.path.join(path, name) for name in (MACHINES, PEOPLE)), *run.alarms.values()]
    logged = [one["name"] for one in contracts if one["logged"] or ("log_file" in run.alarms and not module.check_mode)]
    module.exit_json(changed=True, verdict=made["verdict"], summary=made["summary"], files=written, logged=logged)


def keep_index(
    path: str, max_age: float, check_mode: bool, folders: Sequence[str] = (), run: Run | None = None
) -> Index:
    """Read the reports and write the index, which is the newest that was written, however many write at once."""
    run = run or Run()
    files.refuse_planted(path)
    for name in (MACHINES, PEOPLE):
        files.refuse_link(os.path.join(path, name))
    for option, file in run.alarms.items():
        _written(option, file, files.refuse_link)
    if check_mode:
        return _seen(path, max_age, folders, run.contracts).index
    with files.locked(path):
        seen = _seen(path, max_age, folders, run.contracts)
        files.replace(os.path.join(path, MACHINES), json.dumps(seen.index, indent=2) + "\n")
        files.replace(os.path.join(path, PEOPLE), index_page(seen.index))
        for option, file in run.alarms.items():
            _written(option, file, partial(ALARMS[option], seen))
    return seen.index


def _written(option: str, file: str, write: Callable[[str], None]) -> None:
    try:
        write(file)
    except OSError as error:
        raise Unwritable(f"{option}: {file} cannot be written: {error.strerror}. Choose another file.") from error


def _seen(path: str, max_age: float, folders: Sequence[str], contracts: Sequence[Contract]) -> Seen:
    found = {name: folder for folder in folders or [path] for name in sorted(_below(folder, path))}
    beside = {name: _content(os.path.join(path, name)) for name in found if _is_index(name) and _is_other(path, name)}
    known = [name for name in dict.fromkeys([*found, *named(beside)]) if posixpath.basename(name) == REPORT]
    paths = _paths(contracts, path, known)
    reports = {name: _content(os.path.join(path, name)) for name in dict.fromkeys([*known, *paths])}
    before = still_broken_off(_content(os.path.join(path, MACHINES)), reports)
    broken_off = {*unjudged(paths), *(before - {*paths} - _elsewhere(paths, path))}
    reports |= dict.fromkeys(broken_off - {*reports})
    made = index(reports, datetime.now(timezone.utc), max_age, found, broken_off)
    return Seen(worsened(made, beside, reports), reports, paths)


def _elsewhere(paths: Mapping[str, Contract], path: str) -> set[str]:
    """Where reports were said to be missing that are of contracts whose folders are known by now."""
    return {_from(os.path.join(path, contract["name"], REPORT), path) for contract in paths.values()}


def unjudged(paths: Mapping[str, Contract]) -> set[str]:
    """Where the reports of those contracts should be on which the run has reached no verdict."""
    return {path for path, contract in paths.items() if not contract["judged"]}


def _paths(contracts: Sequence[Contract], path: str, found: Iterable[str]) -> dict[str, Contract]:
    """The contracts by the paths of their reports, which are those that were found where they are the same file.

    Where two share a folder the report is that of the one that was judged, and the other has none.
    """
    known = {os.path.realpath(os.path.join(path, name)): name for name in found}
    paths: dict[str, Contract] = {}
    for contract in sorted(contracts, key=lambda one: not one["judged"]):
        place = os.path.join(path, contract["folder"] or contract["name"], REPORT)
        name = known.get(os.path.realpath(place)) or _from(place, path)
        paths[_from(os.path.join(path, contract["name"], REPORT), path) if name in paths else name] = contract
    return paths


def _below(folder: str, path: str) -> Iterator[str]:
    """The paths of the reports and of indexes below the folder, from the index on."""
    for place, _folders, names in os.walk(folder):
        yield from (_from(os.path.join(place, name), path) for name in (REPORT, MACHINES) if name in names)


def _is_index(name: str) -> bool:
    return posixpath.basename(name) == MACHINES


def _is_other(path: str, name: str) -> bool:
    """Whether an index is not the one that is being written."""
    return os.path.realpath(os.path.join(path, name)) != os.path.realpath(os.path.join(path, MACHINES))


def _tells(path: str, name: str) -> bool:
    """Whether there is a contract in what lies there: a report is of one, and an index may be of none."""
    return not _is_index(name) or (_is_other(path, name) and entries_of(_content(os.path.join(path, name))) != [])


def _from(place: str, path: str) -> str:
    """The place as the index names it, with slashes."""
    return os.path.relpath(place, path).replace(os.sep, "/")


def _content(path: str) -> object:
    """What the file holds; nothing when it cannot be read."""
    try:
        return json.loads(whole.read(path))
    except (ValueError, OSError):
        return None


if __name__ == "__main__":
    main()
