# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that are not this run's: a person's, another operator's, another contract's. None is deleted, or called lost."""

from __future__ import annotations

from configparser import RawConfigParser
import json
from pathlib import Path
import secrets

import pytest
import yaml

from lab.emulator import Emulator
from lab.home import credentials_file
from lab.play import Ran, ansible, finish, start
from lab.world import World

ANOTHER_RUN = "another run is making a key for {user} at this moment"
FATAL = """
- name: Contracts of which one fails
  hosts: contracts
  connection: local
  gather_facts: false
  any_errors_fatal: true
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  tasks:
    - name: The verb is done
      ansible.builtin.include_role:
        name: assumerole.s3.bucket_access
        tasks_from: "{{ verb }}"
"""


@pytest.fixture
def world(enforcing: Emulator) -> World:
    """Names that nobody uses yet."""
    return World(enforcing)


def options(world: World) -> list[str]:
    values = {**world.values, "wait_timeout": 10}
    return ["-e", json.dumps({f"bucket_access_{name}": value for name, value in values.items()})]


def play(world: World, verb: str, home: Path) -> Ran:
    return ansible("ansible-playbook", f"playbooks/{verb}.yml", *options(world), home=home, emulator=world.emulator)


def stored(home: Path, user: str) -> str:
    parser = RawConfigParser()
    parser.read(credentials_file(home))
    return parser.get(user, "aws_access_key_id", fallback="")


def test_a_key_that_a_person_makes_right_after_provision_stays_and_is_named(world: World, tmp_path: Path) -> None:
    assert play(world, "provision", tmp_path).code == 0
    ours = stored(tmp_path, world.user)
    by_hand = world.iam.create_access_key(UserName=world.user)["AccessKey"]["AccessKeyId"]

    again = play(world, "provision", tmp_path)
    assert again.code == 0
    assert not again.changed
    assert f"The key {by_hand} (active, made " in again.output
    assert world.key_states() == {ours: "Active", by_hand: "Active"}

    rotated = play(world, "rotate", tmp_path)
    assert rotated.code == 2
    assert f"has the key {by_hand} (active" in rotated.sentence
    assert world.key_states() == {ours: "Active", by_hand: "Active"}


def test_a_user_that_is_left_to_others_gets_no_key_and_loses_none(world: World, tmp_path: Path) -> None:
    world.iam.create_user(UserName=world.user)
    theirs = [world.iam.create_access_key(UserName=world.user)["AccessKey"]["AccessKeyId"] for _one in range(2)]
    world.terms["manage"] = ["role", "bucket"]
    ran = play(world, "provision", tmp_path)
    assert ran.code == 0, ran.output[-2000:]
    assert sorted(world.key_states()) == sorted(theirs)


def test_two_operators_at_once_leave_one_key_at_most_and_nobody_is_told_to_delete_it(
    world: World, tmp_path: Path
) -> None:
    homes = [tmp_path / "one", tmp_path / "other"]
    runs = [
        start("ansible-playbook", "playbooks/provision.yml", *options(world), home=home, aws=world.emulator.env)
        for home in homes
    ]
    ended = [finish(running) for running in runs]
    held = [key for home in homes if (key := stored(home, world.user))]
    assert sorted(world.key_states()) == sorted(held), [ran.sentence for ran in ended]
    assert len(held) <= 1

    again = [play(world, "provision", home) for home in homes]
    assert set(held) <= set(world.key_states())
    assert len(world.key_states()) == 1
    assert not any("besides" in ran.output for ran in [*ended, *again])


def test_a_request_of_a_run_that_lives_elsewhere_is_waited_for(world: World, tmp_path: Path) -> None:
    assert play(world, "provision", tmp_path).code == 0
    note = f"open 2999-01-01T00:00:00Z 00000000-1-00000000 {stored(tmp_path, world.user)}"
    world.iam.tag_user(UserName=world.user, Tags=[{"Key": "assumerole.s3/keys", "Value": note}])
    for verb in ("provision", "rotate"):
        ran = play(world, verb, tmp_path)
        assert ran.code == 2
        assert ANOTHER_RUN.format(user=world.user) in ran.sentence
    assert list(world.key_states()) == [stored(tmp_path, world.user)]


def test_a_users_key_that_leaked_stops_every_verb_but_rotate_and_teardown(world: World, tmp_path: Path) -> None:
    policy = "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV2"
    assert play(world, "provision", tmp_path).code == 0
    world.iam.attach_user_policy(UserName=world.user, PolicyArn=policy)
    for verb in ("provision", "verify", "session"):
        ran = play(world, verb, tmp_path)
        assert ran.code == 2
        assert "because a key of it was found in public" in ran.sentence
    assert play(world, "rotate", tmp_path).code == 0
    attached = world.iam.list_attached_user_policies(UserName=world.user)["AttachedPolicies"]
    assert [found["PolicyArn"] for found in attached] == [policy]
    assert play(world, "teardown", tmp_path).code == 0


@pytest.mark.parametrize("verb", ["main", "rotate"])
def test_another_contracts_failure_leaves_no_key_and_each_hears_why(
    verb: str, enforcing: Emulator, tmp_path: Path
) -> None:
    worlds = {name: World(enforcing, tag=f"{name}-{secrets.token_hex(3)}") for name in ("first", "second", "third")}
    hosts = {
        name: {
            **{f"bucket_access_{key}": value for key, value in world.values.items()},
            "bucket_access_wait_timeout": 5,
        }
        for name, world in worlds.items()
    }
    (tmp_path / "inventory.yml").write_text(yaml.safe_dump({"contracts": {"hosts": hosts}}))
    (tmp_path / "play.yml").write_text(FATAL)

    def run(named: str, operator: dict[str, str] | None = None) -> Ran:
        arguments = ("-i", str(tmp_path / "inventory.yml"), str(tmp_path / "play.yml"), "-e", f"verb={named}")
        return ansible("ansible-playbook", *arguments, home=tmp_path, emulator=enforcing, operator=operator)

    if verb == "rotate":
        assert run("main").code == 0
    ran = run(verb, operator_who_may_not_make_keys_of(worlds["second"]))
    assert ran.code == 2
    assert "is undefined" not in ran.output
    assert "The operator may not do this" in ran.output
    assert ran.output.count("Every contract of this play has stopped.") == 1
    assert "another contract's did it, as any_errors_fatal says: nothing of it was left half done" in ran.output
    for world in worlds.values():
        active = [key for key, status in world.key_states().items() if status == "Active"]
        assert active == [key for key in [stored(tmp_path, world.user)] if key]


def operator_who_may_not_make_keys_of(world: World) -> dict[str, str]:
    """Credentials of somebody who may do all but that."""
    name = f"operator-{world.tag}"
    deny = {"Effect": "Deny", "Action": "iam:CreateAccessKey", "Resource": f"*:user/{world.user}"}
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow, deny]})
    world.iam.create_user(UserName=name)
    world.iam.put_user_policy(UserName=name, PolicyName="all-but-keys", PolicyDocument=document)
    key = world.iam.create_access_key(UserName=name)["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}


def test_a_key_that_no_store_keeps_and_nobody_may_make_says_why_once(world: World, tmp_path: Path) -> None:
    values = {f"bucket_access_{name}": value for name, value in {**world.values, "key_store": "none"}.items()}
    command = ("playbooks/provision.yml", "-e", json.dumps({**values, "bucket_access_wait_timeout": 5}))
    operator = operator_who_may_not_make_keys_of(world)
    ran = ansible("ansible-playbook", *command, home=tmp_path, emulator=world.emulator, operator=operator)
    assert ran.code == 2
    assert ran.sentence.startswith("The operator may not do this (")
    assert ran.output.count("fatal: [") == 1
