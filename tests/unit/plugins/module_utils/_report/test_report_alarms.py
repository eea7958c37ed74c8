# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import datetime, timezone
import json
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._report.alarms import log_lines, metrics, standings
from ansible_collections.assumerole.s3.plugins.module_utils._report.index import index

NOW = datetime(2026, 1, 1, 0, 0, 2, tzinfo=timezone.utc)


def stand(reports: dict[str, Any], **more: Any) -> Any:
    named = {f"{name}/access-report.json" if name else "access-report.json": found for name, found in reports.items()}
    return standings(index(named, NOW, 24, **more), named)


def told(reports: dict[str, Any], **more: Any) -> dict[str, tuple[str, int]]:
    lines = log_lines(stand(reports, **more), "now").splitlines()
    return {line["contract"]: (line["verdict"], line["exit_code"]) for line in map(json.loads, lines)}


@pytest.mark.parametrize(
    ("outcomes", "wanted"),
    [
        (["pass"], ("verified", 0)),
        (["pass", "inconclusive"], ("inconclusive", 1)),
        (["inconclusive", "missing_access"], ("violated", 2)),
        (["excess_access", "missing_access", "pass"], ("violated", 3)),
    ],
)
def test_a_contract_is_as_bad_as_its_worst_check(
    a_report: Any, a_check: Any, outcomes: list[str], wanted: tuple[str, int]
) -> None:
    assert told({"a": a_report(*(a_check("role.read", outcome) for outcome in outcomes))}) == {"a": wanted}


def test_it_is_no_better_than_the_index_says(a_report: Any, a_check: Any) -> None:
    reports = {
        "": None,
        "stale": {**a_report(), "created": "2020-01-01T00:00:00+00:00"},
        "ahead": {**a_report(), "created": "2099-01-01T00:00:00+00:00"},
        "broken off": {**a_report(), "created": "2026-01-01T00:00:00+00:00"},
        "found nothing, and violated": {**a_report(), "verdict": "violated"},
        "found something, and verified": {**a_report(a_check("role.read", "excess_access")), "verdict": "verified"},
    }
    assert told(reports, broken_off=["broken off/access-report.json"]) == {
        ".": ("inconclusive", 1),
        "stale": ("inconclusive", 1),
        "ahead": ("inconclusive", 1),
        "broken off": ("inconclusive", 1),
        "found nothing, and violated": ("violated", 2),
        "found something, and verified": ("violated", 3),
    }


def test_a_line_says_which_checks_failed_and_whose_contract_it_is(a_report: Any, a_check: Any) -> None:
    report = {**a_report(a_check("role.read"), a_check("role.list", "missing_access")), "account_id": "123456789012"}
    found = stand({"team/a": report, "gone": None})
    lines = log_lines(found, "2026-01-01T00:00:02+00:00", ["gone/access-report.json"])
    assert [json.loads(line) for line in lines.splitlines()] == [
        {
            "time": "2026-01-01T00:00:02+00:00",
            "contract": "team/a",
            "verdict": "violated",
            "exit_code": 2,
            "judged": True,
            "readable": True,
            "account_id": "123456789012",
            "role": "partner-exchange",
            "verified_at": "2026-01-01T00:00:01+00:00",
            "checks": {"pass": 1, "missing_access": 1, "excess_access": 0, "inconclusive": 0},
            "findings": ["role.list"],
        },
        {
            "time": "2026-01-01T00:00:02+00:00",
            "contract": "gone",
            "verdict": "inconclusive",
            "exit_code": 1,
            "judged": False,
            "readable": False,
            "account_id": None,
            "role": None,
            "verified_at": None,
            "checks": {},
            "findings": [],
        },
    ]


HOSTILE = 'quote " back\\slash\nline\r\udcff'


def test_a_hostile_name_is_one_label_and_one_line(a_report: Any) -> None:
    found = stand({HOSTILE: a_report()})
    assert 'contract="quote \\" back\\\\slash\\nline\r\\udcff",verdict="verified"} 1\n' in metrics(found)
    (line,) = log_lines(found, "now").splitlines()
    assert json.loads(line)["contract"] == HOSTILE
    assert line.isascii()


def test_without_a_report_nothing_is_proven() -> None:
    assert "bucket_access_reports{} 0\n" in metrics([])
    assert "bucket_access_exit_code{} 1\n" in metrics([])
