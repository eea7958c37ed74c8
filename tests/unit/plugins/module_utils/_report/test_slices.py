# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an index of before knows of contracts, beside what their reports say now: the worse of the two counts."""

from __future__ import annotations

from datetime import datetime, timezone
import json
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._report.alarms import log_lines, metrics, standings
from ansible_collections.assumerole.s3.plugins.module_utils._report.index import index
from ansible_collections.assumerole.s3.plugins.module_utils._report.index_page import index_page
from ansible_collections.assumerole.s3.plugins.module_utils._report.slices import named, worsened

NOW = datetime(2026, 1, 2, tzinfo=timezone.utc)
#: When the index of the slice is made, and before and after it.
MADE, EARLIER, LATER = (f"2026-01-01T0{hour}:00:00+00:00" for hour in (2, 1, 3))
PLACE, PATH = "1/access-report-index.json", "1/a/access-report.json"


def slice_of(report: Any, **more: Any) -> dict[str, Any]:
    """The index of one contract whose report is this."""
    return index({"a/access-report.json": report}, datetime.fromisoformat(MADE), 24, **more)


def merged(of_slice: object, report: Any) -> dict[str, Any]:
    """The index of all, with that of the slice and the report that lies there now."""
    reports = {PATH: report}
    return worsened(index(reports, NOW, 1000), {PLACE: of_slice}, reports)


def standing(of_slice: object, report: Any) -> str:
    (entry,) = [entry for entry in merged(of_slice, report)["contracts"] if entry["path"] == PATH]
    return str(entry["standing"])


@pytest.mark.parametrize(("before", "now"), [(None, None), (EARLIER, None), (EARLIER, EARLIER), (EARLIER, LATER)])
@pytest.mark.parametrize("broke_off", [False, True])
def test_only_a_newer_report_makes_up_for_what_a_slice_could_not_judge(
    a_report: Any, before: str | None, now: str | None, *, broke_off: bool
) -> None:
    reports = [made and {**a_report(), "created": made} for made in (before, now)]
    of_slice = slice_of(reports[0], broken_off=["a/access-report.json"] if broke_off else ())
    wanted = "unreadable" if not now else "inconclusive" if broke_off and now == EARLIER else "verified"
    assert standing(of_slice, reports[1]) == wanted


def test_a_report_of_before_an_index_that_knew_of_none_proves_nothing(a_report: Any) -> None:
    assert standing(slice_of(None), {**a_report(), "created": EARLIER}) == "inconclusive"
    assert standing(slice_of(None), {**a_report(), "created": LATER}) == "verified"


def test_a_report_that_is_older_than_the_one_that_the_slice_had_proves_nothing(a_report: Any) -> None:
    of_slice = slice_of({**a_report(), "created": MADE})
    assert standing(of_slice, {**a_report(), "created": EARLIER}) == "inconclusive"


def test_what_a_slice_doubts_of_a_report_is_doubted(a_report: Any) -> None:
    """Its clock was behind, and by now the report is not ahead of any."""
    ahead = {**a_report(), "created": LATER}
    made = merged(slice_of(ahead), ahead)["contracts"][0]
    assert (made["standing"], "which is yet to come" in made["why"]) == ("inconclusive", True)


def test_how_old_a_report_may_be_is_for_the_index_of_all_to_say(a_report: Any) -> None:
    old = {**a_report(), "created": "2025-12-01T00:00:00+00:00"}
    of_slice = slice_of(old)
    assert of_slice["contracts"][0]["standing"] == "stale"
    assert standing(of_slice, old) == "verified"


@pytest.mark.parametrize("now", [None, EARLIER])
def test_a_violation_whose_report_is_gone_is_one(a_report: Any, a_check: Any, now: str | None) -> None:
    violated = {**a_report(a_check("role.read", "excess_access")), "created": MADE, "account_id": "123456789012"}
    report = now and {**a_report(), "created": now}
    made = merged(slice_of(violated), report)
    assert (made["verdict"], made["summary"]["violated"]) == ("violated", 1)
    assert "knows of " in made["contracts"][0]["why"]
    found = standings(made, {PATH: report})
    line = json.loads(log_lines(found, "now"))
    assert (line["exit_code"], line["readable"], line["role"]) == (3, False, "partner-exchange")
    assert "bucket_access_exit_code{} 3" in metrics(found)
    assert "violated" in index_page(made)


@pytest.mark.parametrize("taken", ["contract", "summary", "msg"])
def test_a_violation_that_is_no_entry_of_an_index_is_unreadable(a_report: Any, a_check: Any, taken: str) -> None:
    of_slice = slice_of({**a_report(a_check("role.read", "excess_access")), "created": MADE})
    del of_slice["contracts"][0][taken]
    assert standing(of_slice, None) == "unreadable"


@pytest.mark.parametrize("broken", [None, [], {}, {"contracts": 5}])
def test_an_index_that_cannot_be_read_is_unreadable(a_report: Any, broken: object) -> None:
    made = merged(broken, {**a_report(), "created": EARLIER})
    assert [(entry["path"], entry["standing"]) for entry in made["contracts"]] == [
        (PLACE, "unreadable"),
        (PATH, "verified"),
    ]
    assert "make it again" in index_page(made)


def test_reports_are_named_from_the_index_of_all_on(a_report: Any) -> None:
    of_slice = index({"a/r.json": None, "../b/r.json": a_report()}, NOW, 24)
    assert sorted(named({"1/x/i.json": of_slice, "../i.json": of_slice})) == [
        "../../b/r.json",
        "../a/r.json",
        "1/b/r.json",
        "1/x/a/r.json",
    ]


def test_the_later_of_two_reports_is_told_by_its_time_and_not_by_its_letters(a_report: Any) -> None:
    earlier = {**a_report(), "created": "2026-01-01T06:00:00+05:00"}
    later = {**a_report(), "created": "2026-01-01T02:00:00+00:00"}
    folders = {"1/a": "1", "2/a": "2"}
    made = index({"1/a": earlier, "2/a": later}, NOW, 1000, folders)
    assert {entry["path"]: entry["standing"] for entry in made["contracts"]} == {
        "1/a": "inconclusive",
        "2/a": "verified",
    }
