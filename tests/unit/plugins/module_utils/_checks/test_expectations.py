# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import PROBES
from ansible_collections.assumerole.s3.plugins.module_utils._aws.probes import MAKING, S3_PROBES, STEPS
from ansible_collections.assumerole.s3.plugins.module_utils._checks.expectations import expectations
from ansible_collections.assumerole.s3.plugins.module_utils._checks.questions import Expectation, Scope
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import partition
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import (
    IN_TURN,
    PERMISSIONS,
    REMOVES,
    USUAL,
)
from ansible_collections.assumerole.s3.plugins.module_utils._verification.key_interview import KEY_PROBES

ROLE_ARN = "arn:aws:iam::123456789012:role/partner"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SUBSETS = [subset for size in range(1, len(PERMISSIONS) + 1) for subset in combinations(PERMISSIONS, size)]
EVERYTHING = Contract.of(
    {"bucket": "abc", "prefix": "team/", "external_id": "contract-4711", "forbidden_buckets": ("one", "two")}
)
NO_SCOPE = Scope()
ALL_SCOPES = Scope(outsider=True, plain_http=True)
NETWORK = [f"network.{name}" for name in ("list", "read", "write", "delete")]


THEIRS = {"arn": "arn:aws:iam::210987654321:role/theirs", "external_id": "theirs-4711", "profile": "theirs"}
LABEL = "210987654321:role/theirs"


def by_id(contract: Contract, scope: Scope = NO_SCOPE, role_arn: str = ROLE_ARN) -> dict[str, Expectation]:
    found = expectations(contract, role_arn, scope)
    assert len({item.id for item in found}) == len(found)
    return {item.id: item for item in found}


BASE = [
    "user.identity",
    "role.assume",
    "role.identity",
    "trust.longer_session",
    "role.write",
    "role.read",
    "role.list",
    "role.delete",
    "role.list_buckets",
    "role.bucket_policy",
    "user.list",
    "user.read",
    "user.write",
    "user.delete",
    "user.list_buckets",
    "anonymous.list",
    "anonymous.read",
    "anonymous.write",
    "anonymous.delete",
]

ADDED = [
    (Contract.of({"bucket": "abc", "external_id": "ab"}), Scope(), ["trust.no_external_id", "trust.wrong_external_id"]),
    (Contract.of({"bucket": "abc"}), Scope(outsider=True), ["outsider.identity", "trust.outsider"]),
    (
        Contract.of({"bucket": "abc", "prefix": "team/"}),
        Scope(),
        [f"role.outside.{name}" for name in ("list_all", "list", "read", "write", "delete")],
    ),
    (
        Contract.of({"bucket": "abc", "forbidden_buckets": ("one", "two")}),
        Scope(),
        [f"{who}.{name}@{bucket}" for bucket in ("one", "two") for who in ("role", "user") for name in USUAL],
    ),
    (Contract.of({"bucket": "abc"}), Scope(elsewhere=True), []),
    (Contract.of({"bucket": "abc", "require_mfa": True}), Scope(elsewhere=True), ["trust.no_mfa"]),
    (Contract.of({"bucket": "abc", "organization_id": "o-a1b2c3d4e5"}), Scope(elsewhere=True), []),
    (Contract.of({"bucket": "abc", "source_ips": ["203.0.113.7"]}), Scope(), ["network.assume", *NETWORK]),
    (
        Contract.of({"bucket": "abc", "source_ips": ["203.0.113.7"]}),
        Scope(elsewhere=True),
        ["network.identity", "network.assume", *NETWORK],
    ),
    (
        Contract.of({"bucket": "abc", "vpc_endpoints": ["vpce-0123456789abcdef0"], "permissions": ["read"]}),
        Scope(elsewhere=True),
        ["network.identity", "network.read"],
    ),
    (Contract.of({"bucket": "abc"}), Scope(plain_http=True), [f"plain_http.{name}" for name in USUAL]),
    (Contract.of({"bucket": "abc", "permissions": ("read",)}), Scope(plain_http=True), ["plain_http.read"]),
    (
        Contract.of({"bucket": "abc", "permissions": ("tags",)}),
        Scope(plain_http=True),
        [
            *(f"role.{name}" for name in ("multipart", "tags", "versions", "locate")),
            *(f"{who}.{name}" for who in ("user", "anonymous") for name in ("multipart", "tags", "locate", "versions")),
            "plain_http.tags",
        ],
    ),
]


def test_the_questions_come_in_the_order_in_which_a_round_asks_them() -> None:
    assert list(by_id(Contract.of({"bucket": "abc"}))) == BASE


def test_a_role_of_the_longest_sessions_cannot_be_asked_for_longer_ones() -> None:
    found = by_id(Contract.of({"bucket": "abc", "max_session_duration": 43200}))
    assert [name for name in BASE if name not in found] == ["trust.longer_session"]


@pytest.mark.parametrize(
    ("terms", "fenced"),
    [
        ({}, set()),
        ({"require_mfa": True, "organization_id": "o-a1b2c3d4e5"}, set()),
        ({"source_ips": ["203.0.113.7"]}, {"role.assume", "role.read", "role.write"}),
        ({"vpc_endpoints": ["vpce-0123456789abcdef0"]}, {"role.read", "role.write"}),
        ({"kms_key": KEY}, set()),
        (
            {"kms_key": KEY, "vpc_endpoints": ["vpce-0123456789abcdef0"]},
            {"role.read", "role.write", "role.key.read", "role.key.write", "role.key.upload"},
        ),
    ],
)
def test_what_the_place_decides_may_be_refused_for_it(terms: dict[str, object], fenced: set[str]) -> None:
    found = by_id(Contract.of({"bucket": "abc", "permissions": ["read", "write"], **terms}))
    assert {name for name, item in found.items() if item.fenced} == fenced


@pytest.mark.parametrize(
    ("source_ips", "controls"),
    [
        ([], {"trust.no_mfa": ("user.identity",), "trust.outsider": ("outsider.identity",)}),
        (["203.0.113.7"], dict.fromkeys(["trust.no_mfa", "trust.outsider"], ("role.assume",))),
    ],
)
def test_from_outside_a_refusal_of_others_needs_the_users_success(source_ips: list[str], controls: object) -> None:
    found = by_id(Contract.of({"bucket": "abc", "require_mfa": True, "source_ips": source_ips}), ALL_SCOPES)
    assert {name: found[name].controls for name in ("trust.no_mfa", "trust.outsider")} == controls


THEIR_USER = {"arn": "arn:aws:iam::210987654321:user/they", "external_id": "theirs-4711", "profile": "they"}
THEY = "210987654321:user/they"
TOKENS = {"oidc": "https://token.ci.example", "audience": "sts.amazonaws.com", "subjects": ["repo:o/r:ref:main"]}


@pytest.mark.parametrize(
    ("source_ips", "control"), [([], f"trusted.identity@{THEY}"), (["203.0.113.7"], f"trusted.assume@{THEY}")]
)
def test_somebody_trusted_is_asked_without_mfa_where_a_profile_lets_it_be(source_ips: list[str], control: str) -> None:
    terms = {"require_mfa": True, "source_ips": source_ips}
    contract = Contract.of({"bucket": "abc", "user": "u", "trusted": [THEIR_USER], **terms})
    found = by_id(contract, Scope(trusted={THEY}))
    assert (found[f"trusted.no_mfa@{THEY}"].probe, found[f"trusted.no_mfa@{THEY}"].controls) == (
        "assume_without_mfa",
        (control,),
    )
    assert f"trusted.no_mfa@{THEY}" not in by_id(contract)
    without = Contract.of({"bucket": "abc", "user": "u", "trusted": [THEIR_USER]})
    assert f"trusted.no_mfa@{THEY}" not in by_id(without, Scope(trusted={THEY}))


def test_whoever_is_trusted_is_asked_from_another_network_too() -> None:
    contract = Contract.of({"bucket": "abc", "trusted": [THEIR_USER, TOKENS], "source_ips": ["203.0.113.7"]})
    labels = {THEY: "sts:AssumeRole", "token.ci.example": "sts:AssumeRoleWithWebIdentity"}
    found = by_id(contract, Scope(trusted=set(labels), outsider=True, operator=True, elsewhere=True))
    ways_in = {THEY: f"trusted.assume@{THEY}", "token.ci.example": "trusted.web_identity@token.ci.example"}
    for label, action in labels.items():
        elsewhere = found[f"trusted.elsewhere@{label}"]
        assert (elsewhere.probe, elsewhere.action, elsewhere.controls) == (
            "assume_from_elsewhere",
            action,
            (ways_in[label],),
        )
        assert found[ways_in[label]].fenced
    assert found[f"trusted.outsider@{THEY}"].controls == found["trusted.operator"].controls == (ways_in[THEY],)
    assert {"network.identity", "network.assume"}.isdisjoint(found)  # there is no user who could ask
    assert "network.read" in found
    assert not any(name.startswith("trusted.elsewhere") for name in by_id(contract))


def test_every_permission_has_its_turn_and_removing_comes_last() -> None:
    assert {permission.name for permission in IN_TURN} == set(PERMISSIONS)
    assert IN_TURN[-1].turn == REMOVES


@pytest.mark.parametrize(("contract", "scope", "added"), ADDED)
def test_each_part_of_a_contract_adds_its_questions(contract: Contract, scope: Scope, added: list[str]) -> None:
    assert [name for name in by_id(contract, scope) if name not in BASE] == added


def given_with(permissions: tuple[str, ...]) -> set[str]:
    """What these come to: who may list all may list below the prefix."""
    return {*permissions, *(PERMISSIONS[name].extends for name in permissions)} - {""}


def listings(*grants: dict[str, Any]) -> dict[str, str]:
    """Whether the role lists, by the question."""
    contract = Contract.of({"role": "r", "user": "u", "grants": list(grants)})
    found = expectations(contract, ROLE_ARN, Scope(siblings=(Grant("abc", "theirs/"), Grant("xyz", "theirs/"))))
    return {item.id: item.expected for item in found if item.id.startswith("role.") and ".list" in item.id}


def test_who_may_list_all_is_refused_no_list_in_that_bucket() -> None:
    found = listings(
        {"bucket": "abc", "prefix": "in/", "permissions": ["list_all", "write"]},
        {"bucket": "abc", "prefix": "out/", "permissions": ["read"]},
        {"bucket": "xyz", "prefix": "logs/", "permissions": ["list"]},
    )
    assert {name for name, expected in found.items() if expected == "allowed"} == {
        "role.list@abc/in/",
        "role.list@abc/out/",
        "role.list_all@abc/",
        "role.list@xyz/logs/",
    }
    assert {name for name, expected in found.items() if expected == "denied"} == {
        "role.list_all@xyz/",
        "role.outside.list_all@xyz/",
        "role.outside.list@xyz/logs/",
        "role.sibling.list@xyz/theirs/",
        "role.list_buckets",
    }


def test_who_may_list_a_place_without_a_prefix_lists_all_of_it() -> None:
    found = listings(
        {"bucket": "abc", "permissions": ["list"]}, {"bucket": "xyz", "prefix": "a/", "permissions": ["list_all"]}
    )
    assert found["role.list_all@abc/"] == "allowed"


@pytest.mark.parametrize("permissions", SUBSETS)
def test_the_role_is_expected_to_do_what_the_contract_says_and_nothing_else(permissions: tuple[str, ...]) -> None:
    contract = Contract.of(
        {
            "bucket": "abc",
            "permissions": permissions,
            "prefix": "team/",
            "external_id": "contract-4711",
            "max_session_duration": 3600,
            "forbidden_buckets": ("one",),
        }
    )
    found = by_id(contract, ALL_SCOPES)
    allowed = {item.id for item in found.values() if item.expected == "allowed"}
    steps = {"user.identity", "role.assume", "role.identity", "outsider.identity"}
    assert allowed == steps | {f"role.{name}" for name in given_with(permissions)}
    assert {item.expected for item in found.values()} == {"allowed", "denied"}


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_what_works_is_tried_for_real_and_what_must_not_without_a_trace(permission: str) -> None:
    usable = {
        "write": "create",
        "read": "read_back",
        "list": "list",
        "delete": "remove",
        "multipart": "upload_and_abort",
        "tags": "tag_and_read_back",
        "locate": "locate",
        "versions": "versions_read_back",
        "list_all": "list_all",
    }[permission]
    others = tuple(name for name in PERMISSIONS if name != permission)
    everything = Contract.of({"bucket": "abc", "permissions": tuple(PERMISSIONS)})
    assert by_id(everything)[f"role.{permission}"].probe == usable
    without = by_id(Contract.of({"bucket": "abc", "permissions": others}))
    assert permission == "list_all" or without[f"role.{permission}"].probe == permission


@pytest.mark.parametrize("permissions", SUBSETS)
def test_whatever_is_allowed_is_asked_by_a_probe_that_can_succeed(permissions: tuple[str, ...]) -> None:
    """Only a role that may write has an object of its own to remove or to tag, and uploads to abort."""
    found = by_id(Contract.of({"bucket": "abc", "permissions": permissions}))
    using = {"remove", *(probe for probe, steps in STEPS.items() if MAKING.intersection(steps))}
    assert using == {"remove", "upload_and_abort", "tag_and_read_back"}
    assert "write" in permissions or using.isdisjoint(item.probe for item in found.values())


def test_several_steps_ask_harmlessly_first_and_for_each_action() -> None:
    for row in PERMISSIONS.values():
        if len(row.actions) > 1:
            assert len(STEPS[row.harmless]) == len(row.actions)
            assert STEPS[row.usable][:-1] == STEPS[row.harmless]
            assert MAKING.isdisjoint(STEPS[row.harmless])


def test_every_probe_is_one_that_the_interview_knows() -> None:
    known = {
        "identity",
        "assume",
        "session_identity",
        "outsider_identity",
        "assume_as_outsider",
        "assume_without_mfa",
        "assume_from_elsewhere",
        "elsewhere_identity",
        "remove",
        *S3_PROBES,
        *STEPS,
        *KEY_PROBES,
        "trusted_identity",
        "assume_as_trusted",
        "assume_as_user",
        "assume_as_service",
        "assume_as_operator",
        "operator_identity",
        "assume_with_token",
        "assume_with_tampered_token",
        "assume_with_unsigned_token",
        "assume_with_refused_token",
        "assume_without_external_id",
        "assume_with_wrong_external_id",
        "assume_for_too_long",
    }
    for permissions in SUBSETS:
        contract = Contract.of(
            {
                "bucket": "abc",
                "permissions": permissions,
                "prefix": "team/",
                "external_id": "contract-4711",
                "max_session_duration": 3600,
                "forbidden_buckets": ("one",),
                "kms_key": KEY,
                "forbidden_kms_keys": (KEY.replace("1234", "4321"),),
            }
        )
        assert {item.probe for item in expectations(contract, ROLE_ARN, ALL_SCOPES)} <= known
    assert set(PROBES) == known


RESOURCES = {
    "user.identity": ("sts:GetCallerIdentity", "*"),
    "role.assume": ("sts:AssumeRole", "arn:aws-cn:iam::123456789012:role/partner"),
    "role.identity": ("sts:GetCallerIdentity", "arn:aws-cn:iam::123456789012:role/partner"),
    "trust.no_external_id": ("sts:AssumeRole", "arn:aws-cn:iam::123456789012:role/partner"),
    "trust.wrong_external_id": ("sts:AssumeRole", "arn:aws-cn:iam::123456789012:role/partner"),
    "trust.longer_session": ("sts:AssumeRole", "arn:aws-cn:iam::123456789012:role/partner"),
    "role.list": ("s3:ListBucket", "arn:aws-cn:s3:::abc"),
    "role.read": ("s3:GetObject", "arn:aws-cn:s3:::abc/team/*"),
    "role.write": ("s3:PutObject", "arn:aws-cn:s3:::abc/team/*"),
    "role.delete": ("s3:DeleteObject", "arn:aws-cn:s3:::abc/team/*"),
    "role.outside.list_all": ("s3:ListBucket", "arn:aws-cn:s3:::abc"),
    "role.outside.list": ("s3:ListBucket", "arn:aws-cn:s3:::abc"),
    "role.outside.read": ("s3:GetObject", "arn:aws-cn:s3:::abc/*"),
    "role.outside.write": ("s3:PutObject", "arn:aws-cn:s3:::abc/*"),
    "role.outside.delete": ("s3:DeleteObject", "arn:aws-cn:s3:::abc/*"),
    "user.list": ("s3:ListBucket", "arn:aws-cn:s3:::abc"),
    "user.read": ("s3:GetObject", "arn:aws-cn:s3:::abc/team/*"),
    "user.write": ("s3:PutObject", "arn:aws-cn:s3:::abc/team/*"),
    "user.delete": ("s3:DeleteObject", "arn:aws-cn:s3:::abc/team/*"),
    "user.list_buckets": ("s3:ListAllMyBuckets", "*"),
    "anonymous.list": ("s3:ListBucket", "arn:aws-cn:s3:::abc"),
    "anonymous.read": ("s3:GetObject", "arn:aws-cn:s3:::abc/team/*"),
    "anonymous.write": ("s3:PutObject", "arn:aws-cn:s3:::abc/team/*"),
    "anonymous.delete": ("s3:DeleteObject", "arn:aws-cn:s3:::abc/team/*"),
    "role.list_buckets": ("s3:ListAllMyBuckets", "*"),
    "role.bucket_policy": ("s3:GetBucketPolicy", "arn:aws-cn:s3:::abc"),
    **{
        f"{who}.{permission}@{bucket}": (action, f"arn:aws-cn:s3:::{bucket}{objects}")
        for who in ("role", "user")
        for bucket in ("one", "two")
        for permission, action, objects in (
            ("list", "s3:ListBucket", ""),
            ("read", "s3:GetObject", "/*"),
            ("write", "s3:PutObject", "/*"),
            ("delete", "s3:DeleteObject", "/*"),
        )
    },
}


def test_each_question_names_the_action_and_the_resource_of_its_partition() -> None:
    found = by_id(EVERYTHING, role_arn="arn:aws-cn:iam::123456789012:role/partner")
    assert {name: (item.action, item.resource) for name, item in found.items()} == RESOURCES


def test_each_question_is_asked_by_whom_its_name_says() -> None:
    speakers = {"trust": "user", "plain_http": "role over plain HTTP"}
    exceptions = {"role.assume": "user", "trust.outsider": "outsider"}
    for name, item in by_id(EVERYTHING, ALL_SCOPES).items():
        first = name.split(".")[0]
        assert item.principal == exceptions.get(name, speakers.get(first, first))


def test_each_question_is_asked_where_its_name_says() -> None:
    for name, item in by_id(EVERYTHING, ALL_SCOPES).items():
        place = "outside" if ".outside." in name else "elsewhere" if "@" in name else "inside"
        assert item.place == place
        if item.bucket:
            assert item.bucket == (name.split("@")[1] if "@" in name else "abc")


@pytest.mark.parametrize("permissions", SUBSETS)
def test_a_refusal_at_s3_counts_after_something_that_worked_on_the_bucket(permissions: tuple[str, ...]) -> None:
    contract = Contract.of(
        {
            "bucket": "abc",
            "permissions": permissions,
            "prefix": "team/",
            "external_id": None,
            "max_session_duration": 3600,
            "forbidden_buckets": ("one",),
        }
    )
    for item in expectations(contract, ROLE_ARN, Scope(plain_http=True)):
        control = (
            {f"role.{name}" for name in given_with(permissions)} if item.action.startswith("s3:") else {"role.assume"}
        )
        expected = control if item.expected == "denied" else set()
        assert set(item.controls) == expected


def test_a_refused_assumption_counts_after_one_that_worked() -> None:
    found = by_id(EVERYTHING, ALL_SCOPES)
    assert {name: item.controls for name, item in found.items() if name.startswith("trust.")} == {
        "trust.no_external_id": ("role.assume",),
        "trust.wrong_external_id": ("role.assume",),
        "trust.longer_session": ("role.assume",),
        "trust.outsider": ("outsider.identity",),
    }


def test_no_refusal_is_its_own_control() -> None:
    found = by_id(EVERYTHING, ALL_SCOPES)
    for item in found.values():
        assert all(found[name].expected == "allowed" for name in item.controls)
        assert bool(item.controls) == (item.expected == "denied")


@pytest.mark.parametrize("name", ["aws", "aws-cn", "aws-us-gov"])
def test_the_partition_is_the_second_part_of_an_arn(name: str) -> None:
    assert partition(f"arn:{name}:iam::123456789012:role/partner") == name


def about_others(contract: Contract, scope: Scope) -> dict[str, tuple[str, str]]:
    found = by_id(contract, scope)
    return {name.partition("@")[0]: (item.probe, item.expected) for name, item in found.items() if f"@{LABEL}" in name}


def test_whoever_else_is_trusted_is_asked_where_a_profile_lets_it_be() -> None:
    contract = Contract.of({"bucket": "abc", "user": "u", "external_id": "ours", "trusted": [THEIRS]})
    alone = {"trusted.assume": ("assume_as_trusted", "allowed"), "trusted.user": ("assume_as_user", "denied")}
    asked = {
        "trusted.identity": ("trusted_identity", "allowed"),
        **alone,
        "trusted.no_external_id": ("assume_without_external_id", "denied"),
        "trusted.wrong_external_id": ("assume_with_wrong_external_id", "denied"),
    }
    outsider = {"trusted.outsider": ("assume_as_outsider", "denied")}
    assert about_others(contract, Scope()) == alone
    assert about_others(contract, Scope(trusted={LABEL})) == asked
    assert about_others(contract, Scope(trusted={LABEL}, outsider=True)) == {**asked, **outsider}


@pytest.mark.parametrize("ours", [None, "theirs-4711"])
def test_where_the_external_id_does_not_tell_them_apart_the_user_is_not_asked_with_it(ours: str | None) -> None:
    contract = Contract.of({"bucket": "abc", "user": "u", "external_id": ours, "trusted": [THEIRS]})
    assert "trusted.user" not in about_others(contract, Scope(trusted={LABEL}))


def test_without_a_user_nobody_asks_as_one() -> None:
    contract = Contract.of({"bucket": "abc", "trusted": [THEIRS], "forbidden_buckets": ["one"]})
    found = by_id(contract, Scope(trusted={LABEL}, outsider=True, plain_http=True))
    assert [name for name, item in found.items() if "user" in (item.principal, name.partition(".")[0])] == []
    assert {"role.identity", "role.read", "role.read@one", "anonymous.read", "plain_http.read"} <= set(found)
    assert f"trusted.outsider@{LABEL}" in found
    assert "trust.longer_session" not in found  # a session of a role gets an hour at most anyway


def test_a_user_of_others_asks_for_too_long_a_session_where_the_contract_has_none() -> None:
    trusted = [THEIRS, {"arn": "arn:aws:iam::210987654321:user/theirs", "profile": "their-user"}]
    label = "210987654321:user/theirs"
    longer = by_id(Contract.of({"bucket": "abc", "trusted": trusted}), Scope(trusted={LABEL, label}))
    assert longer["trust.longer_session"].controls == (f"trusted.assume@{label}",)
    assert longer["trust.longer_session"].principal == "trusted"


def test_without_a_user_the_operator_is_refused_where_there_is_one() -> None:
    trusted = {"trusted": [{"service": "ec2.amazonaws.com"}]}
    alone, beside = (Contract.of({"bucket": "abc", **trusted, **more}) for more in ({}, {"user": "u"}))
    operators = {"operator.identity", "trusted.operator"}
    assert operators <= set(by_id(alone, Scope(operator=True)))
    assert operators.isdisjoint(by_id(alone))
    assert operators.isdisjoint(by_id(beside, Scope(operator=True)))


def test_nobody_asks_as_a_service() -> None:
    found = by_id(Contract.of({"bucket": "abc", "trusted": [{"service": "ec2.amazonaws.com"}]}), Scope(outsider=True))
    assert found["trusted.service@ec2.amazonaws.com"].probe == "assume_as_service"
    assert found["trusted.outsider@ec2.amazonaws.com"].expected == "denied"
    assert "trust.longer_session" not in found
