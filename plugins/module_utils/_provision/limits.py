# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user and a role are made with: a path, and a permissions boundary that leaves the contract whole. Pure.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Configuration, Reading
from ansible_collections.assumerole.s3.plugins.module_utils._checks import rules
from ansible_collections.assumerole.s3.plugins.module_utils._checks.check import INCONCLUSIVE, MISSING_ACCESS, Judgement
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import account
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._provision.there import There

NAME = "bucket_access_permissions_boundary"


def shown(path: str, boundary: str) -> dict[str, str]:
    """What a plan says of something that is made with more than the usual."""
    return {
        **({"path": path} if path != "/" else {}),
        **({"permissions_boundary": boundary} if boundary else {}),
    }


def refusals(contract: Contract, there: There, user_arn: str, role_arn: str) -> Iterator[str]:
    """Why the boundary cannot be the contract's: another account's, not there, or one that leaves too little."""
    arn = contract.permissions_boundary
    if not arn:
        return
    if account(arn) not in ("aws", account(there.operator)):
        yield (
            f"{NAME} is {arn}, which belongs to account {account(arn)}, and these credentials to "
            f"{account(there.operator)}: name a policy of the contract's account"
        )
    elif there.boundary_problem:
        yield there.boundary_problem
    elif there.boundary:
        for principal, judgement in _judged(contract, there.boundary, user_arn, role_arn):
            if judgement.outcome == MISSING_ACCESS:
                yield (
                    f"{NAME}: {arn} leaves the {principal} less than the contract. {judgement.cause} Ask the IAM "
                    "administrator to let the boundary allow it, or name another"
                )


def notes(contract: Contract, there: There, user_arn: str, role_arn: str) -> Iterator[str]:
    """What cannot be told of the boundary before it is tried."""
    if there.boundary_unread:
        yield there.boundary_unread
    elif contract.permissions_boundary and there.boundary:
        for _principal, judgement in _judged(contract, there.boundary, user_arn, role_arn):
            if judgement.outcome == INCONCLUSIVE:
                yield f"{NAME}: {judgement.cause} verify shows what AWS says"


def _judged(
    contract: Contract, boundary: Mapping[str, Any], user_arn: str, role_arn: str
) -> Iterator[tuple[str, Judgement]]:
    """As the audit judges it, of a user and a role as they will be."""
    has = {"PermissionsBoundary": {"PermissionsBoundaryArn": contract.permissions_boundary}}
    found = {
        "user": {"Arn": user_arn, **has},
        "role": {"Arn": role_arn, **has},
        "user.boundary": boundary,
        "role.boundary": boundary,
    }
    subject = rules.Subject(contract, Configuration({name: Reading(Answer(), data) for name, data in found.items()}))
    for principal, judge in (("user", rules.user_boundary), ("role", rules.role_boundary)):
        if principal in contract.manage:
            yield principal, judge(subject)
