# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mistake in the variables is noticed by every verb before AWS is asked anything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lab.emulator import Emulator
from lab.play import Ran, ansible
from lab.world import World

VERBS = ("provision", "verify", "rotate", "session", "teardown")


def play(world: World, verb: str, home: Path, **more: object) -> Ran:
    values = {f"bucket_access_{name}": value for name, value in world.values.items()} | more
    return ansible(
        "ansible-playbook", f"playbooks/{verb}.yml", "-e", json.dumps(values), home=home, emulator=world.emulator
    )


@pytest.mark.parametrize("verb", VERBS)
def test_a_mistyped_prefix_stops_every_verb_before_anything_is_asked(
    enforcing: Emulator, tmp_path: Path, verb: str
) -> None:
    world = World(enforcing)
    before = len(enforcing.requests())
    ran = play(world, verb, tmp_path, bucket_access_prefx="acme/")
    assert ran.code == 2
    assert "bucket_access_prefx is unknown: did you mean bucket_access_prefix? If it is your own," in ran.sentence
    assert len(enforcing.requests()) == before
    assert not (tmp_path / ".aws" / "config").exists()


def test_a_variable_of_ones_own_is_allowed_by_name(enforcing: Emulator, tmp_path: Path) -> None:
    own = {"bucket_access_owner_mail": "x@example.org", "bucket_access_other_variables": ["bucket_access_owner_mail"]}
    assert play(World(enforcing), "provision", tmp_path, **own).code == 0
