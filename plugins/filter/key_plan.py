# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: key_plan
version_added: 0.1.0
author: The assumerole.s3 contributors (@assumerole)
short_description: What is to be done about a user's access keys
description:
  - Compares the keys that AWS has with the one in the store, and says what provision or rotate has to do.
  - Asks nobody anything; what was found out before is the input.
options:
  _input:
    description:
      - What there is - C(user) (a name), C(keys) (as M(amazon.aws.iam_access_key_info) returns them), C(last_used) (as
        M(assumerole.s3.access_key_usage_info) returns it), C(tags) of the user, C(stored_id), C(store) (its name in
        words), C(readable) (whether the store tells what it holds) and C(obstacle) (why it cannot be written).
    type: dict
    required: true
  verb:
    description: What is to be done.
    type: str
    choices: [provision, rotate]
    default: provision
  after_days:
    description: How many days old a key must be to be rotated.
    type: float
    default: 0
  grace:
    description: For how many seconds a retired key is kept, inactive, before it is deleted.
    type: float
    default: 0
"""

EXAMPLES = r"""
- name: Show what a rotation would do
  ansible.builtin.debug:
    msg: "{{ found | assumerole.s3.key_plan('rotate', after_days=90, grace=86400) }}"
"""

RETURN = r"""
_value:
  description:
    - C(problem) (a sentence; nothing may be done when there is one), C(remove) (ids of keys to delete first), C(make)
      (whether to make and store a key), C(retire) (id of the key to deactivate then), and C(remove_retired) (whether to
      delete it at once).
    - C(changes) (whether there is anything to do) and C(lines) (all of it in sentences).
  type: dict
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta, timezone
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._keys import plan as planning


def key_plan(
    found: Mapping[str, Any], verb: str = "provision", after_days: float = 0, grace: float = 0
) -> dict[str, Any]:
    """The plan as a dictionary."""
    there = planning.situation(found, datetime.now(timezone.utc))
    if verb == "rotate":
        plan = planning.plan_rotation(there, float(after_days), timedelta(seconds=float(grace)))
    else:
        plan = planning.plan_provision(there)
    return {**asdict(plan), "remove": list(plan.remove), "changes": plan.changes, "lines": plan.lines}


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"key_plan": key_plan}
