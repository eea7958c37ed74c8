# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The index of many reports as one HTML page: findings first, each contract with the way to its report. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
import posixpath
from typing import Any
from urllib.parse import quote

from ansible_collections.assumerole.s3.plugins.module_utils._checks.sentences import WORDS
from ansible_collections.assumerole.s3.plugins.module_utils._report.html import Html, element, joined
from ansible_collections.assumerole.s3.plugins.module_utils._report.index import (
    INCONCLUSIVE,
    STALE,
    UNREADABLE,
    VERIFIED,
    VIOLATED,
)
from ansible_collections.assumerole.s3.plugins.module_utils._report.places import named, whom
from ansible_collections.assumerole.s3.plugins.module_utils._report.sheet import sheet
from ansible_collections.assumerole.s3.plugins.module_utils._report.states import State, badge, mark
from ansible_collections.assumerole.s3.plugins.module_utils._report.style import INDEX, style
from ansible_collections.assumerole.s3.plugins.module_utils._report.text import moment
from ansible_collections.assumerole.s3.plugins.module_utils._report.who_else import WORDS as WHO_ELSE

Index = Mapping[str, Any]
Entry = Mapping[str, Any]

SHOWN = {
    VIOLATED: State("missing", "violated", ""),
    UNREADABLE: State("unknown", "unreadable", ""),
    STALE: State("unknown", "out of date", ""),
    INCONCLUSIVE: State("unknown", "inconclusive", ""),
    VERIFIED: State("works", "verified", ""),
}

UNREAD = "This file cannot be read as a report. Verify again."

#: The counts of a survey, in words.
SURVEYED = {**WHO_ELSE, "unexpected": "unexpected", "unread": "parts not read"}


#: So many contracts are read in one list; more are folded by how they stand.
MANY = 20


def index_page(index: Index) -> str:
    """The whole page."""
    number = len(index["contracts"])
    title = f"{index['verdict'].capitalize()}: {number} {'contract' if number == 1 else 'contracts'}"
    heading = element("h2", "Contracts", id="contracts")
    shown = _folded(index) if number > MANY else [_listed(index["contracts"])] if number else [_none()]
    main = element("section", heading, *shown, aria_labelledby="contracts")
    made = f"Made on {moment(index['created'])} by assumerole.s3 {index['collection_version']}"
    footer = element("p", f"{made}. Each report shows what AWS answered when it was made.")
    return sheet(title, style(INDEX), _header(index), main, footer)


def counts_in_words(index: Index) -> str:
    """How many contracts stand how."""
    told = [f"{number} {SHOWN[name].word}" for name, number in index["summary"].items() if number]
    return f"Of {len(index['contracts'])}: {', '.join(told)}." if told else "No report was found."


def _header(index: Index) -> Html:
    shown = SHOWN[index["verdict"]]
    told = element("strong", f"{index['verdict'].capitalize()}. "), element("span", counts_in_words(index))
    verdict = element("p", mark(shown), element("span", *told), class_=f"verdict {shown.name}")
    return joined(element("h1", element("small", "Access reports"), "All contracts"), element("br"), verdict)


def _none() -> Html:
    return element("p", "No folder below this one holds an access-report.json.")


def _folded(index: Index) -> Iterator[Html]:
    """The contracts of each standing, the worst first, under a line that opens and closes them without a script."""
    for name, entries in groupby(index["contracts"], key=lambda entry: str(entry["standing"])):
        summary = element("summary", badge(SHOWN[name]), element("span", index["summary"][name], class_="count"))
        yield element("details", summary, _listed(entries), id=name, open=None if name == VERIFIED else "open")


def _listed(entries: Iterable[Entry]) -> Html:
    return element("ul", *map(_item, entries), class_="contracts")


def _item(entry: Entry) -> Html:
    shown = SHOWN[entry["standing"]]
    return element("li", badge(shown), element("div", *_about(entry)))


def _about(entry: Entry) -> list[Html]:
    if entry["standing"] == UNREADABLE:
        return [element("h3", entry["path"]), element("p", entry.get("why", UNREAD))]
    contract = entry["contract"]
    link = element("a", named(contract), href=_page_beside(entry["path"]))
    where = f", account {entry['account_id']}" if "account_id" in entry else ""
    who = f"{', '.join(whom(contract))} through the role {contract['role']}{where}"
    counts = ", ".join(f"{number} {WORDS.get(name, name)}" for name, number in entry["summary"].items() if number)
    when = f"{counts}. Made {moment(entry['created'])}, {entry['verdict']}."
    said = [] if entry["standing"] == VERIFIED else [element("p", entry.get("why", entry["msg"]), class_="said")]
    surveyed = [element("p", _surveyed(entry["survey"]))] if "survey" in entry else []
    return [element("h3", link), element("p", who), *said, element("p", when), *surveyed]


def _surveyed(counts: Mapping[str, int]) -> str:
    """What the survey of the account has found, in a sentence."""
    found = [f"{counts[name]} {words}" for name, words in SURVEYED.items() if counts[name]]
    return f"Who else of the account: {', '.join(found) or 'nobody was found'}."


def _page_beside(path: str) -> str:
    """The address of a report's page, from the index; the dot keeps a colon in a folder's name from being a scheme."""
    return "./" + quote(posixpath.join(posixpath.dirname(path), "access-report.html"))
