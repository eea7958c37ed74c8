# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""At most so many requests a second, by all processes of this user on this machine together.

AWS counts requests by account, so each account has a queue of its own, as far as its number is known; all others share
one. A turn is taken in a small file under a lock, and waited for without the lock.
https://repost.aws/knowledge-center/iam-sts-throttling-error
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
import errno
import os
import re
import stat
import threading
import time
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.turns import next_turn
from ansible_collections.assumerole.s3.plugins.module_utils._contract.rules import requests_per_second_problem
from ansible_collections.assumerole.s3.plugins.module_utils._files import lock, own_folder

#: How the role tells modules, and people those that they use by themselves.
RATE, ACCOUNT = "ASSUMEROLE_S3_REQUESTS_PER_SECOND", "ASSUMEROLE_S3_ACCOUNT_ID"

#: The queue of requests to accounts that nobody has named.
UNNAMED = "unnamed"

FOLDER = "requests"
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

#: The threads of a process come to the lock one by one.
_ONE_BY_ONE = threading.Lock()
_STOPPED = threading.Event()


class Unpaced(Exception):
    """A request has no turn, so it is not sent; says why, in a sentence."""


class Stopped(BaseException):
    """The process is to end, and a thread of its waits no longer."""


@dataclass(frozen=True)
class Pace:
    """How many requests a second, and in whose queue."""

    per_second: float
    queue: str = UNNAMED

    def take_turn(self, **_event: Any) -> None:
        """Wait until the next request may be sent. Once the process is to end, only what is put in order is sent."""
        stopped = _STOPPED.wait(self._reserved())
        if stopped and threading.current_thread() is not threading.main_thread():
            raise Stopped

    def _reserved(self) -> float:
        """The seconds to one's turn, which nobody else has from now on."""
        try:
            with _ONE_BY_ONE:
                folder = own_folder.made(FOLDER)
                with lock.held(folder):
                    return _noted(os.path.join(folder, self.queue), 1 / self.per_second)
        except OSError as error:
            place = "" if error.filename is None else f" ({error.filename})"
            raise Unpaced(
                f"Requests are limited to {self.per_second:g} a second, and their turns cannot be noted: "
                f"{error.strerror}{place}. Mend that, or leave bucket_access_requests_per_second out."
            ) from None


def pace_of(environ: Mapping[str, str]) -> Pace | None:
    """The limit that the environment tells, if any; raises :class:`Unpaced` where it tells none that can be kept."""
    said = environ.get(RATE)
    if not said:
        return None
    problem = requests_per_second_problem(said)
    if problem:
        raise Unpaced(f"{RATE} {problem}.")
    account = environ.get(ACCOUNT, "")
    return Pace(float(said), account if re.fullmatch(r"\w+", account, re.ASCII) else UNNAMED)


def stop_waiting() -> None:
    """The process is to end: whoever waits for a turn stops, and what the main thread puts in order needs none."""
    _STOPPED.set()


def _noted(path: str, interval: float) -> float:
    """Take the next turn in a file of this user's."""
    handle = os.open(path, _FLAGS, 0o600)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, f"{path} is no regular file: remove it")
        wait, text = next_turn(os.read(handle, 100).decode("ascii", "replace"), time.time(), interval)
        os.ftruncate(handle, os.pwrite(handle, text.encode(), 0))
        return wait
    finally:
        os.close(handle)
