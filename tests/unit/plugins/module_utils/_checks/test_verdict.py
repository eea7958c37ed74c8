# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer, not_tried
from ansible_collections.assumerole.s3.plugins.module_utils._checks.observations import Observation
from ansible_collections.assumerole.s3.plugins.module_utils._checks.questions import Expectation
from ansible_collections.assumerole.s3.plugins.module_utils._checks.verdict import (
    judge,
    may_change,
    outcome,
    summary,
    verdict,
)

YES = Answer(status=200)
NO = Answer(code="AccessDenied", status=403, message="Access Denied", request_id="R-EXAMPLE", time="T")
UNKNOWN_KEY = Answer(code="InvalidAccessKeyId", status=403)
UNKNOWN_TOKEN = Answer(code="InvalidClientTokenId", status=403)
NO_BUCKET = Answer(code="NoSuchBucket", status=404)
WRONG_SECRET = Answer(code="SignatureDoesNotMatch", status=403)
EXPIRED = Answer(code="ExpiredToken", status=400)
NO_OBJECT = Answer(code="NoObjectToRead", status=403)
NO_KEY = Answer(code="NoSuchKey", status=404)
BUSY = Answer(code="SlowDown", status=503)
OFFLINE = Answer(code="EndpointConnectionError")
SKIPPED = not_tried("a step before it did not succeed")

NO_PROOF = (NO_BUCKET, WRONG_SECRET, EXPIRED, NO_OBJECT, NO_KEY, BUSY, OFFLINE, SKIPPED)
ALL_ANSWERS = (YES, NO, UNKNOWN_KEY, UNKNOWN_TOKEN, *NO_PROOF)


def expectation(expected: str, name: str = "role.read", controls: tuple[str, ...] = (), **more: Any) -> Expectation:
    standard = {
        "id": name,
        "principal": "role",
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::abc/*",
        "expected": expected,
        "probe": "read",
        "bucket": "abc",
        "controls": controls,
    }
    return Expectation(**{**standard, **more})


MUST_WORK, MUST_NOT = expectation("allowed"), expectation("denied")


def seen(answer: Answer, settled: bool = True) -> Observation:
    return Observation(answer, settled, 3, 310, ("x",) * 3, own_ms=10)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(YES, "pass"), (NO, "inconclusive"), (UNKNOWN_KEY, "missing_access"), (BUSY, "inconclusive")],
)
def test_what_is_refused_for_where_it_is_asked_from_is_not_missing(answer: Answer, expected: str) -> None:
    fenced = expectation("allowed", fenced=True)
    assert outcome(fenced, seen(answer), enforced=True, controlled=False) == expected


@pytest.mark.parametrize("enforced", [True, False, None])
@pytest.mark.parametrize("controlled", [True, False])
def test_what_works_passes_where_it_must_work(enforced: bool | None, controlled: bool) -> None:
    assert outcome(MUST_WORK, seen(YES), enforced, controlled) == "pass"


@pytest.mark.parametrize("answer", [NO, UNKNOWN_KEY, UNKNOWN_TOKEN])
@pytest.mark.parametrize("enforced", [True, False, None])
def test_who_is_turned_away_where_it_must_work_misses_access(answer: Answer, enforced: bool | None) -> None:
    assert outcome(MUST_WORK, seen(answer), enforced, controlled=True) == "missing_access"


@pytest.mark.parametrize("answer", NO_PROOF)
def test_an_error_says_nothing_about_access_where_it_must_work(answer: Answer) -> None:
    assert outcome(MUST_WORK, seen(answer), enforced=True, controlled=True) == "inconclusive"


def test_a_refusal_passes_with_enforcement_and_a_control() -> None:
    assert outcome(MUST_NOT, seen(NO), enforced=True, controlled=True) == "pass"


def test_a_refusal_without_a_control_proves_nothing() -> None:
    assert outcome(MUST_NOT, seen(NO), enforced=True, controlled=False) == "inconclusive"


@pytest.mark.parametrize("enforced", [False, None])
@pytest.mark.parametrize("answer", ALL_ANSWERS)
def test_without_enforcement_nothing_is_proven_where_it_must_not_work(answer: Answer, enforced: bool | None) -> None:
    assert outcome(MUST_NOT, seen(answer), enforced, controlled=True) == "inconclusive"


@pytest.mark.parametrize("controlled", [True, False])
def test_what_works_where_it_must_not_is_too_much(controlled: bool) -> None:
    assert outcome(MUST_NOT, seen(YES), enforced=True, controlled=controlled) == "excess_access"


@pytest.mark.parametrize("answer", [UNKNOWN_KEY, UNKNOWN_TOKEN, *NO_PROOF])
def test_only_a_refusal_is_one(answer: Answer) -> None:
    assert outcome(MUST_NOT, seen(answer), enforced=True, controlled=True) == "inconclusive"


LAYERED = [
    ("because no VPC endpoint policy allows the s3:GetObject action", "inconclusive", "inconclusive"),
    ("with an explicit deny in a sessions policy", "inconclusive", "inconclusive"),
    ("with an explicit deny in a service control policy", "inconclusive", "missing_access"),
    ("with an explicit deny in a resource control policy", "inconclusive", "missing_access"),
    ("with an explicit deny in a permissions boundary", "pass", "missing_access"),
    ("with an explicit deny in a resource-based policy", "pass", "missing_access"),
    ("because no identity-based policy allows the s3:GetObject action", "pass", "missing_access"),
]


@pytest.mark.parametrize(("message", "where_it_must_not", "where_it_must"), LAYERED)
def test_a_refusal_by_a_layer_that_is_not_the_contracts_never_passes(
    message: str, where_it_must_not: str, where_it_must: str
) -> None:
    refusal = seen(Answer(code="AccessDenied", status=403, message=message))
    assert outcome(MUST_NOT, refusal, enforced=True, controlled=True) == where_it_must_not
    assert outcome(MUST_WORK, refusal, enforced=True, controlled=True) == where_it_must


@pytest.mark.parametrize("message", [message for message, *_outcomes in LAYERED])
def test_a_message_takes_nothing_from_what_worked(message: str) -> None:
    assert outcome(MUST_NOT, seen(Answer(message=message)), enforced=True, controlled=True) == "excess_access"
    assert outcome(MUST_WORK, seen(Answer(message=message)), enforced=True, controlled=True) == "pass"


@pytest.mark.parametrize("code", ["UnauthorizedAccess", "UnauthorizedAccessError", "Forbidden", "403"])
def test_a_refusal_in_other_words_is_one(code: str) -> None:
    refusal = seen(Answer(code=code, status=403))
    assert outcome(MUST_NOT, refusal, enforced=True, controlled=True) == "pass"
    assert outcome(MUST_WORK, refusal, enforced=True, controlled=True) == "missing_access"


@pytest.mark.parametrize("item", [MUST_WORK, MUST_NOT])
@pytest.mark.parametrize(
    ("answer", "enforced", "controlled"), list(product(ALL_ANSWERS, (True, False, None), (True, False)))
)
def test_what_has_not_settled_is_never_more_than_inconclusive(
    item: Expectation, answer: Answer, enforced: bool | None, controlled: bool
) -> None:
    assert outcome(item, seen(answer, settled=False), enforced, controlled) == "inconclusive"


@pytest.mark.parametrize("answer", [Answer(code="BadDigest", status=400), YES])
def test_a_conditional_write_that_got_as_far_as_its_condition_was_allowed(answer: Answer) -> None:
    item = expectation("denied", probe="write")
    assert outcome(item, seen(answer), enforced=True, controlled=True) == "excess_access"


WAITED_FOR = [
    (MUST_WORK, YES, True, False),
    (MUST_WORK, NO, True, True),
    (MUST_WORK, NO, False, True),
    (MUST_WORK, UNKNOWN_KEY, True, True),
    (MUST_WORK, UNKNOWN_TOKEN, None, True),
    (MUST_WORK, NO_BUCKET, True, True),
    (MUST_WORK, WRONG_SECRET, True, False),
    (MUST_WORK, EXPIRED, True, False),
    (MUST_WORK, BUSY, True, False),
    (MUST_WORK, OFFLINE, True, False),
    (MUST_WORK, SKIPPED, True, False),
    (MUST_NOT, YES, True, True),
    (MUST_NOT, YES, False, False),
    (MUST_NOT, YES, None, False),
    (MUST_NOT, NO, True, False),
    (MUST_NOT, UNKNOWN_KEY, True, True),
    (MUST_NOT, NO_BUCKET, True, True),
    (MUST_NOT, NO_BUCKET, False, False),
    (MUST_NOT, WRONG_SECRET, True, False),
    (MUST_NOT, NO_OBJECT, True, False),
    (MUST_NOT, SKIPPED, True, False),
]


@pytest.mark.parametrize(("item", "answer", "enforced", "expected"), WAITED_FOR)
def test_only_what_propagation_can_cause_is_waited_for(
    item: Expectation, answer: Answer, enforced: bool | None, expected: bool
) -> None:
    assert may_change(item, answer, enforced) is expected


CONTROL = expectation("allowed", "role.list", probe="list")
OTHER_CONTROL = expectation("allowed", "role.write", probe="create")
REFUSAL = expectation("denied", "user.read", ("role.list", "role.write"), principal="user")
THREE = (CONTROL, OTHER_CONTROL, REFUSAL)


def outcomes(*answers: Answer, enforced: bool | None = True, settled: bool = True) -> list[str]:
    observations = {item.id: seen(answer, settled) for item, answer in zip(THREE, answers, strict=True)}
    return [check["outcome"] for check in judge(THREE, observations, enforced)]


def test_one_control_that_passed_is_enough() -> None:
    assert outcomes(NO, YES, NO) == ["missing_access", "pass", "pass"]
    assert outcomes(YES, NO_BUCKET, NO) == ["pass", "inconclusive", "pass"]


def test_when_every_control_was_refused_the_refusal_proves_nothing() -> None:
    assert outcomes(NO, NO, NO) == ["missing_access", "missing_access", "inconclusive"]
    assert outcomes(NO_BUCKET, SKIPPED, NO) == ["inconclusive"] * 3


def test_a_control_that_has_not_settled_is_none() -> None:
    observations = {"role.list": seen(YES, settled=False), "role.write": seen(NO), "user.read": seen(NO)}
    assert [check["outcome"] for check in judge(THREE, observations, True)][-1] == "inconclusive"


def test_a_check_that_passed_elsewhere_is_no_control() -> None:
    stranger = expectation("allowed", "user.identity", probe="identity")
    observations = {"user.identity": seen(YES), "user.read": seen(NO)}
    assert [check["outcome"] for check in judge((stranger, REFUSAL), observations, True)] == ["pass", "inconclusive"]


def test_a_refusal_that_passed_is_no_control() -> None:
    denied = expectation("denied", "role.list", ("role.write",))
    observations = {"role.write": seen(YES), "role.list": seen(NO), "user.read": seen(NO)}
    only_the_refusal = expectation("denied", "user.read", ("role.list",))
    checks = judge((OTHER_CONTROL, denied, only_the_refusal), observations, True)
    assert [check["outcome"] for check in checks] == ["pass", "pass", "inconclusive"]


def test_a_check_holds_the_question_the_answer_and_the_evidence() -> None:
    observations = {"role.list": seen(YES), "role.write": seen(YES), "user.read": seen(NO)}
    check = judge(THREE, observations, True)[-1]
    assert check == {
        "id": "user.read",
        "principal": "user",
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::abc/*",
        "expected": "denied",
        "observed": "denied",
        "evidence": "asked",
        "outcome": "pass",
        "error": {"code": "AccessDenied", "status": 403, "message": "Access Denied", "request_id": "R-EXAMPLE"},
        "cause": "",
        "advice": "",
        "attempts": 3,
        "elapsed_ms": 10,
        "request_id": "R-EXAMPLE",
        "time": "T",
    }


def test_a_success_has_no_error_and_a_check_that_did_not_pass_has_a_cause_and_an_advice() -> None:
    observations = {"role.list": seen(YES), "role.write": seen(NO), "user.read": seen(YES)}
    listed, written, read = judge(THREE, observations, True)
    assert (listed["error"], listed["cause"]) == (None, "")
    assert all(check["cause"] and check["advice"] for check in (written, read))


def checks(**counts: int) -> list[dict[str, Any]]:
    return [{"outcome": name} for name, number in counts.items() for _index in range(number)]


VERDICTS = [
    ({"pass": 3}, "verified"),
    ({}, "inconclusive"),
    ({"pass": 3, "inconclusive": 1}, "inconclusive"),
    ({"inconclusive": 1}, "inconclusive"),
    ({"pass": 3, "missing_access": 1}, "violated"),
    ({"pass": 3, "excess_access": 1}, "violated"),
    ({"inconclusive": 9, "excess_access": 1}, "violated"),
    ({"missing_access": 1, "excess_access": 1}, "violated"),
    ({"pass": 3, "skipped": 1}, "inconclusive"),
]


@pytest.mark.parametrize(("counts", "expected"), VERDICTS)
def test_every_check_must_pass_and_one_finding_violates(counts: dict[str, int], expected: str) -> None:
    assert verdict(checks(**counts)) == expected


def test_the_summary_counts_every_outcome_and_names_those_that_did_not_occur() -> None:
    assert summary(checks(**{"pass": 2, "excess_access": 1})) == {
        "pass": 2,
        "missing_access": 0,
        "excess_access": 1,
        "inconclusive": 0,
    }
