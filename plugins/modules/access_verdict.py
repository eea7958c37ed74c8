#!/usr/bin/python
# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: access_verdict
version_added: 0.1.0
short_description: Verify a contract from its configuration to its report
description:
  - Runs the modules that verify a contract one after the other, each as a task of its own would, and shows the verdict
    and the next step in lines.
  - As far as O(agreed) wants an audit, M(assumerole.s3.access_audit) compares the configuration with the contract, as
    the operator. A user in quarantine ends it there, and so does a role whose ARN nobody knows.
  - M(assumerole.s3.probe_objects) puts objects where only the operator can, M(assumerole.s3.access_check) asks AWS as
    the user and as the role, and M(assumerole.s3.probe_objects) removes what the run has made, also after a failure.
  - M(assumerole.s3.access_report) writes the report, where O(agreed) names a folder.
  - A verdict is no failure, whatever it is, and a report that cannot be written is none either, so that the verdict is
    known. P(assumerole.s3.failing_verdict#filter) tells the one, RV(report_problem) the other.
options:
  agreed:
    description: What M(assumerole.s3.access_contract) has returned.
    type: dict
    required: true
  mfa_code:
    description: The six digits that the user's MFA device shows, as M(assumerole.s3.access_check) takes them.
    type: str
author:
  - The assumerole.s3 contributors (@assumerole)
attributes:
  check_mode:
    support: partial
    details: Asks only what leaves no trace; the checks that would are reported as not tried.
seealso:
  - module: assumerole.s3.access_audit
  - module: assumerole.s3.access_check
  - module: assumerole.s3.access_report
extends_documentation_fragment:
  - assumerole.s3.store.kept_in
  - assumerole.s3.conventions
  - assumerole.s3.conventions.action
  - assumerole.s3.conventions.aws
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: The contract is known, and can be carried out
  assumerole.s3.access_contract:
    needs_role_arn: true
    reads_role_arn: true
  register: agreed

- name: It is judged
  assumerole.s3.access_verdict:
    agreed: "{{ agreed }}"
    kept_in:
      store: profile
      user_profile: partner
  register: judged

- name: It holds
  ansible.builtin.assert:
    that: judged.result.verdict == 'verified'
"""

RETURN = r"""
result:
  description:
    - The values that M(assumerole.s3.access_check) documents, of check, audit and survey together.
  returned: success
  type: dict
outputs:
  description: What P(assumerole.s3.access_outputs#filter) returns of it, with the files of the report.
  returned: success
  type: dict
report_problem:
  description: Why the report could not be written, in a sentence; empty when it was, or none is wanted.
  returned: success
  type: str
"""

from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.module import aws_module
from ansible_collections.assumerole.s3.plugins.module_utils._aws.told import ends_in_our_words
from ansible_collections.assumerole.s3.plugins.module_utils._contract.fields import argument_spec
from ansible_collections.assumerole.s3.plugins.module_utils._keys.stores import KEPT_IN

ARGUMENT_SPEC: dict[str, Any] = {
    "agreed": {"type": "dict", "required": True},
    **argument_spec("mfa_code"),
    **KEPT_IN,
}


@ends_in_our_words
def main() -> None:
    """The action of this name does the work: it runs other modules."""
    module = aws_module(ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(msg="access_verdict runs other modules, each where it belongs: use it as a task of a playbook.")


if __name__ == "__main__":
    main()
