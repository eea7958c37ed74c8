#!/usr/bin/python
# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: access_contract
version_added: 0.1.0
short_description: Read the access contract from the role's variables
description:
  - Reads the variables that begin with C(bucket_access_), gives each the type that it must have, and judges them. Asks
    nobody anything.
  - A contract that cannot be carried out fails with a sentence for each problem.
  - What is not given is worked out - the region from the operator's environment and profile, the names of profiles
    from the user and the role, the place of the key from the user.
  - The secret of a key is not part of the result.
options:
  needs_role_arn:
    description:
      - Fail when the role's ARN is not known, because neither its profile nor C(bucket_access_account_id) tells it, and
        when the profile is another role's, or another account's.
    type: bool
    default: false
  reads_role_arn:
    description:
      - Whether the operator reads the role's ARN later on, where C(bucket_access_audit) is true. Then it need not be
        known before.
    type: bool
    default: false
  needs_user:
    description: Whether the contract must have a user, whose key the verb is about. It fails then where there is none.
    type: bool
    default: false
  finds_siblings:
    description:
      - Whether to look where the contracts of the other hosts of the inventory have their places. What cannot be
        read of another host is left out.
    type: bool
    default: false
author:
  - The assumerole.s3 contributors (@assumerole)
extends_documentation_fragment:
  - assumerole.s3.conventions
  - assumerole.s3.conventions.action
"""

EXAMPLES = r"""
- name: The contract is known, and can be carried out
  assumerole.s3.access_contract:
  register: agreed
"""

RETURN = r"""
contract:
  description: The terms, as the option C(contract) of the collection's modules takes them.
  returned: success
  type: dict
settings:
  description: All other variables by their names without C(bucket_access_), with their types and defaults.
  returned: success
  type: dict
region:
  description:
    - The contract's region; when it names none, that of the role's profile, or the operator's.
  returned: success
  type: str
  sample: eu-central-1
role_arn:
  description:
    - The role's ARN, as its profile says it, or as the account's number gives it; empty when neither is known.
  returned: success
  type: str
  sample: arn:aws:iam::123456789012:role/partner-exchange
profile_role_arn:
  description: The role's ARN as its profile says it; empty when it says none.
  returned: success
  type: str
  sample: arn:aws:iam::123456789012:role/partner-exchange
profile_region:
  description: The region that the role's profile says; empty when it says none.
  returned: success
  type: str
  sample: eu-central-1
no_role_arn:
  description: What to do about it, when the role's ARN is not known.
  returned: success
  type: str
user_arn:
  description: The user's ARN in the role's account, without a path.
  returned: success
  type: str
  sample: arn:aws:iam::123456789012:user/partner
environment:
  description:
    - What the environment of tasks is to have. Exported paths of AWS files that are relative, made absolute, and how
      many requests a second modules may send.
  returned: success
  type: dict
change_note:
  description: The file in which the role notes when it changed something in AWS last from here, of whichever contract.
  returned: success
  type: str
changed_at:
  description: The moment in that file; empty without one.
  returned: success
  type: str
  sample: "2026-01-01T00:00:00Z"
assumed_from_here:
  description: Whether the contract lets its user assume the role from anywhere, and without MFA.
  returned: success
  type: bool
siblings:
  description: The places of other hosts' contracts in this one's buckets, each with its C(bucket) and C(prefix).
  returned: success
  type: list
  elements: dict
canaries:
  description:
    - The keys of objects that only the operator can put where a refusal to read is tried - C(inside) the prefix, where
      the role may not write, C(outside) of it, and in each C(forbidden) bucket. Empty where none is needed.
    - With several places, or such of other contracts, C(places) has a C(bucket), a C(prefix), and these keys of each.
  returned: success
  type: dict
  sample: {inside: "", outside: team.access-check-operator-0123abcd-4711-9f86d081884c7d65, forbidden: ""}
"""

from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.told import ScrubbedModule, ends_in_our_words

ARGUMENT_SPEC: dict[str, Any] = {
    "needs_role_arn": {"type": "bool", "default": False},
    "reads_role_arn": {"type": "bool", "default": False},
    "needs_user": {"type": "bool", "default": False},
    "finds_siblings": {"type": "bool", "default": False},
}


@ends_in_our_words
def main() -> None:
    """The action of this name does the work: a module sees no variables."""
    module = ScrubbedModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(msg="access_contract reads variables, which modules do not see: use it as a task of a playbook.")


if __name__ == "__main__":
    main()
