# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways in which access can be wrong where a contract has several places: widened, narrowed, and left right.

Two places are in the first bucket, where another contract has one, too; the third is the whole second bucket.
"""

from __future__ import annotations

from collections.abc import Callable
import json
from typing import Any

from lab.checkout import Json
from lab.world import World
from mutations.catalogue import (
    EXCESS,
    HARMLESS,
    MISSING,
    Mutation,
    allow,
    deny,
    permissions_with,
    permissions_without,
)
from mutations.sound import NEW_KEY

SEVERAL: Json = {
    "grants": [
        {"bucket": "first-{tag}", "prefix": "team/", "permissions": ["list", "read"]},
        {"bucket": "first-{tag}", "prefix": "drop/", "permissions": ["write"]},
        {"bucket": "second-{tag}", "permissions": ["list", "read", "write", "delete"]},
    ]
}


def first(world: World, pattern: str = "") -> str:
    """The ARN of the first bucket, or of objects in it."""
    return f"arn:aws:s3:::first-{world.tag}{'/' if pattern else ''}{pattern}"


def second(world: World, pattern: str = "") -> str:
    """The same of the second."""
    return f"arn:aws:s3:::second-{world.tag}{'/' if pattern else ''}{pattern}"


def also(world: World, *statements: Json) -> None:
    """The contract's permissions policy with more statements."""
    document = world.permissions()
    document["Statement"] += statements
    world.set_permissions(document)


def give(action: str, resource: str, **more: Any) -> Json:
    """A statement that allows it."""
    statement: Json = allow(action, resource, **more)["Statement"][0]
    return statement


def policy_of_second(world: World, *statements: Json) -> None:
    """The second bucket's policy with more statements."""
    name = f"second-{world.tag}"
    document = json.loads(world.s3.get_bucket_policy(Bucket=name)["Policy"])
    document["Statement"] += statements
    world.s3.put_bucket_policy(Bucket=name, Policy=json.dumps(document))


def second_for_everybody(world: World) -> None:
    """It is open, and its policy lets everybody read."""
    world.s3.delete_public_access_block(Bucket=f"second-{world.tag}")
    policy_of_second(world, give("s3:GetObject", second(world, "*"), Principal="*"))


def listing(world: World) -> str:
    """The Sid of the statement by which the first bucket is listed."""
    found = [
        item for item in world.permissions()["Statement"] if item["Sid"].startswith("List") and "Condition" in item
    ]
    return str(found[0]["Sid"])


def one_statement_a_place(world: World) -> None:
    """The same, said at more length and in another order."""
    apart = [
        {**item, "Sid": f"S{number}x{index}", "Resource": resource}
        for number, item in enumerate(world.permissions()["Statement"])
        for index, resource in enumerate(item["Resource"] if isinstance(item["Resource"], list) else [item["Resource"]])
    ]
    world.set_permissions({"Version": "2012-10-17", "Statement": apart[::-1]})


WIDENED = {
    "the_write_of_one_place_is_given_at_another": lambda w: also(w, give("s3:PutObject", first(w, "team/*"))),
    "the_read_of_one_place_is_given_at_another": lambda w: also(w, give("s3:GetObject", first(w, "drop/*"))),
    "the_delete_of_one_bucket_is_given_in_another": lambda w: also(w, give("s3:DeleteObject", first(w, "drop/*"))),
    "a_permission_is_given_in_any_bucket": lambda w: also(w, give("s3:GetObject", "arn:aws:s3:::*/team/*")),
    "a_permission_is_given_in_buckets_that_begin_alike": lambda w: also(w, give("s3:GetObject", f"{first(w)}*/team/*")),
    "all_objects_of_the_first_bucket_can_be_read": lambda w: also(w, give("s3:GetObject", first(w, "*"))),
    "the_prefix_has_lost_its_slash": lambda w: also(w, give("s3:GetObject", first(w, "team*"))),
    "the_first_bucket_is_listed_without_a_condition": lambda w: also(w, give("s3:ListBucket", first(w))),
    "the_listing_also_has_the_other_places_prefix": lambda w: permissions_with(
        w, listing(w), Condition={"StringLike": {"s3:prefix": ["team/*", "drop/*"]}}
    ),
    "a_place_of_another_contract_can_be_read": lambda w: also(w, give("s3:GetObject", first(w, "sales/*"))),
    "a_place_of_another_contract_can_be_written_to": lambda w: also(w, give("s3:PutObject", first(w, "sales/*"))),
    "a_third_bucket_is_reached": lambda w: also(w, give("s3:GetObject", f"arn:aws:s3:::third-{w.tag}/*")),
    "the_policy_of_the_second_bucket_is_gone": lambda w: w.s3.delete_bucket_policy(Bucket=f"second-{w.tag}"),
    "public_access_to_the_second_bucket_is_open": lambda w: w.s3.delete_public_access_block(Bucket=f"second-{w.tag}"),
    "the_second_bucket_lets_the_user_in": lambda w: policy_of_second(
        w, give("s3:GetObject", second(w, "*"), Principal={"AWS": w.user_arn})
    ),
    "the_second_bucket_lets_anybody_in": second_for_everybody,
    "the_user_reads_in_the_second_bucket": lambda w: w.give_user(allow("s3:GetObject", second(w, "*"))),
}


def hidden_by_the_first_bucket(world: World) -> None:
    """The role may do away with the second bucket's policy, and the first bucket's denies what is not in the first."""
    also(world, give("s3:DeleteBucketPolicy", second(world)))
    document = json.loads(world.s3.get_bucket_policy(Bucket=f"first-{world.tag}")["Policy"])
    beyond = {"Action": "s3:*", "NotResource": [first(world), first(world, "*")]}
    document["Statement"].append({"Effect": "Deny", "Principal": "*", **beyond})
    world.s3.put_bucket_policy(Bucket=f"first-{world.tag}", Policy=json.dumps(document))


WIDENED["the_first_buckets_policy_hides_nothing_of_the_second"] = hidden_by_the_first_bucket

NARROWED = {
    "the_read_of_one_place_is_missing": lambda w: permissions_with(w, "Read", Resource=second(w, "*")),
    "the_read_of_the_other_bucket_is_missing": lambda w: permissions_with(w, "Read", Resource=first(w, "team/*")),
    "the_write_of_one_place_is_missing": lambda w: permissions_with(w, "Write", Resource=second(w, "*")),
    "the_listing_of_one_bucket_is_missing": lambda w: permissions_without(w, listing(w)),
    "the_delete_of_the_only_place_is_missing": lambda w: permissions_without(w, "Delete"),
    "the_listing_has_another_places_prefix_alone": lambda w: permissions_with(
        w, listing(w), Condition={"StringLike": {"s3:prefix": "drop/*"}}
    ),
    "the_second_bucket_keeps_the_role_out": lambda w: policy_of_second(
        w, {**deny("s3:GetObject", second(w, "*"))["Statement"][0], "Principal": {"AWS": w.role_arn}}
    ),
}

AS_AGREED = {
    "each_place_has_a_statement_of_its_own": one_statement_a_place,
    "a_place_is_named_twice": lambda w: also(w, give("s3:GetObject", first(w, "team/reports/*"))),
}

#: The same by a key of KMS, which the role uses as far as it reads and writes in these buckets.
BY_A_KEY: Json = {**SEVERAL, "kms_key": NEW_KEY}


def key_used_for(world: World, change: Callable[[list[str]], list[str]]) -> None:
    """For what the role may use the key, its buckets and places, is changed in both statements."""
    document = world.permissions()
    for statement in document["Statement"]:
        if statement["Sid"].endswith("ByTheKey"):
            told = statement["Condition"]["StringLike"]
            told["kms:EncryptionContext:aws:s3:arn"] = change(told["kms:EncryptionContext:aws:s3:arn"])
    world.set_permissions(document)


def encrypt_second(world: World, key: str = "") -> None:
    """The second bucket encrypts by another key, or by none of KMS."""
    world.encrypt_by(key, bucket=f"second-{world.tag}")


BY_A_KEY_TOO = {
    EXCESS: {
        "the_key_may_be_used_for_a_third_bucket": lambda w: key_used_for(
            w, lambda told: [*told, f"arn:aws:s3:::third-{w.tag}"]
        ),
        "the_key_may_be_used_for_a_place_of_another_contract": lambda w: key_used_for(
            w, lambda told: [*told, first(w, "sales/*")]
        ),
        "the_key_may_be_used_for_buckets_that_begin_alike": lambda w: key_used_for(
            w, lambda told: [*told, f"{second(w)}*"]
        ),
        "the_second_bucket_encrypts_by_another_key": lambda w: encrypt_second(w, w.emulator.new_key()),
        "the_second_bucket_encrypts_by_no_key_of_kms": encrypt_second,
    },
    MISSING: {
        "the_key_may_be_used_for_the_first_bucket_alone": lambda w: key_used_for(
            w, lambda told: [arn for arn in told if not arn.startswith(second(w))]
        ),
        "the_key_may_be_used_for_the_second_bucket_alone": lambda w: key_used_for(
            w, lambda told: [arn for arn in told if not arn.startswith(first(w))]
        ),
    },
    HARMLESS: {
        "both_buckets_encrypt_as_agreed": lambda w: None,
        "what_the_key_is_used_for_stands_in_another_order": lambda w: key_used_for(w, lambda told: told[::-1]),
    },
}

OF_PLACES = [
    Mutation(name, kind, apply, contract)
    for cases_by_kind, contract in (
        ({EXCESS: WIDENED, MISSING: NARROWED, HARMLESS: AS_AGREED}, SEVERAL),
        (BY_A_KEY_TOO, BY_A_KEY),
    )
    for kind, cases in cases_by_kind.items()
    for name, apply in cases.items()
]
