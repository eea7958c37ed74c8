# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: failing_verdict
version_added: 0.1.0
author: The assumerole.s3 contributors (@assumerole)
short_description: Why a verdict fails a run
description:
  - Says in a sentence why a run is to fail, or nothing when it is not. What was found is not said again.
options:
  _input:
    description: The result of M(assumerole.s3.access_check).
    type: dict
    required: true
  fail_on:
    description: The verdicts that fail a run.
    type: list
    elements: str
    choices: [violated, inconclusive]
    default: [violated]
  require_enforcement:
    description: Whether a run fails where the endpoint does not enforce IAM.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: The contract holds
  ansible.builtin.assert:
    that: why == ''
    fail_msg: "{{ why }}"
  vars:
    why: "{{ access | assumerole.s3.failing_verdict(['violated', 'inconclusive']) }}"
"""

RETURN = r"""
_value:
  description: The sentence; empty when the run is not to fail.
  type: str
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._checks.sentences import failing_verdict as failing


def failing_verdict(
    result: Mapping[str, Any], fail_on: Collection[str] = ("violated",), require_enforcement: bool = False
) -> str:
    """The sentence, or nothing."""
    return failing(result, fail_on, require_enforcement)


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"failing_verdict": failing_verdict}
