# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the operator has to put an object, because the role cannot."""

from __future__ import annotations

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.plugin_utils._variables import canaries


@pytest.mark.parametrize(
    ("permissions", "inside"),
    [
        (("list", "read", "write", "delete"), False),
        (("write",), False),
        (("list", "read"), True),
        (("write", "delete", "versions"), False),
        (("write", "versions"), True),  # the role's object stays from run to run, and its version is not told again
        (("write", "tags"), True),
        (("versions",), True),
    ],
)
def test_an_object_is_put_below_the_prefix_where_the_role_is_told_of_none(
    permissions: tuple[str, ...], inside: bool
) -> None:
    found = canaries(Contract.of({"bucket": "abc", "permissions": permissions}))
    assert (bool(found["inside"]), found["outside"], found["forbidden"]) == (inside, "", "")
