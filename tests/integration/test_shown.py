# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the verbs print, by default settings of Ansible: whole texts, which lie in the folder ``shown``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
import json
from pathlib import Path

from contracts import Operator, names, prefixed
import pytest
from shown import assert_shown

from lab.account import OPERATOR
from lab.emulator import Emulator
from lab.play import Ran

TERMS = names("partner", prefix="in/")
DEFAULT = {"ANSIBLE_DEPRECATION_WARNINGS": "1"}

#: A life: each run's name, its verb, and what else it is given.
LIFE = {
    "plan": ("provision", "--check", "--diff"),
    "provision": ("provision",),
    "again": ("provision",),
    "again-in-check-mode": ("provision", "--check"),
    "rotate-in-check-mode": ("rotate", "--check"),
    "rotate": ("rotate",),
    "rotate-twice": ("rotate",),
    "rotate-not-due": ("rotate", "-e", "bucket_access_rotate_after_days=90"),
    "session": ("session",),
    "session-in-check-mode": ("session", "--check"),
    "teardown-in-check-mode": ("teardown", "--check"),
    "teardown": ("teardown",),
    "teardown-again": ("teardown",),
}

#: A mistake: each run's name, its verb, and what else it is given.
MISTAKES = {
    "mistake-no-credentials": ("provision",),
    "mistake-no-such-profile": ("rotate",),
    "mistake-somebody-elses-user": ("provision",),
    "mistake-objects-in-the-bucket": ("teardown",),
    "mistake-may-not-make-the-role": ("provision", "-e", "bucket_access_bucket=roleless-bucket-of-ours"),
    "mistake-session-before-provision": ("session", "-e", "bucket_access_role_profile=nobody"),
}


DENY_MAKING_ROLES = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "iam:CreateRole", "Resource": "*"}],
}


@pytest.fixture(scope="module")
def operator(enforcing: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Operator:
    return Operator.anew(enforcing, tmp_path_factory.mktemp("home"))


def words(operator: Operator) -> dict[str, str]:
    return {str(operator.home): "HOME", operator.emulator.account: "ACCOUNT"}


def run(operator: Operator, verb: str, *arguments: str, **environ: str) -> Ran:
    terms = {**TERMS, "session_env_file": str(operator.home / "session.env")}
    given = operator.write("partner.json", json.dumps(prefixed(terms)))
    return operator.run(f"playbooks/{verb}.yml", "-e", f"@{given}", *arguments, **{**DEFAULT, **environ})


@pytest.fixture(scope="module")
def life(operator: Operator) -> Mapping[str, Ran]:
    """All runs, one after the other."""
    return {name: run(operator, *command) for name, command in LIFE.items()}


@pytest.mark.parametrize("name", LIFE)
def test_a_verb_ends_with_what_came_of_it_and_the_next_step(
    operator: Operator, life: Mapping[str, Ran], name: str
) -> None:
    assert_shown(life[name], name, words(operator))


@pytest.fixture(scope="module")
def mistakes(enforcing: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, tuple[Operator, Ran]]:
    """Each in an account of its own."""
    return {name: _mistake(enforcing, tmp_path_factory.mktemp("home"), name) for name in MISTAKES}


def _mistake(enforcing: Emulator, home: Path, name: str) -> tuple[Operator, Ran]:
    operator = Operator.anew(enforcing, home)
    environ: dict[str, str] = {}
    if name == "mistake-no-credentials":
        operator = replace(operator, key={})
    if name == "mistake-no-such-profile":
        operator, environ = replace(operator, key={}), {"AWS_PROFILE": "opertor"}
    if name == "mistake-somebody-elses-user":
        operator.emulator.iam.create_user(UserName=TERMS["user"])
    if name == "mistake-may-not-make-the-role":
        document = json.dumps(DENY_MAKING_ROLES)
        operator.emulator.iam.put_user_policy(UserName=OPERATOR, PolicyName="no-roles", PolicyDocument=document)
    if name == "mistake-objects-in-the-bucket":
        assert run(operator, "provision").code == 0
        operator.emulator.s3.put_object(Bucket=TERMS["bucket"], Key="in/precious", Body=b"x")
    return operator, run(operator, *MISTAKES[name], **environ)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_says_what_to_do(mistakes: Mapping[str, tuple[Operator, Ran]], name: str) -> None:
    operator, ran = mistakes[name]
    assert ran.code == 2
    assert_shown(ran, name, words(operator))


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_said_once(mistakes: Mapping[str, tuple[Operator, Ran]], name: str) -> None:
    """Beside it, newer versions of Ansible print the message of whatever has failed as an error of their own."""
    operator, ran = mistakes[name]
    assert_said_once(ran)
    if name == "mistake-may-not-make-the-role":
        assert_said_once(run(operator, *MISTAKES[name], "-v"))


def assert_said_once(ran: Ran) -> None:
    lines = [line for line in ran.output.splitlines() if json.dumps(ran.sentence)[1:-1] in line]
    assert len([line for line in lines if not line.startswith("[ERROR]: Task failed: ")]) == 1
    assert len(lines) <= 2
    assert all(line.count(json.dumps(ran.sentence)[1:-1]) == 1 for line in lines)
