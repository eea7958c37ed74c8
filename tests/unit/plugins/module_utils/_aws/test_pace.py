# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns that processes and threads take, and where in a request of the SDK they are waited for."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
import multiprocessing
import os
from pathlib import Path
import signal
import subprocess
import sys
import tempfile
import threading
import time
from typing import Any

from botocore.awsrequest import AWSResponse
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws import identities, pace
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities, connection
from ansible_collections.assumerole.s3.plugins.module_utils._aws.pace import ACCOUNT, RATE, Pace, Unpaced, pace_of
from ansible_collections.assumerole.s3.plugins.module_utils._files import lock

KEY = {"access_key": "AKIAUSEREXAMPLE", "secret_key": "user-secret", "region": "us-east-1"}


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the turns are noted."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"assumerole.s3-{os.geteuid()}" / "requests"


@pytest.fixture(autouse=True)
def stopped(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Nothing of one test stops the next."""
    event = threading.Event()
    monkeypatch.setattr(pace, "_STOPPED", event)
    return event


# The limit.


def test_without_a_limit_there_is_none() -> None:
    assert pace_of({}) is None
    assert pace_of({RATE: "", ACCOUNT: "123456789012"}) is None


def test_each_account_has_a_queue_and_what_is_no_name_has_none() -> None:
    assert pace_of({RATE: "2.5", ACCOUNT: "123456789012"}) == Pace(2.5, "123456789012")
    for unnamed in ({}, {ACCOUNT: ""}, {ACCOUNT: "../elsewhere"}, {ACCOUNT: "."}):
        assert pace_of({RATE: "0.5", **unnamed}) == Pace(0.5, "unnamed")


@pytest.mark.parametrize("said", ["0", "-1", "soon", "inf", "nan"])
def test_a_limit_that_cannot_be_kept_is_a_sentence(said: str) -> None:
    with pytest.raises(Unpaced) as refused:
        pace_of({RATE: said})
    assert str(refused.value) == f"{RATE} is '{said}': write a number from 0.001 on, such as 10 or 0.5."


# Turns.


def take(times: int, per_second: float) -> None:
    for _turn in range(times):
        Pace(per_second).take_turn()


def test_turns_are_at_least_an_interval_apart() -> None:
    began = time.monotonic()
    take(6, 20)
    assert time.monotonic() - began >= 5 / 20


def test_threads_share_the_turns() -> None:
    began = time.monotonic()
    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(take, 3, 40) for _thread in range(4)]:
            done.result()
    assert time.monotonic() - began >= 11 / 40


def test_processes_share_the_turns() -> None:
    context = multiprocessing.get_context("fork")
    began = time.monotonic()
    processes = [context.Process(target=take, args=(8, 20)) for _process in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert time.monotonic() - began >= 23 / 20


def test_queues_of_two_accounts_are_two(place: Path) -> None:
    Pace(0.001, "123456789012").take_turn()
    Pace(0.001, "210987654321").take_turn()
    assert sorted(file.name for file in place.iterdir()) == ["123456789012", "210987654321"]


def test_while_a_turn_is_waited_for_the_lock_is_free(place: Path) -> None:
    Pace(0.001).take_turn()
    waiting = multiprocessing.get_context("fork").Process(target=take, args=(1, 0.001))
    waiting.start()
    try:
        before = (place / "unnamed").read_text()
        deadline = time.monotonic() + 60
        while (place / "unnamed").read_text() == before and time.monotonic() < deadline:
            time.sleep(0.01)
        with lock.held(str(place), patience=30):
            assert waiting.is_alive()
    finally:
        waiting.kill()
        waiting.join()


# What is in the way.


def in_the_way(place: Path, what: str) -> None:
    Pace(100).take_turn()
    file = place / "unnamed"
    file.unlink()
    if what == "link":
        (place.parent / "target").write_text("")
        file.symlink_to(place.parent / "target")
    elif what == "fifo":
        os.mkfifo(file)
    elif what == "folder":
        file.mkdir()
    else:
        place.chmod(0o777)


OBSTACLES = [
    ("link", r"Too many levels of symbolic links \("),
    ("fifo", "is no regular file: remove it"),
    ("folder", r"Is a directory \("),
    ("open to others", "another user may write to "),
]


@pytest.mark.parametrize(("what", "why"), OBSTACLES)
def test_what_is_in_the_way_is_a_sentence_and_no_turn(place: Path, what: str, why: str) -> None:
    in_the_way(place, what)
    with pytest.raises(Unpaced, match=why) as refused:
        Pace(0.5).take_turn()
    assert str(refused.value).startswith("Requests are limited to 0.5 a second, and their turns cannot be noted: ")
    assert str(refused.value).endswith(". Mend that, or leave bucket_access_requests_per_second out.")


def test_a_lock_that_somebody_keeps_is_a_sentence_in_the_end(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Pace(100).take_turn()
    monkeypatch.setattr(lock, "PATIENCE", 0.2)
    with lock.held(str(place)), pytest.raises(Unpaced, match="another process has kept the lock"):
        Pace(100).take_turn()


@pytest.mark.parametrize("junk", [b"", b"\xff\xfe\x00", b"x" * 5000])
def test_junk_in_the_file_is_replaced(place: Path, junk: bytes) -> None:
    Pace(100).take_turn()
    (place / "unnamed").write_bytes(junk)
    Pace(100).take_turn()
    assert len((place / "unnamed").read_text().split()) == 2


# The end.


def test_a_thread_stops_waiting_and_the_main_thread_puts_in_order(stopped: threading.Event) -> None:
    Pace(0.001).take_turn()
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(take, 1, 0.001)
        pace.stop_waiting()
        assert isinstance(waiting.exception(60), pace.Stopped)
    assert stopped.is_set()
    take(3, 0.001)


INTERRUPTED = """
import signal

# A shell that starts a program in the background has it ignore interrupts, and what that starts, too.
signal.signal(signal.SIGINT, signal.default_int_handler)
from ansible_collections.assumerole.s3.plugins.module_utils._aws.pace import Pace
from ansible_collections.assumerole.s3.plugins.module_utils._aws.side_by_side import side_by_side

def ask():
    for _question in range(5):
        Pace(0.001).take_turn()

Pace(0.001).take_turn()
print("waiting", flush=True)
if {threads}:
    side_by_side(ask, ask, ask)
else:
    ask()
"""


@pytest.mark.parametrize("threads", [True, False])
def test_an_interrupt_ends_the_process_however_long_its_turns_are(tmp_path: Path, threads: bool) -> None:
    """They would take more than an hour."""
    command = [sys.executable, "-c", INTERRUPTED.format(threads=threads)]
    path = os.pathsep.join(filter(None, sys.path))
    environ = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": path}
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "waiting\n"
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            _stdout, stderr = process.communicate(timeout=60)
        finally:
            process.kill()
    assert "KeyboardInterrupt" in stderr


# Where in a request.


class Turns:
    """Notes what each turn sees, in the place of waiting."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def take_turn(self, request: Any, operation_name: str, **_event: Any) -> None:
        signed = {"Authorization", "X-Amz-Date"} & set(request.headers)
        self.seen.append(f"{operation_name}{' signed' if signed else ''}")


class Body:
    def stream(self, **_options: Any) -> Iterator[bytes]:
        yield b"<Error><Code>ServiceUnavailable</Code><Message>-</Message></Error>"


def asked(turns: Turns, who: str, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[bool]]:
    """What the turns and what the wire saw of one call that is refused each time."""
    monkeypatch.setattr(identities, "pace_of", lambda _environ: turns)
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    client = getattr(Identities(connection(KEY, {})), who)("s3")
    sent: list[bool] = []

    def answer(request: Any, **_event: Any) -> AWSResponse:
        sent.append("Authorization" in request.headers)
        return AWSResponse(request.url, 503, {}, Body())

    client.meta.events.register("before-send", answer)
    with pytest.raises(Exception, match="ServiceUnavailable"):
        client.list_buckets()
    return turns.seen, sent


@pytest.mark.parametrize(("who", "is_signed"), [("user", True), ("anonymous", False), ("nobody", True)])
def test_each_attempt_has_a_turn_before_it_is_signed(
    monkeypatch: pytest.MonkeyPatch, who: str, is_signed: bool
) -> None:
    seen, sent = asked(Turns(), who, monkeypatch)
    assert seen == ["ListBuckets"] * 3
    assert sent == [is_signed] * 3


def test_without_a_limit_no_handler_is_there_and_no_file(place: Path) -> None:
    found = connection(KEY, {})
    assert found.pace is None
    client = Identities(found).user("s3")
    handlers = client.meta.events._emitter._handlers.prefix_search("before-sign.s3.ListBuckets")
    assert not [one for one in handlers if "pace" in getattr(one, "__module__", "")]
    assert not place.exists()
