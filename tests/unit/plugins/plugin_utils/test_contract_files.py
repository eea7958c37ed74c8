# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a contract's file, and with files beside each other, is told before any run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.fleet import (
    Member,
    clashes,
    groups,
    mixed_groups,
)
from ansible_collections.assumerole.s3.plugins.plugin_utils._contract_files import (
    Read,
    groups_of,
    hosts_of,
    misplaced,
    read,
)

ENVIRON = {"AWS_SHARED_CREDENTIALS_FILE": "/aws/credentials", "AWS_CONFIG_FILE": "/aws/config"}


class Secret(str):
    """What stands for a value that is encrypted by itself."""


def said(file: str, defaults: dict[str, Any] | None = None, **fields: Any) -> Read:
    """A file with these fields, and others under their whole names."""
    named = {name if name.startswith("x_") else f"bucket_access_{name}": value for name, value in fields.items()}
    return read(file, named, defaults or {}, ENVIRON, lambda value: isinstance(value, Secret))


def sound(name: str, **fields: Any) -> Read:
    """A contract with which nothing is wrong."""
    found = said(f"{name}.yml", **{"user": name, "role": f"{name}-role", "bucket": f"{name}-bucket", **fields})
    assert found.wrong == []
    return found


def told(*contracts: Read) -> list[str]:
    return clashes([contract.member for contract in contracts])


def test_a_sound_file_is_a_host_with_its_variables_and_what_all_share() -> None:
    shared = {"bucket_access_account_id": "123456789012", "bucket_access_role": "shared"}
    found = said("a.yml", shared, user="a", role="a-role", bucket="a-bucket", x_mine=1)
    assert found.wrong == []
    assert (found.host, found.variables["bucket_access_role"], found.variables["x_mine"]) == ("a", "a-role", 1)
    assert found.member.text("account_id") == "123456789012"
    assert found.member.text("user_profile") == "a"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"prefx": "x/"}, "a.yml: bucket_access_prefx is unknown: did you mean bucket_access_prefix?"),
        ({"bucket": "Not_A_Bucket"}, "a.yml: bucket_access_bucket is 'Not_A_Bucket', not a bucket name"),
        ({"role": ""}, "a.yml: bucket_access_role is empty: give it a value."),
        ({"user": None}, "a.yml: bucket_access_user is empty"),
        ({"bucket": None}, "a.yml: bucket_access_bucket is empty"),
        ({"role_profile": "a"}, "a.yml: bucket_access_user_profile and bucket_access_role_profile are both 'a'"),
        ({"role": "no:role", "user": "{{ who }}"}, "a.yml: bucket_access_role is 'no:role', not an IAM name"),
        ({"role": None, "user": "{{ who }}"}, "a.yml: bucket_access_role is empty: give it a value."),
    ],
)
def test_what_is_wrong_is_named_with_file_and_variable(fields: dict[str, Any], sentence: str) -> None:
    (only,) = said("a.yml", **{"user": "a", "role": "a-role", "bucket": "a-bucket", **fields}).wrong
    assert only.startswith(sentence)


def test_all_that_is_wrong_with_a_file_is_told_at_once() -> None:
    assert len(said("a.yml", user="no:user", role="no:role", bucket="NO").wrong) == 3
    assert len(said("a.yml", rol="x", buket="x").wrong) == 2


@pytest.mark.parametrize("name", ["role", "bucket", "bucket_acces_role", "bukcet_access_bucket"])
def test_a_name_that_was_meant_for_the_roles_is_noticed(name: str) -> None:
    (only,) = read("a.yml", {name: "x"}, {}, ENVIRON, lambda _value: False).wrong
    assert only.startswith(f"a.yml: {name} is unknown: did you mean bucket_access_")
    allowed = {name: "x", "bucket_access_other_variables": [name], "bucket_access_role": "a-role"}
    found = read("a.yml", {**allowed, "bucket_access_user": "a"}, {}, ENVIRON, lambda _value: False)
    assert not any("unknown" in text for text in found.wrong)


@pytest.mark.parametrize("value", ["{{ vault_user }}", "{% if x %}a{% endif %}", Secret("!! not a name !!")])
def test_what_only_a_run_knows_is_left_to_it(value: str) -> None:
    found = said("a.yml", user=value, role="a-role", bucket="a-bucket", external_id=Secret("x" * 2000))
    assert found.wrong == []
    assert (found.member.text("user"), found.member.text("user_profile")) == ("", "")
    assert found.member.text("role") == "a-role"


def test_a_path_with_a_template_does_not_keep_the_rest_from_being_judged() -> None:
    found = said("a.yml", user="a", role="r", bucket="a-bucket", report_dir="{{ inventory_dir }}", role_profile="a")
    assert "are both 'a'" in found.wrong[0]


@pytest.mark.parametrize("host", ["all", "orphaned", "contracts", "a b", "a,b", "-a", "ä"])
def test_a_name_that_is_no_hosts_is_noticed(host: str) -> None:
    assert len(said(f"{host}.yml", user="a", role="r", bucket="a-bucket").wrong) == 1


@pytest.mark.parametrize("content", [None, "text", ["list"], {}])
def test_a_file_without_variables_is_noticed(content: object) -> None:
    assert read("a.yml", content, {}, ENVIRON, bool).wrong == ["a.yml: it holds no variables."]


@pytest.mark.parametrize("name", ["a.yml", "b.yaml", "README.md", ".hidden", "a.yml~"])
def test_what_may_lie_in_the_folder(name: str) -> None:
    assert misplaced(name, is_folder=False) == ""


@pytest.mark.parametrize(("name", "is_folder"), [("a.json", False), ("a", False), ("old", True), ("old.yml", True)])
def test_what_would_be_overlooked_is_noticed(name: str, is_folder: bool) -> None:
    assert misplaced(name, is_folder).startswith(f"{name} is ")


def test_two_files_of_one_host() -> None:
    (only,) = hosts_of([said("a.yaml"), said("a.yml"), said("b.yml")])
    assert only == "a.yml: a.yaml is the host a, too: keep one of the files."


@pytest.mark.parametrize("host", ["tag_team_payments", "account_123456789012", "webservers"])
def test_a_file_that_is_named_like_a_group_is_noticed(host: str) -> None:
    """Ansible would let the host win, and only warn."""
    other = sound("other", account_id="123456789012", tags={"team": "payments"})
    (only,) = groups_of([sound(host, user="u", role="u-role", bucket="u-bucket"), other], ["all", "webservers"])
    assert only.startswith(f"{host}.yml: {host} is a group of contracts, too, and a limit to it would take this one")
    assert groups_of([sound("tag_team", user="u", role="u-role", bucket="u-bucket"), other], ["all"]) == []


def test_a_name_that_is_taken_anyway_is_told_once() -> None:
    named = said("all.yml", user="a", role="r", bucket="a-bucket")
    assert (len(named.wrong), groups_of([named], ["all"])) == (1, [])


# Beside each other.


def test_contracts_that_have_nothing_in_common_do_not_clash() -> None:
    assert told(sound("a"), sound("b"), sound("c", bucket="a-bucket-2")) == []


@pytest.mark.parametrize(("one", "other", "number"), [("1", "1", 1), ("1", "2", 0), ("", "1", 1), ("", "", 1)])
def test_two_contracts_of_one_role_in_one_account(one: str, other: str, number: int) -> None:
    accounts = [{"account_id": digit * 12} if digit else {} for digit in (one, other)]
    first = sound("a", role="shared", role_profile="one", **accounts[0])
    second = sound("b", role="shared", role_profile="two", **accounts[1])
    found = told(first, second)
    assert len(found) == number
    assert all(text.startswith("b.yml: bucket_access_role is shared, and so it is in a.yml") for text in found)


def test_names_that_differ_by_case_alone_are_one_role() -> None:
    (only,) = told(sound("a", role="Shared", role_profile="one"), sound("b", role="shared", role_profile="two"))
    assert only.startswith(
        "b.yml: bucket_access_role is shared, and it is Shared, which IAM takes for the same, in a.yml, and they do not"
    )


def test_two_owners_of_one_bucket() -> None:
    first = sound("a", bucket="shared-bucket", prefix="a/")
    second = {"bucket": "shared-bucket", "prefix": "b/"}
    (only,) = told(first, sound("b", **second))
    assert only.startswith("b.yml: bucket_access_manage has bucket, and shared-bucket is kept by a.yml already")
    assert told(first, sound("b", **second, manage=["user", "role"])) == []


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [("a", "a/b", True), ("", "b", True), ("a", "a", True), ("a", "ab", False), ("a/b", "a/c", False)],
)
def test_two_prefixes_that_overlap(one: str, other: str, overlap: bool) -> None:
    first = sound("a", bucket="shared-bucket", prefix=one)
    second = sound(
        "b", bucket=None, manage=[], grants=[{"bucket": "b-bucket"}, {"bucket": "shared-bucket", "prefix": other}]
    )
    found = told(first, second)
    assert len(found) == int(overlap)
    assert all(text.startswith("b.yml: bucket_access_prefix: the place shared-bucket/") for text in found)


@pytest.mark.parametrize(
    "other",
    [
        {"user_profile": "a"},
        {"role_profile": "a"},
        {"user_profile": "a-role"},
        {"user": "a", "account_id": "2" * 12},
    ],
)
def test_one_credentials_file_with_the_same_profile_twice(other: dict[str, Any]) -> None:
    first = sound("a", account_id="1" * 12)
    (only,) = told(first, sound("b", **other))
    assert only.startswith("b.yml: bucket_access_")
    assert "in a.yml already: name another profile, or another file." in only
    elsewhere = {"credentials_file": "/b/credentials", "config_file": "/b/config"}
    assert told(first, sound("b", **other, **elsewhere)) == []


@pytest.mark.parametrize("file", ["/aws//credentials", "/aws/../aws/./credentials", "/{link}/credentials"])
def test_one_file_is_one_whatever_its_name(file: str, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/aws")
    spelled = file.replace("/{link}", str(tmp_path / "link"))
    first, second = sound("a"), sound("b", user_profile="a", credentials_file=spelled, config_file="/b/config")
    (only,) = told(first, second)
    assert only.startswith("b.yml: bucket_access_user_profile: the profile a in /aws/credentials is that of the user a")


def test_two_roles_of_one_user_share_its_profile() -> None:
    assert told(sound("a"), sound("b", user="a", manage=["role", "bucket"], create_key=False)) == []


def test_what_is_wrong_by_itself_is_not_compared() -> None:
    assert told(sound("a"), said("b.yml", user="a", role="a-role", bucket="NO")) == []


def test_groups_are_by_account_and_tag() -> None:
    member = sound("a", account_id="123456789012", tags={"team": "payments", "cost-centre": "4 7"}).member
    assert set(groups(member)) == {"account_123456789012", "tag_team_payments", "tag_cost_centre_4_7"}
    assert groups(sound("b", tags={"team": "{{ x }}"}).member) == {}


def test_two_tags_are_not_one_group() -> None:
    one, other = Member("a.yml", {"tags": {"team": "a-b"}}), Member("b.yml", {"tags": {"team": "a_b"}})
    (only,) = mixed_groups([one, other])
    assert only.startswith("b.yml: bucket_access_tags has team=a_b, and a.yml has team=a-b, which both make the group")
    assert mixed_groups([one, one]) == []
