# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.assumerole.s3.plugins.module_utils._report.html import Html, element, joined


def test_text_is_escaped_and_html_is_not() -> None:
    assert element("p", "<b>&", Html("<i></i>")) == "<p>&lt;b&gt;&amp;<i></i></p>"


def test_a_value_cannot_leave_its_attribute() -> None:
    assert element("a", href="\"><script>'") == '<a href="&quot;&gt;&lt;script&gt;&#x27;"></a>'


def test_attributes_have_the_names_that_html_gives_them() -> None:
    made = element("th", class_="x", aria_label="y", viewBox="z", width=7, scope=None)
    assert made == '<th class="x" aria-label="y" viewBox="z" width="7"></th>'


def test_an_empty_element_has_no_end() -> None:
    assert element("meta", name="a") == '<meta name="a">'


def test_nothing_becomes_nothing() -> None:
    assert joined(None, "", Html("")) == ""


def test_what_was_joined_is_not_escaped_again() -> None:
    assert element("p", joined("<", element("b"))) == "<p>&lt;<b></b></p>"
