# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An operator with contracts, in a home and an account of their own: one inventory host is one contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
import json
from pathlib import Path
import re
from typing import Any

from lab.account import allow, new_account, operator_of
from lab.checkout import Env, Json
from lab.emulator import Emulator
from lab.play import Ran, ansible
from lab.reality import seen

#: Actions that change nothing, in the request log's words.
READS = re.compile(r"(Get|List|Head)\w+|(GET|HEAD) /.*")

KINDS = ("user", "role", "bucket")


@dataclass
class Operator:
    """An IAM user of an account, who may do everything, and whose runs are told by what they asked for."""

    home: Path
    emulator: Emulator
    key: Env = field(repr=False)

    @classmethod
    def anew(cls, emulator: Emulator, home: Path) -> Operator:
        """In an account that nobody uses."""
        account = new_account(emulator)
        return cls(home, account, operator_of(account, [allow("*")]))

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.emulator.account}:user/operator"

    def run(self, playbook: str, *arguments: str, operator: Env | None = None, **environ: str) -> Ran:
        """A playbook, as this operator or with other variables of AWS."""
        aws = self.key if operator is None else operator
        command = ("ansible-playbook", playbook, *arguments)
        return ansible(*command, home=self.home, emulator=self.emulator, operator=aws, **environ)

    def write(self, name: str, text: str) -> str:
        """A file in the home."""
        path = self.home / name
        path.write_text(text)
        return str(path)

    def play(self, text: str, *arguments: str, **variables: Any) -> Ran:
        """A playbook of the operator's own."""
        return self.run(self.write("play.yml", text), "-e", json.dumps(variables), *arguments)

    def contract(self, verb: str, *arguments: str, **terms: Any) -> Ran:
        """A verb for one contract on localhost."""
        return self.run(f"playbooks/{verb}.yml", "-e", json.dumps(prefixed(terms)), *arguments)

    def fleet(self, verb: str, contracts: Mapping[str, Json], *arguments: str, **more: Any) -> Ran:
        """A verb for many contracts. Each keeps its plan in a file."""
        hosts = {
            name: prefixed({**terms, **more, "plan_file": str(self._plan(name))}) for name, terms in contracts.items()
        }
        inventory = self.write("inventory.json", json.dumps({"contracts": {"hosts": hosts}}))
        return self.run(
            f"playbooks/{verb}.yml", "-i", inventory, "-e", "bucket_access_hosts=contracts", "--forks", "3", *arguments
        )

    def plan(self, name: str) -> Json:
        """The plan that the last run of a host has kept."""
        found: Json = json.loads(self._plan(name).read_text())
        return found

    def _plan(self, name: str) -> Path:
        return self.home / f"{name}.plan.json"

    def state(self, terms: Json) -> Json:
        """User, role and bucket of a contract, without the collection's code."""
        return seen(self.emulator.iam, self.emulator.s3, *(str(terms[kind]) for kind in KINDS))

    def writes_since(self, before: int) -> list[str]:
        """What was asked for that changes something, since there were so many requests."""
        asked = [entry["action"] for entry in self.emulator.requests()[before:]]
        return [action for action in asked if not READS.fullmatch(action)]


def prefixed(terms: Mapping[str, Any]) -> Json:
    """As the role's variables are named; nothing has to settle on an emulator."""
    return {f"bucket_access_{name}": value for name, value in {"wait_timeout": 5, **terms}.items()}


def names(tag: str, **more: Any) -> Json:
    """A contract whose user, role and bucket are named after it."""
    return {"user": f"{tag}-user", "role": f"{tag}-role", "bucket": f"{tag}-bucket-of-ours", **more}


def reasons(ran: Ran) -> dict[str, str]:
    """Why each host's run stopped, as its last message says."""
    found = re.findall(r'fatal: \[([\w-]+)\]: FAILED! => \{.*?"msg": "((?:[^"\\]|\\.)*)"', ran.output, re.DOTALL)
    return {host: json.loads(f'"{message}"') for host, message in found}
