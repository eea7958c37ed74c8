# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files for everybody to read: changed by one process at a time, and never through a symbolic link.

They may lie where others write, too, so whatever lies in their place is only touched when it is a file of one's own.
What root writes into somebody else's folder is handed over to that folder's owner.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
import errno
import os

from ansible_collections.assumerole.s3.plugins.module_utils._files import lock, trust, whole

_MODE = 0o644
_APPENDING = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


@contextmanager
def locked(folder: str) -> Iterator[None]:
    """Keep other processes of ours away from the folder meanwhile; makes it when missing."""
    refuse_planted(folder)
    _make(os.path.abspath(folder))
    with lock.held(folder):
        yield


def refuse_planted(folder: str) -> None:
    """Raise :class:`OSError` when the way to the folder leads over somebody else's link."""
    link = trust.planted_link(folder)
    if link:
        raise OSError(errno.ELOOP, f"{link} is a symbolic link that another user may have laid")


def refuse_link(path: str) -> None:
    """Raise :class:`OSError` when a link is in the file's place."""
    if os.path.islink(path):
        raise OSError(errno.ELOOP, f"{path} is a symbolic link, which is never written through: remove it")


def read(path: str) -> str:
    """The file's text, empty when there is no such file. A link is refused, and nothing is waited for."""
    refuse_link(path)
    return whole.read(path, os.O_NOFOLLOW)


def replace(path: str, text: str) -> None:
    """Put the text in the file's place at once, readable by everybody."""
    refuse_link(path)
    if os.path.lexists(path) and not _may_be_replaced(path):
        raise PermissionError(errno.EPERM, f"{path} is no file of this user's")
    whole.put(path, text, _MODE)


def put(path: str, text: str) -> None:
    """As :func:`replace`, for a file that lies by itself: its folder is made when missing."""
    refuse_planted(os.path.dirname(path))
    _make(os.path.dirname(path))
    replace(path, text)


def append(path: str, lines: str) -> None:
    """Put lines at the end of the file, all or none, by one process at a time; its folder is made when missing.

    A last line that somebody has left unfinished stays one by itself.
    """
    folder = os.path.dirname(path)
    refuse_planted(folder)
    refuse_link(path)
    _make(folder)
    with open(path, "r+b", buffering=0, opener=_opened_to_append) as file:
        if not _is_ours(os.fstat(file.fileno()), folder):
            raise PermissionError(errno.EPERM, f"{path} is no file of this user's")
        lock.wait_for(file.fileno(), path)
        end = file.seek(0, os.SEEK_END)
        content = (b"" if not end or os.pread(file.fileno(), 1, end - 1) == b"\n" else b"\n") + lines.encode()
        try:
            if file.write(content) != len(content):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(file.fileno())
        except OSError:
            file.truncate(end)
            raise


def _opened_to_append(path: str, _flags: int) -> int:
    """The file; made when missing."""
    try:
        handle = os.open(path, _APPENDING | os.O_CREAT | os.O_EXCL, _MODE)
    except FileExistsError:
        return os.open(path, _APPENDING)
    trust.hand_over(handle, os.path.dirname(path))
    os.fchmod(handle, _MODE)
    return handle


def _may_be_replaced(path: str) -> bool:
    return _is_ours(os.lstat(path), os.path.dirname(path))


def _is_ours(state: os.stat_result, folder: str) -> bool:
    """Whether it is this user's file, or one that root has handed over."""
    handed_over = os.geteuid() == 0 and state.st_uid == os.stat(folder).st_uid
    return whole.is_regular(state) and (state.st_uid == os.geteuid() or handed_over)


def _make(folder: str) -> None:
    """The folder, and those above it that are missing; each is its parent's owner's."""
    if os.path.isdir(folder):
        return
    _make(os.path.dirname(folder))
    with suppress(FileExistsError):
        os.mkdir(folder, 0o755)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        trust.hand_over(handle, os.path.dirname(folder))
    finally:
        os.close(handle)
