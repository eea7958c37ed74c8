# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody else with an account of their own, who is trusted or not."""

from __future__ import annotations

from dataclasses import dataclass, field
import json
from pathlib import Path
import secrets
from typing import Any

from lab.account import allow, new_account
from lab.checkout import Json
from lab.emulator import Emulator


@dataclass
class Partner:
    """An IAM user of an account, by default one that nobody uses. ``lets`` is whether its account lets it ask."""

    emulator: Emulator
    lets: bool = True
    name: str = field(default_factory=lambda: f"theirs-{secrets.token_hex(4)}")
    key: Json = field(default_factory=dict, repr=False)

    @classmethod
    def elsewhere(cls, emulator: Emulator, *, lets: bool = True) -> Partner:
        """In an account of their own."""
        return cls(new_account(emulator), lets).make()

    def make(self) -> Partner:
        """The user, its key, and what its account lets it do."""
        iam = self.emulator.iam
        iam.create_user(UserName=self.name)
        if self.lets:
            document = json.dumps(allow("sts:AssumeRole"))
            iam.put_user_policy(UserName=self.name, PolicyName="assume", PolicyDocument=document)
        self.key = iam.create_access_key(UserName=self.name)["AccessKey"]
        return self

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.emulator.account}:user/{self.name}"

    @property
    def label(self) -> str:
        """How the ids of its checks end."""
        return f"{self.emulator.account}:user/{self.name}"

    def write_profile(self, path: Path, name: str = "") -> str:
        """Its key in a credentials file, under its name or another; gives the profile's."""
        profile = name or self.name
        path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"[{profile}]\naws_access_key_id = {self.key['AccessKeyId']}\n")
            file.write(f"aws_secret_access_key = {self.key['SecretAccessKey']}\n")
        path.chmod(0o600)
        return profile

    def role(self, name: str, trusts: str) -> Any:
        """A role of its account, which trusts somebody and may assume others; gives its ARN."""
        statement = {"Effect": "Allow", "Principal": {"AWS": trusts}, "Action": "sts:AssumeRole"}
        trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        made = self.emulator.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        document = json.dumps(allow("sts:AssumeRole"))
        self.emulator.iam.put_role_policy(RoleName=name, PolicyName="assume", PolicyDocument=document)
        return made
