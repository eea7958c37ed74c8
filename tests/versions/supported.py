# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The versions that the collection supports, and the table of them in the README. Pure but for reading pinned lists.

Each ansible-core is tried twice: with the oldest libraries and with the newest. What stands in ``meta/runtime.yml``,
``galaxy.yml``, the README and the modules' documentation follows from here, and a test compares them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from pathlib import Path
import re

CHECKOUT = Path(__file__).resolve().parents[2]
PINNED = CHECKOUT / "tests" / "requirements" / "run.txt"


def pinned(package: str) -> str:
    """The version of a package that `make demo` and `make test` install."""
    return re.findall(rf"^{package}==(\S+)", PINNED.read_text(), re.MULTILINE)[0]


@dataclass(frozen=True)
class Core:
    """An ansible-core, and the Python that it is tried on: the oldest that the control node may have."""

    version: str
    python: str

    @property
    def series(self) -> str:
        """As it is spoken of: 2.17."""
        return ".".join(self.version.split(".")[:2])


@dataclass(frozen=True)
class Libraries:
    """amazon.aws with the ``ansible`` package that carries it, and boto3; botocore has the same version."""

    age: str
    amazon_aws: str
    ansible: str
    boto3: str

    @property
    def words(self) -> str:
        """For the head of a table."""
        return f"amazon.aws {self.amazon_aws}, boto3 {self.boto3}"


@dataclass(frozen=True)
class Row:
    """One combination."""

    core: Core
    libraries: Libraries

    @property
    def name(self) -> str:
        """Also the name of its environment."""
        return f"{self.core.series}-{self.libraries.age}"


CORES = (
    Core("2.17.14", "3.10"),
    Core("2.18.19", "3.11"),
    Core("2.19.14", "3.11"),
    Core("2.20.10", "3.12"),
    Core("2.21.5", "3.13"),
)
OLDEST = Libraries("oldest", amazon_aws="10.1.1", ansible="12.0.0", boto3="1.35.69")
NEWEST = Libraries("newest", amazon_aws="11.4.0", ansible=pinned("ansible"), boto3=pinned("boto3"))
ROWS = tuple(Row(core, libraries) for core, libraries in product(CORES, (OLDEST, NEWEST)))

#: What is tried on every row, and what on every core.
UNITS, SCENARIO, EXCHANGE, SANITY = "units", "scenario", "exchange", "sanity"
OF_THE_LIBRARIES = (UNITS, SCENARIO, EXCHANGE)


def checks(row: Row) -> tuple[str, ...]:
    """What is tried on a row. The sanity tests look at the code alone, so they do not depend on the libraries."""
    return (*OF_THE_LIBRARIES, SANITY) if row.libraries is NEWEST else OF_THE_LIBRARIES


Outcomes = dict[tuple[str, str], bool]


def table(outcomes: Outcomes) -> str:
    """A line for each ansible-core. ``outcomes`` tells by row and check whether it passed; what was not tried lacks."""
    head = ["ansible-core", "Python", OLDEST.words, NEWEST.words, "`ansible-test sanity`"]
    lines = [_line(head), "|" + "---|" * len(head), *(_line(_cells(core, outcomes)) for core in CORES)]
    return "\n".join(lines)


def _cells(core: Core, outcomes: Outcomes) -> list[str]:
    oldest, newest = (Row(core, libraries).name for libraries in (OLDEST, NEWEST))
    by_library = [[(row, check) for check in OF_THE_LIBRARIES] for row in (oldest, newest)]
    tried = [*by_library, [(newest, SANITY)]]
    return [core.version, core.python, *(_word([outcomes.get(one) for one in cell]) for cell in tried)]


def _word(outcomes: list[bool | None]) -> str:
    if False in outcomes:
        return "FAILED"
    return "not tried" if None in outcomes else "pass"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def all_passed() -> Outcomes:
    """What the README says: that everything was tried, and passed."""
    return {(row.name, check): True for row in ROWS for check in checks(row)}
