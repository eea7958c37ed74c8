# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the places of a contract that lists several, one sentence each. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import grant_of
from ansible_collections.assumerole.s3.plugins.module_utils._contract.fields import GRANT
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant
from ansible_collections.assumerole.s3.plugins.module_utils._contract.rules import items, quoted

Values = Mapping[str, object]

NAME = "grants"


def entry_problems(value: object) -> Iterator[tuple[str, str]]:
    """What is wrong with the entries: the name of each, and words that follow it."""
    listed = items(value)
    if not listed and isinstance(value, (list, tuple, str)):
        yield NAME, "is empty: list the places, or leave it out"
    for number, entry in enumerate(listed):
        yield from _entry_problems(f"{NAME}[{number}]", entry)


def _entry_problems(name: str, entry: object) -> Iterator[tuple[str, str]]:
    if not isinstance(entry, Mapping):
        yield (
            name,
            f"is {quoted(entry)}: write a bucket, and a prefix and permissions where they are not the usual ones",
        )
        return
    for key in entry:
        if key not in GRANT:
            yield f"{name}.{key}", f"is unknown: choose from {', '.join(GRANT)}"
    for key, field in GRANT.items():
        given = entry.get(key)
        missing = field.required and given in (None, "")
        problem = "is missing: name the bucket" if missing else field.problem(given) if given is not None else None
        if problem:
            yield f"{name}.{key}", problem


def missing(values: Values, naming: str) -> Iterator[tuple[str, str]]:
    """No place at all."""
    if "bucket" in values and values["bucket"] is None and values.get(NAME) is None:
        yield "bucket", f"is empty: name the bucket, or list several places in {naming}{NAME}"


def clashes(values: Values, naming: str) -> Iterator[str]:
    """What two places, or two ways of naming one, say of each other, once each by itself is sound."""
    grants = [grant_of(entry) for entry in items(values.get(NAME)) if isinstance(entry, Mapping)]
    if not grants:
        return
    yield from _said_twice(values, grants[0], naming)
    for (one, first), (other, second) in combinations(enumerate(grants), 2):
        if first.overlaps(second):
            yield (
                f"{NAME}[{one}] and {naming}{NAME}[{other}] overlap, as {quoted(first.name)} and {quoted(second.name)} "
                "have keys in common: make one of them, or choose prefixes of which none lies in the other"
            )


def _said_twice(values: Values, first: Grant, naming: str) -> Iterator[str]:
    """What one place has by a variable of its own must be what the first of the list says, or be left out."""
    alone = grant_of({**values, "bucket": values.get("bucket") or first.bucket})
    usual = Grant(first.bucket)
    for name in GRANT:
        said: Any = getattr(alone, name)
        if said not in (getattr(first, name), getattr(usual, name)):
            yield (
                f"{name} is {quoted(_written(said))}, and {naming}{NAME} begins with "
                f"{quoted(_written(getattr(first, name)))}: leave {naming}{name} out"
            )


def _written(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def buckets_of(values: Values) -> list[str]:
    """The buckets of all places that the values name."""
    listed = [str(entry.get("bucket")) for entry in items(values.get(NAME)) if isinstance(entry, Mapping)]
    return list(dict.fromkeys(listed or ([str(values["bucket"])] if values.get("bucket") else [])))
