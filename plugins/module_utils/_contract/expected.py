# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a survey of the account may find: ARNs, in which ``*`` stands for what is between two separators. Pure."""

from __future__ import annotations

from collections.abc import Iterable
import re

from ansible_collections.assumerole.s3.plugins.module_utils._contract.rules import items, quoted
from ansible_collections.assumerole.s3.plugins.module_utils._contract.services import SERVICE_NAME


def expected_principals_problem(value: object) -> str | None:
    """Each one is the ARN of a principal, or a service; none of them is everybody.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    wrong = next((one for one in items(value) if not _names_somebody(str(one))), None)
    if wrong is None:
        return None
    return (
        f"has {quoted(wrong)}, which is not the ARN of a role, user or account, nor a service: write it like "
        "arn:aws:iam::123456789012:role/admin, where * stands for a part between two of : and /"
    )


def _names_somebody(name: str) -> bool:
    arn = r"arn:[a-z*-]+:(iam|sts)::[\w*]+:(root|(role|user|assumed-role|oidc-provider|saml-provider)/\S+)"
    return bool(re.fullmatch(arn, name, re.ASCII) or SERVICE_NAME.fullmatch(name))


def is_expected(principal: str, expected: Iterable[str]) -> bool:
    """Whether one of the patterns names the principal; everybody is never expected."""
    return principal != "*" and any(_pattern(one).fullmatch(principal) for one in expected)


def _pattern(one: str) -> re.Pattern[str]:
    return re.compile("[^:/]*".join(map(re.escape, one.split("*"))))
