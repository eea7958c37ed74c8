# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the audit reads, with answers of IAM and S3 that no emulator gives."""

from __future__ import annotations

from collections.abc import Iterator
import json
from typing import Any

import boto3
from botocore.stub import Stubber
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Configuration
from ansible_collections.assumerole.s3.plugins.module_utils._aws.readings import read_configuration, region_in
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract

CONTRACT = Contract.of({"user": "u", "role": "r", "bucket": "b"})

Json = dict[str, Any]
USER = {"Path": "/", "UserName": "u", "UserId": "AIDAEXAMPLEEXAMPLE", "Arn": "arn:aws:iam::123456789012:user/u"}
ROLE = {"Path": "/", "RoleName": "r", "RoleId": "AROAEXAMPLEEXAMPLE", "Arn": "arn:aws:iam::123456789012:role/r"}
CREATED = {"CreateDate": "2026-01-01T00:00:00Z"}
POLICY = {"Version": "2012-10-17", "Statement": []}
KEY = {"UserName": "u", "AccessKeyId": "AKIAEXAMPLEEXAMPLE12", "Status": "Active"}


class Server:
    """IAM and S3 behind botocore's stubs, in the order in which they are read; ``pages`` replaces answers."""

    def __init__(self, **pages: list[Json]) -> None:
        keys = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "EXAMPLE", "region_name": "us-east-1"}
        self.iam, self.s3 = boto3.client("iam", **keys), boto3.client("s3", **keys)
        self._iam, self._s3 = Stubber(self.iam), Stubber(self.s3)
        for name, answers in {**self.iam_answers(), **pages}.items():
            for answer in answers:
                self._add(self._iam, name, answer)
        for name, answer in self.s3_answers().items():
            self._add(self._s3, name, answer)

    @staticmethod
    def _add(stub: Stubber, name: str, answer: Json) -> None:
        if "Error" in answer:
            stub.add_client_error(name, answer["Error"], answer["Error"], answer.get("Status", 403))
        else:
            stub.add_response(name, answer)

    @staticmethod
    def iam_answers() -> dict[str, list[Json]]:
        none = {"Error": "NoSuchEntity", "Status": 404}
        return {
            "get_user": [{"User": {**USER, **CREATED}}],
            "list_user_policies": [{"PolicyNames": []}],
            "list_attached_user_policies": [{"AttachedPolicies": []}],
            "list_access_keys": [{"AccessKeyMetadata": [KEY]}],
            "list_groups_for_user": [{"Groups": []}],
            "get_login_profile": [none],
            "get_role": [{"Role": {**ROLE, **CREATED}}],
            "list_role_policies": [{"PolicyNames": []}],
            "get_role_policy": [],
            "list_attached_role_policies": [{"AttachedPolicies": []}],
            "list_roles": [{"Roles": []}],
        }

    @staticmethod
    def s3_answers() -> dict[str, Json]:
        return {
            "get_bucket_location": {"LocationConstraint": "eu-central-1"},
            "get_bucket_policy": {"Policy": "{not JSON"},
            "get_public_access_block": {"PublicAccessBlockConfiguration": {}},
            "get_bucket_ownership_controls": {"OwnershipControls": {"Rules": []}},
            "get_bucket_encryption": {"ServerSideEncryptionConfiguration": {"Rules": [{"BucketKeyEnabled": True}]}},
        }

    def read(self) -> Configuration:
        with self._iam, self._s3:
            return read_configuration(self.iam, self.s3, CONTRACT)


@pytest.fixture(autouse=True)
def no_profile(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    return None


def pages(items: str, first: list[Any], second: list[Any]) -> list[Json]:
    return [{items: first, "IsTruncated": True, "Marker": "more"}, {items: second, "IsTruncated": False}]


def attached(name: str) -> Json:
    return {"PolicyName": name, "PolicyArn": f"arn:aws:iam::aws:policy/{name}"}


def group(name: str) -> Json:
    arn = f"arn:aws:iam::123456789012:group/{name}"
    return {"Path": "/", "GroupName": name, "GroupId": "AGPAEXAMPLEEXAMPLE", "Arn": arn, **CREATED}


def role(name: str, path: str = "/") -> Json:
    arn = f"arn:aws:iam::123456789012:role{path}{name}"
    return {
        **ROLE,
        **CREATED,
        "Path": path,
        "RoleName": name,
        "Arn": arn,
        "AssumeRolePolicyDocument": json.dumps(POLICY),
    }


LISTS = [
    ("user.inline", "list_user_policies", pages("PolicyNames", ["one"], ["two"]), ["one", "two"]),
    (
        "user.managed",
        "list_attached_user_policies",
        pages("AttachedPolicies", [], [attached("AdministratorAccess")]),
        ["arn:aws:iam::aws:policy/AdministratorAccess"],
    ),
    ("user.groups", "list_groups_for_user", pages("Groups", [group("a")], [group("b")]), ["a", "b"]),
    (
        "roles",
        "list_roles",
        pages("Roles", [role("a")], [role("b", "/team/")]),
        {f"arn:aws:iam::123456789012:role/{name}": POLICY for name in ("a", "team/b")},
    ),
    ("user.keys", "list_access_keys", pages("AccessKeyMetadata", [KEY], [KEY]), [KEY, KEY]),
]


@pytest.mark.parametrize(("name", "operation", "answers", "expected"), LISTS, ids=[case[0] for case in LISTS])
def test_what_is_on_the_second_page_is_seen(name: str, operation: str, answers: list[Json], expected: Any) -> None:
    assert Server(**{operation: answers}).read()[name].data == expected


def test_an_inline_policy_of_the_role_on_the_second_page_is_read() -> None:
    body = {"RoleName": "r", "PolicyDocument": json.dumps(POLICY)}
    found = Server(
        list_role_policies=pages("PolicyNames", ["bucket-access"], ["hidden"]),
        get_role_policy=[{**body, "PolicyName": "bucket-access"}, {**body, "PolicyName": "hidden"}],
    ).read()
    assert found["role.inline"].data == {"bucket-access": POLICY, "hidden": POLICY}


def test_a_list_that_breaks_off_after_a_page_is_unreadable() -> None:
    first, _second = pages("PolicyNames", ["one"], [])
    found = Server(list_user_policies=[first, {"Error": "Throttling", "Status": 400}]).read()
    assert (found["user.inline"].unreadable, found["user.inline"].data) == (True, None)


CUT_OFF = [
    ("user.inline", "list_user_policies", {"PolicyNames": ["one"], "IsTruncated": True}),
    ("roles", "list_roles", {"Roles": [], "IsTruncated": True}),
    ("roles", "list_roles", {"Roles": [{**ROLE, **CREATED}], "IsTruncated": False}),
    ("roles", "list_roles", {"Roles": [{**role("a"), "AssumeRolePolicyDocument": "{not JSON"}], "IsTruncated": False}),
]


@pytest.mark.parametrize(("name", "operation", "answer"), CUT_OFF)
def test_a_list_that_is_not_whole_is_unreadable(name: str, operation: str, answer: Json) -> None:
    found = Server(**{operation: [answer]}).read()[name]
    assert (found.unreadable, found.data) == (True, None)


@pytest.mark.parametrize("name", ["bucket.policy", "bucket.ownership", "bucket.encryption"])
def test_an_answer_that_lacks_what_is_asked_for_is_unreadable_and_not_absent(name: str) -> None:
    reading = Server().read()[name]
    assert (reading.unreadable, reading.absent, reading.answer.code) == (True, False, "UnreadableAnswer")
    assert reading.data is None


@pytest.mark.parametrize("code", ["AccessDenied", "Throttling", "ServiceFailure"])
def test_what_the_operator_may_not_read_is_unreadable(code: str) -> None:
    reading = Server(list_groups_for_user=[{"Error": code}]).read()["user.groups"]
    assert (reading.unreadable, reading.data) == (True, None)


#: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
PLACES = [({}, "us-east-1"), ({"LocationConstraint": None}, "us-east-1"), ({"LocationConstraint": ""}, "us-east-1")]
PLACES += [({"LocationConstraint": "EU"}, "eu-west-1"), ({"LocationConstraint": "cn-north-1"}, "cn-north-1")]


@pytest.mark.parametrize(("page", "region"), PLACES)
def test_the_oldest_regions_are_known_by_what_s3_calls_them(page: Json, region: str) -> None:
    assert region_in(page) == region


def test_where_the_bucket_is_is_read() -> None:
    assert Server().read()["bucket.region"].data == "eu-central-1"
