# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows lines as they are; documented with the module of this name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.assumerole.s3.plugins.modules.shown_lines import ARGUMENT_SPEC
from ansible_collections.assumerole.s3.plugins.plugin_utils._validated import validated


class ActionModule(ActionBase):
    """All lines in one go, so that those of several hosts do not mix."""

    _supports_async = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Nothing is in the result: what was shown is not shown a second time with ``-v``."""
        super().run(tmp, task_vars)
        options = validated(self._task.action, ARGUMENT_SPEC, self._task.args)
        if options["lines"]:
            Display().display(text_of(options["lines"], {} if options["of_all_hosts"] else task_vars or {}))
        return {"changed": False}


def text_of(lines: Sequence[str], task_vars: Mapping[str, Any]) -> str:
    """The lines, each with its host where there are several."""
    several = len(task_vars.get("ansible_play_hosts_all") or ()) > 1
    before = f"{task_vars['inventory_hostname']}: " if several else ""
    return "\n".join(before + line for line in lines)
