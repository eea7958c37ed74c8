# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A result as verify prints it: the verdict, a block for each cause, and in one line what passed. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import READ
from ansible_collections.assumerole.s3.plugins.module_utils._checks.sentences import (
    WORDS,
    check_lines,
    question,
    verdict_line,
)
from ansible_collections.assumerole.s3.plugins.module_utils._report.findings import grouped
from ansible_collections.assumerole.s3.plugins.module_utils._report.who_else import (
    HEADINGS,
    doors_in_words,
    found_in_words,
    sessions_in_words,
)

#: How many checks of one cause have a line of their own; of more, only the ids are told.
MOST_SHOWN = 4

#: The verdicts, the worst first; a contract without one was not judged.
VERDICTS = ("violated", "", "inconclusive", "verified")

Result = Mapping[str, Any]
Check = Mapping[str, Any]


def spoken(result: Result, *, whole: bool = False) -> list[str]:
    """The lines; the whole of them has each check on a line of its own, once."""
    findings = [line for found, checks in grouped(result["checks"]).items() for line in _block(*found, checks)]
    left = [f"  left behind: {url}" for url in result.get("leftovers", [])]
    passed = check_lines(result) if whole else _passed(result["checks"])
    return [verdict_line(result), *findings, *passed, *_surveyed(result.get("survey", {})), *left]


def _surveyed(survey: Mapping[str, Any]) -> Iterator[str]:
    """What a survey of the account has found, a line each list; the report has the names."""
    for name, heading in HEADINGS.items() if survey else ():
        yield f"  {heading}: {found_in_words(found for found in survey['findings'] if found['list'] == name)}"
    if doors := doors_in_words(survey.get("doors")):
        yield f"  {doors}"
    if survey.get("sessions"):
        yield f"  Sessions of the roles that reach the places: {sessions_in_words(survey['sessions'])}"
    yield from (f"  not surveyed: {sentence}" for sentence in survey.get("unread", []))


def spoken_together(results: Mapping[str, Result]) -> list[str]:
    """A line for each contract, by the names of its hosts, the worst first."""
    width = max(map(len, results), default=0)
    ordered = sorted(results, key=lambda name: (VERDICTS.index(results[name].get("verdict", "")), name))
    return [f"{name:<{width}}  {_standing(results[name])}" for name in ordered]


def _standing(result: Result) -> str:
    return verdict_line(result).removeprefix("verdict: ") if result else "not judged: its own message says why"


def _block(outcome: str, cause: str, advice: str, checks: list[Check]) -> Iterator[str]:
    yield f"  {WORDS[outcome]}: {cause or 'AWS does not say why.'}"
    if advice:
        yield f"    what to do: {advice}"
    if len(checks) > MOST_SHOWN:
        yield f"    {len(checks)} checks: {', '.join(check['id'] for check in checks)}"
        return
    for check in checks:
        yield f"    {check['id']}: {question(check)}"


def _passed(checks: list[Check]) -> Iterator[str]:
    """Of whom: the principal that was asked for, or the configuration that was read."""
    whose = Counter(
        "configuration" if check["evidence"] == READ else check["principal"]
        for check in checks
        if check["outcome"] == "pass"
    )
    if whose:
        named = ", ".join(f"{name} {number}" for name, number in whose.most_common())
        yield f"  {whose.total()} pass: {named} (-v shows each)"
