# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a verb leaves for the tasks that follow: what there is now, or would be, and where. Never a secret. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import account, partition
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant, bucket_arn
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import trusted
from ansible_collections.assumerole.s3.plugins.module_utils._keys.notes import moment, moment_in
from ansible_collections.assumerole.s3.plugins.module_utils._provision.steps import CHANGE, DELETE

#: The keys and the types of their values, which are the same for every verb; docs/variables.md says what they mean.
TYPES: Mapping[str, type] = {
    "verb": str,
    "check_mode": bool,
    "changed": bool,
    "user": str,
    "trusted": list,
    "role": str,
    "bucket": str,
    "prefix": str,
    "grants": list,
    "account": str,
    "partition": str,
    "region": str,
    "user_arn": str,
    "role_arn": str,
    "bucket_arn": str,
    "role_profile": str,
    "config_file": str,
    "user_profile": str,
    "credentials_file": str,
    "key_store": str,
    "key_place": str,
    "access_key_id": str,
    "new_key": bool,
    "retired_key_id": str,
    "retired_key_deleted_after": str,
    "verdict": str,
    "report_files": list,
    "session_files": list,
    "session_env_file": str,
    "session_expires_at": str,
    "saved_files": list,
    "notes": list,
    "gone": list,
    "stays": list,
}

#: The steps of a teardown by which something is let go that had been taken over.
KINDS = ("user", "role", "bucket")

#: The tasks outside of the plan whose results a verb hands in.
FILES = ("profile", "session", "store", "files_gone", "profile_gone")

Values = Mapping[str, Any]


def outputs(agreed: Values, verb: str, check_mode: bool = False, **seen: Any) -> dict[str, Any]:
    """From what ``access_contract`` returned, and from what the verb has ``seen``; what is not known is empty."""
    plan, kept = seen.get("plan") or {}, seen.get("kept") or {}
    role_arn = plan.get("role_arn") or seen.get("role_arn") or agreed["role_arn"]
    found = {
        "verb": verb,
        "check_mode": check_mode,
        "changed": bool(plan.get("steps")) or any(_changed(item) for name in FILES for item in _each(seen.get(name))),
        "verdict": seen.get("verdict"),
        "report_files": seen.get("report_files"),
        "session_files": _written(seen),
        "session_env_file": agreed["settings"]["session_env_file"],
        "session_expires_at": _moment(seen.get("session_expires_at")),
        "notes": [note for note in [seen.get("note")] if note],
        "saved_files": seen.get("saved_files"),
        "gone": [*_gone(plan), *_gone_files(agreed["settings"], seen)],
        "stays": list(_stays(agreed["contract"], plan)) if verb == "teardown" else [],
        **_contract(agreed, role_arn),
        "user_arn": plan.get("user_arn") or seen.get("user_arn") or agreed["user_arn"],
        "region": plan.get("region") or agreed["region"],
        **_key(agreed["settings"], plan, kept, bool(agreed["contract"].get("user"))),
    }
    return {name: kind(found[name] or kind()) for name, kind in TYPES.items()}


def _contract(agreed: Values, role_arn: str) -> dict[str, Any]:
    """What follows from the contract and the role's ARN."""
    contract, settings = agreed["contract"], agreed["settings"]
    in_profile = settings["key_store"] == "profile" and bool(contract.get("user"))
    return {
        "user": contract.get("user"),
        "trusted": trusted_names(contract),
        "role": contract["role"],
        "bucket": contract["bucket"],
        "prefix": contract.get("prefix"),
        "grants": [_grant(grant, role_arn) for grant in Contract.of(contract).grants],
        "account": account(role_arn) if role_arn else "",
        "partition": partition(role_arn) if role_arn else "",
        "role_arn": role_arn,
        "bucket_arn": _bucket_arn(contract["bucket"], role_arn),
        "role_profile": settings["role_profile"] if contract.get("user") else "",
        "config_file": settings["config_file"],
        "user_profile": settings["user_profile"] if in_profile else "",
        "credentials_file": settings["credentials_file"] if in_profile else "",
    }


def trusted_names(contract: Values) -> list[str]:
    """Who else may assume the role, as the contract names them."""
    return [principal.name for principal in trusted(contract.get("trusted") or [], None)]


def _grant(grant: Grant, role_arn: str) -> dict[str, Any]:
    return {
        "bucket": grant.bucket,
        "bucket_arn": _bucket_arn(grant.bucket, role_arn),
        "prefix": grant.prefix,
        "permissions": list(grant.permissions),
    }


def _bucket_arn(bucket: str, role_arn: str) -> str:
    return bucket_arn(bucket, partition(role_arn)) if role_arn else ""


def _key(settings: Values, plan: Values, kept: Values, has_user: bool) -> dict[str, Any]:
    """The key in use and where it is, and the one that it has replaced."""
    new = bool((plan.get("key_plan") or {}).get("make"))
    known = "" if new else plan.get("access_key_id")
    return {
        "key_store": settings["key_store"] if has_user else "",
        "key_place": kept.get("place") or plan.get("key_place"),
        "access_key_id": kept.get("access_key_id") or known,
        "new_key": new,
        "retired_key_id": plan.get("retired_key_id"),
        "retired_key_deleted_after": plan.get("retired_key_deleted_after"),
    }


def _gone(plan: Values) -> list[str]:
    return [step["what"] for step in plan.get("steps") or [] if step["verb"] == DELETE]


def _gone_files(settings: Values, seen: Values) -> Iterator[str]:
    """What a teardown has removed that is not in the account."""
    if _changed(seen.get("store")):
        yield f"the key in {_store(settings)}"
    for item in _items(seen.get("files_gone")):
        if _changed(item):
            yield f"the session's file {item['path']}"
    if _changed(seen.get("profile_gone")):
        yield f"the profile {settings['role_profile']} of {settings['config_file']}"


def _store(settings: Values) -> str:
    if settings["key_store"] == "profile":
        return f"the profile {settings['user_profile']} of {settings['credentials_file']}"
    return f"the store {settings['key_store']} ({settings['key_store_path']})"


def _written(seen: Values) -> list[str]:
    """The files of a session that is open."""
    return [item["path"] for item in _items(seen.get("session")) if item.get("path")]


def _items(result: object) -> list[Values]:
    """The results of a task that ran for each item; none of one that was skipped."""
    return list(result.get("results") or []) if isinstance(result, Mapping) else []


def _each(result: object) -> list[object]:
    """A task's result, and those of its items."""
    return [result, *_items(result)]


def _changed(result: object) -> bool:
    """Whether a task changed something, or would."""
    return isinstance(result, Mapping) and result.get("changed") is True


def _stays(contract: Values, plan: Values) -> Iterator[str]:
    """What a teardown leaves in the account."""
    changed = {step["what"] for step in plan.get("steps") or [] if step["name"] in KINDS and step["verb"] == CHANGE}
    user = [contract["user"]] if contract.get("user") else []
    names = {"user": user, "role": [contract["role"]], "bucket": Contract.of(contract).buckets}
    for kind in KINDS:
        for what in (f"the {kind} {name}" for name in names[kind]):
            if kind not in contract["manage"]:
                yield f"{what}, which the contract does not manage"
            elif what in changed:
                yield f"{what}, which the contract had taken over"


def _moment(value: object) -> str:
    known = moment_in(value) if value else None
    return moment(known) if known else ""
