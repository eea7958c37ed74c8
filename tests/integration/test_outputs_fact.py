# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a verb leaves for the tasks that follow: its own contract's, also beside others in one play, and no secret."""

from __future__ import annotations

import json
import re

from contracts import Operator, names, prefixed
import pytest

from lab.checkout import Json
from lab.emulator import Emulator
from lab.home import credentials_file
from lab.play import PLAY, ansible

USE = """
    - name: The role is used
      block:
        - name: It does its work, or stops
          ansible.builtin.include_role:
            name: assumerole.s3.bucket_access
            tasks_from: {tasks}
          vars: {terms}
      rescue:
        - name: It has stopped
          ansible.builtin.meta: clear_host_errors

    - name: What it left is kept
      ansible.builtin.set_fact:
        left: "{{{{ left | default([]) + [bucket_access_outputs] }}}}"
"""

KEPT = """
    - name: All of it is kept
      ansible.builtin.copy:
        content: "{{{{ left | to_json }}}}"
        dest: "{path}"
        mode: "0600"
"""

FIRST, SECOND = names("first"), names("second", key_store="none", prefix="in/")
WRONG = names("third", manage=[])

#: Each use of the role: the file of its tasks and its contract, and whether it is done.
USES = [
    ("main", FIRST, True),
    ("main", SECOND, True),
    ("verify", FIRST, True),
    ("main", WRONG, False),
    ("rotate", FIRST, True),
    ("session", FIRST, True),
    ("teardown", SECOND, True),
    ("main", FIRST, True),
]


@pytest.fixture(scope="module")
def operator(enforcing: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Operator:
    return Operator.anew(enforcing, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def left(operator: Operator) -> list[Json]:
    """What each of the uses left, in one play."""
    path = operator.home / "left.json"
    uses = [USE.format(tasks=tasks, terms=json.dumps(prefixed(terms))) for tasks, terms, _done in USES]
    ran = operator.play(PLAY + "".join(uses) + KEPT.format(path=path))
    assert ran.code == 0, ran.output[-3000:]
    found: list[Json] = json.loads(path.read_text())
    return found


def test_each_use_leaves_what_is_of_its_contract_and_a_failed_one_leaves_nothing(
    operator: Operator, left: list[Json]
) -> None:
    account = operator.emulator.account
    assert [found.get("role_arn") for found in left] == [
        f"arn:aws:iam::{account}:role/{terms['role']}" if done else None for _tasks, terms, done in USES
    ]
    assert [found.get("prefix") for found in left if found] == [
        "in/" if terms is SECOND else "" for _tasks, terms, done in USES if done
    ]


def test_the_key_is_the_one_in_use(operator: Operator, left: list[Json]) -> None:
    made, _second, _verified, _wrong, rotated, _session, _gone, again = left
    keys = {key["AccessKeyId"]: key["Status"] for key in _keys(operator, FIRST["user"])}
    assert keys == {made["access_key_id"]: "Inactive", rotated["access_key_id"]: "Active"}
    assert (rotated["retired_key_id"], again["retired_key_id"]) == (made["access_key_id"],) * 2
    assert (made["new_key"], rotated["new_key"], again["new_key"]) == (True, True, False)
    assert (again["access_key_id"], again["changed"]) == (rotated["access_key_id"], False)


def _keys(operator: Operator, user: str) -> list[Json]:
    found: list[Json] = operator.emulator.iam.list_access_keys(UserName=user)["AccessKeyMetadata"]
    return found


def test_a_key_in_the_callers_hands_has_no_profile(left: list[Json]) -> None:
    assert (left[1]["key_place"], left[1]["user_profile"], left[1]["credentials_file"]) == (
        "the caller's hands",
        "",
        "",
    )
    assert left[1]["access_key_id"].startswith("AKIA")


def test_there_is_no_secret_in_it(operator: Operator, left: list[Json]) -> None:
    (secret,) = re.findall(r"aws_secret_access_key\s*=\s*(\S+)", credentials_file(operator.home).read_text())
    assert secret not in json.dumps(left)
    words = {word for found in left for word in re.findall(r"[A-Za-z0-9+/]{40}", json.dumps(found))}
    assert words == set()


VERBS = ("provision", "rotate", "verify", "session", "teardown")


@pytest.mark.parametrize("verb", VERBS)
def test_the_list_of_tasks_reads_as_sentences_and_names_none_twice(operator: Operator, verb: str) -> None:
    command = ("ansible-playbook", f"assumerole.s3.{verb}", "--list-tasks")
    ran = ansible(*command, home=operator.home, emulator=operator.emulator)
    listed = re.findall(r"^ +assumerole\.s3\.bucket_access : (.*?)\tTAGS", ran.stdout, re.MULTILINE)
    assert len(listed) > 5
    assert [name for name in listed if "{" in name or listed.count(name) > 1] == []
