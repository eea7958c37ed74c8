# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and replaces a small private file: whole or not at all, and by one process at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import errno
import fcntl
import os
import tempfile


@contextmanager
def locked(path: str) -> Iterator[None]:
    """Keep other processes of ours away from the file's folder meanwhile; makes the folder (mode 0700) when missing.

    The folder itself is locked: a lock on the file would be lost when the file is replaced.
    """
    folder = os.path.dirname(os.path.realpath(path))
    os.makedirs(folder, mode=0o700, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def read(path: str) -> str:
    """The file's text, empty when there is no such file."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def obstacle(path: str) -> str:
    """Why the file could not be replaced, in a sentence; empty when nothing is known to be in the way."""
    target = os.path.realpath(os.path.expanduser(path))
    folder = target if os.path.isdir(target) else os.path.dirname(target)
    while not os.path.lexists(folder):
        folder = os.path.dirname(folder)
    if os.path.isdir(target):
        return f"{path} is a folder: name a file in it."
    if not os.path.isdir(folder) or not os.access(folder, os.W_OK | os.X_OK):
        return f"{path} cannot be written, because {folder} is no folder that this user may write to: choose another."
    if _is_anothers(target):
        return f"{path} belongs to another user, whom replacing it would lock out: use a file of your own."
    return ""


def _is_anothers(target: str) -> bool:
    return os.path.exists(target) and os.stat(target).st_uid != os.geteuid()


def replace(path: str, text: str, mode: int) -> None:
    """Put the text in the file's place at once, with the given mode; an empty text removes the file.

    A symbolic link stays, and the file that it points to is replaced. Until the very end the old file is untouched.
    """
    target = os.path.realpath(path)
    if _is_anothers(target):
        raise PermissionError(errno.EPERM, "it belongs to another user, whom replacing it would lock out")
    if not text:
        os.unlink(target)
        return
    handle, draft = tempfile.mkstemp(dir=os.path.dirname(target), prefix=os.path.basename(target) + ".")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), mode)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)
    except BaseException:
        os.unlink(draft)
        raise
