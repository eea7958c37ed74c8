# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``terraform apply`` makes of main.tf in docs/from-terraform.md, and the key that is then made by hand."""

from __future__ import annotations

import json
from pathlib import Path

import boto3
from made_by_aws import make_bucket

USER, ROLE, BUCKET = "legacy-executor", "legacy-maintainer", "example-legacy-test"


def policy(**statement: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def main() -> None:
    session = boto3.Session(profile_name="operator")
    iam = session.client("iam")
    arn = iam.create_user(UserName=USER)["User"]["Arn"]
    iam.put_user_policy(
        UserName=USER, PolicyName="assume", PolicyDocument=policy(Action="sts:AssumeRole", Resource="*")
    )
    trust = policy(Action="sts:AssumeRole", Principal={"AWS": arn})
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust)
    everything = policy(Action="s3:*", Resource=[f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"])
    managed = iam.create_policy(PolicyName="legacy-bucket", PolicyDocument=everything)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=ROLE, PolicyArn=managed)
    make_bucket(session.client("s3"), BUCKET)
    store(iam.create_access_key(UserName=USER)["AccessKey"])


def store(key: dict[str, str]) -> None:
    """What ``aws configure --profile legacy`` does."""
    with (Path.home() / ".aws" / "credentials").open("a") as file:
        file.write(f"[legacy]\naws_access_key_id = {key['AccessKeyId']}\n")
        file.write(f"aws_secret_access_key = {key['SecretAccessKey']}\n")


if __name__ == "__main__":
    main()
