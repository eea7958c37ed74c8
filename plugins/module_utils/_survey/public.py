# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a bucket's policy is public, as S3 means it, and whom a block of public access then shuts out. Pure.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
"""

from __future__ import annotations

from ansible_collections.assumerole.s3.plugins.module_utils._policies.atoms import ALLOW, AllBut, Atom
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import Policy
from ansible_collections.assumerole.s3.plugins.module_utils._survey.judging import Stranger
from ansible_collections.assumerole.s3.plugins.module_utils._survey.strangers import ANYBODY, kind

#: Keys of conditions that say how one asks, and never who or from where. Which others keep a policy from being public,
#: S3 leaves open: fixed values of what is about a principal do, and of networks, accounts, sources and access points.
HOW_ONE_ASKS = frozenset({"aws:securetransport", "s3:delimiter", "s3:max-keys", "s3:prefix", "s3:tlsversion"})

#: Whom ``RestrictPublicBuckets`` shuts out of a bucket whose policy is public, also who is named in it: the account's
#: own users and roles, and services of AWS, are let in all the same.
#: https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_PublicAccessBlockConfiguration.html
SHUT_OUT = ("anybody", "account")


def is_public(policy: Policy | None) -> bool:
    """Whether it surely is. Of one that may be, nothing is assumed: then nobody is shut out."""
    return policy is not None and any(map(_is_for_everybody, policy.atoms))


def is_shut_out(who: Stranger, policy: Policy | None) -> bool:
    """Whether a block of public access keeps somebody out whom the policy lets in."""
    return kind(who) in SHUT_OUT and is_public(policy)


def _is_for_everybody(atom: Atom) -> bool:
    everybody = isinstance(atom.principal, AllBut) or atom.principal == ANYBODY
    return atom.effect == ALLOW and everybody and all(item.key in HOW_ONE_ASKS for item in atom.conditions)
