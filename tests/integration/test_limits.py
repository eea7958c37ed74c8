# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A contract with a path and a permissions boundary, for its whole life, and boundaries that it cannot have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lab.account import allow
from lab.emulator import Emulator
from lab.play import Ran, ansible
from lab.world import World

LEAVES_S3 = allow("s3:*")


class Bounded(World):
    """A contract at a path, within a boundary."""

    def boundary(self, document: Any = LEAVES_S3) -> str:
        name = f"delegated-{self.tag}"
        made = self.iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document))
        return str(made["Policy"]["Arn"])

    def play(self, verb: str, home: Path, **more: Any) -> Ran:
        values = {f"bucket_access_{name}": value for name, value in self.values.items()} | more
        given = (f"playbooks/{verb}.yml", "-e", json.dumps({"bucket_access_wait_timeout": 5, **values}))
        return ansible("ansible-playbook", *given, home=home, emulator=self.emulator)


@pytest.fixture
def world(enforcing: Emulator) -> Bounded:
    return Bounded(enforcing)


def test_a_contract_at_a_path_within_a_boundary_lives_its_whole_life(world: Bounded, tmp_path: Path) -> None:
    terms = {"bucket_access_path": "/partners/", "bucket_access_permissions_boundary": world.boundary()}
    assert world.play("provision", tmp_path, **terms).code == 0
    user, role = world.iam.get_user(UserName=world.user)["User"], world.iam.get_role(RoleName=world.role)["Role"]
    for one, kind in ((user, "user"), (role, "role")):
        assert f":{kind}/partners/" in one["Arn"]
        assert one["PermissionsBoundary"]["PermissionsBoundaryArn"] == terms["bucket_access_permissions_boundary"]
    assert user["Arn"] in json.dumps(role["AssumeRolePolicyDocument"])
    assert not world.play("provision", tmp_path, **terms).changed
    assert "verdict: verified" in world.play("verify", tmp_path, **terms).output
    assert world.play("rotate", tmp_path, **terms).code == 0
    assert "verdict: verified" in world.play("verify", tmp_path, **terms).output
    assert world.play("session", tmp_path, **terms).code == 0
    assert world.play("teardown", tmp_path, **terms).code == 0
    assert world.seen() == {"user": None, "role": None, "bucket": None}


@pytest.mark.parametrize("kind", ["user", "role"])
def test_a_boundary_that_was_taken_off_violates_the_contract(world: Bounded, tmp_path: Path, kind: str) -> None:
    terms = {"bucket_access_permissions_boundary": world.boundary()}
    assert world.play("provision", tmp_path, **terms).code == 0
    if kind == "user":
        world.iam.delete_user_permissions_boundary(UserName=world.user)
    else:
        world.iam.delete_role_permissions_boundary(RoleName=world.role)
    ran = world.play("verify", tmp_path, **terms)
    assert ran.code == 2
    assert f"The {kind}'s permissions boundary is not set, and the contract says" in ran.output
    assert world.play("provision", tmp_path, **terms).changed
    assert "verdict: verified" in world.play("verify", tmp_path, **terms).output


REFUSED = [
    (allow(["s3:ListBucket", "s3:GetObject"]), "leaves the role less than the contract"),
    (None, "there is no policy arn:aws:iam::"),
]


@pytest.mark.parametrize(("document", "reason"), REFUSED)
def test_what_cannot_be_the_boundary_is_refused_before_anything_is_made(
    world: Bounded, tmp_path: Path, document: Any, reason: str
) -> None:
    missing = f"arn:aws:iam::{world.emulator.account}:policy/missing-{world.tag}"
    ran = world.play(
        "provision", tmp_path, bucket_access_permissions_boundary=world.boundary(document) if document else missing
    )
    assert ran.code == 2
    assert reason in ran.sentence
    assert world.seen() == {"user": None, "role": None, "bucket": None}
