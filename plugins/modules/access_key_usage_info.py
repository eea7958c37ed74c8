#!/usr/bin/python
# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: access_key_usage_info
version_added: 0.1.0
short_description: When access keys were used last
description:
  - Asks IAM when each key was used last. AWS may take some hours to tell.
  - Reads only.
options:
  access_key_ids:
    description: The ids of the keys.
    type: list
    elements: str
    required: true
author:
  - The assumerole.s3 contributors (@assumerole)
extends_documentation_fragment:
  - assumerole.s3.conventions
  - assumerole.s3.conventions.aws
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: It is known when the key was used last
  assumerole.s3.access_key_usage_info:
    access_key_ids: [AKIAIOSFODNN7EXAMPLE]
"""

RETURN = r"""
last_used:
  description: The moment of the last use by the key's id; null for a key that was never used as far as AWS knows.
  returned: success
  type: dict
  sample: {AKIAIOSFODNN7EXAMPLE: "2026-01-01T00:00:00+00:00"}
"""

from typing import Any

try:
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError
except ImportError:
    pass  # aws_module says so

from ansible_collections.assumerole.s3.plugins.module_utils._aws.module import aws_module

ARGUMENT_SPEC: dict[str, Any] = {
    "access_key_ids": {"type": "list", "elements": "str", "required": True, "no_log": False},
}


def main() -> None:
    """Ask for each key."""
    module = aws_module(ARGUMENT_SPEC, supports_check_mode=True)
    iam = module.client("iam")
    try:
        used = {name: last_used(iam, name) for name in module.params["access_key_ids"]}
    except (BotoCoreError, ClientError) as error:
        module.fail_json_aws(error, msg="It could not be told when the keys were used last")
    except ResponseParserError:
        module.fail_json(msg="AWS's answer was cut off: look for a proxy that cuts it, and run this again.")
    module.exit_json(changed=False, last_used=used)


def last_used(iam: Any, access_key_id: str) -> str | None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html"""
    response = iam.get_access_key_last_used(AccessKeyId=access_key_id)
    moment = response.get("AccessKeyLastUsed", {}).get("LastUsedDate")
    return moment.isoformat() if moment else None


if __name__ == "__main__":
    main()
