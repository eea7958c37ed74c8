# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patterns as policies have them: ``*`` stands for any characters, ``?`` for one, ``${...}`` for a variable. Pure.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html#reference_policies_elements_resource_wildcards
"""

from __future__ import annotations

import re


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern matches the text; the text may itself be a pattern: then all that it matches."""
    regex = "".join(".*" if char == "*" else "[^*]" if char == "?" else re.escape(char) for char in pattern)
    return re.fullmatch(regex, text, re.DOTALL) is not None


def patterns_meet(one: str, other: str) -> bool:
    """Whether any text matches both patterns."""
    to_do, seen = [(one, other)], set()
    while to_do:
        pair = to_do.pop()
        if pair in seen:
            continue
        seen.add(pair)
        left, right = pair
        if not left.strip("*") and not right.strip("*"):
            return True
        if left.startswith("*") or right.startswith("*"):
            to_do += [(left[1:], right), (left, right[1:])]
        elif left and right and (left[0] == right[0] or "?" in (left[0], right[0])):
            to_do.append((left[1:], right[1:]))
    return False


def widest(text: str) -> str:
    """The text with its variables replaced by what they may stand for at most."""
    return re.sub(r"\$\{[^}]*\}", "*", text)
