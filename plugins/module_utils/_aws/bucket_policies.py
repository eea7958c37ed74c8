# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy of a bucket: one function a call. Only a bucket of the given account is asked."""

from __future__ import annotations

from collections.abc import Mapping
import json
from typing import Any

try:
    from botocore.exceptions import ClientError
except ImportError:
    pass  # aws_module says so

Client = Any
Document = dict[str, Any]


def get(s3: Client, bucket: str, owner: str) -> Document:
    """The policy, empty when there is none; https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html"""
    try:
        text = s3.get_bucket_policy(Bucket=bucket, ExpectedBucketOwner=owner)["Policy"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucketPolicy":
            raise
        return {}
    found: Document = json.loads(text)
    return found


def put(s3: Client, bucket: str, owner: str, policy: Mapping[str, Any]) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html"""
    text = json.dumps(policy, ensure_ascii=False, separators=(",", ":"))
    s3.put_bucket_policy(Bucket=bucket, ExpectedBucketOwner=owner, Policy=text)


def delete(s3: Client, bucket: str, owner: str) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html"""
    s3.delete_bucket_policy(Bucket=bucket, ExpectedBucketOwner=owner)
