# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether requests of which something is known meet a condition: all of them, none, some, or it is unknown. Pure.

What is known is every value that the requests carry, so "all" and "none" hold for each of them. A key of which nothing
is known, an operator that is not understood and a variable whose value is not known give an unknown.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import Enum
import ipaddress
import operator
from types import MappingProxyType

from ansible_collections.assumerole.s3.plugins.module_utils._contract.conditions import Network
from ansible_collections.assumerole.s3.plugins.module_utils._policies.conditions import Condition
from ansible_collections.assumerole.s3.plugins.module_utils._policies.patterns import (
    arn_matches,
    arns_meet,
    examples,
    is_arn,
    matches,
    patterns_meet,
    widest,
)


class Holds(Enum):
    """For which of the requests."""

    ALWAYS = "always"
    SOMETIMES = "sometimes"
    NEVER = "never"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Fact:
    """What requests carry under one key: each value that a pattern matches occurs, and so does none where ``absent``.

    ``since`` is for a moment, in seconds: now, and from now on without an end.
    """

    values: tuple[str, ...] = ()
    absent: bool = False
    since: float | None = None


#: What requests carry, by condition keys in lower case.
Known = Mapping[str, Fact]
NOTHING_KNOWN: Known = MappingProxyType({})

_TRUTHS = {True: Holds.ALWAYS, False: Holds.NEVER}
_NEGATION = {Holds.ALWAYS: Holds.NEVER, Holds.NEVER: Holds.ALWAYS}


def holds(condition: Condition, known: Known) -> Holds:
    """Which of the requests meet a condition."""
    fact = known.get(condition.key)
    if fact is None or (condition.base != "null" and condition.positive not in _TESTS):
        return Holds.UNKNOWN
    found = [_with_value(condition, value) for value in fact.values]
    if fact.since is not None:
        found.append(_in_time(condition, fact.since))
    if fact.absent:
        found.append(_without(condition))
    return _across(found)


def all_hold(conditions: Iterable[Condition], known: Known) -> Holds:
    """Which of the requests meet all of the conditions."""
    judged = [(condition.key, holds(condition, known)) for condition in conditions]
    answers = {answer for _key, answer in judged}
    if Holds.NEVER in answers or Holds.UNKNOWN in answers:
        return Holds.NEVER if Holds.NEVER in answers else Holds.UNKNOWN
    sometimes = [key for key, answer in judged if answer is Holds.SOMETIMES]
    if not sometimes:
        return Holds.ALWAYS
    # Some values meet the one and some the other: whether some meet both is not seen.
    return Holds.SOMETIMES if len(set(sometimes)) == len(sometimes) else Holds.UNKNOWN


def facts_of(conditions: Iterable[Condition]) -> dict[str, Fact]:
    """What requests carry at most that meet these conditions."""
    return {
        condition.key: Fact(tuple(sorted(widest(value) for value in condition.values)))
        for condition in conditions
        if condition.operator in ("stringequals", "stringlike", "bool", "ipaddress")
    }


def _without(condition: Condition) -> Holds:
    """A request without the key."""
    if condition.base == "null":
        return _null(condition, there=False)
    if condition.if_exists or condition.of_set == "forallvalues:":
        return Holds.ALWAYS
    return _TRUTHS[condition.negated and not condition.of_set]


def _with_value(condition: Condition, value: str) -> Holds:
    if condition.base == "null":
        return _null(condition, there=True)
    met = _TESTS[condition.positive](value, condition.values)
    return _NEGATION.get(met, met) if condition.negated else met


def _null(condition: Condition, *, there: bool) -> Holds:
    wanted = {frozenset({"true"}): False, frozenset({"false"}): True}.get(condition.values)
    return Holds.UNKNOWN if wanted is None else _TRUTHS[wanted is there]


def _across(found: Iterable[Holds]) -> Holds:
    """What holds for requests of which each of these holds for some."""
    answers = set(found)
    if len(answers) == 1:
        return answers.pop()
    both = {Holds.ALWAYS, Holds.NEVER} <= answers
    return Holds.SOMETIMES if both or Holds.SOMETIMES in answers else Holds.UNKNOWN


Match = Callable[[str, str], bool]
Test = Callable[[str, frozenset[str]], Holds]


def _patterns(known: str, values: frozenset[str], contains: Match, meet: Match) -> Holds:
    """What of a pattern is matched by one of the values."""
    certain = [value for value in values if "${" not in value]
    if any(contains(value, known) for value in certain):
        return Holds.ALWAYS
    if not any(meet(widest(value), known) for value in values):
        return Holds.NEVER
    misses = any(
        not any(contains(widest(value), example) for value in values)
        for example in examples(known, max(map(len, values)))
    )
    return Holds.SOMETIMES if misses and any(meet(value, known) for value in certain) else Holds.UNKNOWN


def _like(known: str, values: frozenset[str]) -> Holds:
    return _patterns(known, values, matches, patterns_meet)


def _arn_like(known: str, values: frozenset[str]) -> Holds:
    if not is_arn(known) or not all(map(is_arn, values)):
        return Holds.UNKNOWN
    return _patterns(known, values, arn_matches, arns_meet)


def _equal(known: str, values: frozenset[str]) -> Holds:
    """Values are text: a star in them is a star."""
    if any("${" in value for value in values):
        return Holds.NEVER if _like(known, values) is Holds.NEVER else Holds.UNKNOWN
    if "*" not in known and "?" not in known:
        return _TRUTHS[known in values]
    return Holds.SOMETIMES if any(matches(known, value) for value in values) else Holds.NEVER


def _equal_in_any_case(known: str, values: frozenset[str]) -> Holds:
    return _equal(known.lower(), frozenset(value.lower() for value in values))


def _truth(known: str, values: frozenset[str]) -> Holds:
    wanted = {value.lower() for value in values}
    if known.lower() not in ("true", "false") or wanted - {"true", "false"}:
        return Holds.UNKNOWN
    return _TRUTHS[known.lower() in wanted]


def _number(compare: Callable[[float, float], bool]) -> Test:
    def test(known: str, values: frozenset[str]) -> Holds:
        try:
            return _TRUTHS[any(compare(float(known), float(value)) for value in values)]
        except ValueError:
            return Holds.UNKNOWN

    return test


def _in_network(known: str, values: frozenset[str]) -> Holds:
    """Of all addresses some are in any network, and some are not; of a network all, none or some are in another."""
    try:
        networks = [ipaddress.ip_network(value, strict=False) for value in values]
        if known != "*":
            return _of_network(ipaddress.ip_network(known, strict=False), networks)
    except ValueError:
        return Holds.UNKNOWN
    whole = {network.version for network in networks if network.prefixlen == 0}
    return Holds.ALWAYS if whole == {4, 6} else Holds.UNKNOWN if whole else Holds.SOMETIMES


def _of_network(known: Network, networks: Iterable[Network]) -> Holds:
    """Neighbours together may hold what none of them holds."""
    alike = list(ipaddress.collapse_addresses(network for network in networks if network.version == known.version))  # type: ignore[type-var]
    if any(known.subnet_of(network) for network in alike):  # type: ignore[arg-type]
        return Holds.ALWAYS
    return Holds.SOMETIMES if any(known.overlaps(network) for network in alike) else Holds.NEVER


def _not_seen(_known: str, _values: frozenset[str]) -> Holds:
    """Of a moment nothing but :attr:`Fact.since` is known."""
    return Holds.UNKNOWN


_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "equals": operator.eq,
    "lessthan": operator.lt,
    "lessthanequals": operator.le,
    "greaterthan": operator.gt,
    "greaterthanequals": operator.ge,
}

_TESTS: Mapping[str, Test] = {
    "stringequals": _equal,
    "stringequalsignorecase": _equal_in_any_case,
    "stringlike": _like,
    "arnlike": _arn_like,
    "bool": _truth,
    "ipaddress": _in_network,
    **{f"numeric{name}": _number(compare) for name, compare in _COMPARISONS.items()},
    **{f"date{name}": _not_seen for name in _COMPARISONS},
}


def _in_time(condition: Condition, since: float) -> Holds:
    """What is so at a moment and ever after. What ends or begins later is unknown: neither harmless nor certain."""
    if condition.base == "null":
        return _null(condition, there=True)
    moments = [_moment(value) for value in condition.values]
    name = condition.positive.removeprefix("date").removeprefix("numeric")
    if name not in _COMPARISONS or len(moments) != 1 or moments[0] is None or moments[0] >= since:
        return Holds.UNKNOWN
    return _TRUTHS[name.startswith("greater") or condition.negated]


def _moment(value: str) -> float | None:
    """Seconds, or a date of ISO 8601.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
    """
    try:
        return float(value)
    except ValueError:
        pass
    try:
        read = datetime.fromisoformat(value.upper().replace("Z", "+00:00"))
    except ValueError:
        return None
    return (read if read.tzinfo else read.replace(tzinfo=timezone.utc)).timestamp()
