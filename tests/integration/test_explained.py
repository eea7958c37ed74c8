# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module that is run through ``explained`` is what a task of that module is, until it fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lab.account import OPERATOR, allow, code_of, new_account, operator_of
from lab.checkout import Json
from lab.emulator import Emulator
from lab.play import PLAY, Ran, ansible

PARTNER = {"name": "partner", "state": "present"}

#: What is said with -vvv, by the value of assumerole_s3_in_process.
WHERE = {"true": "runs inside Ansible's process", "false": "runs as every module does"}


class Caller:
    """An operator with a home, and an account that nobody else uses."""

    def __init__(self, emulator: Emulator, home: Path) -> None:
        self.emulator, self.home = new_account(emulator), home
        self.key = operator_of(self.emulator, [allow("*")])

    @property
    def given(self) -> Json:
        """The operator's key as options of a module."""
        return {"access_key": self.key["AWS_ACCESS_KEY_ID"], "secret_key": self.key["AWS_SECRET_ACCESS_KEY"]}

    def may_not(self, action: str) -> None:
        """From now on."""
        document = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": action, "Resource": "*"}]}
        self.emulator.iam.put_user_policy(UserName=OPERATOR, PolicyName="not", PolicyDocument=json.dumps(document))

    def run(self, module: str, options: Json, *arguments: str, key: Json | None = None, **keywords: Any) -> Ran:
        """A play of one task, whose result is kept in a file."""
        explained = {"module": module, "options": options, "contract": {"bucket": "abc", "user": "partner"}}
        task = {"name": "It is done", "assumerole.s3.explained": explained, "register": "done", **keywords}
        block = {
            "name": "It is tried",
            "block": [task],
            "rescue": [{"name": "It failed", "ansible.builtin.set_fact": {"failed": "{{ ansible_failed_result }}"}}],
        }
        content = "{{ {'done': done, 'failed': failed | default({})} | to_json }}"
        keep = {
            "name": "The result is kept",
            "ansible.builtin.copy": {"content": content, "dest": str(self.home / "result.json"), "mode": "0600"},
            "check_mode": False,
        }
        # JSON in one line is YAML.
        play = PLAY + "".join(f"    - {json.dumps(step)}\n" for step in (block, keep))
        self.home.joinpath("play.yml").write_text(play)
        command = ("ansible-playbook", str(self.home / "play.yml"), *arguments)
        exported = self.key if key is None else key
        return ansible(*command, home=self.home, emulator=self.emulator, operator=exported)

    @property
    def result(self) -> Json:
        """What was registered, and what a rescue finds."""
        found: Json = json.loads((self.home / "result.json").read_text())
        return found

    @property
    def users(self) -> dict[str, str]:
        """The users of the account but for the operator, and their paths."""
        found = self.emulator.iam.list_users()["Users"]
        return {user["UserName"]: user["Path"] for user in found if user["UserName"] != OPERATOR}


@pytest.fixture
def caller(enforcing: Emulator, tmp_path: Path) -> Caller:
    return Caller(enforcing, tmp_path)


@pytest.mark.parametrize("named", ["group/amazon.aws.aws", "group/assumerole.s3.aws", "amazon.aws.iam_user"])
def test_module_defaults_of_the_module_hold(caller: Caller, named: str) -> None:
    ran = caller.run("amazon.aws.iam_user", PARTNER, key={}, module_defaults={named: caller.given})
    assert ran.code == 0, ran.output
    assert caller.users == {"partner": "/"}
    assert caller.result["done"]["user"]["user_name"] == "partner"


def test_its_own_options_come_before_defaults_and_what_is_omitted_does_not(caller: Caller) -> None:
    defaults = {"amazon.aws.iam_user": {"name": "somebody", "path": "/team/"}}
    options = {**PARTNER, "path": "{{ omit }}"}
    assert caller.run("amazon.aws.iam_user", options, module_defaults=defaults).code == 0
    assert caller.users == {"partner": "/team/"}


def test_in_check_mode_nothing_is_made(caller: Caller) -> None:
    assert caller.run("amazon.aws.iam_user", PARTNER, "--check").code == 0
    assert caller.result["done"]["changed"] is True
    assert caller.users == {}


def test_the_environment_of_the_task_is_the_modules(caller: Caller) -> None:
    assert caller.run("amazon.aws.iam_user", PARTNER, key={}, environment=caller.key).code == 0
    assert caller.users == {"partner": "/"}


def test_a_module_is_run_by_the_action_that_it_has(caller: Caller) -> None:
    """That of s3_object finds a file beside the playbook."""
    bucket = f"explained-{caller.emulator.account}"
    caller.emulator.s3.create_bucket(Bucket=bucket)
    (caller.home / "files").mkdir()
    (caller.home / "files" / "hello.txt").write_text("hello")
    options = {"bucket": bucket, "object": "hello.txt", "src": "hello.txt", "mode": "put", "encrypt": False}
    ran = caller.run("amazon.aws.s3_object", options)
    assert ran.code == 0, ran.output
    assert code_of(caller.emulator.s3.head_object, Bucket=bucket, Key="hello.txt") == "OK"


def test_a_failure_is_one_sentence_for_the_screen_the_register_and_a_rescue(caller: Caller) -> None:
    caller.may_not("iam:CreateUser")
    ran = caller.run("amazon.aws.iam_user", PARTNER, "-vv")
    sentence = "The operator may not do this (User: "
    failed, done = caller.result["failed"], caller.result["done"]
    assert ran.sentence.startswith(sentence)
    assert (failed["msg"], done["msg"]) == (ran.sentence, ran.sentence)
    assert (done["error"], done["http_status"], done["failed"]) == ({"code": "AccessDenied"}, 403, True)
    assert set(done) <= {"failed", "changed", "msg", "error", "http_status", "exception"}
    assert "An error occurred" not in ran.output


@pytest.mark.parametrize("switch", WHERE)
def test_it_is_tried_again_until_its_code_is_another(caller: Caller, switch: str) -> None:
    caller.may_not("iam:CreateUser")
    again = {"until": "done.error.code | default('') != 'AccessDenied'", "retries": 2, "delay": 0}
    ran = caller.run("amazon.aws.iam_user", PARTNER, "-vvv", "-e", f"assumerole_s3_in_process={switch}", **again)
    assert (ran.code, ran.output.count(WHERE[switch])) == (0, 3), ran.output  # one, and two retries
    assert caller.result["done"]["attempts"] == 2


@pytest.mark.parametrize("switch", WHERE)
def test_each_item_of_a_loop_has_a_result_of_its_own(caller: Caller, switch: str) -> None:
    options = {**PARTNER, "name": "{{ item }}", "path": "/{{ item }}/"}
    caller.run("amazon.aws.iam_user", options, "-e", f"assumerole_s3_in_process={switch}", loop=["one", "two"])
    assert [item["user"]["path"] for item in caller.result["done"]["results"]] == ["/one/", "/two/"]
    assert caller.users == {"one": "/one/", "two": "/two/"}


@pytest.mark.parametrize("switch", WHERE)
def test_each_item_of_a_loop_has_its_sentence(caller: Caller, switch: str) -> None:
    caller.may_not("iam:CreateUser")
    options = {**PARTNER, "name": "{{ item }}"}
    caller.run("amazon.aws.iam_user", options, "-e", f"assumerole_s3_in_process={switch}", loop=["one", "two"])
    assert [item["error"]["code"] for item in caller.result["done"]["results"]] == ["AccessDenied"] * 2


def test_a_module_that_takes_no_such_option_says_so(caller: Caller) -> None:
    ran = caller.run("amazon.aws.iam_user", {**PARTNER, "pth": "/team/"})
    assert "pth" in caller.result["failed"]["msg"]
    assert "Unsupported parameters" in ran.output


def test_in_ansibles_process_its_result_is_that_of_a_process_of_its_own(enforcing: Emulator, tmp_path: Path) -> None:
    """Of a module that makes, one that finds nothing to do, and one that is refused."""
    found = {}
    for name, switch in {"inside": "true", "aside": "false"}.items():
        home = tmp_path / name
        home.mkdir()
        caller = Caller(enforcing, home)
        found[name] = [_in_turn(caller, step, switch) for step in ("made", "there", "refused")]
    assert found["inside"] == found["aside"]
    assert [step["changed"] for step in found["inside"]] == [True, False, False]


def _in_turn(caller: Caller, step: str, switch: str) -> Json:
    """What is registered, with what is new in each account as what it is."""
    if step == "refused":
        caller.may_not("iam:UpdateUser")
    options = {**PARTNER, "path": "/moved/"} if step == "refused" else PARTNER
    ran = caller.run("amazon.aws.iam_user", options, "-vvv", "-e", f"assumerole_s3_in_process={switch}")
    assert f"amazon.aws.iam_user {WHERE[switch]}: " in ran.output, ran.output
    assert ("modules/iam_user.py" in ran.output) is (switch == "false")
    assert caller.key["AWS_SECRET_ACCESS_KEY"] not in ran.output
    user = caller.result["done"].get("user") or {}
    user |= {name: type(user[name]).__name__ for name in ("create_date", "user_id") if name in user}
    text = json.dumps({**caller.result["done"], "user": user})
    result: Json = json.loads(text.replace(caller.emulator.account, "ACCOUNT"))
    return result
