# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from importlib import import_module
import os
from typing import Any

from ansible.errors import AnsibleFilterError
import pytest

USER_ARN = "arn:aws-cn:iam::123456789012:user/team/partner"
NAMES = [
    "access_outputs",
    "ending_lines",
    "explain_failure",
    "failing_verdict",
    "judged_contracts",
    "merged_result",
    "policy_documents",
    "report_lines",
    "verdict_lines",
]


def filter_of(name: str) -> Any:
    module = import_module(f"ansible_collections.assumerole.s3.plugins.filter.{name}")
    (filters,) = [module.FilterModule().filters()]
    assert list(filters) == [name]
    return filters[name]


@pytest.mark.parametrize("name", NAMES)
def test_each_file_gives_the_filter_of_its_name(name: str) -> None:
    assert callable(filter_of(name))


def test_policy_documents_name_s3_as_the_keys_partition_does() -> None:
    key = "arn:aws-cn:kms:cn-north-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    documents = filter_of("policy_documents")({"bucket": "abc", "permissions": ["read"], "kms_key": key}, USER_ARN)
    condition = documents["permissions"]["Statement"][1]["Condition"]
    assert condition["StringEquals"] == {"kms:ViaService": "s3.cn-north-1.amazonaws.com.cn"}


def test_policy_documents_of_a_partition_that_nobody_knows_are_refused_in_a_sentence() -> None:
    key = "arn:aws-moon:kms:moon-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    with pytest.raises(AnsibleFilterError, match=r"partition aws-moon, which this botocore does not know"):
        filter_of("policy_documents")({"bucket": "abc", "kms_key": key}, USER_ARN)


def test_policy_documents_take_the_partition_of_the_user() -> None:
    documents = filter_of("policy_documents")({"bucket": "abc", "permissions": ["read"], "external_id": ""}, USER_ARN)
    assert list(documents) == ["trust", "permissions", "bucket"]
    (trust,) = documents["trust"]["Statement"]
    (permission,) = documents["permissions"]["Statement"]
    (bucket,) = documents["bucket"]["Statement"]
    assert trust["Principal"] == {"AWS": USER_ARN}
    assert "Condition" not in trust
    assert permission["Resource"] == "arn:aws-cn:s3:::abc/*"
    assert bucket["Resource"] == ["arn:aws-cn:s3:::abc", "arn:aws-cn:s3:::abc/*"]


def test_explain_failure_is_a_sentence_about_the_contract() -> None:
    failed = {"msg": "x", "error": {"code": "BucketNotEmpty", "message": "not empty"}, "boto3_version": "1"}
    assert filter_of("explain_failure")(failed, "The bucket is gone", {"bucket": "abc"}).startswith(
        "bucket_access_bucket: 'abc' has objects"
    )


def check(name: str, outcome: str = "pass", **more: Any) -> dict[str, Any]:
    standard = {
        "id": name,
        "principal": "role",
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::abc/*",
        "expected": "allowed",
        "observed": "allowed",
        "evidence": "asked",
        "outcome": outcome,
        "error": None,
        "cause": "",
        "advice": "",
        "attempts": 3,
        "elapsed_ms": 1,
        "request_id": None,
        "time": None,
    }
    return {**standard, **more}


def result(*checks: dict[str, Any], verdict: str = "verified") -> dict[str, Any]:
    outcomes = [item["outcome"] for item in checks]
    return {
        "changed": False,
        "failed": False,
        "invocation": {"module_args": {}},
        "msg": "A sentence.",
        "leftovers": [],
        "summary": {name: outcomes.count(name) for name in ("pass", "missing_access", "excess_access", "inconclusive")},
        "checks": list(checks),
        "session": {},
        "caller": {},
        "enforced": True,
        "verdict": verdict,
    }


def test_the_lines_begin_with_the_verdict() -> None:
    given = result(check("role.read"), check("role.write"))
    assert filter_of("report_lines")(given) == [
        "verdict: verified (2 pass; the configuration was not compared; nobody asked over plain HTTP)",
        "  2 pass: role 2 (-v shows each)",
    ]
    assert len(filter_of("report_lines")(given, whole=True)) == 3


def test_the_verdicts_of_many_hosts_are_read_from_their_variables() -> None:
    hostvars = {"one": {"bucket_access_result": result(check("role.read"))}, "two": {}}
    assert filter_of("verdict_lines")(["one", "two"], hostvars) == [
        "two  not judged: its own message says why",
        "one  verified (1 pass; the configuration was not compared; nobody asked over plain HTTP)",
    ]


class Hostile(dict[str, Any]):
    """Variables of a host of which one cannot be read."""

    def get(self, name: str, default: Any = None) -> Any:
        if name == "bucket_access_report_dir":
            raise AnsibleFilterError("partner_name is undefined")
        return super().get(name, default)


def test_contracts_are_those_that_were_judged_and_those_that_failed() -> None:
    hostvars = {
        "judged": {"bucket_access_outputs": {"report_files": ["/r/judged/access-report.json"]}},
        "told": {
            "bucket_access_outputs": {"report_files": ["/r/t/report.json"]},
            "__bucket_access_indexed": {"logged": ["told"]},
        },
        "yet to come": {},
        "unreported": {
            "bucket_access_outputs": {"verdict": "verified", "report_files": []},
            "__bucket_access": {"settings": {"report_dir": "/r/unreported"}},
        },
        "without a report": {"bucket_access_outputs": {"verdict": "verified", "report_files": []}},
        "failed": {"bucket_access_outputs": {}, "__bucket_access": {"settings": {"report_dir": "/r/failed"}}},
        "unread": {"bucket_access_report_dir": "reports/unread", "__bucket_access": {"msg": "A problem."}},
        "odd": {"bucket_access_report_dir": ["reports"]},
        "hostile": Hostile(),
    }
    found = filter_of("judged_contracts")(
        list(hostvars), hostvars, ["judged", "yet to come", "unreported", "without a report"]
    )
    assert [(one["name"], one["folder"], one["judged"], one["logged"]) for one in found] == [
        ("judged", "/r/judged", True, False),
        ("told", "/r/t", True, True),
        ("unreported", "/r/unreported", False, False),
        ("failed", "/r/failed", False, False),
        ("unread", f"{os.getcwd()}/reports/unread", False, False),
        ("odd", "", False, False),
        ("hostile", "", False, False),
    ]


def test_what_is_violated_fails_unless_told_otherwise() -> None:
    violated = result(check("role.read", "missing_access"), verdict="violated")
    assert "(missing access: role.read): what was found" in filter_of("failing_verdict")(violated)
    assert filter_of("failing_verdict")(result(check("role.read"))) == ""


def test_what_the_operator_has_removed_is_no_leftover() -> None:
    probed = {**result(check("role.delete", "missing_access")), "leftovers": ["a/.access-check-1", "a/.access-check-2"]}
    assert filter_of("merged_result")(probed, {}, ["a/.access-check-1"])["leftovers"] == ["a/.access-check-2"]
    assert filter_of("merged_result")(probed, {})["leftovers"] == probed["leftovers"]


def test_filters_change_nothing_of_what_they_are_given() -> None:
    given = result(check("role.read", "missing_access", cause="A cause.", advice="An advice."), verdict="violated")
    copy = eval(repr(given))
    filter_of("report_lines")(given)
    assert given == copy
