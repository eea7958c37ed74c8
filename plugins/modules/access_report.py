#!/usr/bin/python
# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: access_report
version_added: 0.1.0
short_description: Write the evidence of an access check for people and machines
description:
  - Writes what M(assumerole.s3.access_check) found out into a folder, as C(access-report.json), as JUnit XML in
    C(access-report.xml), and as one HTML page without scripts in C(access-report.html).
  - Each file is replaced at once or not at all, by one process at a time, and is readable by everybody (mode 0644).
    The report holds no secret.
  - Nothing is written through a symbolic link, and what root writes belongs to the owner of the folder.
  - A folder holds the report of one contract. The report of another one is not overwritten.
options:
  result:
    description: The result of M(assumerole.s3.access_check), also merged by P(assumerole.s3.merged_result#filter).
    type: dict
    required: true
  path:
    description: The folder. It is made when missing.
    type: path
    required: true
author:
  - The assumerole.s3 contributors (@assumerole)
seealso:
  - module: assumerole.s3.access_check
extends_documentation_fragment:
  - assumerole.s3.contract
  - assumerole.s3.conventions
"""

EXAMPLES = r"""
- name: Keep the evidence
  assumerole.s3.access_report:
    result: "{{ access }}"
    contract:
      user: partner
      role: partner-exchange
      bucket: example-partner-exchange
    path: /var/reports/partner-exchange
"""

RETURN = r"""
files:
  description: The files of the report.
  returned: success
  type: list
  elements: str
  sample: [/var/reports/partner-exchange/access-report.json]
"""

from collections.abc import Callable
from datetime import datetime, timezone
import json
import os
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.told import ScrubbedModule, ends_in_our_words
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.fields import contract_option
from ansible_collections.assumerole.s3.plugins.module_utils._contract.problems import problems
from ansible_collections.assumerole.s3.plugins.module_utils._files import shared_file as files
from ansible_collections.assumerole.s3.plugins.module_utils._report.junit import junit
from ansible_collections.assumerole.s3.plugins.module_utils._report.page import page
from ansible_collections.assumerole.s3.plugins.module_utils._report.report import (
    Report,
    as_reported,
    is_report,
    other_contract,
    problem,
    report,
    same_findings,
)

ARGUMENT_SPEC: dict[str, Any] = {
    **contract_option(),
    "result": {"type": "dict", "required": True},
    "path": {"type": "path", "required": True},
}

MACHINES = "access-report.json"


def as_json(found: Report) -> str:
    """The report for programs."""
    return json.dumps(found, indent=2) + "\n"


FORMS: dict[str, Callable[[Report], str]] = {MACHINES: as_json, "access-report.xml": junit, "access-report.html": page}


class Refused(Exception):
    """The folder holds somebody else's report."""


@ends_in_our_words
def main() -> None:
    """Run the module; every expected trouble ends as one sentence."""
    module = ScrubbedModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    path, result = module.params["path"], module.params["result"]
    sentences = problems(module.params["contract"], naming="contract.")
    if sentences:
        module.fail_json(msg=" ".join(sentences))
    wrong = problem(result)
    if wrong:
        module.fail_json(msg=f"result cannot be reported: {wrong}. Give what access_check or merged_result returned.")
    try:
        about = as_reported(Contract.of(module.params["contract"]))
        changed = keep_report(result, about, path, module.check_mode)
    except OSError as error:
        module.fail_json(msg=f"The report cannot be written into {path}: {reason(error)}. Choose another folder.")
    except Refused as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=changed, files=[os.path.join(path, name) for name in FORMS])


def reason(error: OSError) -> str:
    """Why a folder cannot be used."""
    in_the_way = isinstance(error, (FileExistsError, NotADirectoryError))
    return "it is a file, or below one" if in_the_way else str(error.strerror)


def keep_report(result: dict[str, Any], contract: dict[str, Any], path: str, check_mode: bool) -> bool:
    """Write the files that are not as they should be; tells whether there were any."""
    if check_mode:
        files.refuse_planted(path)
        return bool(_outdated(path, result, contract))
    with files.locked(path):
        outdated = _outdated(path, result, contract)
        for name, text in outdated.items():
            files.replace(os.path.join(path, name), text)
    return bool(outdated)


def _outdated(path: str, result: dict[str, Any], contract: dict[str, Any]) -> dict[str, str]:
    """The files to write, by name. A report that would say the same as the one that is there keeps its date."""
    found = report(result, contract, datetime.now(timezone.utc).isoformat(timespec="seconds"))
    old = _old_report(os.path.join(path, MACHINES))
    if old:
        _refuse_another_contract(path, old, found)
        if same_findings(old, found):
            found["created"] = old["created"]
    texts = {name: form(found) for name, form in FORMS.items()}
    return {name: text for name, text in texts.items() if _text_of(os.path.join(path, name)) != text}


def _old_report(path: str) -> Report | None:
    """The report that is there; what cannot be read as a report is none."""
    try:
        old = json.loads(_text_of(path))
    except ValueError:
        return None
    return old if is_report(old) else None


def _text_of(path: str) -> str:
    """The file's text; what is no text is going to be replaced."""
    try:
        return files.read(path)
    except UnicodeDecodeError:
        return ""


def _refuse_another_contract(path: str, old: Report, new: Report) -> None:
    other = other_contract(old, new)
    if other:
        raise Refused(
            f"{path} holds the report of another contract, {other}: give each contract a folder of its own, such as "
            f"one that ends in {{{{ inventory_hostname }}}}, or remove that report."
        )


if __name__ == "__main__":
    main()
