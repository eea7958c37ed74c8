# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who reaches the contract's places: by policies, by the bucket's, by an access point, or by changing one. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import BUCKET
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import Principal
from ansible_collections.assumerole.s3.plugins.module_utils._survey.combining import all_on_condition, both, is_sure
from ansible_collections.assumerole.s3.plugins.module_utils._survey.findings import (
    Answers,
    Finding,
    Where,
    answers,
    by_changing,
    findings,
    leading_there,
)
from ansible_collections.assumerole.s3.plugins.module_utils._survey.judging import (
    Question,
    Stranger,
    Who,
    judge,
)
from ansible_collections.assumerole.s3.plugins.module_utils._survey.key import opened_by_oneself, uses
from ansible_collections.assumerole.s3.plugins.module_utils._survey.opening import POLICY, opened, replicated
from ansible_collections.assumerole.s3.plugins.module_utils._survey.other_names import COMES_TO, given
from ansible_collections.assumerole.s3.plugins.module_utils._survey.points import Door, elsewhere
from ansible_collections.assumerole.s3.plugins.module_utils._survey.public import is_shut_out
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import AccessPoint, Bucket, Scene
from ansible_collections.assumerole.s3.plugins.module_utils._survey.self_granting import changes_of, each
from ansible_collections.assumerole.s3.plugins.module_utils._survey.strangers import ANYBODY, findings_of, strangers

NOT_BLOCKED = "the bucket's block of public access is taken off (RestrictPublicBuckets)"
NOT_BLOCKED_BY_THE_POINT = "the access point's block of public access is left out (RestrictPublicBuckets)"
NOT_BLOCKED_BY_THE_ACCOUNT = "the account's block of public access is taken off (RestrictPublicBuckets)"


def reaches(scene: Scene) -> Iterator[Finding]:
    """Everybody but the contract's role, which is judged by itself."""
    for grant in scene.contract.grants:
        where, questions = Where("reaches", f"{grant.bucket}/{grant.prefix}"), list(scene.questions(grant))
        for who in scene.others:
            found = _with_the_key(scene, grant, who, _by_any_door(scene, grant, who, questions))
            lacking = _lacking(grant, found)
            yield from findings(where, who, _told(found))
            yield from findings(where, who, replicated(scene, grant, who, lacking))
            if lacking:
                missing = [question for question in questions if question.action in lacking]
                writing = scene.question(grant, POLICY, BUCKET)
                by_the_key = opened_by_oneself(
                    scene, grant, who, {action: found[action] for action in found if action in lacking}
                )
                changing = {**changes_of(who, scene, each([*missing, writing])), **opened(scene, grant, who, lacking)}
                yield from by_changing(where, who, {**changing, **by_the_key})
        yield from _of_strangers(scene, grant, where, questions)


def _of_strangers(scene: Scene, grant: Grant, where: Where, questions: list[Question]) -> Iterator[Finding]:
    """By the bucket, whose policy may let him change it as well; and by each of its access points."""
    bucket = scene.buckets.get(grant.bucket, Bucket())
    for stranger in strangers(scene, bucket.policy):
        found = _with_the_key(scene, grant, stranger, answers(stranger, questions))
        lacking = _lacking(grant, found)
        blocks, changing = _blocks(scene, bucket, stranger), leading_there(opened(scene, grant, stranger, lacking))
        for told in (_told(found), replicated(scene, grant, stranger, lacking), changing):
            yield from findings_of(where, stranger, all_on_condition(told, *blocks))
    for point in (*bucket.access_points, *elsewhere(scene, [bucket.policy] if bucket.policy else [])):
        for stranger in _strangers_at(scene, bucket, point):
            direct = answers(stranger, questions)
            found = _with_the_key(scene, grant, stranger, Door(scene, grant, point).opens(stranger, direct))
            blocks = _blocks(scene, bucket, stranger, point)
            yield from findings_of(where, stranger, all_on_condition(_told(found), *blocks))


def _by_any_door(scene: Scene, grant: Grant, who: Principal, questions: Iterable[Question]) -> Answers:
    """Of each action the surest way: by the bucket, or by one of its access points."""
    found, bucket = answers(who, questions), scene.buckets.get(grant.bucket, Bucket())
    speaking = (*who.policies, bucket.policy) if bucket.policy else who.policies
    for point in (*bucket.access_points, *elsewhere(scene, speaking)):
        found |= Door(scene, grant, point).opens(who, found)
    return found


def _lacking(grant: Grant, found: Answers) -> list[str]:
    """What of what the contract gives, and of the usual four, is not certain."""
    return [action for action in given(grant) if not is_sure(found, action)]


def _told(found: Answers) -> Answers:
    """Another name is told where it is certain, or where what it comes to is not."""
    return {
        action: answer
        for action, answer in found.items()
        if is_sure(found, action) or not is_sure(found, COMES_TO.get(action, action))
    }


def _strangers_at(scene: Scene, bucket: Bucket, point: AccessPoint) -> Iterator[Stranger]:
    """Each once whom the access point's policy or the bucket's lets in."""
    named = (stranger for policy in (point.policy, bucket.policy) for stranger in strangers(scene, policy))
    yield from {stranger.name: stranger for stranger in named}.values()


def _blocks(scene: Scene, bucket: Bucket, who: Stranger, point: AccessPoint | None = None) -> list[str]:
    """What keeps somebody of another account, or of none, out as long as it is there: S3 applies all blocks.

    Of a bucket's block that nobody has read, it is not assumed that it lets everybody in; nobody reads an access
    point's, which is there unless somebody has left it out.
    """
    shut_out = is_shut_out(who, bucket.policy) or (point is not None and is_shut_out(who, point.policy))
    unread = bucket.restricted is None and who.name == ANYBODY
    blocks = {
        NOT_BLOCKED: unread or (shut_out and bucket.restricted),
        NOT_BLOCKED_BY_THE_ACCOUNT: shut_out and scene.restricted,
        NOT_BLOCKED_BY_THE_POINT: point is not None and (who.name == ANYBODY or shut_out),
    }
    return [name for name, is_there in blocks.items() if is_there]


def _with_the_key(scene: Scene, grant: Grant, who: Who, found: Answers) -> Answers:
    """What a key encrypts nobody reads or writes without the key; what another key encrypts, or none, he may.

    S3 asks KMS in his name.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html
    """
    asked = uses(scene, grant)
    needed = {action: judge(who, asked[action]) for action in found if action in asked}
    return {
        action: both(answer, needed[action], f"the key lets it {asked[action].action}") if action in needed else answer
        for action, answer in found.items()
    }
