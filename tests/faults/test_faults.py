# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pure parts of the bench: what a request asks for, which fault strikes it, and how an error is written."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from faults import ERRORS, Script, about, due, error_of, problems
import pytest
from wire import NAMESPACES, Asked, asked, error_body, s3_operation


def signed(service: str, key: str = "AKIAEXAMPLE") -> str:
    return f"AWS4-HMAC-SHA256 Credential={key}/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host"


@pytest.mark.parametrize(
    ("method", "target", "operation"),
    [
        ("GET", "/", "ListBuckets"),
        ("PUT", "/b", "CreateBucket"),
        ("DELETE", "/b", "DeleteBucket"),
        ("HEAD", "/b", "HeadBucket"),
        ("GET", "/b?list-type=2&prefix=x", "ListObjectsV2"),
        ("GET", "/b?versions", "ListObjectVersions"),
        ("GET", "/b", "ListObjects"),
        ("PUT", "/b?policy", "PutBucketPolicy"),
        ("GET", "/b?publicAccessBlock", "GetPublicAccessBlock"),
        ("PUT", "/b?ownershipControls=", "PutBucketOwnershipControls"),
        ("POST", "/b?delete", "DeleteObjects"),
        ("PUT", "/b/team/k", "PutObject"),
        ("GET", "/b/k?tagging", "GetObjectTagging"),
        ("HEAD", "/b/k", "HeadObject"),
        ("GET", "/v20180820/accesspoint?bucket=b", "ListAccessPoints"),
        ("GET", "/v20180820/accesspoint/a/policy", "GetAccessPointPolicy"),
    ],
)
def test_s3_names_operations_by_method_path_and_query(method: str, target: str, operation: str) -> None:
    assert s3_operation(method, target) == operation


def test_iam_names_the_operation_and_the_user_in_the_body() -> None:
    what = asked("POST", "/", signed("iam"), "Action=CreateUser&UserName=u&Version=2010-05-08")
    assert (what.service, what.operation, what.key, what.subject) == ("iam", "CreateUser", "AKIAEXAMPLE", "u")


def test_an_unsigned_request_is_one_to_s3() -> None:
    assert asked("GET", "/b/k", "", "") == Asked("s3", "GetObject", "", "/b/k")
    put = asked("POST", "/", signed("secretsmanager"), "{}", "secretsmanager.PutSecretValue")
    assert (put.service, put.operation) == ("secretsmanager", "PutSecretValue")


@pytest.mark.parametrize("service", ["iam", "sts"])
def test_query_services_wrap_an_error(service: str) -> None:
    root = ET.fromstring(error_body(service, "Throttling", "<Rate> & exceeded"))
    names = {"a": NAMESPACES[service]}
    assert root.findtext("a:Error/a:Code", namespaces=names) == "Throttling"
    assert root.findtext("a:Error/a:Message", namespaces=names) == "<Rate> & exceeded"
    assert root.find("a:RequestId", names) is not None


def test_s3_does_not() -> None:
    root = ET.fromstring(error_body("s3", "SlowDown", "Please"))
    assert (root.tag, root.findtext("Code"), root.findtext("Message")) == ("Error", "SlowDown", "Please")


REQUEST = Asked("iam", "UpdateAccessKey", "AKIAEXAMPLE", "team-user", (("Status", "Inactive"),))


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({}, True),
        ({"operation": "*"}, True),
        ({"service": "iam", "operation": "UpdateAccessKey", "key": "AKIAEXAMPLE", "subject": "team"}, True),
        ({"parameters": {"Status": "Inactive"}}, True),
        ({"parameters": {"Status": "Active"}}, False),
        ({"service": "sts"}, False),
        ({"operation": "CreateUser"}, False),
        ({"key": "AKIAOTHEREXAMPLE"}, False),
        ({"key": "AKIA"}, True),
        ({"key": ""}, False),
        ({"subject": "other"}, False),
    ],
)
def test_a_fault_is_about_what_it_names(fault: dict[str, object], expected: bool) -> None:
    assert about(fault, REQUEST) is expected


@pytest.mark.parametrize(
    ("fault", "struck"),
    [
        ({}, [True, True, True, True]),
        ({"first": 2}, [True, True, False, False]),
        ({"on": [1, 3]}, [True, False, True, False]),
        ({"seconds": 2}, [True, True, False, False]),
    ],
)
def test_which_occurrences_it_strikes(fault: dict[str, object], struck: list[bool]) -> None:
    assert [due(fault, number, age=number - 1.0) for number in (1, 2, 3, 4)] == struck


def test_seconds_count_from_the_first_request_that_it_meets() -> None:
    script = Script([{"kind": "reset", "seconds": 5}])
    assert script.strike(REQUEST, 100.0)
    assert script.strike(REQUEST, 104.9)
    assert script.strike(REQUEST, 105.1) is None


def test_every_fault_counts_the_requests_that_it_is_about_and_the_first_due_one_strikes() -> None:
    script = Script([{"kind": "reset", "on": [1]}, {"kind": "cut", "on": [1, 2]}])
    assert script.strike(REQUEST, 0) == (0, {"kind": "reset", "on": [1]})
    assert script.strike(REQUEST, 0) == (1, {"kind": "cut", "on": [1, 2]})
    assert script.strike(REQUEST, 0) is None


def test_a_stale_read_is_repeated_as_often_as_told() -> None:
    script = Script([{"kind": "stale", "repeats": 2}])
    assert script.recall(0, "GetUser") is None
    script.remembered[0, "GetUser"] = "old"
    assert [script.recall(0, "GetUser") for _time in range(3)] == ["old", "old", None]


def test_an_expired_token_has_the_services_status_and_words() -> None:
    assert error_of({"code": "ExpiredToken"}, "sts")[0] == 403
    assert error_of({"code": "ExpiredToken"}, "s3") == (400, "ExpiredToken", "The provided token has expired.")


def test_a_message_or_status_of_ones_own_wins() -> None:
    assert error_of({"code": "Throttling", "status": 429, "message": "m"}, "iam") == (429, "Throttling", "m")


def test_every_named_error_is_an_error() -> None:
    assert {status // 100 for status, _message in ERRORS.values()} == {4, 5}


def test_a_kind_that_does_not_exist_is_named() -> None:
    assert problems([{"kind": "reset"}, {"kind": "flood"}]) == ["there is no fault of the kind 'flood'"]
