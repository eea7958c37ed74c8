# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit: what is attached, compared with what the contract writes. Pure.

Probes cannot try every action of AWS. This sees a grant that nobody thought of trying.
"""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import (
    ALLOWED,
    DENIED,
    ERROR,
    Answer,
    names_the_clock,
)
from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Reading
from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import at_place
from ansible_collections.assumerole.s3.plugins.module_utils._checks.check import (
    EXCESS_ACCESS,
    INCONCLUSIVE,
    MISSING_ACCESS,
    PASS,
    Check,
    Judgement,
    Question,
    check,
)
from ansible_collections.assumerole.s3.plugins.module_utils._checks.observations import Observation
from ansible_collections.assumerole.s3.plugins.module_utils._checks.rules import RULES, Rule, Subject

SET_THE_CLOCK = "Set this machine's clock, best by NTP: it is off by more than AWS accepts."

#: What stands for an observation in a check that tries nothing; what passes is as it was expected.
SHOWN = {EXCESS_ACCESS: ALLOWED, MISSING_ACCESS: DENIED, INCONCLUSIVE: ERROR}


def audit(subject: Subject) -> list[Check]:
    """The checks of a configuration, in the order of :data:`RULES`; those of buckets for each of several."""
    buckets = subject.contract.buckets
    identities = (rule for rule in RULES if rule.row.principal != "bucket")
    of_identities = [_check(rule, about) for rule in identities for about in rule.about(subject)]
    of_buckets = [rule for rule in RULES if rule.row.principal == "bucket"]
    if len(buckets) == 1:
        return of_identities + [_check(rule, subject) for rule in of_buckets]
    each = [(bucket, subject.at(bucket)) for bucket in buckets]
    named = [(f"{bucket}/", rule, at) for bucket, at in each for rule in of_buckets]
    return of_identities + [_check(rule, at, where) for where, rule, at in named]


def _check(rule: Rule, subject: Subject, place: str = "") -> Check:
    readings = [subject.found[name] for name in rule.needs]
    blocking = next((reading for reading in readings if reading.unreadable), None)
    judgement = _unreadable(rule, blocking.answer) if blocking else _judged(rule, subject, readings)
    answer = (blocking or readings[-1]).answer
    if judgement.outcome == PASS:
        answer = replace(answer, code=None)  # that there is none of it may be as it must be
    question = _question(rule, subject, place)
    shown = SHOWN.get(judgement.outcome, question.expected)
    once = Observation(answer, settled=True, attempts=1, elapsed_ms=answer.elapsed_ms, own_ms=answer.elapsed_ms)
    return check(question, shown, judgement, once)


def _question(rule: Rule, subject: Subject, place: str) -> Question:
    row, contract = rule.row, subject.contract
    names = {"user": subject.user, "role": subject.role, "trusted": subject.role}
    name = subject.principal.reading if subject.principal else at_place(row.id, place) if place else row.id
    return Question(name, row.principal, row.action, names.get(row.principal, contract.bucket), row.expected)


def _judged(rule: Rule, subject: Subject, readings: list[Reading]) -> Judgement:
    if any(reading.answer.code == "NoSuchBucket" for reading in readings):
        return Judgement(MISSING_ACCESS, f"There is no bucket {subject.contract.bucket}.", "Run provision.")
    return rule.judge(subject)


def _unreadable(rule: Rule, answer: Answer) -> Judgement:
    allow_it = f"Allow the operator {rule.row.action}, or verify without the audit."
    return Judgement(
        INCONCLUSIVE,
        f"The operator could not read this: {answer.code}: {answer.message}.",
        SET_THE_CLOCK if names_the_clock(answer) else allow_it,
    )
