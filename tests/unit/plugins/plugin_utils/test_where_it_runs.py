# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display
import pytest

from ansible_collections.assumerole.s3.plugins.plugin_utils._in_process import InProcess

SWITCH = "assumerole_s3_in_process"
HERE = {"ansible_python_interpreter": sys.executable, "inventory_hostname": "partner"}
INSIDE = "a_module runs inside Ansible's process: on this machine, as this user, with this Python, and once"


class Action(InProcess):
    """Of a module that says whether it got its options."""

    @staticmethod
    def main() -> None:
        """The module."""
        print('{"where": "inside"}')

    def _update_module_args(self, _name: str, arguments: dict[str, Any], *_others: Any) -> None:
        assert arguments is not self._task.args

    def _compute_environment_string(self, raw_environment_out: dict[str, str]) -> None:
        assert raw_environment_out == {}


def action(task: dict[str, Any] | None = None, connection: dict[str, Any] | None = None) -> Action:
    made = Action.__new__(Action)
    none = {"delegate_to": None, "async_val": 0, "loop": None, "until": [], "retries": None}
    made._task = SimpleNamespace(action="a_module", args={}, **{**none, **(task or {})})
    made._connection = SimpleNamespace(**{"transport": "local", "become": None, **(connection or {})})
    made._templar = SimpleNamespace(template=lambda value: value)
    return made


@pytest.fixture(autouse=True)
def as_every_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NormalAction, "_execute_module", lambda *_args, **_options: {"where": "aside"})


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    monkeypatch.setattr(Display, "vvv", lambda _self, line, host=None: lines.append((host, line)))
    return lines


@pytest.mark.parametrize("variables", [{}, {SWITCH: True}, {SWITCH: "yes"}, {SWITCH: "1"}])
def test_a_module_runs_here_where_it_would_run_here_anyway(
    variables: dict[str, Any], said: list[tuple[str, str]]
) -> None:
    assert action()._execute_module(task_vars={**HERE, **variables}) == {"where": "inside"}
    assert said == [("partner", INSIDE)]


@pytest.mark.parametrize(
    ("task", "connection", "variables", "why"),
    [
        ({}, {}, {SWITCH: False}, "assumerole_s3_in_process is false"),
        ({}, {}, {SWITCH: "no"}, "assumerole_s3_in_process is false"),
        ({}, {"transport": "ssh"}, {}, "the connection is ssh"),
        ({}, {"become": object()}, {}, "it runs as another user"),
        ({"delegate_to": "localhost"}, {}, {}, "it is delegated to localhost"),
        ({"async_val": 60}, {}, {}, "it runs in the background"),
        ({"loop": ["a"]}, {}, {}, "it runs for each item of a loop"),
        ({"until": ["it is right"]}, {}, {}, "it is tried several times"),
        ({"retries": 3}, {}, {}, "it is tried several times"),
        (
            {},
            {},
            {"ansible_python_interpreter": "/another/python"},
            f"ansible_python_interpreter is /another/python, and Ansible runs with {sys.executable}",
        ),
        (
            {},
            {},
            {"ansible_python_interpreter": None},
            f"ansible_python_interpreter is not set, and Ansible runs with {sys.executable}",
        ),
    ],
)
def test_elsewhere_it_runs_as_every_module_does_and_says_why(
    task: dict[str, Any],
    connection: dict[str, Any],
    variables: dict[str, Any],
    why: str,
    said: list[tuple[str, str]],
) -> None:
    assert action(task, connection)._execute_module(task_vars={**HERE, **variables}) == {"where": "aside"}
    assert said == [("partner", f"a_module runs as every module does: {why}")]


@pytest.mark.parametrize("task", [{"loop": ["a"]}, {"until": ["it is right"]}, {"retries": 3}])
def test_what_remembers_nothing_runs_here_as_often_as_it_must(
    task: dict[str, Any], said: list[tuple[str, str]]
) -> None:
    often = action(task)
    often.again = True
    assert often._execute_module(task_vars=HERE) == {"where": "inside"}
    assert said == [("partner", INSIDE.removesuffix(", and once"))]


@pytest.mark.parametrize("value", ["maybe", 3, ""])
def test_a_switch_that_is_neither_on_nor_off_is_named(value: object) -> None:
    with pytest.raises(AnsibleError) as caught:
        action()._execute_module(task_vars={**HERE, SWITCH: value})
    assert str(caught.value) == f"assumerole_s3_in_process is {value!r}: set it to true or to false."
