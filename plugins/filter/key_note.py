# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: key_note
version_added: 0.1.0
author: The assumerole.s3 contributors (@assumerole)
short_description: The value of a tag that remembers something about access keys
description:
  - Makes the values of the user's tags C(assumerole.s3/key-requested) and C(assumerole.s3/key-retired), from which
    P(assumerole.s3.key_plan#filter) knows where a run was interrupted. The moment is now.
options:
  _input:
    description: The ids of the keys.
    type: list
    elements: str
    required: true
  done:
    description: Whether what the tag speaks of is done.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: Show the value
  ansible.builtin.debug:
    msg: "{{ ['AKIAIOSFODNN7EXAMPLE'] | assumerole.s3.key_note(done=false) }}"
"""

RETURN = r"""
_value:
  description: The value, which IAM takes as that of a tag.
  type: str
"""

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._keys.plan import note


def key_note(ids: list[str], done: bool = True) -> str:
    """The value of a tag, as of now."""
    return note(datetime.now(timezone.utc), ids, done)


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"key_note": key_note}
