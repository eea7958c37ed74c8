# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The conditions of a policy's statement, taken apart. Pure.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

#: Keys that every request carries: with them ``IfExists`` says nothing.
ALWAYS_THERE = frozenset({"aws:securetransport"})

#: Operators whose ``Not`` form holds exactly where they do not, also where the key is absent.
_HAS_AN_OPPOSITE = frozenset(
    {
        "stringequals",
        "stringequalsignorecase",
        "stringlike",
        "arnlike",
        "numericequals",
        "dateequals",
        "ipaddress",
    }
)
_SETS = ("forallvalues:", "foranyvalue:")


@dataclass(frozen=True)
class Condition:
    """One operator, one key (both in lower case) and the values; ``written`` is the key as the policy spells it."""

    operator: str
    key: str
    values: frozenset[str]
    written: str = field(default="", compare=False)

    @property
    def base(self) -> str:
        """The operator without what it says of sets and of absent keys."""
        return self._of_values.removesuffix("ifexists")

    @property
    def if_exists(self) -> bool:
        """Whether a request without the key meets it."""
        return self._of_values.endswith("ifexists")

    @property
    def of_set(self) -> str:
        """``forallvalues:``, ``foranyvalue:``, or nothing."""
        return next((name for name in _SETS if self.operator.startswith(name)), "")

    @property
    def negated(self) -> bool:
        """Whether it asks for none of its values."""
        return self.base != "null" and "not" in self.base

    @property
    def positive(self) -> str:
        """The operator without its negation."""
        return self.base.replace("not", "", 1) if self.negated else self.base

    @property
    def _of_values(self) -> str:
        return self.operator.removeprefix(self.of_set)


def conditions_of(element: Any) -> frozenset[Condition]:
    """The parts of a ``Condition`` element, all of which must hold for the statement to apply."""
    blocks = element if isinstance(element, Mapping) else {}
    return frozenset(
        Condition(_operator(name, key), key.lower(), frozenset(_text(item) for item in _list(values)), key)
        for name, block in blocks.items()
        for key, values in block.items()
    )


def opposite(condition: Condition) -> tuple[Condition, ...]:
    """What a request meets that does not meet the condition; nothing when that cannot be said as conditions."""
    if condition.of_set:
        return ()
    if condition.if_exists:
        there = replace(condition, operator="null", values=frozenset({"false"}))
        rest = opposite(replace(condition, operator=condition.base))
        return (there, *rest) if rest else ()
    if condition.base in ("null", "bool"):
        return _other_truth(condition)
    if condition.positive not in _HAS_AN_OPPOSITE:
        return ()
    return (replace(condition, operator=condition.positive if condition.negated else _NOT[condition.positive]),)


_NOT = {
    name: f"not{name}" if name == "ipaddress" else name.replace("equals", "notequals").replace("like", "notlike")
    for name in _HAS_AN_OPPOSITE
}


def _other_truth(condition: Condition) -> tuple[Condition, ...]:
    """A boolean that every request carries is the other one; an absent key meets neither of both."""
    other = {frozenset({"true"}): "false", frozenset({"false"}): "true"}.get(condition.values)
    if other is None or (condition.base == "bool" and condition.key not in ALWAYS_THERE):
        return ()
    return (replace(condition, values=frozenset({other})),)


def _operator(name: str, key: str) -> str:
    """In lower case; ``ArnEquals`` and ``ArnLike`` are one operator, and so are their negations.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
    """
    name = name.lower().replace("arnequals", "arnlike").replace("arnnotequals", "arnnotlike")
    return name.removesuffix("ifexists") if key.lower() in ALWAYS_THERE else name


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]
