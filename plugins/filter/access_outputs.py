# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: access_outputs
version_added: 0.1.0
author: The assumerole.s3 contributors (@assumerole)
short_description: What a verb leaves for the tasks that follow
description:
  - Puts together what a verb has found and done - the ARNs, the profiles, the key's id and where it is. The result has
    the same keys for each verb, and no secret.
options:
  _input:
    description: What M(assumerole.s3.access_contract) returned.
    type: dict
    required: true
  verb:
    description: The verb.
    type: str
    choices: [provision, verify, rotate, session, teardown]
    required: true
  check_mode:
    description: Whether it was run in check mode, so that it only would have done it.
    type: bool
    default: false
  plan:
    description: What M(assumerole.s3.access_plan) returned.
    type: dict
  kept:
    description: What M(assumerole.s3.kept_access_key) returned.
    type: dict
  stored:
    description: What M(assumerole.s3.stored_access_key) read.
    type: dict
  profile:
    description: What M(assumerole.s3.aws_profile) returned, of the role's profile.
    type: dict
  role_arn:
    description: The role's ARN, where no plan has it.
    type: str
  user_arn:
    description: The user's ARN, where no plan has it.
    type: str
  verdict:
    description: The verdict of a verification.
    type: str
  report_files:
    description: The files of its report.
    type: list
    elements: str
  session:
    description: What M(assumerole.s3.role_session_file) returned, for each file of the session.
    type: dict
  session_expires_at:
    description: When the session ends.
    type: str
  note:
    description: What else is to be said.
    type: str
  saved_files:
    description: The files with what was there before it was taken over.
    type: list
    elements: str
  store:
    description: What M(assumerole.s3.stored_access_key) returned when it removed the key.
    type: dict
  files_gone:
    description: What M(assumerole.s3.role_session_file) returned when it removed the files of sessions.
    type: dict
  profile_gone:
    description: What M(assumerole.s3.aws_profile) returned when it removed the role's profile.
    type: dict
"""

EXAMPLES = r"""
- name: What there is now is known
  ansible.builtin.set_fact:
    access: "{{ agreed | assumerole.s3.access_outputs('provision', plan=plan, kept=kept) }}"
"""

RETURN = r"""
_value:
  description: The values that docs/variables.md names under C(bucket_access_outputs).
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._report.outputs import outputs


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"access_outputs": outputs}
