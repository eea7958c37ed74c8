# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that hold keys: trouble with one is a sentence that names it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ansible_collections.assumerole.s3.plugins.module_utils._files import private_file
from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import Trouble

PRIVATE = 0o600


def text_of(path: str) -> str:
    """The file's text, empty when there is no such file."""
    try:
        return private_file.read(path)
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(f"{path} cannot be read: {error}.") from None


@contextmanager
def held(path: str) -> Iterator[None]:
    """Keep other processes of ours away; what goes wrong meanwhile has changed nothing."""
    try:
        with private_file.locked(path):
            yield
    except OSError as error:
        raise Trouble(f"{path} cannot be kept: {error}. Nothing was changed.") from None
