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


def sound(emulator: Emulator, **terms: Any) -> World:
    """A contract with all that can be wrong: a prefix, an external id, a forbidden bucket, and objects on each side."""
    tag = secrets.token_hex(4)
    if "grants" in terms:
        return _at_several_places(emulator, tag, terms)
    rich = {"prefix": "team/", "external_id": f"contract-{tag}", "forbidden_buckets": (f"forbidden-{tag}",)}
    world = World(emulator, {**rich, **terms}, tag).make()
    world.put(world.inside, world.beside)
    for bucket, key in world.theirs.items():
        world.put(key, bucket=bucket)
    return world


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
