# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The survey of the account as people see it: in the page, in the index, and in a line each list."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._report.spoken import spoken
from ansible_collections.assumerole.s3.plugins.module_utils._report.who_else import (
    counted,
    found_in_words,
    problem,
    who_else,
)
from ansible_collections.assumerole.s3.tests.unit.plugins.module_utils._survey.surveyed import ACCOUNT
from ansible_collections.assumerole.s3.tests.unit.plugins.module_utils._survey.surveyed import finding as made_up


def finding(which: str = "reaches", **more: Any) -> dict[str, Any]:
    """Of a survey that does not know whom to expect."""
    return made_up(which, **{"expected": None, **more})


def survey(*findings: dict[str, Any], **more: Any) -> dict[str, Any]:
    usual = {
        "account_id": "123456789012",
        "partition": "aws",
        "counts": {"users": 3, "roles": 2, "access_points": 0},
        "findings": list(findings),
        "unread": [],
        "blind_spots": ["What root does."],
    }
    return {**usual, **more}


def test_nobody_surveyed_so_nothing_is_said() -> None:
    assert who_else({}) == ""
    assert not any("Who else" in line for line in spoken({"verdict": "verified", "summary": {}, "checks": []}))


def test_what_was_read_and_what_cannot_be_seen_is_said() -> None:
    page = who_else({"survey": survey(unread=["The policy of example was refused."])})
    assert "Read from the account 123456789012: 3 users, 2 roles." in page
    assert "The policy of example was refused." in page
    assert "What root does." in page
    assert page.count("none found") == 4


def test_a_finding_has_all_its_parts() -> None:
    hostile = finding(
        principal="<script>", conditions=["aws:PrincipalOrgID is o-a1"], certainty="under_conditions", proven="denied"
    )
    page = who_else({"survey": survey(hostile)})
    for text in (
        "&lt;script&gt;",
        "s3:GetObject, s3:PutObject",
        "aws:PrincipalOrgID is o-a1",
        "a real call was refused",
    ):
        assert text in page
    assert "<script>" not in page


def test_findings_are_folded_by_kind_and_the_surest_comes_first() -> None:
    many = [finding(principal=f"{ACCOUNT}:user/u{number:03}", kind="user") for number in range(500)]
    page = who_else({"survey": survey(finding(certainty="under_conditions"), *many)})
    assert page.count("<details") == 2
    assert page.index("500 certain") < page.index("u000")
    assert "500 certain, 1 under conditions" in page


@pytest.mark.parametrize(
    ("found", "marked"),
    [
        ({"expected": False}, "mark-excess"),
        ({"expected": False, "certainty": "under_conditions"}, "mark-unknown"),
        ({"expected": False, "proven": "denied"}, "mark-unknown"),
        ({"expected": False, "certainty": "under_conditions", "proven": "allowed"}, "mark-excess"),
        ({"expected": True}, None),
        ({"expected": None}, None),
    ],
)
def test_what_is_judged_is_marked(found: dict[str, Any], marked: str | None) -> None:
    page = who_else({"survey": survey(finding(**found))})
    assert [name for name in ("mark-excess", "mark-unknown") if name in page] == ([marked] if marked else [])


def test_a_principal_counts_once_as_what_is_surest_of_it() -> None:
    every = [finding(), finding(certainty="under_conditions", place="other/"), finding(certainty="can_grant_itself")]
    assert found_in_words(every) == "1 certain"


def test_what_a_session_showed_and_which_were_not_tried_is_said() -> None:
    other, reason = f"{ACCOUNT}:role/<b>", "no session could be opened (AccessDenied)"
    told = {"reaching": 2, "tried": [f"{ACCOUNT}:role/other"], "not_tried": {other: reason}}
    found = survey(finding(certainty="under_conditions", proven="allowed"), sessions=told)
    assert problem(found) is None
    page = who_else({"survey": found})
    assert "Sessions of the roles that reach the places: 1 of 2 tried." in page
    assert f"{ACCOUNT}:role/&lt;b&gt;: {reason}." in page
    assert "proven by a session" in page
    lines = spoken({"verdict": "verified", "summary": {}, "checks": [], "survey": found})
    assert "  Sessions of the roles that reach the places: 1 of 2 tried" in lines
    assert not any("Sessions" in line for line in [who_else({"survey": survey(finding())})])


@pytest.mark.parametrize(
    ("doors", "words"),
    [
        ({"found": 60, "to_try": 50, "tried": 49}, "49 of 60 tried, 50 at most"),
        ({"found": 3, "to_try": 3, "tried": 0}, "0 of 3 tried"),
        ({"found": 0, "to_try": 0, "tried": 0}, ""),
    ],
)
def test_how_many_of_the_other_roles_were_tried_is_said(doors: dict[str, int], words: str) -> None:
    found = survey(finding(), doors=doors)
    assert problem(found) is None
    said = f"Other roles that may let the user in: {words}"
    lines = spoken({"verdict": "verified", "summary": {}, "checks": [], "survey": found})
    assert (f"  {said}" in lines) is bool(words)
    assert (f"{said}." in who_else({"survey": found})) is bool(words)
    assert "Other roles" not in who_else({"survey": survey(finding())})


def test_the_index_counts() -> None:
    found = survey(finding(expected=False), finding(certainty="under_conditions", expected=True), unread=["This."])
    assert counted(found) == {"certain": 1, "can_grant_itself": 0, "under_conditions": 1, "unexpected": 1, "unread": 1}


def test_each_list_has_a_line() -> None:
    lines = spoken({"verdict": "verified", "summary": {}, "checks": [], "survey": survey(finding(), unread=["That."])})
    assert "  Who reaches the contract's places: 1 certain" in lines
    assert "  Who gets into the role: none found" in lines
    assert "  not surveyed: That." in lines


@pytest.mark.parametrize(
    "broken",
    [
        [],
        {},
        survey(finding(certainty="harmless")),
        survey(finding(list="nothing")),
        survey(finding(expected="no")),
        survey(finding(actions="s3:GetObject")),
        survey({"list": "reaches"}),
        survey("reaches"),  # type: ignore[arg-type]
        survey(unread="all"),
        survey(doors={"found": 1, "to_try": 1}),
        survey(doors=[1]),
        survey(sessions=[]),
        survey(sessions={"reaching": 1, "tried": [], "not_tried": ["all"]}),
        {**survey(), "findings": None},
    ],
)
def test_a_survey_that_cannot_be_read_is_no_survey_that_found_nobody(broken: Any) -> None:
    assert problem(survey(finding())) is None
    assert str(problem(broken)).startswith("its survey ")
