#!/usr/bin/python
# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: shown_lines
version_added: 0.1.0
short_description: Show lines as they are
description:
  - Prints lines without quotes and brackets, before the task's own result. In a play with several hosts each line
    begins with its host.
options:
  lines:
    description: The lines.
    type: list
    elements: str
    required: true
  of_all_hosts:
    description: Whether the lines are about the whole play, so that none begins with a host.
    type: bool
    default: false
author:
  - The assumerole.s3 contributors (@assumerole)
extends_documentation_fragment:
  - assumerole.s3.conventions
  - assumerole.s3.conventions.action
"""

EXAMPLES = r"""
- name: The plan says
  assumerole.s3.shown_lines:
    lines: "{{ plan.lines }}"
"""

RETURN = r"""
"""

from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.told import ScrubbedModule, ends_in_our_words

ARGUMENT_SPEC: dict[str, Any] = {
    "lines": {"type": "list", "elements": "str", "required": True},
    "of_all_hosts": {"type": "bool", "default": False},
}


@ends_in_our_words
def main() -> None:
    """The action of this name does the work: what a module prints is its result."""
    module = ScrubbedModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(msg="shown_lines prints where Ansible runs: use it as a task of a playbook.")


if __name__ == "__main__":
    main()
