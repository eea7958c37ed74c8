#!/usr/bin/python
# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: kept_access_key
version_added: 0.1.0
short_description: Make an access key and keep it, as one thing
description:
  - Makes one access key for an IAM user and puts it into a store, in one task that nothing can come between. When it
    fails, times out or is interrupted, the key is deleted again, unless the store may hold it.
  - Retires the key that the new one replaces, and deletes keys that nobody needs.
  - Takes what M(assumerole.s3.access_plan) has seen. When another run makes a key for this user at the same moment, one
    of them stops with a sentence, and so it does when a key has come since the plan.
  - A tag of the user, C(assumerole.s3/keys), says meanwhile that a key is asked for and by which run. From it
    the next plan knows what a run that was killed has left behind.
  - The secret is in no result, but with O(store=none), which hands the key over.
options:
  user:
    description: The name of the user.
    type: str
    required: true
  note:
    description: The tag's value as the plan has seen it.
    type: str
    default: ""
  ids:
    description: The ids of the keys that the plan has seen.
    type: list
    elements: str
    default: []
  remove:
    description: The ids of those that are deleted before a key is made.
    type: list
    elements: str
    default: []
  make:
    description: Whether a key is made. Without one, the other steps are taken, once the stored key is proven.
    type: bool
    default: true
  retire:
    description:
      - The id of the key that the new one replaces. Once the stored one is proven, it is deactivated, and seen to be
        refused. With O(store=none) it stays, as the caller has yet to store the new one.
    type: str
    default: ""
  delete_retired:
    description: Whether the retired key is deleted at once.
    type: bool
    default: false
  prove:
    description:
      - Whether the key must get into O(role_arn) before it is stored, and what the store holds afterwards. Without that
        ARN it must be seen to be the user's.
    type: bool
    default: false
  role_arn:
    description: The role's ARN.
    type: str
  caller_arn:
    description: The user's ARN. Required with O(prove=true).
    type: str
  external_id:
    description: The external id that the role's trust policy demands.
    type: str
  profile_files:
    description: The environment variables by which AWS tools find the files that a stored profile is in.
    type: dict
    default: {}
  wait_timeout:
    description: For how many seconds to ask again while eventual consistency can explain an answer.
    type: int
    default: 120
author:
  - The assumerole.s3 contributors (@assumerole)
notes:
  - Set C(no_log) on tasks with O(store=none), as the result holds the secret.
extends_documentation_fragment:
  - assumerole.s3.store
  - assumerole.s3.conventions
  - assumerole.s3.conventions.action
  - assumerole.s3.conventions.aws
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: The plan is known
  assumerole.s3.access_plan:
    contract: "{{ contract }}"
  register: plan

- name: The user has a key, and its store holds it
  assumerole.s3.kept_access_key:
    user: partner
    ids: "{{ plan.key_plan.ids }}"
    note: "{{ plan.key_plan.note }}"
    make: "{{ plan.key_plan.make }}"
    remove: "{{ plan.key_plan.remove }}"
    store: secretsmanager
    path: /bucket-access/partner
    owner: "{{ plan.user_owner }}"
  when: plan.key_plan is truthy
"""

RETURN = r"""
access_key_id:
  description: The id of the new key.
  returned: when one was made
  type: str
  sample: AKIAIOSFODNN7EXAMPLE
place:
  description: The store in words.
  returned: success
  type: str
  sample: the secret /bucket-access/partner of Secrets Manager
secret_access_key:
  description: The secret of the new key, which the caller must keep.
  returned: with O(store=none)
  type: str
"""

from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.module import aws_module
from ansible_collections.assumerole.s3.plugins.module_utils._aws.told import ends_in_our_words
from ansible_collections.assumerole.s3.plugins.module_utils._contract.fields import argument_spec
from ansible_collections.assumerole.s3.plugins.module_utils._keys.stores import STORE_OPTIONS

ARGUMENT_SPEC: dict[str, Any] = {
    "user": {"type": "str", "required": True},
    "note": {"type": "str", "default": ""},
    "ids": {"type": "list", "elements": "str", "default": []},
    "remove": {"type": "list", "elements": "str", "default": []},
    "make": {"type": "bool", "default": True},
    "retire": {"type": "str", "default": ""},
    "delete_retired": {"type": "bool", "default": False},
    "prove": {"type": "bool", "default": False},
    "role_arn": {"type": "str"},
    "caller_arn": {"type": "str"},
    "profile_files": {"type": "dict", "default": {}},
    **STORE_OPTIONS,
    **argument_spec("external_id", "wait_timeout"),
}


@ends_in_our_words
def main() -> None:
    """The action of this name does the work, as nothing may come between making a key and storing it."""
    module = aws_module(ARGUMENT_SPEC, supports_check_mode=True)
    module.fail_json(msg="kept_access_key works where Ansible runs: use it as a task of a playbook.")


if __name__ == "__main__":
    main()
