# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The README's table of variables says what the role's argument specification says."""

from __future__ import annotations

import pytest
from variable_table import README, default, meaning, table, table_in, with_table


def test_the_readme_has_the_table_of_the_argument_specification() -> None:
    assert table_in(README.read_text()) == table(), "run: python tests/docs/variable_table.py"


def test_writing_the_table_twice_changes_nothing() -> None:
    written = with_table(README.read_text())
    assert with_table(written) == written


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
