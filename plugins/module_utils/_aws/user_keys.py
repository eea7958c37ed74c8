# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The access keys of a user, and the tags in which runs leave notes about them: one function a call."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.held import hold

try:
    from botocore.exceptions import ClientError
except ImportError:
    pass  # aws_module says so

Client = Any


def ids(iam: Client, user: str) -> list[str]:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html"""
    pages = iam.get_paginator("list_access_keys").paginate(UserName=user)
    return [str(key["AccessKeyId"]) for page in pages for key in page["AccessKeyMetadata"]]


def tags(iam: Client, user: str) -> dict[str, str]:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html"""
    return {tag["Key"]: tag["Value"] for tag in iam.get_user(UserName=user)["User"].get("Tags", [])}


def tag(iam: Client, user: str, key: str, value: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagUser.html"""
    iam.tag_user(UserName=user, Tags=[{"Key": key, "Value": value}])


def make(iam: Client, user: str) -> dict[str, str]:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html"""
    made: dict[str, str] = iam.create_access_key(UserName=user)["AccessKey"]
    hold(made["SecretAccessKey"])
    return made


def delete(iam: Client, user: str, access_key_id: str) -> bool:
    """Whether it was there; https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccessKey.html"""
    try:
        iam.delete_access_key(UserName=user, AccessKeyId=access_key_id)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        return False
    return True


def deactivate(iam: Client, user: str, access_key_id: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html"""
    iam.update_access_key(UserName=user, AccessKeyId=access_key_id, Status="Inactive")


def last_used(iam: Client, access_key_id: str) -> datetime | None:
    """AWS may take some hours to tell.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html
    """
    moment: datetime | None = iam.get_access_key_last_used(AccessKeyId=access_key_id)["AccessKeyLastUsed"].get(
        "LastUsedDate"
    )
    return moment
