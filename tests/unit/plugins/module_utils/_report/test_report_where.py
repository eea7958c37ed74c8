# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._report.where import account, region

USER = {"arn": "arn:aws:iam::111111111111:user/partner"}
ROLE = {"arn": "arn:aws-cn:sts::222222222222:assumed-role/partner-exchange/test"}

ACCOUNTS = [
    ({"caller": USER, "session": ROLE}, "222222222222"),
    ({"caller": USER, "session": {}}, "111111111111"),
    ({"caller": {}, "session": {}}, ""),
    ({"caller": {"arn": None}, "session": {"arn": "no:arn"}}, ""),
    ({"caller": USER, "session": ROLE, "account_id": "333333333333"}, "333333333333"),
]


@pytest.mark.parametrize(("known", "expected"), ACCOUNTS)
def test_the_account_is_that_of_the_role(a_report: Any, known: dict[str, Any], expected: str) -> None:
    assert account({**a_report(), **known}) == expected


def test_a_region_is_only_what_the_report_says(a_report: Any) -> None:
    assert region(a_report()) == ""
    assert region({**a_report(), "region": "eu-central-1"}) == "eu-central-1"
