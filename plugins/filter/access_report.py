# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: access_report
version_added: 0.1.0
author: The assumerole.s3 contributors (@assumerole)
short_description: The result of an access check as a report
description:
  - Keeps what M(assumerole.s3.access_check) found out, and leaves out what Ansible adds to a result.
options:
  _input:
    description: The result of M(assumerole.s3.access_check).
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Keep the evidence
  ansible.builtin.copy:
    content: "{{ access | assumerole.s3.access_report | to_nice_json }}"
    dest: /var/reports/access-report.json
    mode: "0644"
"""

RETURN = r"""
_value:
  description: The values that M(assumerole.s3.access_check) documents.
  type: dict
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._sentences import REPORTED


def access_report(result: Mapping[str, Any]) -> dict[str, Any]:
    """The documented part of the result, in the documented order."""
    return {name: result[name] for name in REPORTED}


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"access_report": access_report}
