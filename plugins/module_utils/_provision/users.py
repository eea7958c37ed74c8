# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan for the user: it has the contract's mark, and no policy of its own. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._keys.notes import KEYS_TAG, note_in
from ansible_collections.assumerole.s3.plugins.module_utils._provision import limits
from ansible_collections.assumerole.s3.plugins.module_utils._provision.marks import Whose
from ansible_collections.assumerole.s3.plugins.module_utils._provision.steps import ADOPT, CHANGE, DELETE, MAKE, Step
from ansible_collections.assumerole.s3.plugins.module_utils._provision.tags import lacking, shown, without_ours
from ansible_collections.assumerole.s3.plugins.module_utils._provision.there import User


@dataclass(frozen=True)
class WishedUser:
    """What the contract writes; ``tags`` are all that it is to have of ours."""

    name: str
    tags: Mapping[str, str]
    path: str = "/"
    boundary: str = ""


def steps(wished: WishedUser, there: User | None, found: Whose) -> Iterator[Step]:
    """What brings the user in line."""
    what = f"the user {wished.name}"
    boundary = {"boundary": wished.boundary} if wished.boundary else {}
    options = {
        "name": wished.name,
        "state": "present",
        "tags": dict(wished.tags),
        "purge_tags": False,
        "managed_policies": [],
        **boundary,
    }
    if there is None:
        after = {"tags": dict(wished.tags), "managed_policies": [], **limits.shown(wished.path, wished.boundary)}
        yield Step("user", MAKE, what, {}, after, {**options, "path": wished.path})
        return
    before, after = _differences(there, wished)
    if after:
        taken_over = {} if found.ours else saved(there)
        yield Step("user", CHANGE if found.ours else ADOPT, what, before, after, options, taken_over)
    if there.inline:
        before = {"inline_policies": dict(there.inline)}
        yield Step("user_policies", DELETE, f"the inline policies of {what}", before, {}, {"names": list(there.inline)})


def would(there: User | None) -> str:
    """What taking the user over means, in words."""
    policies = [*there.inline, *(arn.rsplit("/", 1)[-1] for arn in there.managed)] if there else []
    return f"{'take the policies ' + ', '.join(policies) + ' off it and ' if policies else ''}give it a key"


def saved(there: User) -> dict[str, Any]:
    """What the user was before it is taken over."""
    return {
        "arn": there.arn,
        "tags": dict(there.tags),
        "managed_policies": list(there.managed),
        "inline_policies": dict(there.inline),
        "permissions_boundary": there.boundary,
    }


def removal(there: User, found: Whose) -> Iterator[Step]:
    """The user goes, with its keys; one that was taken over loses its mark, and the keys that the contract made."""
    what = f"the user {there.name}"
    before = {"arn": there.arn, "tags": dict(there.tags)}
    if not found.ours_alone:
        made = made_by_the_contract(there)
        if made:
            keys = f"{', '.join(made)} of {what}, made by the contract"
            yield Step("access_keys", DELETE, keys, {"access_keys": made}, {}, {"ids": made})
        left = without_ours(there.tags)
        options = {"name": there.name, "state": "present", "tags": left, "purge_tags": True}
        yield Step("user", CHANGE, what, {"tags": dict(there.tags)}, {"tags": left}, options)
        return
    yield Step("user", DELETE, what, before, {}, {"name": there.name, "state": "absent"})


def made_by_the_contract(there: User) -> list[str]:
    """The key that was made last, and those that it has replaced: not one that a person has made, or uses again."""
    note = note_in(there.tags.get(KEYS_TAG))
    if note is None:
        return []
    replaced = note.retired.ids if note.retired else ()
    return [key.id for key in there.keys if key.id == note.made or (key.id in replaced and not key.active)]


def _differences(there: User, wished: WishedUser) -> tuple[dict[str, Any], dict[str, Any]]:
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    if lacking(there.tags, wished.tags):
        before["tags"], after["tags"] = shown(there.tags, wished.tags), dict(wished.tags)
    if wished.boundary and there.boundary != wished.boundary:
        before["permissions_boundary"], after["permissions_boundary"] = there.boundary, wished.boundary
    if there.managed:
        before["managed_policies"], after["managed_policies"] = list(there.managed), []
    return before, after
