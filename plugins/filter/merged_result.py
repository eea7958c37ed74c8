# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: merged_result
version_added: 0.1.0
author: The assumerole.s3 contributors (@assumerole)
short_description: One verdict from an access check and an audit
description:
  - Adds the checks of M(assumerole.s3.access_audit), and of M(assumerole.s3.access_survey) where there are any, to the
    result of M(assumerole.s3.access_check), with the verdict of all together. What the audit found takes the place of
    hypotheses about why a probe failed.
options:
  _input:
    description: The result of M(assumerole.s3.access_check).
    type: dict
    required: true
  audited:
    description: The result of M(assumerole.s3.access_audit).
    type: dict
    required: true
  removed:
    description: Those of the C(leftovers) that have been removed since.
    type: list
    elements: str
    default: []
  left:
    description: What else there is that should have been removed.
    type: list
    elements: str
    default: []
  surveyed:
    description: The result of M(assumerole.s3.access_survey), if the account was surveyed.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Show the verdict of both
  ansible.builtin.debug:
    msg: "{{ (probed | assumerole.s3.merged_result(audited)).verdict }}"
"""

RETURN = r"""
_value:
  description: The values that M(assumerole.s3.access_check) documents, of both.
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._checks.merge import merged


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"merged_result": merged}
