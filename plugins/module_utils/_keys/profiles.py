# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles in the text of an AWS credentials or config file: read, set and removed, and nothing else touched. Pure.

A file's ``kind`` says how a section names its profile. In a credentials file the header is the name. A config file says
``profile`` before every name but ``default``, and quotes a name as a shell does, so a profile may be spelled in many
ways: https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html. All are known that botocore knows:
https://github.com/boto/botocore/blob/develop/botocore/configloader.py.
"""

from __future__ import annotations

from collections.abc import Mapping
import configparser
from functools import lru_cache
from io import StringIO
from itertools import takewhile
import re
import shlex

from ansible_collections.assumerole.s3.plugins.module_utils._keys.ini_text import (
    Section,
    ending_of,
    lines_of,
    sections_of,
)

#: Settings that never leave the file: a secret is called so. The name of a file is none.
_SECRET = re.compile(r"(?!.*_file$).*(secret|token|passw)")

#: Settings that say where credentials come from. AWS tools take one of them, and not every tool the same one:
#: https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
_SOURCE = re.compile(
    r"aws_access_key_id|aws_secret_access_key|aws_session_token|aws_security_token|role_arn|source_profile"
    r"|credential_source|web_identity_token_file|credential_process|login_session|sso_\w+"
)
_MARK = "# made by assumerole.s3 for "
#: Python hands this section's settings down to all others, so it is no profile.
_SHARED = configparser.DEFAULTSECT
_UNSURE = "the profile, or a section beside it, is written in a way that cannot be edited"

Settings = Mapping[str, "str | None"]


class NotAnIniFile(ValueError):
    """The text is none that AWS tools could read; the message says where it goes wrong."""


def section_name(profile: str, kind: str) -> str:
    """How a new section for the profile is called."""
    if kind == "credentials" or profile == "default":
        return profile
    plain = f"profile {profile}"
    return plain if profile_of(plain, kind) == profile else f"profile {shlex.quote(profile)}"


def profile_of(header: str, kind: str) -> str | None:
    """Which profile a section is for; ``None`` when it is for none."""
    if kind == "credentials" or header == "default":
        return None if header == _SHARED else header
    if not header.startswith("profile"):
        return None
    try:
        words = shlex.split(header)
    except ValueError:
        return None
    return words[1] if len(words) == 2 else None


def headers_of(text: str, profile: str, kind: str = "credentials") -> list[str]:
    """The headers of all sections for the profile; AWS tools read the last one. Raises :class:`NotAnIniFile`."""
    return [header for header in _all(text) if header != _SHARED and profile_of(header, kind) == profile]


def settings_of(text: str, profile: str, kind: str = "credentials") -> dict[str, str] | None:
    """The settings of a profile, or ``None`` when there is none. Raises :class:`NotAnIniFile`."""
    headers = headers_of(text, profile, kind)
    return {**_all(text)[headers[-1]]} if headers else None


def owner_of(text: str, profile: str, kind: str = "credentials") -> str | None:
    """For whom the profile was made by us, or ``None`` when somebody else made it."""
    lines = lines_of(text)
    sections = _sections(lines, profile, kind)
    return _owner(lines, sections[-1]) if sections else None


def superseding(current: Mapping[str, str], wished: Settings) -> dict[str, str | None]:
    """The wish, and with it that no other source of credentials stays beside the one that it names."""
    names_one = any(value is not None and _SOURCE.fullmatch(name) for name, value in wished.items())
    others = [name for name in current if names_one and _SOURCE.fullmatch(name)]
    return {**dict.fromkeys(others), **wished}


def is_secret(name: str) -> bool:
    """Whether a setting never leaves its file."""
    return _SECRET.match(name) is not None


def with_section(text: str, profile: str, settings: Settings, owner: str, kind: str = "credentials") -> str:
    """The text with these settings in the profile, made when missing; ``None`` as a value takes a setting out."""
    before = _all(text)
    if kind == "config" and not all(map(_readable_nested, before[_SHARED].values())):
        raise NotAnIniFile(_UNSURE)
    lines = lines_of(text)
    ending = (ending_of(lines[0]) if lines else "") or "\n"
    if not _sections(lines, profile, kind):
        lines = [*_ended(lines, ending), *([ending] if lines else []), f"[{section_name(profile, kind)}]{ending}"]
    section = next(reversed(_sections(lines, profile, kind)), None)
    if section is None:
        raise NotAnIniFile(_UNSURE)
    current = before.get(section.header, {})
    different = {name: value for name, value in settings.items() if current.get(name) != value}
    written = "".join(_edited(lines, section, different, f"{_MARK}{owner}{ending}", ending))
    wished = {name: value for name, value in {**before[_SHARED], **current, **settings}.items() if value is not None}
    return _proven(written, {**before, section.header: wished})


def without_section(text: str, profile: str, kind: str = "credentials", owner: str | None = None) -> str:
    """The text without the profile, or only without what was made for the owner; comments before the next one stay."""
    lines = lines_of(text)
    kept = {**_all(text)}
    for section in reversed(_sections(lines, profile, kind)):
        if owner in (None, _owner(lines, section)):
            blank = section.start > 0 and not lines[section.start - 1].strip()
            del lines[section.start - blank : _end(lines, section)]
            del kept[section.header]
    return _proven("".join(lines), kept)


def _sections(lines: list[str], profile: str, kind: str) -> list[Section]:
    return [section for section in sections_of(lines) if profile_of(section.header, kind) == profile]


def _marks(lines: list[str], section: Section) -> list[int]:
    """The lines of our marks, among the comments right below the header."""
    comments = takewhile(lambda number: lines[number].lstrip()[:1] in ("#", ";"), range(section.start + 1, len(lines)))
    return [number for number in comments if lines[number].strip().startswith(_MARK)]


def _owner(lines: list[str], section: Section) -> str | None:
    marks = _marks(lines, section)
    return lines[marks[0]].strip()[len(_MARK) :] if marks else None


def _end(lines: list[str], section: Section) -> int:
    """The line after the section's last setting or mark."""
    return max([section.end, *(number + 1 for number in _marks(lines, section))])


def _edited(lines: list[str], section: Section, settings: Settings, mark: str, ending: str) -> list[str]:
    """The lines with the mark and the settings in the section: each where it was, or at the section's end."""
    end, marks = _end(lines, section), _marks(lines, section)
    body = {number: lines[number] for number in range(section.start, end) if number not in marks}
    for setting in section.settings:
        if setting.key in settings:
            first, *others = range(setting.start, setting.end)
            body[first] = _line(setting.indent, setting.key, settings[setting.key], ending)
            body |= dict.fromkeys(others, "")
    known = {setting.key for setting in section.settings}
    new = [_line(_indent(lines, section), *item, ending) for item in settings.items() if item[0] not in known]
    header, *rest = _ended([line for line in body.values() if line], ending)
    return [*lines[: section.start], header, mark, *rest, *new, *lines[end:]]


def _line(indent: str, name: str, value: str | None, ending: str) -> str:
    return "" if value is None else f"{indent}{name} = {value}{ending}"


def _indent(lines: list[str], section: Section) -> str:
    """As deep as the next header: were that one deeper than the setting above it, it would go on with that setting."""
    return next((other.indent for other in sections_of(lines) if other.start > section.start), "")


def _ended(lines: list[str], ending: str) -> list[str]:
    """The lines, the last one with an ending, too."""
    return [*lines[:-1], lines[-1] + ("" if ending_of(lines[-1]) else ending)] if lines else []


def _proven(text: str, expected: Mapping[str, Mapping[str, str]]) -> str:
    """The edited text, once it is sure that AWS tools read what is expected in every section."""
    try:
        found = _all(text)
    except NotAnIniFile:
        found = {}
    if found != expected:
        raise NotAnIniFile(_UNSURE)
    return text


def _readable_nested(value: str) -> bool:
    """Whether botocore reads the value in a profile of a config file, where lines below a name are settings again."""
    return not value.startswith("\n") or all("=" in line for line in value.splitlines() if line.strip())


@lru_cache(maxsize=2)
def _all(text: str) -> Mapping[str, Mapping[str, str]]:
    """The settings of all sections by header; one text is asked about several times. Raises :class:`NotAnIniFile`."""
    parser = configparser.RawConfigParser()
    if text.startswith("\ufeff"):
        raise NotAnIniFile("it begins with a byte order mark, which AWS tools do not read")
    try:
        parser.read_file(StringIO(text, newline=None))
    except configparser.Error as error:
        raise NotAnIniFile(" ".join(_without_content(error).split())) from None
    return {_SHARED: dict(parser.defaults()), **{header: dict(parser.items(header)) for header in parser.sections()}}


def _without_content(error: configparser.Error) -> str:
    """The error with line numbers only: what stands in the lines may be a secret."""
    if isinstance(error, configparser.MissingSectionHeaderError):
        return f"line {error.lineno} stands before the first [profile]"
    if isinstance(error, configparser.ParsingError):
        return "line " + ", ".join(str(number) for number, _line in error.errors) + " is no setting"
    if isinstance(error, (configparser.DuplicateSectionError, configparser.DuplicateOptionError)):
        return f"line {error.lineno} says again what stands above it"
    return type(error).__name__
