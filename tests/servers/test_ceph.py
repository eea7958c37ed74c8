# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ceph's gateway, which makes users, keys and roles over its own API and judges by its own code.

Over plain HTTP a request there has no ``aws:SecureTransport`` at all, so the contract's denial of it does not apply.
So the probes alone verify no contract, and each case states all checks that do not pass. The life of a contract,
by the playbooks as people run them, asks nobody over plain HTTP, and what it makes is verified.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._checks.merge import merged
from lab.account import code_of
from lab.checkout import Json
from lab.emulator import Emulator
from lab.fixtures import nobodys_aws
from lab.home import config_file, credentials_file
from lab.play import Ran, ansible
from lab.reality import profiles
from lab.world import World
from servers.ceph import running
from servers.test_seaweedfs import (
    CASES,
    EXCESS,
    MISSING,
    Case,
    Change,
    bucket_policy_with,
    each,
    says,
    user_with,
    with_more,
)

__all__ = ["nobodys_aws"]

pytestmark = pytest.mark.ceph

#: What is found of every contract that lets the user into the role.
ALWAYS = each("plain_http")

#: What SeaweedFS finds of every contract, and Ceph of this one.
MORE = {"all-of-s3": each("role", "list_buckets")}


@pytest.fixture(scope="module")
def ceph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running(tmp_path_factory.mktemp("ceph")) as server:
        yield server


def expected(case: Case, checks: list[str]) -> dict[str, str]:
    """Whom a policy lets do nothing over TLS it lets do nothing without, either."""
    if case.ends_at:
        return case.expected(checks)
    found = {**ALWAYS, **case.found, **MORE.get(case.name, {})}
    cannot = {check.replace("role.", "plain_http.") for check, outcome in case.found.items() if outcome == MISSING}
    return {check: outcome for check, outcome in found.items() if check not in cannot}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_exactly_these_checks_do_not_pass(case: Case, ceph: Emulator) -> None:
    world = case.world(ceph)
    world.s3.create_bucket(Bucket=world.bucket)
    world.set_bucket_policy(world.bucket_document())
    world.iam.create_user(UserName=world.user)
    world.key = world.iam.create_access_key(UserName=world.user)["AccessKey"]
    world.iam.create_role(RoleName=world.role, AssumeRolePolicyDocument=json.dumps(case.trust(world)))
    world.set_permissions(case.permissions(world))
    world.put(world.inside, world.beside)
    case.change(world)

    result = world.probe()

    found = {check["id"]: check["outcome"] for check in result["checks"]}
    assert result["enforced"] is True
    assert {check: outcome for check, outcome in found.items() if outcome != "pass"} == expected(case, list(found))


# The life of a contract, one verb after the other: each test goes on where the one before it has ended.

#: How many checks there are of it by real calls, and by the configuration.
ASKED, READ = 24, 19


@dataclass
class Life:
    """One contract with a prefix, whose AWS files are in a home of its own."""

    home: Path
    world: World

    def play(self, verb: str, **more: Any) -> Ran:
        terms = {**self.world.values, "wait_timeout": 5, "report_dir": str(self.home), **more}
        variables = json.dumps({f"bucket_access_{name}": value for name, value in terms.items()})
        command = ("ansible-playbook", f"playbooks/{verb}.yml", "-e", variables)
        return ansible(*command, home=self.home, emulator=self.world.emulator)

    def verify(self) -> Json:
        """What the playbook has found."""
        ran = self.play("verify")
        found: Json = json.loads((self.home / "access-report.json").read_text())
        assert ran.code == (2 if found["verdict"] == "violated" else 0), ran.output[-3000:]
        return found

    def found(self) -> Json:
        """What is found without a playbook, which takes a third of the time."""
        self.world.put(self.world.beside)
        found = merged(self.world.check(outside_object=self.world.beside), self.world.audit())
        self.world.s3.delete_object(Bucket=self.world.bucket, Key=self.world.beside)
        return found

    def take_key(self) -> None:
        """The world goes on with the key that the profile holds."""
        profile = profiles(credentials_file(self.home))[self.world.user]
        self.world.key = {
            "AccessKeyId": profile["aws_access_key_id"],
            "SecretAccessKey": profile["aws_secret_access_key"],
        }

    def mend(self) -> None:
        """By hand, what a change by hand has made otherwise."""
        for name in self.world.iam.list_user_policies(UserName=self.world.user)["PolicyNames"]:
            self.world.iam.delete_user_policy(UserName=self.world.user, PolicyName=name)
        self.world.iam.update_role(RoleName=self.world.role, MaxSessionDuration=3600)
        self.world.set_trust(self.world.trust())
        self.world.set_permissions(self.world.permissions())
        self.world.set_bucket_policy(self.world.bucket_document())


@pytest.fixture(scope="module")
def life(ceph: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Life:
    return Life(tmp_path_factory.mktemp("life"), World(ceph, {"prefix": "team/"}, "of-life"))


def outcomes(checks: list[Json]) -> dict[str, str]:
    """The checks that do not pass."""
    return {check["id"]: check["outcome"] for check in checks if check["outcome"] != "pass"}


def as_it_should_be(world: World) -> Json:
    """User, role and bucket as the contract says."""
    return {
        "user": {
            "inline": [],
            "managed": [],
            "groups": [],
            "access_keys": ["Active"],
            "tags": [],
            "contract": world.role,
        },
        "role": {
            "trust": world.trust()["Statement"],
            "inline": [world.permissions()["Statement"]],
            "managed": [],
            "instance_profiles": [],
            "tags": [],
            "contract": world.role,
        },
        "bucket": {
            "public_access_block": dict.fromkeys(
                ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
            ),
            "ownership": ["BucketOwnerEnforced"],
            "encryption": ["AES256"],
            "policy": world.bucket_document()["Statement"],
            "tags": [],
            "contract": world.role,
            "objects": [],
        },
    }


def test_provision_makes_what_the_contract_says(life: Life) -> None:
    ran = life.play("provision")

    assert ran.code == 0, ran.output[-3000:]
    assert "plan: 5 to make, 0 to adopt, 0 to change, 0 to delete" in ran.output
    assert life.world.seen() == as_it_should_be(life.world)
    assert profiles(config_file(life.home))[f"profile {life.world.role}"]["role_arn"] == life.world.role_arn
    life.take_key()
    assert life.world.key_states() == {life.world.key["AccessKeyId"]: "Active"}


def test_provision_again_changes_nothing(life: Life) -> None:
    ran = life.play("provision")

    assert ran.code == 0, ran.output[-3000:]
    assert ran.recap["localhost"]["changed"] == 0
    assert life.world.seen() == as_it_should_be(life.world)


def assert_verified(found: Json) -> None:
    """By all checks that there are, asked and read."""
    assert outcomes(found["checks"]) == {}
    evidence = [check["evidence"] for check in found["checks"]]
    assert (found["verdict"], evidence.count("asked"), evidence.count("read")) == ("verified", ASKED, READ)


def test_verify_proves_it_and_leaves_nothing(life: Life) -> None:
    found = life.verify()

    assert_verified(found)
    assert found["caller"]["arn"] == life.world.user_arn
    assert life.world.seen() == as_it_should_be(life.world)


def permissions(*more: Json, without: str = "") -> Change:
    """The role's own policy, changed."""
    return lambda world: world.set_permissions(with_more(*more, without=without)(world))


def trusts_the_account(world: World) -> None:
    """Whoever of the account may assume roles may assume this one, too."""
    (allowed,) = world.trust()["Statement"]
    root = {"AWS": f"arn:aws:iam::{world.emulator.account}:root"}
    world.set_trust({**world.trust(), "Statement": [allowed, {**allowed, "Sid": "More", "Principal": root}]})


def trusts_another_user(world: World) -> None:
    """Beside the contract's."""
    (allowed,) = world.trust()["Statement"]
    other = {"AWS": [world.user_arn, world.iam.create_user(UserName=f"other-{world.user}")["User"]["Arn"]]}
    world.set_trust({**world.trust(), "Statement": [{**allowed, "Principal": other}]})


def reordered(world: World) -> None:
    """The same in other words."""
    document = world.permissions()
    document["Statement"].reverse()
    for statement in document["Statement"]:
        statement["Action"] = [statement["Action"], statement["Action"].lower()]
    world.set_permissions(document)
    (allowed,) = world.trust()["Statement"]
    world.set_trust({**world.trust(), "Statement": [dict(reversed({**allowed, "Action": ["sts:assumerole"]}.items()))]})


#: Changes by hand, and all that is then found.
BY_HAND: dict[str, tuple[Change, Json]] = {
    "the user has a policy": (
        user_with(**says("Allow", "s3:GetObject", "BUCKET/*")),
        {**each("user", "read"), "config.user.inline_policies": EXCESS},
    ),
    "the role has all of S3": (
        permissions(says("Allow", "s3:*", "*")),
        {
            **each("role.outside"),
            **each("role", "outside.list_all", "list_buckets", "bucket_policy"),
            "config.role.permissions": EXCESS,
        },
    ),
    "the role reads beside the prefix": (
        permissions(says("Allow", "s3:GetObject", "BUCKET/team*")),
        {**each("role.outside", "read"), "config.role.permissions": EXCESS},
    ),
    "the role does not read": (
        permissions(without="Read"),
        {"role.read": MISSING, "config.role.permissions": MISSING},
    ),
    "the trust policy names the account": (trusts_the_account, {"config.role.trust": EXCESS}),
    "the trust policy names another user": (trusts_another_user, {"config.role.trust": EXCESS}),
    "the role's sessions are longer": (
        lambda world: world.iam.update_role(RoleName=world.role, MaxSessionDuration=43200),
        {"trust.longer_session": EXCESS, "config.role.max_session_duration": EXCESS},
    ),
    "the bucket policy lets the user in": (
        bucket_policy_with(**says("Allow", "s3:GetObject", "BUCKET/*", Principal={"AWS": "USER"})),
        {**each("user", "read"), "config.bucket.policy": EXCESS},
    ),
    "the bucket policy lets nobody read": (
        bucket_policy_with(**says("Deny", "s3:GetObject", "BUCKET/*", Principal="*")),
        {"role.read": MISSING, "config.bucket.policy": MISSING},
    ),
    "the policies say the same in other words": (reordered, {}),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_a_change_by_hand_is_found_for_what_it_is(name: str, life: Life) -> None:
    change, expected = BY_HAND[name]
    change(life.world)

    try:
        found = life.found()
    finally:
        life.mend()

    assert outcomes(found["checks"]) == expected
    assert found["verdict"] == ("violated" if expected else "verified")
    assert life.world.seen() == as_it_should_be(life.world)


def test_drift_is_found_and_provision_mends_it(life: Life) -> None:
    for name in ("the user has a policy", "the trust policy names the account", "the role does not read"):
        BY_HAND[name][0](life.world)
    life.world.s3.delete_bucket_policy(Bucket=life.world.bucket)
    life.world.s3.delete_public_access_block(Bucket=life.world.bucket)

    found = life.verify()
    ran = life.play("provision")

    assert found["verdict"] == "violated"
    assert outcomes(found["checks"]) == {
        **each("user", "read"),
        "role.read": MISSING,
        "config.user.inline_policies": EXCESS,
        "config.role.trust": EXCESS,
        "config.role.permissions": MISSING,
        "config.bucket.policy": EXCESS,
        "config.bucket.public_access": EXCESS,
    }
    assert ran.code == 0, ran.output[-3000:]
    assert life.world.seen() == as_it_should_be(life.world)


def test_rotate_gives_another_key_and_the_first_gets_nobody_in(life: Life) -> None:
    old, asks_as_before = life.world.key["AccessKeyId"], life.world.as_user("sts")

    ran = life.play("rotate")

    assert ran.code == 0, ran.output[-3000:]
    life.take_key()
    assert life.world.key_states() == {old: "Inactive", life.world.key["AccessKeyId"]: "Active"}
    assert (
        code_of(asks_as_before.assume_role, RoleArn=life.world.role_arn, RoleSessionName="again")
        == "InvalidClientTokenId"
    )


def test_verify_proves_it_with_the_new_key(life: Life) -> None:
    assert_verified(life.verify())


def test_a_session_is_the_role_and_no_more(life: Life) -> None:
    path = life.home / "session.json"

    ran = life.play("session", session_json_file=str(path))

    assert ran.code == 0, ran.output[-3000:]
    opened = json.loads(path.read_text())
    keys = [opened[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")]
    s3 = life.world.emulator.client("s3", *keys)
    for call in (s3.put_object, s3.get_object, s3.delete_object):
        assert code_of(call, Bucket=life.world.bucket, Key=life.world.inside) == "OK"
    assert code_of(s3.put_object, Bucket=life.world.bucket, Key=life.world.beside) == "AccessDenied"
    assert code_of(s3.list_objects_v2, Bucket=life.world.bucket) == "AccessDenied"


def test_teardown_leaves_nothing(life: Life) -> None:
    ran = life.play("teardown")

    assert ran.code == 0, ran.output[-3000:]
    assert life.world.left() == []
    assert life.world.bucket not in [bucket["Name"] for bucket in life.world.s3.list_buckets()["Buckets"]]
    assert profiles(credentials_file(life.home)) == {}
    assert profiles(config_file(life.home)) == {}


def test_what_is_not_cephs_own_answer_is_for_nobody_who_may_not_ask(ceph: Emulator) -> None:
    """A wrong secret, a made-up key, and a user who asks for what is the root user's to ask."""
    world = World(ceph, {}, "of-nobody")
    world.iam.create_user(UserName=world.user)
    world.key = world.iam.create_access_key(UserName=world.user)["AccessKey"]

    assert world.as_user("sts").get_caller_identity()["Arn"] == world.user_arn
    assert code_of(world.as_user("iam").list_user_tags, UserName=world.user) == "AccessDenied"
    wrong = ceph.client("sts", world.key["AccessKeyId"], "a-wrong-secret-EXAMPLE")
    made_up = ceph.client("sts", "AKIANOBODYEXAMPLE000", "a-wrong-secret-EXAMPLE")
    assert [code_of(asks.get_caller_identity) for asks in (wrong, made_up)] == ["InvalidClientTokenId"] * 2
