# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module, and says in one sentence why it failed; documented with the module of this name.

Ansible prints a failed task before anything else can be said of it. So nothing of others' words may be in its result.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.assumerole.s3.plugins.action import access_plan
from ansible_collections.assumerole.s3.plugins.module_utils._aws.said import scrubbed
from ansible_collections.assumerole.s3.plugins.module_utils._provision.failures import explain_failure
from ansible_collections.assumerole.s3.plugins.modules.explained import ARGUMENT_SPEC
from ansible_collections.assumerole.s3.plugins.plugin_utils._known_secrets import known_secrets
from ansible_collections.assumerole.s3.plugins.plugin_utils._module_defaults import with_defaults
from ansible_collections.assumerole.s3.plugins.plugin_utils._other_tasks import ANNOUNCED, result_of
from ansible_collections.assumerole.s3.plugins.plugin_utils._validated import validated

Result = dict[str, Any]

#: The action with which each contract begins, loaded here: Ansible would do so in a process of each contract.
FIRST = access_plan


class ActionModule(ActionBase):
    """What succeeds is not touched."""

    _supports_async = False

    def run(self, tmp: Any = None, task_vars: Result | None = None) -> Result:
        """The module's result, or why there is none."""
        super().run(tmp, task_vars)
        asked = validated(self._task.action, ARGUMENT_SPEC, self._task.args)
        options = with_defaults(asked["module"], asked["options"], self._task, self._templar)
        result = result_of(asked["module"], options, self, task_vars or {})
        contract = {**asked["contract"], **bucket_named(asked["module"], options)}
        return self._told(result, contract, options) if result.get("failed") else result

    def _told(self, result: Result, contract: Mapping[str, Any], options: Result) -> Result:
        environment: dict[str, Any] = {}
        self._compute_environment_string(environment)
        secrets = known_secrets(options, environment)
        Display().vvv(f"{self._task.name or self._task.action}: {scrubbed(str(result.get('msg')), secrets)}")
        return told(result, self._task.name or self._task.action, contract, secrets)


def bucket_named(module: str, options: Mapping[str, Any]) -> Result:
    """The bucket that a task is about, which is one of the contract's."""
    name = options.get("name" if module == "amazon.aws.s3_bucket" else "bucket")
    return {"bucket": name} if name else {}


def told(result: Mapping[str, Any], task: str, contract: Mapping[str, Any], secrets: Collection[str]) -> Result:
    """What may be told of a failed result."""
    code = (result.get("error") or {}).get("code")
    status = (result.get("response_metadata") or {}).get("http_status_code")
    found = {
        "msg": explain_failure(result, task, contract),
        **({"error": {"code": code}} if code else {}),
        **({"http_status": status} if status else {}),
        **({"refused": True} if result.get("refusals") else {}),
        **{name: result[name] for name in ANNOUNCED if result.get(name)},
    }
    return {"failed": True, "changed": bool(result.get("changed")), **scrubbed(found, secrets)}
