# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the audit finds is read again: a rotation that is under way is no second key, and one that stays is."""

from __future__ import annotations

from threading import Timer

from ansible_collections.assumerole.s3.plugins.modules.access_audit import run_audit
from lab.checkout import Json
from lab.emulator import Emulator
from lab.world import World, provision


def audit(made: World, wait_timeout: float) -> Json:
    """As the operator, as the module does."""
    env = made.emulator.env
    operator = made.identities(access_key=env["AWS_ACCESS_KEY_ID"], secret_key=env["AWS_SECRET_ACCESS_KEY"])
    options = {"contract": made.values, "role_arn": made.role_arn, "wait_timeout": wait_timeout}
    found: Json = run_audit(operator, options)
    return found


def test_a_sound_contract_is_read_once(enforcing: Emulator) -> None:
    made = provision(enforcing)
    before = len(enforcing.requests())
    assert audit(made, 60)["verdict"] == "verified"
    assert [entry["action"] for entry in enforcing.requests()[before:]].count("GetRole") == 1


def test_a_second_key_that_goes_meanwhile_is_none(enforcing: Emulator) -> None:
    made = provision(enforcing)
    second = made.iam.create_access_key(UserName=made.user)["AccessKey"]["AccessKeyId"]
    going = Timer(1.5, lambda: made.iam.delete_access_key(UserName=made.user, AccessKeyId=second))
    going.start()
    found = audit(made, 60)
    going.join()
    assert found["verdict"] == "verified", found["msg"]


def test_a_second_key_that_stays_is_one_after_the_time(enforcing: Emulator) -> None:
    made = provision(enforcing)
    made.iam.create_access_key(UserName=made.user)
    before = len(enforcing.requests())
    found = audit(made, 2)
    assert found["verdict"] == "violated", found["msg"]
    assert [entry["action"] for entry in enforcing.requests()[before:]].count("GetRole") == 3


def test_nobody_waits_who_does_not_want_to(enforcing: Emulator) -> None:
    made = provision(enforcing)
    made.iam.create_access_key(UserName=made.user)
    before = len(enforcing.requests())
    assert audit(made, 0)["verdict"] == "violated"
    assert [entry["action"] for entry in enforcing.requests()[before:]].count("GetRole") == 1
