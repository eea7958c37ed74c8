# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans with the module of this name, which documents it.

A store of the control node is read here, where Ansible runs.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import aws_argument_spec
from ansible_collections.assumerole.s3.plugins.module_utils._keys.states import known_of
from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import ANY_ACCOUNT, Request, Trouble
from ansible_collections.assumerole.s3.plugins.module_utils._keys.stores import STORES, carry_out
from ansible_collections.assumerole.s3.plugins.modules.access_plan import ARGUMENT_SPEC, main
from ansible_collections.assumerole.s3.plugins.plugin_utils._asks_stores import AsksStores
from ansible_collections.assumerole.s3.plugins.plugin_utils._validated import WrongArguments, validated

Result = dict[str, Any]


class ActionModule(AsksStores):
    """The module gets what the store holds, and of the key itself no secret."""

    main = staticmethod(main)

    def run(self, tmp: Any = None, task_vars: Result | None = None) -> Result:
        """The plan."""
        try:
            options = validated(self._task.action, {**aws_argument_spec(), **ARGUMENT_SPEC}, self._task.args)
            stored = self._stored(options)
        except (WrongArguments, Trouble, OSError) as error:
            return {"failed": True, "msg": str(error)}
        if stored:
            kept = {"store": options["kept_in"]["store"]}
            self._task.args = {**self._task.args, "kept_in": kept, "stored": stored}
        return dict(super().run(tmp, task_vars))

    def _stored(self, options: Result) -> Result:
        """What a store of the control node holds, without the secret; nothing of one that is elsewhere."""
        contract, given = options["contract"], options["kept_in"]
        wanted = given and contract["user"] and options["verb"] != "teardown" and "user" in contract["manage"]
        if not wanted or not STORES[given["store"]].on_control_node or options["stored"]:
            return {}
        owner = f"arn:aws:iam::{ANY_ACCOUNT}:user/{contract['user']}"
        request = Request.of({**given, "owner": owner, "adopt": "profile" in contract["adopt"]})
        return known_of(carry_out(self.local_store(request), request, False))
