# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: sibling_arn
version_added: 0.1.0
author: The assumerole.s3 contributors (@assumerole)
short_description: The ARN of a user or role in the account of somebody else
description:
  - Takes account and partition from an ARN, and makes that of a user or role of the same account, without a path.
options:
  _input:
    description: The ARN of anybody in the account, such as the operator's.
    type: str
    required: true
  kind:
    description: What the ARN is to be of.
    type: str
    choices: [user, role]
    required: true
  name:
    description: The name of the user or role.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Show the role's ARN
  ansible.builtin.debug:
    msg: "{{ operator.arn | assumerole.s3.sibling_arn('role', 'partner-exchange') }}"
"""

RETURN = r"""
_value:
  description: The ARN.
  type: str
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import sibling


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"sibling_arn": sibling}
