# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each check shows when it passes, in words: one table, by the check's id. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STATEMENTS = {
    "user.identity": "The user's access key is alive and belongs to the user",
    "user.list_buckets": "The user alone cannot list the account's buckets",
    "role.assume": "The user can assume the role",
    "role.identity": "The session is one of the role",
    "role.list_buckets": "The role cannot list the account's buckets",
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


def statement(check: Mapping[str, Any]) -> str:
    """What must be so."""
    must = "must be refused" if check["expected"] == "denied" else "must work"
    return STATEMENTS.get(check["id"], f"{check['principal']}: {check['action']} on {check['resource']} {must}")
