# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each check shows when it passes, in words: a table by the check's id, and who, what and where. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import ACTIONS

Check = Mapping[str, Any]

PERMISSION = {action: permission for permission, action in ACTIONS.items()}

PRINCIPALS = {
    "role": "The role",
    "role over plain HTTP": "The role over plain HTTP",
    "user": "The user alone",
    "anonymous": "Anybody, without credentials,",
}

STATEMENTS = {
    "user.identity": "The user's access key is alive and belongs to the user",
    "user.list_buckets": "The user alone cannot list the account's buckets",
    "role.assume": "The user can assume the role",
    "role.identity": "The session is one of the role",
    "role.list_buckets": "The role cannot list the account's buckets",
    "role.outside.list_all": "The role cannot list the whole bucket",
    "role.bucket_policy": "The role cannot read the bucket's policy",
    "trust.no_external_id": "The role cannot be assumed without the external id",
    "trust.wrong_external_id": "The role cannot be assumed with a wrong external id",
    "trust.longer_session": "The role cannot be assumed for longer than its maximum",
    "outsider.identity": "The outsider's access key is alive",
    "trust.outsider": "An outsider cannot assume the role",
    "config.user.exists": "The user exists",
    "config.user.inline_policies": "The user has no inline policy",
    "config.user.managed_policies": "The user has no managed policy",
    "config.user.groups": "The user is in no group",
    "config.user.password": "The user has no console password",
    "config.user.keys": "The user has one active access key",
    "config.user.boundary": "The user's permissions boundary, if any, leaves the contract whole",
    "config.role.exists": "The role exists",
    "config.role.trust": "The trust policy names this user and nobody else",
    "config.role.permissions": "The role's policies grant the contract and nothing else",
    "config.role.max_session_duration": "The role's longest session is the contract's",
    "config.role.boundary": "The role's permissions boundary, if any, leaves the contract whole",
    "config.bucket.policy": "The bucket policy denies plain HTTP and grants nothing",
    "config.bucket.public_access": "Public access to the bucket is blocked",
    "config.bucket.ownership": "Access control lists are off",
    "config.bucket.encryption": "The bucket encrypts by default as the contract says",
}


def about_objects(check: Check) -> bool:
    """Whether a check asked for one of the four permissions."""
    return check["action"] in PERMISSION and not check["id"].startswith("config.")


def place(check: Check, contract: Mapping[str, Any]) -> str:
    """Where a check asked, as its id says."""
    at, elsewhere = check["id"].partition("@")[1:]
    if at:
        return f"in the bucket {elsewhere}"
    if ".outside." in check["id"]:
        return f"beside {contract['prefix']}"
    return f"below {contract['prefix']}" if contract["prefix"] else "in the bucket"


def statement(check: Check, contract: Mapping[str, Any]) -> str:
    """What is so when the check passes."""
    if check["id"] in STATEMENTS:
        return STATEMENTS[check["id"]]
    can = "cannot" if check["expected"] == "denied" else "can"
    who = PRINCIPALS.get(check["principal"], f"The {check['principal']}")
    if about_objects(check):
        return f"{who} {can} {PERMISSION[check['action']]} {place(check, contract)}"
    return f"{who} {can} do {check['action']} on {check['resource']}"
