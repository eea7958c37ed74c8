# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stores that hold a text: the key as JSON.

It is what the ``credential_process`` setting of AWS profiles takes, with the owner beside it, so that any AWS tool can
use the store as it is: https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
"""

from __future__ import annotations

from abc import abstractmethod
import json

from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import (
    Kept,
    KeyStore,
    Request,
    StoredKey,
    Surroundings,
    belongs,
)


class TextStore(KeyStore):
    """A store whose subclass keeps a text. Of a key of somebody else's nothing is told but whose it is."""

    needs = ("path",)

    def __init__(self, request: Request, surroundings: Surroundings) -> None:
        super().__init__(request, surroundings)
        self._owner = request.owner

    @abstractmethod
    def read_text(self) -> str | None:
        """The text, ``None`` when there is none."""

    @abstractmethod
    def write_text(self, text: str) -> None:
        """Keep the text, whole or not at all."""

    def read(self) -> Kept:
        """The key in the text."""
        text = self.read_text()
        if text is None:
            return Kept()
        key = key_in(text)
        if key is None:
            return Kept(owner="")
        return Kept(key.owner, key if belongs(key.owner, self._owner) else None)

    def write(self, key: StoredKey) -> None:
        """The key as a text."""
        self.write_text(text_of(key))


def text_of(key: StoredKey) -> str:
    """What is kept."""
    values = {
        "Version": 1,
        "AccessKeyId": key.access_key_id,
        "SecretAccessKey": key.secret_access_key,
        "Owner": key.owner,
    }
    return json.dumps(values, indent=2) + "\n"


def key_in(text: str) -> StoredKey | None:
    """The key in a text; ``None`` when the text is none of ours."""
    try:
        found = json.loads(text)
        return StoredKey(found["AccessKeyId"], found["SecretAccessKey"], found["Owner"])
    except (ValueError, KeyError, TypeError):
        return None
