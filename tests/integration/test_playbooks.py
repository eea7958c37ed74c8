# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks as people run them. One inventory host is one contract, so one run tries many situations."""

from __future__ import annotations

from collections.abc import Iterator
import json
from pathlib import Path
import re
import stat
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._keys.profiles import settings_of, with_section
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import (
    bucket_policy,
    permissions_policy,
    trust_policy,
)
from ansible_collections.assumerole.s3.plugins.module_utils._provision.marks import MARK
from lab.account import allow, code_of
from lab.checkout import Json
from lab.emulator import ACCOUNT, Emulator
from lab.home import config_file, credentials_file
from lab.play import PLAY, Ran, ansible
from lab.world import contract_of

#: Actions that change nothing, in the request log's words.
READS = re.compile(r"(Get|List|Head)\w+|(GET|HEAD) /.*")

FOREIGN_PROFILE = (
    "[stranger-user]\naws_access_key_id = AKIASTRANGEREXAMPLE\naws_secret_access_key = STRANGERSECRETEXAMPLE\n"
)
ADOPTED = contract_of(bucket="adopted-bucket", user="adopted-user", role="adopted-role")
HOSTS = ("adopted", "whole", "stranger", "only-user", "only-bucket", "only-profiles", "empty")


class Place:
    """A home, an inventory of contracts, and the emulator's operator."""

    def __init__(self, home: Path, emulator: Emulator) -> None:
        self.home = home
        self.emulator = emulator
        self.inventory = home / "inventory.json"
        hosts = {
            name: {
                "bucket_access_bucket": f"{name}-bucket",
                "bucket_access_user": f"{name}-user",
                "bucket_access_role": f"{name}-role",
                "bucket_access_wait_timeout": 5,
            }
            for name in HOSTS
        }
        hosts["adopted"]["bucket_access_adopt"] = ["user", "role", "bucket"]
        self.inventory.write_text(json.dumps({"contracts": {"hosts": hosts}}))

    @property
    def credentials(self) -> Path:
        return credentials_file(self.home)

    @property
    def config(self) -> Path:
        return config_file(self.home)

    def play(self, verb: str, limit: str, *arguments: str, **variables: Any) -> Ran:
        chosen = json.dumps({"bucket_access_hosts": "contracts", **variables})
        command = [f"playbooks/{verb}.yml", "-i", str(self.inventory), "-l", limit, "-e", chosen, *arguments]
        return ansible("ansible-playbook", *command, home=self.home, emulator=self.emulator)

    def run(self, playbook: str, **variables: Any) -> Ran:
        """A playbook without an inventory."""
        command = [playbook, "-e", json.dumps({"bucket_access_wait_timeout": 5, **variables})]
        return ansible("ansible-playbook", *command, home=self.home, emulator=self.emulator)

    def secrets(self) -> list[str]:
        return re.findall(r"aws_secret_access_key\s*=\s*(\S+)", self.credentials.read_text())

    def exists(self, name: str) -> dict[str, bool]:
        iam, s3 = self.emulator.iam, self.emulator.s3
        return {
            "user": code_of(iam.get_user, UserName=f"{name}-user") == "OK",
            "role": code_of(iam.get_role, RoleName=f"{name}-role") == "OK",
            "bucket": code_of(s3.head_bucket, Bucket=f"{name}-bucket") == "OK",
        }


NOTHING = {"user": False, "role": False, "bucket": False}
EVERYTHING = {"user": True, "role": True, "bucket": True}


@pytest.fixture(scope="module")
def place(enforcing: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    return Place(tmp_path_factory.mktemp("home"), enforcing)


# Before anything is touched.


def test_an_impossible_contract_is_one_sentence_before_any_request(place: Place) -> None:
    before = place.emulator.requests()
    ran = place.play("provision", "empty", bucket_access_bucket="No_Bucket")
    assert ran.code != 0
    assert "bucket_access_bucket is 'No_Bucket', not a bucket name" in ran.stdout
    assert place.emulator.requests() == before


@pytest.mark.parametrize("verb", ["provision", "teardown"])
def test_another_account_is_refused_before_anything_is_touched(place: Place, verb: str) -> None:
    before = len(place.emulator.requests())
    ran = place.play(verb, "empty", bucket_access_account_id="999999999999")
    assert ran.code != 0
    assert (
        "bucket_access_account_id is 999999999999, and these credentials belong to account 000000000000" in ran.stdout
    )
    asked = {entry["action"] for entry in place.emulator.requests()[before:]}
    assert asked <= {"GetCallerIdentity", "ListAccountAliases"}
    assert asked
    assert not place.credentials.exists()


def test_check_mode_on_an_empty_account_only_reads_and_says_what_would_be_made(place: Place) -> None:
    before = len(place.emulator.requests())
    ran = place.play("provision", "empty", "--check", "--diff", bucket_access_permissions=["read"])
    assert ran.code == 0, ran.output
    asked = [entry["action"] for entry in place.emulator.requests()[before:]]
    assert [action for action in asked if not READS.fullmatch(action)] == []
    assert place.exists("empty") == NOTHING
    assert not place.credentials.parent.exists()
    assert ran.recap["empty"]["changed"] == 2, "the plan, and the profile"
    for line in (
        "make the user empty-user",
        "make the role empty-role",
        "make the bucket empty-bucket in us-east-1",
        "make the permissions policy of the role empty-role",
        "plan: 5 to make, 0 to adopt, 0 to change, 0 to delete",
    ):
        assert f"\n{line}\n" in ran.stdout
    assert f"arn:aws:iam::{ACCOUNT}:user/empty-user" in ran.stdout
    assert "s3:GetObject" in ran.stdout
    assert "+[profile empty-role]" in ran.stdout


# What exists already is taken over where that is asked for; what somebody else made is not overwritten.


@pytest.fixture(scope="module")
def provisioned(place: Place) -> Ran:
    """One run that adopts everything on one host, makes it on another, and meets somebody else's profile on a third."""
    iam, s3 = place.emulator.iam, place.emulator.s3
    s3.create_bucket(Bucket="adopted-bucket")
    iam.create_user(UserName="adopted-user", Path="/team/")
    managed = iam.create_policy(PolicyName="foreign", PolicyDocument=json.dumps(allow("s3:*")))["Policy"]["Arn"]
    iam.attach_user_policy(UserName="adopted-user", PolicyArn=managed)
    iam.put_user_policy(UserName="adopted-user", PolicyName="own", PolicyDocument=json.dumps(allow("s3:*")))
    root_may = trust_policy(ADOPTED, {ADOPTED.user: f"arn:aws:iam::{ACCOUNT}:root"})
    iam.create_role(RoleName="adopted-role", AssumeRolePolicyDocument=json.dumps(root_may), MaxSessionDuration=43200)
    iam.attach_role_policy(RoleName="adopted-role", PolicyArn=managed)
    iam.put_role_policy(RoleName="adopted-role", PolicyName="own", PolicyDocument=json.dumps(allow("s3:*")))
    place.credentials.parent.mkdir()
    place.credentials.write_text(f"# mine\n{FOREIGN_PROFILE}")
    return place.play("provision", "adopted,whole,stranger", "-vvvv", "--diff")


def test_what_exists_already_is_brought_in_line(place: Place, provisioned: Ran) -> None:
    assert provisioned.recap["adopted"]["failed"] == 0, provisioned.output[-3000:]
    iam = place.emulator.iam
    user_arn = f"arn:aws:iam::{ACCOUNT}:user/team/adopted-user"
    assert iam.list_user_policies(UserName="adopted-user")["PolicyNames"] == []
    assert iam.list_attached_user_policies(UserName="adopted-user")["AttachedPolicies"] == []
    role = iam.get_role(RoleName="adopted-role")["Role"]
    assert role["AssumeRolePolicyDocument"] == trust_policy(ADOPTED, {ADOPTED.user: user_arn})
    assert role["MaxSessionDuration"] == 3600
    assert iam.list_attached_role_policies(RoleName="adopted-role")["AttachedPolicies"] == []
    (name,) = iam.list_role_policies(RoleName="adopted-role")["PolicyNames"]
    policy = iam.get_role_policy(RoleName="adopted-role", PolicyName=name)["PolicyDocument"]
    assert policy == permissions_policy(ADOPTED)
    bucket = json.loads(place.emulator.s3.get_bucket_policy(Bucket="adopted-bucket")["Policy"])
    assert bucket == bucket_policy(ADOPTED)


def test_the_key_and_the_role_are_profiles(place: Place, provisioned: Ran) -> None:
    credentials = place.credentials.read_text()
    (key,) = place.emulator.iam.list_access_keys(UserName="adopted-user")["AccessKeyMetadata"]
    assert (settings_of(credentials, "adopted-user") or {})["aws_access_key_id"] == key["AccessKeyId"]
    assert settings_of(place.config.read_text(), "profile adopted-role") == {
        "role_arn": f"arn:aws:iam::{ACCOUNT}:role/adopted-role",
        "source_profile": "adopted-user",
        "region": "us-east-1",
    }
    assert stat.S_IMODE(place.credentials.stat().st_mode) == 0o600
    assert provisioned.recap["adopted"]["changed"] > 0


def test_a_profile_that_somebody_else_made_is_not_overwritten(place: Place, provisioned: Ran) -> None:
    assert provisioned.recap["stranger"]["failed"] == 1
    profile = f"the profile stranger-user of {place.credentials}"
    sentence = f"A key could not be kept in {profile}, so none was made: {profile} was made by somebody else"
    assert sentence in provisioned.stdout
    assert place.credentials.read_text().startswith(f"# mine\n{FOREIGN_PROFILE}")


def test_false_on_the_command_line_is_false(place: Place, provisioned: Ran) -> None:
    """What ``-e name=value`` gives is text: that of false makes no key, which could not be kept here."""
    assert provisioned.recap["stranger"]["failed"] == 1
    before = place.credentials.read_text()
    ran = place.play("provision", "stranger", "-e", "bucket_access_create_key=false")
    assert ran.recap["stranger"]["failed"] == 0, ran.output[-3000:]
    assert place.credentials.read_text() == before
    assert place.emulator.iam.list_access_keys(UserName="stranger-user")["AccessKeyMetadata"] == []


def test_a_key_that_could_not_be_stored_is_not_made(place: Place, provisioned: Ran) -> None:
    assert provisioned.recap["stranger"]["failed"] == 1
    assert place.emulator.iam.list_access_keys(UserName="stranger-user")["AccessKeyMetadata"] == []


def test_no_secret_is_shown_however_much_is_asked_for(place: Place, provisioned: Ran) -> None:
    secrets = place.secrets()
    assert len(secrets) == 3
    assert [secret for secret in secrets if secret in provisioned.output] == []
    assert re.search(r"SecretAccessKey>|secret_access_key\W+[A-Za-z0-9+/]{40}\b", provisioned.output) is None


def test_what_was_adopted_is_verified_and_nothing_secret_is_shown(place: Place, provisioned: Ran) -> None:
    ran = place.play("verify", "adopted", "-vvvv", "--diff", bucket_access_report_dir=str(place.home / "report"))
    assert ran.code == 0, ran.output[-3000:]
    assert "verdict: verified" in ran.stdout
    report: Json = json.loads((place.home / "report" / "access-report.json").read_text())
    assert report["verdict"] == "verified"
    shown = ran.output + json.dumps(report)
    assert [secret for secret in place.secrets() if secret in shown] == []
    assert provisioned.recap["adopted"]["failed"] == 0


# Teardown.


@pytest.fixture(scope="module")
def refused(place: Place, provisioned: Ran) -> tuple[Ran, list[Json]]:
    """A teardown of a bucket with an object, and what it asked."""
    assert provisioned.recap["whole"]["failed"] == 0
    place.emulator.s3.put_object(Bucket="whole-bucket", Key="precious", Body=b"x")
    before = len(place.emulator.requests())
    return place.play("teardown", "whole"), place.emulator.requests()[before:]


def test_a_bucket_with_objects_is_not_taken_down_and_neither_is_anything_else(
    place: Place, refused: tuple[Ran, list[Json]]
) -> None:
    ran, asked = refused
    assert ran.code != 0
    sentence = "bucket_access_bucket: whole-bucket has objects, so nothing was taken down: empty it, or set"
    assert sentence in ran.stdout
    assert place.exists("whole") == EVERYTHING
    assert settings_of(place.credentials.read_text(), "whole-user")
    assert settings_of(place.config.read_text(), "profile whole-role")
    assert [entry["action"] for entry in asked if not READS.fullmatch(entry["action"])] == []


@pytest.fixture(scope="module")
def taken_down(place: Place, refused: tuple[Ran, list[Json]]) -> Ran:
    """One run that takes down a whole contract with a key made by hand, half-made ones, and an adopted one."""
    assert refused[0].code != 0
    iam, s3 = place.emulator.iam, place.emulator.s3
    iam.create_access_key(UserName="whole-user")
    iam.create_user(UserName="only-user-user", Tags=[{"Key": MARK, "Value": "only-user-role"}])
    iam.create_access_key(UserName="only-user-user")
    s3.create_bucket(Bucket="only-bucket-bucket")
    tags = {"TagSet": [{"Key": MARK, "Value": "only-bucket-role"}]}
    s3.put_bucket_tagging(Bucket="only-bucket-bucket", Tagging=tags)
    user, role = "only-profiles-user", "only-profiles-role"
    credentials, config = place.credentials.read_text(), place.config.read_text()
    place.credentials.write_text(
        with_section(credentials, user, {"aws_access_key_id": "AKIAGONEEXAMPLE"}, f"arn:aws:iam::{ACCOUNT}:user/{user}")
    )
    place.config.write_text(
        with_section(config, f"profile {role}", {"source_profile": user}, f"arn:aws:iam::{ACCOUNT}:role/{role}")
    )
    limit = "adopted,whole,only-user,only-bucket,only-profiles"
    return place.play("teardown", limit, bucket_access_force_destroy=True)


def test_whatever_is_half_made_is_taken_down_with_hand_made_keys_and_objects(place: Place, taken_down: Ran) -> None:
    assert taken_down.code == 0, taken_down.output[-3000:]
    for name in ("whole", "only-user", "only-bucket", "only-profiles"):
        assert place.exists(name) == NOTHING
        assert taken_down.recap[name]["changed"] > 0


def test_what_was_adopted_stays(place: Place, taken_down: Ran) -> None:
    assert taken_down.recap["adopted"]["failed"] == 0
    assert place.exists("adopted") == EVERYTHING


def test_our_profiles_go_and_somebody_elses_stay(place: Place, taken_down: Ran) -> None:
    assert taken_down.code == 0
    assert place.credentials.read_text() == f"# mine\n{FOREIGN_PROFILE}"
    config = place.config.read_text() if place.config.exists() else ""
    assert "adopted" not in config
    assert "whole" not in config
    assert "only-profiles" not in config


def test_a_second_teardown_finds_nothing_and_changes_nothing(place: Place, taken_down: Ran) -> None:
    assert taken_down.code == 0
    ran = place.play("teardown", "whole", bucket_access_force_destroy=True)
    assert ran.code == 0, ran.output[-3000:]
    assert (ran.recap["whole"]["changed"], ran.recap["whole"]["failed"]) == (0, 0)


TWO_CONTRACTS = (
    PLAY
    + """    - name: Each is verified
      ansible.builtin.include_role:
        name: assumerole.s3.bucket_access
        tasks_from: verify
      vars:
        bucket_access_bucket: "{{ contract.bucket }}"
        bucket_access_user: "{{ contract.user }}"
        bucket_access_role: "{{ contract.role }}"
        bucket_access_prefix: "{{ contract.prefix }}"
      loop: "{{ contracts }}"
      loop_control:
        loop_var: contract
"""
)


def test_what_was_put_for_one_contract_is_not_looked_for_in_the_next(place: Place) -> None:
    """With a prefix the operator puts an object beside it, and removes it; of the next bucket that is no business."""
    contracts = [
        {"bucket": f"{name}-bucket", "user": f"{name}-user", "role": f"{name}-role", "prefix": prefix}
        for name, prefix in (("first", "partner/"), ("next", ""))
    ]
    for contract in contracts:
        variables = {f"bucket_access_{key}": value for key, value in contract.items()}
        made = place.run("playbooks/provision.yml", **variables)
        assert made.code == 0, made.output
    theirs = "partner.access-check-operator"
    place.emulator.s3.put_object(Bucket="next-bucket", Key=theirs, Body=b"somebody's")
    (place.home / "two.yml").write_text(TWO_CONTRACTS)
    ran = place.run(str(place.home / "two.yml"), contracts=contracts)
    assert ran.output.count("verdict: verified") == 2, ran.output
    assert [item["Key"] for item in place.emulator.s3.list_objects_v2(Bucket="next-bucket")["Contents"]] == [theirs]
    assert place.emulator.s3.list_objects_v2(Bucket="first-bucket")["KeyCount"] == 0
