# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What other users of this machine could change: the folders that they may write to, and the links in them.

root is no other, it may do everything anyway. Neither is a group of one's own, as distributions make one for each user.
"""

from __future__ import annotations

from collections.abc import Iterator
import grp
import os
import pwd
import stat


def may_be_changed_by_others(folder: str) -> bool:
    """Whether another user may put something into the folder, or is its owner."""
    state = os.stat(folder)
    group_may = state.st_mode & stat.S_IWGRP and not _is_a_group_of_our_own(state.st_gid)
    return bool(is_anothers(state) or group_may or state.st_mode & stat.S_IWOTH)


def is_anothers(state: os.stat_result) -> bool:
    """Whether it belongs to somebody who is neither root nor this user."""
    return state.st_uid not in (0, os.geteuid())


def keeps_files_apart(folder: str) -> bool:
    """Whether a file in it can be replaced by its owner alone: https://man7.org/linux/man-pages/man1/chmod.1.html."""
    return bool(os.stat(folder).st_mode & stat.S_ISVTX)


def planted_link(path: str) -> str:
    """The symbolic link on the way to the file that another user may have laid there; empty when there is none.

    Linux has the same rule for links in folders like /tmp, where it is switched on:
    https://docs.kernel.org/admin-guide/sysctl/fs.html#protected-symlinks
    """
    return next((place for place in _upwards(path) if os.path.islink(place) and _may_be_planted(place)), "")


def hand_over(handle: int, folder: str) -> None:
    """Let a file that root makes be the folder's owner's: nobody finds files of root's in the own home."""
    if os.geteuid() == 0:
        owner = os.stat(folder)
        os.fchown(handle, owner.st_uid, owner.st_gid)


def _may_be_planted(link: str) -> bool:
    folder = os.path.dirname(link)
    ours = keeps_files_apart(folder) and not is_anothers(os.stat(folder)) and not is_anothers(os.lstat(link))
    return may_be_changed_by_others(folder) and not ours


def _upwards(path: str) -> Iterator[str]:
    """The path and all folders above it."""
    place = os.path.abspath(path)
    while place != os.path.dirname(place):
        yield place
        place = os.path.dirname(place)


def _is_a_group_of_our_own(group: int) -> bool:
    """Whether it is root's, or has this user's name, and nobody else is in it."""
    try:
        found = grp.getgrgid(group)
    except KeyError:
        return False
    names = {"root", _user_name()}
    return found.gr_name in names and set(found.gr_mem) <= names


def _user_name() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return "root"
