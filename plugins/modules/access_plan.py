#!/usr/bin/python
# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: access_plan
version_added: 0.1.0
short_description: Plan what provisioning or taking down an access contract would do
description:
  - Reads user, role, bucket and keys with the operator's credentials, and works out the steps that lead from there to
    the contract. Changes nothing.
  - Something of the contract's name that does not carry its mark, the tag C(assumerole.s3/contract), is somebody
    else's. Then the module fails with a sentence for each reason, and no step may be taken.
options:
  verb:
    description: What is to be done.
    type: str
    choices: [provision, rotate, teardown]
    default: provision
  force_destroy:
    description: Whether teardown may delete the objects at the contract's place.
    type: bool
    default: false
  plan_file:
    description: Where the plan is kept as JSON.
    type: path
author:
  - The assumerole.s3 contributors (@assumerole)
attributes:
  diff_mode:
    support: full
extends_documentation_fragment:
  - assumerole.s3.contract
  - assumerole.s3.conventions
  - assumerole.s3.conventions.aws
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: It is known what provisioning would do
  assumerole.s3.access_plan:
    contract:
      user: partner
      role: partner-exchange
      bucket: example-partner-exchange
  register: plan

- name: The plan says
  ansible.builtin.debug:
    msg: "{{ plan.lines }}"
"""

RETURN = r"""
steps:
  description:
    - The steps in their order, each with C(name), C(verb) (V(make), V(adopt), V(change) or V(delete)), C(what),
      C(before), C(after), C(options) (of the module that takes it) and C(saved) (what would be lost).
  returned: always
  type: list
  elements: dict
options:
  description: The options of the steps by the steps' names.
  returned: always
  type: dict
refusals:
  description: Why no step may be taken; empty when all may.
  returned: always
  type: list
  elements: str
counts:
  description: How many steps there are to make, adopt, change and delete something.
  returned: always
  type: dict
  sample: {make: 4, adopt: 0, change: 0, delete: 0}
lines:
  description: The plan in words, with the counts as the last line.
  returned: always
  type: list
  elements: str
saved:
  description: What users, roles and buckets were that are taken over, for a file; empty when nothing is.
  returned: always
  type: dict
user_arn:
  description: The user's ARN, as it is or as it will be.
  returned: always
  type: str
  sample: arn:aws:iam::123456789012:user/partner
role_arn:
  description: The role's ARN, as it is or as it will be.
  returned: always
  type: str
  sample: arn:aws:iam::123456789012:role/partner-exchange
user_tags:
  description: The tags that the user has.
  returned: always
  type: dict
user_owner:
  description: The user's ARN without its path, by which a profile or stored key is known as the contract's.
  returned: always
  type: str
role_owner:
  description: The role's ARN without its path.
  returned: always
  type: str
moment:
  description: When the plan was made, in UTC.
  returned: always
  type: str
  sample: 20260101T000000Z
taken_over_at:
  description: When the contract took over what it manages, as C(moment) is written.
  returned: always
  type: list
  elements: str
account:
  description: The account's number.
  returned: always
  type: str
  sample: "123456789012"
region:
  description: The bucket's region, as it is or as it will be.
  returned: always
  type: str
  sample: eu-central-1
"""

from collections.abc import Callable
from datetime import datetime, timezone
import json
import os
from typing import Any

try:
    from botocore.exceptions import BotoCoreError
except ImportError:
    pass  # aws_module says so

from ansible_collections.assumerole.s3.plugins.module_utils._aws import probes
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities, connection
from ansible_collections.assumerole.s3.plugins.module_utils._aws.module import aws_module, refuse_problems
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import account, sibling
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.fields import argument_spec, contract_option
from ansible_collections.assumerole.s3.plugins.module_utils._files import private_file
from ansible_collections.assumerole.s3.plugins.module_utils._provision.plan import (
    Inquiry,
    provision,
    rotation,
    teardown,
)
from ansible_collections.assumerole.s3.plugins.module_utils._provision.reading import read_there, with_objects
from ansible_collections.assumerole.s3.plugins.module_utils._provision.steps import Plan
from ansible_collections.assumerole.s3.plugins.module_utils._verification.canary import Unreachable, reached

VERBS: dict[str, Callable[[Inquiry, dict[str, Any]], Plan]] = {
    "provision": lambda asked, _options: provision(asked),
    "rotate": lambda asked, _options: rotation(asked),
    "teardown": lambda asked, options: teardown(asked, force=options["force_destroy"]),
}

ARGUMENT_SPEC: dict[str, Any] = {
    **contract_option(),
    "verb": {"type": "str", "choices": list(VERBS), "default": "provision"},
    **argument_spec("force_destroy", "plan_file"),
}


def main() -> None:
    """Read, plan, and say what stands in the way."""
    module = aws_module(ARGUMENT_SPEC, supports_check_mode=True)
    refuse_problems(module, ARGUMENT_SPEC)
    try:
        asked = inquiry(Identities(connection(module.params, os.environ)), module.params, module.region)
    except Unreachable as error:
        module.fail_json(msg=str(error))
    except (BotoCoreError, ValueError) as error:
        module.fail_json(msg=f"The credentials or the connection cannot be used: {error}")
    plan = planned(asked, module.params)
    result = {**plan.as_result(), **facts(asked)}
    if module.params["plan_file"]:
        keep(module.params["plan_file"], result)
    if plan.refusals:
        module.fail_json(msg=" ".join(plan.refusals), **result)
    # The steps count as changes themselves, where they are taken.
    changed = module.check_mode and plan.changes
    module.exit_json(changed=changed, diff=plan.diff, **result)


def inquiry(operator: Identities, options: dict[str, Any], region: str | None) -> Inquiry:
    """The contract beside what is there."""
    contract = Contract.of(options["contract"])
    caller = reached(probes.identity(operator.user("sts")))
    if not caller.succeeded:
        raise Unreachable(f"AWS refuses the operator's credentials ({caller.code}): {LOG_IN}")
    s3, verb = operator.user("s3"), options["verb"]
    there = read_there(operator.user("iam"), s3, caller.value["arn"], contract, verb)
    asked = Inquiry(contract, there, region or LAST_REGION, datetime.now(timezone.utc))
    return with_objects(s3, asked) if verb == "teardown" else asked


def planned(asked: Inquiry, options: dict[str, Any]) -> Plan:
    """The plan for the verb."""
    return VERBS[options["verb"]](asked, options)


def facts(asked: Inquiry) -> dict[str, Any]:
    """What the tasks that follow need to know, whether or not there is a step."""
    operator, contract = asked.there.operator, asked.contract
    return {
        "account": account(operator),
        "moment": f"{asked.now:%Y%m%dT%H%M%SZ}",
        "region": asked.bucket_region,
        "taken_over_at": asked.taken_over_at,
        "user_tags": dict(asked.there.user.tags) if asked.there.user else {},
        "user_arn": asked.user_arn,
        "role_arn": asked.role_arn,
        "user_owner": sibling(operator, "user", contract.user),
        "role_owner": sibling(operator, "role", contract.role),
    }


def keep(path: str, result: dict[str, Any]) -> None:
    """The plan as a file of its own."""
    with private_file.locked(path):
        private_file.replace(path, json.dumps(result, indent=2, default=str) + "\n", 0o600)


LOG_IN = "log in again, or check AWS_PROFILE and the AWS_* keys."
LAST_REGION = "us-east-1"

if __name__ == "__main__":
    main()
