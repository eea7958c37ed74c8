# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from datetime import date
import json
import os
import sys
from types import SimpleNamespace
from typing import Any

from ansible.module_utils import basic
import pytest

from ansible_collections.assumerole.s3.plugins.plugin_utils._in_process import InProcess, run

HERE = {"ansible_python_interpreter": sys.executable}


def prints(result: Callable[[], object]) -> Callable[[], None]:
    """A module's main, which ends as modules do."""

    def main() -> None:
        print(json.dumps(result()))
        sys.exit(0)

    return main


def options() -> Any:
    """What AnsibleModule would read."""
    return json.loads(basic._ANSIBLE_ARGS or b"{}")["ANSIBLE_MODULE_ARGS"]


def test_a_module_gets_its_options_and_its_result_comes_back() -> None:
    assert run(prints(options), {"bucket": "b", "permissions": ["list"], "wait_timeout": 3}, {}) == {
        "bucket": "b",
        "permissions": ["list"],
        "wait_timeout": 3,
    }


def test_a_date_in_yaml_comes_as_text() -> None:
    assert run(prints(options), {"changed_at": date(2026, 1, 2)}, {}) == {"changed_at": "2026-01-02"}


@pytest.mark.parametrize("breaks", [False, True])
def test_nothing_of_the_task_stays_behind(breaks: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "operator")
    monkeypatch.setattr(basic, "_ANSIBLE_ARGS", b"before")
    seen = {}

    def main() -> None:
        seen.update({name: os.environ.get(name) for name in ("AWS_PROFILE", "AWS_CONFIG_FILE")})
        if breaks:
            raise RuntimeError("broken")
        prints(dict)()

    def ran() -> None:
        run(main, {"secret_key": "SECRETEXAMPLE"}, {"AWS_PROFILE": "user", "AWS_CONFIG_FILE": "/config"})

    if breaks:
        with pytest.raises(RuntimeError):
            ran()
    else:
        ran()
    assert seen == {"AWS_PROFILE": "user", "AWS_CONFIG_FILE": "/config"}
    assert os.environ["AWS_PROFILE"] == "operator"
    assert "AWS_CONFIG_FILE" not in os.environ
    assert basic._ANSIBLE_ARGS == b"before"


@pytest.mark.parametrize(
    ("name", "task", "connection", "variables", "here"),
    [
        ("on this machine", {}, {}, HERE, True),
        ("on another machine", {}, {"transport": "ssh"}, HERE, False),
        ("as another user", {}, {"become": object()}, HERE, False),
        ("for another host", {"delegate_to": "localhost"}, {}, HERE, False),
        ("in the background", {"async_val": 60}, {}, HERE, False),
        ("for each item", {"loop": ["a"]}, {}, HERE, False),
        ("until it is right", {"until": ["it is right"]}, {}, HERE, False),
        ("several times", {"retries": 3}, {}, HERE, False),
        ("with another Python", {}, {}, {"ansible_python_interpreter": "/usr/bin/another-python"}, False),
        ("with a Python that Ansible looks for", {}, {}, {}, False),
    ],
)
def test_a_module_runs_here_where_it_would_run_here_anyway(
    name: str, task: dict[str, Any], connection: dict[str, Any], variables: dict[str, Any], here: bool
) -> None:
    none = {"delegate_to": None, "async_val": 0, "loop": None, "until": [], "retries": None}
    action = SimpleNamespace(
        _task=SimpleNamespace(**{**none, **task}),
        _connection=SimpleNamespace(**{"transport": "local", "become": None, **connection}),
        _templar=SimpleNamespace(template=lambda value: value),
    )
    assert InProcess._is_here(action, variables) is here, name
