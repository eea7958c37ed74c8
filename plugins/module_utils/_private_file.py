# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and replaces a small private file: whole or not at all, and by one process at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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


def replace(path: str, text: str, mode: int) -> None:
    """Put the text in the file's place at once, with the given mode; an empty text removes the file.

    A symbolic link stays, and the file that it points to is replaced. Until the very end the old file is untouched.
    """
    target = os.path.realpath(path)
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
