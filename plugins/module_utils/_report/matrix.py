# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what with objects, and where: the matrix of a report. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import known
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import PRINCIPALS
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import ROWS
from ansible_collections.assumerole.s3.plugins.module_utils._report.html import Html, element, joined
from ansible_collections.assumerole.s3.plugins.module_utils._report.statements import about_objects, place
from ansible_collections.assumerole.s3.plugins.module_utils._report.states import STATES, badge, mark, state

Check = Mapping[str, Any]
Row = tuple[str, str]

#: How many columns stand beside each other on a screen of any width.
USUAL = sum(row.usual for row in ROWS)


def cells(report: Mapping[str, Any]) -> dict[Row, dict[str, list[Check]]]:
    """The checks by principal and place, then by permission, in the order in which they were made."""
    found: dict[Row, dict[str, list[Check]]] = {}
    for check in filter(about_objects, report["checks"]):
        row = (check["principal"], place(check, report["contract"]))
        found.setdefault(row, {}).setdefault(known(check["id"]).permission, []).append(check)
    return found


def matrix(report: Mapping[str, Any]) -> Html:
    """The table, and what its marks mean. Where permissions are many, each cell names its own for a narrow screen."""
    found = cells(report)
    columns = [row.name for row in ROWS if row.usual or any(row.name in by for by in found.values())]
    heads = [element("th", name, scope="col") for name in columns]
    head = element("thead", element("tr", element("th", "Who, and where", scope="col"), *heads))
    many = len(columns) > USUAL
    rows = [_row(principal, where, row, columns, many) for (principal, where), row in found.items()]
    caption = element("caption", "What each may do with objects, as AWS answered", class_="unseen")
    return joined(
        element("table", caption, head, element("tbody", *rows), class_="matrix many" if many else "matrix"), _legend()
    )


def _row(principal: str, where: str, found: Mapping[str, list[Check]], columns: Iterable[str], many: bool) -> Html:
    who = element("th", PRINCIPALS.get(principal, principal).rstrip(","), element("small", where), scope="row")
    return element("tr", who, *(_cell(found.get(name), name if many else None) for name in columns))


def _cell(checks: list[Check] | None, permission: str | None) -> Html:
    if not checks:
        return element("td", element("span", "not asked", class_="unasked"), data_permission=permission)
    shown = state(checks)
    return element("td", badge(shown), class_=shown.name, data_permission=permission)


def _legend() -> Html:
    return element("dl", *_entries(STATES), class_="legend")


def _entries(states: Iterable[Any]) -> list[Html]:
    return [
        element("div", element("dt", mark(shown), element("span", shown.word)), element("dd", shown.meaning))
        for shown in states
    ]
