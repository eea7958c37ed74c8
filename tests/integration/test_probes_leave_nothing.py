# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a verification leaves in buckets that keep versions, or that have Object Lock; and whom it spares."""

from __future__ import annotations

from pathlib import Path
import subprocess
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws import probes
from ansible_collections.assumerole.s3.plugins.module_utils._aws.abandoned import machine
from lab.account import allow, new_account, operator_of
from lab.checkout import Env, Json
from lab.emulator import Emulator
from lab.home import write_profiles
from lab.play import Ran, ansible
from lab.world import World, provision

RANDOM = "0123456789abcdef"


def set_versioning(made: World, status: str) -> World:
    made.s3.put_bucket_versioning(Bucket=made.bucket, VersioningConfiguration={"Status": status})
    return made


def lock(made: World) -> World:
    """Object Lock without a default retention, which anybody who may set it can add at any time."""
    configuration = {"ObjectLockEnabled": "Enabled"}
    set_versioning(made, "Enabled").s3.put_object_lock_configuration(
        Bucket=made.bucket, ObjectLockConfiguration=configuration
    )
    return made


def versions(made: World) -> list[str]:
    """The addresses of all versions and delete markers."""
    listed: Json = made.s3.list_object_versions(Bucket=made.bucket)
    entries = [entry for kind in ("Versions", "DeleteMarkers") for entry in listed.get(kind, [])]
    return sorted(f"s3://{made.bucket}/{entry['Key']}?versionId={entry['VersionId']}" for entry in entries)


def let_remove_versions(made: World) -> None:
    made.set_permissions(allow("s3:DeleteObjectVersion", f"arn:aws:s3:::{made.bucket}/*"), "versions")


def outcomes(result: Json) -> dict[str, str]:
    return {check["id"]: check["outcome"] for check in result["checks"] if check["outcome"] != "pass"}


def ended_process() -> int:
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


# The role by itself.


def test_a_role_that_may_delete_versions_leaves_none_and_no_marker(enforcing: Emulator) -> None:
    made = set_versioning(provision(enforcing), "Enabled")
    let_remove_versions(made)
    result = made.check()
    assert (result["verdict"], result["leftovers"]) == ("verified", [])
    assert versions(made) == []


def test_what_a_role_may_not_delete_stays_and_is_named(enforcing: Emulator) -> None:
    made = set_versioning(provision(enforcing), "Enabled")
    before = len(enforcing.requests())
    result = made.check()
    assert result["verdict"] == "verified"
    assert made.objects() == []
    assert versions(made)
    assert result["leftovers"] == versions(made)
    denied = [entry for entry in enforcing.requests()[before:] if "versionId" in entry["action"]]
    assert len(denied) == 1  # each refusal is an event that somebody may be alarmed by


def test_where_versioning_is_suspended_the_null_marker_goes_or_is_named(enforcing: Emulator) -> None:
    made = set_versioning(set_versioning(provision(enforcing), "Enabled"), "Suspended")
    result = made.check()
    assert result["leftovers"] == versions(made)
    assert {url.rpartition("=")[2] for url in result["leftovers"]} == {"null"}
    let_remove_versions(made)
    assert made.check()["verdict"] == "verified"
    assert versions(made) == result["leftovers"]  # its own, and not those of the run before


def test_an_object_whose_version_nobody_has_told_stays_hidden_and_is_named(
    enforcing: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the answer to the write, the role cannot name the version: to remove its marker would show it again."""
    made = set_versioning(provision(enforcing), "Enabled")
    let_remove_versions(made)
    create = probes.S3_PROBES["create"]

    def lose_the_answer(*arguments: Any) -> probes.Answer:
        create(*arguments)
        return probes.Answer(code="ReadTimeoutError", message="Read timeout")

    monkeypatch.setattr(probes, "S3_PROBES", {**probes.S3_PROBES, "create": lose_the_answer})
    result = made.check()
    assert made.objects() == []
    (url,) = result["leftovers"]
    assert {version.partition("?")[0] for version in versions(made)} == {url}


def test_what_a_killed_run_left_stays_hidden_when_the_role_removes_it(enforcing: Emulator) -> None:
    made = set_versioning(provision(enforcing), "Enabled")
    let_remove_versions(made)
    key = f".access-check-{machine()}-{ended_process()}-{RANDOM}"
    made.put(key)
    result = made.check()
    assert made.objects() == []
    assert result["leftovers"] == [f"s3://{made.bucket}/{key}"]


@pytest.mark.parametrize(
    ("state", "says"), [("enabled", "has Object Lock"), ("unreadable", "s3:GetBucketObjectLockConfiguration")]
)
def test_under_object_lock_no_object_is_made_and_nothing_is_passed_for_it(
    enforcing: Emulator, state: str, says: str
) -> None:
    made = lock(provision(enforcing))
    result = made.check(object_lock=state)
    assert result["verdict"] == "inconclusive"
    assert {"role.read", "role.delete"} >= {name for name in outcomes(result) if name.startswith("role.")}
    assert outcomes(result)["role.read"] == "inconclusive"
    assert set(outcomes(result).values()) == {"inconclusive"}
    (read,) = [check for check in result["checks"] if check["id"] == "role.read"]
    assert says in read["cause"]
    keys = [url for url in versions(made) if ".access-check-" in url]
    assert keys == []
    assert not made.s3.list_object_versions(Bucket=made.bucket).get("Versions")


# The whole verification.


class Contract:
    """A provisioned contract in a home of its own, below a prefix, so that the operator puts an object beside it."""

    def __init__(self, emulator: Emulator, home: Path, **terms: Any) -> None:
        self.world: World = provision(emulator, **{"prefix": "team/", **terms})
        self.home = home
        write_profiles(home, self.world)

    def run(self, verb: str, *arguments: str, operator: Env | None = None, **variables: Any) -> Ran:
        named = {f"bucket_access_{name}": value for name, value in {**self.world.values, **variables}.items()}
        given = [word for name, value in named.items() for word in ("-e", f"{name}={value}")]
        command = ("ansible-playbook", f"playbooks/{verb}.yml", *given, *arguments)
        return ansible(*command, home=self.home, emulator=self.world.emulator, operator=operator)


@pytest.mark.parametrize("status", ["Enabled", "Suspended"])
def test_the_operator_removes_every_version_that_the_role_may_not(
    enforcing: Emulator, tmp_path: Path, status: str
) -> None:
    contract = Contract(enforcing, tmp_path)
    set_versioning(set_versioning(contract.world, "Enabled"), status)
    ran = contract.run("verify")
    assert "verdict: verified" in ran.output, ran.output
    assert versions(contract.world) == []
    assert "left behind" not in ran.output


@pytest.mark.parametrize("permissions", ["list,read,versions", "write,delete,versions"])
def test_reading_versions_is_proven_on_what_the_operator_put(
    enforcing: Emulator, tmp_path: Path, permissions: str
) -> None:
    contract = Contract(enforcing, tmp_path, permissions=permissions.split(","))
    set_versioning(contract.world, "Enabled")
    ran = contract.run("verify", permissions=permissions)
    assert "verdict: verified" in ran.output, ran.output
    assert versions(contract.world) == []


def test_without_an_operator_the_result_names_what_stays(enforcing: Emulator, tmp_path: Path) -> None:
    contract = Contract(enforcing, tmp_path, prefix="")
    set_versioning(contract.world, "Enabled")
    ran = contract.run("verify", audit=False)
    left = versions(contract.world)
    assert left
    assert all(url in ran.output for url in left), ran.output


def test_under_object_lock_the_operator_puts_nothing_and_says_so(enforcing: Emulator, tmp_path: Path) -> None:
    contract = Contract(enforcing, tmp_path)
    lock(contract.world)
    ran = contract.run("verify")
    assert "verdict: inconclusive" in ran.output, ran.output
    assert "is not put, because under the bucket's Object Lock it would stay" in ran.output
    assert not contract.world.s3.list_object_versions(Bucket=contract.world.bucket).get("Versions")


def test_an_operator_who_may_not_look_for_object_lock_puts_nothing_and_is_told_what_to_allow(
    enforcing: Emulator, tmp_path: Path
) -> None:
    contract = Contract(new_account(enforcing), tmp_path)
    denied = {"Effect": "Deny", "Action": "s3:GetBucketObjectLockConfiguration", "Resource": "*"}
    document = allow("*", "*")
    document["Statement"].append(denied)
    ran = contract.run("verify", operator=operator_of(contract.world.emulator, [document]))
    assert "verdict: inconclusive" in ran.output, ran.output
    assert "allow the operator s3:GetBucketObjectLockConfiguration" in ran.output
    assert not contract.world.s3.list_object_versions(Bucket=contract.world.bucket).get("Versions")


@pytest.mark.parametrize("status", ["Enabled", None])
def test_what_the_operator_of_an_interrupted_run_put_is_removed_and_nobody_elses(
    enforcing: Emulator, tmp_path: Path, status: str | None
) -> None:
    contract = Contract(enforcing, tmp_path)
    made = set_versioning(contract.world, status) if status else contract.world
    ended = ended_process()
    interrupted = f"team.access-check-operator-{machine()}-{ended}-{RANDOM}"
    others = [
        f"team.access-check-operator-{'0' * 8}-{ended}-{RANDOM}",
        f"team.access-check-operator-{machine()}-1-{RANDOM}",
        f"team.access-check-operator-{machine()}-{ended}-{RANDOM}-mine",
        f"teams.access-check-operator-{machine()}-{ended}-{RANDOM}",
        "team.access-check-operator",
    ]
    made.put(interrupted, interrupted, *others)
    before = [url for url in versions(made) if f"/{interrupted}?" not in url]
    ran = contract.run("verify")
    assert "verdict: verified" in ran.output, ran.output
    assert versions(made) == before
    assert made.objects() == sorted(others)


def test_after_the_next_verification_teardown_refuses_nothing(enforcing: Emulator, tmp_path: Path) -> None:
    contract = Contract(enforcing, tmp_path)
    set_versioning(contract.world, "Enabled")
    contract.world.put(f"team.access-check-operator-{machine()}-{ended_process()}-{RANDOM}")
    assert contract.run("teardown").code != 0
    assert contract.run("verify").code == 0
    ran = contract.run("teardown")
    assert ran.code == 0, ran.output
    assert contract.world.left() == []
