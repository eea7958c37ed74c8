# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way from the principals through the role to the places as a drawing, which shows what works and what not. Pure.

The drawing is made of elements with text in them, so a long name is wrapped, and it is as wide as there is room. Any
number of principals and places may stand in it: several share a frame, one arrow for each state leads there, and each
says itself what works there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import known, place_of
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import Edge
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import PERMISSIONS
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import KINDS
from ansible_collections.assumerole.s3.plugins.module_utils._report.conditions import in_words
from ansible_collections.assumerole.s3.plugins.module_utils._report.html import Html, element
from ansible_collections.assumerole.s3.plugins.module_utils._report.places import Place, places
from ansible_collections.assumerole.s3.plugins.module_utils._report.states import (
    EXCESS,
    HOLDS,
    MISSING,
    REFUSED,
    UNKNOWN,
    WORKS,
    State,
    mark,
    state,
)

Check = Mapping[str, Any]
Ways = Mapping[str, State]

#: The labels of the catalogue's edges, in the order in which they are drawn.
ASSUME = "assume"
#: Those that lead to the places past the role, each with who stands there, and how it comes.
PAST_THE_ROLE = {
    "user alone": ("User", "without the role"),
    "anybody": ("Anybody", "without a key"),
    "plain HTTP": ("Role", "over plain HTTP"),
    "another network": ("Role", "from another network"),
}
BY_THE_KEY = ("encrypt", "decrypt")
LABELS = (ASSUME, *PERMISSIONS, *BY_THE_KEY, *PAST_THE_ROLE)

#: What is as agreed first.
ORDER = (WORKS, HOLDS, REFUSED, UNKNOWN, MISSING, EXCESS)

#: How an arrow ends that arrives, and one that does not: a head and a bar, by where it leads.
TIPS = {
    "down": ("M7 49l5 7l5 -7", "M5 56h14"),
    "up": ("M7 8l5 -7l5 7", "M5 1h14"),
}


@dataclass(frozen=True)
class Node:
    """A principal or a place: what it is, its name, what limits it, and the state of each way there or from there."""

    kind: str
    name: str
    ways: Ways = field(default_factory=dict)
    limit: str = ""


def diagram(report: Mapping[str, Any]) -> Html:
    """The drawing of a report, with all that it shows in words for whoever does not see it."""
    asked = {edge: state(checks) for edge, checks in _asked(report["checks"])}
    ways = {edge.label: how for edge, how in asked.items()}
    contract = report["contract"]
    user = [Node("User", contract["user"], _of(ways, [ASSUME]))] if contract["user"] else []
    others = [_other(who, report["checks"]) for who in contract.get("trusted", [])]
    conditions = in_words(contract)
    each = places(contract)
    key = contract.get("kms_key", "").rpartition("/")[2]
    drawn = [_node(place, ways if len(each) == 1 else _ways_to(place, report["checks"]), key) for place in each]
    several = [] if len(each) == 1 else [_said(place, node) for place, node in zip(each, drawn, strict=True)]
    told = [
        f"{edge.sentence}: {how.word}." for edge, how in asked.items() if not several or edge.label not in PERMISSIONS
    ]
    return drawing(
        principals=[*user, *others],
        role=Node("Role", contract["role"], limit=f"only {'; '.join(conditions)}" if conditions else ""),
        places=drawn,
        past=_of(ways, PAST_THE_ROLE),
        words=" ".join([*map(_said_of, others), *told, *several]),
    )


def _node(place: Place, ways: Ways, key: str) -> Node:
    limits = [f"below {place['prefix']}" if place["prefix"] else "", f"encrypted by {key}" if key else ""]
    shown = (*PERMISSIONS, *BY_THE_KEY) if key else tuple(PERMISSIONS)
    return Node("Bucket", place["bucket"], _of(ways, shown), ", ".join(filter(None, limits)))


def _ways_to(place: Place, checks: list[Check]) -> Ways:
    """The ways to one of several places; what is about its whole bucket counts at each place in it."""
    here = ((place["bucket"], place["prefix"]), (place["bucket"], ""))
    mine = [check for check in checks if place_of(check["id"]) in here[: 1 + _is_whole(check)]]
    return {edge.label: state(its) for edge, its in _asked(mine)}


def _is_whole(check: Check) -> bool:
    permission = PERMISSIONS.get(known(check["id"]).permission)
    return permission is not None and permission.whole


def _said(place: Place, node: Node) -> str:
    ways = "; ".join(f"{', '.join(labels)}: {how.word}" for how, labels in by_state(node.ways).items())
    return f"{place['bucket']}/{place['prefix']}: {ways}."


def drawing(principals: Sequence[Node], role: Node, places: Sequence[Node], past: Ways, words: str) -> Html:
    """The principals above, the role in the middle, the places below, and beneath them who comes past the role."""
    return element(
        "div",
        _group(principals),
        _arrows(principals),
        _box(role),
        _arrows(places),
        _group(places),
        element("div", *(_past(label, how) for label, how in past.items()), class_="past") if past else "",
        class_="drawing",
        role="img",
        aria_label=f"From {whom(principals)} through the role to {_how_many(places)}. {words}".strip(),
    )


def whom(principals: Sequence[Node]) -> str:
    """Who stands above the role, in words."""
    return "the user" if [node.kind for node in principals] == ["User"] else "those who may assume it"


def _other(who: Mapping[str, Any], checks: list[Check]) -> Node:
    """Somebody beside the user: seen to get in, or, where nobody could ask, by what was read."""
    kind, label = KINDS[who["kind"]], who["label"]
    asked = [check for check in checks if check["id"] == f"{kind.way_in}@{label}"]
    read = [check for check in checks if check["id"] == f"{kind.reading}@{label}"]
    if asked:
        return Node(kind.words, label, {ASSUME: state(asked)})
    how = {WORKS: HOLDS}.get(state(read), state(read)) if read else UNKNOWN
    return Node(kind.words, label, {ASSUME: how}, "read in the trust policy, and nobody asked")


def _said_of(node: Node) -> str:
    return f"{node.name} assumes the role: {node.ways[ASSUME].word}{', as read' if node.limit else ''}."


def _how_many(places: Sequence[Node]) -> str:
    return "the bucket" if len(places) == 1 else f"{len(places)} places"


def _asked(checks: list[Check]) -> list[tuple[Edge, list[Check]]]:
    """The edges that were tried, each with its checks, in the order of :data:`LABELS`."""
    found: dict[Edge, list[Check]] = {}
    for check in checks:
        edge = known(check["id"]).edge
        if edge:
            found.setdefault(edge, []).append(check)
    return sorted(found.items(), key=lambda item: LABELS.index(item[0].label))


def _of(ways: Ways, labels: Iterable[str]) -> Ways:
    return {label: ways[label] for label in labels if label in ways}


def by_state(ways: Ways) -> dict[State, list[str]]:
    """The ways by how they are: what works first, then what does not."""
    met = {how: [label for label, state_ in ways.items() if state_ is how] for how in ORDER}
    return {how: labels for how, labels in met.items() if labels}


def _group(nodes: Sequence[Node]) -> Html:
    """One alone, or several in a frame, each with what works there."""
    if len(nodes) == 1:
        return _box(nodes[0])
    return element("div", *(_box(node, *_badges(node.ways)) for node in nodes), class_="group")


def _box(node: Node, *more: Html) -> Html:
    limit = element("span", node.limit, class_="limit") if node.limit else ""
    kind, name = element("span", node.kind, class_="kind"), element("span", node.name, class_="name")
    return element("div", kind, name, limit, *more, class_="box")


def _badges(ways: Ways) -> list[Html]:
    return [
        element("span", mark(how), element("span", f"{', '.join(labels)}: {how.word}"), class_=f"way {how.name}")
        for how, labels in by_state(ways).items()
    ]


def _arrows(nodes: Sequence[Node]) -> Html:
    """An arrow for each state that a way between these and the role is in."""
    met: dict[State, list[Node]] = {}
    for node in nodes:
        for how in by_state(node.ways):
            met.setdefault(how, []).append(node)
    arrows = [_arrow(how, _labels(met[how], how), len(met[how]), len(nodes)) for how in ORDER if how in met]
    return element("div", *arrows, class_="arrows")


def _labels(nodes: Sequence[Node], how: State) -> str:
    """What is in this state anywhere, each once."""
    found = {label for node in nodes for label in by_state(node.ways)[how]}
    return ", ".join(label for label in LABELS if label in found)


def _arrow(how: State, labels: str, some: int, all_: int) -> Html:
    share = f", {some} of {all_}" if all_ > 1 else ""
    words = element("span", element("b", labels), element("span", f"{how.word}{share}", class_="word"), class_="words")
    return element("div", _line(how, "down"), words, class_=f"arrow {how.name}")


def _past(label: str, how: State) -> Html:
    """From who comes past the role up to the places."""
    kind, limit = PAST_THE_ROLE[label]
    words = element("span", element("span", how.word, class_="word"), class_="words")
    arrow = element("div", _line(how, "up"), words, class_=f"arrow {how.name}")
    box = element("div", element("span", kind, class_="name"), element("span", limit, class_="limit"), class_="box")
    return element("div", arrow, box)


def _line(how: State, leads: str) -> Html:
    """A line with the state's mark on it."""
    arrow, stop = TIPS[leads]
    tip = element("path", d=arrow if how in (WORKS, HOLDS, EXCESS) else stop, class_=f"tip {how.name}")
    return element(
        "svg",
        element("path", d="M12 1V56", class_=f"edge {how.name}"),
        tip if how is not UNKNOWN else "",
        element("circle", cx=12, cy=28, r=10),
        element("use", href=f"#mark-{how.name}", x=5.5, y=21.5, width=13, height=13, class_="mark"),
        viewBox="0 0 24 57",
        width=24,
        height=57,
    )
