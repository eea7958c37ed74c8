# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``module_defaults`` adds to the options of a module that an action runs, as Ansible adds it to a task's.

Ansible's own ``service`` and ``package`` do so by the same functions, of which there is one for each of its ages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.executor import module_common


def with_defaults(module: str, options: Mapping[str, Any], task: Any, templar: Any) -> dict[str, Any]:
    """The options of a module, by its full name, with those that the play, the block or the task gives by default."""
    given = dict(options)
    if hasattr(module_common, "_apply_action_arg_defaults"):
        return dict(module_common._apply_action_arg_defaults(module, task, given, templar))
    groups = task._parent._play._action_groups
    return dict(
        module_common.get_action_args_with_defaults(module, given, task.module_defaults, templar, action_groups=groups)
    )
