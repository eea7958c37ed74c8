# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Of each action the surest way counts: that one is certain hides no other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import (
    USER,
    Account,
    Policy,
    Principal,
)
from ansible_collections.assumerole.s3.plugins.module_utils._survey.reaching import reaches
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import AccessPoint, Bucket, Scene

Json = dict[str, Any]

ACCOUNT = "123456789012"
ANNA, OTHER = f"arn:aws:iam::{ACCOUNT}:user/anna", "arn:aws:iam::210987654321:root"
POINT = f"arn:aws:s3:eu-west-1:{ACCOUNT}:accesspoint/guests"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/00000000-0000-4000-8000-000000000000"
LIST, READ, WRITE, DELETE = "s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"
CERTAIN, PERHAPS, ITSELF = "certain", "under_conditions", "can_grant_itself"


def allow(action: Any, resource: Any = "*", **more: Any) -> Json:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def policy(*statements: Json) -> Policy:
    return Policy.of("a policy", {"Statement": list(statements)})


BY_POINTS = {"Condition": {"StringEquals": {"s3:DataAccessPointAccount": ACCOUNT}}}
DELEGATED = allow("s3:*", ["arn:aws:s3:::b", "arn:aws:s3:::b/*"], Principal="*", **BY_POINTS)
FROM_A_NETWORK = {"Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}
ANNAS, OTHERS = {"AWS": ANNA}, {"AWS": OTHER}


def scene(point: Json, *own: Json, key: Policy | None = None) -> Scene:
    """An access point that lets somebody in, and what Anna may herself."""
    terms = {"user": "partner", "role": "exchange", "bucket": "b", **({"kms_key": KEY} if key else {})}
    bucket = Bucket(policy(DELEGATED), access_points=(AccessPoint(POINT, policy(point)),))
    anna = Principal(ANNA, USER, "AIDAANNA", (policy(*own),))
    contract = replace(Contract.of(terms), dns_suffix="amazonaws.com")
    return Scene(contract, ACCOUNT, "aws", Account((anna,)), {"b": bucket}, key=key)


def found(*given: Any, **more: Any) -> dict[str, list[str]]:
    """The actions, by how sure they are."""
    return {one.certainty: list(one.actions) for one in reaches(scene(*given, **more))}


def by_the_point(*actions: str, principal: Json | None = None) -> Json:
    return allow(list(actions), f"{POINT}/object/*", Principal=principal or ANNAS)


@pytest.mark.parametrize(
    ("point", "own", "ways"),
    [
        (by_the_point(READ, WRITE), [allow(LIST)], {CERTAIN: [LIST, READ, WRITE]}),
        (by_the_point(READ), [allow(READ, **FROM_A_NETWORK)], {CERTAIN: [READ]}),
        ({**by_the_point(READ), **FROM_A_NETWORK}, [allow(READ)], {CERTAIN: [READ]}),
        (by_the_point(WRITE), [allow(READ, **FROM_A_NETWORK)], {CERTAIN: [WRITE], PERHAPS: [READ]}),
        (by_the_point(READ), [allow("s3:PutBucketPolicy")], {CERTAIN: [READ], ITSELF: ["s3:PutBucketPolicy"]}),
        (by_the_point(READ), [allow("iam:PutUserPolicy")], {CERTAIN: [READ], ITSELF: ["iam:PutUserPolicy"]}),
        (by_the_point(READ), [allow([LIST, WRITE, DELETE, "iam:*"])], {CERTAIN: [LIST, WRITE, DELETE, READ]}),
    ],
)
def test_the_surest_way_is_told_and_what_is_lacking_may_be_granted(
    point: Json, own: list[Json], ways: dict[str, list[str]]
) -> None:
    told = found(point, *own)
    assert {name: sorted(actions) for name, actions in told.items()} == {
        name: sorted(actions) for name, actions in ways.items()
    }


def test_who_may_do_it_all_has_nothing_to_grant_himself() -> None:
    told = found(by_the_point(READ), allow(["s3:*", "iam:*"]))
    assert set(told) == {CERTAIN}
    assert {LIST, READ, WRITE, DELETE} <= set(told[CERTAIN])


KEY_FOR_OTHERS = policy(allow("kms:Decrypt", Principal=OTHERS))
KEY_FOR_ANNA = policy(allow("kms:Decrypt", Principal=ANNAS))


@pytest.mark.parametrize(
    ("principal", "key", "certainty"),
    [
        (ANNAS, KEY_FOR_ANNA, CERTAIN),
        (ANNAS, KEY_FOR_OTHERS, PERHAPS),
        (OTHERS, KEY_FOR_OTHERS, CERTAIN),
        (OTHERS, KEY_FOR_ANNA, PERHAPS),
    ],
)
def test_the_key_counts_by_an_access_point_too(principal: Json, key: Policy, certainty: str) -> None:
    assert found(by_the_point(READ, principal=principal), key=key) == {certainty: [READ]}


@pytest.mark.parametrize(("key", "certainty"), [(KEY_FOR_OTHERS, CERTAIN), (KEY_FOR_ANNA, PERHAPS)])
def test_the_key_counts_for_other_accounts(key: Policy, certainty: str) -> None:
    there = scene(by_the_point(LIST), key=key)
    bucket = Bucket(policy(allow(READ, "arn:aws:s3:::b/*", Principal=OTHERS)))
    shown = reaches(replace(there, buckets={"b": bucket}))
    assert [(one.principal, one.certainty) for one in shown] == [(OTHER, certainty)]
