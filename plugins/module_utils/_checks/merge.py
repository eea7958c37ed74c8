# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One verdict from what was tried and what is configured. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import NOT_TRIED
from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import known, place_of, way_in_of
from ansible_collections.assumerole.s3.plugins.module_utils._checks.check import FINDINGS
from ansible_collections.assumerole.s3.plugins.module_utils._checks.sentences import verdict_sentence
from ansible_collections.assumerole.s3.plugins.module_utils._checks.survey import with_proofs
from ansible_collections.assumerole.s3.plugins.module_utils._checks.verdict import summary, verdict


def merged(
    probed: Mapping[str, Any],
    audited: Mapping[str, Any],
    removed: Collection[str] = (),
    left: Collection[str] = (),
    surveyed: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Any]:
    """The probes' result with the checks of audit and survey in it, if they took place, and the verdict of all.

    That somebody gets in who could not be asked is for what was read to show.

    ``removed`` are leftovers that the operator has removed since, and ``left`` what it should have removed and could
    not.
    """
    audit = audited.get("checks", [])
    findings = {check["id"]: check for check in audit if check["outcome"] in FINDINGS}
    read = {way_in_of(check["id"]) for check in audit} - {""}
    asked = (check for check in probed["checks"] if check["id"] not in read or check["observed"] != NOT_TRIED)
    if "survey" in surveyed:
        # Where nobody is known to be refused, an open door shows nothing.
        tried = probed.get("tried_roles", {}) if probed["enforced"] else {}
        surveyed = with_proofs(surveyed, tried, probed["caller"].get("arn", ""))
    checks = [*(_settled(check, findings) for check in asked), *audit, *surveyed.get("checks", [])]
    leftovers = sorted({*probed["leftovers"], *left} - {*removed})
    result = {
        **probed,
        "checks": checks,
        "summary": summary(checks),
        "verdict": verdict(checks),
        "leftovers": leftovers,
        **({"survey": surveyed["survey"]} if "survey" in surveyed else {}),
    }
    return {**result, "msg": verdict_sentence(result)}


def _settled(check: Mapping[str, Any], findings: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """A failed check with the audit's finding as its cause, when there is one of the same kind that explains it."""
    same = (
        finding
        for finding in findings.values()
        if finding["outcome"] == check["outcome"] and _explains(finding["id"], check["id"])
    )
    return next(({**check, "cause": finding["cause"], "advice": finding["advice"]} for finding in same), check)


def _explains(finding: str, check: str) -> bool:
    """What is found of one of several buckets explains nothing of another."""
    (bucket, _none), (asked, _prefix) = (place_of(name) or ("", "") for name in (finding, check))
    return known(finding).id in known(check).explained_by and bucket in ("", asked)
