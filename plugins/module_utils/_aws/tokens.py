# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A token by which somebody comes from an identity provider: read from its file, and told to nobody but STS.

What it claims is read without its signature, which only AWS judges: https://datatracker.ietf.org/doc/html/rfc7519
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
import json
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.held import hold
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import Principal, provider
from ansible_collections.assumerole.s3.plugins.module_utils._policies.patterns import matches

#: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html (WebIdentityToken)
LONGEST = 20000


class NoToken(Exception):
    """What is in the file is none, or not one that the contract speaks of."""


@dataclass(frozen=True)
class Token:
    """A token in three parts, and what it claims: who gave it, for whom, and whose it is."""

    text: str = field(repr=False)
    issuer: str
    audiences: tuple[str, ...]
    subject: str

    def is_for(self, principal: Principal) -> bool:
        """Whether the contract lets somebody in with it, if its signature and its time are right."""
        return (
            self.issuer == principal.name
            and principal.audience in self.audiences
            and any(matches(pattern, self.subject) for pattern in principal.subjects)
        )

    @property
    def tampered(self) -> str:
        """The same claims, under a signature in whose middle a character is another."""
        head, claims, signature = self.text.split(".")
        place = len(signature) // 2
        other = "A" if signature[place : place + 1] != "A" else "B"
        return f"{head}.{claims}.{signature[:place]}{other}{signature[place + 1 :]}"

    @property
    def unsigned(self) -> str:
        """The same claims, signed by nobody, and saying so."""
        head = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
        return f"{head}.{self.text.split('.')[1]}."


def read_token(path: str, name: str) -> Token:
    """The token in a file; raises :class:`NoToken`, which says the variable's name and nothing of what is there."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(LONGEST + 1).strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise NoToken(f"{name}: {path} cannot be read ({why}): have the job write its token there first.") from None
    hold(text, *text.split("\n"))
    try:
        token = _token(text)
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error, RecursionError):
        raise NoToken(f"{name}: {path} holds no token in three parts: have the job write its token there.") from None
    hold(token.text.split(".")[2], token.tampered, token.unsigned)
    return token


def _token(text: str) -> Token:
    _head, claims, signature = text.split(".")
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    if not signature or len(text) > LONGEST:
        raise ValueError
    audience = found["aud"]
    audiences = tuple(map(str, audience)) if isinstance(audience, list) else (str(audience),)
    return Token(text, provider(found["iss"]), audiences, str(found["sub"]))
