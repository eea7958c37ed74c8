# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import is_session_of
from ansible_collections.assumerole.s3.plugins.module_utils._contract.callers import WrongCaller, refuse_wrong_caller

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
