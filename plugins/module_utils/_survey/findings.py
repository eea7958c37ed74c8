# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a survey finds: somebody who gets somewhere, how sure that is, and by what. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._checks.survey import (
    CAN_GRANT_ITSELF,
    CERTAIN,
)
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import Principal
from ansible_collections.assumerole.s3.plugins.module_utils._survey.judging import (
    Answer,
    Question,
    Who,
    judge,
    together,
)

Answers = Mapping[str, Answer]


@dataclass(frozen=True)
class Where:
    """A list of the survey, and the place that a finding of it is about."""

    list: str
    place: str


@dataclass(frozen=True)
class Finding:
    """Somebody who gets somewhere; ``through`` are the names of the policies."""

    where: Where
    principal: str
    kind: str
    certainty: str
    actions: tuple[str, ...]
    conditions: tuple[str, ...] = ()
    through: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[str, ...]:
        """By whom, then where."""
        return (self.principal, self.where.place, self.certainty, *self.actions)

    def as_dict(self) -> dict[str, Any]:
        """As the module returns it, when nobody has tried it yet."""
        return {
            "list": self.where.list,
            "principal": self.principal,
            "kind": self.kind,
            "certainty": self.certainty,
            "actions": list(self.actions),
            "place": self.where.place,
            "conditions": list(self.conditions),
            "through": list(self.through),
            "proven": None,
        }


def answers(who: Who, questions: Iterable[Question]) -> dict[str, Answer]:
    """The answers by their actions, of what the caller may do: of some questions about one action, the surest."""
    found: dict[str, Answer] = {}
    for question in questions:
        answer = judge(who, question)
        if answer and (question.action not in found or answer.certainty == CERTAIN):
            found[question.action] = answer
    return found


def is_certain(found: Answers) -> bool:
    """Whether something of it is."""
    return any(answer.certainty == CERTAIN for answer in found.values())


def findings(where: Where, who: Principal, found: Answers) -> Iterator[Finding]:
    """One for what is certain, and one for what is not. By an instance profile machines have what a role has."""
    machines = tuple(f"instance profile {profile}" for profile in who.profiles)
    for certainty, (actions, answer) in together(found).items():
        through = (*answer.through, *machines)
        yield Finding(where, who.arn, who.kind, certainty, tuple(actions), answer.conditions, through)


def by_changing(where: Where, who: Principal, found: Answers) -> Iterator[Finding]:
    """The same of actions that only lead there."""
    for certainty, (actions, answer) in together(leading_there(found)).items():
        yield Finding(where, who.arn, who.kind, certainty, tuple(actions), answer.conditions, answer.through)


def leading_there(found: Answers) -> Answers:
    """Of actions that only lead to a place, what they make of who may do them."""
    return {
        action: replace(answer, certainty=CAN_GRANT_ITSELF) if answer.certainty == CERTAIN else answer
        for action, answer in found.items()
    }
