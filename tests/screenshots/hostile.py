# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a page from a real report in which every text that somebody else could choose is hostile.

hostile.py REPORT PAGE; pages.sh runs it.
"""

from __future__ import annotations

import json
from pathlib import Path
import sys
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._report.page import page

HOSTILE = '"\'></title></style><script>window.hostile = 1</script><img src=x onerror="window.hostile = 1">'
#: Words that the renderer knows, so that nobody else chooses them.
KNOWN = ("verdict", "outcome", "expected", "action")


def hostile(value: Any, name: str = "") -> Any:
    """The value with every text replaced, however deep."""
    if isinstance(value, dict):
        return {key: hostile(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [hostile(item, name) for item in value]
    return HOSTILE if isinstance(value, str) and name not in KNOWN else value


def main(report: str, target: str) -> None:
    """Read the report, write the page."""
    Path(target).write_text(page(hostile(json.loads(Path(report).read_text()))))


if __name__ == "__main__":
    main(*sys.argv[1:])
