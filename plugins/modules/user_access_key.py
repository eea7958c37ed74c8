#!/usr/bin/python
# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: user_access_key
version_added: 0.1.0
short_description: Do one step with the access keys of an IAM user
description:
  - Reads the keys and the note about them, writes the note, makes one key, or deactivates or deletes one.
  - These are the steps of M(assumerole.s3.kept_access_key), which takes them in an order in which no key gets lost.
    Use that one in playbooks.
options:
  user:
    description: The name of the user.
    type: str
    required: true
  step:
    description:
      - V(look) reads, V(note) writes O(note) into the user's tag C(assumerole.s3/keys), V(make) makes a key,
        V(deactivate) deactivates O(access_key_id), V(delete) deletes it.
      - A key is asked for once, as AWS may have made one when its answer gets lost.
    type: str
    choices: [look, note, make, deactivate, delete]
    default: look
  note:
    description: What to write. Required with O(step=note).
    type: str
  access_key_id:
    description: The key to delete or to deactivate. Required with both.
    type: str
  wait_timeout:
    description: For how many seconds to ask again while AWS does not know the user yet, or has no time.
    type: int
    default: 120
author:
  - The assumerole.s3 contributors (@assumerole)
attributes:
  check_mode:
    support: full
extends_documentation_fragment:
  - assumerole.s3.conventions
  - assumerole.s3.conventions.aws
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: The keys are known
  assumerole.s3.user_access_key:
    user: partner
"""

RETURN = r"""
note:
  description: The note; empty without one.
  returned: with O(step=look)
  type: str
access_key_ids:
  description: The ids of the user's keys.
  returned: with O(step=look)
  type: list
  elements: str
access_key_id:
  description: The id of the key that was made.
  returned: with O(step=make)
  type: str
  sample: AKIAIOSFODNN7EXAMPLE
secret_access_key:
  description: Its secret.
  returned: with O(step=make)
  type: str
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
import os
import time
from typing import Any

try:
    from botocore.exceptions import ClientError
except ImportError:
    pass  # aws_module says so

from ansible_collections.assumerole.s3.plugins.module_utils._aws import user_keys
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities, connection
from ansible_collections.assumerole.s3.plugins.module_utils._aws.module import (
    aws_module,
    refuse_problems,
    usable_connection,
)
from ansible_collections.assumerole.s3.plugins.module_utils._aws.told import ends_in_our_words
from ansible_collections.assumerole.s3.plugins.module_utils._contract.fields import argument_spec
from ansible_collections.assumerole.s3.plugins.module_utils._keys.notes import KEYS_TAG

Result = dict[str, Any]

#: Refused before anything was done, and taken later.
PASSING = (
    "NoSuchEntity",
    "EntityTemporarilyUnmodifiable",
    "ConcurrentModification",
    "Throttling",
    "ThrottlingException",
    "RequestLimitExceeded",
)
LONGEST_PAUSE = 5

#: What whoever has a key made has asked for.
HANDED_OVER = ("secret_access_key",)
ID = "access_key_id"

ARGUMENT_SPEC: dict[str, Any] = {
    "user": {"type": "str", "required": True},
    "step": {"type": "str", "choices": ["look", "note", "make", "deactivate", "delete"], "default": "look"},
    "note": {"type": "str"},
    "access_key_id": {"type": "str", "no_log": False},
    **argument_spec("wait_timeout"),
}


@ends_in_our_words
def main() -> None:
    """Take the step."""
    needs = [("step", "note", ("note",)), ("step", "deactivate", (ID,)), ("step", "delete", (ID,))]
    module = aws_module(ARGUMENT_SPEC, supports_check_mode=True, required_if=needs)
    refuse_problems(module, ["wait_timeout"])
    if module.check_mode and module.params["step"] != "look":
        module.exit_json(changed=True)
    try:
        with usable_connection(module):
            result = patiently(lambda: STEPS[module.params["step"]](module.params), module.params["wait_timeout"])
    except ClientError as error:
        module.fail_json_aws(error, msg=f"The keys of {module.params['user']}: {module.params['step']}")
    secrets = {name: result.pop(name) for name in HANDED_OVER if name in result}
    module.hand_over(secrets, **result)


def patiently(step: Callable[[], Result], seconds: float) -> Result:
    """The step, taken again while AWS refuses it for a reason that passes."""
    end, pause = float("inf"), 0.5
    while True:
        try:
            return step()
        except ClientError as error:
            end = min(end, time.monotonic() + seconds)  # a first answer may take long, where requests are limited
            if error.response["Error"]["Code"] not in PASSING or time.monotonic() + pause > end:
                raise
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def look(params: Mapping[str, Any]) -> Result:
    """The note comes last: of a key that is listed, the note that announced it is seen, or a later one."""
    iam = client(params)
    ids = user_keys.ids(iam, params["user"])
    return {"changed": False, "access_key_ids": ids, "note": user_keys.tags(iam, params["user"]).get(KEYS_TAG, "")}


def write_note(params: Mapping[str, Any]) -> Result:
    """The note takes the place of the one before it."""
    user_keys.tag(client(params), params["user"], KEYS_TAG, params["note"])
    return {"changed": True}


def make(params: Mapping[str, Any]) -> Result:
    """One key, by one request."""
    made = user_keys.make(client(params, {"retries": {"total_max_attempts": 1}}), params["user"])
    return {"changed": True, "access_key_id": made["AccessKeyId"], "secret_access_key": made["SecretAccessKey"]}


def delete(params: Mapping[str, Any]) -> Result:
    """A key that is gone already is as it should be."""
    return {"changed": user_keys.delete(client(params), params["user"], params["access_key_id"])}


def deactivate(params: Mapping[str, Any]) -> Result:
    """A key that is inactive already stays so."""
    user_keys.deactivate(client(params), params["user"], params["access_key_id"])
    return {"changed": True}


def client(params: Mapping[str, Any], config: Mapping[str, Any] | None = None) -> Any:
    """IAM, as the operator asks it."""
    where = connection(params, os.environ)
    return Identities(replace(where, config={**where.config, **(config or {})})).user("iam")


STEPS: dict[str, Callable[[Mapping[str, Any]], Result]] = {
    "look": look,
    "note": write_note,
    "make": make,
    "deactivate": deactivate,
    "delete": delete,
}

if __name__ == "__main__":
    main()
