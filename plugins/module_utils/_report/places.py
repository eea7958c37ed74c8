# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The places of a report's contract, and who gets there, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Contract = Mapping[str, Any]
Place = Mapping[str, Any]


def places(contract: Contract) -> list[Place]:
    """Each with its bucket, prefix and permissions; reports of before have the one alone."""
    return list(contract.get("grants") or [{name: contract[name] for name in ("bucket", "prefix", "permissions")}])


def buckets(contract: Contract) -> list[str]:
    """The buckets, each once."""
    return list(dict.fromkeys(str(place["bucket"]) for place in places(contract)))


def named(contract: Contract) -> str:
    """What a contract is called by: its bucket, and how many more there are."""
    first, *more = buckets(contract)
    return f"{first} and {len(more)} more bucket{'' if len(more) == 1 else 's'}" if more else first


def in_words(place: Place) -> str:
    """A place, and what the role may do there."""
    return f"{place['bucket']}/{place['prefix']}: {', '.join(place['permissions']) or 'nothing'}"


def whom(contract: Contract) -> list[str]:
    """Who may assume the role, by name: the user, if there is one, and the others."""
    return [*([contract["user"]] if contract["user"] else []), *(who["label"] for who in contract.get("trusted", []))]
