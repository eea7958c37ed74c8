# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever an administrator has exported, the module's process asks as the user. One play tries every combination."""

from __future__ import annotations

from itertools import product
import json
from pathlib import Path
from typing import Any

import pytest

from lab.checkout import Json
from lab.emulator import Emulator
from lab.play import ansible
from lab.world import World, provision

#: What may be left over in the environment; the emulator's operator, whose key is exported, is an administrator.
EXPORTED = {
    "key": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    "token": ("AWS_SESSION_TOKEN",),
    "profile": ("AWS_PROFILE",),
}
COMBINATIONS = list(product((False, True), repeat=len(EXPORTED)))
GIVEN = ("key", "profile")


def name_of(given: str, exported: tuple[bool, ...]) -> str:
    left = [name for name, there in zip(EXPORTED, exported, strict=True) if there]
    return f"{given}-beside-{'-'.join(left) or 'nothing'}"


CASES = [(given, exported) for given in GIVEN for exported in COMBINATIONS]


def environment(emulator: Emulator, exported: tuple[bool, ...]) -> dict[str, str]:
    """The module's environment beside the play's, which exports the operator's key: an empty one counts as none."""
    values = {**emulator.env, "AWS_SESSION_TOKEN": "an-administrators-token", "AWS_PROFILE": "administrator"}
    left = [variable for names, there in zip(EXPORTED.values(), exported, strict=True) if there for variable in names]
    return {**dict.fromkeys(EXPORTED["key"], ""), **{variable: values[variable] for variable in left}}


def task(made: World, given: str, exported: tuple[bool, ...]) -> Json:
    key = {"access_key": made.key["AccessKeyId"], "secret_key": made.key["SecretAccessKey"]}
    nothing = {"access_key": "", "secret_key": "", "session_token": ""}
    options = {
        "role_arn": made.role_arn,
        "contract": {**made.values, "permissions": ["list"]},
        "caller_arn": made.user_arn,
        "wait_timeout": 0,
        "fail_on_violation": False,
        **(key if given == "key" else {**nothing, "profile": "user"}),
    }
    return {
        "name": name_of(given, exported),
        "assumerole.s3.access_check": options,
        "environment": environment(made.emulator, exported),
        "register": "found",
        "ignore_errors": True,
    }


def kept(name: str, home: Path) -> Json:
    arn = "{{ found.caller.arn | default(found.msg) }}"
    return {"ansible.builtin.copy": {"dest": str(home / name), "content": arn, "mode": "0600"}}


@pytest.fixture(scope="module")
def callers(enforcing: Emulator, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, str]]:
    """The user's ARN, and whom the module found itself to be in each case."""
    home = tmp_path_factory.mktemp("home")
    made = provision(enforcing)
    profiles = {
        "user": (made.key["AccessKeyId"], made.key["SecretAccessKey"]),
        "administrator": (enforcing.env["AWS_ACCESS_KEY_ID"], enforcing.env["AWS_SECRET_ACCESS_KEY"]),
    }
    credentials = home / "credentials"
    credentials.write_text(
        "".join(
            f"[{name}]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n"
            for name, (key, secret) in profiles.items()
        )
    )
    tasks: list[Any] = []
    for given, exported in CASES:
        tasks += [task(made, given, exported), kept(name_of(given, exported), home)]
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
    (home / "play.json").write_text(json.dumps([play]))
    files = {"AWS_SHARED_CREDENTIALS_FILE": str(credentials), "AWS_CONFIG_FILE": str(home / "config")}
    ran = ansible("ansible-playbook", str(home / "play.json"), home=home, emulator=enforcing, **files)
    assert ran.code == 0, ran.output[-3000:]
    names = [name_of(given, exported) for given, exported in CASES]
    return made.user_arn, {name: (home / name).read_text() for name in names}


@pytest.mark.parametrize(("given", "exported"), CASES, ids=[name_of(*case) for case in CASES])
def test_the_users_own_key_is_asked_with(
    callers: tuple[str, dict[str, str]], given: str, exported: tuple[bool, ...]
) -> None:
    user_arn, found = callers
    assert found[name_of(given, exported)] == user_arn
