#!/usr/bin/python
# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: explained
version_added: 0.1.0
short_description: Run a module, and say in one sentence why it failed
description:
  - Runs one module that talks to AWS, with the options, the C(module_defaults), the check mode and
    the environment that a task of that module would have.
  - When it succeeds, its result is the module's. When it fails, its result is one sentence that says what is wrong
    and what to do, in the place of the SDK's own words, which may repeat a secret. With C(-vvv) these words are shown
    beside it, without the secrets that are known.
options:
  module:
    description: The full name of the module.
    type: str
    required: true
  options:
    description: The options of the module.
    type: dict
    default: {}
  contract:
    description:
      - The C(contract) that M(assumerole.s3.access_contract) returns, or those of C(bucket), C(user) and C(region)
        that the sentence may have to name.
    type: dict
    default: {}
author:
  - The assumerole.s3 contributors (@assumerole)
attributes:
  check_mode:
    support: full
    description: As far as the module that is run supports it.
  diff_mode:
    support: full
    description: As far as the module that is run supports it.
extends_documentation_fragment:
  - assumerole.s3.conventions
  - assumerole.s3.conventions.action
"""

EXAMPLES = r"""
- name: The user exists
  assumerole.s3.explained:
    module: amazon.aws.iam_user
    options:
      name: partner
      state: present
      region: eu-central-1
    contract: {user: partner}
"""

RETURN = r"""
msg:
  description: What is wrong, and what to do.
  returned: failure
  type: str
error:
  description: The C(code) of AWS's answer.
  returned: failure, when AWS has answered
  type: dict
  sample: {code: AccessDenied}
http_status:
  description: The HTTP status of AWS's answer.
  returned: failure, when AWS has answered
  type: int
  sample: 403
refused:
  description: Whether M(assumerole.s3.access_plan) refuses what it was asked to plan. Then nothing has been touched.
  returned: failure, when it does
  type: bool
"""

from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.told import ScrubbedModule, ends_in_our_words

ARGUMENT_SPEC: dict[str, Any] = {
    "module": {"type": "str", "required": True},
    "options": {"type": "dict", "default": {}},
    "contract": {"type": "dict", "default": {}},
}


@ends_in_our_words
def main() -> None:
    """The action of this name does the work: a module cannot run another."""
    module = ScrubbedModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(msg="explained works where Ansible runs: use it as a task of a playbook.")


if __name__ == "__main__":
    main()
