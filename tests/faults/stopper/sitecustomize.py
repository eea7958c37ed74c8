# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Python loads this in every process of a run that is to be killed at a file write: the write waits to be killed.

STOP_AT_WRITE is ``before`` or ``after``, a space, and the file. The process says in STOPPED_FILE that it waits.
"""

from __future__ import annotations

import os
from pathlib import Path
import signal

when, _space, target = os.environ.get("STOP_AT_WRITE", "").partition(" ")
replace = os.replace


def wait_to_be_killed() -> None:
    Path(os.environ["STOPPED_FILE"]).touch()
    os.kill(os.getpid(), signal.SIGSTOP)


def replace_and_wait(source: str, destination: str, **options: int) -> None:
    mine = os.path.realpath(destination) == os.path.realpath(target)
    if mine and when == "before":
        wait_to_be_killed()
    replace(source, destination, **options)
    if mine and when == "after":
        wait_to_be_killed()


if when:
    os.replace = replace_and_wait
