# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every AWS file, not only for the ones that somebody thought of."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.assumerole.s3.plugins.module_utils._keys.profiles import (
    NotAnIniFile,
    owner_of,
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
    with suppress(NotAnIniFile):
        settings_of(text, "a")
    with_section(text, "a", {"x": "1"}, OWNER)
    without_section(text, "a")
