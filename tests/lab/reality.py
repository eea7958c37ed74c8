# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server and the AWS files hold, without secrets: another route than the collection's own code.

    python tests/lab/reality.py USER ROLE BUCKET

prints it as JSON. The operator's credentials, the endpoint and the AWS files come from the environment. It needs
nothing but boto3, and nothing else of the lab, as Molecule's scenarios run it by itself.
"""

from __future__ import annotations

from collections.abc import Callable
import configparser
import json
import os
from pathlib import Path
import sys
from typing import Any

import boto3
from botocore.exceptions import ClientError

#: How the collection's own notes begin, which are no tags of the contract, and the one that says whose something is.
NOTES = "assumerole.s3/"
MARK = f"{NOTES}contract"

NOTHING_THERE = {
    "NoSuchEntity",
    "NoSuchBucket",
    "NoSuchBucketPolicy",
    "NoSuchTagSet",
    "404",
    "NoSuchPublicAccessBlockConfiguration",
    "OwnershipControlsNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
}


def main() -> None:
    """Print what is there."""
    user, role, bucket = sys.argv[1:]
    iam, s3, sts = (boto3.client(service) for service in ("iam", "s3", "sts"))
    credentials, config = (
        profiles(Path(os.environ[name])) for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE")
    )
    found = {
        "account": sts.get_caller_identity()["Account"],
        "names": names(iam, s3),
        **seen(iam, s3, user, role, bucket),
        "credentials_file": {name: sorted(settings) for name, settings in credentials.items()},
        "config_file": config,
    }
    print(json.dumps(found))


def seen(iam: Any, s3: Any, user: str, role: str, bucket: str) -> dict[str, Any]:
    """The contract's user, role and bucket; none for what is not there."""
    return {
        "user": user_state(iam, user) if user else None,
        "role": role_state(iam, role),
        "bucket": bucket_state(s3, bucket),
    }


def names(iam: Any, s3: Any) -> dict[str, list[str]]:
    """Everything that provisioning could leave behind."""
    return {
        "users": sorted(user["UserName"] for user in iam.list_users()["Users"]),
        "roles": sorted(role["RoleName"] for role in iam.list_roles()["Roles"]),
        "policies": sorted(policy["Arn"] for policy in iam.list_policies(Scope="Local")["Policies"]),
        "instance_profiles": sorted(
            profile["InstanceProfileName"] for profile in iam.list_instance_profiles()["InstanceProfiles"]
        ),
        "buckets": sorted(bucket["Name"] for bucket in s3.list_buckets()["Buckets"]),
    }


def user_state(iam: Any, name: str) -> Any:
    """The user, with everything by which permissions come."""
    if not response(iam.get_user, UserName=name):
        return None
    return {
        "inline": iam.list_user_policies(UserName=name)["PolicyNames"],
        "managed": iam.list_attached_user_policies(UserName=name)["AttachedPolicies"],
        "groups": iam.list_groups_for_user(UserName=name)["Groups"],
        "access_keys": [key["Status"] for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]],
        **tags(iam.list_user_tags(UserName=name)["Tags"]),
    }


def role_state(iam: Any, name: str) -> Any:
    """The role, with its documents."""
    found = response(iam.get_role, RoleName=name)
    if not found:
        return None
    inline = iam.list_role_policies(RoleName=name)["PolicyNames"]
    return {
        "trust": found["Role"]["AssumeRolePolicyDocument"]["Statement"],
        "inline": [
            iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]["Statement"] for policy in inline
        ],
        "managed": iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"],
        "instance_profiles": iam.list_instance_profiles_for_role(RoleName=name)["InstanceProfiles"],
        **tags(iam.list_role_tags(RoleName=name)["Tags"]),
    }


def bucket_state(s3: Any, name: str) -> Any:
    """The bucket, with its settings and the keys of its objects."""
    if not response(s3.head_bucket, Bucket=name):
        return None
    block = response(s3.get_public_access_block, Bucket=name)
    ownership = response(s3.get_bucket_ownership_controls, Bucket=name)
    encryption = response(s3.get_bucket_encryption, Bucket=name)
    policy = response(s3.get_bucket_policy, Bucket=name)
    return {
        "public_access_block": block.get("PublicAccessBlockConfiguration"),
        "ownership": [rule["ObjectOwnership"] for rule in ownership.get("OwnershipControls", {}).get("Rules", [])],
        "encryption": [
            rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]
            for rule in encryption.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
        ],
        "policy": json.loads(policy["Policy"])["Statement"] if policy else None,
        **tags(response(s3.get_bucket_tagging, Bucket=name).get("TagSet", [])),
        "objects": [item["Key"] for item in s3.list_objects_v2(Bucket=name).get("Contents", [])],
    }


def tags(listed: list[dict[str, str]]) -> dict[str, Any]:
    """The contract's tags, and whose mark there is; none when it has none."""
    owner = next((tag["Value"] for tag in listed if tag["Key"] == MARK), None)
    return {"tags": [tag for tag in listed if not tag["Key"].startswith(NOTES)], "contract": owner}


def response(call: Callable[..., Any], **params: Any) -> dict[str, Any]:
    """The answer, or an empty one when there is no such thing."""
    try:
        return dict(call(**params))
    except ClientError as error:
        if error.response["Error"]["Code"] in NOTHING_THERE:
            return {}
        raise


def profiles(path: Path) -> dict[str, dict[str, str]]:
    """The sections of an AWS file, as Python reads them; a :class:`ValueError` says that it cannot."""
    parser = configparser.RawConfigParser(default_section="")
    try:
        parser.read_string(path.read_text() if path.exists() else "")
    except configparser.Error as error:
        raise ValueError(type(error).__name__) from None
    return {section: dict(parser[section]) for section in parser.sections()}


if __name__ == "__main__":
    main()
