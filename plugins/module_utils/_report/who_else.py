# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a survey of the account has found, list by list, folded by kind. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._checks.survey import (
    BEYOND,
    CERTAINTIES,
    LISTS,
    REACHES,
    certainty,
)
from ansible_collections.assumerole.s3.plugins.module_utils._report.html import Html, element, joined
from ansible_collections.assumerole.s3.plugins.module_utils._report.states import EXCESS, UNKNOWN, State, mark

Found = Mapping[str, Any]

HEADINGS = {
    "reaches": "Who reaches the contract's places",
    "enters": "Who gets into the role",
    "becomes": "Who can become the user, or hold its key",
    "beyond": "What else the user and the role get into",
}
KINDS = {
    "anybody": "Anybody",
    "account": "Other accounts",
    "federated": "Identity providers",
    "service": "Services",
    "user": "Users",
    "role": "Roles",
}
WORDS = {"certain": "certain", "under_conditions": "under conditions", "can_grant_itself": "can grant it to itself"}
FIELDS = ("list", "principal", "kind", "certainty", "actions", "place", "conditions", "through", "proven", "expected")
_PROVEN = {"allowed": "a real call was let in", "denied": "a real call was refused"}
_PROVEN_BY_A_SESSION = {
    "allowed": "proven by a session: a real call was let in",
    "denied": "by a session: a real call was refused",
}


def who_else(report: Mapping[str, Any]) -> Html:
    """The section; nothing where nobody has surveyed the account."""
    survey = report.get("survey")
    if not survey:
        return Html()
    heading = element("h2", "Who else of the account", id="who-else")
    lists = [_list(name, [found for found in survey["findings"] if found["list"] == name]) for name in LISTS]
    unread = _sentences("Not read, so nobody knows:", survey["unread"], class_="unread")
    blind = _sentences("What a survey cannot see:", survey["blind_spots"], class_="blind")
    intro = element("p", f"{counts_in_words(survey)} Nothing here was tried unless it says so.")
    doors = doors_in_words(survey.get("doors"))
    tried = joined(element("p", f"{doors}.") if doors else Html(), _sessions(survey.get("sessions")))
    return element("section", heading, intro, unread, tried, *lists, blind, aria_labelledby="who-else")


def counts_in_words(survey: Mapping[str, Any]) -> str:
    """What was read, in a sentence."""
    counts = survey["counts"]
    read = [f"{number} {name.replace('_', ' ')}" for name, number in counts.items() if number]
    return f"Read from the account {survey['account_id']}: {', '.join(read) or 'nothing'}."


def doors_in_words(doors: Mapping[str, Any] | None) -> str:
    """Of how many other roles that may let the user in it was told; nothing where there is none."""
    if not doors or not doors["found"]:
        return ""
    most = f", {doors['to_try']} at most" if doors["to_try"] < doors["found"] else ""
    return f"Other roles that may let the user in: {doors['tried']} of {doors['found']} tried{most}"


def sessions_in_words(sessions: Mapping[str, Any]) -> str:
    """Of how many roles a session was tried."""
    return f"{len(sessions['tried'])} of {sessions['reaching']} tried"


def _sessions(sessions: Mapping[str, Any] | None) -> Html:
    """How many were tried, and why the others were not."""
    if not sessions:
        return Html()
    line = element("p", f"Sessions of the roles that reach the places: {sessions_in_words(sessions)}.")
    left_out = [f"{arn}: {reason}." for arn, reason in sessions["not_tried"].items()]
    return joined(line, _sentences("Not tried:", left_out, class_="untried"))


def found_in_words(findings: Iterable[Found]) -> str:
    """How many are found, by how sure that is: a principal counts once, as what is surest of it."""
    surest: dict[str, str] = {}
    for found in sorted(findings, key=_order):
        surest.setdefault(_whom(found), certainty(found))
    counts = Counter(surest.values())
    return ", ".join(f"{counts[name]} {WORDS[name]}" for name in CERTAINTIES if counts[name]) or "none found"


def counted(survey: Mapping[str, Any]) -> dict[str, int]:
    """How many are found, by how sure that is; how many of them nobody expects, and how much was not read."""
    findings = survey["findings"]
    by_certainty = {name: len({_whom(found) for found in findings if certainty(found) == name}) for name in CERTAINTIES}
    nobody_expects = {_whom(found) for found in findings if found["expected"] is False}
    return {**by_certainty, "unexpected": len(nobody_expects), "unread": len(survey["unread"])}


def problem(survey: object) -> str | None:
    """What keeps a survey from being reported: one that cannot be read must not look like one that found nobody."""
    if not isinstance(survey, Mapping) or not isinstance(survey.get("counts"), Mapping):
        return "its survey is not what access_survey returns"
    if any(not isinstance(survey.get(name), list) for name in ("findings", "unread", "blind_spots")):
        return "its survey is not what access_survey returns"
    if not _is_of_doors(survey.get("doors")):
        return "its survey says of other roles what access_survey does not return"
    if not _is_of_sessions(survey.get("sessions")):
        return "its survey says of sessions what access_survey does not return"
    return None if all(map(_is_finding, survey["findings"])) else "its survey has a finding that nobody knows"


def _is_of_doors(doors: object) -> bool:
    """Whether it is what a survey says of the roles that may let the user in; one of before says nothing."""
    names = ("found", "to_try", "tried")
    return doors is None or (isinstance(doors, Mapping) and all(isinstance(doors.get(name), int) for name in names))


def _is_of_sessions(sessions: object) -> bool:
    """Whether it is what a survey says of sessions; nothing, where none was to be tried."""
    if sessions is None:
        return True
    kinds = {"reaching": int, "tried": list, "not_tried": Mapping}
    return isinstance(sessions, Mapping) and all(isinstance(sessions.get(name), kinds[name]) for name in kinds)


def _is_finding(found: object) -> bool:
    return (
        isinstance(found, Mapping)
        and set(FIELDS) <= set(found)
        and found["list"] in LISTS
        and found["kind"] in KINDS
        and found["certainty"] in CERTAINTIES
        and found["expected"] in (True, False, None)
        and all(isinstance(found[name], list) for name in ("actions", "conditions", "through"))
    )


def _whom(found: Found) -> str:
    """Whom a finding is about; what is beyond the contract, where."""
    return str(found["place"] if found["list"] == BEYOND else found["principal"])


def _list(name: str, findings: list[Found]) -> Html:
    heading = element("h3", HEADINGS[name], ": ", element("span", found_in_words(findings), class_="count"))
    kinds = {kind: [found for found in findings if found["kind"] == kind] for kind in KINDS}
    return joined(heading, *(_kind(kind, some) for kind, some in kinds.items() if some))


def _kind(kind: str, findings: list[Found]) -> Html:
    count = element("span", found_in_words(findings), class_="count")
    worst = _worst(findings)
    summary = element("summary", mark(worst) if worst else "", element("span", KINDS[kind]), count)
    items = [_item(found) for found in sorted(findings, key=_order)]
    return element("details", summary, element("ul", *items, class_="checks"))


def _worst(findings: Iterable[Found]) -> State | None:
    """What is unexpected of these, if it is known whom to expect."""
    states = [judged for found in findings if (judged := _judged(found))]
    return min(states, key=[EXCESS, UNKNOWN].index, default=None)


def _judged(found: Found) -> State | None:
    if found["expected"] is not False:
        return None
    return EXCESS if certainty(found) == "certain" else UNKNOWN


def _item(found: Found) -> Html:
    shown = _judged(found)
    sure = WORDS[certainty(found)] + (", expected" if found["expected"] else "")
    name = "anybody" if found["principal"] == "*" else found["principal"]
    title = element("p", mark(shown) if shown else "", element("code", name), element("span", sure), class_="title")
    facts = {
        "May": ", ".join(found["actions"]),
        "Where": found["place"],
        "If": "; ".join(found["conditions"]),
        "By": ", ".join(found["through"]),
        "Tried": (_PROVEN_BY_A_SESSION if found["list"] == REACHES else _PROVEN).get(found["proven"], ""),
    }
    rows = [element("div", element("dt", name), element("dd", value)) for name, value in facts.items() if value]
    return element("li", title, element("dl", *rows))


def _order(found: Found) -> tuple[int, str, str]:
    return CERTAINTIES.index(certainty(found)), found["principal"], found["place"]


def _sentences(heading: str, sentences: list[str], **attributes: str) -> Html:
    if not sentences:
        return Html()
    items = [element("li", sentence) for sentence in sentences]
    return element("div", element("p", heading), element("ul", *items), **attributes)
