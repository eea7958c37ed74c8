# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report of several places: on the page, in the drawing, and in what is called after the contract."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as Xml

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._report.diagram import diagram
from ansible_collections.assumerole.s3.plugins.module_utils._report.junit import junit
from ansible_collections.assumerole.s3.plugins.module_utils._report.page import page
from ansible_collections.assumerole.s3.plugins.module_utils._report.places import buckets, named, places
from ansible_collections.assumerole.s3.plugins.module_utils._report.report import as_reported, is_report, other_contract
from ansible_collections.assumerole.s3.plugins.module_utils._report.statements import place, statement

GRANTS: list[dict[str, Any]] = [
    {"bucket": "abc", "prefix": "in/", "permissions": ["write", "locate"]},
    {"bucket": "abc", "prefix": "out/", "permissions": ["read"]},
    {"bucket": "xyz", "permissions": ["read"]},
]


def reported(*grants: dict[str, Any]) -> dict[str, Any]:
    return as_reported(Contract.of({"user": "u", "role": "r", "grants": grants or GRANTS}))


def several(a_report: Any, a_check: Any) -> dict[str, Any]:
    checks = [
        a_check("role.assume"),
        a_check("role.write@abc/in/"),
        a_check("role.read@abc/in/", expected="denied"),
        a_check("role.read@abc/out/", "missing_access"),
        a_check("role.read@xyz/"),
        a_check("role.locate@abc/"),
        a_check("role.locate@xyz/", expected="denied"),
        a_check("user.read@xyz/", expected="denied"),
        a_check("config.bucket.policy@abc/", principal="bucket", evidence="read"),
        a_check("config.bucket.policy@xyz/", principal="bucket", evidence="read"),
    ]
    made: dict[str, Any] = a_report(*checks, about=reported())
    return made


def test_a_report_lists_the_places_and_one_of_before_is_read(a_report: Any, a_contract: Any) -> None:
    assert [(item["bucket"], item["prefix"]) for item in reported()["grants"]] == [
        ("abc", "in/"),
        ("abc", "out/"),
        ("xyz", ""),
    ]
    before = {name: value for name, value in a_contract().items() if name != "grants"}
    assert is_report(a_report(about=before))
    assert [item["bucket"] for item in places(before)] == [before["bucket"]]


def test_a_contract_is_called_by_its_buckets() -> None:
    assert named(reported(GRANTS[0])) == "abc"
    assert named(reported(*GRANTS[:2])) == "abc"
    assert named(reported()) == "abc and 1 more bucket"
    assert named(reported(*GRANTS, {"bucket": "xy1"})) == "abc and 2 more buckets"
    assert buckets(reported()) == ["abc", "xyz"]


def test_a_contract_that_loses_a_place_is_still_itself() -> None:
    def old(*grants: dict[str, Any]) -> dict[str, Any]:
        return {"contract": reported(*grants)}

    assert other_contract(old(), old(GRANTS[2])) is None
    assert other_contract(old(), old({"bucket": "elsewhere"})) == "the role r on the bucket abc and 1 more bucket"


def test_each_place_says_itself_what_works_there(a_report: Any, a_check: Any) -> None:
    drawn = Xml.fromstring(diagram(several(a_report, a_check)))
    group = next(part for part in drawn.iter() if part.get("class") == "group")
    assert ["".join(box.itertext()) for box in group] == [
        "Bucketabcbelow in/write, locate: worksread: refused",
        "Bucketabcbelow out/locate: worksread: missing",
        "Bucketxyzread: workslocate: refused",
    ]
    label = drawn.get("aria-label") or ""
    assert label.startswith("From the user through the role to 3 places. The user assumes the role: works.")
    assert "abc/out/: locate: works; read: missing." in label
    assert "The role: read" not in label


def test_the_page_lists_every_place(a_report: Any, a_check: Any) -> None:
    shown = re.sub(r"<[^>]+>", " ", page(several(a_report, a_check)))
    for line in ("abc/in/: write, locate", "abc/out/: read", "xyz/: read"):
        assert line in shown
    assert "abc and 1 more bucket" in shown


def test_statements_name_the_place(a_check: Any) -> None:
    contract = reported()
    said = {
        "role.read@abc/in/": "The role can read below in/ in the bucket abc",
        "role.read@xyz/": "The role can read in the bucket xyz",
        "role.outside.read@abc/in/": "The role can read beside in/ in the bucket abc",
        "role.sibling.read@abc/sales/": "The role can read below sales/ in the bucket abc, which is another contract's",
        "role.locate@abc/": "The role can see the region of the bucket abc",
        "role.locate@internal": "The role can see the region of the bucket internal",
        "role.read@internal": "The role can read in the bucket internal",
        "config.bucket.ownership@xyz/": "Access control lists are off (xyz)",
    }
    assert {name: statement(a_check(name, principal="role"), contract) for name in said} == said
    assert place(a_check("role.read"), {"prefix": "team/"}) == "below team/"


def test_no_two_checks_have_the_same_name(a_report: Any, a_check: Any) -> None:
    names = [case.get("name") for case in Xml.fromstring(junit(several(a_report, a_check))).iter("testcase")]
    assert len(names) == len(set(names))
