# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as one HTML page for people. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._checks.sentences import not_enforced, read_alone
from ansible_collections.assumerole.s3.plugins.module_utils._report import conditions
from ansible_collections.assumerole.s3.plugins.module_utils._report.diagram import diagram
from ansible_collections.assumerole.s3.plugins.module_utils._report.evidence import by_group, evidence
from ansible_collections.assumerole.s3.plugins.module_utils._report.findings import findings
from ansible_collections.assumerole.s3.plugins.module_utils._report.html import Html, element, joined
from ansible_collections.assumerole.s3.plugins.module_utils._report.matrix import matrix
from ansible_collections.assumerole.s3.plugins.module_utils._report.places import in_words, named, places, whom
from ansible_collections.assumerole.s3.plugins.module_utils._report.sheet import sheet
from ansible_collections.assumerole.s3.plugins.module_utils._report.statements import about_objects, statement
from ansible_collections.assumerole.s3.plugins.module_utils._report.states import (
    HOLDS,
    MISSING,
    UNKNOWN,
    WORKS,
    State,
    badge,
    mark,
    state,
)
from ansible_collections.assumerole.s3.plugins.module_utils._report.style import REPORT, style
from ansible_collections.assumerole.s3.plugins.module_utils._report.text import moment
from ansible_collections.assumerole.s3.plugins.module_utils._report.where import account, region
from ansible_collections.assumerole.s3.plugins.module_utils._report.who_else import who_else

Report = Mapping[str, Any]

VERDICTS: dict[str, State] = {"verified": WORKS, "violated": MISSING, "inconclusive": UNKNOWN}


def page(report: Report) -> str:
    """The whole page."""
    contract = report["contract"]
    title = f"{report['verdict'].capitalize()}: {contract['role']} on {named(contract)}"
    main = joined(
        findings(report), _contract(report), _objects(report), _else(report), who_else(report), evidence(report)
    )
    return sheet(title, style(REPORT), _header(report), main, _footer(report))


def verdict_in_words(report: Report) -> str:
    """What the verdict comes from, in a sentence."""
    counts = report["summary"]
    excess = _some(counts["excess_access"], "thing works that must be refused", "things work that must be refused")
    missing = _some(counts["missing_access"], "thing is refused that must work", "things are refused that must work")
    unknown = _some(counts["inconclusive"], "question stays open", "questions stay open")
    if report["verdict"] == "verified":
        return f"All {counts['pass']} checks passed: what must work works, and what must be refused is refused."
    told = [part for part in (excess, missing, unknown) if part]
    return f"{', '.join(told)}; {_some(counts['pass'], 'check', 'checks') or 'no check'} passed."


def _some(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}" if number else ""


def _place(report: Report) -> str:
    """In which account and region, where that is known."""
    names = [f"account {account(report)}" if account(report) else "", region(report)]
    return "".join(f", {name}" for name in names if name)


def _header(report: Report) -> Html:
    contract, shown = report["contract"], VERDICTS[report["verdict"]]
    heading = element("h1", element("small", "Access report"), named(contract))
    who = ", ".join(whom(contract))
    through = element("p", f"{who} through the role {contract['role']}{_place(report)}", class_="through")
    told = [element("strong", f"{report['verdict'].capitalize()}. "), element("span", verdict_in_words(report))]
    if report["enforced"] is not True:
        told.append(element("span", f" {not_enforced(report['enforced'])}"))
    return joined(heading, through, element("p", mark(shown), element("span", *told), class_=f"verdict {shown.name}"))


def _contract(report: Report) -> Html:
    facts = [element("div", element("dt", name), element("dd", value)) for name, value in _facts(report).items()]
    parts = element("div", diagram(report), element("dl", *facts, class_="facts"), class_="contract")
    return _section("contract", "Contract", parts)


def _facts(report: Report) -> dict[str, str | Html]:
    """What an auditor asks first."""
    contract, caller, session = report["contract"], report["caller"], report["session"]
    return {
        "Account": account(report) or "it could not be told",
        **({"Region": region(report)} if region(report) else {}),
        **_principals(report),
        "Role": contract["role"],
        **({"Path in IAM": contract["path"]} if contract.get("path") else {}),
        **({"Permissions boundary": contract["permissions_boundary"]} if contract.get("permissions_boundary") else {}),
        **_places(contract),
        **({"Encrypted by": contract["kms_key"]} if contract.get("kms_key") else {}),
        "External id": "required" if contract["external_id_required"] else "not required",
        **({"Conditions": "; ".join(limits)} if (limits := conditions.in_words(contract)) else {}),
        "Longest session": f"{contract['max_session_duration']} seconds",
        "Must not reach": ", ".join(contract["forbidden_buckets"]) or "no other bucket was named",
        **({"Must not use": ", ".join(contract["forbidden_kms_keys"])} if contract.get("forbidden_kms_keys") else {}),
        "Other roles, as agreed": ", ".join(contract.get("other_roles", [])) or "none",
        **({"User that asked": caller.get("arn") or "its key was not let in"} if contract["user"] else {}),
        **({} if contract["user"] else {"Who asked": caller.get("arn") or "nobody could ask"}),
        "Session that asked": session.get("arn") or "the role could not be assumed",
        "IAM at this endpoint": _ENFORCED[report["enforced"]],
        "Objects left behind": ", ".join(report["leftovers"]) or "none",
        "Made": moment(report["created"]),
    }


def _principals(report: Report) -> dict[str, str]:
    """The user, and whoever else may assume the role: asked, or read only."""
    contract, read = report["contract"], read_alone(report)
    others = [
        f"{who['label']} ({'read in the trust policy, and nobody asked' if who['label'] in read else 'asked'})"
        for who in contract.get("trusted", [])
    ]
    return {
        "User": contract["user"] or "none",
        **({"Others who may assume the role": "; ".join(others)} if others else {}),
    }


def _places(contract: Mapping[str, Any]) -> dict[str, str | Html]:
    """The one place in full; several, a line each."""
    if len(places(contract)) > 1:
        lines = [element("li", in_words(place)) for place in places(contract)]
        return {"Places": element("ul", *lines, class_="places")}
    return {
        "Bucket": contract["bucket"],
        "Only keys below": contract["prefix"] or "no limit",
        "Permissions": ", ".join(contract["permissions"]) or "none",
    }


_ENFORCED = {
    True: "enforced: a made-up key was refused",
    False: "not enforced: a made-up key was let in",
    None: "it could not be told whether it is enforced",
}


def _objects(report: Report) -> Html:
    if not any(map(about_objects, report["checks"])):
        return Html()
    return _section("objects", "Objects: who may do what, and where", matrix(report))


def _else(report: Report) -> Html:
    """What is about more than one object: identity, trust, account, configuration."""
    checks = [check for check in report["checks"] if not about_objects(check)]
    if not checks:
        return Html()
    heads = element("tr", element("th", "What must be so", scope="col"), element("th", "Outcome", scope="col"))
    caption = element("caption", "Identity, trust, account and configuration", class_="unseen")
    parts = [_part(name, some, report["contract"]) for name, some in by_group(checks).items()]
    table = element("table", caption, element("thead", heads), *parts, class_="statements")
    return _section("else", "Identity, trust and configuration", table)


def _part(name: str, checks: list[Mapping[str, Any]], contract: Mapping[str, Any]) -> Html:
    """A part of the table, which paper does not cut."""
    head = element("tr", element("th", name, scope="rowgroup", colspan=2, class_="about"))
    return element("tbody", head, *(_row(statement(check, contract), check) for check in checks))


def _row(claim: str, check: Mapping[str, Any]) -> Html:
    shown = HOLDS if check["outcome"] == "pass" else state([check])
    return element("tr", element("th", claim, scope="row"), element("td", badge(shown), class_=shown.name))


def _section(name: str, heading: str, *content: Html) -> Html:
    return element("section", element("h2", heading, id=name), *content, aria_labelledby=name)


def _footer(report: Report) -> Html:
    made = f"Made on {moment(report['created'])} by assumerole.s3 {report['collection_version']}"
    return element("p", f"{made}, from real calls to AWS. It shows what AWS answered then, and holds no secret.")
