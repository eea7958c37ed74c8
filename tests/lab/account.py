# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts of the emulator, operators who have exactly the policies that they are given, and what a refusal says."""

from __future__ import annotations

from collections.abc import Sequence
import json
import secrets
from typing import Any

from botocore.exceptions import ClientError

from lab.checkout import Env, Json
from lab.emulator import Emulator

OPERATOR = "operator"


def new_account(emulator: Emulator) -> Emulator:
    """The emulator as root of an account that nobody uses."""
    return emulator.in_account(str(10**11 + secrets.randbelow(10**11)))


def operator_of(emulator: Emulator, policies: Sequence[Json]) -> Env:
    """The credentials of a new IAM user of the account, who has exactly these policies."""
    iam = emulator.iam
    iam.create_user(UserName=OPERATOR)
    for number, policy in enumerate(policies):
        document = json.dumps(policy, separators=(",", ":"))
        made = iam.create_policy(PolicyName=f"operator-{number}", PolicyDocument=document)
        iam.attach_user_policy(UserName=OPERATOR, PolicyArn=made["Policy"]["Arn"])
    key = iam.create_access_key(UserName=OPERATOR)["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}


def allow(action: str | list[str], *resources: str) -> Json:
    """A policy document that allows this and nothing else."""
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": action, "Resource": list(resources) or "*"}],
    }


def block_public_access(emulator: Emulator, **settings: bool) -> None:
    """The account's own block, with these settings."""
    control = emulator.client("s3control")
    control.meta.events.register("before-call.s3-control", _at_the_endpoint)
    control.put_public_access_block(AccountId=emulator.account, PublicAccessBlockConfiguration=settings)


def make_access_point(emulator: Emulator, bucket: str, name: str, policy: Json | None = None) -> str:
    """Another door of a bucket, with a policy of its own or without; gives its ARN."""
    control, account = emulator.client("s3control"), emulator.account
    control.meta.events.register("before-call.s3-control", _at_the_endpoint)
    made = control.create_access_point(AccountId=account, Name=name, Bucket=bucket)
    if policy:
        control.put_access_point_policy(AccountId=account, Name=name, Policy=json.dumps(policy))
    return str(made["AccessPointArn"])


def _at_the_endpoint(params: Json, **_more: Any) -> None:
    """The emulator has no name for each account."""
    account = params["headers"]["x-amz-account-id"]
    params["url"] = params["url"].replace(f"//{account}.", "//", 1)


def code_of(call: Any, *arguments: Any, **options: Any) -> str:
    """The code with which AWS refuses a call; ``OK`` when it does not."""
    try:
        call(*arguments, **options)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "OK"
