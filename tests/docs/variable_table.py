# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of ``docs/variables.md``, from the role's argument specification. The page says which variables go where.

python tests/docs/variable_table.py      writes the tables into the page
"""

from __future__ import annotations

from pathlib import Path
import re
from typing import Any

import yaml

CHECKOUT = Path(__file__).resolve().parent.parent.parent
PAGE = CHECKOUT / "docs" / "variables.md"
ARGUMENT_SPECS = CHECKOUT / "roles" / "bucket_access" / "meta" / "argument_specs.yml"

Options = dict[str, dict[str, Any]]

_TABLE = re.compile(
    r"(?P<head>^<!-- table of: (?P<names>[^>]*) -->\n)(?P<table>.*?)(?P<end>^<!-- end of the table -->$)",
    re.MULTILINE | re.DOTALL,
)


def options() -> Options:
    """The role's variables."""
    found: Options = yaml.safe_load(ARGUMENT_SPECS.read_text())["argument_specs"]["main"]["options"]
    return found


def names_in(page: str) -> list[str]:
    """The variables that the page has tables of, in order. It names them without what they all begin with."""
    return [f"bucket_access_{name}" for found in _TABLE.finditer(page) for name in found["names"].split()]


def with_tables(page: str, known: Options) -> str:
    """The page with its tables in it."""
    return _TABLE.sub(lambda found: f"{found['head']}{table(names_in(found[0]), known)}{found['end']}", page)


def table(names: list[str], known: Options) -> str:
    """A line for each variable."""
    rows = [f"| `{name}` | {default(known[name])} | {meaning(known[name])} |" for name in names]
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows, ""])


def default(option: dict[str, Any]) -> str:
    """What holds when the variable is not set; without a default, the meaning says so."""
    if option.get("required"):
        return "required"
    if "default" not in option:
        return ""
    return f"`{yaml.safe_dump(option['default'], default_flow_style=True).splitlines()[0]}`".replace("''", '""')


def meaning(option: dict[str, Any]) -> str:
    """The first paragraph of the description, in Markdown, and the values to choose from."""
    description = option["description"]
    paragraph = description if isinstance(description, str) else description[0]
    text = re.sub(r"\b[A-Z]\(([^)]*)\)", r"`\1`", paragraph)
    choices = ", ".join(f"`{choice}`" for choice in option.get("choices", []))
    return f"{text} One of {choices}." if choices else text


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(), options()))
