# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every check with its evidence, folded by what it is about. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import known
from ansible_collections.assumerole.s3.plugins.module_utils._report.html import Html, element
from ansible_collections.assumerole.s3.plugins.module_utils._report.states import mark, state

Check = Mapping[str, Any]


def by_group(checks: list[Check]) -> dict[str, list[Check]]:
    """The checks by what they are about, in the order in which they were made."""
    groups: dict[str, list[Check]] = {}
    for check in checks:
        groups.setdefault(known(check["id"]).group, []).append(check)
    return groups


def evidence(report: Mapping[str, Any]) -> Html:
    """The section."""
    groups = [_group(name, checks) for name, checks in by_group(report["checks"]).items()]
    intro = "When each question was asked last, how often, and the id under which AWS knows the request."
    heading = element("h2", "Evidence", id="evidence")
    return element("section", heading, element("p", intro), *groups, aria_labelledby="evidence")


def _group(name: str, checks: list[Check]) -> Html:
    passed = sum(check["outcome"] == "pass" for check in checks)
    count = element("span", f"{passed} of {len(checks)} passed", class_="count")
    summary = element("summary", mark(state(checks)), element("span", name), count)
    return element("details", summary, element("ul", *map(_check, checks), class_="checks"))


def _check(check: Check) -> Html:
    shown = state([check])
    title = element("p", mark(shown), element("code", check["id"]), element("span", shown.word), class_="title")
    facts = {
        "Question": f"{check['action']} on {check['resource']}",
        "Expected": check["expected"],
        "Seen": f"{check['observed'].replace('_', ' ')}, {_asked(check)}",
        "Answer": _answer(check["error"]),
        "Time": check["time"],
        "Request id": check["request_id"],
    }
    rows = [element("div", element("dt", name), element("dd", value)) for name, value in facts.items() if value]
    return element("li", title, element("dl", *rows))


def _asked(check: Check) -> str:
    times = "once" if check["attempts"] == 1 else f"{check['attempts']} times"
    return f"asked {times} in {check['elapsed_ms']} ms" if check["attempts"] else "never asked"


def _answer(error: Mapping[str, Any] | None) -> str:
    if not error:
        return ""
    status = f" (HTTP {error['status']})" if error["status"] else ""
    return f"{error['code']}{status}: {error['message']}"
