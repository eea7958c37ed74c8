# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result in words: a line for each check, a sentence for each verdict. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import NOT_TRIED
from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import way_in_of
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import READ

#: The words in which a scheduled job can tell the outcomes apart.
WORDS = {
    "pass": "pass",
    "missing_access": "missing access",
    "excess_access": "excess access",
    "inconclusive": "cannot tell",
}

#: What a probe saw.
SEEN = {"allowed": "allowed seen", "denied": "denied seen", "error": "an error seen", "not_tried": "not tried"}

#: How the configuration compares with the contract. Nothing is tried there, so nothing is allowed or denied.
COMPARED = {
    "pass": "as the contract says",
    "missing_access": "less than the contract says",
    "excess_access": "more than the contract says",
    "inconclusive": "not compared",
}

#: How many checks a line about waiting names.
MOST_NAMED = 4

Result = Mapping[str, Any]


def check_lines(result: Result) -> list[str]:
    """One check on one line, in columns."""
    width = max((len(check["id"]) for check in result["checks"]), default=0)
    return [check_line(check, width) for check in result["checks"]]


def check_line(check: Mapping[str, Any], width: int = 0) -> str:
    """One check, with cause and advice when it did not pass."""
    line = f"{WORDS[check['outcome']]:<14}  {check['id']:<{width}}  {question(check)}"
    return line if check["outcome"] == "pass" else f"{line}. {check['cause']} {check['advice']}".rstrip()


def question(check: Mapping[str, Any]) -> str:
    """What was asked, and what was found."""
    return f"{check['action']} on {check['resource']}: {_found(check)}"


def verdict_line(result: Result) -> str:
    """The verdict and the counts."""
    counts = ", ".join(f"{number} {WORDS[name]}" for name, number in result["summary"].items() if number)
    return f"verdict: {result['verdict']} ({counts}{left_out(result)})"


def verdict_sentence(result: Result) -> str:
    """The verdict; when it is not ``verified``, the findings by name and what to do about the first."""
    if result["verdict"] == "verified":
        return f"The access contract is verified: {result['summary']['pass']} checks passed{left_out(result)}."
    first = min((check for check in result["checks"] if check["outcome"] != "pass"), key=_urgency)
    return f"{_named(result)}. {first['cause']} {first['advice']}".rstrip()


def failing_verdict(result: Result, fail_on: Collection[str], require_enforcement: bool) -> str:
    """Why a run fails whose findings have been shown, each once; nothing where it does not fail."""
    if result["verdict"] in fail_on:
        return f"{_named(result)}: what was found, and what to do, stands above."
    if require_enforcement and result["enforced"] is not True:
        return not_enforced(result["enforced"])
    return ""


def waiting_line(seconds: float, answers: Mapping[str, str]) -> str:
    """What is waited for, with what AWS says of it so far, and for how long at most."""
    named = [f"{name} ({answer})" for name, answer in answers.items()]
    more = [f"{len(named) - MOST_NAMED} more"] if len(named) > MOST_NAMED else []
    return f"waiting for AWS to catch up, {round(seconds)} seconds at most: {', '.join(named[:MOST_NAMED] + more)}"


def left_out(result: Result) -> str:
    """What a verdict does not rest on: probes alone cannot try every action, and may not know where plain HTTP is."""
    asked = [check for check in result["checks"] if not _compares(check)]
    compared = len(asked) < len(result["checks"])
    over_plain_http = any(check["principal"] == "role over plain HTTP" for check in asked)
    unaudited = "" if compared else "; the configuration was not compared"
    unasked = "; nobody asked over plain HTTP" if asked and not over_plain_http else ""
    read = read_alone(result)
    return unaudited + unasked + (f"; nobody asked as {' or '.join(read)}, which was read" if read else "")


def read_alone(result: Result) -> list[str]:
    """Who may assume the role by what was read, and was not asked to."""
    tried = {check["id"] for check in result["checks"] if check["observed"] != NOT_TRIED}
    read = (check["id"] for check in result["checks"] if way_in_of(check["id"]))
    return [check.partition("@")[2] for check in read if way_in_of(check) not in tried]


def not_enforced(enforced: bool | None) -> str:
    """Why refusals cannot be shown here."""
    if enforced is False:
        return (
            "The endpoint lets a made-up access key in: it does not enforce IAM, so no refusal can be shown here and "
            "every one of them is inconclusive."
        )
    return "It could not be told whether the endpoint enforces IAM, so every refusal is inconclusive."


def _named(result: Result) -> str:
    """The verdict, with the checks that did not pass by their names."""
    named = [
        f"{WORDS[outcome]}: {', '.join(check['id'] for check in found)}"
        for outcome in ("missing_access", "excess_access", "inconclusive")
        for found in [[check for check in result["checks"] if check["outcome"] == outcome]]
        if found
    ]
    return f"The access contract is {result['verdict']} ({'; '.join(named)})"


def _found(check: Mapping[str, Any]) -> str:
    """What a probe saw, or how a part of the configuration compares."""
    if _compares(check):
        return COMPARED[check["outcome"]]
    return f"{check['expected']} expected, {SEEN[check['observed']]}"


def _compares(check: Mapping[str, Any]) -> bool:
    """Whether it is one of the audit's checks, which try nothing."""
    return bool(check["evidence"] == READ)


def _urgency(check: Mapping[str, Any]) -> int:
    """Findings before what could not be told."""
    return int(check["outcome"] == "inconclusive")
