# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a partner makes in an account of its own, of which the reader of a page sees nothing but two profiles.

    python tests/docs/made_by_a_partner.py ACCOUNT ROLE OTHERS_ROLE_ARN

The role may assume the other one. Its user's key is the profile ROLE-keeper, and the role itself the profile ROLE.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
import sys
from typing import Any

import boto3

#: The emulator takes an account's number for the key id of its root.
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def main() -> None:
    """Make user, role and policies, and the profiles beside those that are there."""
    account, role, theirs = sys.argv[1:]
    keeper, arn = f"{role}-keeper", f"arn:aws:iam::{account}:role/{role}"
    iam = boto3.Session(account, SECRET, region_name="us-east-1").client("iam")
    user = iam.create_user(UserName=keeper)["User"]["Arn"]
    iam.put_user_policy(UserName=keeper, PolicyName="assume", PolicyDocument=may_assume(arn))
    trust = {"Effect": "Allow", "Principal": {"AWS": user}, "Action": "sts:AssumeRole"}
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=document(trust))
    iam.put_role_policy(RoleName=role, PolicyName="assume", PolicyDocument=may_assume(theirs))
    key = iam.create_access_key(UserName=keeper)["AccessKey"]
    files = Path(os.environ["HOME"], ".aws")
    names = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    append(files / "credentials", keeper, names)
    append(files / "config", f"profile {role}", {"role_arn": arn, "source_profile": keeper, "region": "us-east-1"})


def may_assume(arn: str) -> str:
    """A policy for whoever assumes a role."""
    return document({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": arn})


def document(statement: dict[str, Any]) -> str:
    """A policy of one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def append(path: Path, section: str, settings: dict[str, str]) -> None:
    """A section at the end of an AWS file."""
    lines = [f"[{section}]", *(f"{name} = {value}" for name, value in settings.items()), ""]
    with path.open("a", encoding="utf-8") as file:
        file.write("\n".join(lines))
    path.chmod(0o600)


if __name__ == "__main__":
    main()
