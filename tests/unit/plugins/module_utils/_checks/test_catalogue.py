# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One row a check: whatever is asked or read has one, and none is there for nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import (
    CATALOGUE,
    ROWS,
    SURVEYED,
    UNKNOWN,
    each,
    known,
    row_of,
    way_in_of,
)
from ansible_collections.assumerole.s3.plugins.module_utils._checks.expectations import expectations
from ansible_collections.assumerole.s3.plugins.module_utils._checks.getting_in import QUESTIONS
from ansible_collections.assumerole.s3.plugins.module_utils._checks.kms import KEY_RULES
from ansible_collections.assumerole.s3.plugins.module_utils._checks.questions import Expectation, Scope
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import ASKED, OTHERS, READ, Finding
from ansible_collections.assumerole.s3.plugins.module_utils._checks.rules import RULES as USUAL_RULES
from ansible_collections.assumerole.s3.plugins.module_utils._checks.survey import LISTS
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import PERMISSIONS, USUAL
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import KINDS
from ansible_collections.assumerole.s3.plugins.module_utils._contract.trusted import IDENTITIES, PROBLEMS
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import CONDITIONS

RULES = (*USUAL_RULES, *KEY_RULES)
ROLE_ARN = "arn:aws:iam::123456789012:role/partner"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#: One of each kind of principal, with all that there is to ask of it.
TRUSTED: dict[str, dict[str, Any]] = {
    "arn": {"arn": "arn:aws:iam::210987654321:user/theirs", "external_id": "theirs-4711", "profile": "theirs"},
    "service": {"service": "ecs-tasks.amazonaws.com", "source_account": "123456789012"},
    "oidc": {"oidc": "https://token.ci.example", "audience": "sts.amazonaws.com", "subjects": ["repo:o/r:ref:main"]},
}
EVERYTHING = {
    "bucket": "example",
    "user": "partner",
    "prefix": "team/",
    "external_id": "contract-4711",
    "forbidden_buckets": ["internal"],
    "kms_key": KEY,
    "forbidden_kms_keys": [KEY.rpartition("/")[0] + "/internal"],
    "trusted": list(TRUSTED.values()),
    "require_mfa": True,
    "source_ips": ["203.0.113.0/24"],
}
LABELS = {who.label for who in Contract.of(EVERYTHING).trusted}
SIBLING = Grant("example", "sales/")
ALL_SCOPES = Scope(
    outsider=True,
    plain_http=True,
    elsewhere=True,
    siblings=(SIBLING,),
    trusted=LABELS,
    refused_token=True,
    operator=True,
)


#: Without what gives the list beside the prefix, too.
WITHIN = [name for name, row in PERMISSIONS.items() if not row.extends]


def asked(*permissions: str) -> tuple[Expectation, ...]:
    contract = Contract.of({**EVERYTHING, "permissions": permissions})
    another = replace(contract.grants[0], bucket="internal")
    keyed = [
        item
        for item in expectations(replace(contract, grants=(*contract.grants, another)), ROLE_ARN, ALL_SCOPES)
        if item.bucket == "internal" and ".key." in item.id
    ]
    return (*expectations(contract, ROLE_ARN, ALL_SCOPES), *keyed)


def asked_without_a_user() -> tuple[Expectation, ...]:
    return expectations(Contract.of({**EVERYTHING, "user": None}), ROLE_ARN, ALL_SCOPES)


def left_open(check: str) -> str:
    """The id with the names in it left open."""
    name, at, whose = check.partition("@")
    return f"{name}@{{bucket}}" if whose == "internal" else f"{name}@{{principal}}" if at else check


def rows(evidence: str) -> list[str]:
    return [row.id for row in CATALOGUE.values() if row.evidence == evidence]


def test_every_row_that_is_asked_has_its_question() -> None:
    every = (*asked(*PERMISSIONS), *asked(*WITHIN), *asked_without_a_user())
    found = {left_open(item.id.removesuffix(f"@{SIBLING.name}")) for item in every}
    assert sorted(rows(ASKED)) == sorted(found)


def test_every_kind_of_principal_has_all_its_parts() -> None:
    assert set(KINDS) == {"user", *TRUSTED} == set(CONDITIONS)
    assert set(QUESTIONS) == set(TRUSTED)
    assert set(PROBLEMS) == set(IDENTITIES) == {kind.key for kind in KINDS.values() if kind.key}
    for who in Contract.of(EVERYTHING).trusted:
        assert row_of(who.way_in).evidence == ASKED
        assert row_of(who.reading).evidence == READ
        assert way_in_of(who.reading) == who.way_in


def test_every_row_that_is_read_has_its_rule() -> None:
    surveyed = [row.id for row in SURVEYED]
    assert [*(rule.id for rule in RULES), *surveyed] == rows(READ)
    assert surveyed == [f"survey.{name}" for name in LISTS]


def test_no_check_has_two_rows() -> None:
    assert len(CATALOGUE) == sum(len(row.permissions) or 1 for row in ROWS)


@pytest.mark.parametrize("permission", PERMISSIONS)
@pytest.mark.parametrize("principal", ["role", "role.outside", "user", "anonymous", "plain_http", "network"])
def test_whoever_is_asked_is_asked_for_every_permission(principal: str, permission: str) -> None:
    held = WITHIN if principal == "role.outside" else PERMISSIONS
    found = [item for item in asked(*held) if item.id == f"{principal}.{permission}"]
    nothing_is_outside = principal == "role.outside" and PERMISSIONS[permission].whole and permission != "list_all"
    assert [item.action for item in found] == ([] if nothing_is_outside else [PERMISSIONS[permission].action])


@pytest.mark.parametrize("permission", WITHIN)
def test_what_the_contract_leaves_out_is_asked_for_too(permission: str) -> None:
    others = [name for name in WITHIN if name != permission]
    (found,) = [item for item in asked(*others) if item.id == f"role.{permission}"]
    assert found.expected == "denied"


def test_what_the_usual_contract_has_never_heard_of_is_not_asked_for() -> None:
    assert {row_of(item.id).permission for item in asked(*USUAL)} == {*USUAL, ""}
    assert {row_of(item.id).permission for item in asked("locate")} == {*WITHIN, ""}


@pytest.mark.parametrize("item", asked(*PERMISSIONS) + asked("list"), ids=lambda item: f"{item.id}-{item.expected}")
def test_what_must_be_refused_says_what_it_means_when_it_works(item: Expectation) -> None:
    if item.expected == "denied":
        assert row_of(item.id).excess != Finding()


@pytest.mark.parametrize("excess", [Finding(), Finding("A cause.", ""), Finding("", "An advice.")])
def test_a_row_that_does_not_say_it_cannot_be_made(excess: Finding) -> None:
    with pytest.raises(ValueError, match=r"user\.list_buckets: say what it means"):
        replace(row_of("user.list_buckets"), excess=excess)


def test_only_findings_of_the_audit_explain() -> None:
    explaining = {name for row in ROWS for name in row.explained_by}
    assert explaining <= {rule.id for rule in RULES}
    assert [row.id for row in CATALOGUE.values() if row.evidence == READ and row.explained_by] == []


ON_THE_USER = [rule.id for rule in RULES if rule.row.principal == "user"]
EXPLAINED = [
    ("user.identity", ["config.user.exists", "config.user.keys"]),
    ("role.assume", [*(name for name in ON_THE_USER if name != "config.user.other_roles"), "config.role.exists"]),
    ("trust.longer_session", ["config.role.max_session_duration"]),
    ("trust.outsider", ["config.role.trust"]),
    ("role.read", ["config.role.permissions", "config.role.boundary", "config.bucket.policy"]),
    ("user.read", ["config.user.groups", "config.bucket.policy"]),
    ("anonymous.read", ["config.bucket.policy", "config.bucket.public_access", "config.bucket.ownership"]),
    ("plain_http.read", ["config.bucket.policy"]),
]


@pytest.mark.parametrize(("check", "findings"), EXPLAINED)
def test_a_failure_is_explained_by_what_it_comes_from(check: str, findings: list[str]) -> None:
    assert [name for name in findings if name not in row_of(check).explained_by] == []


def test_what_other_roles_let_in_explains_nothing_of_what_the_contracts_own_answers() -> None:
    assert [row.id for row in ROWS for name in row.explained_by if name.endswith(".other_roles")] == []


def test_a_form_stands_for_a_row_of_each_permission() -> None:
    assert [row.id for row in each("user.{permission}")] == [f"user.{name}" for name in PERMISSIONS]
    assert [row.permission for row in each("role.{permission}@{bucket}")] == WITHIN


def test_a_bucket_is_left_open() -> None:
    assert row_of("role.write@internal") is row_of("role.write@another") is not row_of("role.write")


MISSPELT = [
    "role.reed",
    "role",
    "role.",
    "role.read.",
    "anonymous.read@internal",
    "plain_http.read@internal",
    "config.user",
    "",
    "@",
]


@pytest.mark.parametrize("check", MISSPELT)
def test_what_is_no_check_has_no_row(check: str) -> None:
    with pytest.raises(KeyError):
        row_of(check)
    assert known(check) is UNKNOWN


def test_a_check_of_another_version_stands_under_others() -> None:
    assert (UNKNOWN.group, UNKNOWN.permission, UNKNOWN.explained_by, UNKNOWN.edge) == (OTHERS, "", (), None)
    assert OTHERS not in {row.group for row in ROWS}
