# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways in which others of the account get in, who are not expected, and what others may have without getting in.

Each is tried in an account of its own, which is surveyed: whatever anybody may do there counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
import json
from typing import Any

from lab.account import make_access_point
from lab.checkout import Json
from lab.world import World
from mutations.catalogue import (
    BY_ADDRESS,
    EXCESS,
    HARMLESS,
    UNTOLD,
    Mutation,
    allow,
    bucket,
    bucket_also,
    deny,
    objects,
    permissions_with,
    trust_also,
)
from mutations.sound import NEW_KEY

#: Whom the operator knows of, and another account.
KNOWN, STRANGER = "known", "arn:aws:iam::210987654321:root"
LAMBDA, EC2 = {"Service": "lambda.amazonaws.com"}, {"Service": "ec2.amazonaws.com"}
S3 = {"Service": "s3.amazonaws.com"}
OF_LAMBDA: Json = {"trusted": [{"service": "lambda.amazonaws.com"}]}
BY_A_KEY: Json = {"kms_key": NEW_KEY}
QUEUES = allow("sqs:*", "*")
ANYTHING = allow("*", "*")


def known(world: World) -> str:
    """The ARN of whom the operator knows of."""
    return f"arn:aws:iam::{world.emulator.account}:user/{KNOWN}"


def with_somebody_known(world: World) -> World:
    """The world with a user who may do anything in S3, and is expected to."""
    somebody(world, allow(["s3:*", "kms:*"], "*"), name=KNOWN)
    return world


def somebody(world: World, *documents: Json, name: str = "somebody", **more: Any) -> str:
    """Another user, who has these policies; gives the ARN."""
    arn = str(world.iam.create_user(UserName=name, **more)["User"]["Arn"])
    for number, document in enumerate(documents):
        world.iam.put_user_policy(UserName=name, PolicyName=f"own-{number}", PolicyDocument=json.dumps(document))
    return arn


def role(world: World, trusts: Any, *documents: Json, name: str = "other", **more: Any) -> str:
    """Another role, which trusts these and has these policies; gives the ARN."""
    statement = {"Effect": "Allow", "Principal": trusts, "Action": "sts:AssumeRole", **more}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    arn = str(world.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"])
    for number, document in enumerate(documents):
        world.iam.put_role_policy(RoleName=name, PolicyName=f"own-{number}", PolicyDocument=json.dumps(document))
    return arn


def in_the_place(world: World, action: Any = "s3:GetObject", **more: Any) -> Json:
    """A policy that allows this with the contract's objects."""
    return allow(action, objects(world, "team/*"), **more)


def group(world: World, document: Json | None = None, managed: str = "", members: tuple[str, ...] = ()) -> str:
    """A group with a policy; gives the ARN."""
    arn = str(world.iam.create_group(GroupName="some")["Group"]["Arn"])
    if document:
        world.iam.put_group_policy(GroupName="some", PolicyName="own", PolicyDocument=json.dumps(document))
    if managed:
        world.iam.attach_group_policy(GroupName="some", PolicyArn=managed)
    for name in members:
        world.iam.add_user_to_group(GroupName="some", UserName=name)
    return arn


def in_versions(world: World, first: Json, second: Json, *, switched: bool) -> str:
    """A managed policy of two versions, of which the second is in force once it is switched."""
    arn = world.managed_policy(first)
    world.iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(second), SetAsDefault=switched)
    return arn


def has(world: World, managed: str, *documents: Json) -> None:
    """Another user with a managed policy."""
    somebody(world, *documents)
    world.iam.attach_user_policy(UserName="somebody", PolicyArn=managed)


def joins(world: World, document: Json | None = None, managed: str = "") -> None:
    """Another user, with nothing of his own, in a group."""
    somebody(world)
    group(world, document, managed, members=("somebody",))


def machines(world: World) -> None:
    """A role of EC2 that reads, in an instance profile."""
    role(world, EC2, in_the_place(world), name="machine")
    world.iam.create_instance_profile(InstanceProfileName="machines")
    world.iam.add_role_to_instance_profile(InstanceProfileName="machines", RoleName="machine")


def bounded(world: World, limit: Json, document: Json = ANYTHING) -> str:
    """Another user within a boundary."""
    return somebody(world, document, PermissionsBoundary=world.managed_policy(limit))


def bounded_by_what_it_may_change(world: World) -> None:
    """Another user, whose policies read, within a boundary of which it may write another version."""
    limit = world.managed_policy(allow("iam:CreatePolicyVersion", "*"))
    somebody(world, in_the_place(world), allow("iam:CreatePolicyVersion", limit), PermissionsBoundary=limit)


def bounded_role(world: World) -> None:
    """Another role within a boundary that leaves it queues alone."""
    role(world, EC2)
    world.iam.put_role_permissions_boundary(RoleName="other", PermissionsBoundary=world.managed_policy(QUEUES))


def session_of(world: World) -> Json:
    """A session of another role, as policies name it."""
    return {"AWS": f"arn:aws:sts::{world.emulator.account}:assumed-role/other/nightly"}


def denied_by_the_bucket(world: World, *documents: Json) -> None:
    """Another user, whom the bucket's policy denies what its own policies allow."""
    arn = somebody(world, in_the_place(world), *documents)
    bucket_also(world, Effect="Deny", Principal={"AWS": arn}, Action="s3:GetObject")


def leaves(world: World, group_arn: str = "*") -> None:
    """A member of a group that denies it what its own policies allow; it may leave a group."""
    somebody(world, in_the_place(world), allow("iam:RemoveUserFromGroup", group_arn))
    group(world, deny("s3:*", "*"), members=("somebody",))


def left_to_the_account_within(world: World, *documents: Json, **more: Any) -> None:
    """The role's trust policy lets in whom the account lets; another user has these policies."""
    somebody(world, *documents, **more)
    trust_also(world, Principal={"AWS": f"arn:aws:iam::{world.emulator.account}:root"})


def boundary_taken_off(world: World) -> None:
    bounded(world, QUEUES)
    world.iam.delete_user_permissions_boundary(UserName="somebody")


def door(world: World, *, by_the_bucket: bool) -> None:
    """An access point lets another user in; whether the bucket lets the access point in, its own policy says."""
    guest = somebody(world)
    arn = f"arn:aws:s3:us-east-1:{world.emulator.account}:accesspoint/door-{world.tag}/object/team/*"
    make_access_point(
        world.emulator,
        world.bucket,
        f"door-{world.tag}",
        allow("s3:GetObject", arn, Principal={"AWS": guest}),
    )
    if by_the_bucket:
        by_points = {"StringEquals": {"s3:DataAccessPointAccount": world.emulator.account}}
        bucket_also(world, Principal="*", Action="s3:GetObject", Condition=by_points)


def left_to_points(world: World, account: str) -> None:
    """The bucket's policy lets in whom access points of an account let in, and there are none."""
    by_points = {"StringEquals": {"s3:DataAccessPointAccount": account}}
    bucket_also(world, Principal="*", Action="s3:GetObject", Condition=by_points)


def makes_points(world: World, *, by_the_bucket: bool) -> None:
    """Another user may make access points; whether the bucket lets them in, its own policy says."""
    may("s3:CreateAccessPoint", "s3:PutAccessPointPolicy")(world)
    if by_the_bucket:
        left_to_points(world, world.emulator.account)


def left_to_the_account(world: World) -> None:
    """The role's trust policy lets in whom the account lets, and somebody may."""
    somebody(world, allow("sts:AssumeRole", world.role_arn))
    trust_also(world, Principal={"AWS": f"arn:aws:iam::{world.emulator.account}:root"})


def granted_the_key(world: World) -> None:
    """A grant of the key, for somebody who reads."""
    reader = somebody(world, in_the_place(world))
    world.kms.create_grant(KeyId=world.contract.kms_key, GranteePrincipal=reader, Operations=["Decrypt"])


def user_changes_itself(world: World) -> None:
    world.give_user(allow("iam:PutUserPolicy", world.user_arn))


def may(*actions: str) -> Callable[[World], Any]:
    """Another user may do this anywhere."""
    return lambda world: somebody(world, allow(list(actions), "*"))


def here(*actions: str, **more: Any) -> Callable[[World], Any]:
    """Another user may do this with the contract's objects."""
    return lambda world: somebody(world, in_the_place(world, list(actions), **more))


REACHES, ENTERS, BECOMES, BEYOND = "reaches", "enters", "becomes", "beyond"
Cases = dict[str, Callable[[World], Any]]

REACH: Cases = {
    "another_user_reads": here("s3:GetObject"),
    "another_user_writes": here("s3:PutObject"),
    "another_user_deletes": here("s3:DeleteObject"),
    "another_user_lists": lambda w: somebody(w, allow("s3:ListBucket", bucket(w))),
    "another_user_lists_the_place": lambda w: somebody(
        w, allow("s3:ListBucket", bucket(w), Condition={"StringLike": {"s3:prefix": "team/*"}})
    ),
    "another_user_reads_versions": here("s3:GetObjectVersion"),
    "another_user_deletes_versions": here("s3:DeleteObjectVersion"),
    "another_user_lists_versions": lambda w: somebody(w, allow("s3:ListBucketVersions", bucket(w))),
    "another_user_sees_uploads": lambda w: somebody(w, allow("s3:ListBucketMultipartUploads", bucket(w))),
    "another_user_says_when_objects_expire": lambda w: somebody(w, allow("s3:PutLifecycleConfiguration", bucket(w))),
    "another_user_may_do_anything_in_s3": may("s3:*"),
    "another_user_reads_over_tls": here("s3:GetObject", Condition={"Bool": {"aws:SecureTransport": "true"}}),
    "another_user_may_do_all_but_iam": lambda w: somebody(
        w, {"Statement": [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}]}
    ),
    "another_user_reads_all_but_another_bucket": lambda w: somebody(
        w, {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::another/*"}]}
    ),
    "another_user_reads_by_a_pattern": lambda w: somebody(w, allow("s3:Get*", "arn:aws:s3:::buck*/te*")),
    "another_user_is_denied_a_part": lambda w: somebody(
        w, in_the_place(w), deny("s3:GetObject", objects(w, "team/secret/*"))
    ),
    "another_users_policy_is_switched_to_a_version_that_reads": lambda w: has(
        w, in_versions(w, QUEUES, in_the_place(w), switched=True)
    ),
    "another_users_managed_policy_reads": lambda w: has(w, w.managed_policy(in_the_place(w))),
    "a_group_that_reads_has_a_member": lambda w: joins(w, in_the_place(w)),
    "a_group_with_a_managed_policy_that_reads_has_a_member": lambda w: joins(
        w, managed=w.managed_policy(in_the_place(w))
    ),
    "another_boundary_leaves_the_place": lambda w: bounded(w, in_the_place(w), in_the_place(w)),
    "another_role_reads": lambda w: role(w, LAMBDA, in_the_place(w)),
    "machines_read": machines,
    "the_buckets_policy_lets_another_user_read": lambda w: bucket_also(
        w, Principal={"AWS": somebody(w)}, Action="s3:GetObject"
    ),
    "the_buckets_policy_lets_another_role_list": lambda w: bucket_also(
        w, Principal={"AWS": role(w, EC2)}, Action="s3:ListBucket"
    ),
    "the_buckets_policy_lets_another_account_read": lambda w: bucket_also(
        w, Principal={"AWS": STRANGER}, Action="s3:GetObject"
    ),
    "an_access_point_lets_another_user_read": lambda w: door(w, by_the_bucket=True),
    "the_buckets_policy_lets_a_session_of_a_bounded_role_read": lambda w: (
        bounded_role(w),
        bucket_also(w, Principal=session_of(w), Action="s3:GetObject"),
    ),
}

REACH_PERHAPS: Cases = {
    "another_user_reads_from_a_network": here("s3:GetObject", Condition=BY_ADDRESS),
    "another_user_reads_with_mfa": here("s3:GetObject", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
    "another_user_reads_by_a_service": here("s3:GetObject", Condition={"Bool": {"aws:ViaAWSService": "true"}}),
    "another_user_is_named_like_the_place": lambda w: somebody(
        w, allow("s3:GetObject", objects(w, "${aws:username}/*")), name="team"
    ),
    "another_user_writes_the_buckets_policy": lambda w: somebody(w, allow("s3:PutBucketPolicy", bucket(w))),
    "another_user_has_the_keys_delivered": lambda w: somebody(w, allow("s3:PutInventoryConfiguration", bucket(w))),
    "another_user_has_objects_copied": may("s3:PutReplicationConfiguration", "iam:PassRole"),
    "another_user_makes_lists_count_and_writes_them": may("s3:PutBucketOwnershipControls", "s3:PutObjectAcl"),
    "another_role_writes_replicas": lambda w: role(
        w, {"Service": "s3.amazonaws.com"}, in_the_place(w, "s3:Replicate*")
    ),
    "an_access_point_that_the_bucket_does_not_let_in_lets_another_user_read": lambda w: door(w, by_the_bucket=False),
}

#: Whom the audit finds already, in the bucket's policy.
LEFT_TO_POINTS: Cases = {
    "the_buckets_policy_leaves_it_to_another_accounts_access_points": lambda w: left_to_points(w, "210987654321"),
    "another_user_makes_access_points_which_the_bucket_lets_in": lambda w: makes_points(w, by_the_bucket=True),
}

LEFT_TO_NO_POINTS: Cases = {
    "the_buckets_policy_leaves_it_to_access_points_that_are_not_there": lambda w: left_to_points(w, w.emulator.account),
}

GIVE_THEMSELVES: Cases = {
    "another_user_writes_its_own_policies": lambda w: somebody(
        w, allow("iam:PutUserPolicy", f"arn:aws:iam::{w.emulator.account}:user/somebody")
    ),
    "another_user_attaches_policies_to_itself": may("iam:AttachUserPolicy"),
    "another_user_joins_groups": may("iam:AddUserToGroup"),
    "another_role_writes_its_own_policies": lambda w: role(w, EC2, allow("iam:PutRolePolicy", "*")),
    "another_user_writes_its_policys_versions": lambda w: has(
        w, w.managed_policy(QUEUES), allow("iam:CreatePolicyVersion", "*")
    ),
    "another_user_switches_its_policys_version": lambda w: has(
        w, w.managed_policy(QUEUES), allow("iam:SetDefaultPolicyVersion", "*")
    ),
    "a_member_writes_its_groups_policy": lambda w: joins(w, allow("iam:PutGroupPolicy", "*")),
    "another_user_takes_its_boundary_off": lambda w: bounded(
        w, allow(["iam:PutUserPolicy", "iam:DeleteUserPermissionsBoundary"], "*")
    ),
}

TAKE_AWAY: Cases = {
    "another_user_takes_off_the_boundary_that_is_all_in_its_way": lambda w: bounded(
        w, allow("iam:*", "*"), allow(["s3:*", "iam:DeleteUserPermissionsBoundary"], "*")
    ),
    "another_user_writes_a_version_of_its_boundary": bounded_by_what_it_may_change,
    "another_user_takes_away_the_policy_that_denies": lambda w: somebody(
        w, in_the_place(w), deny("s3:*", "*"), allow("iam:DeleteUserPolicy", "*")
    ),
    "another_user_detaches_the_policy_that_denies": lambda w: has(
        w, w.managed_policy(deny("s3:*", "*")), in_the_place(w), allow("iam:DetachUserPolicy", "*")
    ),
    "a_member_leaves_the_group_that_denies": leaves,
    "another_user_takes_away_the_buckets_policy_that_denies": lambda w: denied_by_the_bucket(
        w, allow("s3:DeleteBucketPolicy", bucket(w))
    ),
}

ENTER_BY_CHANGING: Cases = {
    "trust_leaves_it_to_the_account_and_somebody_may_allow_itself": lambda w: left_to_the_account_within(
        w,
        allow("iam:PutUserPolicy", "*"),
        PermissionsBoundary=w.managed_policy(allow(["iam:PutUserPolicy", "sts:*"], "*")),
    ),
    "trust_leaves_it_to_the_account_and_somebody_takes_its_denial_away": lambda w: left_to_the_account_within(
        w, allow(["sts:AssumeRole", "iam:DeleteUserPolicy"], "*"), deny("sts:AssumeRole", "*")
    ),
}

ENTER: Cases = {
    "trust_names_another_user_of_the_account": lambda w: trust_also(w, Principal={"AWS": somebody(w)}),
    "trust_names_another_role_of_the_account": lambda w: trust_also(w, Principal={"AWS": role(w, EC2)}),
    "trust_names_a_session_of_a_bounded_role": lambda w: (bounded_role(w), trust_also(w, Principal=session_of(w))),
    "trust_leaves_it_to_the_account_and_somebody_may": left_to_the_account,
    "trust_names_a_stranger": lambda w: trust_also(w, Principal={"AWS": STRANGER}),
    "trust_names_a_service_of_nobodys": lambda w: trust_also(w, Principal=EC2),
}

ENTER_PERHAPS: Cases = {
    "another_user_writes_the_roles_trust": lambda w: somebody(w, allow("iam:UpdateAssumeRolePolicy", w.role_arn)),
}

HAND_OVER: Cases = {
    "another_user_hands_the_role_to_a_function": may("iam:PassRole", "lambda:CreateFunction"),
    "another_role_hands_the_role_to_a_function": lambda w: role(
        w, EC2, allow("iam:PassRole", w.role_arn), allow("lambda:UpdateFunctionConfiguration", "*")
    ),
    "another_user_writes_the_code_of_functions": may("lambda:UpdateFunctionCode"),
}

#: Services of which it is known what starts something there, and one of which it is not.
HAND_OVER_TO: tuple[tuple[str, Cases], ...] = (
    (
        "transfer.amazonaws.com",
        {"another_user_hands_the_role_to_a_user_of_a_server": may("iam:PassRole", "transfer:CreateUser")},
    ),
    (
        "batchoperations.s3.amazonaws.com",
        {"another_user_hands_the_role_to_a_batch_of_operations": may("iam:PassRole", "s3:CreateJob")},
    ),
    (
        "scheduler.amazonaws.com",
        {"another_user_hands_the_role_to_a_schedule": may("iam:PassRole", "scheduler:CreateSchedule")},
    ),
    (
        "mediaconvert.amazonaws.com",
        {"another_user_hands_the_role_to_a_service_that_nobody_knows": may("iam:PassRole")},
    ),
)

BECOME: Cases = {
    "another_user_makes_keys_for_the_user": lambda w: somebody(w, allow("iam:CreateAccessKey", w.user_arn)),
    "another_user_gives_the_user_a_password": lambda w: somebody(w, allow("iam:CreateLoginProfile", w.user_arn)),
    "another_user_changes_the_users_password": lambda w: somebody(w, allow("iam:UpdateLoginProfile", w.user_arn)),
    "another_role_makes_keys_for_anybody": lambda w: role(w, EC2, allow("iam:CreateAccessKey", "*")),
    "a_group_makes_keys": lambda w: joins(w, allow("iam:CreateAccessKey", "*")),
}

GET_BEYOND: Cases = {
    "another_role_lets_the_user_in": lambda w: role(w, {"AWS": w.user_arn}),
    "another_role_leaves_it_to_the_account_and_the_user_may": lambda w: (
        role(w, {"AWS": f"arn:aws:iam::{w.emulator.account}:root"}),
        w.give_user(allow("sts:AssumeRole", "*")),
    ),
    "the_user_may_use_queues": lambda w: w.give_user(QUEUES),
    "the_users_group_may_use_queues": lambda w: group(w, QUEUES, members=(w.user,)),
    "the_role_may_use_queues": lambda w: w.set_permissions(QUEUES, "more"),
    "the_role_reads_another_place": lambda w: permissions_with(w, "Read", Resource=objects(w, "*")),
}

BY_THE_KEY: Cases = {
    "another_user_reads_and_has_the_key": lambda w: somebody(w, in_the_place(w), allow("kms:Decrypt", "*")),
    "another_user_reads_and_is_granted_the_key": granted_the_key,
}

WITHOUT_THE_KEY: Cases = {"another_user_reads_and_has_not_the_key": here("s3:GetObject")}

NOT_HERE: Cases = {
    "nobody_else_is_there": lambda w: None,
    "another_user_reads_another_bucket": lambda w: somebody(w, allow("s3:*", "arn:aws:s3:::another/*")),
    "another_user_reads_a_bucket_that_begins_alike": lambda w: somebody(
        w, allow("s3:*", [f"{bucket(w)}-archive", f"{bucket(w)}-archive/*"])
    ),
    "another_user_reads_beside_the_place": lambda w: somebody(w, allow("s3:GetObject", objects(w, "teams/*"))),
    "another_user_lists_beside_the_place": lambda w: somebody(
        w, allow("s3:ListBucket", bucket(w), Condition={"StringLike": {"s3:prefix": "sales/*"}})
    ),
    "another_user_is_not_named_like_the_place": lambda w: somebody(
        w, allow("s3:GetObject", objects(w, "${aws:username}/*"))
    ),
    "another_user_is_denied_the_bucket": lambda w: somebody(
        w, allow("s3:*", "*"), deny("s3:*", [bucket(w), objects(w)])
    ),
    "the_buckets_policy_denies_another_user": lambda w: bucket_also(
        w, Effect="Deny", Principal={"AWS": somebody(w, in_the_place(w))}, Action="s3:*"
    ),
    "another_boundary_leaves_queues_alone": lambda w: bounded(w, QUEUES),
    "another_boundary_cannot_be_taken_off": lambda w: bounded(w, allow("iam:PutUserPolicy", "*")),
    "whom_we_know_of_may_do_anything": lambda w: w.iam.put_user_policy(
        UserName=KNOWN, PolicyName="more", PolicyDocument=json.dumps(ANYTHING)
    ),
    "a_policy_that_reads_is_nobodys": lambda w: w.managed_policy(in_the_place(w)),
    "a_version_that_reads_is_not_in_force": lambda w: has(w, in_versions(w, QUEUES, in_the_place(w), switched=False)),
    "a_group_that_reads_has_no_member": lambda w: group(w, in_the_place(w)),
    "another_user_makes_access_points_which_the_bucket_does_not_let_in": lambda w: makes_points(w, by_the_bucket=False),
    "an_access_point_lets_nobody_in": lambda w: make_access_point(w.emulator, w.bucket, f"door-{w.tag}"),
    "another_role_trusts_somebody_else": lambda w: role(w, {"AWS": somebody(w)}, QUEUES),
    "another_role_trusts_a_service_where_all_is_surveyed": lambda w: role(w, EC2, QUEUES),
    "another_user_may_assume_what_lets_it_in": may("sts:AssumeRole"),
    "another_user_makes_its_own_keys": lambda w: somebody(
        w, allow("iam:CreateAccessKey", f"arn:aws:iam::{w.emulator.account}:user/somebody")
    ),
    "another_user_changes_yet_another": lambda w: somebody(
        w, allow("iam:PutUserPolicy", f"arn:aws:iam::{w.emulator.account}:user/yet-another")
    ),
    "another_user_writes_another_roles_trust": lambda w: somebody(
        w, allow("iam:UpdateAssumeRolePolicy", f"{w.role_arn}-of-others")
    ),
    "another_user_hands_the_role_to_nobody": may("iam:PassRole", "lambda:CreateFunction", "ec2:RunInstances"),
    "another_boundary_is_another_policy_than_it_may_write": lambda w: bounded(
        w, allow("iam:*", "*"), allow(["s3:*", "iam:CreatePolicyVersion"], f"{bucket(w)}*")
    ),
    "another_user_takes_away_another_policy_than_the_one_that_denies": lambda w: somebody(
        w, in_the_place(w), deny("s3:*", "*"), allow(["iam:DetachUserPolicy", "iam:DeleteGroupPolicy"], "*")
    ),
    "a_member_leaves_another_group_than_the_one_that_denies": lambda w: leaves(
        w, f"arn:aws:iam::{w.emulator.account}:group/another"
    ),
    "another_user_takes_away_a_policy_and_has_none_that_reads": lambda w: somebody(
        w, deny("s3:*", "*"), allow(["iam:DeleteUserPolicy", "s3:DeleteBucketPolicy"], "*")
    ),
    "another_user_takes_away_the_policy_of_another_bucket": lambda w: denied_by_the_bucket(
        w, allow("s3:DeleteBucketPolicy", "arn:aws:s3:::another")
    ),
    "another_role_is_bounded": bounded_role,
    "another_user_has_objects_copied_by_no_role": may("s3:PutReplicationConfiguration"),
    "another_user_writes_lists_that_do_not_count": may("s3:PutObjectAcl", "s3:PutBucketAcl"),
    "another_user_sees_uploads_of_another_bucket": lambda w: somebody(
        w, allow("s3:ListBucketMultipartUploads", "arn:aws:s3:::another")
    ),
    "another_user_sees_uploads_by_a_prefix_that_no_request_has": lambda w: somebody(
        w, allow("s3:ListBucketMultipartUploads", bucket(w), Condition={"StringLike": {"s3:prefix": "team/*"}})
    ),
    "another_user_reads_versions_beside_the_place": lambda w: somebody(
        w, allow("s3:GetObjectVersion", objects(w, "teams/*"))
    ),
    "another_user_reads_settings": may("s3:GetBucketPolicy", "s3:GetBucketTagging", "iam:List*", "iam:Get*"),
}

AGREED: Cases = {"an_agreed_role_lets_the_user_in": lambda w: role(w, {"AWS": w.user_arn}, name="agreed")}

NOT_HANDED_OVER: Cases = {
    "a_function_alone_has_the_role": lambda w: None,
    "another_user_hands_roles_over_and_starts_nothing": may("iam:PassRole"),
    "another_user_calls_functions": may("lambda:InvokeFunction", "lambda:Get*", "lambda:List*"),
    "another_user_hands_the_role_to_machines": may("iam:PassRole", "ec2:RunInstances"),
    "another_user_hands_another_role_to_a_function": lambda w: somebody(
        w, allow("iam:PassRole", f"{w.role_arn}-of-others"), allow("lambda:CreateFunction", "*")
    ),
}

THE_KEY_ALONE: Cases = {
    "the_key_encrypts_as_agreed": lambda w: None,
    "another_user_has_the_key_and_reads_nothing": may("kms:Decrypt"),
}

Survey = Mapping[str, str]

#: What the verdict is, what each list of the survey finds, the contract, and the cases.
ROWS: tuple[tuple[str, Survey, Json, Cases], ...] = (
    (EXCESS, {REACHES: EXCESS}, {}, REACH),
    (UNTOLD, {REACHES: UNTOLD}, {}, REACH_PERHAPS),
    (UNTOLD, {REACHES: UNTOLD, ENTERS: UNTOLD, BECOMES: UNTOLD}, {}, GIVE_THEMSELVES),
    (UNTOLD, {REACHES: UNTOLD}, {}, TAKE_AWAY),
    (EXCESS, {ENTERS: UNTOLD}, {}, ENTER_BY_CHANGING),
    (EXCESS, {REACHES: UNTOLD}, {}, LEFT_TO_POINTS),
    (EXCESS, {}, {}, LEFT_TO_NO_POINTS),
    (EXCESS, {ENTERS: EXCESS}, {}, ENTER),
    (UNTOLD, {ENTERS: UNTOLD}, {}, ENTER_PERHAPS),
    (UNTOLD, {ENTERS: UNTOLD}, OF_LAMBDA, HAND_OVER),
    *((UNTOLD, {ENTERS: UNTOLD}, {"trusted": [{"service": service}]}, cases) for service, cases in HAND_OVER_TO),
    (EXCESS, {BECOMES: EXCESS}, {}, BECOME),
    (EXCESS, {BEYOND: EXCESS}, {}, GET_BEYOND),
    (EXCESS, {REACHES: EXCESS}, BY_A_KEY, BY_THE_KEY),
    (UNTOLD, {REACHES: UNTOLD}, BY_A_KEY, WITHOUT_THE_KEY),
    (EXCESS, {REACHES: EXCESS, BEYOND: EXCESS}, {}, {"the_user_reads": lambda w: w.give_user(in_the_place(w))}),
    (
        EXCESS,
        {BEYOND: EXCESS, REACHES: UNTOLD, BECOMES: UNTOLD},
        {},
        {"the_user_writes_its_own_policies": user_changes_itself},
    ),
    (
        EXCESS,
        {REACHES: EXCESS, ENTERS: UNTOLD, BECOMES: EXCESS},
        {},
        {
            "another_user_may_do_anything": lambda w: somebody(w, ANYTHING),
            "another_users_boundary_is_taken_off": boundary_taken_off,
            "a_group_of_administrators_has_a_member": lambda w: joins(w, ANYTHING),
        },
    ),
    (
        EXCESS,
        {REACHES: UNTOLD, ENTERS: UNTOLD, BECOMES: EXCESS},
        {},
        {"another_user_may_do_anything_in_iam": may("iam:*")},
    ),
    (HARMLESS, {}, {}, NOT_HERE),
    (HARMLESS, {}, {"other_roles": ["agreed"]}, AGREED),
    (HARMLESS, {}, OF_LAMBDA, NOT_HANDED_OVER),
    (HARMLESS, {}, BY_A_KEY, THE_KEY_ALONE),
)

OF_OTHERS = [
    Mutation(name, kind, apply, contract, survey)
    for kind, survey, contract, cases in ROWS
    for name, apply in cases.items()
]
