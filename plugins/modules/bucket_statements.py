#!/usr/bin/python
# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: bucket_statements
version_added: 0.1.0
short_description: Keep some statements of a bucket policy, and leave the others alone
description:
  - Puts statements into the policy of a bucket, or takes them out. They are known by their C(Sid).
  - All other statements stay as they are, in their order. A policy without a statement is deleted.
  - On this machine one process at a time writes. Others are noticed, as the policy is read again after it was written.
options:
  bucket:
    description: The name of the bucket.
    type: str
    required: true
  account_id:
    description: The account that owns the bucket. A bucket of any other account is refused.
    type: str
    required: true
  statements:
    description: The statements, each with a C(Sid) that nobody else uses.
    type: list
    elements: dict
    required: true
  state:
    description: Whether they are in the policy, just like this, or no statement has one of their Sids.
    type: str
    choices: [present, absent]
    default: present
author:
  - The assumerole.s3 contributors (@assumerole)
attributes:
  check_mode:
    support: full
    description: Can run in check_mode and return changed status prediction without modifying target.
  diff_mode:
    support: full
    description: Will return details on what has changed (or possibly needs changing in check_mode), when in diff mode.
notes:
  - Needs the IAM actions C(s3:GetBucketPolicy) and C(s3:PutBucketPolicy), and C(s3:DeleteBucketPolicy) where nothing is
    left of a policy.
extends_documentation_fragment:
  - assumerole.s3.conventions
  - assumerole.s3.conventions.aws
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: The bucket is closed to old TLS, whatever else its policy says
  assumerole.s3.bucket_statements:
    bucket: example-partner-exchange
    account_id: "123456789012"
    statements:
      - Sid: ExampleDenyOldTls
        Effect: Deny
        Principal: "*"
        Action: s3:*
        Resource: arn:aws:s3:::example-partner-exchange/*
        Condition:
          NumericLessThan:
            s3:TlsVersion: "1.2"
"""

RETURN = r"""
policy:
  description: The bucket's policy as it is now, or in check mode as it would be; empty when there is none.
  returned: success
  type: dict
"""

from collections.abc import Callable
import json
import os
from typing import Any

try:
    from botocore.exceptions import ClientError
except ImportError:
    pass  # aws_module says so

from ansible_collections.assumerole.s3.plugins.module_utils._aws import bucket_policies
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities, connection
from ansible_collections.assumerole.s3.plugins.module_utils._aws.module import aws_module, usable_connection
from ansible_collections.assumerole.s3.plugins.module_utils._aws.told import ends_in_our_words
from ansible_collections.assumerole.s3.plugins.module_utils._contract.problems import problems
from ansible_collections.assumerole.s3.plugins.module_utils._files import own_folder, private_file
from ansible_collections.assumerole.s3.plugins.module_utils._policies.bucket_statements import with_ours, without_ours
from ansible_collections.assumerole.s3.plugins.module_utils._policies.canonical import same
from ansible_collections.assumerole.s3.plugins.module_utils._provision.statements import (
    MOST,
    Contended,
    Document,
    Place,
    settled,
)

ARGUMENT_SPEC: dict[str, Any] = {
    "bucket": {"type": "str", "required": True},
    "account_id": {"type": "str", "required": True},
    "statements": {"type": "list", "elements": "dict", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


@ends_in_our_words
def main() -> None:
    """Check the options, and settle the policy while no other process of this machine does."""
    module = aws_module(ARGUMENT_SPEC, supports_check_mode=True)
    options = module.params
    wrong = problems({name: options[name] for name in ("bucket", "account_id")}, naming="")
    wrong += [without_a_sid(statement) for statement in options["statements"] if not statement.get("Sid")]
    if wrong:
        module.fail_json(msg=" ".join(wrong))
    try:
        with usable_connection(module):
            s3 = Identities(connection(options, os.environ)).user("s3")
            before, after = written(s3, options, module.check_mode)
    except Contended:
        module.fail_json(msg=contended(options["bucket"]))
    except ClientError as error:
        module.fail_json_aws(error, msg=f"The policy of the bucket {options['bucket']} could not be written")
    except OSError as error:
        module.fail_json(msg=f"Nobody else's writing can be kept out meanwhile: {error}.")
    diff = {"before": shown(before), "after": shown(after)}
    module.exit_json(changed=not same(before, after), policy=after, diff=diff)


def written(s3: Any, options: dict[str, Any], check_mode: bool) -> tuple[Document, Document]:
    """The policy before and after, while no other process of this machine writes one."""
    with private_file.locked(lock_file(options["bucket"])):
        return settled(place(s3, options, check_mode), merge(options))


def place(s3: Any, options: dict[str, Any], check_mode: bool) -> Place:
    """The bucket's policy; in check mode what is written is only remembered."""
    where = (s3, options["bucket"], options["account_id"])
    if check_mode:
        held = [bucket_policies.get(*where)]
        return Place(lambda: held[-1], lambda policy: held.append(dict(policy)))

    def write(policy: Document) -> None:
        if policy:
            bucket_policies.put(*where, policy)
        else:
            bucket_policies.delete(*where)

    return Place(lambda: bucket_policies.get(*where), write)


def merge(options: dict[str, Any]) -> Callable[[Document], Document]:
    """How the policy is to be, from how it is."""
    ours = {"Version": "2012-10-17", "Statement": options["statements"]}
    change = with_ours if options["state"] == "present" else without_ours
    return lambda there: change(there, ours)


def lock_file(bucket: str) -> str:
    """A file whose folder is locked: this user's own, so that nobody else can hold it."""
    return os.path.join(own_folder.path(), bucket)


def without_a_sid(statement: Document) -> str:
    """Such a statement could never be told from another's."""
    return f"statements has one without a Sid ({json.dumps(statement)[:80]}): give it a Sid that nobody else uses."


def contended(bucket: str) -> str:
    """Who keeps taking the statements out."""
    return (
        f"Somebody else keeps changing the policy of the bucket {bucket}: it was written {MOST} times, and is not as "
        "it should be. Look in CloudTrail who calls PutBucketPolicy, and run this again when that has ended."
    )


def shown(policy: Document) -> str:
    """The document as --diff prints it."""
    return json.dumps(policy, indent=2) + "\n" if policy else ""


if __name__ == "__main__":
    main()
