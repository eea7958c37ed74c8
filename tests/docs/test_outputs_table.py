# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page names each key of ``bucket_access_outputs`` with its type, in the order in which the code has them."""

from __future__ import annotations

import re

from ansible_collections.assumerole.s3.plugins.module_utils._report.outputs import TYPES
from lab.checkout import CHECKOUT

ROW = re.compile(r"^\| `(\w+)` \| `(str|bool|list)` \|", re.MULTILINE)


def test_the_page_has_the_keys_and_types_of_the_code() -> None:
    page = (CHECKOUT / "docs" / "variables.md").read_text()
    section = page.partition("## What a verb leaves")[2].partition("\n## ")[0]
    assert ROW.findall(section) == [(name, kind.__name__) for name, kind in TYPES.items()]
