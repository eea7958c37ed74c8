# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of one user's own, with secrets in them: read and replaced whole, by one process at a time.

A symbolic link to such a file stays, and the file that it points to is replaced, as people link their settings from
elsewhere; a link that somebody else may have laid is refused.

root writes no secret into a folder of another user, and replaces no file of theirs. With ``sudo`` and ``become`` the
home may be either's, so nobody knows who was meant to have the secret: run it as that user, or name a file of root's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import errno
import os

from ansible_collections.assumerole.s3.plugins.module_utils._files import lock, trust, whole


@contextmanager
def locked(path: str) -> Iterator[None]:
    """Keep other processes of ours away from the file's folder meanwhile; makes the folder (mode 0700) when missing.

    The lock is waited for, but not for ever: then it is an :class:`OSError`.
    """
    folder = os.path.dirname(os.path.realpath(path))
    os.makedirs(folder, mode=0o700, exist_ok=True)
    with lock.held(folder):
        yield


def read(path: str) -> str:
    """The file's text, empty when there is no such file. What is no regular file is refused, and never waited for."""
    return whole.read(path)


def obstacle(path: str, secret: bool = True) -> str:
    """Why the file could not be replaced, in a sentence; empty when nothing is known to be in the way.

    It waits for the lock as :func:`locked` does, so that a key is made only when it can be kept. What holds no secret
    may lie where others write, too.
    """
    path = os.path.expanduser(path)
    target = os.path.realpath(path)
    reasons = [_irregular, _planted, _unreachable, *([_exposed] if secret else []), _busy]
    return next((found for reason in reasons if (found := reason(path, target))), "")


def replace(path: str, text: str, mode: int) -> None:
    """Put the text in the file's place at once, with the given mode; an empty text removes the file.

    A symbolic link stays, and the file that it points to is replaced. Until the very end the old file is untouched.
    """
    target = os.path.realpath(path)
    wrong = _irregular(path, target)
    if wrong:
        raise OSError(errno.EINVAL, wrong)
    if _is_anothers(target):
        raise PermissionError(errno.EPERM, "it belongs to another user, whom replacing it would lock out")
    if text:
        whole.put(target, text, mode)
    else:
        whole.remove(target)


def _irregular(path: str, target: str) -> str:
    if os.path.isdir(target):
        return f"{path} is a folder: name a file in it."
    if os.path.lexists(target) and not whole.is_regular(os.stat(target)):
        return f"{path} is no regular file, but a device, a socket or a FIFO: name another."
    return ""


def _unreachable(path: str, target: str) -> str:
    folder = _nearest_folder(target)
    if not os.path.isdir(folder) or not os.access(folder, os.W_OK | os.X_OK):
        return f"{path} cannot be written, because {folder} is no folder that this user may write to: choose another."
    if _is_anothers(target):
        return f"{path} belongs to another user, whom replacing it would lock out: use a file of your own."
    return ""


def _planted(path: str, _target: str) -> str:
    link = trust.planted_link(path)
    return link and f"{path} leads over the link {link}, which another user may have laid: name the file that is meant."


def _exposed(path: str, target: str) -> str:
    """In a folder like /tmp a file is safe; a folder that is made for it is, too."""
    folder = _nearest_folder(target)
    if trust.is_anothers(os.stat(folder)):
        return (
            f"{path} would hold a secret in {folder}, which belongs to another user: choose a folder of your own, or "
            "run this as that user."
        )
    is_made = folder != os.path.dirname(target)
    if not is_made and trust.may_be_changed_by_others(folder) and not trust.keeps_files_apart(folder):
        return (
            f"{path} would hold a secret in {folder}, where other users may write: choose a folder of your own, or "
            f"close this one with chmod go-w."
        )
    return ""


def _busy(path: str, target: str) -> str:
    reason = lock.obstacle(os.path.dirname(target))
    return f"{path} cannot be written: {reason}." if reason else ""


def _nearest_folder(target: str) -> str:
    """The file's folder, or of those above it the first that is there."""
    folder = os.path.dirname(target)
    while not os.path.lexists(folder):
        folder = os.path.dirname(folder)
    return folder


def _is_anothers(target: str) -> bool:
    return os.path.exists(target) and os.stat(target).st_uid != os.geteuid()
