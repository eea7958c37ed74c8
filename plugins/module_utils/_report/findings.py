# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was found to be wrong, or could not be told: findings with one cause are one finding. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._checks.sentences import WORDS
from ansible_collections.assumerole.s3.plugins.module_utils._report.html import Html, element
from ansible_collections.assumerole.s3.plugins.module_utils._report.statements import statement
from ansible_collections.assumerole.s3.plugins.module_utils._report.states import FINDINGS, STATES, mark

Check = Mapping[str, Any]
Finding = tuple[str, str, str]


def grouped(checks: list[Check]) -> dict[Finding, list[Check]]:
    """The checks that did not pass, by outcome, cause and advice: excess, missing, then what could not be told."""
    found: dict[Finding, list[Check]] = {}
    for check in checks:
        if check["outcome"] in FINDINGS:
            found.setdefault((check["outcome"], check["cause"], check["advice"]), []).append(check)
    return dict(sorted(found.items(), key=lambda item: STATES.index(FINDINGS[item[0][0]])))


def findings(report: Mapping[str, Any]) -> Html:
    """The section; it says so when there is nothing to find."""
    found = grouped(report["checks"])
    items = [_item(finding, checks, report["contract"]) for finding, checks in found.items()]
    content = element("ol", *items, class_="findings") if items else element("p", "There are none: every check passed.")
    return element("section", element("h2", "Findings", id="findings"), content, aria_labelledby="findings")


def _item(finding: Finding, checks: list[Check], contract: Mapping[str, Any]) -> Html:
    outcome, cause, advice = finding
    shown = FINDINGS[outcome]
    heading = element("h3", mark(shown), element("span", WORDS[outcome].capitalize()))
    why = element("p", cause or "AWS does not say why.")
    todo = element("p", element("strong", "What to do: "), advice) if advice else ""
    seen = [element("li", statement(check, contract), " ", element("code", check["id"])) for check in checks]
    return element("li", heading, why, todo, element("p", _seen_by(outcome)), element("ul", *seen), class_=shown.name)


def _seen_by(outcome: str) -> str:
    return "These stay unproven:" if outcome == "inconclusive" else "These do not hold:"
