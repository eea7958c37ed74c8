# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vault of the run as a cipher for a store of keys."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleError
from ansible.parsing.vault import is_encrypted

from ansible_collections.assumerole.s3.plugins.module_utils._keys.cipher import CipherFailed


class VaultCipher:
    """Encrypts and decrypts with the passwords that the run was given."""

    def __init__(self, vault: Any) -> None:
        self._vault = vault

    def has_password(self) -> bool:
        """Whether any was given."""
        return bool(self._vault.secrets)

    def is_encrypted(self, text: str) -> bool:
        """Whether it begins like ansible-vault's files."""
        return bool(is_encrypted(text))

    def encrypt(self, text: str) -> str:
        """With the password for encrypting, or the first."""
        try:
            return str(self._vault.encrypt(text).decode())
        except AnsibleError as error:
            raise CipherFailed(str(error)) from None

    def decrypt(self, text: str) -> str:
        """With whichever password fits. What was no text before stays none."""
        try:
            return str(self._vault.decrypt(text.encode()).decode(errors="replace"))
        except AnsibleError as error:
            raise CipherFailed(str(error)) from None
