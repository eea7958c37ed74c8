# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a run names its objects, so that a later one can tell those of a run that was killed from those in use.

A name says which process made the object, and where; of what the operator puts for a run, it is the process of the
run. Where that process can be looked for and is gone, nobody will come back for the object; elsewhere its age decides.
Pure but for the look at the processes of this machine.
"""

from __future__ import annotations

from datetime import datetime, timedelta
import hashlib
from multiprocessing import parent_process
import os
import platform
import re
import secrets

#: A run removes its object in the same round, after seconds.
LONGEST_USE = timedelta(hours=1)

#: How the names of all objects begin that a run makes, so that notifications can leave them out.
BEGINNING = ".access-check-"

#: Of what the operator puts for a run.
OPERATORS = f"{BEGINNING}operator-"

#: How the address of an upload that stayed behind names it, and that of one version of an object.
UPLOAD, VERSION = "?uploadId=", "?versionId="

_NAME = re.compile(re.escape(BEGINNING) + r"(?:operator-)?(?P<machine>[0-9a-f]{8})-(?P<process>[0-9]+)-[0-9a-f]{16}")


def fresh_name() -> str:
    """A name that no object has, of this machine and process."""
    return _name(BEGINNING, os.getpid())


def operators_name() -> str:
    """A name for what the operator puts for a run, of this machine and of the process that outlives a single task.

    Ansible forks a process for each task, and the one that forks lasts as long as the run.
    """
    run = parent_process()
    return _name(OPERATORS, os.getpid() if run is None or run.pid is None else run.pid)


def _name(beginning: str, process: int) -> str:
    return f"{beginning}{machine()}-{process}-{secrets.token_hex(8)}"


def unknown_name() -> str:
    """A name that no object has and that no policy can know, for what makes no object."""
    return secrets.token_hex(16)


def is_stray(url: str) -> bool:
    """Whether an object's address is that of one which only this or another run can have made for itself.

    The one without a dash stays by design, where the role may write and not delete. An upload is no object.
    """
    return UPLOAD not in url and url.rsplit("/", 1)[-1].rpartition(BEGINNING)[1] == BEGINNING


def is_abandoned(name: str, modified: datetime, now: datetime) -> bool:
    """Whether the object was made by a run that has ended. Of any other object this is never said."""
    found = _NAME.fullmatch(name)
    if not found:
        return False
    ended = found["machine"] == machine() and not runs(int(found["process"]))
    return ended or now - modified > LONGEST_USE


def machine() -> str:
    """The name of this machine, or of the container whose processes can be seen here; nothing can be read off it."""
    try:
        processes = os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        processes = 0
    return hashlib.sha256(f"{platform.node()} {processes}".encode()).hexdigest()[:8]


def runs(process: int) -> bool:
    """Whether a process of this machine is there and has not ended."""
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return not _is_zombie(process)


def _is_zombie(process: int) -> bool:
    """Whether the process has ended and nobody has asked yet how; https://man7.org/linux/man-pages/man5/proc.5.html."""
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return False
