# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each check shows when it passes, in words: its row's statement, with who, what and where filled in. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import known, place_of
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import ELSEWHERE, OUTSIDE, PRINCIPALS, SIBLING
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import PERMISSIONS

Check = Mapping[str, Any]


def about_objects(check: Check) -> bool:
    """Whether a check asked for one of the permissions."""
    return bool(known(check["id"]).permission)


def place(check: Check, contract: Mapping[str, Any]) -> str:
    """Where a check asked; of several places, or another contract's, with the bucket."""
    where, named = known(check["id"]).place, place_of(check["id"])
    if where == ELSEWHERE:
        return f"in the bucket {check['id'].partition('@')[2]}"
    bucket, prefix = named or ("", contract["prefix"])
    of_the_bucket = f" in the bucket {bucket}" if bucket else ""
    if where == OUTSIDE:
        return f"beside {prefix}{of_the_bucket}" if prefix else f"outside of all places{of_the_bucket}"
    if where == SIBLING:
        return f"below {prefix}{of_the_bucket}, which is another contract's"
    return f"below {prefix}{of_the_bucket}" if prefix else f"in the bucket {bucket}".rstrip()


def statement(check: Check, contract: Mapping[str, Any]) -> str:
    """What is so when the check passes; of one of several buckets, with its name."""
    said, named = known(check["id"]).statement, place_of(check["id"])
    of_which = f" ({named[0]})" if named and "{where}" not in said else ""
    words = said.format(
        who=PRINCIPALS.get(check["principal"], f"The {check['principal']}"),
        can="cannot" if check["expected"] == "denied" else "can",
        where=_where(check, contract),
        principal=check["id"].partition("@")[2],
        whom="those whom the contract names" if contract.get("trusted") else "this user",
        action=check["action"],
        resource=check["resource"],
    )
    return words + of_which


def _where(check: Check, contract: Mapping[str, Any]) -> str:
    """The place as a sentence ends in it: what is the whole bucket's has no prefix."""
    permission = PERMISSIONS.get(known(check["id"]).permission)
    if permission is None or not permission.whole:
        return place(check, contract)
    named = place_of(check["id"])
    elsewhere = known(check["id"]).place == ELSEWHERE
    bucket = check["id"].partition("@")[2] if elsewhere else named[0] if named else ""
    return f"of the bucket {bucket}".rstrip()
