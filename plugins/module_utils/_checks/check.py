# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A check as modules return it and reports hold it: its fields, stated once, and the one maker. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import row_of
from ansible_collections.assumerole.s3.plugins.module_utils._checks.observations import Observation

PASS = "pass"
MISSING_ACCESS = "missing_access"
EXCESS_ACCESS = "excess_access"
INCONCLUSIVE = "inconclusive"
OUTCOMES = (PASS, MISSING_ACCESS, EXCESS_ACCESS, INCONCLUSIVE)

#: The outcomes that violate a contract.
FINDINGS = frozenset({MISSING_ACCESS, EXCESS_ACCESS})


class Error(TypedDict):
    """An answer that was not a success."""

    code: str | None
    status: int | None
    message: str
    request_id: str | None


class Check(TypedDict):
    """One question and how it came out. The report's schema and the modules' documentation have the same fields."""

    id: str
    principal: str
    action: str
    resource: str
    expected: str
    observed: str
    evidence: str
    outcome: str
    error: Error | None
    cause: str
    advice: str
    attempts: int
    elapsed_ms: int
    request_id: str | None
    time: str | None


FIELDS = tuple(Check.__annotations__)


@dataclass(frozen=True)
class Question:
    """May this principal do this action on this resource?"""

    id: str
    principal: str
    action: str
    resource: str
    expected: str


@dataclass(frozen=True)
class Judgement:
    """How a question came out; cause and advice are empty when there is nothing to explain."""

    outcome: str = PASS
    cause: str = ""
    advice: str = ""


def check(question: Question, observed: str, judgement: Judgement, observation: Observation) -> Check:
    """The check; raises :class:`KeyError` when the catalogue has no row for it."""
    answer = observation.answer
    return {
        "id": question.id,
        "principal": question.principal,
        "action": question.action,
        "resource": question.resource,
        "expected": question.expected,
        "observed": observed,
        "evidence": row_of(question.id).evidence,
        "outcome": judgement.outcome,
        "error": _error(answer),
        "cause": judgement.cause,
        "advice": judgement.advice,
        "attempts": observation.attempts,
        "elapsed_ms": observation.own_ms,
        "request_id": answer.request_id,
        "time": answer.time,
    }


def _error(answer: Answer) -> Error | None:
    if answer.succeeded:
        return None
    return {
        "code": answer.code,
        "status": answer.status,
        "message": answer.message,
        "request_id": answer.request_id,
    }
