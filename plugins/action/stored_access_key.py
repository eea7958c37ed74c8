# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps an access key where the contract says; documented with the module of this name.

Files are read and written here, where Ansible runs. AWS's stores are left to the module.
"""

from __future__ import annotations

import os
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.assumerole.s3.plugins.module_utils._files import private_file
from ansible_collections.assumerole.s3.plugins.module_utils._keys import key_store
from ansible_collections.assumerole.s3.plugins.module_utils._keys.key_store import NotOurs, StoredKey
from ansible_collections.assumerole.s3.plugins.module_utils._keys.profiles import NotAnIniFile, owner_of, settings_of
from ansible_collections.assumerole.s3.plugins.plugin_utils._local_stores import VaultFile

Result = dict[str, Any]
TaskVars = dict[str, Any]


class ActionModule(ActionBase):
    """One store, one method of each state; what a store needs of the task's arguments it takes itself."""

    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: Any = None, task_vars: TaskVars | None = None) -> Result:
        """Do what ``state`` says with the store."""
        super().run(tmp, task_vars)
        args = self._task.args
        if args.get("store", "profile") in ("secretsmanager", "ssm"):
            return self._module("assumerole.s3.stored_access_key", args, task_vars)
        try:
            return self._local(args, task_vars or {})
        except (AnsibleError, NotOurs) as error:
            return {"failed": True, "msg": str(error)}

    def _local(self, args: Result, task_vars: TaskVars) -> Result:
        store, state = args.get("store", "profile"), args.get("state", "read")
        if store == "none":
            return self._caller(args, state)
        if store == "vault_file":
            return self._vault_file(args, state)
        return self._read_profile(args) if state == "read" else self._write_profile(args, state, task_vars)

    def _caller(self, args: Result, state: str) -> Result:
        """Nothing is kept; the caller gives the key, and takes a new one."""
        place = "the caller's hands"
        key = _wished(args)
        if state == "read":
            readable = bool(key.access_key_id and key.secret_access_key)
            return {
                "changed": False,
                **(key_store.found(key, place) if readable else key_store.nothing(place, readable=False)),
            }
        return {"changed": state == "present", "handed_over": state == "present"}

    def _vault_file(self, args: Result, state: str) -> Result:
        if not args.get("path"):
            raise AnsibleError("bucket_access_key_store_path is empty: name the file for the store vault_file.")
        store = VaultFile(args["path"], self._loader._vault)  # there is no public way to the run's vault
        adopt, check_mode = bool(args.get("adopt")), self._task.check_mode
        if state == "read":
            result = key_store.read(store, args["owner"], adopt)
            return {"changed": False, **result, "obstacle": result["obstacle"] or store.obstacle()}
        if state == "absent":
            return {"changed": key_store.remove(store, args["owner"], check_mode)}
        return {"changed": key_store.write(store, _wished(args), adopt, check_mode)}

    def _read_profile(self, args: Result) -> Result:
        """The key in the credentials file. A profile of another kind (SSO, a process) works, and holds no key."""
        profile, path = args["user_profile"], os.path.expanduser(args["credentials_file"])
        place = f"the profile {profile} of {path}"
        try:
            text = private_file.read(path)
            settings = settings_of(text, profile) or {}
        except NotAnIniFile as error:
            raise AnsibleError(f"{path} cannot be read as an AWS credentials file: {error}. Mend it first.") from None
        except (OSError, UnicodeDecodeError) as error:
            raise AnsibleError(f"{path} cannot be read: {error}.") from None
        key = StoredKey(settings.get("aws_access_key_id", ""), settings.get("aws_secret_access_key", ""), args["owner"])
        obstacle = private_file.obstacle(path)
        if settings and owner_of(text, profile) != args["owner"] and not args.get("adopt"):
            obstacle = obstacle or (
                f"{place} was made by somebody else: choose another bucket_access_user_profile, or set "
                "bucket_access_adopt_profile to true to overwrite it."
            )
        result = key_store.found(key, place, profile)
        return {"changed": False, **result, "obstacle": obstacle}

    def _write_profile(self, args: Result, state: str, task_vars: TaskVars) -> Result:
        wished = _wished(args)
        keys = {
            "settings": {"aws_access_key_id": wished.access_key_id},
            "secrets": {"aws_secret_access_key": wished.secret_access_key},
        }
        profile = {
            "name": args["user_profile"],
            "path": args["credentials_file"],
            "kind": "credentials",
            "owner": args["owner"],
            "adopt": bool(args.get("adopt")),
            "state": state,
        }
        return self._module("assumerole.s3.aws_profile", {**profile, **(keys if state == "present" else {})}, task_vars)

    def _module(self, name: str, args: Result, task_vars: TaskVars | None) -> Result:
        result: Result = self._execute_module(module_name=name, module_args=args, task_vars=task_vars)
        return result


def _wished(args: Result) -> StoredKey:
    return StoredKey(args.get("access_key_id") or "", args.get("secret_access_key") or "", args["owner"])
