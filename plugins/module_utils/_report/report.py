# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of one verification: what a result found out about a contract, and when. Pure.

docs/access-report.schema.json describes it. A change that breaks its readers raises ``FORMAT_VERSION``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._checks.check import FIELDS
from ansible_collections.assumerole.s3.plugins.module_utils._checks.sentences import WORDS
from ansible_collections.assumerole.s3.plugins.module_utils._contract.conditions import Conditions
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._report import who_else
from ansible_collections.assumerole.s3.plugins.module_utils._report.places import buckets, named
from ansible_collections.assumerole.s3.plugins.module_utils._report.version import COLLECTION_VERSION

FORMAT_VERSION = 1

#: What a report takes from a result, each with the type that it must have.
TAKEN: dict[str, Any] = {
    "verdict": str,
    "enforced": (bool, type(None)),
    "msg": str,
    "caller": dict,
    "session": dict,
    "summary": dict,
    "checks": list,
    "leftovers": list,
}

#: What a report takes, too, where a result has it: in reports of before, it is not.
PLACE = ("account_id", "partition", "region")

VERDICTS = ("verified", "violated", "inconclusive")

#: What tells contracts apart, in any number of accounts: names of buckets are global.
NAMES = ("user", "role", "bucket")

Report = dict[str, Any]


def report(result: Mapping[str, Any], contract: Mapping[str, Any], created: str) -> Report:
    """The report, without what Ansible adds to a result."""
    about = {
        "format_version": FORMAT_VERSION,
        "collection_version": COLLECTION_VERSION,
        "created": created,
        "contract": dict(contract),
    }
    where = {name: str(result[name]) for name in PLACE if result.get(name)}
    surveyed = {"survey": result["survey"]} if result.get("survey") else {}
    return {**about, **where, **{name: result[name] for name in TAKEN}, **surveyed}


def problem(result: Mapping[str, Any]) -> str | None:
    """What keeps a result from being reported. One without checks has shown nothing, so there is nothing to report."""
    for name, kind in TAKEN.items():
        if not isinstance(result.get(name, NotImplemented), kind):
            return f"it has no {name} as access_check returns it"
    if result["verdict"] not in VERDICTS:
        return f"{result['verdict']!r} is not a verdict"
    if set(result["summary"]) != set(WORDS):
        return "its summary does not count the four outcomes"
    if not result["checks"]:
        return "it has no check in it"
    if result.get("survey") is not None and (wrong := who_else.problem(result["survey"])):
        return wrong
    return next(filter(None, map(_problem_of_check, result["checks"])), None)


def _problem_of_check(check: object) -> str | None:
    """An outcome that nobody knows must not pass for one that is fine."""
    if not isinstance(check, Mapping) or set(FIELDS) - set(check):
        return "one of its checks is not what access_check returns"
    if check["outcome"] not in WORDS:
        return f"one of its checks has the outcome {check['outcome']!r}"
    if check["expected"] not in ("allowed", "denied"):
        return f"one of its checks expects {check['expected']!r}"
    return None


def is_report(value: object) -> bool:
    """Whether this was read from a report, of whatever version."""
    return (
        isinstance(value, Mapping)
        and isinstance(value.get("created"), str)
        and isinstance(value.get("contract"), Mapping)
        and set(NAMES) <= set(value["contract"])
        and problem(value) is None
    )


def same_findings(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two reports differ at most in when they were made."""
    return {**one, "created": ""} == {**other, "created": ""}


def other_contract(old: Mapping[str, Any], new: Mapping[str, Any]) -> str | None:
    """Whose report the old one is, when it is another contract's: its role and bucket in words.

    A contract may get more places, and lose some: as long as one of its buckets stays, it is the same.
    """
    before, after = old["contract"], new["contract"]
    same = all(before[name] == after[name] for name in ("user", "role"))
    if same and {*buckets(before)} & {*buckets(after)}:
        return None
    return f"the role {before['role']} on the bucket {named(before)}"


def as_reported(contract: Contract) -> dict[str, Any]:
    """What a report says of a contract; of others than the user only where there are any.

    The external id stays out of it: only whether there is one.
    """
    place = contract.grants[0]
    others = [{"kind": who.kind.name, "name": who.name, "label": who.label} for who in contract.trusted]
    return {
        "user": contract.user,
        **({"trusted": others} if others else {}),
        "role": contract.role,
        "bucket": place.bucket,
        "prefix": place.prefix,
        "permissions": list(place.permissions),
        "grants": [
            {"bucket": grant.bucket, "prefix": grant.prefix, "permissions": list(grant.permissions)}
            for grant in contract.grants
        ],
        "external_id_required": contract.external_id is not None,
        "max_session_duration": contract.max_session_duration,
        "forbidden_buckets": list(contract.forbidden_buckets),
        "other_roles": list(contract.other_roles),
        **_where_there_is_one(contract),
        **_conditions(contract.conditions),
    }


def _where_there_is_one(contract: Contract) -> dict[str, Any]:
    """What most contracts do not have, and reports of before do not either."""
    every = {
        "kms_key": contract.kms_key,
        "forbidden_kms_keys": list(contract.forbidden_kms_keys),
        "permissions_boundary": contract.permissions_boundary,
        "path": contract.path if contract.path != "/" else "",
    }
    return {name: value for name, value in every.items() if value}


def _conditions(conditions: Conditions) -> dict[str, Any]:
    """Those that the contract has: the others were in no report of before, and are in none now."""
    every = {
        "mfa_required": conditions.mfa,
        "source_ips": list(conditions.source_ips),
        "vpc_endpoints": list(conditions.vpc_endpoints),
        "organization_id": conditions.organization_id,
    }
    return {name: value for name, value in every.items() if value}
