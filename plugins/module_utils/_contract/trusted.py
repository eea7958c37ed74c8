# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``bucket_access_trusted`` may say: one rule a kind of principal, none of which lets everybody in. Pure.

A rule gives what is wrong, in words that follow the name of the variable, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
import re
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import ACCOUNT_ID, partition, who
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import ARN, TRUSTED
from ansible_collections.assumerole.s3.plugins.module_utils._contract.rules import (
    external_id_problem,
    items,
    profile_problem,
    quoted,
    role_arn_problem,
    user_arn_problem,
)

Item = Mapping[str, Any]


def trusted_problem(value: object) -> str | None:
    """Each item names one principal of one kind, and no principal is named twice."""
    seen: set[object] = set()
    for item in items(value):
        problem = _item_problem(item)
        if problem or not isinstance(item, Mapping):
            return problem
        key = next(key for key in TRUSTED if item.get(key))
        if IDENTITIES[key](item) in seen:
            return f"names {quoted(item[key])} twice: keep one"
        seen.add(IDENTITIES[key](item))
    return None


def _item_problem(item: object) -> str | None:
    choices = ", ".join(TRUSTED)
    if not isinstance(item, Mapping):
        return f"has {quoted(item)}, not a principal: write it like {{arn: arn:aws:iam::123456789012:role/NAME}}"
    given = [key for key in TRUSTED if item.get(key)]
    if len(given) != 1:
        return f"has an item with {' and '.join(given) or 'no principal'}: give each item one of {choices}"
    (key,) = given
    unknown = sorted(str(name) for name in item if name not in (key, *TRUSTED[key].options))
    if unknown:
        known = ", ".join(TRUSTED[key].options)
        return f"has {quoted(unknown[0])} beside {key} {quoted(item[key])}: choose from {known}"
    return PROBLEMS[key](item)


def arn_problem(item: Item) -> str | None:
    """One role or user. An account as a whole would be whomever somebody in it lets in.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts
    """
    arn = str(item["arn"])
    if re.search(r"[*?$]", arn):
        return f"has {quoted(arn)}, which lets in whoever matches it: name one role or user"
    if re.fullmatch(rf"{ACCOUNT_ID}|arn:[^:]*:iam::[^:]*:root", arn):
        return (
            f"has {quoted(arn)}, a whole account, which lets in everybody whom somebody there allows: name one role or "
            "user of it"
        )
    if ":assumed-role/" in arn:
        return f"has {quoted(arn)}, a session of a role, which ends: name the role"
    if role_arn_problem(arn) and user_arn_problem(arn):
        return f"has {quoted(arn)}, no ARN of a role or user: write it like arn:aws:iam::123456789012:role/NAME"
    return _of(item, external_id=external_id_problem, profile=profile_problem)


def _of(item: Item, **rules: Callable[[object], str | None]) -> str | None:
    """What is wrong with the other keys of an item."""
    for name, rule in rules.items():
        problem = rule(item[name]) if item.get(name) not in (None, "") else None
        if problem:
            return f"has an item whose {name} {problem}"
    return None


#: The rule of each kind, and by what one of its items is known to be another's.
PROBLEMS: Mapping[str, Callable[[Item], str | None]] = {ARN.key: arn_problem}
IDENTITIES: Mapping[str, Callable[[Item], object]] = {
    ARN.key: lambda item: (partition(item["arn"]), *who(item["arn"])),
}
