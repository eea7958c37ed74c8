# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module of this collection inside Ansible's own process for the task, where that makes no difference but time.

Ansible packs a module, starts a Python for it and imports the AWS SDK there anew: for a short verification that is most
of its time. Here the module's own ``main`` runs, with the options and the environment that it would get, and what it
prints is its result, as ever. The process belongs to the task alone and ends with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout, suppress
import gc
import io
import json
import os
import sys
from typing import Any

from ansible.module_utils import basic
from ansible.plugins.action.normal import ActionModule as NormalAction

Main = Callable[[], None]
Result = dict[str, Any]

# Ansible forks a process for each task. What it has loaded by now stays to the end and is no garbage: frozen, it is not
# looked through again in each of them, and not copied for that. https://docs.python.org/3/library/gc.html#gc.freeze
gc.freeze()


class InProcess(NormalAction):
    """The action of a module, whose ``main`` a subclass names. Elsewhere than here it runs as all modules do."""

    main: Main

    def _execute_module(
        self, module_name: str | None = None, module_args: Result | None = None, task_vars: Any = None, **others: Any
    ) -> Result:
        if not self._is_here(task_vars or {}):
            result: Result = super()._execute_module(module_name, module_args, task_vars=task_vars, **others)
            return result
        arguments, environment = dict(self._task.args), dict[str, str]()
        self._update_module_args(self._task.action, arguments, task_vars)
        self._compute_environment_string(environment)
        return run(self.main, arguments, environment)

    def _is_here(self, task_vars: Mapping[str, Any]) -> bool:
        """Whether the module would run on this machine, as this user, with this Python, and once."""
        task = self._task
        elsewhere = self._connection.transport != "local" or self._connection.become or task.delegate_to
        repeated = task.async_val or task.loop or task.until or task.retries
        interpreter = self._templar.template(task_vars.get("ansible_python_interpreter"))
        return not elsewhere and not repeated and interpreter == sys.executable


def run(main: Main, arguments: Mapping[str, Any], environment: Mapping[str, str]) -> Result:
    """What the module returns. It ends by leaving Python, after it has printed its result."""
    printed = io.StringIO()
    with _given(arguments), _exported(environment), redirect_stdout(printed), suppress(SystemExit):
        main()
    result: Result = json.loads(printed.getvalue())
    return result


@contextmanager
def _given(arguments: Mapping[str, Any]) -> Iterator[None]:
    """The options, where a module looks for them before it reads its standard input; secrets do not stay there."""
    before = {name: getattr(basic, name, None) for name in ("_ANSIBLE_ARGS", "_ANSIBLE_PROFILE")}
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}, default=str).encode()
    basic._ANSIBLE_PROFILE = "legacy"  # how ansible-core 2.19 and newer tell plain JSON
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(basic, name, value)


@contextmanager
def _exported(environment: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update({name: str(value) for name, value in environment.items()})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
