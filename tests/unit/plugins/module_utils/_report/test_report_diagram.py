# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import CATALOGUE
from ansible_collections.assumerole.s3.plugins.module_utils._report.diagram import (
    LABELS,
    ORDER,
    TIPS,
    Node,
    by_state,
    diagram,
    drawing,
)
from ansible_collections.assumerole.s3.plugins.module_utils._report.states import (
    EXCESS,
    MISSING,
    REFUSED,
    STATES,
    WORKS,
)

NOTHING = "From the user through the role to the bucket."


def described(report: dict[str, Any]) -> str:
    return (Xml.fromstring(diagram(report)).get("aria-label") or "").removeprefix(NOTHING).strip()


def texts(made: str, name: str) -> list[str]:
    """What stands in the elements of a class."""
    return ["".join(part.itertext()) for part in Xml.fromstring(made).iter() if part.get("class") == name]


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


def test_every_edge_of_the_catalogue_has_its_place() -> None:
    assert {row.edge.label for row in CATALOGUE.values() if row.edge} == set(LABELS)


def test_what_was_not_asked_is_not_drawn(a_report: Any, a_check: Any) -> None:
    assert described(a_report(a_check("role.read"))) == "The role: read: works."
    assert 'class="past"' not in diagram(a_report(a_check("role.read")))


def test_an_edge_is_drawn_as_it_is(a_report: Any, a_check: Any) -> None:
    made = Xml.fromstring(diagram(a_report(a_check("role.read", "missing_access"))))
    assert [edge.get("class") for edge in made.iter("path")] == ["edge missing", "tip missing"]
    assert [use.get("href") for use in made.iter("use")] == ["#mark-missing"]


def test_the_account_s_list_of_buckets_is_no_way_to_the_bucket(a_report: Any, a_check: Any) -> None:
    assert described(a_report(a_check("user.list_buckets", "excess_access", action="s3:ListAllMyBuckets"))) == ""


@pytest.mark.parametrize("length", [1, 64, 1024])
def test_a_long_name_is_shown_whole(a_report: Any, a_contract: Any, length: int) -> None:
    name = "a" * (length - 1) + "z"
    made = diagram(a_report(about=a_contract(user=name, role=name, bucket=name, prefix=f"{name}/")))
    assert texts(made, "name") == [name] * 3
    assert texts(made, "limit") == [f"below {name}/"]


def test_who_comes_past_the_role_has_a_place(a_report: Any, a_check: Any) -> None:
    checks = [a_check(f"{who}.read", expected="denied") for who in ("user", "anonymous", "plain_http")]
    made = diagram(a_report(*checks))
    assert texts(made, "box")[3:] == ["Userwithout the role", "Anybodywithout a key", "Roleover plain HTTP"]
    assert texts(made, "words") == ["refused"] * 3


def test_ways_of_one_state_share_an_arrow_and_what_works_comes_first(a_report: Any, a_check: Any) -> None:
    checks = [a_check("role.list"), a_check("role.read", "missing_access"), a_check("role.write")]
    assert texts(diagram(a_report(*checks)), "words") == ["list, writeworks", "readmissing"]


ARRIVES = [
    ("pass", "allowed", [TIPS["down"][0]]),
    ("excess_access", "denied", [TIPS["down"][0]]),
    ("pass", "denied", [TIPS["down"][1]]),
    ("missing_access", "allowed", [TIPS["down"][1]]),
    ("inconclusive", "allowed", []),
]


@pytest.mark.parametrize(("outcome", "expected", "tips"), ARRIVES)
def test_what_works_arrives_and_what_is_refused_ends_at_a_bar(
    a_report: Any, a_check: Any, outcome: str, expected: str, tips: list[str]
) -> None:
    made = Xml.fromstring(diagram(a_report(a_check("role.read", outcome, expected=expected))))
    assert [path.get("d") for path in made.iter("path") if str(path.get("class")).startswith("tip ")] == tips


def test_a_key_that_encrypts_stands_with_the_bucket(a_report: Any, a_check: Any) -> None:
    report = a_report(a_check("role.key.write"), a_check("role.key.upload"), a_check("role.key.read", "missing_access"))
    report["contract"] |= {"kms_key": "arn:aws:kms:eu-central-1:123456789012:key/1234abcd", "prefix": "team/"}
    made = diagram(report)
    assert texts(made, "limit") == ["below team/, encrypted by 1234abcd"]
    assert texts(made, "words") == ["encryptworks", "decryptmissing"]
    assert described(report) == "The role encrypts by the key: works. The role decrypts by the key: missing."


def test_several_principals_and_places_share_a_frame_and_each_says_what_works_there() -> None:
    users = [Node("User", "one", {"assume": WORKS}), Node("Service", "two", {"assume": REFUSED})]
    places = [
        Node("Bucket", "here", {"list": WORKS, "read": WORKS}),
        Node("Bucket", "there", {"read": WORKS, "write": MISSING}, "below team/"),
        Node("Bucket", "nowhere", {"delete": EXCESS}),
    ]
    made = drawing(users, Node("Role", "role"), places, {}, "")
    assert texts(made, "words") == [
        "assumeworks, 1 of 2",
        "assumerefused, 1 of 2",
        "list, readworks, 2 of 3",
        "writemissing, 1 of 3",
        "deleteexcess, 1 of 3",
    ]
    assert texts(made, "box") == [
        "Useroneassume: works",
        "Servicetwoassume: refused",
        "Rolerole",
        "Bucketherelist, read: works",
        "Buckettherebelow team/read: workswrite: missing",
        "Bucketnowheredelete: excess",
    ]
    assert made.count('class="group"') == 2


def test_the_states_stand_in_one_order() -> None:
    ways = {"list": MISSING, "read": WORKS, "write": EXCESS, "delete": WORKS}
    assert {state.name for state in ORDER} == {state.name for state in STATES}
    assert len(set(ORDER)) == len(ORDER) == len(STATES) + 1  # what was read holds, and nobody has seen it work
    assert by_state(ways) == {WORKS: ["read", "delete"], MISSING: ["list"], EXCESS: ["write"]}
