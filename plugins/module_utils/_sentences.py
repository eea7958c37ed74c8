# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result in words: a line for each check, a sentence for each verdict. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: The words in which a scheduled job can tell the outcomes apart.
WORDS = {
    "pass": "pass",
    "missing_access": "missing access",
    "excess_access": "excess access",
    "inconclusive": "cannot tell",
}

Result = Mapping[str, Any]


def check_lines(result: Result) -> list[str]:
    """One check on one line, in columns."""
    width = max((len(check["id"]) for check in result["checks"]), default=0)
    return [check_line(check, width) for check in result["checks"]]


def check_line(check: Mapping[str, Any], width: int = 0) -> str:
    """One check, with cause and advice when it did not pass."""
    line = (
        f"{WORDS[check['outcome']]:<14}  {check['id']:<{width}}  {check['action']} on {check['resource']}: "
        f"{check['expected']} expected, {check['observed'].replace('_', ' ')} seen"
    )
    return line if check["outcome"] == "pass" else f"{line}. {check['cause']} {check['advice']}".rstrip()


def verdict_line(result: Result) -> str:
    """The verdict and the counts."""
    counts = ", ".join(f"{number} {WORDS[name]}" for name, number in result["summary"].items() if number)
    return f"verdict: {result['verdict']} ({counts}{unaudited(result)})"


def verdict_sentence(result: Result) -> str:
    """The verdict; when it is not ``verified``, the findings by name and what to do about the first."""
    if result["verdict"] == "verified":
        return f"The access contract is verified: {result['summary']['pass']} checks passed{unaudited(result)}."
    named = [
        f"{WORDS[outcome]}: {', '.join(check['id'] for check in found)}"
        for outcome in ("missing_access", "excess_access", "inconclusive")
        for found in [[check for check in result["checks"] if check["outcome"] == outcome]]
        if found
    ]
    first = min((check for check in result["checks"] if check["outcome"] != "pass"), key=_urgency)
    return f"The access contract is {result['verdict']} ({'; '.join(named)}). {first['cause']} {first['advice']}"


def unaudited(result: Result) -> str:
    """What to add to a verdict that probes alone have reached: they cannot try every action of AWS."""
    audited = any(check["id"].startswith("config.") for check in result["checks"])
    return "" if audited else "; the configuration was not compared"


def not_enforced(enforced: bool | None) -> str:
    """Why refusals cannot be shown here."""
    if enforced is False:
        return (
            "The endpoint lets a made-up access key in: it does not enforce IAM, so no refusal can be shown here and "
            "every one of them is inconclusive."
        )
    return "It could not be told whether the endpoint enforces IAM, so every refusal is inconclusive."


def _urgency(check: Mapping[str, Any]) -> int:
    """Findings before what could not be told."""
    return int(check["outcome"] == "inconclusive")
