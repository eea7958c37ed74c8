# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds HTML in which every text is escaped unless it was built here. Pure."""

from __future__ import annotations

from html import escape

from ansible_collections.assumerole.s3.plugins.module_utils._report.text import printable

#: Elements without content, which have no end tag.
VOID = ("meta", "br")


class Html(str):
    """Text that is HTML already."""


def element(tag: str, /, *children: object, **attributes: object) -> Html:
    """An element. An attribute that is None is left out; ``class_`` is class, and ``aria_label`` is aria-label."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(printable(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    start = f"<{tag}{given}>"
    return Html(start if tag in VOID else f"{start}{joined(*children)}</{tag}>")


def joined(*children: object) -> Html:
    """The children one after the other; those that are no HTML yet as text."""
    return Html("".join(child if isinstance(child, Html) else escape(printable(child)) for child in children))
