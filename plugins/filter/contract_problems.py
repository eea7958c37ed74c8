# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: contract_problems
version_added: 0.1.0
author: The assumerole.s3 contributors (@assumerole)
short_description: What is wrong with an access contract
description:
  - Judges the values of an access contract without asking AWS.
options:
  _input:
    description:
      - The values by name, without the C(bucket_access_) that the role's variables begin with. Names that are missing
        or null are not judged.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: The contract can be carried out
  ansible.builtin.assert:
    that: problems | length == 0
    fail_msg: "{{ problems | join(' ') }}"
  vars:
    problems: "{{ {'bucket': 'No_Bucket'} | assumerole.s3.contract_problems }}"
"""

RETURN = r"""
_value:
  description: One sentence for each problem; empty when the contract can be carried out.
  type: list
  elements: str
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import problems


def contract_problems(values: Mapping[str, Any]) -> list[str]:
    """The problems, named by the role's variables."""
    return problems(values)


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"contract_problems": contract_problems}
