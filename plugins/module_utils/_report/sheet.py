# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTML page that stands alone: it may load nothing and run nothing, and says so to the browser. Pure."""

from __future__ import annotations

from ansible_collections.assumerole.s3.plugins.module_utils._report.html import Html, element, joined
from ansible_collections.assumerole.s3.plugins.module_utils._report.states import MARKS

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def sheet(title: str, style: str, header: Html, main: Html, footer: Html) -> str:
    """The whole page."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", Html(style)),
    )
    parts = (element("header", header), element("main", main), element("footer", footer))
    return joined(Html("<!doctype html>\n"), element("html", head, element("body", MARKS, *parts), lang="en"), "\n")
