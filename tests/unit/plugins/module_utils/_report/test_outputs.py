# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._report.outputs import TYPES, outputs

USER = "arn:aws-cn:iam::123456789012:user/team/partner"
ROLE = "arn:aws-cn:iam::123456789012:role/team/partner-exchange"
AGREED: dict[str, Any] = {
    "contract": {
        "user": "partner",
        "role": "partner-exchange",
        "bucket": "example-exchange",
        "prefix": "in/",
        "manage": ["user", "role", "bucket"],
    },
    "settings": {
        "key_store": "profile",
        "key_store_path": None,
        "role_profile": "partner-exchange",
        "user_profile": "partner",
        "config_file": "/aws/config",
        "credentials_file": "/aws/credentials",
        "session_env_file": "/aws/session.env",
    },
    "region": "cn-north-1",
    "role_arn": "",
    "user_arn": "",
}
PLAN: dict[str, Any] = {
    "steps": [],
    "key_plan": {},
    "region": "cn-northwest-1",
    "user_arn": USER,
    "role_arn": ROLE,
    "access_key_id": "AKIAOLDEXAMPLE",
    "key_place": "the profile partner of /aws/credentials",
    "retired_key_id": "",
    "retired_key_deleted_after": "",
}
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def step(name: str, verb: str, what: str) -> dict[str, Any]:
    return {"name": name, "verb": verb, "what": what}


@pytest.mark.parametrize("verb", ["provision", "verify", "rotate", "session", "teardown"])
def test_each_verb_leaves_the_same_keys_with_values_of_their_types(verb: str) -> None:
    for seen in ({}, {"plan": PLAN, "kept": {"skipped": True}, "verdict": "verified", "files_gone": {"skipped": True}}):
        found = outputs(AGREED, verb, **seen)
        assert {name: type(value) for name, value in found.items()} == dict(TYPES)


def test_what_follows_from_the_plan() -> None:
    found = outputs(AGREED, "provision", plan=PLAN)
    assert (found["account"], found["partition"], found["region"]) == ("123456789012", "aws-cn", "cn-northwest-1")
    assert (found["user_arn"], found["role_arn"]) == (USER, ROLE)
    assert found["bucket_arn"] == "arn:aws-cn:s3:::example-exchange"
    assert (found["access_key_id"], found["new_key"], found["changed"]) == ("AKIAOLDEXAMPLE", False, False)


def test_a_new_key_takes_the_place_of_the_stored_one() -> None:
    plan = {**PLAN, "key_plan": {"make": True}, "steps": [step("key", "make", "a key")]}
    kept = {"access_key_id": "AKIANEWEXAMPLE", "secret_access_key": SECRET, "place": "the caller's hands"}
    found = outputs(AGREED, "rotate", plan=plan, kept=kept)
    assert (found["access_key_id"], found["key_place"]) == ("AKIANEWEXAMPLE", "the caller's hands")
    assert found["new_key"]
    assert found["changed"]
    assert SECRET not in json.dumps(found)


def test_in_check_mode_a_new_key_has_no_id_yet_and_the_old_one_is_not_taken_for_it() -> None:
    found = outputs(AGREED, "rotate", True, plan={**PLAN, "key_plan": {"make": True}}, kept={"skipped": True})
    assert (found["access_key_id"], found["new_key"], found["check_mode"]) == ("", True, True)


def test_a_profile_that_changed_is_a_change() -> None:
    assert outputs(AGREED, "provision", plan=PLAN, profile={"changed": True})["changed"]
    assert not outputs(AGREED, "provision", plan=PLAN, profile={"changed": False})["changed"]


def test_a_store_that_is_no_profile_has_no_profile() -> None:
    agreed = {**AGREED, "settings": {**AGREED["settings"], "key_store": "ssm", "key_store_path": "/partner"}}
    found = outputs(agreed, "provision", plan=PLAN)
    assert (found["user_profile"], found["credentials_file"], found["key_store"]) == ("", "", "ssm")


def test_a_session_is_in_the_files_that_were_written_until_its_end() -> None:
    written = {"results": [{"path": "/aws/session.env", "changed": True}, {"skipped": True}]}
    found = outputs(AGREED, "session", role_arn=ROLE, session=written, session_expires_at="2026-06-15T13:00:00+00:00")
    assert (found["session_files"], found["session_expires_at"]) == (["/aws/session.env"], "2026-06-15T13:00:00Z")


def test_a_teardown_tells_what_is_gone_and_what_stays() -> None:
    agreed = {**AGREED, "contract": {**AGREED["contract"], "manage": ["user", "role"]}}
    steps = [
        step("role_policy", "delete", "its policy"),
        step("role", "change", "the role partner-exchange"),
        step("user", "delete", "the user partner"),
    ]
    seen = {
        "store": {"changed": True},
        "files_gone": {"results": [{"path": "/a", "changed": False}, {"path": "/b", "changed": True}]},
        "profile_gone": {"changed": True},
    }
    found = outputs(agreed, "teardown", plan={**PLAN, "steps": steps}, **seen)
    assert found["gone"] == [
        "its policy",
        "the user partner",
        "the key in the profile partner of /aws/credentials",
        "the session's file /b",
        "the profile partner-exchange of /aws/config",
    ]
    assert found["stays"] == [
        "the role partner-exchange, which the contract had taken over",
        "the bucket example-exchange, which the contract does not manage",
    ]


def test_files_alone_are_a_change_of_a_teardown() -> None:
    agreed = {**AGREED, "settings": {**AGREED["settings"], "key_store": "ssm", "key_store_path": "/partner"}}
    found = outputs(agreed, "teardown", plan=PLAN, store={"changed": True})
    assert (found["changed"], found["gone"]) == (True, ["the key in the store ssm (/partner)"])


@pytest.mark.parametrize(
    "gone", [{"files_gone": {"results": [{"path": "/b", "changed": True}]}}, {"profile_gone": {"changed": True}}]
)
def test_nothing_that_went_is_called_unchanged(gone: dict[str, Any]) -> None:
    assert outputs(AGREED, "teardown", plan=PLAN, **gone)["changed"]
