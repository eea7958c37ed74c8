# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The conditions of a contract in words, as its report has them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def in_words(contract: Mapping[str, Any]) -> list[str]:
    """A phrase for each condition that the contract has."""
    named = {
        "from": contract.get("source_ips", []),
        "through": contract.get("vpc_endpoints", []),
        "in the organization": [contract["organization_id"]] if contract.get("organization_id") else [],
    }
    with_mfa = ["with MFA"] if contract.get("mfa_required") else []
    return with_mfa + [f"{word} {', '.join(values)}" for word, values in named.items() if values]
