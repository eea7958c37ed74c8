# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The survey as a whole: its four lists, and what no survey sees. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import ROLE, USER
from ansible_collections.assumerole.s3.plugins.module_utils._survey.beyond import beyond
from ansible_collections.assumerole.s3.plugins.module_utils._survey.entering import becomes, enters
from ansible_collections.assumerole.s3.plugins.module_utils._survey.findings import Finding
from ansible_collections.assumerole.s3.plugins.module_utils._survey.reaching import reaches
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import Scene

LISTS = (reaches, enters, becomes, beyond)

#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
BLIND_SPOTS = (
    "The root user of the account may do everything.",
    "Whether another account lets its own users and roles ask is for its own policies to say.",
    "What service control and resource control policies of the organization take away is not read.",
    "What a service of AWS does for somebody else, with permissions of its own, is not seen.",
    "Whether somebody may have a service of AWS ask in his name is not looked at, where a policy lets him in that way.",
    "Access points of other accounts and of several regions are not read: they are told where a policy speaks of them.",
    "Whom S3 Access Grants and other services let in with roles that they were handed is not looked at.",
    "What a bucket's notifications, logs and metadata tables tell of its keys is not looked at.",
    "Of handing a role to a service one step is looked at; what starts something is known of services that are common, "
    "of others handing it over counts. What works with the role already is not read.",
    "Of assuming roles no second step is looked at: each role is listed by itself. Nor is it of other users: who makes "
    "keys for one that reaches a place is not listed with it.",
    "What a session policy takes away, whoever opens the session decides.",
    "Policies of other buckets, queues, keys and secrets that name the user or the role are not read.",
    "The policy of the parameter in which the user's key is kept is not read.",
)


def survey(scene: Scene, unread: Iterable[str]) -> dict[str, Any]:
    """The result, in an order that does not change as long as nothing else does."""
    found: list[Finding] = [finding for lister in LISTS for finding in sorted(lister(scene), key=_order)]
    account = scene.account
    return {
        "account_id": scene.account_id,
        "partition": scene.partition,
        "counts": {
            "users": account.count(USER),
            "groups": account.groups,
            "roles": account.count(ROLE),
            "policies": account.policies,
            "buckets": len(scene.buckets),
            "access_points": sum(len(bucket.access_points) for bucket in scene.buckets.values()),
        },
        "findings": [finding.as_dict() for finding in dict.fromkeys(found)],
        "unread": [*account.unread, *unread],
        "blind_spots": list(BLIND_SPOTS),
    }


def _order(finding: Finding) -> tuple[str, ...]:
    return finding.order
