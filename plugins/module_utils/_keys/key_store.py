# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An access key as a text that is kept somewhere: the rules that are the same wherever that is. Pure.

The text is what the ``credential_process`` setting of AWS profiles takes, with the owner beside it, so that any AWS
tool can use the store as it is: https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
import json
from typing import Any, Protocol


class KeyStore(Protocol):
    """Where a text is kept; ``place`` says where, in words that fit into a sentence."""

    place: str

    def read(self) -> str | None:
        """The text, ``None`` when there is none."""

    def write(self, text: str) -> None:
        """Keep the text, whole or not at all."""

    def remove(self) -> None:
        """Keep nothing any more."""


class NotOurs(Exception):
    """What is kept there was not put there by us, or for somebody else."""


@dataclass(frozen=True)
class StoredKey:
    """A key and the ARN of the user that it belongs to."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    owner: str

    @property
    def text(self) -> str:
        """What is kept."""
        values = {
            "Version": 1,
            "AccessKeyId": self.access_key_id,
            "SecretAccessKey": self.secret_access_key,
            "Owner": self.owner,
        }
        return json.dumps(values, indent=2) + "\n"


def parsed(text: str) -> StoredKey | None:
    """The key in a text; ``None`` when the text is none of ours."""
    try:
        found = json.loads(text)
        return StoredKey(found["AccessKeyId"], found["SecretAccessKey"], found["Owner"])
    except (ValueError, KeyError, TypeError):
        return None


def read(store: KeyStore, owner: str, adopt: bool = False) -> dict[str, Any]:
    """What the store holds for the owner, as the module returns it, and what stands in the way of writing it."""
    text, key = _kept(store)
    if key is not None and key.owner == owner:
        return found(key, store.place)
    return nothing(store.place, obstacle="" if text is None or adopt else str(_stranger(store, key)))


def write(store: KeyStore, wished: StoredKey, adopt: bool, check_mode: bool) -> bool:
    """Keep the key; tells whether that changes anything. Raises :class:`NotOurs`."""
    text, key = _kept(store)
    if key == wished:
        return False
    if text is not None and not adopt and (key is None or key.owner != wished.owner):
        raise _stranger(store, key)
    if not check_mode:
        store.write(wished.text)
    return True


def remove(store: KeyStore, owner: str, check_mode: bool) -> bool:
    """Remove the owner's key and nobody else's; tells whether that changes anything."""
    _text, key = _kept(store)
    if key is None or key.owner != owner:
        return False
    if not check_mode:
        store.remove()
    return True


def found(key: StoredKey, place: str, profile: str = "") -> dict[str, Any]:
    """A key as the module returns it; by its ``credentials`` other modules use it: a profile, or the key itself."""
    return {
        **nothing(place),
        "access_key_id": key.access_key_id,
        "secret_access_key": key.secret_access_key,
        "credentials": {
            "profile": profile,
            "access_key": "" if profile else key.access_key_id,
            "secret_key": "" if profile else key.secret_access_key,
        },
    }


def nothing(place: str, obstacle: str = "", readable: bool = True) -> dict[str, Any]:
    """No key, as the module returns it."""
    return {
        "access_key_id": "",
        "secret_access_key": "",
        "credentials": {"profile": "", "access_key": "", "secret_key": ""},
        "place": place,
        "obstacle": obstacle,
        "readable": readable,
    }


def _kept(store: KeyStore) -> tuple[str | None, StoredKey | None]:
    """The text, and the key in it when it is one of ours."""
    text = store.read()
    return text, None if text is None else parsed(text)


def _stranger(store: KeyStore, key: StoredKey | None) -> NotOurs:
    whose = f"belongs to {key.owner}" if key else "holds something else than an access key of ours"
    return NotOurs(
        f"{store.place[0].upper()}{store.place[1:]} {whose}: choose another bucket_access_key_store_path, or set "
        "bucket_access_adopt_profile to true to overwrite it."
    )
