# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each check shows when it passes, in words: its row's statement, with who, what and where filled in. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import known
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import ELSEWHERE, OUTSIDE, PRINCIPALS
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import PERMISSIONS

Check = Mapping[str, Any]


def about_objects(check: Check) -> bool:
    """Whether a check asked for one of the permissions."""
    return bool(known(check["id"]).permission)


def place(check: Check, contract: Mapping[str, Any]) -> str:
    """Where a check asked."""
    where = known(check["id"]).place
    if where == ELSEWHERE:
        return f"in the bucket {check['id'].partition('@')[2]}"
    if where == OUTSIDE:
        return f"beside {contract['prefix']}"
    return f"below {contract['prefix']}" if contract["prefix"] else "in the bucket"


def statement(check: Check, contract: Mapping[str, Any]) -> str:
    """What is so when the check passes."""
    return known(check["id"]).statement.format(
        who=PRINCIPALS.get(check["principal"], f"The {check['principal']}"),
        can="cannot" if check["expected"] == "denied" else "can",
        where=_where(check, contract),
        principal=check["id"].partition("@")[2],
        whom="those whom the contract names" if contract.get("trusted") else "this user",
        action=check["action"],
        resource=check["resource"],
    )


def _where(check: Check, contract: Mapping[str, Any]) -> str:
    """The place as a sentence ends in it: what is the whole bucket's has no prefix."""
    permission = PERMISSIONS.get(known(check["id"]).permission)
    if permission is None or not permission.whole:
        return place(check, contract)
    return place(check, {"prefix": ""}).replace("in the bucket", "of the bucket")
