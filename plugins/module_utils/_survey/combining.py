# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers put together: what is certain, what two policies allow, and what is so on a condition. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.assumerole.s3.plugins.module_utils._checks.survey import CERTAIN, UNDER_CONDITIONS
from ansible_collections.assumerole.s3.plugins.module_utils._survey.findings import Answers
from ansible_collections.assumerole.s3.plugins.module_utils._survey.judging import Answer


def both(one: Answer, other: Answer | None, condition: str) -> Answer:
    """What two policies must allow; where the other does not, on the condition that it will."""
    if other is None:
        return on_condition(one, (condition,))
    sure = CERTAIN if one.certainty == other.certainty == CERTAIN else UNDER_CONDITIONS
    return Answer(sure, (*one.through, *other.through), (*one.conditions, *other.conditions))


def is_sure(found: Answers, action: str) -> bool:
    """Whether it is certain that somebody may do it."""
    return action in found and found[action].certainty == CERTAIN


def on_condition(answer: Answer, conditions: Iterable[str]) -> Answer:
    """The same, as far as these are met, too."""
    more = tuple(conditions)
    return Answer(UNDER_CONDITIONS, answer.through, (*answer.conditions, *more)) if more else answer


def all_on_condition(found: Answers, *conditions: str) -> dict[str, Answer]:
    """Each of the answers so."""
    return {action: on_condition(answer, conditions) for action, answer in found.items()}
