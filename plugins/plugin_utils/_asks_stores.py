# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions that ask a store of keys in their own process: no argument of a task, no result and no fact holds the key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import aws_argument_spec
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import sibling
from ansible_collections.assumerole.s3.plugins.module_utils._contract.rules import role_arn_problem
from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import KeyStore, Request, Surroundings, Trouble
from ansible_collections.assumerole.s3.plugins.module_utils._keys.stores import (
    KEPT_IN,
    STORES,
    carry_out,
    open_store,
)
from ansible_collections.assumerole.s3.plugins.modules import stored_access_key
from ansible_collections.assumerole.s3.plugins.plugin_utils._in_process import InProcess
from ansible_collections.assumerole.s3.plugins.plugin_utils._module_call import Result
from ansible_collections.assumerole.s3.plugins.plugin_utils._other_tasks import connection_of
from ansible_collections.assumerole.s3.plugins.plugin_utils._validated import WrongArguments, validated
from ansible_collections.assumerole.s3.plugins.plugin_utils._vault_cipher import VaultCipher


class AsksStores(InProcess):
    """What such an action needs."""

    def ask_store(self, arguments: Mapping[str, Any], connection: Mapping[str, Any], task_vars: Any) -> Result:
        """What a store of the control node says here, and one of AWS by its module."""
        if STORES[arguments["store"]].on_control_node:
            request = Request.of(arguments)
            return carry_out(self.local_store(request), request, False)
        given = {**connection, **arguments}
        return self._step("assumerole.s3.stored_access_key", stored_access_key.main, given, task_vars)

    def local_store(self, request: Request) -> KeyStore:
        """A store of the control node."""
        vault = VaultCipher(self._loader._vault)  # there is no public way to the run's vault
        return open_store(request, Surroundings(cipher=lambda: vault))

    @contextmanager
    def exported(self, variables: Mapping[str, str]) -> Iterator[None]:
        """Environment variables for the steps of the block, beside those of the task."""
        before = self._task.environment
        self._task.environment = [*(before if isinstance(before, list) else [before] if before else []), variables]
        try:
            yield
        finally:
            self._task.environment = before


class WithKeptKey(AsksStores):
    """The action of a module that works with a user's key, and is told where that is kept instead."""

    #: The module's options.
    spec: Mapping[str, Any]

    def run(self, tmp: Any = None, task_vars: Result | None = None) -> Result:
        """What the module returns; what is wrong with the arguments or the store is a sentence."""
        try:
            return dict(super().run(tmp, task_vars))
        except (WrongArguments, Trouble) as error:
            return {"failed": True, "msg": str(error)}

    def _execute_module(
        self, module_name: str | None = None, module_args: Result | None = None, task_vars: Any = None, **others: Any
    ) -> Result:
        args = self._task.args
        if module_name or (args.get("kept_in") is None and not args.get("profile_files")):
            return super()._execute_module(module_name, module_args, task_vars=task_vars, **others)
        options = validated(self._task.action, {**aws_argument_spec(), **self.spec}, args)
        if options["kept_in"] is None:
            # Without a user the profiles are those of others; with one, they are where the caller's own are.
            if options["contract"]["user"]:
                return super()._execute_module(module_name, module_args, task_vars=task_vars, **others)
            with self.exported(self._files(options, {"profile": ""})):
                return super()._execute_module(module_name, module_args, task_vars=task_vars, **others)
        found = self._found(options, task_vars)
        if found.get("failed"):
            return found
        rest = {name: value for name, value in args.items() if name not in KEPT_IN}
        with self.exported(self._files(options, found["credentials"])):
            given = {**rest, **found["credentials"], "session_token": ""}
            return super()._execute_module(module_name, given, task_vars=task_vars, **others)

    def _found(self, options: Result, task_vars: Any) -> Result:
        """The user's key as modules are given it: by its profile, or itself."""
        wrong = role_arn_problem(options["role_arn"])
        if wrong:
            raise Trouble(f"role_arn {wrong}.")
        owner = sibling(options["role_arn"], "user", options["contract"]["user"])
        kept_in = {name: value for name, value in options["kept_in"].items() if value not in (None, "")}
        found = self.ask_store({**kept_in, "owner": owner}, connection_of(self), task_vars)
        if not found.get("failed") and not any(found["credentials"].values()):
            raise Trouble(
                f"There is no key of {owner} in {found['place']}: run provision, or name the store that holds it."
            )
        return found

    @staticmethod
    def _files(options: Result, credentials: Mapping[str, str]) -> Mapping[str, str]:
        """Where profiles are named, the files that they are in: an exported one, the operator's, may be in others."""
        others = any(item.get("profile") for item in options["contract"]["trusted"])
        named = credentials["profile"] or options.get("outsider_profile") or others
        return options["profile_files"] if named else {}
