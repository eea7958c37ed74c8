# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as JUnit XML, for the test view of a CI: one case for each check. Pure.

Missing and excess access are failures. What could not be told is an error, not a skipped case: a CI shows a run with
skipped cases as passed, and nothing was proven.
"""

from __future__ import annotations

from collections.abc import Mapping
import json
from typing import Any
from xml.etree import ElementTree as Xml

from ansible_collections.assumerole.s3.plugins.module_utils._checks.sentences import WORDS, check_line
from ansible_collections.assumerole.s3.plugins.module_utils._report.places import named
from ansible_collections.assumerole.s3.plugins.module_utils._report.report import PLACE
from ansible_collections.assumerole.s3.plugins.module_utils._report.statements import statement
from ansible_collections.assumerole.s3.plugins.module_utils._report.text import printable

#: The element that says how a case ended.
ELEMENTS = {"missing_access": "failure", "excess_access": "failure", "inconclusive": "error"}

#: Which parts of the report are properties of the suite.
PROPERTIES = ("verdict", "enforced", *PLACE, "collection_version", "format_version")


def junit(report: Mapping[str, Any]) -> str:
    """The whole file."""
    counts = _counts(report["checks"])
    suites = Xml.Element("testsuites", {"name": "assumerole.s3", **counts})
    suite = Xml.SubElement(suites, "testsuite", {"name": _contract(report), "timestamp": _timestamp(report), **counts})
    properties = Xml.SubElement(suite, "properties")
    for name, value in {**{name: report[name] for name in PROPERTIES if name in report}, **report["contract"]}.items():
        Xml.SubElement(properties, "property", {"name": name, "value": _value(value)})
    for check in report["checks"]:
        _add_case(suite, report, check)
    Xml.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(suites, encoding="unicode") + "\n"


def _add_case(suite: Xml.Element, report: Mapping[str, Any], check: Mapping[str, Any]) -> None:
    """The case is named as the page says it; a failure tells the check's id."""
    name = printable(statement(check, report["contract"]))
    about = {"classname": _contract(report), "name": name, "time": _seconds(check["elapsed_ms"])}
    case = Xml.SubElement(suite, "testcase", about)
    outcome = check["outcome"]
    if outcome in ELEMENTS:
        message = printable(f"{WORDS[outcome]}: {check['cause']}")
        ended = Xml.SubElement(case, ELEMENTS[outcome], {"type": outcome, "message": message})
        ended.text = printable(_details(check))


def _details(check: Mapping[str, Any]) -> str:
    """The line that verify prints, then what AWS said, where to look for it in CloudTrail, and when it was."""
    error = check["error"] or {}
    said = f"AWS: {error['code']} (HTTP {error['status']}): {error['message']}" if error else ""
    asked = f"request id {check['request_id']}, {check['time']}" if check["request_id"] else ""
    return "\n".join(line for line in (check_line(check), said, asked) if line)


def _counts(checks: list[Mapping[str, Any]]) -> dict[str, str]:
    ended = [ELEMENTS.get(check["outcome"]) for check in checks]
    return {
        "tests": str(len(checks)),
        "failures": str(ended.count("failure")),
        "errors": str(ended.count("error")),
        "skipped": "0",
        "time": _seconds(sum(check["elapsed_ms"] for check in checks)),
    }


def _contract(report: Mapping[str, Any]) -> str:
    contract = report["contract"]
    return printable(f"{contract['role']} on {named(contract)}")


def _timestamp(report: Mapping[str, Any]) -> str:
    """JUnit's own form has no zone, and is in UTC."""
    return printable(report["created"])[:19]


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds / 1000:.3f}"


def _value(value: object) -> str:
    """Text as it is, lists of it by their elements, and whatever else as the JSON report has it."""
    if isinstance(value, list) and not any(isinstance(item, dict) for item in value):
        return printable(", ".join(map(str, value)))
    return printable(value) if isinstance(value, str) else json.dumps(value)
