# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._report.report import (
    is_report,
    other_contract,
    problem,
    report,
    same_findings,
)


def test_a_report_holds_what_is_documented_and_nothing_of_ansible(a_result: Any, a_check: Any, a_contract: Any) -> None:
    given = a_result(a_check("role.read"))
    made = report(given, a_contract(), "2026-01-01T00:00:01+00:00")
    assert list(made) == [
        *("format_version", "collection_version", "created", "contract"),
        *("verdict", "enforced", "msg", "caller", "session", "summary", "checks", "leftovers"),
    ]
    assert {name: made[name] for name in made if name in given} == {
        name: given[name] for name in given if name not in ("changed", "failed", "invocation")
    }


BROKEN = [
    ({"verdict": None}, "it has no verdict as access_check returns it"),
    ({"enforced": "yes"}, "it has no enforced as access_check returns it"),
    ({"checks": {}}, "it has no checks as access_check returns it"),
    ({"checks": []}, "it has no check in it"),
    ({"checks": [{"id": "role.read"}]}, "one of its checks is not what access_check returns"),
    ({"checks": ["role.read"]}, "one of its checks is not what access_check returns"),
]


@pytest.mark.parametrize(("broken", "sentence"), BROKEN)
def test_what_is_no_result_is_told(a_result: Any, a_check: Any, broken: dict[str, Any], sentence: str) -> None:
    assert problem(a_result(a_check("role.read"), **broken)) == sentence


def test_a_result_can_be_reported_whether_or_not_enforcement_is_known(a_result: Any, a_check: Any) -> None:
    assert [problem(a_result(a_check("role.read"), enforced=known)) for known in (True, False, None)] == [None] * 3
    assert problem({}) == "it has no verdict as access_check returns it"


def test_a_verdict_that_nobody_knows_cannot_be_reported(a_result: Any, a_check: Any) -> None:
    assert problem(a_result(a_check("role.read"), verdict="fine")) == "'fine' is not a verdict"
    unknown = {**a_check("role.read"), "outcome": "fine"}
    assert problem({**a_result(a_check("x")), "checks": [unknown]}) == "one of its checks has the outcome 'fine'"
    confused = a_check("role.read", expected="maybe")
    assert problem(a_result(confused)) == "one of its checks expects 'maybe'"
    assert problem(a_result(a_check("x"), summary={"pass": 1})) == "its summary does not count the four outcomes"


def test_reports_that_differ_in_their_date_say_the_same(a_report: Any, a_check: Any) -> None:
    one = a_report(a_check("role.read"))
    assert same_findings(one, {**one, "created": "2027-01-01T00:00:00+00:00"})
    assert not same_findings(one, a_report(a_check("role.read", attempts=4)))


@pytest.mark.parametrize("name", ["user", "role", "bucket"])
def test_another_name_makes_another_contract(a_report: Any, a_contract: Any, name: str) -> None:
    one, another = a_report(), a_report(about=a_contract(**{name: "another"}))
    assert other_contract(another, one) is not None
    assert other_contract(one, another) == "the role partner-exchange on the bucket example"


def test_a_contract_that_was_edited_is_the_same_contract(a_report: Any, a_contract: Any) -> None:
    assert other_contract(a_report(), a_report(about=a_contract(prefix="", permissions=["write"]))) is None


NO_REPORTS = [None, [], "text", 7, {}, {"created": "x", "contract": {}}, {"created": "x", "contract": []}]


@pytest.mark.parametrize("value", NO_REPORTS)
def test_anything_may_be_in_a_file_and_is_no_report(value: object) -> None:
    assert not is_report(value)


def test_a_report_is_known_again(a_report: Any) -> None:
    assert is_report(a_report())


WHERE = {"account_id": "123456789012", "partition": "aws-cn", "region": "cn-north-1"}


def test_a_report_says_where_its_contract_is(a_result: Any, a_check: Any, a_contract: Any) -> None:
    made = report({**a_result(a_check("role.read")), **WHERE}, a_contract(), "2026-01-01T00:00:01+00:00")
    assert {name: made[name] for name in WHERE} == WHERE
    assert is_report(made)
