# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two contracts that stand in no file, and the inventory that lists them, or says why it does not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
import json
import subprocess

from bench import fault
from cells import Cell
from surprises import OwnAccount, of_details

from lab.checkout import Json
from lab.play import Ran, start
from lab.world import World

INVENTORY = {"plugin": "assumerole.s3.contracts", "discover": True}
WRITTEN_DOWN = {
    "bucket_access_user": "other",
    "bucket_access_role": "other-role",
    "bucket_access_bucket": "other-bucket-of-ours",
}

#: How Ansible ends when it cannot read an inventory.
UNREAD = 4


class Told(Ran):
    """What ``ansible-inventory`` said."""

    @property
    def sentence(self) -> str:
        """Its errors, on one line."""
        _before, error, said = self.stderr.partition("[ERROR]: ")
        return " ".join(said.split()) if error else ""

    @property
    def orphaned(self) -> Json | None:
        """The variables of those that are listed so, by name; none where there is no list."""
        _before, begins, rest = f"\n{self.stdout}".rpartition("\n{\n")
        if self.code or not begins:
            return None
        listed = json.loads(f"{{{rest}")
        hosts = listed.get("orphaned", {}).get("hosts", [])
        return {name: listed["_meta"]["hostvars"][name] for name in hosts}


@dataclass
class OrphanedSubject(OwnAccount):
    """The contract and a second one, of a user whom others trust it with; the account has several pages."""

    @cached_property
    def second(self) -> World:
        """The second one."""
        return World(self.bench.emulator, {"prefix": "team/"}, f"{self.tag}-2")

    def provision(self) -> None:
        """Both, with an inventory of a third one."""
        super().provision()
        self.second.make()
        for number in range(4):
            self.world.iam.create_user(UserName=f"someone-{number}")
        (self.home / "contracts").mkdir(parents=True, exist_ok=True)
        (self.home / "contracts.yml").write_text(json.dumps(INVENTORY))
        (self.home / "contracts" / "other.yml").write_text(json.dumps(WRITTEN_DOWN))

    def start(self, verb: str, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        """List the inventory, which is all that this verb does."""
        source = str(self.home / "contracts.yml")
        aws = self.lane.emulator.env
        command = ("ansible-inventory", "-i", source, "--list", *arguments)
        return start(*command, home=self.home, aws=aws, checkout=self.checkout, **environ)

    def finish(self, running: subprocess.Popen[str]) -> Told:
        """Wait for it."""
        ran = super().finish(running)
        return Told(ran.code, ran.stdout, ran.stderr)

    def broken_promises(self, ran: Ran) -> list[str]:
        """All that is orphaned is listed, or nothing is, and a sentence says why."""
        return super().broken_promises(ran) + self.lies(ran)

    def lies(self, ran: Ran) -> list[str]:
        """What a run lists that is not so, in words."""
        orphaned = ran.orphaned if isinstance(ran, Told) else None
        if ran.code == 0:
            return [] if orphaned == self.planted() else [f"it lists {orphaned}, not {self.planted()}"]
        return [] if ran.code == UNREAD else [f"it ends with {ran.code}"]

    def planted(self) -> Json:
        """Both, with what taking them down needs."""
        return {f"orphaned-{world.role}": self._variables(world) for world in (self.world, self.second)}

    def _variables(self, world: World) -> Json:
        found = {
            "assumerole_s3_orphaned": True,
            "bucket_access_account_id": self.account,
            "bucket_access_role": world.role,
            "bucket_access_user": world.user,
            "bucket_access_bucket": world.bucket,
            "bucket_access_manage": ["user", "role", "bucket"],
        }
        return {**found, "bucket_access_prefix": world.prefix} if world.prefix else found


SCENARIOS = (
    *of_details("discover"),
    Cell(
        "discover",
        "tags / an answer is from nowhere",
        (fault("body", body="<html>Hello</html>", service="s3", operation="GetBucketTagging", on=[1]),),
    ),
    Cell(
        "discover",
        "tags / an answer lacks them",
        (fault("body", body="<Tagging/>", service="s3", operation="GetBucketTagging"),),
    ),
)
