# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A contract on a lane: how a verb is run for it, in what reality differs from it, and which promises were broken.

Reality is read by :mod:`lab.reality` straight from the emulator, which no fault reaches.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
import json
from pathlib import Path
import secrets
import stat
import subprocess
from typing import ClassVar

from bench import Bench, Lane

from lab.checkout import CHECKOUT, Json
from lab.home import credentials_file, write_profiles
from lab.play import Ran, finish, start
from lab.reality import profiles
from lab.world import PUBLIC_ACCESS, World

#: How a run ends that somebody killed.
KILLED = -9

#: How long a run may take at most: a hang is a finding, not a wait.
LONGEST_RUN = 600


@dataclass
class Subject:
    """One contract on one lane."""

    bench: Bench
    lane: Lane
    home: Path
    tag: str = field(default_factory=lambda: secrets.token_hex(4))
    variables: Json = field(default_factory=dict)
    checkout: Path = CHECKOUT
    #: What a verification must come to once nothing is amiss with AWS.
    truth: ClassVar[str] = "verified"

    @cached_property
    def world(self) -> World:
        """The contract, and the operator's hands that no fault reaches."""
        return World(self.bench.emulator, tag=self.tag)

    @property
    def credentials(self) -> Path:
        """The AWS credentials file."""
        return credentials_file(self.home)

    def extra_vars(self) -> Json:
        """The role's variables."""
        names = {f"bucket_access_{name}": value for name, value in self.world.values.items()}
        return {**names, "bucket_access_wait_timeout": 5, "bucket_access_force_destroy": True, **self.variables}

    def start(self, verb: str, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        """Start the verb's playbook, as people do."""
        return self._start(verb, "-e", json.dumps(self.extra_vars()), *arguments, **environ)

    def _start(self, verb: str, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        return start(
            *("ansible-playbook", f"playbooks/{verb}.yml", *arguments),
            home=self.home,
            aws=self.lane.emulator.env,
            checkout=self.checkout,
            ANSIBLE_PIPELINING="1",
            **environ,
        )

    def play_on(self, hosts: Path, verb: str, *arguments: str) -> Ran:
        """Run the verb for the contracts of an inventory."""
        return self.finish(self._start(verb, "-i", str(hosts), *arguments))

    def play(self, verb: str, *arguments: str, **environ: str) -> Ran:
        """Run the verb to its end."""
        return self.finish(self.start(verb, *arguments, **environ))

    def finish(self, running: subprocess.Popen[str]) -> Ran:
        """Wait for a run that was started."""
        return finish(running, LONGEST_RUN)

    def provision(self) -> None:
        """Make with boto3 what provision makes, with a key and both profiles."""
        self.world.make()
        write_profiles(self.home, self.world)

    def differences(self, *, inactive_too: bool = True) -> list[str]:
        """In what reality differs from the contract, in words; after a rotation the old key may stay, inactive."""
        found, wanted = self.found(inactive_too=inactive_too), self.wanted()
        keys = [key for key, status in self.world.key_states().items() if inactive_too or status == "Active"]
        wanted["profile"] = keys[0] if len(keys) == 1 else "the one key"
        return [f"{name} is {found[name]}, not {wanted[name]}" for name in wanted if found[name] != wanted[name]]

    def found(self, *, inactive_too: bool) -> Json:
        """What is there."""
        found = {**self.world.seen(), "profile": self.profile_key()}
        if found["user"] and not inactive_too:
            active = [status for status in self.world.key_states().values() if status == "Active"]
            found["user"]["access_keys"] = active
        return found

    def wanted(self) -> Json:
        """What should be."""
        marked = {"tags": [], "contract": self.world.role}
        return {
            "user": {"inline": [], "managed": [], "groups": [], "access_keys": ["Active"], **marked},
            "role": {
                "trust": self.world.trust()["Statement"],
                "inline": [self.world.permissions()["Statement"]],
                "managed": [],
                "instance_profiles": [],
                **marked,
            },
            "bucket": {
                "public_access_block": dict.fromkeys(PUBLIC_ACCESS, True),
                "ownership": ["BucketOwnerEnforced"],
                "encryption": ["AES256"],
                "policy": self.world.bucket_document()["Statement"],
                **marked,
                "objects": [],
            },
        }

    def remains(self) -> list[str]:
        """What is left of the contract after teardown, in words."""
        left = [f"{name} is still there" for name in self.world.left()]
        return left + ([f"profile {self.world.user} is still there"] if self.profile_key() else [])

    def delete_lost_keys(self) -> None:
        """Do what the collection advises for a key whose secret is lost."""
        for key in self.world.key_states():
            if key != self.profile_key():
                self.world.iam.delete_access_key(UserName=self.world.user, AccessKeyId=key)

    def profile_key(self) -> str | None:
        """The key id in the user's profile. Raises when the file cannot be read as AWS tools read it."""
        return profiles(self.credentials).get(self.world.user, {}).get("aws_access_key_id")

    def broken_promises(self, ran: Ran) -> list[str]:
        """What must hold after every run, whatever happened to it, and does not."""
        broken = [] if ran.code in (0, KILLED) else unclear(ran)
        broken += ["a secret was printed"] if any(secret in ran.output for secret in self.lane.secrets()) else []
        keys = len(self.world.key_states())
        broken += [f"the user has {keys} keys"] if keys > 2 else []
        if self.credentials.exists():
            mode = stat.S_IMODE(self.credentials.stat().st_mode)
            broken += [] if mode == 0o600 else [f"the credentials file has mode {mode:o}"]
        if ran.code != KILLED:
            broken += [
                f"object {key} was left, and not a word of it" for key in self.world.objects() if key not in ran.output
            ]
        try:
            self.profile_key()
        except ValueError as error:
            broken.append(f"the credentials file cannot be read: {error}")
        return broken


#: Words of a program that broke instead of failing.
RAW = (
    "Traceback",
    "MODULE FAILURE",
    "Unexpected failure",
    "Task failed: Module failed",
    "undefined",
    "has no attribute",
)


def unclear(ran: Ran) -> list[str]:
    """What keeps the message of a failed run from being a sentence that a person can act on."""
    message = ran.sentence
    if not message:
        return ["it failed without a message"]
    words = [word for word in RAW if word in message]
    if words:
        return [f"the message is raw ({', '.join(words)}): {message[:200]}"]
    return [] if ": " in message and len(message) < 1200 else [f"the message says not what to do: {message[:200]}"]


def inventory(subjects: list[Subject]) -> Json:
    """Many contracts as one inventory: one host each."""
    return {"contracts": {"hosts": {subject.tag: subject.extra_vars() for subject in subjects}}}
