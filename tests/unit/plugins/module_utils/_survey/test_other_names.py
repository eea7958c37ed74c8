# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who reads, writes, lists or deletes by another name, and who changes the bucket to get there."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import PERMISSIONS
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import (
    USER,
    Account,
    Policy,
    Principal,
)
from ansible_collections.assumerole.s3.plugins.module_utils._survey.opening import (
    A_ROLE_THAT_COPIES,
    BY_REPLICATION,
    OLD_LISTS,
)
from ansible_collections.assumerole.s3.plugins.module_utils._survey.other_names import COMES_TO
from ansible_collections.assumerole.s3.plugins.module_utils._survey.points import LET_BY_THE_BUCKET
from ansible_collections.assumerole.s3.plugins.module_utils._survey.reaching import reaches
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import AccessPoint, Bucket, Scene

Json = dict[str, Any]
Found = list[tuple[str, tuple[str, ...], tuple[str, ...]]]

ACCOUNT = "123456789012"
ANNA, OTHER = f"arn:aws:iam::{ACCOUNT}:user/anna", "arn:aws:iam::210987654321:role/copies"
BUCKET, PLACE = "arn:aws:s3:::b", "arn:aws:s3:::b/team/*"
CERTAIN, PERHAPS, ITSELF = "certain", "under_conditions", "can_grant_itself"
LIST, READ, WRITE, DELETE = "s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"
USUAL = [LIST, READ, WRITE, DELETE]
ACL, BUCKET_ACL, OWNERSHIP = "s3:PutObjectAcl", "s3:PutBucketAcl", "s3:PutBucketOwnershipControls"
COPIES, HANDING, INVENTORY = "s3:PutReplicationConfiguration", "iam:PassRole", "s3:PutInventoryConfiguration"
CONTRACT = Contract.of({"user": "partner", "role": "exchange", "bucket": "b", "prefix": "team/"})


def allow(action: Any, resource: Any = "*", **more: Any) -> Json:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> Json:
    return {**allow(action, resource, **more), "Effect": "Deny"}


def policy(*statements: Json) -> Policy:
    return Policy.of("a policy", {"Statement": list(statements)})


def found(*own: Json, bucket: Bucket | None = None) -> Found:
    """How sure, which actions, and under which conditions; of Anna, or of whom the bucket lets in."""
    accounts = Account((Principal(ANNA, USER, "AIDAANNA", (policy(*own),)),) if own else ())
    scene = Scene(CONTRACT, ACCOUNT, "aws", accounts, {"b": bucket or Bucket()})
    return [(one.certainty, one.actions, one.conditions) for one in reaches(scene)]


def one(certainty: str, *actions: str, if_: str = "") -> Found:
    return [(certainty, actions, (if_,) if if_ else ())]


@pytest.mark.parametrize(
    ("own", "told"),
    [
        (allow("s3:GetObjectVersion"), one(CERTAIN, "s3:GetObjectVersion")),
        (allow("s3:DeleteObjectVersion", PLACE), one(CERTAIN, "s3:DeleteObjectVersion")),
        (allow("s3:ListBucketVersions", BUCKET), one(CERTAIN, "s3:ListBucketVersions")),
        (allow("s3:ListBucketMultipartUploads", BUCKET), one(CERTAIN, "s3:ListBucketMultipartUploads")),
        (allow("s3:PutLifecycleConfiguration", BUCKET), one(CERTAIN, "s3:PutLifecycleConfiguration")),
        (allow("s3:GetObjectVersion", f"{BUCKET}/other/*"), []),
        (allow(["s3:GetObjectVersionTagging", "s3:GetObjectAcl", "s3:GetLifecycleConfiguration"]), []),
        (allow("s3:ReplicateObject"), one(PERHAPS, "s3:ReplicateObject", if_=BY_REPLICATION)),
        (allow("s3:ReplicateDelete"), one(PERHAPS, "s3:ReplicateDelete", if_=BY_REPLICATION)),
        (
            allow("s3:GetObjectVersionForReplication"),
            one(PERHAPS, "s3:GetObjectVersionForReplication", if_=BY_REPLICATION),
        ),
    ],
)
def test_another_name_is_told_as_it_is(own: Json, told: Found) -> None:
    assert found(own) == told


def test_no_prefix_limits_a_list_of_uploads() -> None:
    by_prefix = {"Condition": {"StringLike": {"s3:prefix": "team/*"}}}
    named = allow(["s3:ListBucketVersions", "s3:ListBucketMultipartUploads"], BUCKET, **by_prefix)
    assert found(named) == one(CERTAIN, "s3:ListBucketVersions")


def test_what_somebody_may_anyway_is_not_told_as_what_he_may_perhaps() -> None:
    from_a_network = {"Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}
    also = allow(["s3:*Version*", "s3:Replicate*", INVENTORY, "s3:PutBucketPolicy"], **from_a_network)
    assert found(allow(USUAL), also) == one(CERTAIN, *USUAL)
    told = [(certainty, actions) for certainty, actions, _if in found(allow([LIST, READ, DELETE]), also)]
    assert told == [
        (CERTAIN, (LIST, READ, DELETE)),
        (PERHAPS, ("s3:ReplicateObject",)),
        (PERHAPS, ("s3:PutBucketPolicy",)),
    ]


LISTS_COUNT = Bucket(lists_count=True)


@pytest.mark.parametrize(
    ("actions", "bucket", "told"),
    [
        ([INVENTORY], Bucket(), one(ITSELF, INVENTORY)),
        ([ACL, BUCKET_ACL, "s3:PutObjectVersionAcl"], Bucket(), []),
        ([ACL], LISTS_COUNT, one(ITSELF, ACL)),
        (["s3:PutObjectVersionAcl"], LISTS_COUNT, one(ITSELF, "s3:PutObjectVersionAcl")),
        ([BUCKET_ACL], LISTS_COUNT, one(ITSELF, BUCKET_ACL)),
        ([OWNERSHIP], LISTS_COUNT, []),
        ([OWNERSHIP], Bucket(), one(PERHAPS, OWNERSHIP, if_=OLD_LISTS)),
        ([OWNERSHIP, ACL], Bucket(), one(ITSELF, ACL, OWNERSHIP)),
        ([COPIES], Bucket(), []),
        ([HANDING], Bucket(), []),
        ([COPIES, HANDING], Bucket(), one(PERHAPS, COPIES, HANDING, if_=A_ROLE_THAT_COPIES)),
    ],
)
def test_who_changes_the_bucket_gets_there(actions: list[str], bucket: Bucket, told: Found) -> None:
    assert found(allow(actions), bucket=bucket) == told


def test_a_role_that_is_handed_to_another_service_copies_nothing() -> None:
    to = {"Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}
    assert found(allow(COPIES), allow(HANDING, **to)) == []


def test_what_somebody_has_already_no_change_of_the_bucket_gives() -> None:
    assert found(allow(READ), allow([COPIES, HANDING, ACL]), bucket=LISTS_COUNT) == one(CERTAIN, READ)


@pytest.mark.parametrize(
    ("action", "resource", "told"),
    [
        ("s3:GetObjectVersion", PLACE, one(CERTAIN, "s3:GetObjectVersion")),
        ("s3:ReplicateObject", PLACE, one(PERHAPS, "s3:ReplicateObject", if_=BY_REPLICATION)),
        ("s3:PutLifecycleConfiguration", BUCKET, one(CERTAIN, "s3:PutLifecycleConfiguration")),
        (ACL, PLACE, one(ITSELF, ACL)),
        # Whom a policy lets write it who is of another account, AWS does not.
        ("s3:PutBucketPolicy", BUCKET, []),
    ],
)
def test_other_accounts_have_other_names_too(action: str, resource: str, told: Found) -> None:
    lets = policy(allow(action, resource, Principal={"AWS": OTHER}))
    assert found(bucket=Bucket(lets, lists_count=True)) == told


def test_an_access_point_knows_the_other_names_and_has_no_settings() -> None:
    arn = f"arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/guests"
    lets = policy(allow("s3:*", [arn, f"{arn}/object/*"], Principal={"AWS": OTHER}))
    ((certainty, actions, conditions),) = found(bucket=Bucket(access_points=(AccessPoint(arn, lets),)))
    assert (certainty, conditions) == (PERHAPS, (LET_BY_THE_BUCKET,))
    assert set(actions) == {*USUAL, "s3:GetObjectVersion", "s3:DeleteObjectVersion"} | {
        "s3:ListBucketVersions",
        "s3:ListBucketMultipartUploads",
    }


def test_every_action_of_a_permission_that_the_usual_ones_come_to_is_among_the_names() -> None:
    assert set(PERMISSIONS["versions"].actions) <= set(COMES_TO)
