# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every AWS file, not only for the ones that somebody thought of."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
import re
import tempfile
from typing import Any

from botocore.configloader import load_config, raw_config_parse
from botocore.exceptions import ConfigParseError
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ansible_collections.assumerole.s3.plugins.module_utils._keys.profiles import (
    NotAnIniFile,
    owner_of,
    profile_of,
    settings_of,
    with_section,
    without_section,
)

OWNER = "arn:aws:iam::123456789012:user/partner"

names = st.from_regex(r"[A-Za-z0-9_+=,.@:/-]{1,12}", fullmatch=True)
keys = st.from_regex(r"[a-z][a-z0-9_]{0,11}", fullmatch=True)
values = st.from_regex(r"[A-Za-z0-9+/=][A-Za-z0-9+/=:;#\[\]%$ -]{0,20}[A-Za-z0-9+/=]", fullmatch=True)
comments = st.from_regex(r"[#;][ -~]{0,20}", fullmatch=True)


@st.composite
def sections(draw: st.DrawFn, name: str) -> list[str]:
    lines = [draw(st.sampled_from([f"[{name}]", f"[profile {name}]"]))]
    for key in draw(st.lists(keys, unique=True, max_size=4)):
        lines += draw(st.lists(comments, max_size=1))
        if draw(st.booleans()):
            lines.append(f"{key}{draw(st.sampled_from([' = ', '=', ': ', ' =']))}{draw(values)}")
        else:
            lines += [f"{key} =", *(f"  {nested} = x" for nested in draw(st.lists(keys, unique=True, max_size=2)))]
        lines += draw(st.lists(st.just(""), max_size=1))
    return lines


@st.composite
def files(draw: st.DrawFn) -> str:
    lines = draw(st.lists(comments, max_size=2))
    for name in draw(st.lists(names, unique=True, max_size=4)):
        lines += draw(sections(name))
        lines += draw(st.lists(st.one_of(comments, st.just("")), max_size=3))
    return "".join(line + "\n" for line in lines)


wishes = st.dictionaries(keys, values, min_size=1, max_size=4)


@settings(max_examples=150, deadline=None)
@given(files(), wishes)
def test_setting_and_removing_a_new_profile_gives_the_text_back(text: str, wish: dict[str, str]) -> None:
    written = with_section(text, "~new~", wish, OWNER)
    assert without_section(written, "~new~") == text


@settings(max_examples=150, deadline=None)
@given(files(), wishes)
def test_what_was_set_is_read_and_nothing_else_is_touched(text: str, wish: dict[str, str]) -> None:
    written = with_section(text, "~new~", wish, OWNER)
    assert settings_of(written, "~new~") == wish
    assert owner_of(written, "~new~") == OWNER
    assert written.startswith(text)


@settings(max_examples=150, deadline=None)
@given(files(), wishes, st.data())
def test_changing_one_profile_leaves_every_other_as_it_is(text: str, wish: dict[str, str], data: st.DataObject) -> None:
    headers = [line[1:-1] for line in text.splitlines() if line.startswith("[") and line.endswith("]")]
    if not headers:
        return
    mine = data.draw(st.sampled_from(headers))
    written = with_section(text, mine, wish, OWNER)
    assert with_section(written, mine, wish, OWNER) == written
    assert (settings_of(written, mine) or {}) | wish == settings_of(written, mine)
    for other in set(headers) - {mine}:
        assert settings_of(written, other) == settings_of(text, other)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_and_never_a_traceback(text: str) -> None:
    for read_or_edit in (settings_of, without_section, lambda *given: with_section(*given, {"x": "1"}, OWNER)):
        with suppress(NotAnIniFile):
            read_or_edit(text, "a")


# Files as people leave them, and botocore as the judge of what they say.

SPELLINGS = """\
[{}]
[profile {}]
[profile "{}"]
[profile '{}']
[profile   {}]
[profile\t{}]
[profiles {}]
[profile {} ]
[ {}]
[sso-session {}]
[profile {}] # old
[profile {} two]
[profile "{} two"]
"""
spellings = st.sampled_from(SPELLINGS.splitlines())
indents = st.sampled_from(["", "", "", " ", "  ", "\t", "\xa0"])
odd = st.text("ab=:#;[]\"'\t \x0b\x0c\x1c\x85\u2028\u00fc%$\x00", min_size=1, max_size=8)
endings = st.sampled_from(["\n", "\n", "\r\n", "\r"])


@st.composite
def blocks(draw: st.DrawFn) -> str:
    """A section as somebody may have written it."""
    ending = draw(endings)
    name = draw(st.sampled_from(["a", "b", "default", "DEFAULT", "night"]))
    lines = [draw(indents) + draw(spellings).format(name)]
    for key in draw(st.lists(st.one_of(keys, st.just("region"), st.just("X")), unique=True, max_size=3)):
        lines.append(draw(indents) + key + draw(st.sampled_from([" = ", "=", ": ", ":"])) + draw(odd))
        lines += draw(st.lists(st.sampled_from(["", "  n = 1", "# c", "\t; c", "  [b]", "      deep = 2"]), max_size=3))
    return "".join(line + ending for line in lines)


def as_botocore_reads(text: str, kind: str) -> dict[str, Any]:
    """The profiles of a file; botocore takes a credentials file's sections as they are."""
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(text.encode())
        if kind == "credentials":
            return dict(raw_config_parse(file.name, parse_subsections=False))
        return dict(load_config(file.name)["profiles"])


def read_or_skipped(text: str, kind: str) -> dict[str, Any]:
    try:
        return as_botocore_reads(text, kind)
    except ConfigParseError:
        assume(False)
        raise


kinds = st.sampled_from(["credentials", "config"])
profiles = st.sampled_from(["a", "b", "default", "a two", "new", "it's", "ü"])


@settings(max_examples=150, deadline=None)
@given(st.lists(blocks(), max_size=4), kinds, profiles, wishes)
def test_botocore_reads_what_was_set_and_every_other_profile_as_before(
    parts: list[str], kind: str, profile: str, wish: dict[str, str]
) -> None:
    text = "".join(parts)
    before = read_or_skipped(text, kind)
    try:
        written = with_section(text, profile, wish, OWNER, kind)
    except NotAnIniFile:
        assert "DEFAULT" in text, "only what is handed down to all sections stands in the way"
        return
    after = as_botocore_reads(written, kind)
    assert {name: value for name, value in after[profile].items() if name in wish} == wish
    assert {**after, profile: None} == {**before, profile: None}
    assert owner_of(written, profile, kind) == OWNER
    assert with_section(written, profile, wish, OWNER, kind) == written


@settings(max_examples=150, deadline=None)
@given(st.lists(blocks(), min_size=1, max_size=4), kinds, wishes, st.data())
def test_every_byte_beside_the_profile_stays(
    parts: list[str], kind: str, wish: dict[str, str], data: st.DataObject
) -> None:
    text = "".join(parts)
    read_or_skipped(text, kind)
    headers = list(read_or_skipped(text, "credentials"))
    assume([list(read_or_skipped(part, "credentials")) for part in parts] == [[header] for header in headers])
    number = data.draw(st.integers(0, len(parts) - 1))
    profile = profile_of(headers[number], kind)
    assume(profile is not None and [profile_of(header, kind) for header in headers].count(profile) == 1)
    for edit in (lambda *where: with_section(*where[:2], wish, OWNER, kind), without_section):
        try:
            edited = edit(text, profile or "", kind)
        except NotAnIniFile:
            assert "DEFAULT" in text or re.search(r"[\r\n][ \t\xa0]+\[", text), "only a deeper header is in the way"
            continue
        assert edited.startswith("".join(parts[:number]).rstrip("\r\n\t \x0b"))
        assert edited.endswith("".join(parts[number + 1 :]))


@settings(max_examples=150, deadline=None)
@given(st.lists(blocks(), max_size=4), kinds, profiles)
def test_a_profile_is_found_where_botocore_finds_it(parts: list[str], kind: str, profile: str) -> None:
    text = "".join(parts)
    found = read_or_skipped(text, kind).get(profile)
    ours = settings_of(text, profile, kind)
    if kind == "config" and found is not None:
        assert set(ours or {}) == set(found)
    else:
        assert ours == found


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), kinds)
def test_what_botocore_cannot_read_is_refused_and_the_other_way_round(text: str, kind: str) -> None:
    try:
        expected = as_botocore_reads(text, "credentials")
    except (ConfigParseError, UnicodeEncodeError):
        expected = None
    try:
        settings_of(text, "a", kind)
    except NotAnIniFile:
        assert expected is None
    else:
        assert expected is not None
