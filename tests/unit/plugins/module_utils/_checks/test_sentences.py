# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._checks.sentences import (
    check_line,
    check_lines,
    not_enforced,
    verdict_line,
    verdict_sentence,
    waiting_line,
)


def check(name: str, outcome: str, **more: Any) -> dict[str, Any]:
    standard = {
        "id": name,
        "principal": "role",
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::abc/*",
        "expected": "allowed",
        "observed": "allowed",
        "evidence": "asked",
        "outcome": outcome,
        "cause": f"Cause of {name}." if outcome != "pass" else "",
        "advice": f"Advice on {name}." if outcome != "pass" else "",
    }
    return {**standard, **more}


def result(verdict: str, *checks: dict[str, Any]) -> dict[str, Any]:
    outcomes = [item["outcome"] for item in checks]
    names = ("pass", "missing_access", "excess_access", "inconclusive")
    return {"verdict": verdict, "checks": checks, "summary": {name: outcomes.count(name) for name in names}}


LINES = [
    (
        check("role.read", "pass"),
        "pass            role.read  s3:GetObject on arn:aws:s3:::abc/*: allowed expected, allowed seen",
    ),
    (
        check("role.read", "missing_access", observed="denied"),
        "missing access  role.read  s3:GetObject on arn:aws:s3:::abc/*: allowed expected, denied seen. "
        "Cause of role.read. Advice on role.read.",
    ),
    (
        check("role.read", "excess_access", expected="denied"),
        "excess access   role.read  s3:GetObject on arn:aws:s3:::abc/*: denied expected, allowed seen. "
        "Cause of role.read. Advice on role.read.",
    ),
    (
        check("role.read", "inconclusive", observed="not_tried", advice=""),
        "cannot tell     role.read  s3:GetObject on arn:aws:s3:::abc/*: allowed expected, not tried. "
        "Cause of role.read.",
    ),
    (
        check("role.read", "inconclusive", observed="error", advice=""),
        "cannot tell     role.read  s3:GetObject on arn:aws:s3:::abc/*: allowed expected, an error seen. "
        "Cause of role.read.",
    ),
]

TRUST = {"evidence": "read", "action": "iam:GetRole", "resource": "partner-exchange"}

#: The audit tries nothing, so its lines do not speak of what was allowed.
COMPARISONS = [
    (
        check("config.role.trust", "pass", **TRUST),
        "pass            config.role.trust  iam:GetRole on partner-exchange: as the contract says",
    ),
    (
        check("config.role.trust", "missing_access", observed="denied", **TRUST),
        "missing access  config.role.trust  iam:GetRole on partner-exchange: less than the contract says. "
        "Cause of config.role.trust. Advice on config.role.trust.",
    ),
    (
        check("config.role.trust", "excess_access", expected="denied", **TRUST),
        "excess access   config.role.trust  iam:GetRole on partner-exchange: more than the contract says. "
        "Cause of config.role.trust. Advice on config.role.trust.",
    ),
    (
        check("config.role.trust", "inconclusive", observed="error", **TRUST),
        "cannot tell     config.role.trust  iam:GetRole on partner-exchange: not compared. "
        "Cause of config.role.trust. Advice on config.role.trust.",
    ),
]


@pytest.mark.parametrize(("item", "line"), LINES + COMPARISONS)
def test_a_check_is_one_line(item: dict[str, Any], line: str) -> None:
    assert check_line(item) == line


def test_the_lines_stand_in_columns() -> None:
    short, long = check_lines(result("verified", check("a", "pass"), check("role.bucket_policy", "pass")))
    assert short.index("s3:GetObject") == long.index("s3:GetObject")


def test_no_checks_are_no_lines() -> None:
    assert check_lines(result("inconclusive")) == []


def test_the_verdict_line_counts_what_there_is() -> None:
    checks = [check("a", "pass"), check("b", "pass"), check("c", "inconclusive")]
    assert (
        verdict_line(result("inconclusive", *checks))
        == "verdict: inconclusive (2 pass, 1 cannot tell; the configuration was not compared; "
        "nobody asked over plain HTTP)"
    )


def test_a_verified_contract_needs_one_sentence() -> None:
    assert verdict_sentence(result("verified", check("a", "pass"), check("b", "pass"))) == (
        "The access contract is verified: 2 checks passed; the configuration was not compared; nobody asked over plain "
        "HTTP."
    )


LEFT_OUT = [
    ([{"evidence": "read"}], ""),
    ([{"evidence": "read"}, {}], "; nobody asked over plain HTTP"),
    ([{"evidence": "read"}, {"principal": "role over plain HTTP"}], ""),
    ([{"principal": "role over plain HTTP", "observed": "not_tried"}], "; the configuration was not compared"),
    ([], "; the configuration was not compared"),
]


@pytest.mark.parametrize(("checks", "note"), LEFT_OUT)
def test_a_verdict_says_what_it_rests_on(checks: list[dict[str, Any]], note: str) -> None:
    said = result("verified", *(check(f"c{number}", "pass", **more) for number, more in enumerate(checks)))
    assert verdict_line({**said, "summary": {"pass": 1}}) == f"verdict: verified (1 pass{note})"


def test_findings_are_named_by_kind_and_the_first_one_is_explained() -> None:
    checks = [
        check("a", "pass"),
        check("b", "inconclusive"),
        check("c", "excess_access"),
        check("d", "missing_access"),
        check("e", "missing_access"),
    ]
    assert verdict_sentence(result("violated", *checks)) == (
        "The access contract is violated (missing access: d, e; excess access: c; cannot tell: b). "
        "Cause of c. Advice on c."
    )


def test_an_inconclusive_contract_says_what_could_not_be_told() -> None:
    assert verdict_sentence(result("inconclusive", check("a", "pass"), check("b", "inconclusive"))) == (
        "The access contract is inconclusive (cannot tell: b). Cause of b. Advice on b."
    )


def test_an_endpoint_that_takes_anybody_is_told_from_one_that_could_not_be_judged() -> None:
    assert not_enforced(False) == (
        "The endpoint lets a made-up access key in: it does not enforce IAM, so no refusal can be shown here and "
        "every one of them is inconclusive."
    )
    assert not_enforced(None) == (
        "It could not be told whether the endpoint enforces IAM, so every refusal is inconclusive."
    )


def test_with_an_audit_and_plain_http_nothing_needs_to_be_added() -> None:
    plain = check("plain_http.read", "pass", principal="role over plain HTTP")
    checks = (check("a", "pass"), plain, check("config.role.trust", "pass", evidence="read"))
    assert verdict_line(result("verified", *checks)) == "verdict: verified (3 pass)"
    assert verdict_sentence(result("verified", *checks)) == "The access contract is verified: 3 checks passed."


def test_many_things_that_are_waited_for_are_counted() -> None:
    answers = dict.fromkeys(("role.list", "role.read", "role.write", "role.delete", "user.list", "user.read"), "denied")
    line = waiting_line(107.7, answers)
    assert line.startswith("waiting for AWS to catch up, 108 seconds at most: role.list (denied), role.read (denied), ")
    assert line.endswith(" role.delete (denied), 2 more")
