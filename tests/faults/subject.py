# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A contract under test: its names, its home, how a verb is run for it, and what is really there.

Reality is read with boto3 straight from the emulator, and with configparser from the files: another route than the
collection's own code, and one that no fault reaches.
"""

from __future__ import annotations

import configparser
from dataclasses import dataclass, field
import json
from pathlib import Path
import re
import secrets
import stat
import subprocess
import sys

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._keys.profiles import with_section
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import (
    bucket_policy,
    permissions_policy,
    trust_policy,
)

sys.path.insert(1, str(Path(__file__).resolve().parents[2] / "molecule" / "shared"))

from bench import BIN, CHECKOUT, Bench, Json, Lane
from observe import bucket_state, role_state, user_state

ACCOUNT = "000000000000"
ARN = f"arn:aws:iam::{ACCOUNT}"

#: How a run ends that somebody killed.
KILLED = -9

#: How long a run may take at most: a hang is a finding, not a wait.
LONGEST_RUN = 600


@dataclass(frozen=True)
class Ran:
    """What a run printed, and how it ended."""

    code: int
    output: str

    @property
    def sentence(self) -> str:
        """What the run ended with, as a person reads it: the message of the last task that failed for good."""
        _before, fatal, last = self.output.rpartition("fatal: [")
        found = re.search(r'"msg": "((?:[^"\\]|\\.)*)"', last)
        return str(json.loads(f'"{found[1]}"')) if fatal and found else ""


@dataclass
class Subject:
    """One contract on one lane."""

    bench: Bench
    lane: Lane
    home: Path
    tag: str = field(default_factory=lambda: secrets.token_hex(4))
    variables: Json = field(default_factory=dict)
    checkout: Path = CHECKOUT

    @property
    def user(self) -> str:
        """The user's name and profile."""
        return f"user-{self.tag}"

    @property
    def role(self) -> str:
        """The role's name and profile."""
        return f"role-{self.tag}"

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        return f"bucket-{self.tag}"

    @property
    def contract(self) -> Contract:
        """The contract, as the pure code knows it."""
        return Contract(self.bucket)

    @property
    def credentials(self) -> Path:
        """The AWS credentials file."""
        return self.home / ".aws" / "credentials"

    def extra_vars(self) -> Json:
        """The role's variables."""
        names = {"bucket_access_bucket": self.bucket, "bucket_access_user": self.user, "bucket_access_role": self.role}
        return {**names, "bucket_access_wait_timeout": 5, "bucket_access_force_destroy": True, **self.variables}

    def start(self, verb: str, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        """Start the verb's playbook, as people do."""
        return self._start(f"playbooks/{verb}.yml", "-e", json.dumps(self.extra_vars()), *arguments, **environ)

    def _start(self, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        self.home.mkdir(parents=True, exist_ok=True)
        return subprocess.Popen(
            [str(BIN / "ansible-playbook"), *arguments],
            cwd=self.checkout,
            env=self.lane.environment(self.home, **environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def play_on(self, hosts: Path, verb: str, *arguments: str) -> Ran:
        """Run the verb for the contracts of an inventory."""
        return self.finish(self._start(f"playbooks/{verb}.yml", "-i", str(hosts), *arguments))

    def play(self, verb: str, *arguments: str, **environ: str) -> Ran:
        """Run the verb to its end."""
        return self.finish(self.start(verb, *arguments, **environ))

    def finish(self, running: subprocess.Popen[str]) -> Ran:
        """Wait for a run that was started."""
        output, _none = running.communicate(timeout=LONGEST_RUN)
        return Ran(running.returncode, output)

    # The sound state, made and compared without the collection's modules.

    def provision(self) -> None:
        """Make with boto3 what provision makes, with a key and both profiles."""
        iam, s3 = self.bench.iam, self.bench.s3
        s3.create_bucket(Bucket=self.bucket)
        block = dict.fromkeys(PUBLIC_ACCESS, True)
        s3.put_public_access_block(Bucket=self.bucket, PublicAccessBlockConfiguration=block)
        rules = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        s3.put_bucket_ownership_controls(Bucket=self.bucket, OwnershipControls=rules)
        encrypt = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
        s3.put_bucket_encryption(Bucket=self.bucket, ServerSideEncryptionConfiguration=encrypt)
        s3.put_bucket_policy(Bucket=self.bucket, Policy=json.dumps(bucket_policy(self.contract)))
        iam.create_user(UserName=self.user)
        trust = json.dumps(trust_policy(self.contract, f"{ARN}:user/{self.user}"))
        iam.create_role(RoleName=self.role, AssumeRolePolicyDocument=trust, MaxSessionDuration=3600)
        permissions = json.dumps(permissions_policy(self.contract))
        iam.put_role_policy(RoleName=self.role, PolicyName="bucket-access", PolicyDocument=permissions)
        self._write_profiles(iam.create_access_key(UserName=self.user)["AccessKey"])

    def _write_profiles(self, key: Json) -> None:
        folder = self.home / ".aws"
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        secret = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
        self.credentials.touch(mode=0o600)
        self.credentials.write_text(with_section("", self.user, secret, f"{ARN}:user/{self.user}"))
        role = {"role_arn": f"{ARN}:role/{self.role}", "source_profile": self.user, "region": "us-east-1"}
        (folder / "config").write_text(with_section("", f"profile {self.role}", role, f"{ARN}:role/{self.role}"))

    def differences(self, *, inactive_too: bool = True) -> list[str]:
        """In what reality differs from the contract, in words; after a rotation the old key may stay, inactive."""
        found = {**self._seen(), "profile": self.profile_key()}
        keys = [key["AccessKeyId"] for key in self.access_keys() if inactive_too or key["Status"] == "Active"]
        if found["user"] and not inactive_too:
            found["user"]["access_keys"] = ["Active"] * len(keys)
        wanted = {
            "user": {"inline": [], "managed": [], "groups": [], "access_keys": ["Active"], "tags": []},
            "role": {
                "trust": trust_policy(self.contract, f"{ARN}:user/{self.user}")["Statement"],
                "inline": [permissions_policy(self.contract)["Statement"]],
                "managed": [],
                "instance_profiles": [],
                "tags": [],
            },
            "bucket": {
                "public_access_block": dict.fromkeys(PUBLIC_ACCESS, True),
                "ownership": ["BucketOwnerEnforced"],
                "encryption": ["AES256"],
                "policy": bucket_policy(self.contract)["Statement"],
                "tags": [],
                "objects": [],
            },
            "profile": keys[0] if len(keys) == 1 else "the one key",
        }
        return [f"{name} is {found[name]}, not {wanted[name]}" for name in wanted if found[name] != wanted[name]]

    def remains(self) -> list[str]:
        """What is left of the contract after teardown, in words."""
        left = [f"{name} is still there" for name, state in self._seen().items() if state]
        return left + ([f"profile {self.user} is still there"] if self.profile_key() else [])

    def _seen(self) -> Json:
        return {
            "user": user_state(self.bench.iam, self.user),
            "role": role_state(self.bench.iam, self.role),
            "bucket": bucket_state(self.bench.s3, self.bucket),
        }

    def access_keys(self) -> list[Json]:
        """The user's access keys on the server; none when there is no user."""
        try:
            return list(self.bench.iam.list_access_keys(UserName=self.user)["AccessKeyMetadata"])
        except self.bench.iam.exceptions.NoSuchEntityException:
            return []

    def delete_lost_keys(self) -> None:
        """Do what the collection advises for a key whose secret is lost."""
        for key in self.access_keys():
            if key["AccessKeyId"] != self.profile_key():
                self.bench.iam.delete_access_key(UserName=self.user, AccessKeyId=key["AccessKeyId"])

    def profile_key(self) -> str | None:
        """The key id in the user's profile. Raises when the file cannot be read as AWS tools read it."""
        return profiles(self.credentials).get(self.user, {}).get("aws_access_key_id")

    def objects(self) -> list[str]:
        """The keys of the bucket's objects; none when there is no bucket."""
        try:
            return [item["Key"] for item in self.bench.s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])]
        except self.bench.s3.exceptions.NoSuchBucket:
            return []

    def broken_promises(self, ran: Ran) -> list[str]:
        """What must hold after every run, whatever happened to it, and does not."""
        broken = [] if ran.code in (0, KILLED) else unclear(ran)
        broken += ["a secret was printed"] if any(secret in ran.output for secret in self.lane.secrets()) else []
        broken += [f"the user has {len(self.access_keys())} keys"] if len(self.access_keys()) > 2 else []
        if self.credentials.exists():
            mode = stat.S_IMODE(self.credentials.stat().st_mode)
            broken += [] if mode == 0o600 else [f"the credentials file has mode {mode:o}"]
        if ran.code != KILLED:
            broken += [
                f"object {key} was left, and not a word of it" for key in self.objects() if key not in ran.output
            ]
        try:
            self.profile_key()
        except ValueError as error:
            broken.append(f"the credentials file cannot be read: {error}")
        return broken


PUBLIC_ACCESS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")

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


def profiles(path: Path) -> dict[str, dict[str, str]]:
    """The sections of an AWS file, as Python reads them."""
    parser = configparser.RawConfigParser(default_section="")
    try:
        parser.read_string(path.read_text() if path.exists() else "")
    except configparser.Error as error:
        raise ValueError(type(error).__name__) from None
    return {section: dict(parser[section]) for section in parser.sections()}


def inventory(subjects: list[Subject]) -> Json:
    """Many contracts as one inventory: one host each."""
    return {"contracts": {"hosts": {subject.tag: subject.extra_vars() for subject in subjects}}}
