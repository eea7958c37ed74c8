# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows lines as they are; documented with the module of this name."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.assumerole.s3.plugins.modules.shown_lines import ARGUMENT_SPEC
from ansible_collections.assumerole.s3.plugins.plugin_utils._lines import show
from ansible_collections.assumerole.s3.plugins.plugin_utils._validated import validated


class ActionModule(ActionBase):
    """Nothing but the lines."""

    _supports_async = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Nothing is in the result: what was shown is not shown a second time with ``-v``."""
        super().run(tmp, task_vars)
        options = validated(self._task.action, ARGUMENT_SPEC, self._task.args)
        show(options["lines"], {} if options["of_all_hosts"] else task_vars or {})
        return {"changed": False}
