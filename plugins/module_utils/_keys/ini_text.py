# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the sections and settings of an INI text stand, line by line, so that one can be edited and no other. Pure.

It takes a text apart as Python's configparser does, with which botocore and the AWS CLI read their files: a line that
is indented deeper than the setting above it goes on with that setting, even when it looks like a header.
https://docs.python.org/3/library/configparser.html#supported-ini-file-structure
"""

from __future__ import annotations

from dataclasses import dataclass, field
import re

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_HEADER = re.compile(r"\[(?P<name>.+)\]")
_SETTING = re.compile(r"(?P<key>.*?)\s*[=:]")


@dataclass
class Setting:
    """A setting, from its line to the last one that it goes on in."""

    key: str
    indent: str
    start: int
    end: int


@dataclass
class Section:
    """A header with its settings; comments belong to nobody."""

    header: str
    indent: str
    start: int
    settings: list[Setting] = field(default_factory=list)

    @property
    def end(self) -> int:
        """The line after its last setting."""
        return self.settings[-1].end if self.settings else self.start + 1


def lines_of(text: str) -> list[str]:
    """The lines, each with its own ending. Only a line break ends a line, as in a file that Python opens."""
    return _LINE.findall(text)


def ending_of(line: str) -> str:
    """The line's own ending; the last line of a text may have none."""
    return line[len(line.rstrip("\r\n")) :]


def sections_of(lines: list[str]) -> list[Section]:
    """All sections in their order."""
    sections: list[Section] = []
    above: Setting | None = None
    for number, line in enumerate(lines):
        words = line.strip()
        indent = line[: len(line) - len(line.lstrip())]
        if not words or words.startswith(("#", ";")):
            continue
        if above and len(indent) > len(above.indent):
            above.end = number + 1
        elif header := _HEADER.match(words):
            sections.append(Section(header["name"], indent, number))
            above = None
        elif sections:
            above = Setting(_key(words), indent, number, number + 1)
            sections[-1].settings.append(above)
    return sections


def _key(words: str) -> str:
    match = _SETTING.match(words)
    return match["key"].lower() if match else ""
