# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server holds of a contract, as JSON: another route than the collection's own modules.

    python server_state.py USER ROLE BUCKET

The operator's credentials and the endpoint come from the environment.
"""

from __future__ import annotations

from collections.abc import Callable
import json
import sys
from typing import Any

import boto3
from botocore.exceptions import ClientError

NOTHING = {
    "NoSuchEntity",
    "NoSuchBucket",
    "NoSuchBucketPolicy",
    "404",
    "NoSuchPublicAccessBlockConfiguration",
    "OwnershipControlsNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
}


def main() -> None:
    """Print the state."""
    user, role, bucket = sys.argv[1:]
    iam, s3 = boto3.client("iam"), boto3.client("s3")
    print(
        json.dumps({"user": user_state(iam, user), "role": role_state(iam, role), "bucket": bucket_state(s3, bucket)})
    )


def seen(call: Callable[..., Any], **params: Any) -> Any:
    """The response, or nothing when there is no such thing."""
    try:
        return call(**params)
    except ClientError as error:
        if error.response["Error"]["Code"] in NOTHING:
            return None
        raise


def user_state(iam: Any, name: str) -> Any:
    """The user, with everything by which permissions come."""
    if not seen(iam.get_user, UserName=name):
        return None
    return {
        "inline": iam.list_user_policies(UserName=name)["PolicyNames"],
        "managed": iam.list_attached_user_policies(UserName=name)["AttachedPolicies"],
        "groups": iam.list_groups_for_user(UserName=name)["Groups"],
        "keys": [key["Status"] for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]],
    }


def role_state(iam: Any, name: str) -> Any:
    """The role, with its documents."""
    found = seen(iam.get_role, RoleName=name)
    if not found:
        return None
    policies = iam.list_role_policies(RoleName=name)["PolicyNames"]
    return {
        "trust": found["Role"]["AssumeRolePolicyDocument"]["Statement"],
        "inline": [iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"] for policy in policies],
        "managed": iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"],
        "instance_profiles": iam.list_instance_profiles_for_role(RoleName=name)["InstanceProfiles"],
    }


def bucket_state(s3: Any, name: str) -> Any:
    """The bucket, with its settings and the number of its objects."""
    if not seen(s3.head_bucket, Bucket=name):
        return None
    policy = seen(s3.get_bucket_policy, Bucket=name)
    return {
        "policy": json.loads(policy["Policy"])["Statement"] if policy else None,
        "public_access_block": (seen(s3.get_public_access_block, Bucket=name) or {}).get(
            "PublicAccessBlockConfiguration"
        ),
        "ownership": (seen(s3.get_bucket_ownership_controls, Bucket=name) or {})
        .get("OwnershipControls", {})
        .get("Rules"),
        "encryption": (seen(s3.get_bucket_encryption, Bucket=name) or {})
        .get("ServerSideEncryptionConfiguration", {})
        .get("Rules"),
        "objects": len(s3.list_objects_v2(Bucket=name).get("Contents", [])),
    }


if __name__ == "__main__":
    main()
