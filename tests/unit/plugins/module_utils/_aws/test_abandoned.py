# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import datetime, timedelta, timezone
import os
import subprocess

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.abandoned import fresh_name, is_abandoned, machine

NOW = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
RANDOM = "0123456789abcdef"
JUST_NOW, AN_HOUR_AGO = NOW - timedelta(seconds=1), NOW - timedelta(hours=1, seconds=1)


@pytest.fixture(scope="module")
def ended() -> int:
    """The id of a process that was."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_a_name_is_new_each_time_and_is_not_abandoned_while_its_process_runs() -> None:
    name = fresh_name()
    assert name != fresh_name()
    assert not is_abandoned(name, JUST_NOW, NOW)


def test_on_this_machine_the_process_must_have_ended(ended: int) -> None:
    assert is_abandoned(f".access-check-{machine()}-{ended}-{RANDOM}", JUST_NOW, NOW)
    assert not is_abandoned(f".access-check-{machine()}-{os.getppid()}-{RANDOM}", JUST_NOW, NOW)
    assert is_abandoned(f".access-check-{machine()}-{10**30}-{RANDOM}", JUST_NOW, NOW)


def test_a_process_that_has_ended_and_was_not_waited_for_has_ended() -> None:
    with subprocess.Popen(["true"], stdout=subprocess.PIPE) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        os.kill(process.pid, 0)  # it is still to be found
        assert is_abandoned(f".access-check-{machine()}-{process.pid}-{RANDOM}", JUST_NOW, NOW)


def test_elsewhere_the_object_must_be_an_hour_old(ended: int) -> None:
    assert not is_abandoned(f".access-check-{'0' * 8}-{ended}-{RANDOM}", JUST_NOW, NOW)
    assert is_abandoned(f".access-check-{'0' * 8}-{ended}-{RANDOM}", AN_HOUR_AGO, NOW)


def test_a_process_that_is_somebody_elses_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid(_process: int, _signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", forbid)
    assert not is_abandoned(f".access-check-{machine()}-1-{RANDOM}", JUST_NOW, NOW)


@pytest.mark.parametrize(
    "name",
    [
        ".access-check",
        ".access-check-operator-1767225600-0123456789abcdef",
        f".access-check-{RANDOM}",
        f".access-check-{'0' * 8}-1-{RANDOM}-mine",
        f"my.access-check-{'0' * 8}-1-{RANDOM}",
        f".access-check-{'0' * 8}-1-{RANDOM}\n",
        f"folder/.access-check-{'0' * 8}-1-{RANDOM}",
    ],
)
def test_any_other_name_is_never_abandoned(name: str) -> None:
    assert not is_abandoned(name, AN_HOUR_AGO, NOW)
