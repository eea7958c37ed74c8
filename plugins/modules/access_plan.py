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
    description:
      - What is to be done. V(session) plans no step, and fails when AWS has put the user into quarantine.
    type: str
    choices: [provision, rotate, session, teardown]
    default: provision
  force_destroy:
    description: Whether teardown may delete the objects at the contract's place.
    type: bool
    default: false
  plan_file:
    description: Where the plan is kept as JSON.
    type: path
  kept_in:
    description:
      - Where the user's key is kept, with the options of M(assumerole.s3.stored_access_key). Without it no key is made
        and none is touched, and so it is with a user that the contract does not manage.
    type: dict
    suboptions:
      store:
        description: The store.
        type: str
        choices: [profile, secretsmanager, ssm, vault_file, none]
        default: profile
      path:
        description: The name of the secret or parameter, or the path of the vault file.
        type: str
      user_profile:
        description: The profile.
        type: str
      credentials_file:
        description: The credentials file.
        type: path
      access_key_id:
        description: With the store V(none), the key that the caller keeps.
        type: str
      secret_access_key:
        description: Its secret.
        type: str
  stored:
    description:
      - What the store of the control node holds, as M(assumerole.s3.stored_access_key) reads it, without the secret.
      - The action of this name reads it. AWS's stores are read by the module, where the bucket is.
    type: dict
  rotate_after_days:
    description: How many days old a key must be to be rotated.
    type: float
    default: 0
  rotation_grace:
    description: For how many seconds a retired key is kept, inactive, before it is deleted.
    type: int
    default: 86400
  wait_timeout:
    description: For how many seconds a store is read again that does not show yet what was written to it.
    type: int
    default: 120
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
  returned: when nothing is refused
  type: list
  elements: dict
options:
  description: The options of the steps by the steps' names.
  returned: when nothing is refused
  type: dict
key_plan:
  description: The options by which M(assumerole.s3.kept_access_key) does what the plan says of the user's keys; empty
    when nothing is to be done.
  returned: when nothing is refused
  type: dict
access_key_id:
  description: The id of the stored key, before anything is done; empty when there is none, or keys are not planned.
  returned: when nothing is refused
  type: str
  sample: AKIAIOSFODNN7EXAMPLE
key_place:
  description: The store of the key in words; empty when keys are not planned.
  returned: when nothing is refused
  type: str
  sample: the profile partner of /home/me/.aws/credentials
retired_key_id:
  description: The id of the inactive key that there is afterwards, for a later rotation to delete; empty without one.
  returned: when nothing is refused
  type: str
retired_key_deleted_after:
  description: From when on a rotation deletes it, in UTC.
  returned: when nothing is refused
  type: str
  sample: "2026-01-02T00:00:00Z"
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
  returned: when nothing is refused
  type: list
  elements: str
turns:
  description: The options of the steps about buckets, one turn after the other, each with the name of its C(bucket).
  returned: when nothing is refused
  type: list
  elements: dict
saved:
  description: What users, roles and buckets were that are taken over, for a file; empty when nothing is.
  returned: when nothing is refused
  type: dict
user_arn:
  description: The user's ARN, as it is or as it will be.
  returned: when nothing is refused
  type: str
  sample: arn:aws:iam::123456789012:user/partner
role_arn:
  description: The role's ARN, as it is or as it will be.
  returned: when nothing is refused
  type: str
  sample: arn:aws:iam::123456789012:role/partner-exchange
user_owner:
  description: The user's ARN without its path, by which a profile or stored key is known as the contract's.
  returned: when nothing is refused
  type: str
role_owner:
  description: The role's ARN without its path.
  returned: when nothing is refused
  type: str
moment:
  description: When the plan was made, in UTC.
  returned: when nothing is refused
  type: str
  sample: 20260101T000000Z
taken_over_at:
  description: When the contract took over what it manages, as C(moment) is written.
  returned: when nothing is refused
  type: list
  elements: str
account:
  description: The account's number.
  returned: when nothing is refused
  type: str
  sample: "123456789012"
region:
  description: The bucket's region, as it is or as it will be.
  returned: when nothing is refused
  type: str
  sample: eu-central-1
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timezone
import json
import os
from typing import Any

try:
    from botocore.exceptions import ClientError
except ImportError:
    pass  # aws_module says so

from ansible_collections.assumerole.s3.plugins.module_utils._aws import probes
from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import names_the_clock
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities, connection
from ansible_collections.assumerole.s3.plugins.module_utils._aws.module import (
    aws_module,
    refuse_problems,
    usable_connection,
)
from ansible_collections.assumerole.s3.plugins.module_utils._aws.partitions import UnknownPartition, located
from ansible_collections.assumerole.s3.plugins.module_utils._aws.told import ends_in_our_words
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import (
    LAST_REGION,
    account,
    region,
    sibling,
)
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.fields import argument_spec, contract_option
from ansible_collections.assumerole.s3.plugins.module_utils._files import private_file
from ansible_collections.assumerole.s3.plugins.module_utils._keys.states import known_of
from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import Request, Surroundings, Trouble
from ansible_collections.assumerole.s3.plugins.module_utils._keys.stores import KEPT_IN, carry_out, open_store
from ansible_collections.assumerole.s3.plugins.module_utils._provision.key_reading import read_keys
from ansible_collections.assumerole.s3.plugins.module_utils._provision.keys import Keys
from ansible_collections.assumerole.s3.plugins.module_utils._provision.plan import (
    Inquiry,
    provision,
    rotation,
    session,
    teardown,
)
from ansible_collections.assumerole.s3.plugins.module_utils._provision.reading import (
    PROVISION,
    ROTATE,
    SESSION,
    TEARDOWN,
    read_there,
    with_key,
    with_objects,
    with_quota,
)
from ansible_collections.assumerole.s3.plugins.module_utils._provision.refusals import another_account
from ansible_collections.assumerole.s3.plugins.module_utils._provision.steps import Plan
from ansible_collections.assumerole.s3.plugins.module_utils._provision.there import There
from ansible_collections.assumerole.s3.plugins.module_utils._verification.canary import Unreachable, reached

VERBS: dict[str, Callable[[Inquiry, dict[str, Any]], Plan]] = {
    PROVISION: lambda asked, options: provision(asked, options["rotation_grace"]),
    ROTATE: lambda asked, options: rotation(asked, options["rotate_after_days"], options["rotation_grace"]),
    SESSION: lambda asked, _options: session(asked),
    TEARDOWN: lambda asked, options: teardown(asked, force=options["force_destroy"]),
}

ARGUMENT_SPEC: dict[str, Any] = {
    **contract_option(),
    "verb": {"type": "str", "choices": list(VERBS), "default": PROVISION},
    "kept_in": KEPT_IN["kept_in"],
    "stored": {"type": "dict"},
    **argument_spec("force_destroy", "plan_file", "rotate_after_days", "rotation_grace", "wait_timeout"),
}


class AnotherAccount(Exception):
    """Nothing is read in an account that is not the contract's."""


@ends_in_our_words
def main() -> None:
    """Read, plan, and say what stands in the way."""
    module = aws_module(ARGUMENT_SPEC, supports_check_mode=True)
    refuse_problems(module, ARGUMENT_SPEC)
    try:
        with usable_connection(module):
            asked = inquiry(operator_of(module.params, module.region), module.params)
    except (Unreachable, AnotherAccount, Trouble, UnknownPartition) as error:
        module.fail_json(msg=str(error))
    except ClientError as error:
        module.fail_json_aws(error, msg="The key and its store could not be read")
    plan = planned(asked, module.params)
    result = {**plan.as_result(), **facts(asked)}
    for sentence in plan.warnings:
        module.warn(sentence)
    if module.params["plan_file"]:
        keep(module.params["plan_file"], module.scrubbed(result))
    if plan.refusals:
        module.fail_json(msg=" ".join(plan.refusals), refusals=plan.refusals, counts=result["counts"])
    # The steps count as changes themselves, where they are taken.
    changed = module.check_mode and plan.changes
    module.exit_json(changed=changed, diff=plan.diff, **result)


def operator_of(options: dict[str, Any], region: str | None) -> Identities:
    """The operator. IAM and STS need no region, boto3 wants one for every client: S3 leads to the bucket's own."""
    return Identities(replace(connection(options, os.environ), region=region or LAST_REGION))


def inquiry(operator: Identities, options: dict[str, Any]) -> Inquiry:
    """The contract beside what is there."""
    contract = located(Contract.of(options["contract"]))
    caller = reached(probes.identity(operator.user("sts")))
    if names_the_clock(caller):
        raise Unreachable(f"The clock of this machine is off ({caller.code}): set it right, and run this again.")
    if not caller.succeeded:
        raise Unreachable(f"AWS refuses the operator's credentials ({caller.code}): {LOG_IN}")
    for reason in another_account(contract, There(operator=caller.value["arn"])):
        raise AnotherAccount(f"{reason}.")
    s3, verb = operator.user("s3"), options["verb"]
    there = read_there(operator.user("iam"), s3, caller.value["arn"], contract, verb)
    if contract.kms_key and verb == PROVISION:
        there = with_key(operator.user("kms", region(contract.kms_key)), there, contract.kms_key)
    asked = Inquiry(contract, there, s3.meta.region_name, datetime.now(timezone.utc))
    if verb == TEARDOWN:
        return with_objects(s3, asked)
    if verb == PROVISION:
        asked = with_quota(operator.user("iam"), asked)
    return replace(asked, keys=keys(operator, asked, options)) if wants_keys(asked, options) else asked


def wants_keys(asked: Inquiry, options: Mapping[str, Any]) -> bool:
    """Whether keys are the verb's business, and the contract's."""
    return bool(options["kept_in"]) and options["verb"] != TEARDOWN and asked.manages("user")


def keys(operator: Identities, asked: Inquiry, options: dict[str, Any]) -> Keys:
    """The user's keys beside the stored one."""
    owner = sibling(asked.there.operator, "user", asked.contract.user)

    def read_store() -> Mapping[str, Any]:
        return options["stored"] or in_store(options, owner, asked)

    found = read_keys(operator.user("iam"), asked, read_store, options["wait_timeout"])
    return found.unless_it_belongs_to_another(options["stored"] or {}, owner, "profile" in asked.contract.adopt)


def in_store(options: dict[str, Any], owner: str, asked: Inquiry) -> Mapping[str, Any]:
    """What a store of AWS holds, in the bucket's region; without the secret."""
    where = replace(connection(options, os.environ), region=asked.bucket_region)
    given = {name: value for name, value in options["kept_in"].items() if value is not None}
    request = Request.of({**given, "owner": owner, "adopt": "profile" in asked.contract.adopt})
    return known_of(carry_out(open_store(request, Surroundings(client=Identities(where).user)), request, False))


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
        "user_arn": asked.user_arn,
        "role_arn": asked.role_arn,
        "user_owner": sibling(operator, "user", contract.user) if contract.has_user else "",
        "role_owner": sibling(operator, "role", contract.role),
    }


def keep(path: str, result: dict[str, Any]) -> None:
    """The plan as a file of its own."""
    with private_file.locked(path):
        private_file.replace(path, json.dumps(result, indent=2, default=str) + "\n", 0o600)


LOG_IN = "log in again, or check AWS_PROFILE and the AWS_* keys."

if __name__ == "__main__":
    main()
