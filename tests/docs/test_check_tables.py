# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages' tables of checks and causes say what the catalogue and the table of explanations say."""

from __future__ import annotations

from pathlib import Path

from check_tables import PAGES, TABLES, code, places, table, with_tables
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import CATALOGUE


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_the_tables_of_the_code(page: Path) -> None:
    assert page.read_text() == with_tables(page.read_text()), (
        "run: PYTHONPATH=.collections python tests/docs/check_tables.py"
    )


def test_every_table_has_its_place() -> None:
    assert [name for page in PAGES for name in places(page.read_text())] == ["checks", "errors", "excess", "untold"]


@pytest.mark.parametrize("check", CATALOGUE)
def test_every_check_is_explained(check: str) -> None:
    assert code(check) in PAGES[0].read_text()


@pytest.mark.parametrize("name", TABLES)
def test_nothing_that_is_filled_in_stays_open(name: str) -> None:
    assert "{" not in "".join(TABLES[name]())


def test_a_bar_in_a_cell_ends_no_cell() -> None:
    assert table(("Answer",), [("this|that",)]) == "| Answer |\n| --- |\n| this\\|that |"
