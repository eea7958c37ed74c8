# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A variable's former name still means what it meant."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.fields import FIELDS
from ansible_collections.assumerole.s3.plugins.plugin_utils._former_variables import (
    FORMER,
    announcements,
    renewed,
    unreadable,
)
from ansible_collections.assumerole.s3.plugins.plugin_utils._unknown_variables import unknown

NAME = "bucket_access_adopt_profile"


@pytest.mark.parametrize(
    ("given", "adopt", "meant"),
    [
        (True, [], ["profile"]),
        ("yes", ["bucket"], ["bucket", "profile"]),
        (True, ["profile"], ["profile"]),
        (False, [], []),
        ("false", ["user"], ["user"]),
        (True, "nonsense", "nonsense"),  # for the field's own rule to name
    ],
)
def test_the_switch_is_a_word_in_the_list_now(given: object, adopt: Any, meant: Any) -> None:
    values = {"adopt": adopt, "user": "u"}
    assert renewed(values, {NAME: given}) == {"adopt": meant, "user": "u"}
    assert values["adopt"] == adopt


def test_it_is_announced_with_what_to_write() -> None:
    assert announcements([NAME]) == [
        "bucket_access_adopt_profile is now bucket_access_adopt: write bucket_access_adopt: [profile]."
    ]


def test_what_is_neither_true_nor_false_is_said() -> None:
    assert unreadable({NAME: "perhaps"}) == [f"{NAME} is 'perhaps': write bucket_access_adopt: [profile]."]
    assert unreadable({NAME: True}) == []


@pytest.mark.parametrize("name", FORMER)
def test_a_former_name_is_known_and_stands_for_a_list(name: str) -> None:
    assert unknown([name], []) == []
    assert FIELDS[FORMER[name].field].type == "list"
