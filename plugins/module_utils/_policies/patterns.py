# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patterns as policies have them: ``*`` stands for any characters, ``?`` for one, ``${...}`` for a variable. Pure.

Nothing here backtracks more than once a star, so no pattern that somebody writes can keep an audit busy.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html#reference_policies_elements_resource_wildcards
"""

from __future__ import annotations

from functools import lru_cache
import re

#: A character that no policy holds.
_OTHER = "\0"

#: Wildcards in a row.
_RUN = re.compile(r"[*?]+")


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern matches the text; the text may itself be a pattern: then all that it matches.

    ``?*`` and ``*?`` mean the same, and which of them fits depends on what stands beside them: so both are tried.
    """
    if "?" not in pattern and "?" not in text:
        return _matches(pattern, text)
    return any(_matches(_in_order(pattern, first), _in_order(text, first)) for first in (True, False))


def _in_order(pattern: str, first: bool) -> str:
    """The pattern with the ``?`` of each run of wildcards before its star, or after."""

    def ordered(run: re.Match[str]) -> str:
        single, star = "?" * run[0].count("?"), "*" if "*" in run[0] else ""
        return f"{single}{star}" if first else f"{star}{single}"

    return _RUN.sub(ordered, pattern)


def _matches(pattern: str, text: str) -> bool:
    """Whether it is so in this order of wildcards."""
    at = star = resume = 0
    seen_star = False
    place = 0
    while place < len(text):
        char = pattern[at] if at < len(pattern) else ""
        if char == "*":
            seen_star, star, resume = True, at, place
            at += 1
        elif char and (char == text[place] or (char == "?" and text[place] != "*")):
            at, place = at + 1, place + 1
        elif seen_star:
            resume += 1
            at, place = star + 1, resume
        else:
            return False
    return not pattern[at:].strip("*")


@lru_cache(maxsize=4096)
def patterns_meet(one: str, other: str) -> bool:
    """Whether any text matches both patterns."""
    to_do, seen = [(0, 0)], set()
    while to_do:
        pair = to_do.pop()
        if pair in seen:
            continue
        seen.add(pair)
        left, right = one[pair[0] : pair[0] + 1], other[pair[1] : pair[1] + 1]
        if not left and not right:
            return True
        if left == "*" or right == "*":
            to_do += _after_a_star(pair, left, right)
        elif left and right and (left == right or "?" in (left, right)):
            to_do.append((pair[0] + 1, pair[1] + 1))
    return False


def _after_a_star(pair: tuple[int, int], left: str, right: str) -> list[tuple[int, int]]:
    """A star ends, or takes one more of the other pattern."""
    further = []
    if left:
        further.append((pair[0] + 1, pair[1]))
    if right:
        further.append((pair[0], pair[1] + 1))
    return further


def arn_matches(pattern: str, arn: str) -> bool:
    """Whether an ARN operator's value matches an ARN: each of the six segments by itself, so no ``*`` crosses a colon.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
    """
    wide, narrow = _segments(pattern), _segments(arn)
    return len(wide) == len(narrow) and all(matches(*pair) for pair in zip(wide, narrow, strict=True))


def arns_meet(one: str, other: str) -> bool:
    """Whether any ARN matches both patterns of ARNs."""
    left, right = _segments(one), _segments(other)
    return len(left) == len(right) and all(patterns_meet(*pair) for pair in zip(left, right, strict=True))


def is_arn(text: str) -> bool:
    """Whether it has an ARN's six segments."""
    return len(_segments(text)) == 6


def widest(text: str) -> str:
    """The text with its variables replaced by what they may stand for at most."""
    return re.sub(r"\$\{[^}]*\}", "*", text)


def examples(pattern: str, length: int) -> tuple[str, str]:
    """Two texts that match: the shortest, and one with more in place of each star than ``length`` characters."""
    one = pattern.replace("?", _OTHER)
    return one.replace("*", ""), one.replace("*", _OTHER * (length + 1))


def _segments(arn: str) -> list[str]:
    return arn.split(":", 5)
