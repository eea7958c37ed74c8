# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a survey finds of whom nobody knows, and what that means for the verdict."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._checks.check import Check
from ansible_collections.assumerole.s3.plugins.module_utils._checks.merge import merged
from ansible_collections.assumerole.s3.plugins.module_utils._checks.survey import (
    survey_checks,
    to_try,
    with_doors,
    with_expected,
    with_proofs,
    with_sessions,
)
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.tests.unit.plugins.module_utils._survey.surveyed import ACCOUNT, finding

CONTRACT = Contract.of({"user": "partner", "role": "partner-exchange", "bucket": "example-partner"})
Names = tuple[str, ...]

EXPECTED = (f"{ACCOUNT}:role/admin",)
LISTS = ("reaches", "enters", "becomes", "beyond")


def outcomes(*findings: dict[str, Any], unread: Names = (), expected: Names = EXPECTED) -> dict[str, str]:
    checks = judged(*findings, unread=unread, expected=expected)
    return {check["id"].removeprefix("survey."): check["outcome"] for check in checks}


def judged(*findings: dict[str, Any], unread: Names = (), expected: Names = EXPECTED) -> list[Check]:
    return survey_checks(with_expected({"findings": list(findings), "unread": list(unread)}, expected), CONTRACT)


def test_nobody_else_is_found() -> None:
    assert outcomes() == dict.fromkeys(LISTS, "pass")


def test_without_a_list_nobody_is_expected_or_not() -> None:
    assert with_expected({"findings": [finding()]}, ())["findings"][0]["expected"] is None


@pytest.mark.parametrize("which", LISTS)
@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        ({}, "excess_access"),
        ({"certainty": "under_conditions"}, "inconclusive"),
        ({"certainty": "can_grant_itself"}, "inconclusive"),
        ({"certainty": "under_conditions", "proven": "allowed"}, "excess_access"),
        ({"certainty": "can_grant_itself", "proven": "allowed"}, "excess_access"),
        ({"proven": "denied"}, "inconclusive"),
        ({"proven": "allowed"}, "excess_access"),
    ],
)
def test_what_a_finding_means(which: str, found: dict[str, Any], outcome: str) -> None:
    assert outcomes(finding(which, **found)) == {**dict.fromkeys(LISTS, "pass"), which: outcome}


def test_who_is_expected_is_no_finding_unless_it_is_beyond_the_contract() -> None:
    known = f"{ACCOUNT}:role/admin"
    found = outcomes(*(finding(which, principal=known) for which in LISTS))
    assert found == {**dict.fromkeys(LISTS, "pass"), "beyond": "excess_access"}


def test_anybody_is_never_expected() -> None:
    assert outcomes(finding(principal="*"), expected=(f"{ACCOUNT}:role/*",))["reaches"] == "excess_access"


def test_what_was_not_read_is_no_pass() -> None:
    unread = "iam:GetAccountAuthorizationDetails was refused."
    assert outcomes(unread=(unread,)) == dict.fromkeys(LISTS, "inconclusive")
    assert outcomes(finding(), unread=(unread,))["reaches"] == "excess_access"


def test_one_who_is_certain_outweighs_many_who_may() -> None:
    many = [finding(principal=f"{ACCOUNT}:role/r{number}", certainty="under_conditions") for number in range(9)]
    check = judged(*many, finding())[0]
    assert (check["outcome"], check["observed"], check["evidence"]) == ("excess_access", "allowed", "read")
    assert check["cause"] == (
        f"Nobody expects these to get to the contract's places, and they do: {ACCOUNT}:role/other."
    )


def test_many_are_counted() -> None:
    many = [finding(principal=f"{ACCOUNT}:role/r{number}", certainty="under_conditions") for number in range(9)]
    check = judged(*many)[0]
    assert check["cause"].endswith(f"{ACCOUNT}:role/r3 and 5 more.")


def test_what_is_beyond_the_contract_is_named_by_what_it_is() -> None:
    found = finding("beyond", principal=f"{ACCOUNT}:user/partner", place=f"{ACCOUNT}:role/door")
    check = judged(found)[3]
    assert f"{ACCOUNT}:role/door" in check["cause"]
    assert check["advice"]


def test_what_the_user_was_told_counts_more_than_what_was_read() -> None:
    user, door = f"{ACCOUNT}:user/partner", f"{ACCOUNT}:role/door"
    way = finding("beyond", principal=user, place=door, actions=["sts:AssumeRole"], certainty="under_conditions")
    survey = with_expected({"findings": [way, finding("beyond", principal=user)], "unread": []}, EXPECTED)
    surveyed = {"survey": survey, "checks": survey_checks(survey, CONTRACT)}
    assert to_try(survey, user) == [door]
    found = with_proofs(surveyed, {door: "allowed"}, user)
    assert found["survey"]["findings"][0]["proven"] == "allowed"
    assert door in found["checks"][3]["cause"]
    assert with_proofs(surveyed, {}, user)["survey"] == survey


def test_a_session_shows_the_action_that_it_asked_for_and_no_other() -> None:
    read, write = "s3:GetObject", "s3:PutObject"
    role, place = f"{ACCOUNT}:role/other", "example-partner/"
    found = finding(certainty="under_conditions", actions=[read, write])
    elsewhere = finding(certainty="under_conditions", place="example-partner/other/", actions=[write])
    survey = with_expected({"findings": [found, elsewhere], "unread": []}, EXPECTED)
    told = {"reaching": 1, "tried": [role], "not_tried": {}}
    seen = with_sessions(survey, {(role, place, write): "allowed"}, told)
    assert [(one["actions"], one["place"], one["proven"]) for one in seen["findings"]] == [
        ([read], place, None),
        ([write], place, "allowed"),
        ([write], "example-partner/other/", None),
    ]
    assert seen["sessions"] == told
    assert survey_checks(seen, CONTRACT)[0]["outcome"] == "excess_access"


@pytest.mark.parametrize("which", ["enters", "becomes", "beyond"])
def test_a_session_shows_nothing_of_another_list(which: str) -> None:
    found = finding(which)
    shown = {(found["principal"], found["place"], action): "denied" for action in found["actions"]}
    survey = with_expected({"findings": [found], "unread": []}, EXPECTED)
    assert with_sessions(survey, shown, {})["findings"] == survey["findings"]


def test_a_refused_session_makes_nobody_harmless() -> None:
    found = finding()
    shown = {(found["principal"], found["place"], action): "denied" for action in found["actions"]}
    seen = with_sessions(with_expected({"findings": [found], "unread": []}, EXPECTED), shown, {})
    assert survey_checks(seen, CONTRACT)[0]["outcome"] == "inconclusive"


def test_no_more_roles_are_tried_than_somebody_would_want() -> None:
    user = f"{ACCOUNT}:user/partner"
    ways = [
        finding("beyond", principal=user, place=f"{ACCOUNT}:role/r{n}", actions=["sts:AssumeRole"]) for n in range(60)
    ]
    perhaps = finding(
        "beyond", principal=user, place="perhaps", actions=["sts:AssumeRole"], certainty="under_conditions"
    )
    chosen = to_try({"findings": [*ways, perhaps]}, user)
    assert (len(chosen), chosen[0]) == (50, "perhaps")
    doors = with_doors({"findings": [*ways, perhaps, perhaps]}, user)["doors"]
    assert doors == {"found": 61, "to_try": 50, "tried": 0}
    assert with_doors({"findings": []}, user)["doors"] == {"found": 0, "to_try": 0, "tried": 0}


@pytest.mark.parametrize(
    ("enforced", "proven", "outcome", "tried"),
    [(True, "allowed", "excess_access", 1), (False, None, "inconclusive", 0), (None, None, "inconclusive", 0)],
)
def test_an_open_door_shows_nothing_where_nobody_is_refused(
    enforced: bool | None, proven: str | None, outcome: str, tried: int
) -> None:
    user, door = f"{ACCOUNT}:user/partner", f"{ACCOUNT}:role/door"
    way = finding("beyond", principal=user, place=door, actions=["sts:AssumeRole"], certainty="under_conditions")
    survey = with_doors(with_expected({"findings": [way], "unread": []}, EXPECTED), user)
    surveyed = {"survey": survey, "checks": survey_checks(survey, CONTRACT)}
    probed = {"checks": [], "leftovers": [], "enforced": enforced, "caller": {"arn": user}}
    found = merged({**probed, "tried_roles": {door: "allowed"}}, {}, surveyed=surveyed)
    assert found["survey"]["findings"][0]["proven"] == proven
    assert found["survey"]["doors"] == {"found": 1, "to_try": 1, "tried": tried}
    assert found["checks"][3]["outcome"] == outcome
