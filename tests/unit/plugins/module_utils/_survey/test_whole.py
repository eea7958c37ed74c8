# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The survey as a whole says what it cannot see."""

from __future__ import annotations

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import Account
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import Scene
from ansible_collections.assumerole.s3.plugins.module_utils._survey.whole import survey


@pytest.mark.parametrize(
    "unseen",
    [
        "The root user",
        "service control and resource control policies",
        "ask in his name",
        "Access points of other accounts and of several regions",
        "S3 Access Grants",
        "notifications, logs",
        "services that are common",
        "no second step",
        "keys for one that reaches a place",
        "parameter in which the user's key is kept",
    ],
)
def test_what_no_survey_sees_is_said(unseen: str) -> None:
    contract = Contract.of({"user": "partner", "role": "exchange", "bucket": "b"})
    spots = survey(Scene(contract, "123456789012", "aws", Account()), ())["blind_spots"]
    assert sum(unseen in spot for spot in spots) == 1
