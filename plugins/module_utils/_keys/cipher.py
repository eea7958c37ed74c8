# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What encrypts a text with the password of a run. Only the control node has one: ``plugin_utils/_vault_cipher``."""

from __future__ import annotations

from typing import Protocol


class CipherFailed(Exception):
    """Why a text could not be encrypted or decrypted, in words that hold nothing of it."""


class Cipher(Protocol):
    """What a store needs of ansible-vault."""

    def has_password(self) -> bool:
        """Whether there is a password to encrypt with."""

    def is_encrypted(self, text: str) -> bool:
        """Whether the text is one that was encrypted, with whatever password."""

    def encrypt(self, text: str) -> str:
        """Raises :class:`CipherFailed`."""

    def decrypt(self, text: str) -> str:
        """Raises :class:`CipherFailed`."""
