# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is judged? User, role and operator must be the contract's and of one account, or nothing is judged. Pure.

``GetCallerIdentity`` says whose credentials they are, ``GetRole`` which role there is:
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
"""

from __future__ import annotations

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import account, is_root, partition, who


class WrongCaller(Exception):
    """The credentials, or the role, are not those whose access was to be judged."""


def refuse_wrong_caller(arn: str, caller_arn: str | None, role_arn: str | None = None) -> None:
    """Raise :class:`WrongCaller` for the root user, and for anybody but ``caller_arn`` when that is given.

    With ``role_arn`` also for somebody of another account or partition than the role's.
    """
    if is_root(arn):
        raise WrongCaller(
            f"The credentials are the root user's ({arn}), whom no policy refuses anything and who may assume no role: "
            "use the user's own key."
        )
    if caller_arn and who(arn) != who(caller_arn):
        raise WrongCaller(
            f"The credentials belong to {arn}, not to {caller_arn}, so nothing was judged: "
            "check the profile, and whether AWS_* variables of somebody else are exported."
        )
    if role_arn and _home(arn) != _home(role_arn):
        raise WrongCaller(
            f"The credentials belong to {arn}, and the role is {role_arn}, of another account or partition of AWS, so "
            "nothing was judged: check the profile and role_arn."
        )


def other_role(role_arn: str, role: str, account_id: str | None) -> str:
    """What tells that an ARN is not the contract's role's, or not of its account if it names one; empty if nothing."""
    if who(role_arn)[2] != role:
        return f"the contract's role is {role}"
    return "" if account_id in (None, account(role_arn)) else f"bucket_access_account_id is {account_id}"


def refuse_other_role(role_arn: str, role: str, account_id: str | None) -> None:
    """Raise :class:`WrongCaller` when the ARN is another role's."""
    wrong = other_role(role_arn, role, account_id)
    if wrong:
        raise WrongCaller(
            f"role_arn is {role_arn}, and {wrong}, so nothing was judged: "
            "correct whichever is wrong; in the role, role_arn comes from the profile bucket_access_role_profile."
        )


def refuse_other_than_read(found_arn: str, role_arn: str) -> None:
    """Raise :class:`WrongCaller` when the role that the operator reads is not the one that is asked, path included."""
    if _home(found_arn) != _home(role_arn):
        refuse_other_operator(found_arn, role_arn)
    if found_arn != role_arn:
        raise WrongCaller(
            f"role_arn is {role_arn}, and the role's own ARN is {found_arn}, so nothing was judged: "
            "run provision, which writes it into the role's profile, or correct it there."
        )


def refuse_other_operator(arn: str, role_arn: str) -> None:
    """Raise :class:`WrongCaller` when what the operator sees, or is, belongs to another account than the role."""
    if _home(arn) != _home(role_arn):
        raise WrongCaller(
            f"The operator works in account {account(arn)} ({arn}), and the role is {role_arn}, of another account or "
            f"partition of AWS, so nothing was judged: log in as an operator of account {account(role_arn)}, or "
            "correct role_arn; in the role, role_arn comes from the profile bucket_access_role_profile."
        )


def refuse_operators_account(arn: str, account_id: str) -> None:
    """Raise :class:`WrongCaller` when what the operator sees, or is, belongs to another account than the contract."""
    if account(arn) != account_id:
        raise WrongCaller(
            f"The operator works in account {account(arn)} ({arn}), and the contract is of account {account_id}, so "
            f"nothing was judged: log in as an operator of account {account_id}, or correct bucket_access_account_id."
        )


def _home(arn: str) -> tuple[str, str]:
    return partition(arn), account(arn)
