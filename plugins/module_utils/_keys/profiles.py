# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles in the text of an AWS credentials or config file: read, set and removed, and nothing else touched. Pure.

https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
"""

from __future__ import annotations

from collections.abc import Mapping
import configparser
import re

#: Settings that never leave the file.
SECRET_SETTINGS = frozenset({"aws_secret_access_key", "aws_session_token"})

_HEADER = re.compile(r"\[(?P<name>.+)\]")  # as configparser has it
_SETTING = re.compile(r"^(?P<key>[^\s#;=:\[][^=:]*?)\s*[=:]")
_MARK = "# made by assumerole.s3 for "

Settings = Mapping[str, "str | None"]


class NotAnIniFile(ValueError):
    """The text is none that AWS tools could read; the message says where it goes wrong."""


def section_name(profile: str, kind: str) -> str:
    """How a profile's section is called: ``config`` files say ``profile`` before every name but ``default``."""
    return profile if kind == "credentials" or profile == "default" else f"profile {profile}"


def settings_of(text: str, section: str) -> dict[str, str] | None:
    """The settings in a section, or ``None`` when there is none. Raises :class:`NotAnIniFile`."""
    parser = configparser.RawConfigParser(default_section="\0")
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise NotAnIniFile(" ".join(_without_content(error).split())) from None
    return dict(parser.items(section)) if parser.has_section(section) else None


def owner_of(text: str, section: str) -> str | None:
    """For whom the section was made by us, or ``None`` when somebody else made it."""
    lines = text.splitlines()
    start, end = _span(lines, section)
    marks = [line.strip()[len(_MARK) :] for line in lines[start:end] if line.strip().startswith(_MARK)]
    return marks[0] if marks else None


def with_section(text: str, section: str, settings: Settings, owner: str) -> str:
    """The text with these settings in the section, made when missing; ``None`` as a value takes a setting out."""
    lines = text.splitlines()
    start, end = _span(lines, section)
    if start == end:
        lines += ([""] if lines else []) + [f"[{section}]"]
        start, end = len(lines) - 1, len(lines)
    own = [line for line in lines[start:end] if not line.strip().startswith(_MARK)]
    body = [own[0], f"{_MARK}{owner}", *own[1:]]
    for key, value in settings.items():
        body = _with_setting(body, key, value)
    return _joined([*lines[:start], *body, *lines[end:]])


def without_section(text: str, section: str) -> str:
    """The text without the section; comments that stand before the next one stay."""
    lines = text.splitlines()
    start, end = _span(lines, section)
    if start == end:
        return text
    before = lines[:start]
    if before and not before[-1].strip():
        before.pop()
    return _joined(before + lines[end:])


def _span(lines: list[str], section: str) -> tuple[int, int]:
    """First line of the section and the line after its last setting; equal when there is no such section."""
    names = [(number, match["name"]) for number, line in enumerate(lines) if (match := _HEADER.match(line))]
    start = next((number for number, name in names if name == section), None)
    if start is None:
        return len(lines), len(lines)
    end = next((number for number, _name in names if number > start), len(lines))
    while end > start + 1 and not _belongs(lines[end - 1]):
        end -= 1
    return start, end


def _belongs(line: str) -> bool:
    """Whether a line at a section's end is surely the section's: a setting or our mark, no comment and no blank."""
    return bool(line.strip()) and (not line.lstrip().startswith(("#", ";")) or line.startswith(_MARK))


def _with_setting(body: list[str], key: str, value: str | None) -> list[str]:
    """The body with the setting where it was, or at the end; the lines that it went on in go with it."""
    start = next((number for number, line in enumerate(body) if _names(line, key)), len(body))
    end = min(start + 1, len(body))
    while end < len(body) and body[end][:1].isspace():
        end += 1
    return [*body[:start], *([] if value is None else [f"{key} = {value}"]), *body[end:]]


def _names(line: str, key: str) -> bool:
    match = _SETTING.match(line)
    return match is not None and match["key"].strip().lower() == key


def _joined(lines: list[str]) -> str:
    return "\n".join(lines) + "\n" if lines else ""


def _without_content(error: configparser.Error) -> str:
    """The error with line numbers only: what stands in the lines may be a secret."""
    if isinstance(error, configparser.MissingSectionHeaderError):
        return f"line {error.lineno} stands before the first [profile]"
    if isinstance(error, configparser.ParsingError):
        return "line " + ", ".join(str(number) for number, _line in error.errors) + " is no setting"
    if isinstance(error, (configparser.DuplicateSectionError, configparser.DuplicateOptionError)):
        return f"line {error.lineno} says again what stands above it"
    return type(error).__name__
