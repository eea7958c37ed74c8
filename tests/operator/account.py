# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An account of one contract: its root prepares it, its operator runs a verb with given policies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
import json
from pathlib import Path
import tempfile
from typing import Any

from policies import actions, without

from lab.account import new_account, operator_of
from lab.checkout import Env, Json
from lab.emulator import Emulator, running
from lab.home import credentials_file, write_profiles
from lab.play import Ran, ansible
from lab.world import World

USER, ROLE = "partner", "partner-exchange"

#: The managed policy within which a delegated operator may make users and roles.
BOUNDARY = "delegated"

#: The identity provider whose tokens get in where the contract says so.
PROVIDER = "token.ci.example"

#: What the contract says beside its names; tags, versioning and encryption make an operator do something.
ASKED = {"prefix": "exchange/", "tags": {"team": "exchange"}, "versioning": True, "encryption": "AES256"}


@dataclass
class Account(World):
    """The account's one contract, and a home for its files, so that many can be used at once."""

    home: Path = field(kw_only=True)

    @property
    def names(self) -> dict[str, str]:
        """What the placeholders of the policies stand for here."""
        return {
            "ACCOUNT_ID": self.emulator.account,
            "BOUNDARY_NAME": BOUNDARY,
            "BUCKET_NAME": self.bucket,
            "PROVIDER_NAME": PROVIDER,
            "KEY_ID": self.kms_key.rpartition("/")[2],
            "REGION": self.emulator.env["AWS_REGION"],
            "USER_NAME": USER,
            "ROLE_NAME": ROLE,
        }

    @cached_property
    def kms_key(self) -> str:
        """A customer's key of KMS, which is left to the account."""
        return self.emulator.new_key()

    @property
    def credentials_file(self) -> Path:
        return credentials_file(self.home)

    def client(self, service: str) -> Any:
        """Root's hands."""
        return self.emulator.client(service)

    def operator(self, policies: Sequence[Json]) -> Env:
        """The credentials of a new IAM user who has exactly these policies."""
        return operator_of(self.emulator, [as_the_emulator_asks(policy) for policy in policies])

    def play(self, verb: str, operator: Env, *arguments: str, **variables: Any) -> Ran:
        """Run the verb's playbook with these credentials and no others."""
        contract = {f"bucket_access_{name}": value for name, value in self.values.items()}
        asked = {"bucket_access_wait_timeout": 5}
        command = ("ansible-playbook", f"playbooks/{verb}.yml", "-e", json.dumps({**contract, **asked, **variables}))
        return ansible(*command, *arguments, home=self.home, emulator=self.emulator, operator=operator)

    def provision(self, *permissions: str) -> None:
        """What provision makes, made in a moment by root; the key and the role's profile lie in the AWS files."""
        self.terms |= {"permissions": permissions} if permissions else {}
        self.make()
        write_profiles(self.home, self)

    def unsound(self) -> list[str]:
        """What differs from the contract, seen by root: ids of the audit's checks, and tags and versioning."""
        wrong = [check["id"] for check in self.audit()["checks"] if check["outcome"] != "pass"]
        return wrong or [name for name, right in self._settings().items() if not right]

    def _settings(self) -> dict[str, bool]:
        return {
            "user.tags": has_all(self.tags, self.iam.list_user_tags(UserName=USER)["Tags"]),
            "role.tags": has_all(self.tags, self.iam.list_role_tags(RoleName=ROLE)["Tags"]),
            "bucket.tags": has_all(self.tags, self.s3.get_bucket_tagging(Bucket=self.bucket)["TagSet"]),
            "bucket.versioning": self.s3.get_bucket_versioning(Bucket=self.bucket).get("Status") == "Enabled",
            "role.description": USER in self.iam.get_role(RoleName=ROLE)["Role"].get("Description", ""),
        }


def has_all(wanted: list[dict[str, str]], there: list[dict[str, str]]) -> bool:
    """Whether all tags that are wanted are there."""
    return all(tag in there for tag in wanted)


def as_the_emulator_asks(policy: Json) -> Json:
    """The policy with this one action on any resource: AWS knows whose key it is asked about, the emulator does not."""
    action = "iam:GetAccessKeyLastUsed"
    if action not in actions(policy):
        return policy
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return {**policy, "Statement": [*without(policy, action)["Statement"], statement]}


@contextmanager
def enforcing() -> Iterator[Emulator]:
    """The enforcing emulator, as long as it is needed."""
    with (
        tempfile.TemporaryDirectory(prefix="assumerole-s3-operator-") as folder,
        running("enforcing", Path(folder) / "aws") as emulator,
    ):
        yield emulator


@contextmanager
def account(emulator: Emulator) -> Iterator[Account]:
    """A new account, in which nothing is there yet. Bucket names are global."""
    owner = new_account(emulator)
    terms = {"user": USER, "role": ROLE, "bucket": f"partner-exchange-{owner.account}", **ASKED}
    with tempfile.TemporaryDirectory(prefix="assumerole-s3-account-") as home:
        yield Account(owner, terms, home=Path(home))
