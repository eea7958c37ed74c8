# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import is_session_of
from ansible_collections.assumerole.s3.plugins.module_utils._contract.callers import (
    WrongCaller,
    refuse_operators_account,
    refuse_other_operator,
    refuse_other_role,
    refuse_other_than_read,
    refuse_wrong_caller,
)

USER = "arn:aws:iam::123456789012:user/partner"

RIGHT = [
    (USER, USER),
    (USER, None),
    ("arn:aws:iam::123456789012:user/team/x/partner", USER),
    (USER, "arn:aws:iam::123456789012:user/team/x/partner"),
    ("arn:aws:iam::123456789012:user/root", "arn:aws:iam::123456789012:user/root"),
    ("arn:aws-cn:iam::123456789012:user/partner", "arn:aws-cn:iam::123456789012:user/partner"),
]


@pytest.mark.parametrize(("arn", "caller_arn"), RIGHT)
def test_the_meant_user_is_judged_whatever_its_path(arn: str, caller_arn: str | None) -> None:
    refuse_wrong_caller(arn, caller_arn)


WRONG = [
    ("arn:aws:iam::123456789012:user/partner2", "another name"),
    ("arn:aws:iam::123456789012:user/partner/x", "the name as a path"),
    ("arn:aws:iam::999999999999:user/partner", "another account"),
    ("arn:aws:iam::123456789012:role/partner", "a role of the same name"),
    ("arn:aws:sts::123456789012:assumed-role/partner/partner", "a session of the same name"),
    ("arn:aws:sts::123456789012:federated-user/partner", "a federated user of the same name"),
    ("arn:aws:iam::123456789012:user/Partner", "other case"),
]


@pytest.mark.parametrize(("arn", "_why"), WRONG)
def test_anybody_else_is_refused_with_both_names(arn: str, _why: str) -> None:
    with pytest.raises(WrongCaller) as caught:
        refuse_wrong_caller(arn, USER)
    assert str(caught.value) == (
        f"The credentials belong to {arn}, not to {USER}, so nothing was judged: "
        "check the profile, and whether AWS_* variables of somebody else are exported."
    )


@pytest.mark.parametrize("caller_arn", [None, USER, "arn:aws:iam::123456789012:root"])
def test_the_root_user_is_always_refused(caller_arn: str | None) -> None:
    with pytest.raises(WrongCaller, match="root user's"):
        refuse_wrong_caller("arn:aws:iam::123456789012:root", caller_arn)


SESSIONS = [
    ("arn:aws:sts::123456789012:assumed-role/partner/session", "arn:aws:iam::123456789012:role/partner", True),
    ("arn:aws:sts::123456789012:assumed-role/partner/session", "arn:aws:iam::123456789012:role/team/x/partner", True),
    ("arn:aws:sts::123456789012:assumed-role/other/partner", "arn:aws:iam::123456789012:role/partner", False),
    ("arn:aws:sts::999999999999:assumed-role/partner/session", "arn:aws:iam::123456789012:role/partner", False),
    ("arn:aws:iam::123456789012:user/partner", "arn:aws:iam::123456789012:role/partner", False),
    ("arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:role/partner", False),
]


@pytest.mark.parametrize(("session_arn", "role_arn", "expected"), SESSIONS)
def test_a_session_belongs_to_the_role_of_its_account_and_name(session_arn: str, role_arn: str, expected: bool) -> None:
    assert is_session_of(session_arn, role_arn) is expected


ROLE = "arn:aws:iam::123456789012:role/exchange"
OTHER_PARTITION = "arn:aws-cn:iam::123456789012:role/exchange"
OTHER_ACCOUNT = "arn:aws:iam::999999999999:role/exchange"
WITH_PATH = "arn:aws:iam::123456789012:role/team/x/exchange"

CALLERS_ROLES = [
    (USER, ROLE, True),
    (USER, WITH_PATH, True),
    ("arn:aws:sts::123456789012:assumed-role/partner/session", ROLE, True),
    (USER, OTHER_ACCOUNT, False),
    (USER, OTHER_PARTITION, False),
]


@pytest.mark.parametrize(("arn", "role_arn", "right"), CALLERS_ROLES)
def test_the_user_and_the_role_are_of_one_account(arn: str, role_arn: str, right: bool) -> None:
    assert refused(refuse_wrong_caller, arn, None, role_arn) == ("" if right else both(arn, role_arn))


ROLES = [
    (ROLE, "exchange", None, True),
    (ROLE, "exchange", "123456789012", True),
    (WITH_PATH, "exchange", "123456789012", True),
    ("arn:aws:iam::123456789012:role/decoy", "exchange", None, False),
    ("arn:aws:iam::123456789012:role/exchange/decoy", "exchange", None, False),
    ("arn:aws:iam::123456789012:role/Exchange", "exchange", None, False),
    (ROLE, "exchange", "999999999999", False),
]


@pytest.mark.parametrize(("role_arn", "role", "account_id", "right"), ROLES)
def test_the_arn_is_of_the_contracts_role_and_account(
    role_arn: str, role: str, account_id: str | None, right: bool
) -> None:
    said = refused(refuse_other_role, role_arn, role, account_id)
    assert said == ("" if right else both(role_arn, role, *([account_id] if account_id else [])))


READ = [
    (ROLE, ROLE, True),
    (WITH_PATH, WITH_PATH, True),
    (WITH_PATH, ROLE, False),
    (ROLE, WITH_PATH, False),
    (OTHER_ACCOUNT, ROLE, False),
    (OTHER_PARTITION, ROLE, False),
]


@pytest.mark.parametrize(("found", "role_arn", "right"), READ)
def test_the_role_that_is_read_is_the_one_that_is_asked_path_and_all(found: str, role_arn: str, right: bool) -> None:
    assert refused(refuse_other_than_read, found, role_arn) == ("" if right else both(found, role_arn))


OPERATORS = [
    ("arn:aws:iam::123456789012:user/operator", True),
    ("arn:aws:iam::123456789012:root", True),
    ("arn:aws:sts::123456789012:assumed-role/admin/me", True),
    ("arn:aws:iam::999999999999:root", False),
]


@pytest.mark.parametrize(("arn", "right"), OPERATORS)
def test_an_operator_is_of_the_roles_account(arn: str, right: bool) -> None:
    assert refused(refuse_other_operator, arn, ROLE) == ("" if right else both(arn, ROLE))
    assert refused(refuse_operators_account, arn, "123456789012") == ("" if right else both(arn, "123456789012"))


def test_an_operator_of_another_partition_is_refused() -> None:
    arn = "arn:aws-cn:iam::123456789012:user/operator"
    assert refused(refuse_other_operator, arn, ROLE) == both(arn, ROLE)


def refused(refuse: Callable[..., None], *given: str | None) -> str:
    """Which of the given the refusal names; nothing when there is none."""
    said = ""
    try:
        refuse(*given)
    except WrongCaller as error:
        said = str(error)
    return both(*(name for name in given if name and name in said)) if "nothing was judged" in said else said


def both(*names: str) -> str:
    """Two sides in any order."""
    return " and ".join(sorted({*names}))
