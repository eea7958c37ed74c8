# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module as Ansible runs it; what it finds is tested in one process (test_access_check.py)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lab.account import allow
from lab.emulator import Emulator
from lab.play import Ran, ansible
from lab.world import World, provision


def ask(made: World, home: Path, *arguments: str, **options: Any) -> Ran:
    """Run the module as the user; the administrator's own key is in the environment."""
    given = {
        "access_key": made.key["AccessKeyId"],
        "secret_key": made.key["SecretAccessKey"],
        "role_arn": made.role_arn,
        "contract": made.values,
        "caller_arn": made.user_arn,
        "wait_timeout": 0,
        **options,
    }
    module = ["localhost", "-m", "assumerole.s3.access_check", "-a", json.dumps(given)]
    return ansible("ansible", *module, *arguments, home=home, emulator=made.emulator)


def test_a_sound_contract_is_verified_and_changes_nothing(enforcing: Emulator, tmp_path: Path) -> None:
    made = provision(enforcing)
    ran = ask(made, tmp_path)
    assert ran.code == 0, ran.output
    assert (ran.result["verdict"], ran.result["enforced"], ran.result["changed"]) == ("verified", True, False)
    count = len(ran.result["checks"])
    assert ran.result["msg"] == (
        f"The access contract is verified: {count} checks passed; the configuration was not compared; "
        "nobody asked over plain HTTP."
    )
    assert made.key["SecretAccessKey"] not in ran.output
    assert "WARNING" not in ran.output


def test_a_violation_fails_and_returns_what_was_found(enforcing: Emulator, tmp_path: Path) -> None:
    made = provision(enforcing)
    made.give_user(allow("s3:ListAllMyBuckets"))
    ran = ask(made, tmp_path)
    assert ran.code != 0
    assert ran.result["verdict"] == "violated"
    assert ran.result["summary"]["excess_access"] == 1
    assert ran.result["msg"].startswith("The access contract is violated (excess access: user.list_buckets). The user")
    assert "Traceback" not in ran.output


def test_a_violation_can_be_a_result(enforcing: Emulator, tmp_path: Path) -> None:
    made = provision(enforcing)
    made.give_user(allow("s3:ListAllMyBuckets"))
    ran = ask(made, tmp_path, fail_on_violation=False)
    assert (ran.code, ran.result["verdict"]) == (0, "violated")


def test_check_mode_leaves_no_object(enforcing: Emulator, tmp_path: Path) -> None:
    made = provision(enforcing)
    ran = ask(made, tmp_path, "--check")
    assert (ran.code, ran.result["verdict"]) == (0, "inconclusive")
    assert made.objects() == []


WRONG = [
    (
        {"contract": {"user": "u", "role": "r", "bucket": "No_Bucket"}},
        "contract.bucket is 'No_Bucket', not a bucket name: ",
    ),
    ({"session_name": "a b", "duration_seconds": 60}, "session_name is 'a b', not a session name: "),
]


@pytest.mark.parametrize(("options", "sentence"), WRONG)
def test_an_impossible_option_is_one_sentence_before_any_request(
    enforcing: Emulator, tmp_path: Path, options: dict[str, Any], sentence: str
) -> None:
    made = provision(enforcing)
    before = enforcing.requests()
    ran = ask(made, tmp_path, **options)
    assert ran.code != 0
    assert ran.result["msg"].startswith(sentence)
    assert enforcing.requests() == before


def test_an_administrators_key_is_refused_before_the_role_is_assumed(enforcing: Emulator, tmp_path: Path) -> None:
    made = provision(enforcing)
    before = len(enforcing.requests())
    ran = ask(made, tmp_path, access_key="", secret_key="")
    assert ran.code != 0
    assert "root user's" in ran.result["msg"]
    assert "Traceback" not in ran.output
    assert "AssumeRole" not in {entry["action"] for entry in enforcing.requests()[before:]}


def test_a_profile_that_does_not_exist_is_a_sentence(enforcing: Emulator, tmp_path: Path) -> None:
    made = provision(enforcing)
    ran = ask(made, tmp_path, profile="nobody", access_key="", secret_key="")
    assert ran.code != 0
    assert ran.result["msg"].startswith("The credentials or the connection cannot be used: ")
    assert "nobody" in ran.result["msg"]
    assert "Traceback" not in ran.output


def test_an_endpoint_that_enforces_nothing_is_warned_of(localstack: Emulator, tmp_path: Path) -> None:
    made = provision(localstack)
    ran = ask(made, tmp_path)
    assert (ran.code, ran.result["verdict"], ran.result["enforced"]) == (0, "inconclusive", False)
    assert ran.stderr.count("The endpoint lets a made-up access key in") == 1


def test_enforcement_can_be_demanded(localstack: Emulator, tmp_path: Path) -> None:
    made = provision(localstack)
    ran = ask(made, tmp_path, require_enforcement=True)
    assert ran.code != 0
    assert ran.result["msg"].startswith("The endpoint lets a made-up access key in")
    assert ran.result["summary"]["inconclusive"] > 0
