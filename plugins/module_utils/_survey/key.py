# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of the key that encrypts a place, and who may let himself use it. Pure."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant, bucket_arn
from ansible_collections.assumerole.s3.plugins.module_utils._policies.facts import Fact, Known
from ansible_collections.assumerole.s3.plugins.module_utils._policies.key_use import OF_WHAT, VIA, via_s3
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import Principal
from ansible_collections.assumerole.s3.plugins.module_utils._survey.findings import Answers, answers, is_certain
from ansible_collections.assumerole.s3.plugins.module_utils._survey.judging import VIA_A_SERVICE, Question
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import Scene
from ansible_collections.assumerole.s3.plugins.module_utils._survey.self_granting import each, grants_itself

#: What is asked of KMS for an action on an object that a key encrypts.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#require-sse-kms
BY_THE_KEY = {
    "s3:GetObject": "kms:Decrypt",
    "s3:GetObjectVersion": "kms:Decrypt",
    "s3:PutObject": "kms:GenerateDataKey",
}

#: By which one lets oneself use a key, and what such a request carries: no service asks for it.
#: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-grant-is-for-aws-resource
OPENING = ("kms:PutKeyPolicy", "kms:CreateGrant")
BY_ONESELF: Known = {
    VIA_A_SERVICE: Fact(("false",)),
    VIA.lower(): Fact(absent=True),
    "kms:grantisforawsresource": Fact(("false",), absent=True),
}


def uses(scene: Scene, grant: Grant) -> dict[str, Question]:
    """What is asked of the key, by the action that needs it; nothing without a key. S3 asks in somebody's name.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html
    """
    if scene.key is None:
        return {}
    arn = bucket_arn(grant.bucket, scene.partition)
    through = {
        VIA.lower(): Fact((via_s3(scene.contract),)),
        OF_WHAT.lower(): Fact((arn, f"{arn}/{grant.prefix}*")),
        VIA_A_SERVICE: Fact(("true",)),
    }
    use = Question("", scene.contract.kms_key, (scene.key,), resource_decides=True, known=through)
    return {action: replace(use, action=asked) for action, asked in BY_THE_KEY.items()}


def opened_by_oneself(scene: Scene, grant: Grant, who: Principal, found: Answers) -> Answers:
    """By which actions somebody lets himself use the key, whom nothing else keeps from what he found."""
    needed = {use.action: use for action, use in uses(scene, grant).items() if action in found}
    lacking = [use for use in needed.values() if not is_certain(answers(who, [use]))]
    opening = [replace(use, action=action, known=BY_ONESELF) for use in lacking[:1] for action in OPENING]
    return grants_itself(who, scene, each(lacking), each(opening)) if lacking else {}
