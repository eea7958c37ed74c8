# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The README's table of the role's variables, from the role's argument specification.

python tests/docs/variable_table.py      writes the table into the README
"""

from __future__ import annotations

from pathlib import Path
import re
from typing import Any

import yaml

CHECKOUT = Path(__file__).resolve().parent.parent.parent
README = CHECKOUT / "README.md"
ARGUMENT_SPECS = CHECKOUT / "roles" / "bucket_access" / "meta" / "argument_specs.yml"

_TABLE = re.compile(r"(?<=<!-- made by tests/docs/variable_table.py -->\n).*?(?=<!-- end of the table -->)", re.DOTALL)


def table() -> str:
    """The table, a line for each variable, in the specification's order."""
    options = yaml.safe_load(ARGUMENT_SPECS.read_text())["argument_specs"]["main"]["options"]
    rows = [f"| `{name}` | {default(option)} | {meaning(option)} |" for name, option in options.items()]
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


def table_in(readme: str) -> str:
    """The table as the README has it."""
    found = _TABLE.search(readme)
    return found[0] if found else ""


def with_table(readme: str) -> str:
    """The README with the table in it."""
    return _TABLE.sub(lambda _match: table(), readme)


if __name__ == "__main__":
    README.write_text(with_table(README.read_text()))
