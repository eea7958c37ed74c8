#!/usr/bin/python
# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: access_survey
version_added: 0.1.0
short_description: Who else of the account reaches a contract's places, its role, or its user
description:
  - Reads all users, groups, roles and policies of the account, its block of public access, the policies of the
    contract's buckets and of their access points, and the policy and grants of its key, with an operator's credentials.
    It changes nothing.
  - Four lists come of it - who reaches the contract's places, who gets into its role, who can become its user or hold
    its key, and what else the user and the role get into.
  - V(certain) is who gets there by a request that all policies that were read let through. V(under_conditions) is who
    may, with the conditions. V(can_grant_itself) is who may allow it to itself, change or take away what stands in the
    way (a policy, the trust, the key's policy, a boundary), or hand the role to a service.
  - What was not read is named, and nobody passes for somebody who gets nowhere on account of it.
author:
  - The assumerole.s3 contributors (@assumerole)
extends_documentation_fragment:
  - assumerole.s3.contract
  - assumerole.s3.contract.survey
  - assumerole.s3.conventions
  - assumerole.s3.conventions.aws
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: It is known who else reaches the place
  assumerole.s3.access_survey:
    contract:
      user: partner
      role: partner-exchange
      bucket: example-partner-exchange
    expected_principals:
      - arn:aws:iam::123456789012:role/admin
  register: survey

- name: Nobody does of whom we do not know
  ansible.builtin.assert:
    that: survey.checks | rejectattr('outcome', 'eq', 'pass') | length == 0
"""

RETURN = r"""
survey:
  description: What was read, and what was found.
  returned: always
  type: dict
  contains:
    account_id:
      description: The account.
      type: str
    partition:
      description: Its partition of AWS.
      type: str
    counts:
      description: How many users, groups, roles, policies, buckets and access points were read.
      type: dict
    findings:
      description:
        - One entry for each principal and place - C(list), C(principal), C(kind), C(certainty), C(actions), C(place),
          C(conditions), C(through) (the policies by which it comes), C(proven) (what a call showed that was tried, null
          when nobody tried that) and C(expected) (null without O(expected_principals)).
      type: list
      elements: dict
    unread:
      description: What was not read or not understood, a sentence each.
      type: list
      elements: str
    doors:
      description:
        - How many roles were C(found) that may let the user in beside the contract's, how many of them are C(to_try),
          50 at most, and how many were C(tried), which is for M(assumerole.s3.access_check) to do.
      type: dict
    sessions:
      description:
        - How many roles are C(reaching) the places, the ARNs of those of which a session was C(tried), and why of each
          other it was C(not_tried).
      returned: with O(survey_sessions)
      type: dict
    blind_spots:
      description: What no survey sees, a sentence each.
      type: list
      elements: str
roles_to_try:
  description:
    - The ARNs of the roles that may let the user in beside the contract's, 50 at most, for
      M(assumerole.s3.access_check) to try.
  returned: always
  type: list
  elements: str
checks:
  description:
    - A check of each list, as M(assumerole.s3.access_check) returns them; their ids begin with C(survey.). Empty
      without O(expected_principals).
  returned: always
  type: list
  elements: dict
"""

import os
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities, connection
from ansible_collections.assumerole.s3.plugins.module_utils._aws.module import (
    aws_module,
    refuse_problems,
    usable_connection,
)
from ansible_collections.assumerole.s3.plugins.module_utils._aws.partitions import UnknownPartition, located
from ansible_collections.assumerole.s3.plugins.module_utils._aws.readings import read_doors
from ansible_collections.assumerole.s3.plugins.module_utils._aws.told import ends_in_our_words
from ansible_collections.assumerole.s3.plugins.module_utils._contract.callers import WrongCaller
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.fields import argument_spec, contract_option
from ansible_collections.assumerole.s3.plugins.module_utils._verification.canary import Unreachable
from ansible_collections.assumerole.s3.plugins.module_utils._verification.operator import with_key
from ansible_collections.assumerole.s3.plugins.module_utils._verification.surveying import surveyed

ARGUMENT_SPEC: dict[str, Any] = {
    **contract_option(),
    **argument_spec("survey_sessions", "expected_principals", "key_store", "key_store_path"),
}


@ends_in_our_words
def main() -> None:
    """Check the options, read the account, and return the lists."""
    module = aws_module(ARGUMENT_SPEC, supports_check_mode=True)
    refuse_problems(module, ARGUMENT_SPEC)
    try:
        with usable_connection(module):
            operator = Identities(connection(module.params, os.environ))
            contract = located(Contract.of(module.params["contract"]))
            found = with_key(read_doors(operator.user("s3"), contract), operator, contract.kms_key)
            result = surveyed(operator, contract, found, module.params)
    except (WrongCaller, Unreachable, UnknownPartition) as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=False, **result)


if __name__ == "__main__":
    main()
