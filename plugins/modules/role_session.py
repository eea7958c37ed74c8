#!/usr/bin/python
# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: role_session
version_added: 0.1.0
short_description: Open a session of an assumable role
description:
  - Assumes a role as the IAM user whose key it is told to find, and returns the session's temporary credentials.
  - The role must be the contract's, of its account if it names one, and the key the contract's user's, or nothing is
    opened.
options:
  role_arn:
    description: The ARN of the role to assume.
    type: str
    required: true
  session_name:
    description: The name of the role's session, which CloudTrail shows.
    type: str
    default: assumerole-s3-session
  duration_seconds:
    description: The length of the session in seconds, by default AWS's, an hour.
    type: int
  mfa_serial:
    description: The serial number or ARN of the user's MFA device.
    type: str
  mfa_code:
    description: The six digits that the device shows. Needed with O(contract.require_mfa).
    type: str
author:
  - The assumerole.s3 contributors (@assumerole)
attributes:
  check_mode:
    support: full
    details: No session is opened, so there are no RV(credentials).
notes:
  - Set C(no_log), as the result holds the session's secrets.
  - Give the user's credentials, or say with O(kept_in) where they are.
extends_documentation_fragment:
  - assumerole.s3.contract
  - assumerole.s3.store.kept_in
  - assumerole.s3.conventions
  - assumerole.s3.conventions.aws
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: The role is assumed with the key in the vault file
  assumerole.s3.role_session:
    role_arn: arn:aws:iam::123456789012:role/partner-exchange
    contract:
      user: partner
      role: partner-exchange
      bucket: example-partner-exchange
    kept_in:
      store: vault_file
      path: keys/partner.vault
  register: opened
  no_log: true
"""

RETURN = r"""
credentials:
  description: The connection options C(access_key), C(secret_key) and C(session_token) of the session.
  returned: when a session was opened
  type: dict
expiration:
  description: When the session ends.
  returned: when a session was opened
  type: str
  sample: "2026-01-01T01:00:00Z"
"""

import os
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws import probes
from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities, connection
from ansible_collections.assumerole.s3.plugins.module_utils._aws.module import (
    OurModule,
    aws_module,
    refuse_problems,
    refuse_unread_key,
    usable_connection,
)
from ansible_collections.assumerole.s3.plugins.module_utils._aws.told import ends_in_our_words
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import sibling
from ansible_collections.assumerole.s3.plugins.module_utils._contract.callers import (
    WrongCaller,
    refuse_other_role,
    refuse_wrong_caller,
)
from ansible_collections.assumerole.s3.plugins.module_utils._contract.fields import argument_spec, contract_option
from ansible_collections.assumerole.s3.plugins.module_utils._keys.stores import KEPT_IN
from ansible_collections.assumerole.s3.plugins.module_utils._verification.canary import Unreachable, reached

ARGUMENT_SPEC: dict[str, Any] = {
    **contract_option(),
    "role_arn": {"type": "str", "required": True},
    "session_name": {"type": "str", "default": "assumerole-s3-session"},
    "duration_seconds": {"type": "int"},
    **argument_spec("mfa_serial", "mfa_code"),
    **KEPT_IN,
}


@ends_in_our_words
def main() -> None:
    """Check the options, and assume the role."""
    module = aws_module(ARGUMENT_SPEC, supports_check_mode=True)
    refuse_problems(module, ARGUMENT_SPEC)
    refuse_missing_code(module)
    refuse_unread_key(module)
    if module.check_mode:
        module.exit_json(changed=True)
    try:
        with usable_connection(module):
            sts = Identities(connection(module.params, os.environ)).user("sts")
            refuse_others(reached(probes.identity(sts)), module.params)
            answer, given = probes.assume(sts, wish(module.params))
            reached(answer)
    except (Unreachable, WrongCaller) as error:
        module.fail_json(msg=str(error))
    if given is None:
        refused(module, answer)
    else:
        module.hand_over({"credentials": as_options(given)}, changed=True, expiration=answer.value["expiration"])


def refuse_missing_code(module: OurModule) -> None:
    """AWS would refuse without saying why."""
    if module.params["contract"]["require_mfa"] and not module.check_mode and not module.params["mfa_code"]:
        module.fail_json(msg="The contract requires MFA: give bucket_access_mfa_code, the code that the device shows.")


def refuse_others(caller: Answer, options: dict[str, Any]) -> None:
    """No session of another role, and none for anybody but the contract's user. Of a refused key AWS speaks later."""
    contract, role_arn = options["contract"], options["role_arn"]
    refuse_other_role(role_arn, contract["role"], contract["account_id"])
    if caller.succeeded:
        refuse_wrong_caller(caller.value["arn"], sibling(role_arn, "user", contract["user"]), role_arn)


def wish(options: dict[str, Any]) -> dict[str, Any]:
    """The session that is asked for."""
    external_id, seconds = options["contract"]["external_id"], options["duration_seconds"]
    mfa = {"SerialNumber": options["mfa_serial"], "TokenCode": options["mfa_code"]} if options["mfa_code"] else {}
    return probes.assumption(options["role_arn"], options["session_name"], external_id, seconds, **mfa)


def as_options(credentials: dict[str, Any]) -> dict[str, str]:
    """The session as modules take it."""
    names = {"access_key": "AccessKeyId", "secret_key": "SecretAccessKey", "session_token": "SessionToken"}
    return {option: str(credentials[name]) for option, name in names.items()}


def refused(module: OurModule, answer: Answer) -> None:
    """What AWS said instead."""
    module.fail_with_answer(answer.code, answer.message, answer.status, "The role was not assumed")


if __name__ == "__main__":
    main()
