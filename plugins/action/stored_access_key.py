# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps an access key where the contract says; documented with the module of this name.

Stores of the control node are used here, where Ansible runs. AWS's stores are left to the module.
"""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.amazon.aws.plugins.module_utils.modules import aws_argument_spec
from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import Request, Surroundings, Trouble
from ansible_collections.assumerole.s3.plugins.module_utils._keys.stores import STORES, carry_out, open_store
from ansible_collections.assumerole.s3.plugins.modules.stored_access_key import ARGUMENT_SPEC, main
from ansible_collections.assumerole.s3.plugins.plugin_utils._in_process import InProcess
from ansible_collections.assumerole.s3.plugins.plugin_utils._validated import WrongArguments, validated
from ansible_collections.assumerole.s3.plugins.plugin_utils._vault_cipher import VaultCipher

Result = dict[str, Any]


class ActionModule(InProcess):
    """Nothing is read or written before the arguments are known to be sound."""

    _supports_async = False
    main = staticmethod(main)

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> Result:
        """Do what ``state`` says with the store."""
        try:
            arguments = validated(self._task.action, {**aws_argument_spec(), **ARGUMENT_SPEC}, self._task.args)
            if not STORES[arguments["store"]].on_control_node:
                return dict(super().run(tmp, task_vars))
            ActionBase.run(self, tmp, task_vars)
            return self._on_control_node(Request.of(arguments))
        except (WrongArguments, Trouble) as error:
            return {"failed": True, "msg": str(error)}

    def _on_control_node(self, request: Request) -> Result:
        vault = VaultCipher(self._loader._vault)  # there is no public way to the run's vault
        store = open_store(request, Surroundings(cipher=lambda: vault))
        return carry_out(store, request, self._task.check_mode)
