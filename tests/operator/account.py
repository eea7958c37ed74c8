# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An account on the enforcing emulator: its root prepares a contract, its operator runs a verb with given policies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
import json
import os
from pathlib import Path
import secrets
import subprocess
import sys
import tempfile
from typing import Any

import boto3
from botocore.exceptions import ClientError
from policies import actions, without

from ansible_collections.assumerole.s3.plugins.module_utils._aws.readings import read_configuration
from ansible_collections.assumerole.s3.plugins.module_utils._checks.audit import audit
from ansible_collections.assumerole.s3.plugins.module_utils._checks.rules import Subject
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract

CHECKOUT = Path(__file__).resolve().parents[2]
EMULATOR = CHECKOUT / "tests" / "emulators" / "emulator.py"

Env = Mapping[str, str]
Json = dict[str, Any]

USER, ROLE = "partner", "partner-exchange"
OPERATOR = "operator"


@dataclass(frozen=True)
class Ran:
    """What a playbook printed, and how it ended."""

    code: int
    output: str

    @property
    def changed(self) -> bool:
        """Whether it changed anything."""
        return " changed=0 " not in self.output


@dataclass
class Account:
    """One account of the emulator, with names and files of its own, so that many can be used at once."""

    env: Env
    home: Path
    number: str = field(default_factory=lambda: str(10**11 + secrets.randbelow(10**11)))

    @property
    def bucket(self) -> str:
        """Bucket names are global."""
        return f"partner-exchange-{self.number}"

    @property
    def user_arn(self) -> str:
        return f"arn:aws:iam::{self.number}:user/{USER}"

    @property
    def names(self) -> dict[str, str]:
        """What the placeholders of the policies stand for here."""
        return {
            "ACCOUNT_ID": self.number,
            "BUCKET_NAME": self.bucket,
            "REGION": self.env["AWS_REGION"],
            "USER_NAME": USER,
            "ROLE_NAME": ROLE,
        }

    @property
    def variables(self) -> Json:
        """The contract, with whatever makes an operator do something."""
        return {
            "bucket_access_user": USER,
            "bucket_access_role": ROLE,
            "bucket_access_bucket": self.bucket,
            "bucket_access_prefix": "exchange/",
            "bucket_access_tags": {"team": "exchange"},
            "bucket_access_versioning": True,
            "bucket_access_wait_timeout": 5,
        }

    @cached_property
    def contract(self) -> Contract:
        return Contract(bucket=self.bucket, prefix="exchange/")

    @property
    def credentials_file(self) -> Path:
        return self.home / ".aws" / "credentials"

    def client(self, service: str) -> Any:
        """Root's hands. The emulator takes twelve digits for the key of that account's root."""
        return boto3.client(
            service,
            region_name=self.env["AWS_REGION"],
            endpoint_url=self.env["AWS_ENDPOINT_URL"],
            verify=self.env["AWS_CA_BUNDLE"],
            aws_access_key_id=self.number,
            aws_secret_access_key=self.env["AWS_SECRET_ACCESS_KEY"],
        )

    @cached_property
    def iam(self) -> Any:
        return self.client("iam")

    @cached_property
    def s3(self) -> Any:
        return self.client("s3")

    @property
    def root(self) -> Env:
        """Root's credentials, for a playbook."""
        return {"AWS_ACCESS_KEY_ID": self.number, "AWS_SECRET_ACCESS_KEY": self.env["AWS_SECRET_ACCESS_KEY"]}

    def operator(self, policies: Sequence[Json]) -> Env:
        """The credentials of a new IAM user who has exactly these policies."""
        self.iam.create_user(UserName=OPERATOR)
        for number, policy in enumerate(policies):
            document = json.dumps(as_the_emulator_asks(policy), separators=(",", ":"))
            made = self.iam.create_policy(PolicyName=f"operator-{number}", PolicyDocument=document)
            self.iam.attach_user_policy(UserName=OPERATOR, PolicyArn=made["Policy"]["Arn"])
        key = self.iam.create_access_key(UserName=OPERATOR)["AccessKey"]
        return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}

    def play(self, verb: str, credentials: Env, *arguments: str, **variables: Any) -> Ran:
        """Run the verb's playbook with these credentials and no others."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        endpoint = {name: value for name, value in self.env.items() if not name.endswith(("_KEY_ID", "_ACCESS_KEY"))}
        own = {
            "HOME": str(self.home),
            "ANSIBLE_HOME": str(self.home / ".ansible"),
            "ANSIBLE_REMOTE_TMP": str(self.home / ".ansible" / "tmp"),
            "ANSIBLE_NOCOLOR": "1",
        }
        extra = json.dumps({**self.variables, **variables})
        program = str(Path(sys.executable).parent / "ansible-playbook")
        done = subprocess.run(
            [program, f"playbooks/{verb}.yml", "-e", extra, *arguments],
            check=False,
            cwd=CHECKOUT,
            env={**inherited, **endpoint, **own, **credentials},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return Ran(done.returncode, done.stdout)

    def unsound(self) -> list[str]:
        """What differs from the contract, seen by root: ids of the audit's checks, and tags and versioning."""
        found = read_configuration(self.iam, self.s3, USER, ROLE, self.bucket)
        checks = audit(Subject(self.contract, USER, ROLE, "AES256", found))
        wrong = [check["id"] for check in checks if check["outcome"] != "pass"]
        return wrong or [name for name, right in self._settings().items() if not right]

    def _settings(self) -> dict[str, bool]:
        tags = [{"Key": "team", "Value": "exchange"}]
        return {
            "user.tags": tags[0] in self.iam.list_user_tags(UserName=USER)["Tags"],
            "role.tags": self.iam.list_role_tags(RoleName=ROLE)["Tags"] == tags,
            "bucket.tags": self.s3.get_bucket_tagging(Bucket=self.bucket)["TagSet"] == tags,
            "bucket.versioning": self.s3.get_bucket_versioning(Bucket=self.bucket).get("Status") == "Enabled",
            "role.description": USER in self.iam.get_role(RoleName=ROLE)["Role"].get("Description", ""),
        }

    def left(self) -> list[str]:
        """What of the contract still exists."""
        questions = {
            "user": lambda: self.iam.get_user(UserName=USER),
            "role": lambda: self.iam.get_role(RoleName=ROLE),
            "bucket": lambda: self.s3.head_bucket(Bucket=self.bucket),
        }
        return [name for name, question in questions.items() if exists(question)]

    def key_states(self) -> dict[str, str]:
        """The user's keys by id, and whether each is Active."""
        return {
            key["AccessKeyId"]: key["Status"] for key in self.iam.list_access_keys(UserName=USER)["AccessKeyMetadata"]
        }

    def objects(self) -> list[str]:
        """What lies in the bucket."""
        return [item["Key"] for item in self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])]


def as_the_emulator_asks(policy: Json) -> Json:
    """The policy with this one action on any resource: AWS knows whose key it is asked about, the emulator does not."""
    action = "iam:GetAccessKeyLastUsed"
    if action not in actions(policy):
        return policy
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return {**policy, "Statement": [*without(policy, action)["Statement"], statement]}


def exists(question: Callable[[], Any]) -> bool:
    """Whether the answer is anything but that there is none."""
    try:
        question()
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchEntity", "404"):
            return False
        raise
    return True


@contextmanager
def emulator() -> Iterator[Env]:
    """The enforcing emulator's environment, as long as it is needed."""
    with tempfile.TemporaryDirectory(prefix="assumerole-s3-operator-") as folder:
        state = str(Path(folder) / "aws")
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        subprocess.run([sys.executable, str(EMULATOR), "start", "enforcing", state], check=True, env=clean)
        try:
            yield json.loads((Path(state) / "env.json").read_text())
        finally:
            subprocess.run([sys.executable, str(EMULATOR), "stop", state], check=True)


@contextmanager
def account(env: Env) -> Iterator[Account]:
    """A new account, and a home for its files."""
    with tempfile.TemporaryDirectory(prefix="assumerole-s3-account-") as home:
        yield Account(env, Path(home))
