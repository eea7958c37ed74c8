#!/usr/bin/python
# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: stored_access_key
version_added: 0.1.0
short_description: Keep an access key where its users find it
description:
  - Reads, keeps or removes the access key of one IAM user, in the store that one chooses.
  - Every store is read and written as a whole, and holds what was put there for O(owner) alone; what somebody else
    keeps under the same name is neither overwritten nor removed.
  - Secrets Manager, Systems Manager and the vault file keep the JSON that C(credential_process) of AWS profiles takes.
options:
  state:
    description: V(read) tells the key, V(present) keeps the given one, which it needs whole, V(absent) removes it.
    type: str
    choices: [read, present, absent]
    default: read
author:
  - The assumerole.s3 contributors (@assumerole)
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
notes:
  - Set C(no_log) on tasks that read, as the result holds the secret.
  - O(store=profile), O(store=vault_file) and O(store=none) work where Ansible runs.
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
- name: The key is known
  assumerole.s3.stored_access_key:
    store: secretsmanager
    path: /bucket-access/partner
    owner: arn:aws:iam::123456789012:user/partner
  register: stored
  no_log: true
"""

RETURN = r"""
access_key_id:
  description: The key's id; empty when the store holds none for the owner.
  returned: when read
  type: str
  sample: AKIAIOSFODNN7EXAMPLE
secret_access_key:
  description: The key's secret.
  returned: when read
  type: str
credentials:
  description: The connection options C(profile), C(access_key) and C(secret_key) by which other modules use the key.
  returned: when read
  type: dict
place:
  description: The store in words.
  returned: when read
  type: str
  sample: the secret /bucket-access/partner of Secrets Manager
obstacle:
  description: Why a key could not be kept there, in a sentence; empty when nothing is known to be in the way.
  returned: when read
  type: str
readable:
  description: Whether the store tells what it holds; V(none) does only when the caller gave the key.
  returned: when read
  type: bool
owner:
  description: Whom the store says that it belongs to; empty when nothing is there, or it does not say.
  returned: when read
  type: str
handed_over:
  description: Whether the caller must keep the key now, because the store does not.
  returned: with O(store=none) and O(state=present)
  type: bool
"""

from dataclasses import replace
import os
from typing import Any

try:
    from botocore.exceptions import ClientError
except ImportError:
    pass  # aws_module says so

from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities, connection
from ansible_collections.assumerole.s3.plugins.module_utils._aws.module import OurModule, aws_module, usable_connection
from ansible_collections.assumerole.s3.plugins.module_utils._aws.told import ends_in_our_words
from ansible_collections.assumerole.s3.plugins.module_utils._keys.states import STATES
from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import Request, Surroundings, Trouble
from ansible_collections.assumerole.s3.plugins.module_utils._keys.stores import STORE_OPTIONS, carry_out, open_store

#: What whoever reads a key has asked for.
HANDED_OVER = ("secret_access_key", "credentials")

ARGUMENT_SPEC: dict[str, Any] = {
    "state": {"type": "str", "choices": list(STATES), "default": "read"},
    **STORE_OPTIONS,
}


@ends_in_our_words
def main() -> None:
    """What the action plugin does not do itself."""
    module = aws_module(ARGUMENT_SPEC, supports_check_mode=True)
    request = Request.of(module.params)
    try:
        with usable_connection(module):
            store = open_store(request, Surroundings(client=operator_of(module).user))
            result = carry_out(store, request, module.check_mode)
    except Trouble as error:
        module.fail_json(msg=str(error))
    except ClientError as error:
        module.fail_json_aws(error, msg=f"AWS did not answer for {store.place}")
    secrets = {name: result.pop(name) for name in HANDED_OVER if name in result}
    module.hand_over(secrets, **result)


def operator_of(module: OurModule) -> Identities:
    """Who is asked for."""
    return Identities(replace(connection(module.params, os.environ), region=module.region))


if __name__ == "__main__":
    main()
