# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sound world that each mutation changes."""

from __future__ import annotations

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
