# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import CATALOGUE
from ansible_collections.assumerole.s3.plugins.module_utils._report.diagram import LINES, ROOM, diagram, fitting


def described(report: dict[str, Any]) -> str:
    return Xml.fromstring(diagram(report)).findtext("desc") or ""


def test_the_drawing_says_in_words_what_its_edges_show(a_report: Any, a_check: Any) -> None:
    checks = [
        a_check("role.assume"),
        a_check("role.read"),
        a_check("role.write", "missing_access"),
        a_check("user.read", expected="denied"),
        a_check("user.list", "excess_access", expected="denied"),
        a_check("anonymous.read", "inconclusive", expected="denied"),
    ]
    assert described(a_report(*checks)) == (
        "The user assumes the role: works. The role: read: works. The role: write: missing. The user alone: excess. "
        "Anybody: cannot tell."
    )


def test_every_edge_of_the_catalogue_has_its_line() -> None:
    assert {row.edge.label for row in CATALOGUE.values() if row.edge} == set(LINES)


def test_what_was_not_asked_is_not_drawn(a_report: Any, a_check: Any) -> None:
    assert described(a_report(a_check("role.read"))) == "The role: read: works."


def test_an_edge_is_drawn_as_it_is(a_report: Any, a_check: Any) -> None:
    made = Xml.fromstring(diagram(a_report(a_check("role.read", "missing_access"))))
    assert [edge.get("class") for edge in made.iter("path")] == ["edge missing", "tip missing"]
    assert [use.get("href") for use in made.iter("use")] == ["#mark-missing"]


def test_the_account_s_list_of_buckets_is_no_way_to_the_bucket(a_report: Any, a_check: Any) -> None:
    assert described(a_report(a_check("user.list_buckets", "excess_access", action="s3:ListAllMyBuckets"))) == ""


@pytest.mark.parametrize("length", [1, ROOM, ROOM + 1, 64])
def test_a_long_name_keeps_its_beginning_and_its_end(length: int) -> None:
    name = "a" * (length - 1) + "z"
    assert len(fitting(name)) == min(length, ROOM)
    assert fitting(name)[-1] == "z"


ARRIVES = [
    ("pass", "allowed", ["m-5 -8l5 8l5 -8"]),
    ("excess_access", "denied", ["m-5 -8l5 8l5 -8"]),
    ("pass", "denied", ["m-6 0h12"]),
    ("missing_access", "allowed", ["m-6 0h12"]),
    ("inconclusive", "allowed", []),
]


@pytest.mark.parametrize(("outcome", "expected", "tips"), ARRIVES)
def test_what_works_arrives_and_what_is_refused_ends_at_a_bar(
    a_report: Any, a_check: Any, outcome: str, expected: str, tips: list[str]
) -> None:
    made = Xml.fromstring(diagram(a_report(a_check("role.read", outcome, expected=expected))))
    found = [path.get("d", "") for path in made.iter("path") if str(path.get("class")).startswith("tip ")]
    assert [path[path.index("m") :] for path in found] == tips
