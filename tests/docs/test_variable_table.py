# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of variables says what the role's argument specification says, and of each variable once."""

from __future__ import annotations

import pytest
from variable_table import PAGE, default, meaning, names_in, options, with_tables

ONE = {"bucket_access_user": {"required": True, "description": "Who."}, "bucket_access_tags": {"description": "What."}}
EMPTY = """Before.
<!-- table of: user -->
<!-- end of the table -->
<!-- table of: tags -->
old
<!-- end of the table -->
"""
FILLED = """Before.
<!-- table of: user -->
| variable | default | meaning |
|---|---|---|
| `bucket_access_user` | required | Who. |
<!-- end of the table -->
<!-- table of: tags -->
| variable | default | meaning |
|---|---|---|
| `bucket_access_tags` |  | What. |
<!-- end of the table -->
"""


def test_each_variable_stands_in_one_table() -> None:
    assert sorted(names_in(PAGE.read_text())) == sorted(options()), "name it in one `table of:` of docs/variables.md"


def test_the_page_says_what_the_argument_specification_says() -> None:
    assert with_tables(PAGE.read_text(), options()) == PAGE.read_text(), "run: python tests/docs/variable_table.py"


@pytest.mark.parametrize("page", [EMPTY, FILLED])
def test_every_table_is_written_and_nothing_else(page: str) -> None:
    assert with_tables(page, ONE) == FILLED


@pytest.mark.parametrize(
    ("option", "shown"),
    [
        ({"required": True}, "required"),
        ({"default": ""}, '`""`'),
        ({"default": False}, "`false`"),
        ({"default": 120}, "`120`"),
        ({"default": ["list", "read"]}, "`[list, read]`"),
        ({"default": "AES256"}, "`AES256`"),
        ({}, ""),
    ],
)
def test_defaults_are_shown_as_yaml(option: dict[str, object], shown: str) -> None:
    assert default(option) == shown


def test_only_the_first_paragraph_is_shown_without_ansible_markup() -> None:
    option = {"description": ["What V(read) is, in C(AWS).", "More about E(HOME)."]}
    assert meaning(option) == "What `read` is, in `AWS`."


def test_values_to_choose_from_are_shown() -> None:
    option = {"description": "Where it is kept.", "choices": ["here", "there"]}
    assert meaning(option) == "Where it is kept. One of `here`, `there`."
