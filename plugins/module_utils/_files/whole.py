# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small text files, read and replaced whole or not at all."""

from __future__ import annotations

from contextlib import suppress
import errno
from functools import partial
import os
import stat
import tempfile

from ansible_collections.assumerole.s3.plugins.module_utils._files.trust import hand_over

_NEVER_WAITING = os.O_NONBLOCK | os.O_NOCTTY


def read(path: str, flags: int = 0) -> str:
    """The file's text with its line endings as they are; empty when there is no such file.

    What is no regular file is refused and never waited for, as a FIFO gives nothing until somebody writes to it. The
    null device is nothing, as people name it to switch a file off.
    """
    try:
        with open(path, encoding="utf-8", newline="", opener=partial(_opened, extra=flags)) as file:
            state = os.fstat(file.fileno())
            if not is_regular(state) and not os.path.samestat(state, os.stat(os.devnull)):
                raise OSError(errno.EINVAL, "it is no regular file")
            return file.read()
    except FileNotFoundError:
        return ""


def _opened(path: str, flags: int, extra: int) -> int:
    return os.open(path, flags | _NEVER_WAITING | extra)


def is_regular(state: os.stat_result) -> bool:
    """Whether it is a file that can be replaced, and no folder, link, FIFO, socket or device."""
    return stat.S_ISREG(state.st_mode)


def put(target: str, text: str, mode: int) -> None:
    """Put the text in the file's place at once, on the disk, too. Until the very end the old file is untouched."""
    folder, name = os.path.split(target)
    handle, draft = tempfile.mkstemp(dir=folder, prefix=f"{name[:60]}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            hand_over(handle, folder)
            _keep_group(handle, target)
            os.fchmod(handle, mode)
            file.write(text)
            file.flush()
            os.fsync(handle)
        os.replace(draft, target)
    except BaseException:
        os.unlink(draft)
        raise
    _settle(folder)


def remove(target: str) -> None:
    """The file goes, on the disk, too."""
    os.unlink(target)
    _settle(os.path.dirname(target))


def _keep_group(handle: int, target: str) -> None:
    """Whoever may read the old file by its group may read the new one."""
    with suppress(FileNotFoundError, PermissionError):
        os.fchown(handle, -1, os.stat(target).st_gid)


def _settle(folder: str) -> None:
    """What the folder says survives a power cut; not every file system can promise that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
