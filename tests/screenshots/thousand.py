# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the index of a thousand contracts, which stand in every way that there is, from two real reports.

thousand.py VERIFIED VIOLATED PAGE; pages.sh runs it.
"""

from __future__ import annotations

from datetime import datetime, timezone
import json
from pathlib import Path
import sys
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._report.index import index
from ansible_collections.assumerole.s3.plugins.module_utils._report.index_page import index_page

CONTRACTS = 1000
#: How many are not verified, by what is done to their reports.
VIOLATED, UNREADABLE, STALE, BROKEN_OFF = 3, 2, 4, 7


def reports(verified: dict[str, Any], violated: dict[str, Any]) -> dict[str, Any]:
    """By their paths; each is of another account."""
    found: list[Any] = [verified] * CONTRACTS
    found[:VIOLATED] = [violated] * VIOLATED
    found[-STALE:] = [{**verified, "created": "2026-01-01T00:00:00+00:00"}] * STALE
    told = [{**report, "account_id": f"{100000000000 + number}"} for number, report in enumerate(found)]
    told[VIOLATED : VIOLATED + UNREADABLE] = [None] * UNREADABLE  # type: ignore[list-item]
    return {f"contract-{number}/access-report.json": report for number, report in enumerate(told)}


def main(verified: str, violated: str, target: str) -> None:
    """Read the reports, write the page."""
    found = reports(*(json.loads(Path(path).read_text()) for path in (verified, violated)))
    broken_off = [*found][100 : 100 + BROKEN_OFF]
    Path(target).write_text(index_page(index(found, datetime.now(timezone.utc), 24, broken_off=broken_off)))


if __name__ == "__main__":
    main(*sys.argv[1:])
