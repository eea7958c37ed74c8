# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module of this collection inside Ansible's own process for the task, where that makes no difference but time.

Ansible packs a module, starts a Python for it and imports the AWS SDK there anew: for a short verification that is most
of its time. Here the module's own ``main`` is called instead. The process belongs to the task alone and ends with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import sys
from typing import Any

from ansible.errors import AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display

from ansible_collections.assumerole.s3.plugins.plugin_utils._before_forks import load
from ansible_collections.assumerole.s3.plugins.plugin_utils._module_call import SWITCH, Main, Result, call

load()


class InProcess(NormalAction):
    """The action of a module, whose ``main`` a subclass names. What cannot run here runs as every module does."""

    main: Main
    #: Whether a process may call it more than once: it remembers nothing of the call before.
    again = False

    def _execute_module(
        self, module_name: str | None = None, module_args: Result | None = None, task_vars: Any = None, **others: Any
    ) -> Result:
        obstacle = next(self._obstacles(task_vars or {}), None)
        self._tell(obstacle, task_vars or {})
        if obstacle:
            result: Result = super()._execute_module(module_name, module_args, task_vars=task_vars, **others)
            return result
        given = self._task.args if module_args is None else module_args
        return self._call(self.main, self._task.action, given, task_vars)

    def _step(self, name: str, main: Main, arguments: Mapping[str, Any], task_vars: Mapping[str, Any]) -> Result:
        """What another module of ours returns that is a part of this task."""
        if next(self._obstacles(task_vars), None):
            result: Result = super()._execute_module(
                module_name=name, module_args=dict(arguments), task_vars=dict(task_vars)
            )
            return result
        return self._call(main, name, arguments, task_vars)

    def _call(self, main: Main, name: str, arguments: Mapping[str, Any], task_vars: Any) -> Result:
        given, environment = dict(arguments), dict[str, str]()
        self._update_module_args(name, given, task_vars)
        self._compute_environment_string(environment)
        return call(main, given, environment)

    def _tell(self, obstacle: str | None, task_vars: Mapping[str, Any]) -> None:
        """Where the module runs, and why; for whoever asks with ``-vvv``."""
        once = "" if self.again else ", and once"
        usual = f"inside Ansible's process: on this machine, as this user, with this Python{once}"
        where = f"as every module does: {obstacle}" if obstacle else usual
        Display().vvv(f"{self._task.action} runs {where}", host=task_vars.get("inventory_hostname"))

    def _obstacles(self, task_vars: Mapping[str, Any]) -> Iterator[str]:
        """Why the module would not run on this machine, as this user, with this Python, and as often; or may not."""
        task, connection = self._task, self._connection
        interpreter = self._templar.template(task_vars.get("ansible_python_interpreter"))
        obstacles = {
            f"{SWITCH} is false": not self._is_wanted(task_vars),
            f"the connection is {connection.transport}": connection.transport != "local",
            "it runs as another user": connection.become,
            f"it is delegated to {task.delegate_to}": task.delegate_to,
            "it runs in the background": task.async_val,
            "it runs for each item of a loop": task.loop and not self.again,
            "it is tried several times": (task.until or task.retries) and not self.again,
            f"ansible_python_interpreter is {interpreter or 'not set'}, and Ansible runs with {sys.executable}": (
                interpreter != sys.executable
            ),
        }
        return (obstacle for obstacle, stands in obstacles.items() if stands)

    def _is_wanted(self, task_vars: Mapping[str, Any]) -> bool:
        """What the play, the host or the task says; without a word of theirs it is."""
        value = self._templar.template(task_vars.get(SWITCH, True))
        try:
            return bool(boolean(value))
        except TypeError:
            raise AnsibleError(f"{SWITCH} is {value!r}: set it to true or to false.") from None
