# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a policy's statement applies: its conditions, and what is known of the requests that a contract is about. Pure.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
import operator
import re
from types import MappingProxyType
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._policies.patterns import matches, patterns_meet, widest

#: An operator, a key (both in lower case), and the values.
Condition = tuple[str, str, frozenset[str]]

#: What requests carry, by condition keys in lower case; ``*`` stands for what may differ from request to request.
Known = Mapping[str, str]
NOTHING_KNOWN: Known = MappingProxyType({})

#: Keys that every request carries: with them ``IfExists`` says nothing.
_ALWAYS_THERE = frozenset({"aws:securetransport"})


def conditions_of(element: Any) -> frozenset[Condition]:
    """The parts of a ``Condition`` element, all of which must hold for the statement to apply."""
    return frozenset(
        (_operator(name, key), key.lower(), frozenset(_text(item) for item in _list(values)))
        for name, block in (element or {}).items()
        for key, values in block.items()
    )


def implied(wide: Iterable[Condition], narrow: Iterable[Condition]) -> bool:
    """Whether every request that meets all of ``narrow`` meets all of ``wide``."""
    narrow = list(narrow)
    return all(any(_implies(given, demanded) for given in narrow) for demanded in wide)


def holds(condition: Condition, known: Known) -> bool | None:
    """Whether a request of which this is known meets a condition; ``None`` when that cannot be told."""
    name, key, values = condition
    if key not in known:
        return None
    base = re.sub(r"^for(allvalues|anyvalue):|ifexists$", "", name)
    if base == "null":
        return {frozenset({"false"}): True, frozenset({"true"}): False}.get(values)
    test = _TESTS.get(base.replace("not", "", 1))
    if test is None:
        return None
    met = _any(test(known[key], value) for value in values)
    return met if met is None else met != ("not" in base)


def never(conditions: Iterable[Condition], known: Known) -> bool:
    """Whether a statement never applies to requests of which this is known."""
    return any(holds(condition, known) is False for condition in conditions)


def remaining(conditions: Iterable[Condition], known: Known) -> frozenset[Condition]:
    """The conditions that may fail for requests of which this is known."""
    return frozenset(condition for condition in conditions if holds(condition, known) is not True)


def _implies(given: Condition, demanded: Condition) -> bool:
    """A narrower list of values implies a wider one; what is negated or speaks of sets only implies itself."""
    if given == demanded:
        return True
    exact, like = ("stringequals", "stringlike")
    if given[1] != demanded[1] or {given[0], demanded[0]} - {exact, like}:
        return False
    if demanded[0] == exact:
        return given[0] == exact and given[2] <= demanded[2]
    return all(any(matches(pattern, widest(value)) for pattern in demanded[2]) for value in given[2])


def _any(answers: Iterable[bool | None]) -> bool | None:
    """Whether one of them is true; ``None`` when that cannot be told."""
    given = set(answers)
    return True if True in given else None if None in given else False


def _like(known: str, pattern: str) -> bool | None:
    """Three answers: what is known may be a pattern itself, and a value may hold a variable."""
    if "${" not in pattern and matches(pattern, known):
        return True
    return None if patterns_meet(widest(pattern), known) else False


def _equal(known: str, value: str) -> bool | None:
    if "${" in value or "*" in known:
        return False if _like(known, value) is False else None
    return known == value


def _number(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool | None]:
    def test(known: str, value: str) -> bool | None:
        try:
            return compare(float(known), float(value))
        except ValueError:
            return None

    return test


_TESTS: Mapping[str, Callable[[str, str], bool | None]] = {
    "stringequals": _equal,
    "stringequalsignorecase": lambda known, value: _equal(known.lower(), value.lower()),
    "stringlike": _like,
    "arnequals": _like,
    "arnlike": _like,
    "bool": lambda known, value: known.lower() == value.lower(),
    "numericequals": _number(operator.eq),
    "numericlessthan": _number(operator.lt),
    "numericlessthanequals": _number(operator.le),
    "numericgreaterthan": _number(operator.gt),
    "numericgreaterthanequals": _number(operator.ge),
}


def _operator(name: str, key: str) -> str:
    name = name.lower()
    return name.removesuffix("ifexists") if key.lower() in _ALWAYS_THERE else name


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]
