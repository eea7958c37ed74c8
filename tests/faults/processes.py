# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ends a program with everything that it started, as a power cut would: ansible-playbook's workers leave its group."""

from __future__ import annotations

from contextlib import suppress
import os
import signal
import subprocess


def end_tree(root: int) -> list[int]:
    """SIGKILL for a process and all its descendants; gives their ids.

    Each is stopped before its children are looked for, so that it cannot start another one meanwhile.
    """
    ended: list[int] = []
    generation = [root]
    while generation:
        for pid in generation:
            _signal(pid, signal.SIGSTOP)
        ended += generation
        generation = children(set(generation)) if generation else []
    for pid in ended:
        _signal(pid, signal.SIGKILL)
    return ended


def children(parents: set[int]) -> list[int]:
    """The processes that these started."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], check=True, capture_output=True, text=True).stdout
    pairs = [(int(line.split()[0]), int(line.split()[1])) for line in listed.splitlines()]
    return [pid for pid, parent in pairs if parent in parents]


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
