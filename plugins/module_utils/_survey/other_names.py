# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions of S3 that read, write, list or delete by another name, and those that lead there. Pure.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
"""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import (
    BUCKET,
    OBJECTS,
    PERMISSIONS,
    USUAL,
)

LIST, READ, WRITE, DELETE = (PERMISSIONS[name].action for name in ("list", "read", "write", "delete"))

#: What comes to the same by itself. The version of an object in a bucket that has never kept any is ``null``, which
#: everybody knows; and what S3 shows of uploads that are under way is which keys they are for.
#: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html
#: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html
ALSO: Mapping[str, str] = {
    "s3:GetObjectVersion": READ,
    "s3:DeleteObjectVersion": DELETE,
    "s3:ListBucketVersions": LIST,
    "s3:ListBucketMultipartUploads": LIST,
}

#: The same by a setting of the bucket: who may say when objects expire deletes them.
#: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
BY_A_SETTING: Mapping[str, str] = {"s3:PutLifecycleConfiguration": DELETE}

#: What replication asks for in the name of a role that S3 was handed. That nobody else can ask for it is inferred: no
#: call of the API is documented that would.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
REPLICATING: Mapping[str, str] = {
    "s3:GetObjectVersionForReplication": READ,
    "s3:ReplicateObject": WRITE,
    "s3:ReplicateDelete": DELETE,
}

#: What any of them comes to.
COMES_TO: Mapping[str, str] = {**ALSO, **BY_A_SETTING, **REPLICATING}

#: Listings that a prefix limits.
BY_PREFIX = frozenset({LIST, "s3:ListBucketVersions"})


def given(grant: Grant) -> dict[str, str]:
    """The usual four, and what else the contract gives at a place, with what each is on."""
    rows = [PERMISSIONS[name] for name in dict.fromkeys((*USUAL, *grant.permissions))]
    return {action: row.about(action) for row in rows if not row.whole for action in row.actions}


def by_any_name(grant: Grant) -> dict[str, str]:
    """The same, and whatever else comes to the same by itself."""
    also = {action: on(action) for action in (*ALSO, *BY_A_SETTING)}
    return {**given(grant), **also}


def on(action: str) -> str:
    """Whether one of these other names is about the bucket or about objects."""
    return BUCKET if COMES_TO[action] == LIST or action in BY_A_SETTING else OBJECTS
