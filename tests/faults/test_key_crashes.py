# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A power cut while a key is made or rotated, at each request and at each write of a file, for each store.

Here are the moments that hurt; ``make faults`` tries every one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
import os
from pathlib import Path
import queue

from bench import Bench, Lane, error, fault
import pytest
from stored import STORES, StoredSubject, broken_promises, not_converged
from subject import KILLED

from lab.checkout import Json


@dataclass(frozen=True)
class Crash:
    """A verb of a store, and when its run is killed: at a request, or at the write of the store's file."""

    store: str
    verb: str
    kind: str
    on: Json
    write: str = ""

    def __str__(self) -> str:
        about = f"{self.write} the file is written" if self.write else f"{self.kind} {self.on}"
        return f"{self.store} / {self.verb} / {about}"


THE_MOMENTS_THAT_HURT = [
    Crash("profile", "provision", "kill-after", {"operation": "CreateAccessKey"}),
    Crash("secretsmanager", "rotate", "kill-after", {"operation": "PutSecretValue"}),
    Crash("vault_file", "rotate", "", {}, write="before"),
]
FILES: dict[str, Callable[[StoredSubject], Path]] = {
    "profile": lambda subject: subject.credentials,
    "vault_file": lambda subject: Path(subject.path),
}


class Lanes:
    """The lanes of a bench, for one crash at a time each."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self.bench, self.folder = bench, folder
        self._free: queue.Queue[Lane] = queue.Queue()
        for lane in bench.lanes[:-1]:
            self._free.put(lane)

    def subject(self, store: str, lane: Lane) -> StoredSubject:
        subject = StoredSubject(self.bench, lane, self.folder, store=store)
        subject.home = self.folder / subject.tag
        return subject

    def run_all(self, crashes: list[Crash]) -> Iterator[list[str]]:
        """What each crash broke, in words."""
        with ThreadPoolExecutor(self._free.qsize()) as pool:
            yield from pool.map(self._run, crashes)

    def _run(self, crash: Crash) -> list[str]:
        lane = self._free.get()
        try:
            lane.script()
            broken = crash_and_go_on(crash, self.subject(crash.store, lane))
        finally:
            lane.script()
            self._free.put(lane)
        print("BROKEN" if broken else "kept  ", crash, *broken, sep="\n         - " if broken else " ")
        return [f"{crash}: {text}" for text in broken]

    def requests(self, store: str, verb: str) -> list[str]:
        """The operations of a run that nobody disturbs, one for each request."""
        lane = self._free.get()
        lane.script()
        subject = self.subject(store, lane)
        if verb == "rotate":
            subject.provision()
        before = len(lane.requests())
        ran = subject.play(verb)
        asked = lane.requests()[before:]
        self._free.put(lane)
        assert not_converged(subject, ran) == []
        return [entry["operation"] for entry in asked]


def crash_and_go_on(crash: Crash, subject: StoredSubject) -> list[str]:
    """Kill a run, look at what is left, and let the next one go on."""
    if crash.verb == "rotate":
        subject.provision()
    if crash.write:
        ran = subject.kill_at_write(crash.verb, crash.write, FILES[crash.store](subject))
    else:
        running = subject.start(crash.verb, "-vvvv")
        subject.lane.script(fault(crash.kind, pid=running.pid, **crash.on))
        ran = subject.finish(running)
        subject.lane.script()
    broken = [] if ran.code == KILLED else [f"it was not killed: {ran.output[-500:]}"]
    broken += broken_promises(subject, ran)
    return broken + [f"afterwards {text}" for text in not_converged(subject, subject.play(crash.verb))]


def every_moment(lanes: Lanes) -> list[Crash]:
    """Each request of each verb, once it has been passed on, and each write of a file, before and after.

    Before a request, all is as it was after the one before it, or after the write in between. What provision does
    before it comes to the key is the same for every store, so it is tried with one.
    """
    found = [
        Crash(store, verb, "kill-after", {"on": [number]})
        for store in STORES
        for verb in ("provision", "rotate")
        for number in moments(store, verb, lanes.requests(store, verb))
    ]
    return found + [
        Crash(store, verb, "", {}, write=when)
        for store in FILES
        for verb in ("provision", "rotate")
        for when in ("before", "after")
    ]


def moments(store: str, verb: str, operations: list[str]) -> list[int]:
    """The numbers of the requests after which to kill: of a proof, which asks STS again and again, first and last."""
    first = operations.index("ListAccessKeys") if verb == "provision" and store != "profile" else 0
    proves = [operation in ("GetCallerIdentity", "AssumeRole") for operation in operations]
    amid = [all(proves[max(0, place - 1) : place + 2]) for place in range(len(operations))]
    return [place + 1 for place in range(first, len(operations)) if not amid[place]]


def test_the_next_run_goes_on_from_what_a_killed_one_left(bench: Bench, tmp_path: Path) -> None:
    lanes = Lanes(bench, tmp_path)
    crashes = every_moment(lanes) if os.environ.get("FAULT_KEY_CRASHES") == "every" else THE_MOMENTS_THAT_HURT
    broken = [text for found in lanes.run_all(crashes) for text in found]
    print(f"{len(crashes)} crashes")
    assert broken == []


def test_a_key_that_the_store_refuses_is_deleted_again(bench: Bench, tmp_path: Path) -> None:
    subject = Lanes(bench, tmp_path).subject("secretsmanager", bench.lanes[-1])
    subject.provision()
    before, sound = subject.stored(), subject.world.key_states()

    subject.lane.script(error("AccessDeniedException", operation="PutSecretValue"))
    ran = subject.play("rotate")
    subject.lane.script()

    assert ran.code == 2
    assert "The operator may not do this" in ran.sentence
    assert (subject.stored(), subject.world.key_states()) == (before, sound)
    assert broken_promises(subject, ran) == []


@pytest.fixture
def subject(bench: Bench, tmp_path: Path) -> StoredSubject:
    made = Lanes(bench, tmp_path).subject("profile", bench.lanes[-1])
    made.provision()
    return made


def test_a_lost_key_and_a_dead_one_are_seen(subject: StoredSubject) -> None:
    """The promises can be seen to break."""
    sound = subject.world.key_states()
    ran = subject.play("rotate", "--check")
    assert (ran.code, subject.world.key_states()) == (0, sound)
    assert not_converged(subject, ran) == []

    subject.world.iam.create_access_key(UserName=subject.world.user)
    assert any("active is" in text for text in not_converged(subject, ran))
    stored = subject.stored()[0]
    subject.world.iam.update_access_key(UserName=subject.world.user, AccessKeyId=stored, Status="Inactive")
    assert any("does not work" in text for text in broken_promises(subject, ran))
