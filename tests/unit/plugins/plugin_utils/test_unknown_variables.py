# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mistyped variable is noticed, and whatever is not the role's business is left alone."""

from __future__ import annotations

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.fields import FIELDS
from ansible_collections.assumerole.s3.plugins.plugin_utils._unknown_variables import unknown

MISTYPED = {
    "bucket_access_prefx": "bucket_access_prefix",
    "bucket_access_permision": "bucket_access_permissions",
    "bucket_access_Prefix": "bucket_access_prefix",
    "bucket_access_forbidden_bucket": "bucket_access_forbidden_buckets",
    "bucket_access_adopt_profiles": "bucket_access_role_profile",
}


@pytest.mark.parametrize("name", MISTYPED)
def test_a_mistyped_variable_is_named_with_the_one_that_was_meant(name: str) -> None:
    (sentence,) = unknown([name, "bucket_access_bucket"], [])
    assert sentence.startswith(f"{name} is unknown: did you mean {MISTYPED[name]}? If it is your own, name it in")


def test_without_a_similar_name_none_is_guessed() -> None:
    assert unknown(["bucket_access_zzzzzzzzzzzzzzzzzzzzzz"], []) == [
        "bucket_access_zzzzzzzzzzzzzzzzzzzzzz is unknown: check its name, or name it in bucket_access_other_variables."
    ]


@pytest.mark.parametrize("name", [*FIELDS, "hosts", "outputs", "result", "session", "key"])
def test_the_roles_own_variables_are_known(name: str) -> None:
    assert unknown([f"bucket_access_{name}"], []) == []


@pytest.mark.parametrize("name", ["__bucket_access_x", "my_bucket_access_x", "bucket_accessory", "groups"])
def test_other_names_are_nobodys_business(name: str) -> None:
    assert unknown([name], []) == []


def test_a_variable_of_ones_own_can_be_allowed() -> None:
    assert unknown(["bucket_access_contracts"], ["bucket_access_contracts"]) == []
