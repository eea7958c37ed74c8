# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key of KMS that encrypts a contract's places: used through S3 and nowhere else, for its whole life."""

from __future__ import annotations

from collections.abc import Callable
import json
from pathlib import Path
import re
from typing import Any

from contracts import prefixed
import pytest

from lab.account import allow, new_account
from lab.checkout import Json
from lab.emulator import Emulator
from lab.play import Ran, ansible
from lab.world import World, provision

CHOICES = [
    ("list", "read", "write", "delete"),
    ("read",),
    ("write",),
    ("write", "delete"),
    ("read", "write"),
    ("list",),
]


def findings(result: Json) -> dict[str, str]:
    return {check["id"]: check["outcome"] for check in result["checks"] if check["outcome"] != "pass"}


def check_of(result: Json, name: str) -> Json:
    (check,) = [check for check in result["checks"] if check["id"] == name]
    return dict(check)


def encrypted(emulator: Emulator, **terms: Any) -> World:
    """A sound contract with a key, and with an object that is the role's to read."""
    made = provision(emulator, kms_key=emulator.new_key(), **terms)
    made.put(made.inside, made.beside)
    return made


@pytest.mark.parametrize("permissions", CHOICES, ids="+".join)
@pytest.mark.parametrize("prefix", ["", "team/"])
def test_each_choice_is_verified(enforcing: Emulator, permissions: tuple[str, ...], prefix: str) -> None:
    made = encrypted(enforcing, permissions=permissions, prefix=prefix)
    result = made.verify()
    assert findings(result) == {}
    names = [] if "delete" in permissions or "write" not in permissions else ["uploaded", "written"]
    stays = [f"{prefix}.access-check-{name}" for name in names]
    assert made.objects() == sorted([made.inside, made.beside, *stays])
    assert result["leftovers"] == [f"s3://{made.bucket}/{key}" for key in stays]


def test_the_role_cannot_use_another_key(enforcing: Emulator) -> None:
    other = enforcing.new_key()
    made = encrypted(enforcing, forbidden_kms_keys=[other])
    name = f"role.other_key@{other.rpartition('/')[2]}"
    assert (check_of(made.verify(), name)["outcome"], made.verify()["verdict"]) == ("pass", "verified")
    made.set_permissions(allow("kms:GenerateDataKey", other), "extra")
    result = made.verify()
    assert findings(result) == {name: "excess_access", "config.role.permissions": "excess_access"}
    assert made.objects() == sorted([made.inside, made.beside])


def test_a_key_that_is_not_there_proves_no_refusal(enforcing: Emulator) -> None:
    made = encrypted(enforcing)
    gone = f"{made.contract.kms_key.rpartition('/')[0]}/00000000-0000-4000-8000-000000000000"
    made.terms["forbidden_kms_keys"] = [gone]
    made.__dict__.pop("contract")
    result = made.verify()
    assert findings(result) == {f"role.other_key@{gone.rpartition('/')[2]}": "inconclusive"}


ACCOUNTS_ROOT = "arn:aws:iam::{account}:root"


def delegating(account: str, *more: Json) -> Json:
    """A key's policy that leaves it to its account, and more statements."""
    own = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "kms:*", "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [own, *more]}


def test_the_key_of_another_account_is_used_where_both_sides_let_the_role_in(enforcing: Emulator) -> None:
    theirs = new_account(enforcing)
    ours = enforcing.account
    role = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ours}:root"}, "Action": "kms:*", "Resource": "*"}
    key = theirs.new_key(Policy=delegating(theirs.account, role))
    made = provision(enforcing, kms_key=key)
    made.put(made.inside, made.beside)
    result = made.verify()
    assert (findings(result), result["verdict"]) == ({}, "verified")
    assert "config.key.policy" not in {check["id"] for check in result["checks"]}
    shut = theirs.new_key(Policy=delegating(theirs.account))
    made.encrypt_by(shut)
    made.terms["kms_key"] = shut
    made.__dict__.pop("contract")
    made.set_permissions(made.permissions())
    found = findings(made.verify())
    assert {name: found[name] for name in ("role.write", "role.key.write", "role.key.upload")} == dict.fromkeys(
        ("role.write", "role.key.write", "role.key.upload"), "missing_access"
    )


class Keyed(World):
    """A contract with a key, by the playbooks."""

    def play(self, verb: str, home: Path, *arguments: str, **more: Any) -> Ran:
        values = prefixed({**self.values, **more})
        return ansible(
            "ansible-playbook",
            f"playbooks/{verb}.yml",
            "-e",
            json.dumps(values),
            *arguments,
            home=home,
            emulator=self.emulator,
        )

    @property
    def default(self) -> Json:
        found = self.s3.get_bucket_encryption(Bucket=self.bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
        return {**found["ApplyServerSideEncryptionByDefault"], "bucket_key": found.get("BucketKeyEnabled", False)}


def test_a_contract_with_a_key_lives_its_whole_life_and_the_key_stays_as_it_is(
    enforcing: Emulator, tmp_path: Path
) -> None:
    key = enforcing.new_key()
    world = Keyed(enforcing, {"kms_key": key})
    shown = world.play("provision", tmp_path, "--check", "--diff").output
    for line in ('"kms_key": "arn:aws:kms:', '"bucket_key": true', '"kms:ViaService": "s3.us-east-1.amazonaws.com"'):
        assert line in shown
    assert world.left() == []
    assert world.play("provision", tmp_path).code == 0
    by_the_key = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key, "bucket_key": True}
    assert world.default == by_the_key
    again = world.play("provision", tmp_path)
    assert (again.code, again.changed, "amazon.aws" in again.output) == (0, False, False)
    assert "verdict: verified" in world.play("verify", tmp_path).output
    for drift in ({"key": ""}, {"key": enforcing.new_key()}, {"key": key, "bucket_key": False}):
        world.encrypt_by(**drift)
        found = world.play("verify", tmp_path)
        assert (found.code, "config.bucket.key" in found.output) == (2, True)
        assert world.play("provision", tmp_path).changed
        assert world.default == by_the_key
    assert "verdict: verified" in world.play("verify", tmp_path).output
    before = enforcing.kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    assert world.play("teardown", tmp_path).code == 0
    assert world.left() == []
    assert enforcing.kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"
    assert enforcing.kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"] == before


@pytest.mark.parametrize("terms", [{"permissions": ["write"]}, {"permissions": ["read", "write"], "versioning": True}])
def test_where_the_role_does_not_delete_every_verification_sees_a_write_by_the_key(
    enforcing: Emulator, tmp_path: Path, terms: Json
) -> None:
    world = Keyed(enforcing, {"kms_key": enforcing.new_key(), "prefix": "team/", **terms})
    assert world.play("provision", tmp_path).code == 0
    for _again in range(3):
        output = world.play("verify", tmp_path).output
        assert ("verdict: verified" in output, "left behind" in output) == (True, False)
        listed = world.s3.list_object_versions(Bucket=world.bucket)
        assert (listed.get("Versions"), listed.get("DeleteMarkers")) == (None, None)


def test_a_contract_that_names_no_key_any_more_leaves_the_bucket_and_takes_the_key_off_the_role(
    enforcing: Emulator, tmp_path: Path
) -> None:
    key = enforcing.new_key()
    world = Keyed(enforcing, {"kms_key": key})
    assert world.play("provision", tmp_path).code == 0
    assert world.play("provision", tmp_path, kms_key="").changed
    assert world.default["KMSMasterKeyID"] == key
    assert "kms:" not in json.dumps(world.seen()["role"])


def disabled(emulator: Emulator) -> str:
    key = emulator.new_key()
    emulator.kms.disable_key(KeyId=key)
    return key


def dying(emulator: Emulator) -> str:
    key = emulator.new_key()
    emulator.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    return key


UNUSABLE = [
    (disabled, "is not enabled (Disabled): have it enabled."),
    (dying, "is to be deleted on 20"),
    (
        lambda emulator: emulator.new_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY"),
        "(RSA_2048, SIGN_VERIFY): S3 takes",
    ),
    (lambda emulator: emulator.new_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC"), "a key of another kind"),
    (
        lambda emulator: emulator.new_key().replace("us-east-1", "eu-west-1"),
        "is a key of eu-west-1 in the partition aws",
    ),
    (lambda emulator: emulator.new_key()[:-4] + "0000", "there is no key arn:aws:kms:us-east-1:"),
]


@pytest.mark.parametrize(("made", "reason"), UNUSABLE)
def test_a_key_that_cannot_be_used_is_refused_before_anything_is_made(
    enforcing: Emulator, tmp_path: Path, made: Callable[[Emulator], str], reason: str
) -> None:
    world = Keyed(enforcing, {"kms_key": made(enforcing)})
    ran = world.play("provision", tmp_path)
    assert (ran.code, world.left()) == (2, [])
    assert ran.sentence.startswith("bucket_access_kms_key")
    assert reason in ran.sentence


def test_the_statement_that_the_keys_policy_lacks_is_printed_and_works(enforcing: Emulator, tmp_path: Path) -> None:
    keeper = {"Principal": {"AWS": f"arn:aws:iam::{enforcing.account}:user/keeper"}}
    own = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", **keeper}
    key = enforcing.new_key(Policy={"Version": "2012-10-17", "Statement": [own]})
    world = Keyed(enforcing, {"kms_key": key})
    ran = world.play("provision", tmp_path)
    assert ran.code == 0
    assert "The key's policy does not let the role in: it lacks kms:GenerateDataKey and kms:Decrypt." in ran.output
    assert world.play("verify", tmp_path).code == 2
    found = re.search(r"add this statement to its policy: (\{.*\})", ran.output)
    assert found
    statement = json.loads(found[1].replace('\\"', '"'))
    enforcing.kms.put_key_policy(
        KeyId=key, PolicyName="default", Policy=json.dumps({"Version": "2012-10-17", "Statement": [own, statement]})
    )
    assert "does not let the role in" not in world.play("provision", tmp_path).output
    assert "verdict: verified" in world.play("verify", tmp_path).output


ANOTHER = [("another key", True), ("no key of KMS", False)]


@pytest.mark.parametrize(("called", "kms"), ANOTHER)
def test_the_answer_to_a_write_must_name_the_contracts_key(enforcing: Emulator, called: str, kms: bool) -> None:
    made = encrypted(enforcing)
    key = enforcing.new_key() if kms else ""
    made.encrypt_by(key)
    made.set_permissions(allow(["kms:GenerateDataKey", "kms:Decrypt"], "*"), "extra")
    found = check_of(made.probe(), "role.key.write")
    assert (found["outcome"], found["error"]["code"]) == ("missing_access", "AnotherKey"), called
    assert found["cause"].endswith(f"but by {key or 'AES256'}.")
    assert check_of(made.probe(), "role.key.upload")["outcome"] == "missing_access"
    assert made.objects() == sorted([made.inside, made.beside])


def test_only_a_write_that_was_done_shows_the_key(enforcing: Emulator) -> None:
    made = encrypted(enforcing, permissions=["write"])
    assert made.verify()["verdict"] == "verified"
    result = made.verify()
    again = findings(result)
    assert {"role.write", "role.key.write", "role.key.upload"} <= set(again)
    assert result["leftovers"] == [f"s3://{made.bucket}/.access-check-{name}" for name in ("uploaded", "written")]
    assert set(again.values()) == {"inconclusive"}
    harmless = encrypted(enforcing).check(traceless=True)
    written = {name: check_of(harmless, name)["outcome"] for name in ("role.key.write", "role.key.upload")}
    assert set(written.values()) == {"inconclusive"}


def test_a_denied_write_is_explained_by_who_does_not_let_the_key_be_used(enforcing: Emulator) -> None:
    made = encrypted(enforcing)
    document = made.permissions()
    document["Statement"] = [item for item in document["Statement"] if item["Sid"] != "EncryptByTheKey"]
    made.set_permissions(document)
    assert check_of(made.probe(), "role.write")["cause"].startswith("The role's policy does not let it use the key")
    made.set_permissions(made.permissions())
    keeper = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{enforcing.account}:user/keeper"}}
    shut = {"Version": "2012-10-17", "Statement": [{**keeper, "Action": "kms:*", "Resource": "*"}]}
    enforcing.kms.put_key_policy(KeyId=made.contract.kms_key, PolicyName="default", Policy=json.dumps(shut))
    cause = check_of(made.probe(), "role.write")["cause"]
    assert cause.startswith("The policy of the key that encrypts the bucket does not let the role use it")
    enforcing.kms.disable_key(KeyId=made.contract.kms_key)
    enforcing.kms.put_key_policy(
        KeyId=made.contract.kms_key, PolicyName="default", Policy=json.dumps(delegating(enforcing.account))
    )
    assert check_of(made.probe(), "role.write")["cause"].startswith("KMS cannot use the key, whoever asks")
    assert check_of(made.probe(), "role.key.write")["outcome"] == "missing_access"


@pytest.mark.parametrize("who", ["role", "user"])
def test_a_use_outside_of_s3_is_found(enforcing: Emulator, who: str) -> None:
    made = encrypted(enforcing)
    both = allow(["kms:GenerateDataKey", "kms:Decrypt"], made.contract.kms_key)
    if who == "role":
        made.set_permissions(both, "extra")
    else:
        made.give_user(both)
    directly = (f"{who}.key.encrypt_directly", f"{who}.key.decrypt_directly")
    assert findings(made.probe()) == dict.fromkeys(directly, "excess_access")
    assert check_of(made.probe(), directly[1])["error"]["code"] == "DryRunOperationException"


def test_the_usual_contract_asks_kms_nothing(enforcing: Emulator, tmp_path: Path) -> None:
    world = Keyed(enforcing)
    before = len(enforcing.requests())
    for verb in ("provision", "verify", "teardown"):
        assert world.play(verb, tmp_path).code == 0
    asked = [entry["service"] for entry in enforcing.requests()[before:]]
    assert (len(asked) > 50, "kms" in asked) == (True, False)


def test_a_bucket_that_keeps_versions_keeps_nothing_of_a_run(enforcing: Emulator) -> None:
    made = encrypted(enforcing, prefix="team/", versioning=True)
    versions = {"Effect": "Allow", "Action": "s3:DeleteObjectVersion", "Resource": f"arn:aws:s3:::{made.bucket}/team/*"}
    made.set_permissions({"Version": "2012-10-17", "Statement": [versions]}, "versions")
    result = made.probe()
    assert (findings(result), result["leftovers"]) == ({}, [])
    listed = enforcing.s3.list_object_versions(Bucket=made.bucket)
    kept = [item["Key"] for kind in ("Versions", "DeleteMarkers") for item in listed.get(kind, [])]
    assert sorted(kept) == sorted([made.inside, made.beside])
    assert "Uploads" not in enforcing.s3.list_multipart_uploads(Bucket=made.bucket)


@pytest.mark.parametrize("bucket_key", [True, False])
@pytest.mark.parametrize("form", ["bucket", "objects"])
def test_s3_tells_of_the_bucket_with_a_bucket_key_and_of_the_object_without(
    enforcing: Emulator, bucket_key: bool, form: str
) -> None:
    made = encrypted(enforcing)
    made.encrypt_by(made.contract.kms_key, bucket_key=bucket_key)
    assert findings(made.probe()) == {}
    document = made.permissions()
    for statement in document["Statement"]:
        if statement["Sid"].endswith("ByTheKey"):
            arns = statement["Condition"]["StringLike"]["kms:EncryptionContext:aws:s3:arn"]
            statement["Condition"]["StringLike"] = {"kms:EncryptionContext:aws:s3:arn": arns[form == "objects"]}
    made.set_permissions(document)
    found = findings(made.probe())
    suffices = bucket_key is (form == "bucket")
    assert (found == {}) is suffices
    assert suffices or found["role.write"] == found["role.key.write"] == "missing_access"
