# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documents let a role do with a key, by the judgement of an evaluator that is not ours."""

from __future__ import annotations

from itertools import product
import json
from typing import Any
import warnings

import pytest
from test_oracle import ACCOUNT, ROLE, SESSION, iam_evaluator, request

from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import permissions_policy
from ansible_collections.assumerole.s3.plugins.module_utils._policies.key_use import for_the_owner
from lab.world import contract_of

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import parliament

KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
S3, ELSEWHERE = "s3.us-east-1.amazonaws.com", "s3.eu-west-1.amazonaws.com"
OF_THE_PLACE = ("arn:aws:s3:::abc", "arn:aws:s3:::abc/team/some/object")
OTHERS = ("arn:aws:s3:::abcd", "arn:aws:s3:::abc/team.secret", "arn:aws:s3:::other/team/some/object")
DELEGATED = {
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": "kms:*",
    "Resource": "*",
}
NEEDED = {"read": {"kms:Decrypt"}, "write": {"kms:GenerateDataKey", "kms:Decrypt"}, "list": set[str]()}


def lets(role: Any, key: Any, asking: tuple[str, str | None, str], arn: str = KEY) -> bool:
    """Whether the role's policy and the key's together let a session do this by the key, through this, of this."""
    action, via, of_what = asking
    told = {"kms_encryptioncontext:aws:s3:arn": of_what, **({"kms_viaservice": via} if via else {})}
    asked = request(action, arn, SESSION, **told)
    asked.service_context = {name.replace("kms_", "kms:"): value for name, value in told.items()}
    identity = iam_evaluator.evaluate(asked, [iam_evaluator.parse_policy_document(role)])
    found = iam_evaluator.combine_resource_policy(identity, asked, json.dumps(key), ACCOUNT, required=True)
    return bool(found.decision == "Allow")


@pytest.mark.parametrize("permission", NEEDED)
@pytest.mark.parametrize("named", [False, True], ids=["by its account", "by name"])
def test_the_role_uses_the_key_through_s3_for_its_place_and_for_nothing_else(permission: str, named: bool) -> None:
    contract = contract_of(bucket="abc", role="r", prefix="team/", permissions=[permission], kms_key=KEY)
    key = {"Statement": for_the_owner(contract, ROLE) if named else [DELEGATED]}
    role = permissions_policy(contract)
    for asking in product(
        ("kms:GenerateDataKey", "kms:Decrypt", "kms:Encrypt"), (S3, ELSEWHERE, None), (*OF_THE_PLACE, *OTHERS)
    ):
        action, via, of_what = asking
        expected = action in NEEDED[permission] and via == S3 and of_what in OF_THE_PLACE
        assert lets(role, key, asking) is expected, asking
        assert not lets(role, {"Statement": []}, asking)
        assert not lets(role, {"Statement": [DELEGATED]}, asking, KEY[:-1] + "c")


def test_a_linter_finds_nothing_wrong_with_what_is_said_of_the_key() -> None:
    contract = contract_of(bucket="abc", role="r", prefix="team/", kms_key=KEY)
    findings = parliament.analyze_policy_string(json.dumps(permissions_policy(contract))).findings
    assert {finding.issue for finding in findings} <= {"MISMATCHED_TYPE_BUT_USABLE"}
