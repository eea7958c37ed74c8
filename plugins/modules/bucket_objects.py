#!/usr/bin/python
# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: bucket_objects
version_added: 0.1.0
short_description: Delete the objects of a bucket, in every version
description:
  - Deletes every object, every noncurrent version and every delete marker below a prefix, and aborts the multipart
    uploads there that nobody has finished. The bucket itself stays.
  - C(null) versions are deleted, too, so a bucket whose versioning was suspended gets empty.
  - What cannot be deleted does not keep the rest from being deleted. It is returned, and the module fails in the end.
  - It cannot be undone.
options:
  bucket:
    description: The name of the bucket. There is nothing to do when it does not exist.
    type: str
    required: true
  prefix:
    description:
      - Only what has a key below this prefix is deleted. A slash at its end is added.
      - The whole bucket is emptied when it is an empty string.
    type: str
    default: ""
  account_id:
    description: The account that owns the bucket. A bucket of any other account is refused.
    type: str
  state:
    description: V(absent) deletes. There is no other state, and no default.
    type: str
    choices: [absent]
    required: true
author:
  - The assumerole.s3 contributors (@assumerole)
attributes:
  check_mode:
    support: full
    description: >-
      Can run in check_mode and return changed status prediction without modifying target. It counts what would be
      deleted; what would be refused, only the deletion itself shows.
  diff_mode:
    support: none
    description: Will return details on what has changed (or possibly needs changing in check_mode), when in diff mode.
notes:
  - Needs the IAM actions C(s3:ListBucketVersions), C(s3:ListBucketMultipartUploads), C(s3:DeleteObject),
    C(s3:DeleteObjectVersion) and C(s3:AbortMultipartUpload). With C(s3:GetObjectRetention) it can say when Object Lock
    ends.
extends_documentation_fragment:
  - assumerole.s3.conventions
  - assumerole.s3.conventions.aws
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: What the partner left is gone
  assumerole.s3.bucket_objects:
    bucket: example-partner-exchange
    prefix: partner/
    account_id: "123456789012"
    state: absent
"""

RETURN = r"""
objects:
  description: How many objects were deleted, in their current version.
  returned: always
  type: int
  sample: 3
versions:
  description: How many noncurrent versions were deleted.
  returned: always
  type: int
  sample: 12
markers:
  description: How many delete markers were deleted.
  returned: always
  type: int
  sample: 2
uploads:
  description: How many unfinished multipart uploads were aborted.
  returned: always
  type: int
  sample: 0
left:
  description: What could not be deleted, the first 100 of it.
  returned: always
  type: list
  elements: dict
  contains:
    key:
      description: The key.
      type: str
      sample: partner/2026/ledger.csv
    version_id:
      description: The id of the version or delete marker; null for a multipart upload.
      type: str
      sample: "null"
    code:
      description: AWS's error code.
      type: str
      sample: AccessDenied
left_count:
  description: How many of them there are.
  returned: always
  type: int
  sample: 0
msg:
  description: What was deleted, and what was not, in a sentence, with what to do about it.
  returned: always
  type: str
  sample: 3 objects and 12 noncurrent versions below 'partner/' were deleted from 'example-partner-exchange'.
"""

from itertools import takewhile
import os
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities, connection
from ansible_collections.assumerole.s3.plugins.module_utils._aws.listings import KINDS, UPLOAD
from ansible_collections.assumerole.s3.plugins.module_utils._aws.module import aws_module, usable_connection
from ansible_collections.assumerole.s3.plugins.module_utils._aws.objects import Deleted, Left, delete_below, retention
from ansible_collections.assumerole.s3.plugins.module_utils._aws.told import ends_in_our_words
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import folder
from ansible_collections.assumerole.s3.plugins.module_utils._contract.problems import problems
from ansible_collections.assumerole.s3.plugins.module_utils._provision.emptied import is_locked, sentence

ARGUMENT_SPEC: dict[str, Any] = {
    "bucket": {"type": "str", "required": True},
    "prefix": {"type": "str", "default": ""},
    "account_id": {"type": "str"},
    "state": {"type": "str", "choices": ["absent"], "required": True},
}

#: How many of what is left are returned.
MOST_RETURNED = 100


@ends_in_our_words
def main() -> None:
    """Check the options, delete, and return what was done also when it is a failure."""
    module = aws_module(ARGUMENT_SPEC, supports_check_mode=True)
    wrong = problems({name: module.params[name] for name in ("bucket", "prefix", "account_id")}, naming="")
    if wrong:
        module.fail_json(msg=" ".join(wrong))
    with usable_connection(module):
        s3 = Identities(connection(module.params, os.environ)).user("s3")
    place = (module.params["bucket"], module.params["account_id"], folder(module.params["prefix"]))
    done, result = emptied(s3, *place, module.check_mode)
    if not done.complete:
        module.fail_json(**result)
    module.exit_json(**result)


def emptied(s3: Any, bucket: str, owner: str | None, prefix: str, check_mode: bool) -> tuple[Deleted, dict[str, Any]]:
    """Delete; gives what was done, and the same as the module returns it."""
    done = delete_below(s3, bucket, owner, prefix, check_mode)
    locked = [kept.item for kept in done.left if is_locked(kept)][:MOST_RETURNED]
    answers = (retention(s3, bucket, owner, item) for item in locked)
    told = [answer for answer in takewhile(lambda answer: answer.code != "AccessDenied", answers) if answer.succeeded]
    until = max((answer.value["until"] for answer in told), default=None)
    return done, {
        "changed": any(done.counts.values()),
        **{kind: done.counts[kind] for kind in KINDS},
        "left": [_as_returned(kept) for kept in done.left[:MOST_RETURNED]],
        "left_count": len(done.left),
        "msg": sentence(done, bucket, prefix, check_mode, until),
    }


def _as_returned(kept: Left) -> dict[str, Any]:
    version = None if kept.item.kind == UPLOAD else kept.item.id
    return {"key": kept.item.key, "version_id": version, "code": kept.answer.code}


if __name__ == "__main__":
    main()
