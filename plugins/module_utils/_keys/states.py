# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each ``state`` of ``stored_access_key`` does, the same with every store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import (
    Kept,
    KeyStore,
    Request,
    StoredKey,
    Trouble,
    belongs,
)

Result = dict[str, Any]


def read(store: KeyStore, request: Request, _check_mode: bool) -> Result:
    """What the store holds for the owner, how other modules use it, and what stands in the way of another key."""
    kept = store.read()
    told = kept.key or StoredKey("", "", request.owner)
    by_profile = bool(store.profile)
    return {
        "changed": False,
        "access_key_id": told.access_key_id,
        "secret_access_key": told.secret_access_key,
        "credentials": {
            "profile": store.profile,
            "access_key": "" if by_profile else told.access_key_id,
            "secret_key": "" if by_profile else told.secret_access_key,
        },
        "place": store.place,
        "obstacle": store.obstacle() or _somebody_elses(store, request, kept),
        "readable": kept.readable,
        "owner": kept.owner or "",
    }


def known_of(found: Result) -> Result:
    """What a plan needs to know of what was read: not the secret."""
    return {name: found[name] for name in ("access_key_id", "place", "obstacle", "readable", "owner")}


def present(store: KeyStore, request: Request, check_mode: bool) -> Result:
    """Keep the key. Somebody else's place is taken when we are told to, or when it holds this very key."""
    request.must_name("access_key_id", "secret_access_key")
    obstacle = store.obstacle()
    with nullcontext() if check_mode else store.held():
        kept = store.read()
        if kept.owner == request.owner and kept.key == request.key and not kept.exposed:
            return _unchanged()
        objection = "" if _same(kept.key, request.key) else _somebody_elses(store, request, kept)
        if objection or obstacle:
            raise Trouble(_sentence(objection or obstacle))
        if not check_mode:
            store.write(request.key)
    return {**_changed(store, kept.key, request.key), **({"handed_over": True} if store.hands_over else {})}


def absent(store: KeyStore, request: Request, check_mode: bool) -> Result:
    """Remove the owner's key and nobody else's."""
    kept = store.read()
    if kept.owner != request.owner:
        return _unchanged()
    if not check_mode:
        with store.held():
            store.delete()
    return _changed(store, kept.key, None)


STATES: Mapping[str, Callable[[KeyStore, Request, bool], Result]] = {
    "read": read,
    "present": present,
    "absent": absent,
}


def _somebody_elses(store: KeyStore, request: Request, kept: Kept) -> str:
    """Why what is there may not be overwritten; empty when it may."""
    if request.adopt or kept.owner is None or belongs(kept.owner, request.owner):
        return ""
    whose = f"belongs to {kept.owner}" if kept.owner else store.unknown
    return (
        f"{store.place} {whose}: choose another {store.chosen_by}, or set bucket_access_adopt to [profile] to "
        "overwrite it."
    )


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


def _same(kept: StoredKey | None, wished: StoredKey) -> bool:
    return kept is not None and replace(kept, owner=wished.owner) == wished


def _unchanged() -> Result:
    return {"changed": False}


def _changed(store: KeyStore, before: StoredKey | None, after: StoredKey | None) -> Result:
    headers = dict.fromkeys(("before_header", "after_header"), store.place)
    return {"changed": True, "diff": {**headers, "before": _shown(before), "after": _shown(after)}}


def _shown(key: StoredKey | None) -> str:
    """A key as a diff may show it: of the secret only that it is there."""
    if key is None:
        return ""
    return f"access_key_id: {key.access_key_id}\nsecret_access_key: (not shown)\nowner: {key.owner}\n"
