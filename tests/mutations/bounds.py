# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways in which a contract's permissions boundary and its path can be wrong: widened, narrowed, and left right."""

from __future__ import annotations

import json
from typing import Any

from lab.checkout import Json
from lab.world import World
from mutations.catalogue import EXCESS, HARMLESS, MISSING, Mutation, trust_also, trust_with
from mutations.sound import NEW_BOUNDARY

BOUNDED: Json = {"permissions_boundary": NEW_BOUNDARY}
BELOW_A_PATH: Json = {"path": "/partners/"}


def boundary_is(world: World, *statements: Json) -> None:
    """The contract's boundary says this from now on."""
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    arn = world.contract.permissions_boundary
    world.iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(document), SetAsDefault=True)


def leave(action: Any, **more: Any) -> Json:
    """A statement of it."""
    return {"Effect": "Allow", "Action": action, "Resource": "*", **more}


def another(world: World, action: Any = "*") -> str:
    """A policy that is another boundary than the contract's, by ARN."""
    return world.managed_policy({"Version": "2012-10-17", "Statement": [leave(action)]})


def of_the_path(world: World, path: str = "/partners/") -> Json:
    """Whoever of the account is a user below the path."""
    return {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{world.emulator.account}:user{path}*"}}


OF_THE_BOUNDARY = {
    EXCESS: {
        "the_role_has_lost_its_boundary": lambda w: w.iam.delete_role_permissions_boundary(RoleName=w.role),
        "the_user_has_lost_its_boundary": lambda w: w.iam.delete_user_permissions_boundary(UserName=w.user),
        "the_role_has_another_boundary": lambda w: w.iam.put_role_permissions_boundary(
            RoleName=w.role, PermissionsBoundary=another(w)
        ),
        "the_user_has_another_boundary": lambda w: w.iam.put_user_permissions_boundary(
            UserName=w.user, PermissionsBoundary=another(w)
        ),
    },
    MISSING: {
        "the_boundary_leaves_out_deleting": lambda w: boundary_is(
            w, leave(["s3:ListBucket", "s3:GetObject", "s3:PutObject", "sts:AssumeRole"])
        ),
        "the_boundary_leaves_other_buckets_alone": lambda w: boundary_is(
            w, leave(["s3:*", "sts:*"], Resource="arn:aws:s3:::another/*")
        ),
        "the_boundary_denies_a_deeper_folder": lambda w: boundary_is(
            w,
            leave("*"),
            {**leave("s3:GetObject"), "Effect": "Deny", "Resource": f"arn:aws:s3:::{w.bucket}/team/reports/*"},
        ),
        "the_boundary_denies_assuming": lambda w: boundary_is(
            w, leave("*"), {**leave("sts:AssumeRole"), "Effect": "Deny"}
        ),
    },
    HARMLESS: {
        "the_boundary_is_as_agreed": lambda w: None,
        "the_boundary_leaves_no_more_than_the_contract": lambda w: boundary_is(
            w, *w.permissions()["Statement"], leave("sts:AssumeRole")
        ),
        "the_boundary_denies_what_nobody_is_given": lambda w: boundary_is(
            w, leave("*"), {**leave(["iam:*", "s3:DeleteBucket"]), "Effect": "Deny"}
        ),
    },
}

OF_THE_PATH = {
    EXCESS: {
        "all_users_of_the_path_are_trusted": lambda w: trust_also(w, Principal="*", Condition=of_the_path(w)),
        "all_users_of_paths_that_begin_alike_are_trusted": lambda w: trust_also(
            w, Principal="*", Condition=of_the_path(w, "/partners*")
        ),
    },
    MISSING: {
        "a_user_of_the_path_is_denied": lambda w: trust_also(w, Effect="Deny", Principal="*", Condition=of_the_path(w)),
        "the_trusted_user_has_no_path": lambda w: trust_with(
            w, Principal={"AWS": f"arn:aws:iam::{w.emulator.account}:user/{w.user}"}
        ),
    },
    HARMLESS: {
        "the_path_is_as_agreed": lambda w: None,
        "users_of_another_path_are_denied": lambda w: trust_also(
            w, Effect="Deny", Principal="*", Condition=of_the_path(w, "/staff/")
        ),
    },
}

OF_BOUNDS = [
    Mutation(name, kind, apply, contract)
    for cases_by_kind, contract in ((OF_THE_BOUNDARY, BOUNDED), (OF_THE_PATH, BELOW_A_PATH))
    for kind, cases in cases_by_kind.items()
    for name, apply in cases.items()
]
