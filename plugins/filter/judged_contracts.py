# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: judged_contracts
version_added: 0.1.0
author: The assumerole.s3 contributors (@assumerole)
short_description: Which contracts of a play were judged, and which were to be
description:
  - Gives what the option O(assumerole.s3.access_report_index#module:contracts) takes - a contract for each host that
    has a report of this play, and for each that failed before it had one.
  - A host whose batch is yet to come is left out.
options:
  _input:
    description: The names of the hosts.
    type: list
    elements: str
    required: true
  hostvars:
    description: Their variables, as the role has left them.
    type: dict
    required: true
  hosts_left:
    description: The names of those that have not failed.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Show all contracts on one page
  assumerole.s3.access_report_index:
    path: /var/reports
    contracts: "{{ ansible_play_hosts_all | assumerole.s3.judged_contracts(hostvars, ansible_play_hosts) }}"
  run_once: true
"""

RETURN = r"""
_value:
  description: The contracts, each with C(name), C(folder), C(judged) and C(logged).
  type: list
  elements: dict
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
import os
from typing import Any

from ansible_collections.assumerole.s3.plugins.plugin_utils._other_hosts import value, variables

Contract = dict[str, Any]


def judged_contracts(
    hosts: Iterable[str], hostvars: Mapping[str, Mapping[str, Any]], hosts_left: Collection[str]
) -> list[Contract]:
    """The contracts of these hosts; not of one that is still to be judged."""
    return list(_contracts(hosts, hostvars, hosts_left))


def _contracts(
    hosts: Iterable[str], hostvars: Mapping[str, Mapping[str, Any]], hosts_left: Collection[str]
) -> Iterator[Contract]:
    for host in hosts:
        said = variables(hostvars, host)
        outputs = value(said, "bucket_access_outputs") or {}
        files = outputs.get("report_files") or []
        # One that has a verdict, and whose report could not be written, fails only after all are shown.
        unreported = outputs.get("verdict") and _folder(said)
        if files or unreported or host not in hosts_left:
            folder = os.path.dirname(files[0]) if files else _folder(said)
            logged = (value(said, "__bucket_access_indexed") or {}).get("logged") or []
            yield {"name": str(host), "folder": str(folder), "judged": bool(files), "logged": str(host) in logged}


def _folder(said: Mapping[str, Any]) -> str:
    """Where its report should be: as the contract was read, or as the host says; empty where neither does."""
    agreed = (value(said, "__bucket_access") or {}).get("settings") or {}
    folder = agreed.get("report_dir") or value(said, "bucket_access_report_dir")
    return os.path.abspath(os.path.expanduser(folder)) if folder and isinstance(folder, str) else ""


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"judged_contracts": judged_contracts}
