# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One process of ours at a time in a folder.

What is locked is a file of our own name, which only its owner can open: a lock on the folder itself can be held by all
who may read it. The lock belongs to the open file, so the system gives it back when its process ends, however it ends,
and a file that is left behind hinders nobody. Whoever is done removes the file; who has meanwhile locked the removed
one sees that it is no longer the one in the folder, and tries again. On NFS, Linux keeps such a lock on the server:
https://man7.org/linux/man-pages/man2/flock.2.html.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
import errno
import fcntl
import os
import random
import stat
import time
from typing import Literal, TypeVar

from ansible_collections.assumerole.s3.plugins.module_utils._files.trust import hand_over

NAME = ".assumerole.s3.lock"
#: Seconds. Whoever holds the lock reads and writes small files, so a hundred processes are done long before.
PATIENCE = 60.0

T = TypeVar("T")

_FLAGS = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@contextmanager
def held(folder: str, patience: float | None = None) -> Iterator[None]:
    """Hold the folder's lock meanwhile. Raises :class:`OSError` when it cannot be had, after ``patience`` seconds."""
    path = os.path.join(folder, NAME)
    seconds = PATIENCE if patience is None else patience
    handle = _had(
        lambda: _taken(path),
        seconds,
        f"another process has kept the lock {path} for {seconds:g} seconds: wait until it has ended, "
        "or remove that file when there is none",
    )
    try:
        yield
    finally:
        with suppress(OSError):
            os.unlink(path)
        os.close(handle)


def wait_for(handle: int, path: str) -> None:
    """Lock an open file of others' reading, too, until it is closed. Raises :class:`OSError` after the patience."""
    _had(lambda: _locked(handle), PATIENCE, f"another process has kept {path} locked for {PATIENCE:g} seconds")


def obstacle(folder: str) -> str:
    """Why the lock cannot be had; empty when it can. Makes nothing."""
    if not os.path.lexists(os.path.join(folder, NAME)):
        return ""
    try:
        with held(folder):
            return ""
    except OSError as error:
        return str(error.strerror)


def _had(take: Callable[[], T | None], patience: float, refusal: str) -> T:
    """What is to be had, as soon as it is; raises :class:`TimeoutError` after so many seconds."""
    end = time.monotonic() + patience
    while (had := take()) is None:
        if time.monotonic() > end:
            raise TimeoutError(errno.ETIMEDOUT, refusal)
        time.sleep(random.uniform(0.01, 0.05))  # noqa: S311 (not for cryptography)
    return had


def _locked(handle: int) -> Literal[True] | None:
    """Whether the open file is locked from now on; nothing while somebody else has locked it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return None


def _taken(path: str) -> int | None:
    """The lock, or nothing while somebody else has it."""
    handle = _opened(path)
    if handle is None:
        return None
    try:
        if _locked(handle) and _is_in_place(handle, path):
            return handle
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    return None


def _opened(path: str) -> int | None:
    """The file, made when missing; nothing while it is somebody else's, or goes or comes at this moment."""
    try:
        if not os.path.lexists(path):
            return _made(path)
        if not stat.S_ISREG(os.lstat(path).st_mode):
            raise OSError(errno.EINVAL, f"{path} is in the place of a lock: remove it")
        return os.open(path, _FLAGS)
    except (FileExistsError, FileNotFoundError):
        return None
    except PermissionError:
        if os.path.lexists(path):
            return None
        raise


def _made(path: str) -> int:
    handle = os.open(path, _FLAGS | os.O_CREAT | os.O_EXCL, 0o600)
    hand_over(handle, os.path.dirname(path))
    return handle


def _is_in_place(handle: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), os.lstat(path))
    except FileNotFoundError:
        return False
