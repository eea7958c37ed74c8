# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may change who gets into a bucket, or have S3 copy or tell what is in it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ansible_collections.assumerole.s3.plugins.module_utils._checks.survey import CERTAIN
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import BUCKET, OBJECTS
from ansible_collections.assumerole.s3.plugins.module_utils._policies.facts import Fact
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import Principal
from ansible_collections.assumerole.s3.plugins.module_utils._survey.combining import all_on_condition, both
from ansible_collections.assumerole.s3.plugins.module_utils._survey.findings import Answers, answers
from ansible_collections.assumerole.s3.plugins.module_utils._survey.judging import Answer, Question, Who, judge
from ansible_collections.assumerole.s3.plugins.module_utils._survey.other_names import (
    DELETE,
    LIST,
    READ,
    REPLICATING,
    WRITE,
    on,
)
from ansible_collections.assumerole.s3.plugins.module_utils._survey.points import Door
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import AccessPoint, Bucket, Scene

#: Only who belongs to the bucket's account may write its policy, whatever it says.
#: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
POLICY = "s3:PutBucketPolicy"

#: A list may name any account, or everybody.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#permissions
LISTS: Mapping[str, str] = {"s3:PutBucketAcl": BUCKET, "s3:PutObjectAcl": OBJECTS, "s3:PutObjectVersionAcl": OBJECTS}

#: By this lists count again that had been there before.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
OWNERSHIP = "s3:PutBucketOwnershipControls"

#: S3 delivers a list of all keys to any bucket that lets it.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/configure-inventory.html
INVENTORY = "s3:PutInventoryConfiguration"

#: S3 copies what is written to any bucket that lets it, with a role that it is handed.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
COPIES, HANDING = "s3:PutReplicationConfiguration", "iam:PassRole"

#: Where the bucket's policy leaves it to access points, who makes one, or writes its policy, lets in whom he will.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html#access-points-delegating-control
MAKING, POINT_POLICY = "s3:CreateAccessPoint", "s3:PutAccessPointPolicy"

#: The same of access points of several regions, which nobody has read.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointPermissions.html
MAKING_SEVERAL, SEVERAL_POLICY = "s3:CreateMultiRegionAccessPoint", "s3:PutMultiRegionAccessPointPolicy"

#: What somebody gets by it, if that is not everything.
GIVES: Mapping[str, Collection[str]] = {
    "s3:PutBucketAcl": (LIST, WRITE, DELETE),
    "s3:PutObjectAcl": (READ,),
    "s3:PutObjectVersionAcl": (READ,),
    INVENTORY: (LIST,),
    COPIES: (READ,),
    HANDING: (READ,),
}

OLD_LISTS = "an access control list that counts again lets somebody in"
A_ROLE_THAT_COPIES = "a role that S3 is handed reads there, and the bucket keeps versions"
IS_THERE = "the bucket has an access point of several regions"
BY_REPLICATION = "replication by S3 asks for it"


def opened(scene: Scene, grant: Grant, who: Who, lacking: Collection[str]) -> Answers:
    """By which actions somebody gets what he lacks of the usual four."""
    of_the_account = isinstance(who, Principal)
    found = {
        **(_asked(scene, grant, who, {POLICY: BUCKET}) if of_the_account else {}),
        **_by_lists(scene, grant, who),
        **_asked(scene, grant, who, {INVENTORY: BUCKET}),
        **(_by_copies(scene, grant, who) if of_the_account else {}),
        **(_by_points(scene, grant, who, lacking) if of_the_account else {}),
    }
    return {action: answer for action, answer in found.items() if set(GIVES.get(action, lacking)) & set(lacking)}


def replicated(scene: Scene, grant: Grant, who: Who, lacking: Collection[str]) -> Answers:
    """What of that replication does for him."""
    names = {action: on(action) for action, comes_to in REPLICATING.items() if comes_to in lacking}
    return all_on_condition(_asked(scene, grant, who, names), BY_REPLICATION)


def _asked(scene: Scene, grant: Grant, who: Who, actions: Mapping[str, str]) -> Answers:
    return answers(who, (scene.question(grant, action, about) for action, about in actions.items()))


def _by_lists(scene: Scene, grant: Grant, who: Who) -> Answers:
    """Where the bucket's owner owns all that is in it, no list counts, unless he may change that as well."""
    found = _asked(scene, grant, who, LISTS)
    if scene.buckets.get(grant.bucket, Bucket()).lists_count:
        return found
    changing = _asked(scene, grant, who, {OWNERSHIP: BUCKET})
    if not changing or not found:
        return all_on_condition(changing, OLD_LISTS)
    return {**{action: both(answer, changing[OWNERSHIP], "") for action, answer in found.items()}, **changing}


def _by_copies(scene: Scene, grant: Grant, who: Who) -> Answers:
    changing = _asked(scene, grant, who, {COPIES: BUCKET})
    if not changing:
        return {}
    roles = f"arn:{scene.partition}:iam::{scene.account_id}:role/*"
    handing = judge(who, Question(HANDING, roles, known={"iam:passedtoservice": Fact(("s3.amazonaws.com",))}))
    return all_on_condition({**changing, HANDING: handing}, A_ROLE_THAT_COPIES) if handing else {}


def _by_points(scene: Scene, grant: Grant, who: Who, lacking: Collection[str]) -> Answers:
    """By writing the policy of an access point, or by making one."""
    found: dict[str, Answer] = {}
    for point in scene.buckets.get(grant.bucket, Bucket()).access_points:
        door = Door(scene, grant, point)
        writing = _may(door, who, POINT_POLICY)
        through = _through(door, who, lacking, writing) if writing else None
        found |= {POINT_POLICY: both(writing, through, "")} if writing and through else {}
    for region, making, policy in (("*", MAKING, POINT_POLICY), ("", MAKING_SEVERAL, SEVERAL_POLICY)):
        new = AccessPoint(f"arn:{scene.partition}:s3:{region}:{scene.account_id}:accesspoint/*", None)
        found = {**_by_a_new_one(Door(scene, grant, new), who, lacking, making, policy), **found}
    return found


def _by_a_new_one(door: Door, who: Who, lacking: Collection[str], making: str, policy: str) -> Answers:
    """Who may make none may find one that nobody has read."""
    steps = {action: answer for action in (making, policy) if (answer := _may(door, who, action))}
    if not steps or (making not in steps and policy != SEVERAL_POLICY):
        return {}
    through = _through(door, who, lacking, steps.get(policy))
    found = {action: both(step, through, "") for action, step in steps.items() if through}
    return found if making in found else all_on_condition(found, IS_THERE)


def _may(door: Door, who: Who, action: str) -> Answer | None:
    return judge(who, Question(action, door.point.arn, known={**door.scene.owner, **door.told}))


def _through(door: Door, who: Who, lacking: Collection[str], writing: Answer | None) -> Answer | None:
    """The surest way by an access point whose policy somebody writes, or by one that has none, by his own policies."""
    ways = []
    for action in lacking:
        by_point = writing or door.by_the_point(action, who)
        by_bucket = door.by_the_bucket(action, who) if by_point else None
        ways += [both(by_point, by_bucket, "")] if by_point and by_bucket else []
    return min(ways, key=lambda way: way.certainty != CERTAIN, default=None)
