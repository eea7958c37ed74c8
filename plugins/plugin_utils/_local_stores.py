# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stores that are files of whoever runs Ansible: read and written where Ansible runs."""

from __future__ import annotations

import os
from typing import Any

from ansible.errors import AnsibleError
from ansible.parsing.vault import AnsibleVaultError, is_encrypted

from ansible_collections.assumerole.s3.plugins.module_utils._files import private_file


class VaultFile:
    """A file that ansible-vault encrypts with the password of this run; it is never decrypted to a disk.

    Its whole content is encrypted, so ``ansible-vault view`` and ``include_vars`` read it, too.
    """

    def __init__(self, path: str, vault: Any) -> None:
        self._path = os.path.abspath(os.path.expanduser(path))
        self._vault = vault
        self.place = f"the vault file {self._path}"

    def read(self) -> str | None:
        """The decrypted text. A file that is not encrypted is none of ours."""
        try:
            content = private_file.read(self._path)
        except (OSError, UnicodeDecodeError) as error:
            raise AnsibleError(f"{self._path} cannot be read: {error}.") from None
        if not content:
            return None
        return self._decrypted(content) if is_encrypted(content) else content

    def _decrypted(self, content: str) -> str:
        try:
            return str(self._vault.decrypt(content.encode()).decode())
        except AnsibleError:
            raise AnsibleError(
                f"{self._path} cannot be decrypted: give its password with --vault-password-file, --vault-id or "
                "--ask-vault-pass."
            ) from None

    def obstacle(self) -> str:
        """Why the file could not be written; empty when it can."""
        if not self._vault.secrets:
            return (
                f"no vault password was given to encrypt {self._path} with: give one with --vault-password-file, "
                "--vault-id or --ask-vault-pass."
            )
        return private_file.obstacle(self._path)

    def write(self, text: str) -> None:
        """Replace the file at once, for its owner only."""
        try:
            encrypted = self._vault.encrypt(text).decode()
            with private_file.locked(self._path):
                private_file.replace(self._path, encrypted, 0o600)
        except (AnsibleVaultError, OSError) as error:
            raise AnsibleError(f"{self._path} cannot be kept: {error}. Nothing was changed.") from None

    def remove(self) -> None:
        """The file goes."""
        private_file.replace(self._path, "", 0o600)
