# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user with MFA: one session of its own, for which one code is enough, however often the role is then assumed.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws import probes
from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import PROPAGATION_CODES, Answer, not_tried
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities, RoleSession

Client = Any

GIVE_A_CODE = "Give bucket_access_mfa_code, the code that the user's device shows, and verify again."


@dataclass(frozen=True)
class Factor:
    """The device, and what it shows; either may be unknown."""

    serial: str = ""
    code: str = ""


NO_FACTOR = Factor()


class SecondFactor:
    """Opens the session once. A code is good for one use, so one that AWS has refused is not tried again."""

    def __init__(self, identities: Identities, factor: Factor) -> None:
        self._identities = identities
        self._factor = factor
        self._refusal: Answer | None = None
        self.session: RoleSession | None = None

    def open(self, sts: Client) -> RoleSession | Answer:
        """The session of the user with MFA, or why there is none."""
        known = self.session or self._refusal
        if known:
            return known
        if not (self._factor.serial and self._factor.code):
            return not_tried("the contract requires MFA, and no code was given", GIVE_A_CODE)
        answer, credentials = probes.open_session(sts, self._factor.serial, self._factor.code)
        if credentials:
            self.session = self._identities.session(credentials)
            return self.session
        refused = not_tried(f"AWS opened no session with MFA ({answer.code}): {answer.message}", GIVE_A_CODE)
        if answer.code not in PROPAGATION_CODES - {"AccessDenied"}:
            self._refusal = refused
        return refused
