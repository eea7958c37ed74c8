# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a page of Markdown asks its reader to do: its code blocks, in order. Pure.

A block of code is one of these:

- ``console``: commands behind ``$ ``, each followed by its output, if the page shows it. In the output ``…`` stands for
  any text, and alone on a line for any lines. A command must succeed, unless the next one is ``echo $?``.
- a file, when its first line is a comment with nothing but a name: ``# partner.yml``.
- one that a comment above it excuses: ``<!-- not run: why -->``, or ``<!-- run as: COMMAND; because why -->``, which
  names a command that does the same in a test.

``<!-- in the checkout -->`` and ``<!-- in a project -->`` say where the commands below run.
"""

from __future__ import annotations

from dataclasses import dataclass
import re

PROJECT = "in a project"
PLACES = ("in the checkout", PROJECT)

_TOKEN = re.compile(
    r"^<!-- (?P<comment>.*?) -->$|^(?P<indent> *)```(?P<language>\w*)\n(?P<body>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)
_EXCUSE = re.compile(r"not run: (?P<reason>.+)|run as: (?P<command>.+?); because (?P<because>.+)", re.DOTALL)
_FILE_NAME = re.compile(r"# ([\w./-]+\.\w+)\n")


class Unclear(Exception):
    """A block that is none of the kinds above; says where it is."""


@dataclass(frozen=True)
class Command:
    """A command, and what the page shows of its output."""

    line: int
    text: str
    output: str
    place: str = PROJECT
    may_fail: bool = False


@dataclass(frozen=True)
class File:
    """A file that the reader writes."""

    line: int
    name: str
    text: str


@dataclass(frozen=True)
class Excused:
    """A block that is not run."""

    line: int
    language: str
    text: str


Step = Command | File | Excused


def steps(text: str) -> list[Step]:
    """What the page asks for, in order."""
    found: list[Step] = []
    place, excuse = PROJECT, None
    for token in _TOKEN.finditer(text):
        comment = token["comment"]
        if comment in PLACES:
            place = comment
        elif comment is not None:
            excuse = _EXCUSE.fullmatch(comment)
        else:
            found += _block(token, text.count("\n", 0, token.start()) + 1, place, excuse)
            excuse = None
    return found


def _block(token: re.Match[str], line: int, place: str, excuse: re.Match[str] | None) -> list[Step]:
    language, body = token["language"], token["body"]
    if token["indent"]:
        raise Unclear(f"line {line}: a block of code inside a list would not be run: move it to the margin")
    if excuse:
        run_as = [Command(line, excuse["command"], "", place)] if excuse["command"] else []
        return [Excused(line, language, body), *run_as]
    if language == "console":
        return list(_commands(body, line + 1, place))
    name = _FILE_NAME.match(body)
    if not name:
        raise Unclear(f"line {line}: a block of code that is neither a file with a name, nor run, nor excused")
    return [File(line, name[1], body)]


def _commands(body: str, first: int, place: str) -> list[Command]:
    """The commands of a ``console`` block; one goes on over lines that end in a backslash."""
    parts = re.split(r"^\$ ((?:.*\\\n)*.*)\n", body, flags=re.MULTILINE)
    if parts[0].strip():
        raise Unclear(f"line {first}: a console block begins with a command, behind a dollar sign")
    texts, outputs = parts[1::2], parts[2::2]
    return [
        Command(
            first + body.count("\n", 0, body.index(f"$ {text}\n")),
            text,
            output,
            place,
            may_fail=texts[number + 1 : number + 2] == ["echo $?"],
        )
        for number, (text, output) in enumerate(zip(texts, outputs, strict=True))
    ]


def shows(page: str, output: str) -> bool:
    """Whether the output is what the page shows. Empty lines and spaces at the ends of lines do not count."""
    return not page.strip() or re.fullmatch(_pattern(page), _tidy(output)) is not None


def _pattern(page: str) -> str:
    lines = [r"(?:.*\n)*?" if line == "…" else _line_pattern(line) for line in _tidy(page).splitlines()]
    return "".join(lines)


def _line_pattern(line: str) -> str:
    return ".*?".join(re.escape(part) for part in line.split("…")) + r"\n"


def _tidy(text: str) -> str:
    """The lines as a terminal leaves them: what a carriage return has overwritten is gone."""
    lines = [line.rstrip().rpartition("\r")[2] for line in text.split("\n")]
    return "".join(f"{line}\n" for line in lines if line)
