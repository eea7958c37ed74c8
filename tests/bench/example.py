# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example contract on an enforcing emulator, with a home folder of its own, for as long as a measurement takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
import re
import subprocess
import tempfile

import yaml

from lab.checkout import CHECKOUT, Env
from lab.emulator import Emulator, running
from lab.home import environment

CONTRACT = CHECKOUT / "playbooks" / "vars" / "example.yml"

Requests = Counter[str]


class Trouble(Exception):
    """What failed to run, in a sentence."""


@dataclass(frozen=True)
class Example:
    """The example contract, and where to try it."""

    home: Path
    emulator: Emulator
    contract: dict[str, str]

    @property
    def operator(self) -> Env:
        """For programs that work with the operator's key."""
        return environment(self.home, self.emulator.env)

    @property
    def environment(self) -> Env:
        """For programs that find their credentials in profiles."""
        return environment(self.home, self.emulator.keyless)

    @property
    def user(self) -> str:
        """The user's name, which is its profile's name, too."""
        return self.contract["bucket_access_user"]

    @property
    def role(self) -> str:
        """The role's name."""
        return self.contract["bucket_access_role"]

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        return self.contract["bucket_access_bucket"]

    @property
    def role_arn(self) -> str:
        """The role, in the emulator's account."""
        return f"arn:aws:iam::{self.emulator.account}:role/{self.role}"

    @property
    def plain_http(self) -> str:
        """Where the emulator answers without TLS."""
        return self.emulator.plain_endpoint_url

    def requests_of(self, action: Callable[[], object]) -> Requests:
        """What AWS was asked while the action ran. Random keys are all called KEY, the contract's bucket BUCKET."""
        before = len(self.emulator.requests())
        action()
        asked = self.emulator.requests()[before:]
        return Counter(f"{entry['service']} {self._named(entry['action'])}" for entry in asked)

    def _named(self, action: str) -> str:
        named = action.replace(f"/{self.bucket}", "/BUCKET")
        named = re.sub(r"\.access-check-([0-9a-f]{8}-[0-9]+-)?[0-9a-f]{16}", "KEY", named)
        return re.sub(r"\b[0-9a-f]{32}\b", "KEY-missing", named)


@contextmanager
def example() -> Iterator[Example]:
    """Start the emulator; stop it and remove everything whatever happens."""
    with (
        tempfile.TemporaryDirectory(prefix="assumerole-s3-bench-") as folder,
        running("enforcing", Path(folder) / "emulator") as emulator,
    ):
        yield Example(Path(folder), emulator, yaml.safe_load(CONTRACT.read_text()))


def run(command: list[str], environment: Env) -> str:
    """Run a program in the checkout; gives what it printed."""
    done = subprocess.run(command, check=False, cwd=CHECKOUT, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        name = " ".join(Path(word).name for word in command[:3])
        raise Trouble(f"{name} ... ended with {done.returncode}:\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout
