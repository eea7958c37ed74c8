# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._report.index import index, still_broken_off

#: One second after the reports of these tests were made.
NOW = datetime(2026, 1, 1, 0, 0, 2, tzinfo=timezone.utc)


def three(a_report: Any, a_check: Any) -> dict[str, Any]:
    return {
        "a/access-report.json": a_report(a_check("role.read")),
        "b/access-report.json": a_report(a_check("role.read", "inconclusive")),
        "c/access-report.json": a_report(a_check("role.read", "missing_access")),
    }


def test_findings_come_first_and_each_contract_is_counted(a_report: Any, a_check: Any) -> None:
    made = index({**three(a_report, a_check), "d/access-report.json": None}, NOW, 24)
    assert [(entry["path"][0], entry["standing"]) for entry in made["contracts"]] == [
        ("c", "violated"),
        ("d", "unreadable"),
        ("b", "inconclusive"),
        ("a", "verified"),
    ]
    assert made["summary"] == {"violated": 1, "unreadable": 1, "stale": 0, "inconclusive": 1, "verified": 1}
    assert made["created"] == "2026-01-01T00:00:02+00:00"


def test_an_entry_holds_the_verdict_and_no_checks(a_report: Any) -> None:
    (entry,) = index({"a/access-report.json": a_report()}, NOW, 24)["contracts"]
    taken = ["verdict", "enforced", "msg", "created", "contract", "summary"]
    assert list(entry) == ["path", "standing", *taken]
    assert {name: entry[name] for name in taken} == {name: a_report()[name] for name in taken}


VERDICTS = [
    ("", "inconclusive"),
    ("a", "verified"),
    ("ab", "inconclusive"),
    ("abc", "violated"),
    ("c", "violated"),
]


@pytest.mark.parametrize(("which", "verdict"), VERDICTS)
def test_the_verdict_is_verified_only_when_every_contract_is(
    a_report: Any, a_check: Any, which: str, verdict: str
) -> None:
    chosen = {path: report for path, report in three(a_report, a_check).items() if path[0] in which}
    assert index(chosen, NOW, 24)["verdict"] == verdict


@pytest.mark.parametrize("created", ["2025-12-30T00:00:00+00:00", "never", "2026-01-01T00:00:01"])
def test_a_verdict_that_is_old_or_without_a_date_proves_nothing(a_report: Any, created: str) -> None:
    made = index({"a/access-report.json": {**a_report(), "created": created}}, NOW, 24)
    assert (made["contracts"][0]["standing"], made["verdict"]) == ("stale", "inconclusive")


def test_a_violation_stays_one_however_old_it_is(a_report: Any, a_check: Any) -> None:
    late = NOW + timedelta(days=400)
    made = index(three(a_report, a_check), late, 24)
    assert [entry["standing"] for entry in made["contracts"]] == ["violated", "stale", "stale"]
    assert made["verdict"] == "violated"


def test_the_age_is_counted_in_hours(a_report: Any) -> None:
    report = {"a/access-report.json": a_report()}
    assert index(report, NOW + timedelta(hours=2), 1)["verdict"] == "inconclusive"
    assert index(report, NOW + timedelta(hours=2), 3)["verdict"] == "verified"


AHEAD = [
    ("2026-01-01T00:05:02+00:00", "verified"),
    ("2026-01-01T00:05:03+00:00", "inconclusive"),
    ("2026-01-01T01:05:02+01:00", "verified"),
    ("2099-01-01T00:00:00+00:00", "inconclusive"),
]


@pytest.mark.parametrize(("created", "standing"), AHEAD)
def test_a_report_from_the_future_is_not_verified_and_the_clock_is_named(
    a_report: Any, created: str, standing: str
) -> None:
    made = index({"a/access-report.json": {**a_report(), "created": created}}, NOW, 24)
    (entry,) = made["contracts"]
    assert (entry["standing"], made["verdict"]) == (standing, standing)
    assert (created in entry.get("why", ""), "clock" in entry.get("why", "")) == (standing != "verified",) * 2


def test_a_violation_from_the_future_is_one(a_report: Any, a_check: Any) -> None:
    report = {**a_report(a_check("role.read", "missing_access")), "created": "2099-01-01T00:00:00+00:00"}
    assert index({"a/access-report.json": report}, NOW, 24)["verdict"] == "violated"


def test_a_report_that_lies_in_two_folders_is_no_report_of_two_contracts(a_report: Any, a_check: Any) -> None:
    own = {**a_report(a_check("role.list")), "created": "2026-01-01T00:00:00+00:00"}
    made = index({"a/r.json": a_report(), "b/r.json": a_report(), "c/r.json": own}, NOW, 24)
    standings = {entry["path"][0]: (entry["standing"], entry.get("why", "")) for entry in made["contracts"]}
    why = "The same report lies at {}/r.json, too: verify the contract of each folder again."
    assert standings == {
        "a": ("inconclusive", why.format("b")),
        "b": ("inconclusive", why.format("a")),
        "c": ("verified", ""),
    }
    assert made["verdict"] == "inconclusive"


def test_a_violation_that_lies_in_two_folders_is_one(a_report: Any, a_check: Any) -> None:
    violated = a_report(a_check("role.read", "missing_access"))
    assert index({"a/r.json": violated, "b/r.json": violated}, NOW, 24)["verdict"] == "violated"


USER, SESSION = "arn:aws:iam::123456789012:user", "arn:aws:sts::123456789012:assumed-role"
MADE_AS = [
    (f"{USER}/partner", f"{SESSION}/partner-exchange/x", None),
    (f"{USER}/team/partner", f"{SESSION}/partner-exchange/x", None),
    (f"{USER}/other", f"{SESSION}/partner-exchange/x", f"{USER}/other"),
    (f"{USER}/partner/other", f"{SESSION}/partner-exchange/x", f"{USER}/partner/other"),
    (f"{USER}/partner", f"{SESSION}/decoy/partner-exchange", f"{SESSION}/decoy/partner-exchange"),
    (f"{USER}/partner", f"{USER}/partner-exchange", f"{USER}/partner-exchange"),
    ("partner", f"{SESSION}/partner-exchange/x", "partner"),
    (None, f"{SESSION}/partner-exchange/x", "None"),
    (f"{USER}/partner", None, "None"),
]


@pytest.mark.parametrize(("caller", "session", "named"), MADE_AS)
def test_a_report_of_another_contract_is_not_verified_and_says_whose_it_is(
    a_report: Any, caller: str | None, session: str | None, named: str | None
) -> None:
    report = a_report(caller={"arn": caller}, session={"arn": session})
    made = index({"a/access-report.json": report}, NOW, 24)
    (entry,) = made["contracts"]
    assert made["verdict"] == entry["standing"] == ("inconclusive" if named else "verified")
    assert named is None or f"made as {named}, and its contract's" in entry["why"]


def test_what_is_out_of_date_says_so(a_report: Any) -> None:
    (entry,) = index({"a/access-report.json": a_report()}, NOW + timedelta(hours=2), 1.5)["contracts"]
    assert entry["why"] == "A report proves nothing after 1.5 hours: verify again."


def test_an_entry_says_in_which_account_its_contract_is(a_report: Any) -> None:
    where = {"account_id": "123456789012", "partition": "aws", "region": "eu-central-1"}
    (entry,) = index({"a/access-report.json": {**a_report(), **where}}, NOW, 24)["contracts"]
    assert {name: entry[name] for name in where} == where


def at(a_report: Any, created: str, *checks: Any) -> Any:
    return {**a_report(*checks), "created": f"2026-01-01T00:00:0{created}+00:00"}


FOLDERS = {"1/a/r.json": "1", "2/a/r.json": "2"}


@pytest.mark.parametrize(("one", "two", "older", "newer"), [("0", "1", 1, 2), ("1", "0", 2, 1)])
def test_of_one_contract_in_two_slices_the_newer_report_tells(
    a_report: Any, one: str, two: str, older: int, newer: int
) -> None:
    reports = {"1/a/r.json": at(a_report, one), "2/a/r.json": at(a_report, two)}
    made = index(reports, NOW, 24, FOLDERS)
    standings = {entry["path"]: (entry["standing"], entry.get("why")) for entry in made["contracts"]}
    assert standings == {
        f"{newer}/a/r.json": ("verified", None),
        f"{older}/a/r.json": (
            "inconclusive",
            f"A newer report of the same contract lies at {newer}/a/r.json: remove this one.",
        ),
    }
    assert made["verdict"] == "inconclusive"


def test_contracts_of_two_slices_are_one_index(a_report: Any) -> None:
    other = {**at(a_report, "1"), "account_id": "999999999999"}
    assert index({"1/a/r.json": at(a_report, "0"), "2/a/r.json": other}, NOW, 24, FOLDERS)["verdict"] == "verified"


def test_a_violation_in_one_slice_is_one_whatever_another_says_later(a_report: Any, a_check: Any) -> None:
    violated = at(a_report, "0", a_check("role.read", "missing_access"))
    made = index({"1/a/r.json": violated, "2/a/r.json": at(a_report, "1")}, NOW, 24, FOLDERS)
    assert made["verdict"] == "violated"
    assert made["summary"]["verified"] == 1


def test_a_report_before_a_verification_that_broke_off_is_not_verified_and_says_so(a_report: Any, a_check: Any) -> None:
    paths = [f"{name}/access-report.json" for name in "abc"]
    made = index(three(a_report, a_check), NOW, 24, broken_off=[*paths, "gone/access-report.json"])
    (a,) = [entry for entry in made["contracts"] if entry["path"] == paths[0]]
    why = "After this report of 2026-01-01T00:00:01+00:00 a verification has reached no verdict: see why, and verify "
    assert (a["standing"], a["why"]) == ("inconclusive", f"{why}again.")
    assert {entry["path"][0]: entry["standing"] for entry in made["contracts"]} == {
        "a": "inconclusive",
        "b": "inconclusive",
        "c": "violated",
    }


def test_it_is_not_verified_until_it_has_a_newer_report(a_report: Any) -> None:
    reports = {"a/r.json": a_report(), "b/r.json": {**a_report(), "created": "2026-01-01T00:00:00+00:00"}}
    before = index(reports, NOW, 24, broken_off=["a/r.json"])
    assert still_broken_off(before, reports) == {"a/r.json"}
    newer = {**a_report(), "created": "2026-01-01T00:00:02+00:00"}
    assert still_broken_off(before, {**reports, "a/r.json": newer}) == set()
    assert still_broken_off(before, {"b/r.json": reports["b/r.json"]}) == set()


@pytest.mark.parametrize("before", [None, [], {}, {"contracts": 5}, {"contracts": [5, {}, {"path": []}]}])
def test_an_index_that_nobody_wrote_knows_of_nothing(a_report: Any, before: object) -> None:
    assert still_broken_off(before, {"a/r.json": a_report()}) == set()
