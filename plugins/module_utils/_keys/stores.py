# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All stores of access keys, by their names in ``bucket_access_key_store``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._keys.aws_stores import SecretsManager, Ssm
from ansible_collections.assumerole.s3.plugins.module_utils._keys.callers_hands import CallersHands
from ansible_collections.assumerole.s3.plugins.module_utils._keys.profile_store import Profile
from ansible_collections.assumerole.s3.plugins.module_utils._keys.states import STATES
from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import KeyStore, Request, Surroundings
from ansible_collections.assumerole.s3.plugins.module_utils._keys.vault_file import VaultFile

STORES: Mapping[str, type[KeyStore]] = {
    store.name: store for store in (Profile, SecretsManager, Ssm, VaultFile, CallersHands)
}

#: A store, the place in it, and the key of a caller who keeps it: options of modules.
PLACE_OPTIONS: dict[str, Any] = {
    "store": {"type": "str", "choices": list(STORES), "default": Profile.name},
    "path": {"type": "str"},
    "user_profile": {"type": "str"},
    "credentials_file": {"type": "path"},
    "access_key_id": {"type": "str", "no_log": False},
    "secret_access_key": {"type": "str", "no_log": True},
}

#: Where the key of a user is that a module works with, and where AWS tools find the files that its profile is in.
KEPT_IN: dict[str, Any] = {
    "kept_in": {"type": "dict", "options": PLACE_OPTIONS, "no_log": False},
    "profile_files": {"type": "dict", "default": {}},
}

#: The same for a module that keeps a key there.
STORE_OPTIONS: dict[str, Any] = {
    **PLACE_OPTIONS,
    "owner": {"type": "str", "required": True},
    "adopt": {"type": "bool", "default": False},
    "tags": {"type": "dict", "default": {}},
}


def open_store(request: Request, surroundings: Surroundings) -> KeyStore:
    """The store that the request names."""
    return STORES[request.store](request, surroundings)


def carry_out(store: KeyStore, request: Request, check_mode: bool) -> dict[str, Any]:
    """What the module returns, once the store is as ``state`` says."""
    return STATES[request.state](store, request, check_mode)
