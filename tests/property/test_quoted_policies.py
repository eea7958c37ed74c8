# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies, quoted as in a URL, are read as the standard library reads them."""

from __future__ import annotations

from urllib.parse import quote, unquote

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import FULL_OF, unquoted

SIGNS = st.sampled_from(
    ["%", "2", "0", "5", "A", "a", "C3", "%25", "%c3%a9", *(f"%{ord(sign):02X}" for sign in FULL_OF)]
)


@given(st.lists(st.one_of(SIGNS, st.characters()), max_size=40).map("".join))
def test_any_text_is_read_as_the_standard_library_reads_it(text: str) -> None:
    assert unquoted(text) == unquote(text)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_was_quoted_is_itself_again(text: str) -> None:
    assert unquoted(quote(text, safe="")) == text
