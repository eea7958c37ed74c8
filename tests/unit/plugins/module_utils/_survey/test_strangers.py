# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a resource's policy lets in of whom the account's details say nothing: whom it names, and whom it spares."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import (
    ROLE,
    Account,
    Policy,
    Principal,
)
from ansible_collections.assumerole.s3.plugins.module_utils._survey.entering import enters
from ansible_collections.assumerole.s3.plugins.module_utils._survey.reaching import reaches
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import Bucket, Scene

Json = dict[str, Any]

ACCOUNT, OTHER = "123456789012", "arn:aws:iam::210987654321"
ROOT, BOB, WORKER = f"{OTHER}:root", f"{OTHER}:user/bob", f"{OTHER}:role/worker"
OURS = f"arn:aws:iam::{ACCOUNT}:root"
CERTAIN, PERHAPS = "certain", "under_conditions"


def allow(principal: Any, action: str, resource: Json) -> Json:
    return {"Effect": "Allow", "Principal": principal, "Action": action, **resource}


def deny_all_but(action: str, resource: Json, *names: str) -> Json:
    return {"Effect": "Deny", "NotPrincipal": {"AWS": list(names)}, "Action": action, **resource}


def deny(action: str, resource: Json, operator: str, key: str, value: str) -> Json:
    denial = {"Effect": "Deny", "Principal": "*", "Action": action, **resource}
    return {**denial, "Condition": {operator: {key: value}}}


PLACES: dict[str, tuple[str, Json]] = {
    "reaches": ("s3:GetObject", {"Resource": "arn:aws:s3:::b/*"}),
    "enters": ("sts:AssumeRole", {}),
}


def found(which: str, *statements: Json) -> dict[str, str]:
    """How sure it is of whom, of the bucket's policy or of the role's trust policy."""
    policy = Policy.of("a policy", {"Statement": list(statements)})
    role = Principal(f"arn:aws:iam::{ACCOUNT}:role/exchange", ROLE, "AROAEXCHANGE", trust=policy)
    contract = Contract.of({"user": "partner", "role": "exchange", "bucket": "b"})
    scene = Scene(contract, ACCOUNT, "aws", Account((role,)), {"b": Bucket(policy)})
    return {one.principal: one.certainty for one in {"reaches": reaches, "enters": enters}[which](scene)}


@pytest.mark.parametrize("which", PLACES)
def test_whom_a_denial_of_everybody_else_spares_may_be_let_in(which: str) -> None:
    everybody = allow("*", *PLACES[which])
    assert found(which, everybody, deny_all_but(*PLACES[which], ROOT, BOB, OURS)) == {ROOT: PERHAPS, BOB: PERHAPS}
    assert found(which, everybody) == {"*": CERTAIN}


@pytest.mark.parametrize("which", PLACES)
def test_whom_a_denial_spares_and_nothing_lets_in_is_nobody(which: str) -> None:
    spared = deny_all_but(*PLACES[which], ROOT, BOB)
    assert found(which, spared) == {}
    assert found(which, allow({"AWS": WORKER}, *PLACES[which]), spared) == {WORKER: PERHAPS}
    assert found(which, allow({"AWS": WORKER}, *PLACES[which]), deny_all_but(*PLACES[which], BOB)) == {}


@pytest.mark.parametrize("which", PLACES)
def test_what_is_denied_by_who_asks_is_known_of_whom_a_policy_names(which: str) -> None:
    named = allow({"AWS": [BOB, WORKER]}, *PLACES[which])
    by_name = deny(*PLACES[which], "ArnEquals", "aws:PrincipalArn", BOB)
    by_account = deny(*PLACES[which], "StringEquals", "aws:PrincipalAccount", "210987654321")
    assert found(which, named, by_name) == {WORKER: CERTAIN}
    assert found(which, named, by_account) == {}
