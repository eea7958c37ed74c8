# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way from the user through the role to the bucket as a drawing, whose edges show what works and what not. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import known
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import Edge
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import PERMISSIONS
from ansible_collections.assumerole.s3.plugins.module_utils._report.html import Html, element, joined
from ansible_collections.assumerole.s3.plugins.module_utils._report.states import EXCESS, UNKNOWN, WORKS, State, state

Check = Mapping[str, Any]

#: How many characters of a name fit into a box.
ROOM = 32


#: How an edge ends that arrives, and one that does not: an arrow and a bar, by where the edge leads.
TIPS = {
    "down": ("m-5 -8l5 8l5 -8", "m-6 0h12"),
    "up": ("m-5 8l5 -8l5 8", "m-6 0h12"),
    "left": ("m8 -5l-8 5l8 5", "m0 -6v12"),
}


@dataclass(frozen=True)
class Line:
    """How an edge is drawn, and where its mark and its words stand."""

    path: str
    end: tuple[int, int]
    mark: tuple[int, int]
    text: tuple[int, int]
    anchor: str = "middle"
    leads: str = "down"


def _grant(number: int) -> Line:
    """From the role to the bucket, with the words above the mark; all of them are as far apart as there is room."""
    x = 48 + 192 * number // (len(PERMISSIONS) - 1)
    return Line(f"M{x} 204V308", (x, 308), (x, 280), (x, 238))


def _beside(x: int) -> Line:
    """From below to the bucket, with the words beside the mark."""
    return Line(f"M{x} 432V372", (x, 372), (x, 404), (x + 20, 404), "start", "up")


#: The lines in the order in which they are drawn, by the labels of the catalogue's edges.
LINES = {
    "assume": Line("M144 66V146", (144, 146), (144, 104), (164, 104), "start"),
    **{permission: _grant(number) for number, permission in enumerate(PERMISSIONS)},
    "user alone": Line("M280 39H340V339H286", (286, 339), (340, 170), (340, 208), leads="left"),
    "anybody": _beside(64),
    "plain HTTP": _beside(192),
}


def diagram(report: Mapping[str, Any]) -> Html:
    """The drawing, with all that it shows in words for whoever does not see it."""
    shown = [(edge, state(checks)) for edge, checks in _asked(report["checks"])]
    contract = report["contract"]
    words = " ".join(f"{edge.sentence}: {how.word}." for edge, how in shown)
    return element(
        "svg",
        element("title", "From the user through the role to the bucket", id="drawing-title"),
        element("desc", words, id="drawing-words"),
        *(_line(LINES[edge.label], how) for edge, how in shown),
        _box(12, "User", contract["user"]),
        _box(150, "Role", contract["role"]),
        _box(312, "Bucket", f"{contract['bucket']}/{contract['prefix']}"),
        *(_words(edge, how) for edge, how in shown),
        class_="drawing",
        viewBox="0 0 400 436",
        role="img",
        aria_labelledby="drawing-title drawing-words",
    )


def _asked(checks: list[Check]) -> list[tuple[Edge, list[Check]]]:
    """The edges that were tried, each with its checks, in the order of :data:`LINES`."""
    found: dict[Edge, list[Check]] = {}
    for check in checks:
        edge = known(check["id"]).edge
        if edge:
            found.setdefault(edge, []).append(check)
    return sorted(found.items(), key=lambda item: list(LINES).index(item[0].label))


def _line(line: Line, how: State) -> Html:
    x, y = line.end
    arrow, stop = TIPS[line.leads]
    tip = element("path", d=f"M{x} {y}{arrow if how in (WORKS, EXCESS) else stop}", class_=f"tip {how.name}")
    return joined(element("path", d=line.path, class_=f"edge {how.name}"), tip if how is not UNKNOWN else "")


def _box(y: int, kind: str, name: object) -> Html:
    return element(
        "g",
        element("rect", x=8, y=y, width=272, height=54, rx=8),
        element("text", kind, x=22, y=y + 20, class_="kind"),
        element("text", fitting(str(name)), x=22, y=y + 41, class_="name"),
        class_="box",
    )


def _words(edge: Edge, how: State) -> Html:
    line = LINES[edge.label]
    x, y = line.mark
    text_x, text_y = line.text
    word = element("tspan", how.word, x=text_x, dy=16, class_="word")
    return element(
        "g",
        element("circle", cx=x, cy=y, r=11),
        element("use", href=f"#mark-{how.name}", x=x - 7, y=y - 7, width=14, height=14, class_="mark"),
        element("text", edge.label, word, x=text_x, y=text_y - 4, text_anchor=line.anchor),
        class_=f"words {how.name}",
    )


def fitting(name: str) -> str:
    """The name, without its middle when it is too long."""
    return name if len(name) <= ROOM else f"{name[: ROOM - 13]}…{name[-12:]}"
