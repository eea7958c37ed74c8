# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The limit of requests holds for all processes together, and for every verb; the verdict is what it is without one."""

from __future__ import annotations

from collections.abc import Iterator
import json
import os
from pathlib import Path
import subprocess
import sys
import tempfile
import time

from contracts import names
import pytest

from lab.checkout import CHECKOUT, Json
from lab.emulator import Emulator
from lab.home import environment
from lab.play import Ran, ansible
from lab.world import World, provision

LIMIT = "bucket_access_requests_per_second"
MODULE = "ansible_collections.assumerole.s3.plugins.modules.access_check"
VERBS = ("provision", "verify", "rotate", "session", "teardown")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder for temporary files. Its path is short, as Ansible keeps a socket in it."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


def turns(place: Path) -> Path:
    """Where the turns are noted."""
    return place / f"assumerole.s3-{os.geteuid()}" / "requests"


def play(world: World, verb: str, home: Path, place: Path, **more: object) -> Ran:
    said = {f"bucket_access_{name}": value for name, value in {**world.values, "wait_timeout": 5}.items()}
    given = (f"playbooks/{verb}.yml", "-e", json.dumps({**said, **more}))
    return ansible("ansible-playbook", *given, home=home, emulator=world.emulator, TMPDIR=str(place))


class Two:
    """access_check for two contracts at once, each in a process of its own."""

    def __init__(self, emulator: Emulator, folder: Path, place: Path) -> None:
        self.emulator, self.folder, self.place = emulator, folder, place
        self.contracts = [provision(emulator), provision(emulator)]

    def check(self, **limit: str) -> tuple[list[Json], int, float]:
        """What they found, how many requests that took, and how many seconds."""
        before, began = len(self.emulator.requests()), time.monotonic()
        processes = [self._start(made, limit) for made in self.contracts]
        found = [json.loads(process.communicate(timeout=300)[0].splitlines()[-1]) for process in processes]
        took = time.monotonic() - began
        return found, len(self.emulator.requests()) - before, took

    def _start(self, made: World, limit: dict[str, str]) -> subprocess.Popen[str]:
        options = {key: value for key, value in made.options().items() if value is not None}
        options |= {"access_key": made.key["AccessKeyId"], "secret_key": made.key["SecretAccessKey"]}
        options |= {"region": "us-east-1"}
        arguments = self.folder / f"{made.tag}.json"
        arguments.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": options}))
        more = {"TMPDIR": str(self.place), "PYTHONPATH": str(CHECKOUT / ".collections"), **limit}
        return subprocess.Popen(
            [sys.executable, "-m", MODULE, str(arguments)],
            env=environment(self.folder, self.emulator.keyless, **more),
            stdout=subprocess.PIPE,
            text=True,
        )


@pytest.fixture
def two(enforcing: Emulator, tmp_path: Path, place: Path) -> Two:
    return Two(enforcing, tmp_path, place)


def test_two_processes_share_one_limit(two: Two) -> None:
    found, requests, took = two.check(ASSUMEROLE_S3_REQUESTS_PER_SECOND="20")
    assert [one["verdict"] for one in found] == ["verified", "verified"]
    assert requests > 60
    assert took >= (requests - 1) / 20


def test_without_a_limit_nothing_is_noted(two: Two, place: Path) -> None:
    found, _requests, _took = two.check()
    assert [one["verdict"] for one in found] == ["verified", "verified"]
    assert not turns(place).exists()


def test_every_verb_keeps_to_the_limit(enforcing: Emulator, tmp_path: Path, place: Path) -> None:
    """Verification is all ours. In the others amazon.aws asks, too, and keeps to none."""
    world = World(enforcing)
    for verb in VERBS:
        for file in turns(place).glob("*"):
            file.unlink()
        before, began = len(enforcing.requests()), time.monotonic()
        ran = play(world, verb, tmp_path, place, **{LIMIT: 25, "bucket_access_account_id": enforcing.account})
        took = time.monotonic() - began
        assert ran.code == 0, ran.output[-3000:]
        assert [file.name for file in turns(place).iterdir()] == [enforcing.account], verb
        if verb == "verify":
            requests = len(enforcing.requests()) - before
            assert "verdict: verified" in ran.output
            assert requests > 60
            assert took >= (requests - 1) / 25


def test_contracts_of_one_play_share_one_limit(enforcing: Emulator, tmp_path: Path, place: Path) -> None:
    hosts = {}
    for _contract in range(2):
        made = World(enforcing)
        assert play(made, "provision", tmp_path, place).code == 0
        said = {**made.values, "wait_timeout": 5, "requests_per_second": 30}
        hosts[made.tag] = {f"bucket_access_{name}": value for name, value in said.items()}
    inventory = tmp_path / "inventory.json"
    inventory.write_text(json.dumps({"contracts": {"hosts": hosts}}))
    given = ("playbooks/verify.yml", "-i", str(inventory), "-e", "bucket_access_hosts=contracts", "--forks", "2")
    before, began = len(enforcing.requests()), time.monotonic()
    ran = ansible("ansible-playbook", *given, home=tmp_path, emulator=enforcing, TMPDIR=str(place))
    took = time.monotonic() - began
    assert ran.output.count("verdict: verified") == 2, ran.output[-3000:]
    assert took >= (len(enforcing.requests()) - before - 1) / 30
    assert [file.name for file in turns(place).iterdir()] == ["unnamed"]


@pytest.mark.parametrize("verb", ["provision", "verify", "rotate", "teardown"])
def test_where_turns_cannot_be_noted_that_is_one_sentence_and_nothing_is_asked(
    enforcing: Emulator, tmp_path: Path, place: Path, verb: str
) -> None:
    for folder in (turns(place).parent, turns(place), turns(place) / enforcing.account):
        folder.mkdir(mode=0o700)
    before = len(enforcing.requests())
    ran = play(World(enforcing), verb, tmp_path, place, **{LIMIT: 0.5, "bucket_access_account_id": enforcing.account})
    assert ran.code == 2
    assert "Requests are limited to 0.5 a second, and their turns cannot be noted: Is a directory" in ran.sentence
    assert "Traceback" not in ran.output
    assert len(enforcing.requests()) == before


def test_a_limit_of_the_environment_that_cannot_be_kept_is_a_sentence(
    enforcing: Emulator, tmp_path: Path, place: Path
) -> None:
    environ = {"ASSUMEROLE_S3_REQUESTS_PER_SECOND": "soon", "TMPDIR": str(place)}
    said = json.dumps({f"bucket_access_{name}": value for name, value in names("some").items()})
    given = ("playbooks/provision.yml", "-e", said)
    ran = ansible("ansible-playbook", *given, home=tmp_path, emulator=enforcing, **environ)
    assert ran.code == 2
    assert ran.sentence.startswith("ASSUMEROLE_S3_REQUESTS_PER_SECOND is 'soon': write a number from 0.001 on")
