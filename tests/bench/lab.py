# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An enforcing emulator and a home folder of its own, for as long as a measurement takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import json
import os
from pathlib import Path
import re
import subprocess
import sys
import tempfile

import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
EMULATOR = CHECKOUT / "tests" / "emulators" / "emulator.py"
COLLECTIONS = CHECKOUT / ".collections"
EXAMPLE = CHECKOUT / "playbooks" / "vars" / "example.yml"
BIN = Path(sys.executable).parent
OPERATOR_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")

Env = dict[str, str]
Requests = Counter[str]


class Trouble(Exception):
    """What failed to run, in a sentence."""


@dataclass(frozen=True)
class Lab:
    """The example contract, and where to try it. ``operator`` holds the operator's keys, ``environment`` does not."""

    home: Path
    operator: Env
    contract: dict[str, str]

    @property
    def environment(self) -> Env:
        """For programs that find their credentials in profiles."""
        return {key: value for key, value in self.operator.items() if key not in OPERATOR_KEYS}

    @property
    def user(self) -> str:
        """The user's name, which is its profile's name, too."""
        return self.contract["bucket_access_user"]

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        return self.contract["bucket_access_bucket"]

    @property
    def role_arn(self) -> str:
        """The role, in the emulator's account."""
        return f"arn:aws:iam::000000000000:role/{self.contract['bucket_access_role']}"

    @property
    def plain_http(self) -> str:
        """Where the emulator answers without TLS."""
        return self.operator["PLAIN_HTTP_ENDPOINT_URL"]

    def requests_of(self, action: Callable[[], object]) -> Requests:
        """What AWS was asked while the action ran. Random keys are all called KEY, the contract's bucket BUCKET."""
        log = self.home / "emulator" / "requests.log"
        before = len(log.read_text().splitlines()) if log.exists() else 0
        action()
        lines = [json.loads(line) for line in log.read_text().splitlines()[before:]]
        return Counter(f"{line['service']} {self._named(line['action'])}" for line in lines)

    def _named(self, action: str) -> str:
        return re.sub(
            r"\.access-check-([0-9a-f]{8}-[0-9]+-)?[0-9a-f]{16}", "KEY", action.replace(f"/{self.bucket}", "/BUCKET")
        )


@contextmanager
def open_lab() -> Iterator[Lab]:
    """Start the emulator; stop it and remove everything whatever happens."""
    with tempfile.TemporaryDirectory(prefix="assumerole-s3-bench-") as folder:
        home = Path(folder)
        state = str(home / "emulator")
        clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        run([sys.executable, str(EMULATOR), "start", "enforcing", state], clean)
        try:
            yield Lab(home, _environment(home, clean), yaml.safe_load(EXAMPLE.read_text()))
        finally:
            run([sys.executable, str(EMULATOR), "stop", state], clean)


def _environment(home: Path, inherited: Env) -> Env:
    """No file outside of the temporary home and the checkout is read or written."""
    emulator: Env = json.loads((home / "emulator" / "env.json").read_text())
    own = {
        "HOME": str(home),
        "ANSIBLE_HOME": str(home / ".ansible"),
        "ANSIBLE_REMOTE_TMP": str(home / ".ansible" / "tmp"),
        "PATH": os.pathsep.join([str(BIN), inherited["PATH"]]),
    }
    return {**inherited, **emulator, **own}


def run(command: list[str], environment: Env) -> str:
    """Run a program in the checkout; gives what it printed."""
    done = subprocess.run(command, check=False, cwd=CHECKOUT, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        name = " ".join(Path(word).name for word in command[:3])
        raise Trouble(f"{name} ... ended with {done.returncode}:\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout
