# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder of this user's on this machine, for what the user's processes share.

It lies where temporary files do, and everybody may write there. So what others could change in it is refused.
"""

from __future__ import annotations

from contextlib import suppress
import errno
import os
import stat
import tempfile

from ansible_collections.assumerole.s3.plugins.module_utils._files.trust import may_be_changed_by_others


def path() -> str:
    """Where it is."""
    return os.path.join(tempfile.gettempdir(), f"assumerole.s3-{os.geteuid()}")


def made(name: str) -> str:
    """A folder in it, made when missing. Raises :class:`OSError` when another user could change either."""
    folder = os.path.join(path(), name)
    for place in (path(), folder):
        with suppress(FileExistsError):
            os.mkdir(place, 0o700)
        _refuse(place)
    return folder


def _refuse(place: str) -> None:
    state = os.lstat(place)
    if not stat.S_ISDIR(state.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, f"{place} is no folder: remove it")
    if state.st_uid != os.geteuid() or may_be_changed_by_others(place):
        raise PermissionError(errno.EPERM, f"another user may write to {place}: remove it")
