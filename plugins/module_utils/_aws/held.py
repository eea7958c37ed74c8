# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The secrets that this process has held, whoever in it had them: what a module tells is scrubbed of them all. Pure.

A process belongs to one task, and ends with it. Where a secret comes into it, it is noted here, so that no module can
forget to: where a client is made, a session is begun, and a key is made or read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: How AWS's tools, old and new, and amazon.aws's modules are given secrets by the environment.
VARIABLES = (
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "EC2_SECRET_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "EC2_SECURITY_TOKEN",
)

_HELD: set[str] = set()


def hold(*secrets: str | None) -> None:
    """From now on, nothing that is told may have one of these in it."""
    _HELD.update(secret for secret in secrets if secret)


def hold_credentials(credentials: Any) -> None:
    """What the SDK signs with; nothing for nobody."""
    if credentials is not None:
        hold(credentials.secret_key, credentials.token)


def held(environ: Mapping[str, str]) -> frozenset[str]:
    """All of them, and those that others have exported."""
    return frozenset(_HELD | {environ[name] for name in VARIABLES if environ.get(name)})
