# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: report_lines
version_added: 0.1.0
author: The assumerole.s3 contributors (@assumerole)
short_description: The result of an access check in lines, findings first
description:
  - Puts what M(assumerole.s3.access_check) returned into words. The verdict is the first line. A block for each cause
    follows, with what to do about it and the checks behind it, and one line that counts what passed.
options:
  _input:
    description: The result of M(assumerole.s3.access_check).
    type: dict
    required: true
  whole:
    description: Whether each check has a line of its own, those that passed among them.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Show the checks
  ansible.builtin.debug:
    msg: "{{ access | assumerole.s3.report_lines }}"
"""

RETURN = r"""
_value:
  description: The lines.
  type: list
  elements: str
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._report.spoken import spoken


def report_lines(result: Mapping[str, Any], whole: bool = False) -> list[str]:
    """The verdict, the findings, what passed."""
    return spoken(result, whole=whole)


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"report_lines": report_lines}
