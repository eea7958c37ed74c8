# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What checks say about one thing, in a word and a mark: the worst of them counts. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._report.html import Html, element

Check = Mapping[str, Any]


@dataclass(frozen=True)
class State:
    """How things are: a name for style sheets and marks, a word for a table, and what it means."""

    name: str
    word: str
    meaning: str


EXCESS = State("excess", "excess", "It works, and must be refused.")
MISSING = State("missing", "missing", "It is refused, and must work.")
UNKNOWN = State("unknown", "cannot tell", "AWS gave no answer that settles it.")
WORKS = State("works", "works", "It works, as it must.")
REFUSED = State("refused", "refused", "It is refused, as it must be.")
HOLDS = State("works", "holds", "It is as it must be.")

#: In the order in which they are worth looking at.
STATES = (EXCESS, MISSING, UNKNOWN, WORKS, REFUSED)
FINDINGS = {"excess_access": EXCESS, "missing_access": MISSING, "inconclusive": UNKNOWN}


def state(checks: Collection[Check]) -> State:
    """The worst of the checks, of which there is at least one."""
    return min((_state(check) for check in checks), key=STATES.index)


def _state(check: Check) -> State:
    as_expected = REFUSED if check["expected"] == "denied" else WORKS
    return FINDINGS.get(check["outcome"], as_expected)


def mark(shown: State) -> Html:
    """The state as a small picture; words stand beside it, so nobody needs it."""
    use = element("use", href=f"#mark-{shown.name}")
    return element("svg", use, class_=f"mark {shown.name}", viewBox="0 0 16 16", aria_hidden="true")


def badge(shown: State) -> Html:
    """Picture and word."""
    return element("span", mark(shown), element("span", shown.word), class_=f"badge {shown.name}")


#: The pictures, drawn once a page: an open lock, a cross, a question mark, a tick and a closed lock.
MARKS = Html(
    '<svg class="marks" width="0" height="0" aria-hidden="true"><defs>'
    '<symbol id="mark-excess" viewBox="0 0 16 16"><rect x="3" y="7" width="10" height="7" rx="1.5" class="solid"/>'
    '<path d="M5.5 7V4.6a2.5 2.5 0 0 1 4.8-1"/></symbol>'
    '<symbol id="mark-missing" viewBox="0 0 16 16"><path d="M4 4l8 8M12 4l-8 8"/></symbol>'
    '<symbol id="mark-unknown" viewBox="0 0 16 16"><path d="M5.4 5.6a2.6 2.6 0 1 1 3.7 2.5c-.8.4-1.1.9-1.1 1.9'
    'M8 13v.2"/></symbol>'
    '<symbol id="mark-works" viewBox="0 0 16 16"><path d="M3 8.6l3.4 3.4L13 4.6"/></symbol>'
    '<symbol id="mark-refused" viewBox="0 0 16 16"><rect x="3" y="7" width="10" height="7" rx="1.5" class="solid"/>'
    '<path d="M5.5 7V4.8a2.5 2.5 0 0 1 5 0V7"/></symbol>'
    "</defs></svg>"
)
