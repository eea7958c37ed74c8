# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._checks.expectations import expectations
from ansible_collections.assumerole.s3.plugins.module_utils._checks.questions import Scope
from ansible_collections.assumerole.s3.plugins.module_utils._checks.rules import RULES
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import PERMISSIONS, Contract
from ansible_collections.assumerole.s3.plugins.module_utils._report.statements import (
    about_objects,
    place,
    statement,
)

ROLE_ARN = "arn:aws:iam::123456789012:role/partner"
EVERYTHING = Contract.of(
    {
        "bucket": "example",
        "prefix": "team/",
        "external_id": "contract-4711",
        "forbidden_buckets": ("internal",),
        "permissions": tuple(PERMISSIONS),
    }
)
ASKED = expectations(EVERYTHING, ROLE_ARN, Scope(outsider=True, plain_http=True))


def test_every_question_and_every_rule_has_a_statement_of_its_own(a_contract: Any) -> None:
    asked = [vars(item) for item in ASKED] + [
        {**vars(rule.row), "id": rule.id.replace("{principal}", "somebody"), "resource": "example"} for rule in RULES
    ]
    said = [statement(check, a_contract()) for check in asked]
    assert len(set(said)) == len(asked)
    assert [text for text in said if " do " in text or "{" in text] == []


SAID = [
    (("role.read", "role", "allowed"), "The role can read below team/"),
    (("role.outside.read", "role", "denied"), "The role cannot read beside team/"),
    (("role.write@internal", "role", "denied"), "The role cannot write in the bucket internal"),
    (("anonymous.read", "anonymous", "denied"), "Anybody, without credentials, cannot read below team/"),
    (("role.locate", "role", "allowed"), "The role can see the region of the bucket"),
    (("role.locate@internal", "role", "denied"), "The role cannot see the region of the bucket internal"),
    (("role.tags", "role", "allowed"), "The role can read and write tags below team/"),
    (("role.versions", "role", "allowed"), "The role can list and read versions below team/"),
    (("user.multipart", "user", "denied"), "The user alone cannot abort uploads and list their parts below team/"),
    (("plain_http.read", "role over plain HTTP", "denied"), "The role over plain HTTP cannot read below team/"),
]


@pytest.mark.parametrize(("asked", "text"), SAID)
def test_a_question_about_objects_says_who_what_and_where(
    a_check: Any, a_contract: Any, asked: tuple[str, str, str], text: str
) -> None:
    name, principal, expected = asked
    assert statement(a_check(name, principal=principal, expected=expected), a_contract()) == text


def test_a_question_that_nobody_foresaw_is_said_in_words_too(a_check: Any, a_contract: Any) -> None:
    check = a_check("robot.dance", principal="robot", action="s3:Dance", resource="floor", expected="denied")
    assert statement(check, a_contract()) == "The robot cannot do s3:Dance on floor"


def test_without_a_prefix_the_place_is_the_bucket(a_check: Any, a_contract: Any) -> None:
    assert place(a_check("role.read"), a_contract(prefix="")) == "in the bucket"


def test_the_audit_is_not_about_objects(a_check: Any) -> None:
    assert [about_objects(a_check(f"role.{permission}")) for permission in PERMISSIONS] == [True] * len(PERMISSIONS)
    assert [rule.id for rule in RULES if about_objects(a_check(rule.id, action="s3:GetObject"))] == []
    assert not about_objects(a_check("role.assume", action="sts:AssumeRole"))


def test_what_nobody_foresaw_is_not_put_where_it_may_not_belong(a_check: Any) -> None:
    assert not about_objects(a_check("robot.dance", action="s3:GetObject"))
