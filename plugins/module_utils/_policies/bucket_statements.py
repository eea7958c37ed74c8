# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A contract's statements in a bucket policy that others write, too. Pure.

Ours are known by their Sids; they are added, replaced or taken out alone. The others stay as they are, in their order.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._policies.canonical import same, statements

Document = dict[str, Any]


def with_ours(there: Mapping[str, Any] | None, ours: Document) -> Document:
    """The policy with our statements in it: where they were, or at its end."""
    wanted = {statement["Sid"]: statement for statement in ours["Statement"]}
    kept = [_replaced(statement, wanted) for statement in statements(there)]
    held = {_sid(statement) for statement in kept}
    added = [statement for sid, statement in wanted.items() if sid not in held]
    return {**(there or ours), "Statement": [*kept, *added]}


def without_ours(there: Mapping[str, Any] | None, ours: Document) -> Document:
    """The policy without our statements; empty when nothing is left."""
    sids = {statement["Sid"] for statement in ours["Statement"]}
    left = [statement for statement in statements(there) if _sid(statement) not in sids]
    return {**there, "Statement": left} if there and left else {}


def _replaced(statement: Any, wanted: Mapping[str, Any]) -> Any:
    """Our statement as it should be. One that says the same already stays as it is written."""
    ours = wanted.get(_sid(statement))
    if ours is None or same({"Statement": [statement]}, {"Statement": [ours]}):
        return statement
    return ours


def _sid(statement: Any) -> str:
    return str(statement.get("Sid", "")) if isinstance(statement, Mapping) else ""
