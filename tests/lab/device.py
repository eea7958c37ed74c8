# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An MFA device of a contract's user."""

from __future__ import annotations

from dataclasses import dataclass
import secrets
from typing import Any

from emulators.totp import step_now, totp


@dataclass(frozen=True)
class Device:
    """A virtual one: its serial number, and the seed that it makes its codes from."""

    serial: str
    seed: str

    @classmethod
    def of(cls, iam: Any, user: str) -> Device:
        """A new device, which the user has."""
        made = iam.create_virtual_mfa_device(VirtualMFADeviceName=f"{user}-{secrets.token_hex(4)}")["VirtualMFADevice"]
        device = cls(made["SerialNumber"], made["Base32StringSeed"].decode())
        codes = {f"AuthenticationCode{number}": device.code(number - 9) for number in (1, 2)}
        iam.enable_mfa_device(UserName=user, SerialNumber=device.serial, **codes)
        return device

    def code(self, later: int = 0) -> str:
        """What it shows now, or so many codes later."""
        return totp(self.seed, step_now() + later)
