# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What carries a mark and has no contract is found, with what taking it down needs, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.problems import problems
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import permissions_policy, trust_policy
from ansible_collections.assumerole.s3.plugins.module_utils._provision.marks import MAKING, MARK
from ansible_collections.assumerole.s3.plugins.module_utils._provision.orphans import orphans, variables

ACCOUNT = "123456789012"
TERMS: dict[str, Any] = {"user": "a", "role": "a-role", "bucket": "a-bucket"}


def user(name: str, mark: str | None) -> dict[str, Any]:
    tags = [{"Key": MARK, "Value": mark}] if mark else []
    return {"UserName": name, "Path": "/", "Arn": f"arn:aws:iam::{ACCOUNT}:user/{name}", "Tags": tags}


def role(mark: str | None = "a-role", note: str = "", path: str = "/", **terms: Any) -> dict[str, Any]:
    """A role as provision makes it, but for its mark."""
    contract = Contract.of({**TERMS, **terms})
    arn = f"arn:aws:iam::{ACCOUNT}:role{path}{contract.role}"
    tags = [{"Key": MARK, "Value": mark}] if mark else []
    return {
        "RoleName": contract.role,
        "Path": path,
        "Arn": arn,
        "Tags": [*tags, *([{"Key": MAKING, "Value": f"2026-01-01T00:00:00Z {note}"}] if note else [])],
        "AssumeRolePolicyDocument": trust_policy(contract, contract.arns(f"arn:aws:iam::{ACCOUNT}:user/a", arn)),
        "RolePolicyList": [{"PolicyName": "x", "PolicyDocument": permissions_policy(contract)}],
    }


def found(users: list[Any], roles: list[Any], owned: tuple[str, ...] = (), known: Any = ()) -> list[dict[str, Any]]:
    result = [variables(orphan, owned) for orphan in orphans(users, roles, known)]
    for said in result:
        assert problems({name.removeprefix("bucket_access_"): value for name, value in said.items()}) == []
    return result


def test_a_contract_without_a_file_is_told_with_user_role_and_bucket() -> None:
    assert found([user("a", "a-role")], [role()], ("a-bucket",)) == [
        {
            "bucket_access_account_id": ACCOUNT,
            "bucket_access_role": "a-role",
            "bucket_access_user": "a",
            "bucket_access_bucket": "a-bucket",
            "bucket_access_manage": ["user", "role", "bucket"],
        }
    ]


@pytest.mark.parametrize(
    ("known", "number"),
    [
        ([(ACCOUNT, "a-role")], 0),
        ([("", "a-role")], 0),
        ([(ACCOUNT, "A-Role")], 0),
        ([("999999999999", "a-role")], 1),
        ([(ACCOUNT, "b-role")], 1),
    ],
)
def test_what_a_file_knows_is_not_orphaned(known: list[tuple[str, str]], number: int) -> None:
    assert len(found([user("a", "a-role")], [role()], known=known)) == number


@pytest.mark.parametrize("mark", [None, "another-role"])
def test_a_role_without_its_own_mark_is_nobodys(mark: str | None) -> None:
    assert found([user("a", None)], [role(mark)]) == []


def test_what_has_no_mark_is_not_managed() -> None:
    (only,) = found([user("a", None)], [role()])
    assert only["bucket_access_manage"] == ["role"]
    assert (only["bucket_access_user"], only["bucket_access_bucket"]) == ("a", "a-bucket")


def test_a_user_whose_role_is_gone_is_found() -> None:
    (only,) = found([user("a", "a-role")], [], ())
    assert only["bucket_access_user"] == "a"
    assert "user" in only["bucket_access_manage"]


def test_the_prefix_comes_with_the_bucket() -> None:
    (only,) = found([], [role(prefix="team/", path="/partners/")], ("a-bucket",))
    assert (only["bucket_access_prefix"], only["bucket_access_path"]) == ("team/", "/partners/")


def test_several_places_are_told_as_far_as_their_buckets_have_the_mark() -> None:
    places = [{"bucket": "a-bucket", "prefix": "x/"}, {"bucket": "b-bucket"}, {"bucket": "c-bucket"}]
    (only,) = found([], [role(bucket=None, grants=places)], ("a-bucket", "b-bucket"))
    assert only["bucket_access_grants"] == [{"bucket": "a-bucket", "prefix": "x/"}, {"bucket": "b-bucket"}]


def test_a_role_that_was_stopped_before_its_policy_tells_its_bucket_by_its_note() -> None:
    made = {**role(note="a-bucket"), "RolePolicyList": []}
    (only,) = found([user("a", "a-role")], [made], ("a-bucket",))
    assert only["bucket_access_bucket"] == "a-bucket"


def test_a_role_of_others_is_told_with_them() -> None:
    partner = "arn:aws:iam::999999999999:role/theirs"
    (only,) = found([], [role(user=None, trusted=[{"arn": partner}])], ("a-bucket",))
    assert only["bucket_access_trusted"] == [{"arn": partner}]
    (machines,) = found([], [role(user=None, trusted=[{"service": "ec2.amazonaws.com"}], account_id=ACCOUNT)])
    assert machines["bucket_access_trusted"] == [{"service": "ec2.amazonaws.com"}]


@pytest.mark.parametrize("name", ["{{ lookup('pipe', 'id') }}", "a b", "a,b/c"])
def test_what_could_be_no_name_is_never_told(name: str) -> None:
    assert found([user("a", name)], []) == []
    (only,) = found([user(name, "a-role")], [role()])
    assert only["bucket_access_user"] == "a"


def test_a_user_is_the_one_that_the_role_lets_in_and_not_one_that_it_keeps_out() -> None:
    made = role()
    operator = {"AWS": f"arn:aws:iam::{ACCOUNT}:user/operator"}
    kept_out = {"Effect": "Deny", "Principal": operator, "Action": "sts:AssumeRole"}
    trust = made["AssumeRolePolicyDocument"]
    trust["Statement"] = [kept_out, *trust["Statement"]]
    assert found([], [made])[0]["bucket_access_user"] == "a"
    trust["Statement"] = [kept_out]
    assert "bucket_access_user" not in variables(orphans([], [made], ())[0], ())


def test_of_several_users_it_is_the_one_of_the_contracts_own_statement() -> None:
    made = role()
    other = {"AWS": f"arn:aws:iam::{ACCOUNT}:user/operator"}
    trust = made["AssumeRolePolicyDocument"]
    trust["Statement"] = [{"Effect": "Allow", "Principal": other, "Action": "sts:AssumeRole"}, *trust["Statement"]]
    assert found([], [made])[0]["bucket_access_user"] == "a"


def test_a_mark_in_other_letters_is_the_same_contracts() -> None:
    (only,) = found([user("a", "A-ROLE")], [role()])
    assert (only["bucket_access_role"], only["bucket_access_manage"]) == ("a-role", ["user", "role"])
