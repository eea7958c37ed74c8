# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of an account carries tags: its users and roles with their policies, and the tags of a bucket."""

from __future__ import annotations

from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.account_details import lists_of

try:
    from botocore.exceptions import ClientError
except ImportError:
    pass  # whoever makes the client says so

Client = Any
Details = list[dict[str, Any]]


def users_and_roles(iam: Client) -> tuple[Details, Details]:
    """All users and roles; what AWS does not give raises, so that no part is taken for the whole."""
    found = lists_of(iam, "User", "Role")
    return found["UserDetailList"], found["RoleDetailList"]


def bucket_tags(s3: Client, bucket: str) -> Details:
    """The bucket's tags; none where it has none or is gone.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html
    """
    try:
        found: Details = s3.get_bucket_tagging(Bucket=bucket)["TagSet"]
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchTagSet", "NoSuchBucket"):
            return []
        raise
    return found
