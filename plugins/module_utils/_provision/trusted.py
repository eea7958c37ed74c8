# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom else the contract trusts, as far as the operator can see them before anything is written. Pure.

IAM takes a trust policy whose principals there are, and no other; of another account the operator sees none.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import account, partition, who
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import ARN, OIDC, Principal
from ansible_collections.assumerole.s3.plugins.module_utils._provision.there import There

NAME = "bucket_access_trusted"


def refusals(contract: Contract, there: There, user_arn: str, role_arn: str) -> Iterator[str]:
    """Why somebody cannot be trusted."""
    own = {who(arn): kind for kind, arn in (("user", user_arn), ("role", role_arn)) if arn}
    for principal in contract.trusted:
        if principal.kind is ARN:
            yield from _of_an_arn(principal.name, there, role_arn, own)
        if principal.kind is OIDC:
            yield from _of_a_provider(principal, there, role_arn)


def _of_an_arn(arn: str, there: There, role_arn: str, own: Mapping[tuple[str, str, str], str]) -> Iterator[str]:
    """Of another partition, the contract's own, not there, or at another path."""
    if partition(arn) != partition(role_arn):
        yield f"{NAME} has {arn}, of another partition of AWS than the role's, which cannot trust it: leave it out"
    elif who(arn) in own:
        yield f"{NAME} has {arn}, the contract's own {own[who(arn)]}, which it names already: leave it out"
    elif arn in there.trusted_missing:
        yield f"{NAME}: there is no {arn}. Have it made first, or correct its name"
    elif there.trusted_found.get(arn, arn) != arn:
        yield f"{NAME} has {arn}, whose own ARN is {there.trusted_found[arn]}: write it so, with its path"


def _of_a_provider(principal: Principal, there: There, role_arn: str) -> Iterator[str]:
    """Not there, or not for this audience. IAM itself takes a trust policy that names a provider which there is not."""
    host, audience = principal.name, principal.audience
    if host not in there.providers:
        yield (
            f"{NAME}: the account {account(role_arn)} has no identity provider {host}. Have it made first, for the "
            f"audience {audience}, or correct its name"
        )
    elif audience not in there.providers[host]:
        yield (
            f"{NAME}: the identity provider {host} is there for {', '.join(there.providers[host]) or 'nobody'}, and "
            f"not for the audience {audience}. Have it added, or correct it"
        )


def notes(there: There) -> Iterator[str]:
    """Who could not be seen, so that AWS tells later whether there is one."""
    for arn in there.trusted_unread:
        kind = "iam:GetRole" if who(arn)[1] == "role" else "iam:GetUser"
        yield f"{NAME}: {arn} could not be read ({kind}), so whether there is one is for AWS to say"
