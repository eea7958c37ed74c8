# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One verdict from what was tried and what is configured. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._checks.sentences import verdict_sentence
from ansible_collections.assumerole.s3.plugins.module_utils._checks.verdict import (
    EXCESS_ACCESS,
    MISSING_ACCESS,
    Check,
    summary,
    verdict,
)

#: Which findings of the audit explain which checks of the probes, by how their ids begin.
EXPLAINED_BY = {
    "user.identity": ("config.user.exists", "config.user.keys"),
    "role.assume": ("config.user", "config.role.exists", "config.role.trust"),
    "trust.longer_session": ("config.role.max_session_duration",),
    "trust.": ("config.role.trust",),
    "role.": ("config.role.permissions", "config.role.boundary", "config.bucket"),
    "user.": ("config.user", "config.bucket.policy"),
    "anonymous.": ("config.bucket.policy", "config.bucket.public_access", "config.bucket.ownership"),
    "plain_http.": ("config.bucket.policy",),
}


def merged(probed: Mapping[str, Any], audited: Mapping[str, Any], removed: Collection[str] = ()) -> dict[str, Any]:
    """The probes' result with the audit's checks in it, if it took place, and the verdict of both together.

    ``removed`` are leftovers that the operator has removed since.
    """
    audit = audited.get("checks", [])
    findings = {check["id"]: check for check in audit if check["outcome"] in (MISSING_ACCESS, EXCESS_ACCESS)}
    checks = [*(_settled(check, findings) for check in probed["checks"]), *audit]
    leftovers = [key for key in probed["leftovers"] if key not in removed]
    result = {
        **probed,
        "checks": checks,
        "summary": summary(checks),
        "verdict": verdict(checks),
        "leftovers": leftovers,
    }
    return {**result, "msg": verdict_sentence(result)}


def _settled(check: Check, findings: Mapping[str, Check]) -> Check:
    """A failed check with the audit's finding as its cause, when there is one of the same kind."""
    begins = next((parts for start, parts in EXPLAINED_BY.items() if check["id"].startswith(start)), ())
    same = [
        finding
        for name, finding in findings.items()
        if name.startswith(begins) and finding["outcome"] == check["outcome"]
    ]
    return {**check, "cause": same[0]["cause"], "advice": same[0]["advice"]} if same else check
