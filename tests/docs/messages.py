# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The texts that the collection can print, and the messages that a page explains. Pure, but for reading the files.

In both ``…`` stands for what differs from run to run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
import re
from typing import Any

import yaml

ANYTHING = "…"


def printed(folder: Path) -> Iterator[str]:
    """All texts in the plugins and in the role's files."""
    for path in sorted((folder / "plugins").rglob("*.py")):
        yield from of_python(path.read_text())
    for path in sorted((folder / "roles").rglob("*.yml")):
        yield from of_yaml(yaml.safe_load(path.read_text()))


def of_python(source: str) -> Iterator[str]:
    """Every string; what is filled in is left open."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else ANYTHING for part in node.values]
            yield _open("".join(map(str, parts)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield _open(node.value)


def of_yaml(data: Any) -> Iterator[str]:
    """Every string, however deep; what a template fills in is left open."""
    if isinstance(data, str):
        yield _open(data)
    elif isinstance(data, dict):
        yield from of_yaml(list(data.values()))
    elif isinstance(data, list):
        for item in data:
            yield from of_yaml(item)


def explained(page: str) -> list[str]:
    """The messages of a page: each begins an item of a list, in italics."""
    return re.findall(r"^- \*([^*]+)\*", page, flags=re.MULTILINE)


def can_be_printed(message: str, texts: Iterable[str]) -> bool:
    """Whether one of the texts has all fixed parts of the message, in their order."""
    parts = [part.strip() for part in message.split(ANYTHING) if part.strip()]
    pattern = re.compile(".*".join(map(re.escape, parts)))
    return bool(parts) and any(pattern.search(text) for text in texts)


def _open(text: str) -> str:
    return " ".join(re.sub(r"\{\{.*?\}\}|\{\w*\}", ANYTHING, text, flags=re.DOTALL).split())
