# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes an access key and keeps it, as one thing; documented with the module of this name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
import os
import secrets
import time
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.amazon.aws.plugins.module_utils.modules import aws_argument_spec
from ansible_collections.assumerole.s3.plugins.module_utils._aws.abandoned import machine
from ansible_collections.assumerole.s3.plugins.module_utils._keys.making import Look, Making, Refused, Wish
from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import (
    StoredKey,
    Trouble,
)
from ansible_collections.assumerole.s3.plugins.module_utils._keys.stores import STORES
from ansible_collections.assumerole.s3.plugins.modules import access_key_proof, stored_access_key, user_access_key
from ansible_collections.assumerole.s3.plugins.modules.kept_access_key import ARGUMENT_SPEC
from ansible_collections.assumerole.s3.plugins.plugin_utils._asks_stores import AsksStores
from ansible_collections.assumerole.s3.plugins.plugin_utils._interrupts import Interrupted, interruptible
from ansible_collections.assumerole.s3.plugins.plugin_utils._other_tasks import connection_of
from ansible_collections.assumerole.s3.plugins.plugin_utils._shown_progress import progress_file
from ansible_collections.assumerole.s3.plugins.plugin_utils._validated import WrongArguments, validated

Result = dict[str, Any]

MODULES = {module.__name__.rpartition(".")[2]: module for module in (access_key_proof, user_access_key)}

#: What of a failed step is told: what explains it. The rest may hold a secret.
TOLD = ("msg", "error", "boto3_version", "botocore_version", "response_metadata")

#: Seconds before a store, or AWS, is asked again.
PAUSE = 1.0


class StepFailed(Exception):
    """A step that a module has not done."""

    def __init__(self, result: Mapping[str, Any]) -> None:
        super().__init__(str(result.get("msg", "")))
        self.result = {name: result[name] for name in TOLD if name in result}

    @property
    def was_refused(self) -> bool:
        """Whether AWS has said no. Without its word, or with an error of its own, it may have done what was asked."""
        status = (self.result.get("response_metadata") or {}).get("http_status_code") or 0
        return 400 <= int(status) < 500


class ActionModule(AsksStores):
    """Whatever happens meanwhile, an interrupt too, it ends with a key that is stored or with none."""

    _supports_async = False

    def run(self, tmp: Any = None, task_vars: Result | None = None) -> Result:
        """The new key's id; of the store that keeps nothing, its secret, too."""
        try:
            options = validated(self._task.action, {**aws_argument_spec(), **ARGUMENT_SPEC}, self._task.args)
            ActionBase.run(self, tmp, task_vars)
            if self._task.check_mode:
                return {"changed": True}
            with interruptible():
                return self._kept(options, Steps(self, options, task_vars or {}))
        except (WrongArguments, Trouble, OSError) as error:
            return {"failed": True, "msg": str(error)}
        except Refused as error:
            return {"failed": True, **error.__cause__.result}  # type: ignore[union-attr]
        except StepFailed as error:
            return {"failed": True, **error.result}
        except Interrupted:
            return {"failed": True, "msg": "This was interrupted, and undone as far as it had come: run it again."}

    def _kept(self, options: Result, steps: Steps) -> Result:
        wish = Wish(options["user"], options["note"], (*options["ids"],), (*options["remove"],), options["prove"])
        writer = f"{machine()}-{os.getpid()}-{secrets.token_hex(4)}"
        making = Making(wish, steps, writer, lambda: datetime.now(timezone.utc))
        made = self._made(making, steps) if options["make"] else self._settled(making, steps)
        if options["retire"] and not (options["make"] and steps.hands_over):
            making.retire(options["retire"])
            steps.end_retirement()
        return {"changed": True, "place": steps.store_place, **made}

    def _made(self, making: Making, steps: Steps) -> Result:
        steps.refuse_an_obstacle()
        key = making.run()
        secret = {"secret_access_key": key.secret_access_key} if steps.hands_over else {}
        return {"access_key_id": key.access_key_id, **secret}

    def _settled(self, making: Making, steps: Steps) -> Result:
        if making.wish.prove:
            steps.prove_stored()
        making.settle()
        return {}

    def step_of(self, name: str, arguments: Result, task_vars: Result) -> Result:
        """What a module returns that is a part of this task; raises :class:`StepFailed`."""
        return self.done(self._step(f"assumerole.s3.{name}", MODULES[name].main, arguments, task_vars))

    @staticmethod
    def done(result: Result) -> Result:
        """What a step returns; raises :class:`StepFailed`."""
        if result.get("failed"):
            raise StepFailed(result)
        return result

    @contextmanager
    def shown_progress(self, host: str) -> Iterator[Result]:
        """What a step is given so that what it waits for is shown; of one that runs elsewhere nothing is heard."""
        if self._connection.transport != "local":
            yield {}
            return
        with progress_file(lambda line: Display().display(f"{host}: {line}")) as path:
            yield {"progress_file": path}


class Steps:
    """The hands of the protocol: each step is a module's, or a store's of the control node."""

    def __init__(self, action: ActionModule, options: Result, task_vars: Result) -> None:
        self._action, self._options, self._task_vars = action, options, task_vars
        self._aws = connection_of(action)
        self._until = float("inf")
        store = STORES[options["store"]]
        self.lags, self.hands_over = store.lags, store.hands_over
        found = self._before = self._read()
        self.store_place, self._obstacle = str(found["place"]), str(found["obstacle"])
        self.place = "" if self.hands_over else self.store_place

    def refuse_an_obstacle(self) -> None:
        """Nothing is made that could not be kept."""
        if self._obstacle:
            raise Trouble(f"A key could not be kept in {self.store_place}, so none was made: {self._obstacle}")

    def look(self) -> Look:
        """Ask AWS."""
        found = self._iam("look")
        return Look(found["note"], frozenset(found["access_key_ids"]))

    def write_note(self, note: str) -> None:
        """On the user."""
        self._iam("note", note=note)

    def make(self) -> StoredKey:
        """One key, asked for once."""
        try:
            made = self._iam("make")
        except StepFailed as failed:
            if failed.was_refused:
                raise Refused from failed
            raise
        return StoredKey(made["access_key_id"], made["secret_access_key"], self._options["owner"])

    def delete(self, access_key_id: str) -> None:
        """One key that nobody needs."""
        self._iam("delete", access_key_id=access_key_id)

    def deactivate(self, access_key_id: str) -> None:
        """One key that another has replaced, which can be undone."""
        self._iam("deactivate", access_key_id=access_key_id)

    def prove(self, key: StoredKey) -> None:
        """That the key gets into the role."""
        self._prove({"profile": "", "access_key": key.access_key_id, "secret_key": key.secret_access_key})

    def prove_stored(self) -> None:
        """That the stored copy does."""
        with self._action.exported(self._options["profile_files"]):
            self._prove(self._read()["credentials"])

    def store(self, key: StoredKey) -> None:
        """Keep it."""
        given = {"access_key_id": key.access_key_id, "secret_access_key": key.secret_access_key}
        try:
            self._keep(state="present", **given)
        except StepFailed as failed:
            if failed.was_refused:
                raise Refused from failed
            raise

    def stored_id(self) -> str:
        """Which key the store shows."""
        return str(self._read()["access_key_id"])

    def pause(self) -> bool:
        """Wait a moment, while there is time."""
        self._until = min(self._until, time.monotonic() + self._options["wait_timeout"])
        if time.monotonic() + PAUSE > self._until:
            return False
        time.sleep(PAUSE)
        return True

    def end_retirement(self) -> None:
        """The old key is refused now, and the stored one is not."""
        name = self._options["retire"]
        if self._before["access_key_id"] == name and self._before["secret_access_key"]:
            key = {"profile": "", "access_key": name, "secret_key": self._before["secret_access_key"]}
            self._prove(key, state="dead")
        self.prove_stored()
        if self._options["delete_retired"]:
            self.delete(name)

    def _read(self) -> Result:
        return self._keep(state="read")

    def _keep(self, **given: str) -> Result:
        """The store is asked."""
        names = [name for name in stored_access_key.ARGUMENT_SPEC if self._options.get(name) not in (None, "")]
        arguments = {**{name: self._options[name] for name in names}, **given}
        return self._action.done(self._action.ask_store(arguments, self._aws, self._task_vars))

    def _iam(self, step: str, **given: str) -> Result:
        arguments = {
            "user": self._options["user"],
            "wait_timeout": self._options["wait_timeout"],
            "step": step,
            **given,
        }
        return self._action.step_of("user_access_key", {**self._aws, **arguments}, self._task_vars)

    def _prove(self, credentials: Result, state: str = "alive") -> None:
        names = ("role_arn", "caller_arn", "external_id", "wait_timeout")
        given = {name: self._options[name] for name in names if self._options.get(name)}
        with self._action.shown_progress(str(self._task_vars.get("inventory_hostname", ""))) as progress:
            arguments = {**self._aws, **given, **credentials, "session_token": "", "state": state, **progress}
            self._action.step_of("access_key_proof", arguments, self._task_vars)
