# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each step of a verification is asked, from what was agreed and from what the steps before it have found. Pure.

The steps are the modules ``access_audit``, ``probe_objects``, ``access_check`` and ``access_report``. Those that ask
about the bucket do so where it is; the audit looks for it where the task says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract.fields import FIELDS

Options = dict[str, Any]
Found = Mapping[str, Any]

#: What ``probe_objects`` returns of what it has put, which ``access_check`` takes under the same names.
LYING = ("inside_object", "outside_object", "place_objects", "forbidden_objects", "object_versions")

#: What of an agreement the steps need to know.
AGREED = frozenset(
    {"contract", "settings", "region", "role_arn", "profile_role_arn", "profile_region", "no_role_arn"}
    | {"user_arn", "changed_at", "siblings", "canaries"}
)
SETTINGS = frozenset(name for name, field in FIELDS.items() if not (field.term or field.secret))


def not_agreed(agreed: Found) -> str:
    """A sentence, where this is not what ``access_contract`` returns; or nothing."""
    settings = {f"settings.{name}" for name in SETTINGS - {*(agreed.get("settings") or {})}}
    missing = next(iter(sorted((AGREED - {*agreed}) or settings)), "")
    return f"agreed is not what access_contract returns, as it has no {missing}: give its result." if missing else ""


def role_arn(agreed: Found, audited: Found) -> str:
    """As the operator has read it, path included; without the audit as the role's profile, or its account, tells it."""
    return str(audited.get("role_arn") or agreed["role_arn"])


def user_arn(agreed: Found, audited: Found) -> str:
    """The same of the user; empty where the contract has none."""
    return str(audited.get("user_arn") or agreed["user_arn"])


def not_to_be_asked(agreed: Found, audited: Found) -> str:
    """Why AWS is not asked: what it says of the user's key, or that nothing tells the role's ARN; or nothing."""
    unknown = "" if role_arn(agreed, audited) else agreed["no_role_arn"]
    return str(audited.get("quarantine") or unknown)


def audit(agreed: Found) -> Options:
    """The options of ``access_audit``; none where nobody wants one."""
    if not agreed["settings"]["audit"]:
        return {}
    given = {
        "role_arn": agreed["profile_role_arn"],
        "profile_region": agreed["profile_region"],
        "changed_at": agreed["changed_at"],
        **_settings(agreed, "account_survey", "survey_sessions", "expected_principals"),
        **_settings(agreed, "key_store", "key_store_path", "wait_timeout"),
    }
    return {"contract": agreed["contract"], "fail_on_violation": False, **_known(given)}


def putting(agreed: Found, audited: Found) -> Options:
    """The options of ``probe_objects``, which puts what only the operator can put; none where nobody needs it."""
    return {**_places(agreed, audited), "state": "present"} if any(agreed["canaries"].values()) else {}


def check(agreed: Found, audited: Found, put: Found) -> Options:
    """The options of ``access_check``, but for the user's key."""
    settings, has_user = agreed["settings"], bool(agreed["contract"].get("user"))
    given = {
        "caller_arn": user_arn(agreed, audited),
        "changed_at": audited.get("changed_at"),
        "object_lock": audited.get("object_lock"),
        "object_locks": audited.get("object_locks"),
        **{name: put.get(name) for name in LYING},
        **_settings(agreed, "web_identity_token_file", "web_identity_refused_token_file", "outsider_profile"),
        **_settings(agreed, "mfa_serial", "outside_proxy", "plain_http", "plain_http_endpoint_url", "wait_timeout"),
    }
    return {
        "region": _bucket_region(agreed, audited),
        "role_arn": role_arn(agreed, audited),
        "operator": bool(not has_user and settings["audit"]),
        "roles_to_try": (audited.get("surveyed") or {}).get("roles_to_try") or [],
        "contract": agreed["contract"],
        "siblings": agreed["siblings"],
        "fail_on_violation": False,
        **_known(given),
    }


def about_to_try(audited: Found) -> list[str]:
    """What is said before the user tries other roles; nothing where there is none to try."""
    surveyed = audited.get("surveyed") or {}
    roles, doors = surveyed.get("roles_to_try") or [], (surveyed.get("survey") or {}).get("doors") or {}
    if not roles:
        return []
    of = f"{len(roles)} of {doors.get('found', len(roles))} other roles"
    return [f"The user asks to assume {of} that may let it in, and drops what it is given. CloudTrail shows it."]


def sweeping(agreed: Found, audited: Found, put: Found, probed: Found) -> Options:
    """The options of ``probe_objects``, by which what the run has made is gone again; none where it has made nothing.

    That is the operator's objects, and those of the role's that it was not let remove.
    """
    traces = [*(put.get("urls") or []), *(probed.get("leftovers") or [])]
    wanted = agreed["settings"]["audit"] and (traces or any(agreed["canaries"].values()))
    return {**_places(agreed, audited), "urls": traces, "state": "absent"} if wanted else {}


def report(agreed: Found, result: Found) -> Options:
    """The options of ``access_report``; none where nobody wants one."""
    path = agreed["settings"]["report_dir"]
    return {"result": result, "contract": agreed["contract"], "path": path} if path else {}


def _places(agreed: Found, audited: Found) -> Options:
    contract = agreed["contract"]
    return {
        "region": _bucket_region(agreed, audited),
        "bucket": contract["bucket"],
        "forbidden_buckets": contract.get("forbidden_buckets") or [],
        "keys": agreed["canaries"],
    }


def _bucket_region(agreed: Found, audited: Found) -> str:
    """As the operator has read it, or as contract, profile or environment say."""
    return str(audited.get("region") or agreed["region"])


def _settings(agreed: Found, *names: str) -> Options:
    return {name: agreed["settings"][name] for name in names}


def _known(options: Found) -> Options:
    """Those that have a value: an option that is not given is not an empty one."""
    return {name: value for name, value in options.items() if value not in (None, "")}
