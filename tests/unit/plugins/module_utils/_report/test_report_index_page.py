# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import datetime, timezone
import re
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._report.index import index
from ansible_collections.assumerole.s3.plugins.module_utils._report.index_page import counts_in_words, index_page

NOW = datetime(2026, 1, 1, 0, 0, 2, tzinfo=timezone.utc)
HOSTILE = "\"'><script>alert(1)</script>"


def made_of(reports: dict[str, Any]) -> dict[str, Any]:
    return index(reports, NOW, 24)


def test_the_counts_are_one_sentence(a_report: Any, a_check: Any) -> None:
    reports = {
        "a/access-report.json": a_report(),
        "b/access-report.json": {**a_report(), "created": "2026-01-01T00:00:00+00:00"},
        "c/access-report.json": a_report(a_check("role.read", "excess_access")),
        "d/access-report.json": None,
        "e/access-report.json": {**a_report(), "created": "2020-01-01T00:00:00+00:00"},
    }
    assert counts_in_words(made_of(reports)) == "Of 5: 1 violated, 1 unreadable, 1 out of date, 2 verified."
    assert counts_in_words(made_of({})) == "No report was found."


def test_each_contract_leads_to_its_report(a_report: Any) -> None:
    paths = ["access-report.json", "a/access-report.json", "javascript:x/a b%/access-report.json"]
    page = index_page(made_of({path: a_report() for path in paths}))
    assert sorted(re.findall(r'<a href="([^"]*)"', page)) == [
        "./a/access-report.html",
        "./access-report.html",
        "./javascript%3Ax/a%20b%25/access-report.html",
    ]


def test_a_contract_without_a_user_is_somebody_elses_who_is_named(a_report: Any) -> None:
    theirs = {"kind": "arn", "name": "arn:aws:iam::210987654321:role/theirs", "label": "210987654321:role/theirs"}
    report = a_report()
    contract = {**report["contract"], "user": "", "trusted": [theirs]}
    page = index_page(made_of({"access-report.json": {**report, "contract": contract}}))
    assert f"<p>210987654321:role/theirs through the role {contract['role']}" in page


def test_a_finding_says_what_was_found_and_a_verified_contract_does_not_repeat_itself(
    a_report: Any, a_check: Any
) -> None:
    bad = a_report(a_check("role.read", "missing_access"), msg="The one thing to do.")
    fine = a_report(msg="All is well.")
    page = index_page(made_of({"a/access-report.json": bad, "b/access-report.json": fine}))
    assert "The one thing to do." in page
    assert "All is well." not in page
    assert "1 missing access. Made 2026-01-01 00:00:01 UTC, violated." in page


def test_hostile_names_are_text(a_report: Any, a_check: Any, a_contract: Any) -> None:
    about = a_contract(user=HOSTILE, role=HOSTILE, bucket=HOSTILE)
    bad = a_report(a_check("x", "excess_access"), about=about, msg=HOSTILE)
    page = index_page(made_of({f"{HOSTILE}/access-report.json": {**bad, "created": HOSTILE}, f"{HOSTILE}/x": None}))
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 6


def test_an_empty_folder_is_no_success(a_report: Any) -> None:
    page = index_page(made_of({}))
    assert "<strong>Inconclusive. </strong>" in page
    assert "No folder below this one holds an access-report.json." in page


def test_why_a_report_does_not_count_is_said_in_the_place_of_its_verdict(a_report: Any) -> None:
    early = {**a_report(msg="All is well."), "created": "2099-01-01T00:00:00+00:00"}
    page = index_page(made_of({"a/access-report.json": early}))
    assert "which is yet to come" in page
    assert "All is well." not in page


def test_many_contracts_are_folded_by_how_they_stand_and_only_what_is_verified_is_closed(
    a_report: Any, a_check: Any
) -> None:
    wrong = {f"w{number}/access-report.json": a_report(a_check("role.read", "missing_access")) for number in range(2)}
    fine = {f"f{number}/access-report.json": a_report(msg=str(number)) for number in range(19)}
    page = index_page(made_of({**fine, **wrong}))
    assert re.findall(r"<details[^>]*>", page) == ['<details id="violated" open="open">', '<details id="verified">']
    assert re.findall(r'class="count">([0-9]+)<', page) == ["2", "19"]
    assert page.count('<a href="./') == 21
    assert "<details" not in index_page(made_of({**fine, "w/access-report.json": a_report()}))


def fleet(a_report: Any, a_contract: Any, *outcomes: Any, number: int = 30) -> str:
    """The page of so many contracts in two accounts, whose folders and buckets are in opposite orders."""
    reports = {}
    for one in range(number):
        about = a_contract(bucket=f"bucket-{one:03}", prefix="")
        report = {**a_report(*outcomes, about=about, msg="What is wrong."), "account_id": "12"[one % 2] * 12}
        reports[f"{number - one:03}/access-report.json"] = report
    return index_page(made_of(reports))


def test_many_of_one_standing_are_a_closed_table_in_the_order_of_accounts_and_names(
    a_report: Any, a_check: Any, a_contract: Any
) -> None:
    page = fleet(a_report, a_contract, a_check("role.read", "inconclusive"))
    assert re.findall(r"<details[^>]*>", page) == ['<details id="inconclusive">']
    assert re.findall(r'<th scope="col">([^<]*)</th>', page) == ["Contract", "Account", "Verdict", "Made"]
    rows = re.findall(r'<th scope="row"><a href="[^"]*">(bucket-[0-9]+)</a>.*?<td data-column="Account">([12])', page)
    assert rows == sorted(rows, key=lambda row: (row[1], row[0]))
    assert len(rows) == 30
    assert page.count('<p class="said">What is wrong.</p>') == 30
    assert page.count('<td data-column="Verdict">inconclusive: 1 cannot tell') == 30
    assert page.count('<td data-column="Made">2026-01-01 00:00:01 UTC</td>') == 30


def test_a_table_of_few_that_are_wrong_is_open(a_report: Any, a_check: Any, a_contract: Any) -> None:
    page = fleet(a_report, a_contract, number=21)
    assert '<details id="verified">' in page
    wrong = {f"{one}/access-report.json": None for one in range(20)}
    few = index_page(made_of({**wrong, "fine/access-report.json": a_report()}))
    assert re.findall(r"<details[^>]*>", few) == ['<details id="unreadable" open="open">', '<details id="verified">']
    assert few.count("This file cannot be read as a report. Verify again.") == 20
    more = index_page(made_of({**wrong, "another/access-report.json": None, "fine/access-report.json": a_report()}))
    assert '<details id="unreadable">' in more


def test_a_table_is_read_without_its_looks(a_report: Any, a_contract: Any) -> None:
    """It has a caption and heads of rows and columns, and no script."""
    page = fleet(a_report, a_contract)
    assert '<caption class="unseen">Contracts that are verified, by account and name</caption>' in page
    assert page.count('<th scope="row">') == 30
    assert "<script" not in page
