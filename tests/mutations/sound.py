# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sound world that each mutation changes."""

from __future__ import annotations

import json
import secrets
from typing import Any

from lab.checkout import Json
from lab.emulator import Emulator
from lab.world import World

#: Stand for a key of KMS, and for a policy that leaves everything to those whom it bounds, made for the world; and for
#: the organization that the account is in.
NEW_KEY, NEW_BOUNDARY, OWN_ORGANIZATION = "a new key", "a new boundary", "its own organization"


def sound(emulator: Emulator, **terms: Any) -> World:
    """A contract with all that can be wrong: a prefix, an external id, a forbidden bucket, and objects on each side."""
    tag = secrets.token_hex(4)
    terms = _made_for_it(emulator, tag, terms)
    if "grants" in terms:
        return _at_several_places(emulator, tag, terms)
    rich = {"prefix": "team/", "external_id": f"contract-{tag}", "forbidden_buckets": (f"forbidden-{tag}",)}
    world = World(emulator, {**rich, **terms}, tag).make()
    world.put(world.inside, world.beside)
    for bucket, key in world.theirs.items():
        world.put(key, bucket=bucket)
    return world


def _made_for_it(emulator: Emulator, tag: str, terms: Json) -> Json:
    """The terms with what they stand for."""
    makers = {
        NEW_KEY: emulator.new_key,
        NEW_BOUNDARY: lambda: _policy(emulator, f"bound-{tag}"),
        OWN_ORGANIZATION: lambda: emulator.client("organizations").describe_organization()["Organization"]["Id"],
    }
    stand_in = {name: makers[value]() for name, value in terms.items() if isinstance(value, str) and value in makers}
    return {**terms, **stand_in}


def _policy(emulator: Emulator, name: str) -> str:
    """A managed policy that allows anything, by ARN."""
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    made = emulator.iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document))
    return str(made["Policy"]["Arn"])


def _at_several_places(emulator: Emulator, tag: str, terms: Json) -> World:
    """Each with objects on both sides, and a place of another contract in the first bucket."""
    grants = [{**grant, "bucket": grant["bucket"].format(tag=tag)} for grant in terms["grants"]]
    first = grants[0]["bucket"]
    siblings = [{"bucket": first, "prefix": "sales/"}]
    world = World(emulator, {**terms, "bucket": first, "grants": grants}, tag, siblings=siblings).make()
    world.put_lying()
    return world


def shut(emulator: Emulator) -> None:
    """Nobody gets into any role of the account any more, so that none is a finding for the next contract."""
    nobody = {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}]}
    for role in emulator.iam.list_roles()["Roles"]:
        if role["AssumeRolePolicyDocument"] != nobody:
            emulator.iam.update_assume_role_policy(RoleName=role["RoleName"], PolicyDocument=json.dumps(nobody))
