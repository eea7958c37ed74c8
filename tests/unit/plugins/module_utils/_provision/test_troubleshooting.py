# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/troubleshooting.md says what the table of causes says, and docs/what-a-verdict-proves.md knows every check."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import re

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._checks.configuration import RULES
from ansible_collections.assumerole.s3.plugins.module_utils._checks.diagnosis import (
    ENFORCEMENT_UNKNOWN,
    ERRORS,
    EXCESS,
    NOT_CONTROLLED,
    NOT_ENFORCED,
    Finding,
    Row,
)
from ansible_collections.assumerole.s3.plugins.module_utils._checks.expectations import Scope, expectations
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import PERMISSIONS, Contract

DOCS = Path(__file__).resolve().parents[5] / "docs"


def error_line(row: Row) -> str:
    """A row of the table of errors, as the page has it."""
    codes = ", ".join(f"`{code}`" for code in sorted(row.codes))
    action = f" to `{row.actions}*`" if row.actions else ""
    said = ", saying `{}`".format(row.message.replace("|", r"\|")) if row.message else ""
    return f"| {codes}{action}{said} | {words(row.finding)} |"


def words(finding: Finding) -> str:
    """Cause and advice in two columns, with what is filled in written as people read it."""
    text = f"{finding.cause} | {finding.advice}"
    return re.sub(r"\{(\w+)\}", r"*\1*", text)


def wanted() -> Iterator[str]:
    yield from (error_line(row) for row in ERRORS)
    yield from (
        f"| `{start}{'*' if start.endswith('.') else ''}` | {words(found)} |" for start, found in EXCESS.items()
    )
    yield from (f"| {words(found)} |" for found in (NOT_ENFORCED, ENFORCEMENT_UNKNOWN, NOT_CONTROLLED))


@pytest.mark.parametrize("line", list(wanted()))
def test_the_page_has_every_cause_with_its_advice(line: str) -> None:
    assert line in (DOCS / "troubleshooting.md").read_text(encoding="utf-8").splitlines()


def test_the_page_has_no_cause_that_the_code_has_not() -> None:
    lines = (DOCS / "troubleshooting.md").read_text(encoding="utf-8").splitlines()
    heads = ("| ---", "| Answer", "| Check", "| Cause")
    assert {line for line in lines if line.startswith("| ") and not line.startswith(heads)} == set(wanted())


def check_ids() -> Iterator[str]:
    """The ids of all checks there are, with what differs from contract to contract written as the page writes it."""
    scope = Scope(longer_session=True, outsider=True, plain_http=True)
    arn = "arn:aws:iam::123456789012:role/r"
    for permissions in (PERMISSIONS, ("list",)):
        contract = Contract.of(
            {
                "bucket": "b",
                "permissions": permissions,
                "prefix": "team/",
                "external_id": "contract-4711",
                "forbidden_buckets": ("BUCKET",),
            }
        )
        yield from (item.id for item in expectations(contract, arn, scope))
    yield from (rule.id for rule in RULES)


@pytest.mark.parametrize("check", sorted(set(check_ids())))
def test_every_check_is_explained(check: str) -> None:
    page = (DOCS / "what-a-verdict-proves.md").read_text(encoding="utf-8")
    assert f"`{check}`" in page
