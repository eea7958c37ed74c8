# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Teardown and what lies in the bucket: nothing is touched, or all that is the contract's goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lab.account import allow, code_of, new_account, operator_of
from lab.checkout import Env, Json
from lab.emulator import Emulator
from lab.home import write_profiles
from lab.play import Ran, ansible
from lab.world import World, provision

EVERYTHING = ["user", "role", "bucket"]
HAS_OBJECTS = "has objects, so nothing was taken down: empty it, or set bucket_access_force_destroy to true."


class Contract:
    """A provisioned contract in a home of its own."""

    def __init__(self, emulator: Emulator, home: Path, **terms: Any) -> None:
        self.world: World = provision(emulator, **terms)
        self.home = home
        write_profiles(home, self.world)

    def versioning(self, status: str) -> None:
        self.world.s3.put_bucket_versioning(Bucket=self.world.bucket, VersioningConfiguration={"Status": status})

    def versions(self) -> list[str]:
        """The ids of all versions and delete markers."""
        listed: Json = self.world.s3.list_object_versions(Bucket=self.world.bucket)
        return [entry["VersionId"] for kind in ("Versions", "DeleteMarkers") for entry in listed.get(kind, [])]

    def teardown(self, *arguments: str, operator: Env | None = None, **variables: Any) -> Ran:
        named = {f"bucket_access_{name}": value for name, value in {**self.world.values, **variables}.items()}
        given = [word for name, value in named.items() for word in ("-e", f"{name}={value}")]
        command = ("ansible-playbook", "playbooks/teardown.yml", *given, *arguments)
        return ansible(*command, home=self.home, emulator=self.world.emulator, operator=operator)


def both(contract: Contract, **variables: Any) -> tuple[Ran, Ran]:
    """What check mode says, and the run itself."""
    return contract.teardown("--check", **variables), contract.teardown(**variables)


def an_object(contract: Contract) -> None:
    contract.world.put("a")


def a_noncurrent_version(contract: Contract) -> None:
    contract.versioning("Enabled")
    contract.world.put("a", "a")


def only_a_delete_marker(contract: Contract) -> None:
    contract.versioning("Enabled")
    contract.world.s3.delete_object(Bucket=contract.world.bucket, Key="a")


def null_versions(contract: Contract) -> None:
    """Written before versioning, and hidden while it is suspended: two null versions and one with an id."""
    contract.world.put("a", "b")
    contract.versioning("Enabled")
    contract.world.put("a")
    contract.versioning("Suspended")
    contract.world.s3.delete_object(Bucket=contract.world.bucket, Key="a")
    contract.world.put("c")


CONTENTS = (an_object, a_noncurrent_version, only_a_delete_marker, null_versions)


@pytest.mark.parametrize("content", CONTENTS)
def test_a_bucket_with_anything_in_it_is_refused_before_anything_is_touched(
    enforcing: Emulator, tmp_path: Path, content: Any
) -> None:
    contract = Contract(enforcing, tmp_path)
    content(contract)
    for ran in both(contract):
        assert ran.code != 0
        assert ran.sentence == f"bucket_access_bucket: {contract.world.bucket} {HAS_OBJECTS}"
    assert contract.world.left() == EVERYTHING
    assert len(contract.world.key_states()) == 1
    assert contract.versions()


@pytest.mark.parametrize("content", CONTENTS)
def test_force_deletes_every_version_and_then_the_bucket(enforcing: Emulator, tmp_path: Path, content: Any) -> None:
    contract = Contract(enforcing, tmp_path)
    content(contract)
    checked, ran = both(contract, force_destroy=True)
    assert (checked.code, ran.code) == (0, 0), ran.output
    assert "plan: 0 to make, 0 to adopt, 0 to change, 4 to delete" in checked.output
    assert "plan: 0 to make, 0 to adopt, 0 to change, 4 to delete" in ran.output
    assert contract.world.left() == []


@pytest.mark.parametrize("beside", ["a", "team-secrets/a", "z"])
@pytest.mark.parametrize("force", [True, False])
def test_what_lies_outside_of_the_prefix_is_never_deleted(
    enforcing: Emulator, tmp_path: Path, beside: str, force: bool
) -> None:
    contract = Contract(enforcing, tmp_path, prefix="team")
    contract.world.put("team/ours", beside)
    for ran in both(contract, force_destroy=force):
        assert ran.code != 0
        assert f"has objects outside of team/ ({beside}), which are not the contract's" in ran.sentence
    assert contract.world.left() == EVERYTHING
    assert contract.world.objects() == sorted(["team/ours", beside])


def test_force_deletes_what_lies_below_the_prefix_and_then_the_bucket(enforcing: Emulator, tmp_path: Path) -> None:
    contract = Contract(enforcing, tmp_path, prefix="team")
    contract.versioning("Enabled")
    contract.world.put("team/a", "team/a")
    ran = contract.teardown(force_destroy=True)
    assert ran.code == 0, ran.output
    assert contract.world.left() == []


def test_a_bucket_that_was_taken_over_keeps_its_objects(enforcing: Emulator, tmp_path: Path) -> None:
    contract = Contract(enforcing, tmp_path)
    world = contract.world
    adopted = [*world.tags, {"Key": "assumerole.s3/adopted", "Value": "2026-01-01T00:00:00Z"}]
    world.s3.put_bucket_tagging(Bucket=world.bucket, Tagging={"TagSet": adopted})
    world.put("theirs")
    ran = contract.teardown(force_destroy=True)
    assert ran.code == 0, ran.output
    assert world.left() == ["bucket"]
    assert world.objects() == ["theirs"]
    assert code_of(world.s3.get_bucket_policy, Bucket=world.bucket) == "NoSuchBucketPolicy"


def test_what_cannot_be_listed_is_never_taken_for_empty(enforcing: Emulator, tmp_path: Path) -> None:
    contract = Contract(new_account(enforcing), tmp_path)
    contract.world.put("a")
    everything_else = allow("*")
    everything_else["Statement"].append({"Effect": "Deny", "Action": "s3:ListBucketVersions", "Resource": "*"})
    operator = operator_of(contract.world.emulator, [everything_else])
    ran = contract.teardown(operator=operator, force_destroy=True)
    assert ran.code != 0
    assert "The operator may not read what is there (s3:ListBucketVersions)" in ran.sentence
    assert contract.world.left() == EVERYTHING
