# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who reaches the contract's places: by policies, by the bucket's, by an access point, or by changing one. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ansible_collections.assumerole.s3.plugins.module_utils._checks.survey import CERTAIN, UNDER_CONDITIONS
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import account
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant, bucket_arn
from ansible_collections.assumerole.s3.plugins.module_utils._policies.facts import Fact
from ansible_collections.assumerole.s3.plugins.module_utils._policies.key_use import OF_WHAT, VIA, via_s3
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import Principal
from ansible_collections.assumerole.s3.plugins.module_utils._survey.findings import (
    Answers,
    Finding,
    Where,
    answers,
    by_changing,
    findings,
)
from ansible_collections.assumerole.s3.plugins.module_utils._survey.judging import (
    VIA_A_SERVICE,
    Answer,
    Question,
    Stranger,
    Who,
    judge,
)
from ansible_collections.assumerole.s3.plugins.module_utils._survey.public import is_shut_out
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import (
    DIRECTLY,
    AccessPoint,
    Bucket,
    Scene,
    at_place,
)
from ansible_collections.assumerole.s3.plugins.module_utils._survey.self_granting import changes_of
from ansible_collections.assumerole.s3.plugins.module_utils._survey.strangers import ANYBODY, findings_of, strangers

#: What is asked of KMS for an action on an object that a key encrypts.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#require-sse-kms
BY_THE_KEY = {
    "s3:GetObject": "kms:Decrypt",
    "s3:GetObjectVersion": "kms:Decrypt",
    "s3:PutObject": "kms:GenerateDataKey",
}

LET_BY_THE_BUCKET = "the bucket's policy lets the access point in"
NOT_BLOCKED = "the bucket's block of public access is taken off (RestrictPublicBuckets)"
NOT_BLOCKED_BY_THE_POINT = "the access point's block of public access is left out (RestrictPublicBuckets)"
NOT_BLOCKED_BY_THE_ACCOUNT = "the account's block of public access is taken off (RestrictPublicBuckets)"


def reaches(scene: Scene) -> Iterator[Finding]:
    """Everybody but the contract's role, which is judged by itself."""
    for grant in scene.contract.grants:
        where, questions = Where("reaches", f"{grant.bucket}/{grant.prefix}"), list(scene.questions(grant))
        bucket = scene.buckets.get(grant.bucket, Bucket())
        for who in scene.others:
            found = _with_the_key(scene, grant, who, _by_any_door(scene, grant, who, questions))
            yield from findings(where, who, found)
            lacking = [question for question in questions if not _is_sure(found, question)]
            if lacking:
                changing = {**answers(who, _openers(scene, grant)), **changes_of(who, scene, lacking)}
                yield from by_changing(where, who, changing)
        for stranger in strangers(scene, bucket.policy):
            found = _with_the_key(scene, grant, stranger, answers(stranger, questions))
            yield from findings_of(where, stranger, _unless(_blocks(scene, bucket, stranger), found))
        for point in bucket.access_points:
            for stranger in _strangers_at(scene, bucket, point):
                direct = answers(stranger, questions)
                found = _with_the_key(scene, grant, stranger, _by_access_point(scene, grant, point, stranger, direct))
                yield from findings_of(where, stranger, _unless(_blocks(scene, bucket, stranger, point), found))


def _by_any_door(scene: Scene, grant: Grant, who: Principal, questions: Iterable[Question]) -> Answers:
    """Of each action the surest way: by the bucket, or by one of its access points."""
    found = answers(who, questions)
    for point in scene.buckets.get(grant.bucket, Bucket()).access_points:
        found |= _by_access_point(scene, grant, point, who, found)
    return found


def _is_sure(found: Answers, question: Question) -> bool:
    """Whether it is certain that somebody may do it."""
    return question.action in found and found[question.action].certainty == CERTAIN


def _strangers_at(scene: Scene, bucket: Bucket, point: AccessPoint) -> Iterator[Stranger]:
    """Each once whom the access point's policy or the bucket's lets in."""
    named = (stranger for policy in (point.policy, bucket.policy) for stranger in strangers(scene, policy))
    yield from {stranger.name: stranger for stranger in named}.values()


def _blocks(scene: Scene, bucket: Bucket, who: Stranger, point: AccessPoint | None = None) -> Iterator[str]:
    """What keeps somebody of another account, or of none, out as long as it is there: S3 applies all blocks.

    Of a bucket's block that nobody has read, it is not assumed that it lets everybody in; nobody reads an access
    point's, which is there unless somebody has left it out.
    """
    shut_out = is_shut_out(who, bucket.policy) or (point is not None and is_shut_out(who, point.policy))
    unread = bucket.restricted is None and who.name == ANYBODY
    if unread or (shut_out and bucket.restricted):
        yield NOT_BLOCKED
    if shut_out and scene.restricted:
        yield NOT_BLOCKED_BY_THE_ACCOUNT
    if point is not None and (who.name == ANYBODY or shut_out):
        yield NOT_BLOCKED_BY_THE_POINT


def _with_the_key(scene: Scene, grant: Grant, who: Who, found: Answers) -> Answers:
    """What a key encrypts nobody reads or writes without the key; what another key encrypts, or none, he may.

    S3 asks KMS in his name.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html
    """
    if scene.key is None:
        return found
    arn = bucket_arn(grant.bucket, scene.partition)
    through = {
        VIA.lower(): Fact((via_s3(scene.contract),)),
        OF_WHAT.lower(): Fact((arn, f"{arn}/{grant.prefix}*")),
        VIA_A_SERVICE: Fact(("true",)),
    }
    use = Question("", scene.contract.kms_key, (scene.key,), resource_decides=True, known=through)
    needed = {action: judge(who, replace(use, action=BY_THE_KEY[action])) for action in found if action in BY_THE_KEY}
    return {
        action: both(answer, needed[action], f"the key lets it {BY_THE_KEY[action]}") if action in needed else answer
        for action, answer in found.items()
    }


def both(one: Answer, other: Answer | None, condition: str) -> Answer:
    """What two policies must allow; where the other does not, on the condition that it will."""
    if other is None:
        return Answer(UNDER_CONDITIONS, one.through, (*one.conditions, condition))
    sure = CERTAIN if one.certainty == other.certainty == CERTAIN else UNDER_CONDITIONS
    return Answer(sure, (*one.through, *other.through), (*one.conditions, *other.conditions))


def _unless(blocks: Iterable[str], found: Answers) -> Answers:
    """On the condition that none of these is there."""
    taken_off = tuple(blocks)
    return {
        action: Answer(
            UNDER_CONDITIONS if taken_off else answer.certainty, answer.through, (*answer.conditions, *taken_off)
        )
        for action, answer in found.items()
    }


def _openers(scene: Scene, grant: Grant) -> list[Question]:
    """By which one changes who gets into a bucket."""
    bucket = scene.buckets.get(grant.bucket, Bucket())
    arn, policies = bucket_arn(grant.bucket, scene.partition), (bucket.policy,) if bucket.policy else ()
    return [Question("s3:PutBucketPolicy", arn, policies, known={**scene.owner, **DIRECTLY})]


def _by_access_point(scene: Scene, grant: Grant, point: AccessPoint, who: Who, known: Answers) -> Answers:
    """What of it somebody may by an access point, and not as surely by a way that is known.

    Its policy and the bucket's must both let him in, or his own policies.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
    """
    found: dict[str, Answer] = {}
    told = {
        "s3:dataaccesspointaccount": Fact((account(point.arn),)),
        "s3:dataaccesspointarn": Fact((point.arn,)),
    }
    policies = (point.policy,) if point.policy else ()
    for question in scene.questions(grant):
        if _is_sure(known, question):
            continue
        on_bucket = bool(question.prefixes)
        arn = point.arn if on_bucket else f"{point.arn}/object"
        there = at_place(question.action, on_bucket, arn, grant.prefix)
        by_point = judge(who, replace(there, of_resource=policies, known={**there.known, **scene.owner}))
        if by_point:
            by_bucket = judge(who, replace(question, known={**question.known, **told}))
            found[question.action] = both(by_point, by_bucket, LET_BY_THE_BUCKET)
    return {action: one for action, one in found.items() if action not in known or one.certainty == CERTAIN}
