# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from fnmatch import translate
import random
import re
import time

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._policies.patterns import (
    arn_matches,
    arns_meet,
    matches,
    patterns_meet,
)

PATTERNS = [
    ("*", "", True, True),
    ("a*", "abc", True, True),
    ("a?c", "abc", True, True),
    ("a?c", "a*c", False, True),
    ("a*", "a*c", True, True),
    ("a*c", "a*", False, True),
    ("team/*", "team", False, False),
    ("team/*", "team.outside", False, False),
    ("tea?/*", "team/*", True, True),
    ("team/*", "tea?/*", False, True),
    ("a.c", "abc", False, False),
    ("*a", "*b", False, False),
    ("?*", "*?", True, True),
    ("*?", "?*", True, True),
    ("??*", "*?*?", True, True),
    ("*??", "?*?", True, True),
    ("?*", "*a", True, True),
    ("*?", "a*", True, True),
    ("a*?b", "a?*b", True, True),
    ("??*", "*?", False, True),
    ("?*", "*", False, True),
    ("*?", "", False, False),
    ("??", "*?", False, True),
]


@pytest.mark.parametrize(("pattern", "text", "contained", "met"), PATTERNS)
def test_a_pattern_contains_another_or_meets_it(pattern: str, text: str, contained: bool, met: bool) -> None:
    assert (matches(pattern, text), patterns_meet(pattern, text)) == (contained, met)


def test_random_patterns_match_as_a_file_system_would_match_them() -> None:
    chance = random.Random(4711)
    for _round in range(5000):
        pattern = "".join(chance.choices("ab*?", k=chance.randrange(8)))
        text = "".join(chance.choices("ab", k=chance.randrange(8)))
        found = re.match(translate(pattern), text) is not None
        assert (matches(pattern, text), patterns_meet(pattern, text)) == (found, found), (pattern, text)


def test_what_a_pattern_contains_of_another_the_other_never_matches_alone() -> None:
    chance, texts = random.Random(4711), [""]
    for _length in range(4):
        texts += [text + letter for text in texts for letter in "ab" if len(text) == _length]
    for _round in range(3000):
        wide, narrow = ("".join(chance.choices("ab*?", k=chance.randrange(6))) for _one in range(2))
        alone = [text for text in texts if matches(narrow, text) and not matches(wide, text)]
        assert not (matches(wide, narrow) and alone), (wide, narrow, alone)


@pytest.mark.parametrize(
    "pattern", ["?" * 20000 + "*", "*?" * 12 + "b", "*a" * 12 + "b", "*?" * 200 + "b", "*" * 500 + "b"]
)
def test_no_pattern_keeps_an_audit_busy(pattern: str) -> None:
    began = time.process_time()  # exponential is hours, however busy the machine is
    assert not matches(pattern, "a" * 400)
    assert not patterns_meet(pattern, "a" * 400)
    assert time.process_time() - began < 2


ROLE = "arn:aws:iam::123456789012:role/team/r"

#: Each of the six segments by itself.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
ARNS = [
    (ROLE, ROLE, True),
    ("arn:*:*:*:*:*", ROLE, True),
    ("arn:aws:iam::*:role/*", ROLE, True),
    ("arn:aws:iam::123456789012:*", ROLE, True),
    ("arn:aws:iam::*", ROLE, False),
    ("arn:*:role/team/r", ROLE, False),
    ("*", ROLE, False),
    ("arn:aws:iam:::role/*", ROLE, False),
    ("arn:aws:sns:*:1:*", "arn:aws:sns:eu-central-1:1:topic:subscription", True),
    ("arn:aws:sns:*:topic:*", "arn:aws:sns:eu-central-1:1:topic:subscription", False),
]


@pytest.mark.parametrize(("pattern", "arn", "expected"), ARNS)
def test_a_star_in_an_arn_does_not_cross_a_colon(pattern: str, arn: str, expected: bool) -> None:
    assert (arn_matches(pattern, arn), arns_meet(pattern, arn)) == (expected, expected)
    assert matches(pattern, arn) or not expected
