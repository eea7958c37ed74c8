# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: policy_documents
version_added: 0.1.0
author: The assumerole.s3 contributors (@assumerole)
short_description: The policy documents that grant an access contract
description:
  - Makes the three documents that give one IAM user what the contract says, through one role, and nothing else.
options:
  _input:
    description: The terms of a contract, as M(assumerole.s3.access_contract) returns them in C(contract).
    type: dict
    required: true
  user_arn:
    description: The ARN of the user that may assume the role. Its partition is used for the bucket's ARN, too.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Show what the role will be allowed to do
  ansible.builtin.debug:
    msg: "{{ (contract | assumerole.s3.policy_documents(user_arn)).permissions }}"
  vars:
    contract: {bucket: example-bucket, permissions: [list, read], prefix: reports/}
    user_arn: arn:aws:iam::123456789012:user/partner
"""

RETURN = r"""
_value:
  description: The documents C(trust) (of the role), C(permissions) (of the role) and C(bucket).
  type: dict
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.assumerole.s3.plugins.module_utils._aws.partitions import UnknownPartition, located
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import partition
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import (
    bucket_policy,
    permissions_policy,
    trust_policy,
)


def policy_documents(values: Mapping[str, Any], user_arn: str) -> dict[str, dict[str, Any]]:
    """The documents by name."""
    try:
        contract = located(Contract.of(values))
    except UnknownPartition as error:
        raise AnsibleFilterError(str(error)) from None
    return {
        "trust": trust_policy(contract, contract.arns(user_arn, user_arn)),
        "permissions": permissions_policy(contract, partition(user_arn)),
        "bucket": bucket_policy(contract, partition(user_arn)),
    }


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter by its name."""
        return {"policy_documents": policy_documents}
