# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No store: the caller gives the key, and takes a new one."""

from __future__ import annotations

from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import (
    Kept,
    KeyStore,
    Request,
    StoredKey,
    Surroundings,
)


class CallersHands(KeyStore):
    """Nothing is ever kept, so nothing is in the way, and nothing is known but what the caller says."""

    name = "none"
    on_control_node = True
    needs = ()
    hands_over = True
    place = "the caller's hands"

    def __init__(self, request: Request, surroundings: Surroundings) -> None:
        super().__init__(request, surroundings)
        self._given = request.key

    def read(self) -> Kept:
        """What the caller gave, if it is a whole key."""
        whole = bool(self._given.access_key_id and self._given.secret_access_key)
        return Kept(key=self._given if whole else None, readable=whole)

    def write(self, key: StoredKey) -> None:
        """The caller takes it."""

    def delete(self) -> None:
        """There is nothing to remove."""

    def obstacle(self) -> str:
        """None: the caller takes every key."""
        return ""
