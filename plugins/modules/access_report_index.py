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
  - A report that is older than O(max_age) or cannot be read counts as not proven. A violation counts whatever its age.
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
      - A folder that is not there, or has no report, is a slice that has verified nothing, and fails the task.
    type: list
    elements: path
  max_age:
    description: After how many hours a report proves nothing any more.
    type: float
    default: 24
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
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
import json
import os
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.told import ScrubbedModule, ends_in_our_words
from ansible_collections.assumerole.s3.plugins.module_utils._files import shared_file as files
from ansible_collections.assumerole.s3.plugins.module_utils._files import whole
from ansible_collections.assumerole.s3.plugins.module_utils._report.index import Index, index
from ansible_collections.assumerole.s3.plugins.module_utils._report.index_page import index_page

ARGUMENT_SPEC: dict[str, Any] = {
    "path": {"type": "path", "required": True},
    "folders": {"type": "list", "elements": "path"},
    "max_age": {"type": "float", "default": 24},
}

REPORT = "access-report.json"
MACHINES = "access-report-index.json"
PEOPLE = "access-report-index.html"


@ends_in_our_words
def main() -> None:
    """Run the module; every expected trouble ends as one sentence."""
    module = ScrubbedModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    path, folders = module.params["path"], module.params["folders"] or []
    try:
        if not os.path.isdir(path):
            module.fail_json(msg=f"There is no folder {path}: give the one that has the reports' folders in it.")
        empty = [folder for folder in folders if not any(_below(folder, path))]
        if empty:
            module.fail_json(
                msg=f"folders: there is no report below {', '.join(empty)}: verify what belongs there first."
            )
        made = keep_index(path, module.params["max_age"], module.check_mode, folders)
    except OSError as error:
        module.fail_json(msg=f"The index cannot be written into {path}: {error.strerror}. Choose another folder.")
    written = [os.path.join(path, name) for name in (MACHINES, PEOPLE)]
    module.exit_json(changed=True, verdict=made["verdict"], summary=made["summary"], files=written)


def keep_index(path: str, max_age: float, check_mode: bool, folders: Sequence[str] = ()) -> Index:
    """Read the reports and write the index, which is the newest that was written, however many write at once."""
    files.refuse_planted(path)
    for name in (MACHINES, PEOPLE):
        files.refuse_link(os.path.join(path, name))
    if check_mode:
        return _read(path, max_age, folders)
    with files.locked(path):
        made = _read(path, max_age, folders)
        files.replace(os.path.join(path, MACHINES), json.dumps(made, indent=2) + "\n")
        files.replace(os.path.join(path, PEOPLE), index_page(made))
    return made


def _read(path: str, max_age: float, folders: Sequence[str]) -> Index:
    found = {name: folder for folder in folders or [path] for name in sorted(_below(folder, path))}
    reports = {name: _content(os.path.join(path, name)) for name in found}
    return index(reports, datetime.now(timezone.utc), max_age, found)


def _below(folder: str, path: str) -> Iterator[str]:
    """The paths of the reports below the folder, from the index on, with slashes."""
    for place, _folders, names in os.walk(folder):
        if REPORT in names:
            yield os.path.relpath(os.path.join(place, REPORT), path).replace(os.sep, "/")


def _content(path: str) -> object:
    """What the file holds; nothing when it cannot be read."""
    try:
        return json.loads(whole.read(path))
    except (ValueError, OSError):
        return None


if __name__ == "__main__":
    main()
