# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: explain_failure
version_added: 0.1.0
author: The assumerole.s3 contributors (@assumerole)
short_description: Why a task failed, in one sentence
description:
  - Puts the failure of an amazon.aws module into a sentence that says what is wrong and what to do.
options:
  _input:
    description: The result of the failed task, C(ansible_failed_result).
    type: dict
    required: true
  task:
    description: The name of the failed task, C(ansible_failed_task.name).
    type: str
    required: true
  contract:
    description: The C(contract) that M(assumerole.s3.access_contract) returns.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Say why it failed
  ansible.builtin.fail:
    msg: "{{ ansible_failed_result | assumerole.s3.explain_failure(ansible_failed_task.name, contract) }}"
"""

RETURN = r"""
_value:
  description: The sentence.
  type: str
"""

from collections.abc import Callable, Mapping
import os
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.held import held
from ansible_collections.assumerole.s3.plugins.module_utils._aws.said import scrubbed
from ansible_collections.assumerole.s3.plugins.module_utils._provision import failures


def explain_failure(result: Mapping[str, Any], task: str, contract: Mapping[str, Any]) -> str:
    """The sentence, without the operator's secrets where they are exported: what AWS said is in it."""
    return str(scrubbed(failures.explain_failure(result, task, contract), held(os.environ)))


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"explain_failure": explain_failure}
