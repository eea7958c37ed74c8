# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task of another module would return in the place of this one: for actions that are made of others."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.amazon.aws.plugins.module_utils.modules import aws_argument_spec
from ansible_collections.assumerole.s3.plugins.plugin_utils._in_process import InProcess
from ansible_collections.assumerole.s3.plugins.plugin_utils._module_call import Main

Result = dict[str, Any]

#: Whose modules run inside Ansible's process, as ours do: for most of them Python and the SDK take longer than AWS.
THEIRS = "amazon.aws."

#: What of a result Ansible itself reads, and shows whether or not the task has failed.
ANNOUNCED = ("warnings", "deprecations")


def result_of(module: str, options: Mapping[str, Any], action: ActionBase, task_vars: Mapping[str, Any]) -> Result:
    """By the action that the module has, by its ``main`` if it is amazon.aws's, or by the action of all modules.

    All with the connection and settings of this task.
    """
    task, loader = action._task.copy(), action._shared_loader_obj.action_loader
    task.action, task.args = module, dict(options)
    given = {
        "task": task,
        "connection": action._connection,
        "play_context": action._play_context,
        "loader": action._loader,
        "templar": action._templar,
        "shared_loader_obj": action._shared_loader_obj,
    }
    has_action = loader.has_plugin(module)
    main = None if has_action else main_of(module)
    if main:
        other = InProcess(**given)
        other.main, other.again = main, True
    else:
        other = loader.get(module if has_action else "ansible.legacy.normal", **given)
    return dict(other.run(task_vars=task_vars))


def main_of(module: str) -> Main | None:
    """What a module of amazon.aws begins with; nothing of others, nor of one that is not there."""
    if not module.startswith(THEIRS):
        return None
    try:
        found = import_module(f"ansible_collections.amazon.aws.plugins.modules.{module.removeprefix(THEIRS)}")
    except ImportError:
        return None
    main: Main | None = getattr(found, "main", None)
    return main


def connection_of(action: ActionBase) -> Result:
    """The options by which this task reaches AWS, for others to reach it in the same way."""
    return {name: action._task.args[name] for name in aws_argument_spec() if name in action._task.args}
