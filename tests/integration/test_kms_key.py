# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key of KMS that encrypts a contract's places: used through S3 and nowhere else, for its whole life."""

from __future__ import annotations

from typing import Any

import pytest

from lab.account import allow, new_account
from lab.checkout import Json
from lab.emulator import Emulator
from lab.world import World, provision

CHOICES = [("list", "read", "write", "delete"), ("read",), ("write",), ("write", "delete"), ("read", "write"), ("list",)]


def findings(result: Json) -> dict[str, str]:
    return {check["id"]: check["outcome"] for check in result["checks"] if check["outcome"] != "pass"}


def check_of(result: Json, name: str) -> Json:
    (check,) = [check for check in result["checks"] if check["id"] == name]
    return dict(check)


def encrypted(emulator: Emulator, **terms: Any) -> World:
    """A sound contract with a key, and with an object that is the role's to read."""
    made = provision(emulator, kms_key=emulator.new_key(), **terms)
    made.put(made.inside, made.beside)
    return made


@pytest.mark.parametrize("permissions", CHOICES, ids="+".join)
@pytest.mark.parametrize("prefix", ["", "team/"])
def test_each_choice_is_verified(enforcing: Emulator, permissions: tuple[str, ...], prefix: str) -> None:
    made = encrypted(enforcing, permissions=permissions, prefix=prefix)
    result = made.verify()
    assert findings(result) == {}
    stays = [] if "delete" in permissions or "write" not in permissions else [".access-check", ".access-check.parts"]
    assert made.objects() == sorted([made.inside, made.beside, *(f"{prefix}{name}" for name in stays)])
    assert result["leftovers"] == []


def test_the_role_cannot_use_another_key(enforcing: Emulator) -> None:
    other = enforcing.new_key()
    made = encrypted(enforcing, forbidden_kms_keys=[other])
    name = f"role.other_key@{other.rpartition('/')[2]}"
    assert (check_of(made.verify(), name)["outcome"], made.verify()["verdict"]) == ("pass", "verified")
    made.set_permissions(allow("kms:GenerateDataKey", other), "extra")
    result = made.verify()
    assert findings(result) == {name: "excess_access", "config.role.permissions": "excess_access"}
    assert made.objects() == sorted([made.inside, made.beside])


def test_a_key_that_is_not_there_proves_no_refusal(enforcing: Emulator) -> None:
    made = encrypted(enforcing)
    gone = f"{made.contract.kms_key.rpartition('/')[0]}/00000000-0000-4000-8000-000000000000"
    made.terms["forbidden_kms_keys"] = [gone]
    made.__dict__.pop("contract")
    result = made.verify()
    assert findings(result) == {f"role.other_key@{gone.rpartition('/')[2]}": "inconclusive"}


ACCOUNTS_ROOT = "arn:aws:iam::{account}:root"


def delegating(account: str, *more: Json) -> Json:
    """A key's policy that leaves it to its account, and more statements."""
    own = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "kms:*", "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [own, *more]}


def test_the_key_of_another_account_is_used_where_both_sides_let_the_role_in(enforcing: Emulator) -> None:
    theirs = new_account(enforcing)
    ours = enforcing.account
    role = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ours}:root"}, "Action": "kms:*", "Resource": "*"}
    key = theirs.new_key(Policy=delegating(theirs.account, role))
    made = provision(enforcing, kms_key=key)
    made.put(made.inside, made.beside)
    result = made.verify()
    assert findings(result) == {"config.key.policy": "inconclusive"}
    shut = theirs.new_key(Policy=delegating(theirs.account))
    made.encrypt_by(shut)
    made.terms["kms_key"] = shut
    made.__dict__.pop("contract")
    made.set_permissions(made.permissions())
    found = findings(made.verify())
    assert {name: found[name] for name in ("role.write", "role.key.write", "role.key.upload")} == dict.fromkeys(
        ("role.write", "role.key.write", "role.key.upload"), "missing_access"
    )
