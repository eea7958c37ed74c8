# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files for everybody to read: replaced whole, by one process at a time, and never through a symbolic link.

They may lie where others write, too, so whatever lies in their place is only replaced when it is a file of one's own.
What root writes into somebody else's folder is handed over to that folder's owner.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
import errno
import os

from ansible_collections.assumerole.s3.plugins.module_utils._files import lock, trust, whole

_MODE = 0o644


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


def _may_be_replaced(path: str) -> bool:
    """Whether it is this user's file, or one that root has handed over."""
    state, folder = os.lstat(path), os.stat(os.path.dirname(path))
    handed_over = os.geteuid() == 0 and state.st_uid == folder.st_uid
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
