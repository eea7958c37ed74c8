# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: ending_lines
version_added: 0.1.0
author: The assumerole.s3 contributors (@assumerole)
short_description: What came of a verb, and the next step
description:
  - Puts what P(assumerole.s3.access_outputs#filter) returns into words.
options:
  _input:
    description: What P(assumerole.s3.access_outputs#filter) returned.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: This came of it
  assumerole.s3.shown_lines:
    lines: "{{ bucket_access_outputs | assumerole.s3.ending_lines }}"
"""

RETURN = r"""
_value:
  description: The lines.
  type: list
  elements: str
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._report.ending import ending


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"ending_lines": ending}
