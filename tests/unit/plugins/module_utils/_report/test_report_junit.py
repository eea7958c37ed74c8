# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import CATALOGUE
from ansible_collections.assumerole.s3.plugins.module_utils._report.junit import junit

REFUSED = {"code": "AccessDenied", "status": 403, "message": "No.", "request_id": "4f7a-example"}


def suite_of(report: dict[str, Any]) -> Xml.Element:
    (suite,) = Xml.fromstring(junit(report).encode())
    return suite


def test_every_check_is_one_case_under_its_contract(a_report: Any, a_check: Any) -> None:
    suite = suite_of(a_report(a_check("role.read"), a_check("role.list", elapsed_ms=1250)))
    assert [case.attrib for case in suite.iter("testcase")] == [
        {"classname": "partner-exchange on example", "name": "The role can read below team/", "time": "0.310"},
        {"classname": "partner-exchange on example", "name": "The role can list below team/", "time": "1.250"},
    ]
    assert suite.attrib == {
        "name": "partner-exchange on example",
        "timestamp": "2026-01-01T00:00:01",
        "tests": "2",
        "failures": "0",
        "errors": "0",
        "skipped": "0",
        "time": "1.560",
    }


def test_no_two_checks_have_the_same_name(a_report: Any, a_check: Any) -> None:
    """A CI that tells cases apart by their names would show one of them."""
    checks = [
        a_check(name.replace("{bucket}", "other"), principal=row.principal, expected="denied")
        for name, row in CATALOGUE.items()
    ]
    names = [case.get("name") for case in suite_of(a_report(*checks)).iter("testcase")]
    assert len(names) > 40
    assert sorted(names) == sorted(set(names))


ENDS = [
    ("pass", []),
    ("missing_access", ["failure"]),
    ("excess_access", ["failure"]),
    ("inconclusive", ["error"]),
]


@pytest.mark.parametrize(("outcome", "elements"), ENDS)
def test_only_what_passed_is_green_and_nothing_is_skipped(
    a_report: Any, a_check: Any, outcome: str, elements: list[str]
) -> None:
    suite = suite_of(a_report(a_check("role.read", outcome)))
    (case,) = suite.iter("testcase")
    assert [child.tag for child in case] == elements
    assert [child.get("type") for child in case] == [outcome] * len(elements)
    assert int(suite.get("failures", "")) == elements.count("failure")
    assert int(suite.get("errors", "")) == elements.count("error")


def test_a_failure_says_what_why_and_where_to_look(a_report: Any, a_check: Any) -> None:
    suite = suite_of(a_report(a_check("role.read", "missing_access", error=REFUSED)))
    (failure,) = suite.iter("failure")
    assert failure.get("message") == "missing access: A cause."
    assert (failure.text or "").splitlines() == [
        "missing access  role.read  s3:GetObject on arn:aws:s3:::example/team/*: allowed expected, denied seen. "
        "A cause. An advice.",
        "AWS: AccessDenied (HTTP 403): No.",
        "request id 4f7a-example, 2026-01-01T00:00:00.000+00:00",
    ]


def test_the_contract_stands_in_the_properties(a_report: Any, a_contract: Any) -> None:
    suite = suite_of(a_report(enforced=None, about=a_contract(prefix="")))
    assert {item.get("name"): item.get("value") for item in suite.iter("property")} == {
        "verdict": "verified",
        "enforced": "null",
        "collection_version": "0.1.0",
        "format_version": "1",
        "user": "partner",
        "role": "partner-exchange",
        "bucket": "example",
        "prefix": "",
        "permissions": "list, read",
        "external_id_required": "true",
        "max_session_duration": "3600",
        "forbidden_buckets": "internal",
    }


HOSTILE = "\x00\x08\ud800 ]]> <script> & \" '"


def test_what_xml_cannot_hold_does_not_break_it(a_report: Any, a_check: Any, a_contract: Any) -> None:
    named = dict.fromkeys(("id", "principal", "action", "resource", "cause", "advice", "request_id", "time"), HOSTILE)
    error = {**REFUSED, "code": HOSTILE, "message": HOSTILE}
    about = a_contract(user=HOSTILE, role=HOSTILE, bucket=HOSTILE, prefix=HOSTILE, forbidden_buckets=[HOSTILE])
    bad = {**a_check("x", "excess_access", error=error), **named}
    suite = suite_of(a_report(bad, about=about, created=HOSTILE))
    (case,) = suite.iter("testcase")
    shown = "\ufffd\ufffd\ufffd ]]> <script> & \" '"
    assert case.get("name") == f"The {shown} can do {shown} on {shown}"
