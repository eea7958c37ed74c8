# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._checks.expectations import expectations
from ansible_collections.assumerole.s3.plugins.module_utils._checks.questions import Scope
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._report.evidence import by_group, evidence

REFUSED = {"code": "AccessDenied", "status": 403, "message": "No.", "request_id": "4f7a-example"}


def test_every_question_has_its_group() -> None:
    contract = Contract.of(
        {"bucket": "example", "prefix": "team/", "external_id": "contract-4711", "forbidden_buckets": ("internal",)}
    )
    asked = expectations(contract, "arn:aws:iam::123456789012:role/x", Scope(True, True))
    assert "Others" not in by_group([vars(item) for item in asked])


def test_a_check_of_another_version_is_shown_under_others(a_check: Any) -> None:
    newer = [a_check("robot.dance"), a_check("role.read"), a_check("anonymous.read@internal")]
    assert {name: [check["id"] for check in found] for name, found in by_group(newer).items()} == {
        "Others": ["robot.dance", "anonymous.read@internal"],
        "The role": ["role.read"],
    }


def test_a_check_shows_its_request_its_time_and_the_answer(a_report: Any, a_check: Any) -> None:
    made = evidence(a_report(a_check("user.read", expected="denied", error=REFUSED)))
    shown = ("4f7a-example", "2026-01-01T00:00:00.000+00:00", "AccessDenied (HTTP 403): No.", "asked 3 times in 310 ms")
    assert [text for text in shown if text not in made] == []


def test_an_answer_that_never_came_has_no_status(a_report: Any, a_check: Any) -> None:
    error = {"code": "ReadTimeout", "status": None, "message": "late", "request_id": None}
    made = evidence(a_report(a_check("role.read", "inconclusive", error=error, request_id=None, time=None)))
    assert "ReadTimeout: late" in made
    assert "Request id" not in made


def test_a_question_that_was_not_asked_says_so(a_report: Any, a_check: Any) -> None:
    made = evidence(a_report(a_check("role.read", "inconclusive", observed="not_tried", attempts=0)))
    assert "not tried, never asked" in made


def test_evidence_is_folded_and_counted(a_report: Any, a_check: Any) -> None:
    made = evidence(
        a_report(a_check("role.read"), a_check("role.list", "missing_access"), a_check("config.role.trust"))
    )
    assert made.count("<details>") == 2
    assert "1 of 2 passed" in made
    assert "1 of 1 passed" in made
