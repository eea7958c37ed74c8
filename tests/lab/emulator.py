# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulator of AWS that runs, as the root user of one of its accounts sees it, and clients for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
import json
from pathlib import Path
import subprocess
import sys
from typing import Any

import boto3
from botocore.config import Config

from lab.checkout import CHECKOUT, Env, Json, inherited

PROGRAM = CHECKOUT / "tests" / "emulators" / "emulator.py"

#: The account of the operator whom both emulators start with.
ACCOUNT = "000000000000"

#: The variables that say who somebody is; the others say where AWS is.
KEY = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")

ONCE = Config(retries={"total_max_attempts": 1})


@dataclass(frozen=True)
class Emulator:
    """Where it answers, and the key of the operator, who is an account's root user."""

    state_dir: Path
    env: Env
    account: str = ACCOUNT

    @property
    def endpoint_url(self) -> str:
        return self.env["AWS_ENDPOINT_URL"]

    @property
    def plain_endpoint_url(self) -> str:
        """Where it answers without TLS."""
        return self.env["PLAIN_HTTP_ENDPOINT_URL"]

    @property
    def ca_bundle(self) -> str | None:
        return self.env.get("AWS_CA_BUNDLE")

    @property
    def pid(self) -> int:
        return int((self.state_dir / "pid").read_text())

    @property
    def keyless(self) -> Env:
        """Where AWS is, and nobody's key."""
        return {name: value for name, value in self.env.items() if name not in KEY}

    def behind(self, endpoint_url: str) -> Emulator:
        """The same emulator, seen through whatever answers there."""
        return replace(self, env={**self.env, "AWS_ENDPOINT_URL": endpoint_url})

    def in_account(self, number: str) -> Emulator:
        """The same emulator, as root of another account: the enforcing one takes twelve digits for root's key."""
        return replace(self, env={**self.env, "AWS_ACCESS_KEY_ID": number}, account=number)

    def client(
        self,
        service: str,
        access_key: str | None = None,
        secret_key: str | None = None,
        session_token: str | None = None,
        *,
        endpoint_url: str | None = None,
        config: Config = ONCE,
    ) -> Any:
        """A client with exactly these credentials; by default the operator's."""
        return boto3.client(
            service,
            region_name=self.env["AWS_REGION"],
            endpoint_url=endpoint_url or self.endpoint_url,
            verify=self.ca_bundle,
            aws_access_key_id=access_key or self.env["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=secret_key or self.env["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=session_token,
            config=config,
        )

    @cached_property
    def iam(self) -> Any:
        return self.client("iam")

    @cached_property
    def s3(self) -> Any:
        return self.client("s3")

    @cached_property
    def kms(self) -> Any:
        return self.client("kms")

    def new_key(self, **more: Any) -> str:
        """A customer's key of KMS, by its ARN; its policy leaves it to the account unless another is given."""
        given = {name: json.dumps(value) if name == "Policy" else value for name, value in more.items()}
        return str(self.kms.create_key(**given)["KeyMetadata"]["Arn"])

    def requests(self) -> list[Json]:
        """The requests so far, as its log has them."""
        log = self.state_dir / "requests.log"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    def request_count(self) -> int:
        """How many there are so far, without reading all into memory."""
        log = self.state_dir / "requests.log"
        if not log.exists():
            return 0
        with log.open("rb") as lines:
            return sum(1 for _line in lines)


def emulator_command(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the emulators' program as people run it."""
    return subprocess.run(
        [sys.executable, str(PROGRAM), *arguments],
        check=False,
        capture_output=True,
        text=True,
        env={**inherited(), **environ},
    )


def start(name: str, state_dir: Path) -> Emulator:
    started = emulator_command("start", name, str(state_dir))
    assert started.returncode == 0, started.stderr
    return Emulator(state_dir, json.loads((state_dir / "env.json").read_text()))


@contextmanager
def running(name: str, state_dir: Path) -> Iterator[Emulator]:
    """Start it; stop it whatever happens."""
    try:
        yield start(name, state_dir)
    finally:
        emulator_command("stop", str(state_dir)).check_returncode()
