# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation's tables of checks and of causes, from the catalogue and the table of explanations.

PYTHONPATH=.collections python tests/docs/check_tables.py      writes the tables into the pages
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
import re

from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import ROWS
from ansible_collections.assumerole.s3.plugins.module_utils._checks.diagnosis import (
    ENFORCEMENT_UNKNOWN,
    ERRORS,
    NOT_CONTROLLED,
    NOT_ENFORCED,
    Explanation,
)
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import READ, Finding, Row
from lab.checkout import CHECKOUT

DOCS = CHECKOUT / "docs"
PAGES = (DOCS / "what-a-verdict-proves.md", DOCS / "troubleshooting.md")

_PLACE = re.compile(
    r"(?<=<!-- made by tests/docs/check_tables.py: )(\w+)( -->\n).*?(?=<!-- end of the tables? -->)", re.DOTALL
)


def checks() -> Iterator[str]:
    """A table for each heading of the report, a line for each row of the catalogue."""
    for group in dict.fromkeys(row.group for row in ROWS):
        yield f"### {group}"
        lines = [(ids(row), as_whom(row), row.shows or f"{row.statement}.") for row in ROWS if row.group == group]
        yield table(("Check", "Seen as", "What was seen when it passes"), lines)


def excess() -> Iterator[str]:
    """What it means that something works which must not."""
    found: dict[Finding, list[str]] = {}
    for row in ROWS:
        found.setdefault(row.excess, []).append(code(row.id.replace("{permission}", "PERMISSION")))
    named = {finding: ", ".join(forms) for finding, forms in found.items() if finding.cause}
    yield table(("Check", "Cause", "Advice"), [(forms, *words(finding)) for finding, forms in named.items()])


def errors() -> Iterator[str]:
    """What AWS answers, and why."""
    yield table(("Answer", "Cause", "Advice"), [(answer(row), *words(row.finding)) for row in ERRORS])


def untold() -> Iterator[str]:
    """Why a refusal proves nothing."""
    yield table(("Cause", "Advice"), map(words, (NOT_ENFORCED, ENFORCEMENT_UNKNOWN, NOT_CONTROLLED)))


TABLES: Mapping[str, Callable[[], Iterator[str]]] = {
    "checks": checks,
    "excess": excess,
    "errors": errors,
    "untold": untold,
}


def ids(row: Row) -> str:
    """The ids of the checks that a row stands for."""
    return ", ".join(code(row.id.replace("{permission}", name)) for name in row.permissions or ("",))


def code(name: str) -> str:
    """An id as the pages write it."""
    return f"`{name.replace('{bucket}', 'BUCKET').replace('{principal}', 'PRINCIPAL')}`"


def as_whom(row: Row) -> str:
    """Whose credentials a check is made with."""
    return "operator, reading" if row.evidence == READ else row.principal


def answer(row: Explanation) -> str:
    """What an explanation applies to."""
    codes = ", ".join(f"`{code}`" for code in sorted(row.codes))
    action = f" to `{row.actions}*`" if row.actions else ""
    action += f", asked by `{row.principal}`" if row.principal else ""
    said = f", saying `{row.message}`" if row.message else ""
    return f"{codes}{action}{said}"


def words(finding: Finding) -> tuple[str, str]:
    """Cause and advice, with what is filled in written as people read it."""
    cause, advice = (re.sub(r"\{(\w+)\}", r"*\1*", text) for text in (finding.cause, finding.advice))
    return cause, advice


def table(heads: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    shown = [heads, ("---",) * len(heads), *lines]
    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in shown)


def with_tables(page: str) -> str:
    """The page with its tables as they must be."""
    return _PLACE.sub(lambda found: f"{found[1]}{found[2]}\n" + "\n\n".join(TABLES[found[1]]()) + "\n\n", page)


def places(page: str) -> list[str]:
    """The names of the tables that a page has room for."""
    return [found[1] for found in _PLACE.finditer(page)]


def write(path: Path) -> None:
    """Write the tables of one page."""
    path.write_text(with_tables(path.read_text()))


if __name__ == "__main__":
    for each in PAGES:
        write(each)
