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
    given = (f"playbooks/{verb}.yml", "-e", json.dumps(values))
    shown = {"ANSIBLE_DEPRECATION_WARNINGS": "1"}
    return ansible("ansible-playbook", *given, home=home, emulator=world.emulator, **shown)


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


#: What no field takes, by its type; of those that must be given, nothing at all.
ILL_TYPED = {
    "bucket": None,
    "key_store": "cellar",
    "wait_timeout": "soon",
    "rotate_after_days": "some",
    "requests_per_second": 0,
    "audit": "maybe",
    "tags": "one",
    "forbidden_buckets": {"a": 1},
    "other_variables": {"a": 1},
    "report_dir": ["reports"],
    "permissions": ["fly"],
}


@pytest.mark.parametrize("verb", VERBS)
def test_what_cannot_be_used_is_named_by_every_verb_before_anything_is_asked(
    enforcing: Emulator, tmp_path: Path, verb: str
) -> None:
    before = len(enforcing.requests())
    ran = play(
        World(enforcing), verb, tmp_path, **{f"bucket_access_{name}": value for name, value in ILL_TYPED.items()}
    )
    assert ran.code == 2
    assert [name for name in ILL_TYPED if f"bucket_access_{name} " not in ran.sentence] == []
    assert "Traceback" not in ran.output
    assert len(enforcing.requests()) == before


@pytest.mark.parametrize(
    "name", ["bucket", "wait_timeout", "forbidden_buckets", "report_dir", "audit", "requests_per_second"]
)
def test_provision_refuses_each_of_them(enforcing: Emulator, tmp_path: Path, name: str) -> None:
    before = len(enforcing.requests())
    ran = play(World(enforcing), "provision", tmp_path, **{f"bucket_access_{name}": ILL_TYPED[name]})
    assert ran.code == 2
    assert f"bucket_access_{name}" in ran.sentence
    assert len(enforcing.requests()) == before


@pytest.mark.parametrize("verb", VERBS)
def test_what_must_be_given_is_named_in_one_sentence_and_no_specification_is_shown(
    enforcing: Emulator, tmp_path: Path, verb: str
) -> None:
    """Ansible's own judge answers with all that it knows of all variables, and keeps that of each host."""
    before = len(enforcing.requests())
    given = ("-e", json.dumps({"bucket_access_user": "partner-user", "bucket_access_bucket": "partner-bucket"}))
    ran = ansible("ansible-playbook", f"playbooks/{verb}.yml", *given, home=tmp_path, emulator=enforcing)
    assert ran.code == 2
    assert "bucket_access_role is empty: give it a value." in ran.sentence
    assert "argument_spec" not in ran.output
    assert len(enforcing.requests()) == before


def test_a_variable_of_ones_own_is_allowed_by_name(enforcing: Emulator, tmp_path: Path) -> None:
    own = {"bucket_access_owner_mail": "x@example.org", "bucket_access_other_variables": ["bucket_access_owner_mail"]}
    assert play(World(enforcing), "provision", tmp_path, **own).code == 0


def test_a_former_name_works_and_is_announced(enforcing: Emulator, tmp_path: Path) -> None:
    world = World(enforcing)
    credentials = tmp_path / ".aws" / "credentials"
    credentials.parent.mkdir(parents=True)
    credentials.write_text(f"[{world.user}]\naws_access_key_id = AKIAEXAMPLEEXAMPLE11\naws_secret_access_key = old\n")
    assert play(world, "provision", tmp_path, bucket_access_adopt_profile=False).code == 2
    assert "AKIAEXAMPLEEXAMPLE11" in credentials.read_text()
    ran = play(world, "provision", tmp_path, bucket_access_adopt_profile=True)
    assert ran.code == 0
    assert "AKIAEXAMPLEEXAMPLE11" not in credentials.read_text()
    assert "write bucket_access_adopt: [profile]" in " ".join((ran.stdout + ran.stderr).split())
