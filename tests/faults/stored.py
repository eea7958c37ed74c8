# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A contract whose key is kept in a store of one's choice, and what must hold of its keys at every moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
import json
from pathlib import Path
import subprocess
import time
from typing import Any

from botocore.exceptions import ClientError
from processes import end_tree
from subject import Subject

from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import StoredKey
from ansible_collections.assumerole.s3.plugins.module_utils._keys.text_store import text_of
from lab.checkout import BIN
from lab.play import Ran
from lab.reality import profiles

Pair = tuple[str, str]
STORES = ("profile", "secretsmanager", "ssm", "vault_file")
NONE: Pair = ("", "")


@dataclass
class StoredSubject(Subject):
    """One contract and its store."""

    store: str = "profile"

    @property
    def path(self) -> str:
        """Where the store keeps the key."""
        return str(self.home / "key.vault") if self.store == "vault_file" else f"/team/{self.tag}"

    @property
    def password(self) -> Path:
        """The file with the vault's password."""
        return self.home / "vault-password"

    def extra_vars(self) -> dict[str, Any]:
        """The contract with its store."""
        return {
            **super().extra_vars(),
            "bucket_access_key_store": self.store,
            "bucket_access_key_store_path": self.path,
        }

    def start(self, verb: str, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        """With the password of the vault, for all stores alike."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.password.write_text("an EXAMPLE password\n")
        return super().start(verb, "--vault-password-file", str(self.password), *arguments, **environ)

    def provision(self) -> None:
        """As a profile, with boto3; then the key moves to its store."""
        super().provision()
        key = StoredKey(*from_profile(self), self.world.user_arn)
        WRITERS[self.store](self, text_of(key))
        if self.store != "profile":
            self.credentials.unlink()

    def stored(self) -> Pair:
        """Id and secret of the stored key, read without the collection; empty when there is none."""
        return READERS[self.store](self)

    def stored_key_works(self) -> bool:
        """Whether the role can be assumed with the stored key, straight from the emulator."""
        sts = self.bench.emulator.client("sts", *self.stored())
        try:
            sts.assume_role(RoleArn=self.world.role_arn, RoleSessionName="test")
        except ClientError:
            return False
        return True

    def kill_at_write(self, verb: str, when: str, target: Path) -> Ran:
        """Run the verb, and kill it with all that it started right before or after it replaces a file."""
        stopped = self.home / "stopped"
        stopped.unlink(missing_ok=True)
        path = str(Path(__file__).resolve().parent / "stopper")
        running = self.start(verb, PYTHONPATH=path, STOP_AT_WRITE=f"{when} {target}", STOPPED_FILE=str(stopped))
        while running.poll() is None and not stopped.exists():
            time.sleep(0.02)
        end_tree(running.pid)
        return self.finish(running)


def from_profile(subject: StoredSubject) -> Pair:
    section = profiles(subject.credentials).get(subject.world.user, {})
    return section.get("aws_access_key_id", ""), section.get("aws_secret_access_key", "")


def from_secretsmanager(subject: StoredSubject) -> Pair:
    return _asked(subject, "secretsmanager", "get_secret_value", "SecretString", SecretId=subject.path)


def from_ssm(subject: StoredSubject) -> Pair:
    return _asked(subject, "ssm", "get_parameter", "Parameter", Name=subject.path, WithDecryption=True)


def from_vault_file(subject: StoredSubject) -> Pair:
    if not Path(subject.path).exists():
        return NONE
    view = [str(BIN / "ansible-vault"), "view", "--vault-password-file", str(subject.password), subject.path]
    return _pair(subprocess.run(view, check=True, capture_output=True, text=True).stdout)


def _asked(subject: StoredSubject, service: str, operation: str, member: str, **params: Any) -> Pair:
    try:
        found = getattr(subject.bench.emulator.client(service), operation)(**params)[member]
    except ClientError:
        return NONE
    return _pair(found if isinstance(found, str) else found["Value"])


def _pair(text: str) -> Pair:
    found = json.loads(text)
    return found["AccessKeyId"], found["SecretAccessKey"]


READERS: Mapping[str, Callable[[StoredSubject], Pair]] = {
    "profile": from_profile,
    "secretsmanager": from_secretsmanager,
    "ssm": from_ssm,
    "vault_file": from_vault_file,
}


def _encrypt(subject: StoredSubject, text: str) -> None:
    subject.password.write_text("an EXAMPLE password\n")
    program = [str(BIN / "ansible-vault"), "encrypt", "--vault-password-file", str(subject.password)]
    subprocess.run([*program, "--output", subject.path, "-"], input=text, text=True, check=True, capture_output=True)


WRITERS: Mapping[str, Callable[[StoredSubject, str], object]] = {
    "profile": lambda _subject, _text: None,
    "secretsmanager": lambda subject, text: subject.bench.emulator.client("secretsmanager").create_secret(
        Name=subject.path, SecretString=text
    ),
    "ssm": lambda subject, text: subject.bench.emulator.client("ssm").put_parameter(
        Name=subject.path, Value=text, Type="SecureString"
    ),
    "vault_file": _encrypt,
}


def broken_promises(subject: StoredSubject, ran: Ran) -> list[str]:
    """What must hold of the keys whenever a run stops, however it stops, and does not."""
    statuses = subject.world.key_states()
    broken = [] if len(statuses) <= 2 else [f"AWS has {len(statuses)} keys"]
    stored = subject.stored()[0]
    if stored and not subject.stored_key_works():
        broken.append(f"the stored key {stored} does not work; AWS has {statuses}")
    if any(secret in ran.output for secret in subject.lane.secrets()):
        broken.append("a secret was printed")
    return broken


def not_converged(subject: StoredSubject, ran: Ran) -> list[str]:
    """What must hold after the next run that nobody disturbs."""
    broken = broken_promises(subject, ran)
    if ran.code:
        broken.append(f"the next run fails: {ran.sentence or ran.output[-1000:]}")
    active = [name for name, status in subject.world.key_states().items() if status == "Active"]
    stored = subject.stored()[0]
    return broken if active == [stored] else [*broken, f"active is {active}, and stored is {stored!r}"]
