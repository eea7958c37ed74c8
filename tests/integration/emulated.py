# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulator that runs, and contracts that are provisioned on it by boto3 from the collection's own documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
import json
import os
from pathlib import Path
import secrets
import subprocess
import sys
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Connection, Identities
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import (
    bucket_policy,
    permissions_policy,
    trust_policy,
)
from ansible_collections.assumerole.s3.plugins.module_utils._verification.access import check_access

CHECKOUT = Path(__file__).resolve().parent.parent.parent
PROGRAM = CHECKOUT / "tests" / "emulators" / "emulator.py"

#: The account of both emulators' operator.
ACCOUNT = "000000000000"

Json = dict[str, Any]


@dataclass(frozen=True)
class Emulator:
    """Where it answers, and clients for it."""

    state_dir: Path
    env: Mapping[str, str]

    @property
    def endpoint_url(self) -> str:
        return self.env["AWS_ENDPOINT_URL"]

    @property
    def plain_endpoint_url(self) -> str:
        return self.env["PLAIN_HTTP_ENDPOINT_URL"]

    @property
    def ca_bundle(self) -> str | None:
        return self.env.get("AWS_CA_BUNDLE")

    @property
    def pid(self) -> int:
        return int((self.state_dir / "pid").read_text())

    def client(
        self,
        service: str,
        access_key: str | None = None,
        secret_key: str | None = None,
        session_token: str | None = None,
        endpoint_url: str | None = None,
    ) -> Any:
        """A client with exactly these credentials; by default the operator's."""
        return boto3.client(
            service,
            region_name="us-east-1",
            endpoint_url=endpoint_url or self.endpoint_url,
            verify=self.ca_bundle,
            aws_access_key_id=access_key or self.env["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=secret_key or self.env["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=session_token,
            config=Config(retries={"total_max_attempts": 1}),
        )

    @cached_property
    def iam(self) -> Any:
        return self.client("iam")

    @cached_property
    def s3(self) -> Any:
        return self.client("s3")

    def requests(self) -> list[Json]:
        """The requests so far, as its log has them."""
        log = self.state_dir / "requests.log"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of a program that asks this emulator, without the caller's AWS_* variables."""
        return {**without_aws(os.environ), **self.env, **more}


def without_aws(environ: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in environ.items() if not key.startswith("AWS_")}


def emulator_command(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the emulators' program as people run it."""
    return subprocess.run(
        [sys.executable, str(PROGRAM), *arguments],
        check=False,
        capture_output=True,
        text=True,
        env={**without_aws(os.environ), **environ},
    )


def start(name: str, state_dir: Path) -> Emulator:
    started = emulator_command("start", name, str(state_dir))
    assert started.returncode == 0, started.stderr
    return Emulator(state_dir, json.loads((state_dir / "env.json").read_text()))


@contextmanager
def running(name: str, state_dir: Path) -> Iterator[Emulator]:
    try:
        yield start(name, state_dir)
    finally:
        emulator_command("stop", str(state_dir))


def code_of(call: Any, *arguments: Any, **options: Any) -> str:
    """The code with which AWS refuses a call; ``OK`` when it does not."""
    try:
        call(*arguments, **options)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "OK"


def allow(action: str | list[str], *resources: str) -> Json:
    """A policy document that allows this and nothing else."""
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": action, "Resource": list(resources) or "*"}],
    }


@dataclass
class Provisioned:
    """A contract that somebody provisioned: user, key, role and bucket, and the operator's hands to change them."""

    emulator: Emulator
    contract: Contract
    tag: str
    key: Json = field(default_factory=dict, repr=False)

    @property
    def bucket(self) -> str:
        return self.contract.bucket

    @property
    def user(self) -> str:
        return f"user-{self.tag}"

    @property
    def role(self) -> str:
        return f"role-{self.tag}"

    @property
    def user_arn(self) -> str:
        return f"arn:aws:iam::{ACCOUNT}:user/{self.user}"

    @property
    def role_arn(self) -> str:
        return f"arn:aws:iam::{ACCOUNT}:role/{self.role}"

    @property
    def trust(self) -> Json:
        return trust_policy(self.contract, self.user_arn)

    @property
    def permissions(self) -> Json:
        return permissions_policy(self.contract)

    def as_user(self, service: str) -> Any:
        """A client with the user's key."""
        return self.emulator.client(service, self.key["AccessKeyId"], self.key["SecretAccessKey"])

    def assume(self, **options: Any) -> Json:
        """The credentials of a session of the role."""
        external_id = {"ExternalId": self.contract.external_id} if self.contract.external_id else {}
        params = {"RoleArn": self.role_arn, "RoleSessionName": "test", **external_id, **options}
        credentials: Json = self.as_user("sts").assume_role(**params)["Credentials"]
        return credentials

    def as_role(self, service: str, endpoint_url: str | None = None) -> Any:
        """A client with a session of the role."""
        given = self.assume()
        keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        return self.emulator.client(service, *keys, endpoint_url=endpoint_url)

    def objects(self, bucket: str | None = None) -> list[str]:
        listing = self.emulator.s3.list_objects_v2(Bucket=bucket or self.bucket)
        return [item["Key"] for item in listing.get("Contents", [])]

    def put(self, *keys: str) -> None:
        for key in keys:
            self.emulator.s3.put_object(Bucket=self.bucket, Key=key, Body=b"somebody's")

    def set_trust(self, document: Json) -> None:
        self.emulator.iam.update_assume_role_policy(RoleName=self.role, PolicyDocument=json.dumps(document))

    def set_permissions(self, document: Json, name: str = "bucket-access") -> None:
        self.emulator.iam.put_role_policy(RoleName=self.role, PolicyName=name, PolicyDocument=json.dumps(document))

    def set_bucket_policy(self, *statements: Json) -> None:
        document = bucket_policy(self.contract)
        document["Statement"] += statements
        self.emulator.s3.put_bucket_policy(Bucket=self.bucket, Policy=json.dumps(document))

    def give_user(self, document: Json) -> None:
        self.emulator.iam.put_user_policy(UserName=self.user, PolicyName="extra", PolicyDocument=json.dumps(document))

    def deactivate_key(self) -> None:
        self.emulator.iam.update_access_key(UserName=self.user, AccessKeyId=self.key["AccessKeyId"], Status="Inactive")

    def options(self, **more: Any) -> Json:
        """The module's options for this contract."""
        return {
            "role_arn": self.role_arn,
            "bucket": self.bucket,
            "prefix": self.contract.prefix,
            "permissions": list(self.contract.permissions),
            "external_id": self.contract.external_id,
            "forbidden_buckets": list(self.contract.forbidden_buckets),
            "session_name": "test",
            "duration_seconds": 900,
            "caller_arn": self.user_arn,
            "wait_timeout": 0,
            **more,
        }

    def identities(self, **connection: Any) -> Identities:
        """The user's identity, as the module makes it."""
        standard = {
            "region": "us-east-1",
            "endpoint_url": self.emulator.endpoint_url,
            "verify": self.emulator.ca_bundle,
            "config": {"retries": {"total_max_attempts": 1}, "connect_timeout": 2},
            "access_key": self.key["AccessKeyId"],
            "secret_key": self.key["SecretAccessKey"],
        }
        return Identities(Connection(**{**standard, **connection}))

    def check(self, traceless: bool = False, **more: Any) -> Json:
        """What the module finds."""
        return check_access(self.identities(), self.options(**more), traceless=traceless)


def provision(emulator: Emulator, **contract: Any) -> Provisioned:
    """User, key, role and bucket under names that nobody else uses."""
    tag = secrets.token_hex(4)
    made = Provisioned(emulator, Contract(**{"bucket": f"bucket-{tag}", **contract}), tag)
    emulator.s3.create_bucket(Bucket=made.bucket)
    made.set_bucket_policy()
    for bucket in made.contract.forbidden_buckets:
        emulator.s3.create_bucket(Bucket=bucket)
    emulator.iam.create_user(UserName=made.user)
    emulator.iam.create_role(
        RoleName=made.role,
        AssumeRolePolicyDocument=json.dumps(made.trust),
        MaxSessionDuration=made.contract.max_session_duration,
    )
    made.set_permissions(made.permissions)
    made.key = emulator.iam.create_access_key(UserName=made.user)["AccessKey"]
    return made


#: How a caller's play on this machine begins; its tasks follow.
PLAY = """
- name: A caller's play
  hosts: localhost
  connection: local
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  tasks:
"""


@dataclass(frozen=True)
class Ran:
    """What a program of Ansible's said, and how it ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        return self.stdout + self.stderr

    @property
    def result(self) -> Json:
        """What the one module that ``ansible`` ran has returned."""
        found: Json = json.loads(self.stdout.split("=> ", 1)[1])
        return found

    @property
    def recap(self) -> dict[str, dict[str, int]]:
        """The counts of ``ansible-playbook``, by host."""
        lines = self.stdout.split("PLAY RECAP")[1].splitlines()[1:]
        return {
            line.split(":")[0].strip(): {
                name: int(number) for name, number in (item.split("=") for item in line.split(":")[1].split())
            }
            for line in lines
            if ":" in line
        }


def ansible(program: str, *arguments: str, home: Path, emulator: Emulator, **environ: str) -> Ran:
    """Run a program of Ansible's in the checkout, with a home of its own and the emulator's operator."""
    own = {
        "HOME": str(home),
        "ANSIBLE_HOME": str(home / ".ansible"),
        "ANSIBLE_REMOTE_TMP": str(home / ".ansible" / "tmp"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_DEPRECATION_WARNINGS": "0",
    }
    ran = subprocess.run(
        [str(Path(sys.executable).parent / program), *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        env=emulator.environment(**own, **environ),
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)
