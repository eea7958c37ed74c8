# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditions that some principals never meet: what they ask for AWS puts into no request of theirs. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import who
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import ARN, OIDC, SERVICE

Item = Mapping[str, Any]


@dataclass(frozen=True)
class Never:
    """Who of ``bucket_access_trusted``, known by the ``key`` of an item and perhaps by what it ``names``, and why."""

    key: str
    why: str
    names: Callable[[str], bool] = bool

    def is_about(self, item: Item) -> bool:
        """Whether an item is one of them."""
        return bool(item.get(self.key)) and self.names(str(item[self.key]))


def _is_role(arn: str) -> bool:
    return who(arn)[1] == "role"


#: By the condition's field. Whoever comes with a token does so without credentials of AWS, so it is of no organization
#: and has no MFA that AWS knows of; a session that a role was assumed with does not say whether there was MFA, and a
#: service assumes a role from an address of its own, of no account that an organization has.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html and, for
#: ``aws:MultiFactorAuthPresent``, ``aws:PrincipalOrgID`` and ``aws:SourceIp``,
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
NEVER_MET: Mapping[str, tuple[Never, ...]] = {
    "require_mfa": (
        Never(OIDC.key, "whose tokens say nothing of MFA to AWS"),
        Never(SERVICE.key, "a service, which has no MFA"),
        Never(ARN.key, "a role, whose sessions do not say whether there was MFA", _is_role),
    ),
    "organization_id": (
        Never(OIDC.key, "whose tokens are of no organization of AWS"),
        Never(SERVICE.key, "a service, which belongs to no organization"),
    ),
    "source_ips": (Never(SERVICE.key, "a service, which assumes the role from an address of its own"),),
}
