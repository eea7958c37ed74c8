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


#: So many contracts are read in one list; more are tables by how they stand. A longer one is closed at first.
MANY = 20

COLUMNS = ("Contract", "Account", "Verdict", "Made")


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
        rows = [_row(entry) for entry in sorted(entries, key=_order)]
        summary = element("summary", badge(SHOWN[name]), element("span", len(rows), class_="count"))
        is_open = name != VERIFIED and len(rows) <= MANY
        yield element("details", summary, _table(SHOWN[name].word, rows), id=name, open="open" if is_open else None)


def _order(entry: Entry) -> tuple[str, str, str]:
    """By account, then by what the contract is called."""
    return (entry.get("account_id", ""), named(entry["contract"]) if "contract" in entry else "", entry["path"])


def _table(word: str, rows: Iterable[Html]) -> Html:
    heads = element("tr", *(element("th", name, scope="col") for name in COLUMNS))
    caption = element("caption", f"Contracts that are {word}, by account and name", class_="unseen")
    return element("table", caption, element("thead", heads), element("tbody", *rows), class_="fleet")


def _row(entry: Entry) -> Html:
    """A line of the table. A phone shows each cell below its column's name."""
    _contract, account, verdict, made = COLUMNS
    if entry["standing"] == UNREADABLE:
        why = element("td", entry.get("why", UNREAD), data_column=verdict)
        return element("tr", element("th", entry["path"], scope="row"), element("td"), why, element("td"))
    found = f"{entry['verdict']}: {_counts(entry)}"
    return element(
        "tr",
        element("th", _link(entry), element("small", _who(entry)), scope="row"),
        element("td", entry.get("account_id", ""), data_column=account),
        element("td", found, *_said(entry), *_survey(entry), data_column=verdict),
        element("td", moment(entry["created"]), data_column=made),
    )


def _listed(entries: Iterable[Entry]) -> Html:
    return element("ul", *map(_item, entries), class_="contracts")


def _item(entry: Entry) -> Html:
    shown = SHOWN[entry["standing"]]
    return element("li", badge(shown), element("div", *_about(entry)))


def _about(entry: Entry) -> list[Html]:
    if entry["standing"] == UNREADABLE:
        return [element("h3", entry["path"]), element("p", entry.get("why", UNREAD))]
    where = f", account {entry['account_id']}" if "account_id" in entry else ""
    when = f"{_counts(entry)}. Made {moment(entry['created'])}, {entry['verdict']}."
    about = element("p", f"{_who(entry)}{where}")
    return [element("h3", _link(entry)), about, *_said(entry), element("p", when), *_survey(entry)]


def _link(entry: Entry) -> Html:
    return element("a", named(entry["contract"]), href=_page_beside(entry["path"]))


def _who(entry: Entry) -> str:
    contract = entry["contract"]
    return f"{', '.join(whom(contract))} through the role {contract['role']}"


def _counts(entry: Entry) -> str:
    return ", ".join(f"{number} {WORDS.get(name, name)}" for name, number in entry["summary"].items() if number)


def _said(entry: Entry) -> list[Html]:
    """What is wrong; a contract that holds does not repeat itself."""
    return [] if entry["standing"] == VERIFIED else [element("p", entry.get("why", entry["msg"]), class_="said")]


def _survey(entry: Entry) -> list[Html]:
    return [element("p", _surveyed(entry["survey"]))] if "survey" in entry else []


def _surveyed(counts: Mapping[str, int]) -> str:
    """What the survey of the account has found, in a sentence."""
    found = [f"{counts[name]} {words}" for name, words in SURVEYED.items() if counts[name]]
    return f"Who else of the account: {', '.join(found) or 'nobody was found'}."


def _page_beside(path: str) -> str:
    """The address of a report's page, from the index; the dot keeps a colon in a folder's name from being a scheme."""
    return "./" + quote(posixpath.join(posixpath.dirname(path), "access-report.html"))
