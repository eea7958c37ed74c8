# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: verdict_lines
version_added: 0.1.0
author: The assumerole.s3 contributors (@assumerole)
short_description: The verdicts of many contracts, a line each, the worst first
description:
  - Puts the verdicts of the hosts of a play into words. A contract that was not judged stands behind those that are
    violated, and before the others.
options:
  _input:
    description: The names of the hosts.
    type: list
    elements: str
    required: true
  hostvars:
    description: Their variables, of which C(bucket_access_result) is read.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show how all contracts stand
  ansible.builtin.debug:
    msg: "{{ ansible_play_hosts_all | assumerole.s3.verdict_lines(hostvars) }}"
  run_once: true
"""

RETURN = r"""
_value:
  description: The lines.
  type: list
  elements: str
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._report.spoken import spoken_together


def verdict_lines(hosts: Iterable[str], hostvars: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The lines of all hosts; a contract that was not judged has no result."""
    return spoken_together({host: hostvars[host].get("bucket_access_result") or {} for host in hosts})


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"verdict_lines": verdict_lines}
