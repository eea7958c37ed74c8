# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who reaches what a key encrypts: whom the key lets in as well, to whom S3 forwards the request."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import (
    USER,
    Account,
    Policy,
    Principal,
)
from ansible_collections.assumerole.s3.plugins.module_utils._survey.reaching import reaches
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import Scene

Json = dict[str, Any]

ACCOUNT = "123456789012"
ANNA, ROOT = f"arn:aws:iam::{ACCOUNT}:user/anna", f"arn:aws:iam::{ACCOUNT}:root"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/00000000-0000-4000-8000-000000000000"
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
DECRYPT = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}


def policy(*statements: Json) -> Policy:
    return Policy.of("own", {"Statement": list(statements)})


def found(**condition: Any) -> list[str]:
    """How sure it is that somebody reads who may use the key under a condition."""
    terms = {"user": "partner", "role": "exchange", "bucket": "b", "kms_key": KEY}
    contract = replace(Contract.of(terms), dns_suffix="amazonaws.com")
    anna = Principal(ANNA, USER, "AIDAANNA", (policy(READ, {**DECRYPT, **condition}),))
    key = policy({**DECRYPT, "Action": "kms:*", "Principal": {"AWS": ROOT}})
    return [one.certainty for one in reaches(Scene(contract, ACCOUNT, "aws", Account((anna,)), key=key))]


@pytest.mark.parametrize(
    ("condition", "certainty"),
    [
        ({}, "certain"),
        ({"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}, "certain"),
        ({"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}}, "under_conditions"),
        ({"Bool": {"aws:ViaAWSService": "true"}}, "certain"),
        ({"Bool": {"aws:ViaAWSService": "false"}}, "under_conditions"),
    ],
)
def test_s3_asks_for_the_key_in_somebodys_name(condition: Json, certainty: str) -> None:
    assert found(Condition=condition) == [certainty]
