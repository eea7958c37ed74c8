# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the audit finds is read again: a rotation that is under way is no second key, and one that stays is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
import json
from pathlib import Path
from threading import Timer

from contracts import Operator, names
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._keys.notes import KEYS_TAG, Note
from ansible_collections.assumerole.s3.plugins.modules.access_audit import run_audit
from lab.account import allow
from lab.checkout import Json
from lab.emulator import Emulator
from lab.world import World, provision

READS_A_CONTRACT = """
- hosts: localhost
  gather_facts: false
  tasks:
    - assumerole.s3.access_contract:
      register: agreed
    - ansible.builtin.debug:
        var: agreed.changed_at
"""


def audit(made: World, wait_timeout: float, **more: str) -> Json:
    """As the operator, as the module does."""
    env = made.emulator.env
    operator = made.identities(access_key=env["AWS_ACCESS_KEY_ID"], secret_key=env["AWS_SECRET_ACCESS_KEY"])
    given = {"role_arn": made.role_arn, "profile_region": None, "wait_timeout": wait_timeout}
    options = {"contract": made.values, **given, **more}
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


@pytest.fixture
def rotated(enforcing: Emulator) -> World:
    """A contract at the moment when a run elsewhere has made the second key, and has not stored it yet."""
    made = provision(enforcing)
    note(made, timedelta(0))
    made.iam.create_access_key(UserName=made.user)
    return made


def note(made: World, age: timedelta, *, done: bool = False) -> None:
    written = Note(datetime.now(timezone.utc) - age, (made.key["AccessKeyId"],), done, "00000000-1-00000000")
    made.iam.tag_user(UserName=made.user, Tags=[{"Key": KEYS_TAG, "Value": str(written)}])


def test_a_rotation_elsewhere_is_waited_for(rotated: World) -> None:
    retiring = Timer(1.5, rotated.deactivate_key)
    retiring.start()
    found = audit(rotated, 60)
    retiring.join()
    assert found["verdict"] == "verified", found["msg"]


def test_a_rotation_that_takes_longer_is_no_alarm_and_no_pass(rotated: World) -> None:
    found = audit(rotated, 2)
    assert found["verdict"] == "inconclusive", found["msg"]
    assert [check["id"] for check in found["checks"] if check["outcome"] != "pass"] == ["config.user.keys"]


@pytest.mark.parametrize(("age", "done"), [(timedelta(minutes=11), False), (timedelta(0), True)])
def test_the_key_of_a_run_that_is_over_is_a_second_one(rotated: World, age: timedelta, done: bool) -> None:
    note(rotated, age, done=done)
    assert audit(rotated, 2)["verdict"] == "violated"


@pytest.fixture(scope="module")
def operator(enforcing: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    return Operator.anew(enforcing, tmp_path_factory.mktemp("operator"))


def noted(operator: Operator) -> datetime:
    path: Path = operator.home / ".aws" / "bucket-access-saved" / "changed-at"
    return datetime.fromisoformat(path.read_text().replace("Z", "+00:00"))


@pytest.mark.parametrize("text", ["", "yesterday", "2026-01-01T00:00:00"])
def test_a_note_that_says_no_moment_is_none(operator: Operator, text: str) -> None:
    path = operator.home / ".aws" / "bucket-access-saved" / "changed-at"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    shown = operator.play(READS_A_CONTRACT, **{f"bucket_access_{kind}": name for kind, name in names("none").items()})
    assert '"agreed.changed_at": ""' in shown.stdout, shown.output


def test_a_run_that_changes_something_leaves_the_time_for_the_verification(operator: Operator) -> None:
    terms, start = names("noted"), datetime.now(timezone.utc).replace(microsecond=0)
    assert operator.contract("provision", **terms).changed
    first = noted(operator)
    assert first >= start

    assert not operator.contract("provision", **terms).changed
    assert noted(operator) == first, "nothing was changed, so nothing is noted"

    operator.emulator.iam.put_role_policy(
        RoleName=terms["role"], PolicyName="more", PolicyDocument=json.dumps(allow("sqs:*"))
    )
    operator.contract("provision", "--check", **terms)
    assert noted(operator) == first, "in check mode nothing is changed"
    assert operator.contract("provision", **terms).changed
    second = noted(operator)
    assert second > first

    verified = operator.contract("verify", "-vvv", **terms)
    assert "verdict: verified" in verified.stdout, verified.output
    assert f'"changed_at": "{second:%Y-%m-%dT%H:%M:%SZ}"' in verified.stdout, "the audit was told"

    assert operator.contract("teardown", **terms, force_destroy=True).changed
    assert noted(operator) > second
