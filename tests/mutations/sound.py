# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sound world that each mutation changes."""

from __future__ import annotations

import json
import secrets
from typing import Any

from lab.emulator import Emulator
from lab.world import World

#: Stands for a key of KMS that is made for the world.
NEW_KEY = "a new key"


def sound(emulator: Emulator, **terms: Any) -> World:
    """A contract with all that can be wrong: a prefix, an external id, a forbidden bucket, and objects on each side."""
    tag = secrets.token_hex(4)
    rich = {"prefix": "team/", "external_id": f"contract-{tag}", "forbidden_buckets": (f"forbidden-{tag}",)}
    if terms.get("kms_key") == NEW_KEY:
        terms["kms_key"] = emulator.new_key()
    world = World(emulator, {**rich, **terms}, tag).make()
    world.put(world.inside, world.beside)
    for bucket, key in world.theirs.items():
        world.put(key, bucket=bucket)
    return world


def shut(emulator: Emulator) -> None:
    """Let nobody into any role any more: one that lets everybody in is a finding for the account's next contract."""
    nobody = {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}]}
    for role in emulator.iam.list_roles()["Roles"]:
        if role["AssumeRolePolicyDocument"] != nobody:
            emulator.iam.update_assume_role_policy(RoleName=role["RoleName"], PolicyDocument=json.dumps(nobody))
