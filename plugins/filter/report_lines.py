# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: report_lines
version_added: 0.1.0
author: The assumerole.s3 contributors (@assumerole)
short_description: The result of an access check, a line for each check
description:
  - Puts what M(assumerole.s3.access_check) returned into words, with the verdict as the last line.
options:
  _input:
    description: The result of M(assumerole.s3.access_check).
    type: dict
    required: true
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

from ansible_collections.assumerole.s3.plugins.module_utils._checks.sentences import check_lines, verdict_line


def report_lines(result: Mapping[str, Any]) -> list[str]:
    """The checks, then the verdict."""
    return [*check_lines(result), verdict_line(result)]


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"report_lines": report_lines}
