# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody may with a bucket by an access point. Pure.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import account
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import BUCKET
from ansible_collections.assumerole.s3.plugins.module_utils._policies.facts import Fact, Known
from ansible_collections.assumerole.s3.plugins.module_utils._survey.combining import both, is_sure
from ansible_collections.assumerole.s3.plugins.module_utils._survey.findings import Answers
from ansible_collections.assumerole.s3.plugins.module_utils._survey.judging import Answer, Who, judge
from ansible_collections.assumerole.s3.plugins.module_utils._survey.other_names import BY_A_SETTING, by_any_name
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import AccessPoint, Scene, at_place

LET_BY_THE_BUCKET = "the bucket's policy lets the access point in"


def by_access_point(scene: Scene, grant: Grant, point: AccessPoint, who: Who, known: Answers) -> Answers:
    """What of it somebody may by an access point, and not as surely by a way that is known.

    Its policy and the bucket's must both let him in, or his own policies.
    """
    asked = _ways(scene, grant, point, who, known)
    return {action: one for action, one in asked if action not in known or is_sure({action: one}, action)}


def _ways(scene: Scene, grant: Grant, point: AccessPoint, who: Who, known: Answers) -> Iterator[tuple[str, Answer]]:
    policies = (point.policy,) if point.policy else ()
    for action, about in by_any_name(grant).items():
        if is_sure(known, action) or action in BY_A_SETTING:
            continue
        arn = point.arn if about == BUCKET else f"{point.arn}/object"
        there = at_place(action, about == BUCKET, arn, grant.prefix)
        by_point = judge(who, replace(there, of_resource=policies, known={**there.known, **scene.owner}))
        if by_point:
            through = scene.question(grant, action, about)
            by_bucket = judge(who, replace(through, known={**through.known, **_told(point)}))
            yield action, both(by_point, by_bucket, LET_BY_THE_BUCKET)


def _told(point: AccessPoint) -> Known:
    """What requests by it carry."""
    return {
        "s3:dataaccesspointaccount": Fact((account(point.arn),)),
        "s3:dataaccesspointarn": Fact((point.arn,)),
    }
