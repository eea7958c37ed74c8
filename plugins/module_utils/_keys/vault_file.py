# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key in a file that ansible-vault encrypts with the password of the run; it is never decrypted to a disk.

The whole content is encrypted, so ``ansible-vault view`` and ``include_vars`` read it, too:
https://docs.ansible.com/ansible/latest/vault_guide/vault_encrypting_content.html
"""

from __future__ import annotations

from contextlib import AbstractContextManager
import os

from ansible_collections.assumerole.s3.plugins.module_utils._files import private_file
from ansible_collections.assumerole.s3.plugins.module_utils._keys import key_files
from ansible_collections.assumerole.s3.plugins.module_utils._keys.cipher import CipherFailed
from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import Request, Surroundings, Trouble
from ansible_collections.assumerole.s3.plugins.module_utils._keys.text_store import TextStore

GIVE_IT = "with --vault-password-file, --vault-id or --ask-vault-pass"


class VaultFile(TextStore):
    """A whole file that is encrypted. One that is not is somebody else's."""

    name = "vault_file"
    on_control_node = True

    def __init__(self, request: Request, surroundings: Surroundings) -> None:
        super().__init__(request, surroundings)
        self._path = os.path.abspath(os.path.expanduser(request.path))
        self._cipher = surroundings.cipher()
        self.place = f"the vault file {self._path}"

    def read_text(self) -> str | None:
        """The decrypted text."""
        content = key_files.text_of(self._path)
        if not self._cipher.is_encrypted(content):
            return content or None
        try:
            return self._cipher.decrypt(content)
        except CipherFailed:
            raise Trouble(f"{self._path} cannot be decrypted: give its password {GIVE_IT}.") from None

    def write_text(self, text: str) -> None:
        """Replace the file at once, for its owner only."""
        try:
            private_file.replace(self._path, self._cipher.encrypt(text), key_files.PRIVATE)
        except CipherFailed as error:
            raise Trouble(f"{self._path} cannot be kept: {error}. Nothing was changed.") from None

    def delete(self) -> None:
        """The file goes."""
        private_file.replace(self._path, "", key_files.PRIVATE)

    def obstacle(self) -> str:
        """No password to encrypt with, or a file that cannot be replaced."""
        if not self._cipher.has_password():
            return f"no vault password was given to encrypt {self._path} with: give one {GIVE_IT}."
        return private_file.obstacle(self._path)

    def held(self) -> AbstractContextManager[None]:
        """The file's folder is locked."""
        return key_files.held(self._path)
