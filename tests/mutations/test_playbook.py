# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sample of the mutations through ``verify.yml`` as people run it: one inventory host is one mutated contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.abandoned import machine
from lab.account import operator_of
from lab.checkout import Env, Json
from lab.emulator import Emulator
from lab.home import add_user_profile
from lab.play import ansible
from lab.world import World
from mutations.catalogue import MUTATIONS, READ_ONLY, allow, objects
from mutations.sound import sound

#: What a run that is not over has put there, and what runs that were interrupted have.
IN_USE = f"team/.access-check-operator-{'0' * 8}-1-0123456789abcdef"
INTERRUPTED = [f"team{start}access-check-operator-{machine()}-{10**30}-0123456789abcdef" for start in ("/.", ".")]
THERE = INTERRUPTED[1].removeprefix("team")

#: The mutations of the sample, and how the result and the failure name what they do.
SAMPLE = {
    "user_gets_s3_GetObject": ("violated", "excess access"),
    "the_permission_to_read_is_removed": ("violated", "missing access"),
    "old_versions_of_tls_are_denied": ("verified", ""),
}


@dataclass(frozen=True)
class Run:
    """What a run said, and the reports that it wrote, by host."""

    output: str
    worlds: Mapping[str, World]
    reports: Mapping[str, Json]

    def check(self, host: str, name: str) -> Json:
        (found,) = [check for check in self.reports[host]["checks"] if check["id"] == name]
        return dict(found)


def host_of(world: World, home: Path, name: str, **more: Any) -> Json:
    """The variables of a contract; the user's key lies in a credentials file of its own."""
    credentials = home / f"{name}.credentials"
    add_user_profile(credentials, world, world.user)
    variables = {
        "bucket": world.bucket,
        "user": world.user,
        "role": world.role,
        "prefix": world.prefix,
        "permissions": world.granted,
        "external_id": world.external_id,
        "forbidden_buckets": world.forbidden_buckets,
        "account_id": world.emulator.account,
        "credentials_file": str(credentials),
        "config_file": str(home / "config"),
        "report_dir": str(home / name),
        "wait_timeout": 0,
        **more,
    }
    return {f"bucket_access_{key}": value for key, value in variables.items()}


def verify(
    home: Path,
    emulator: Emulator,
    hosts: Mapping[str, tuple[World, Json]],
    *arguments: str,
    operator: Env | None = None,
) -> Run:
    """Run the playbook on all hosts, as the emulator's operator or as another one."""
    inventory = home / "inventory.json"
    inventory.write_text(json.dumps({"contracts": {"hosts": {name: given for name, (_world, given) in hosts.items()}}}))
    chosen = ["-i", str(inventory), "-e", "bucket_access_hosts=contracts", "-f", "2", *arguments]
    command = ("ansible-playbook", "playbooks/verify.yml", *chosen)
    ran = ansible(*command, home=home, emulator=emulator, operator=operator)
    written = {name: home / name / "access-report.json" for name in hosts}
    reports = {name: json.loads(path.read_text()) for name, path in written.items() if path.exists()}
    return Run(ran.output, {name: world for name, (world, _given) in hosts.items()}, reports)


def mutated(enforcing: Emulator, name: str) -> World:
    mutation = next(item for item in MUTATIONS if item.name == name)
    world = sound(enforcing, **mutation.contract)
    mutation.apply(world)
    return world


@pytest.fixture(scope="module")
def run(enforcing: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run over the sample, a reader whose objects the operator puts, and a contract that is not audited."""
    home = tmp_path_factory.mktemp("home")
    worlds = {name: mutated(enforcing, name) for name in SAMPLE}
    reader, unaudited = sound(enforcing, **READ_ONLY), sound(enforcing)
    reader.put(IN_USE, *INTERRUPTED)
    reader.put(THERE, bucket=reader.forbidden_buckets[0])
    unaudited.set_permissions(allow("s3:GetObject", objects(unaudited)), "extra")
    hosts = {name: (world, host_of(world, home, name)) for name, world in worlds.items()}
    hosts["reader"] = (reader, host_of(reader, home, "reader"))
    hosts["unaudited"] = (unaudited, host_of(unaudited, home, "unaudited", audit=False))
    return verify(home, enforcing, hosts, "-v")


@pytest.mark.parametrize("name", SAMPLE)
def test_the_playbook_finds_what_the_suite_finds(run: Run, name: str) -> None:
    verdict, words = SAMPLE[name]
    assert run.reports[name]["verdict"] == verdict, run.output[-3000:]
    kinds = {check["outcome"].replace("_", " ") for check in run.reports[name]["checks"]} - {"pass"}
    assert kinds == ({words} if words else set())


@pytest.mark.parametrize("name", [name for name, (verdict, _words) in SAMPLE.items() if verdict == "violated"])
def test_the_failure_message_says_which_kind_it_is(run: Run, name: str) -> None:
    words = SAMPLE[name][1]
    assert f"The access contract is violated ({words}: " in run.output
    assert f"{words}  " in run.output


def test_a_reader_is_verified_and_the_object_of_another_run_stays(run: Run) -> None:
    world = run.worlds["reader"]
    assert run.reports["reader"]["verdict"] == "verified", run.output[-3000:]
    kept = world.s3.get_object(Bucket=world.bucket, Key=IN_USE)["Body"].read()
    assert kept == b"somebody's"


@pytest.mark.parametrize("name", [*SAMPLE, "reader", "unaudited"])
def test_the_operators_objects_are_gone_whatever_the_verdict(run: Run, name: str) -> None:
    world = run.worlds[name]
    keys = {item["Key"] for item in world.s3.list_objects_v2(Bucket=world.bucket)["Contents"]}
    assert keys == {"team/inside", world.beside} | ({IN_USE} if name == "reader" else set())
    assert world.objects(world.forbidden_buckets[0]) == list(world.theirs.values())


def test_without_the_operators_object_a_refusal_beside_the_prefix_proves_nothing(run: Run) -> None:
    check = run.check("unaudited", "role.outside.read")
    assert (check["outcome"], check["error"]["code"]) == ("inconclusive", "NoObjectToRead")
    assert run.reports["unaudited"]["verdict"] == "inconclusive"


def test_without_the_audit_the_verdict_says_so(run: Run) -> None:
    assert "the configuration was not compared" in run.output


def test_no_signed_url_and_no_secret_is_shown(run: Run) -> None:
    assert "X-Amz-Signature" not in run.output
    assert "Signature=" not in run.output
    assert [world.user for world in run.worlds.values() if world.key["SecretAccessKey"] in run.output] == []


def test_an_operator_without_rights_cannot_tell_and_says_why(enforcing: Emulator, tmp_path: Path) -> None:
    world = sound(enforcing)
    hosts = {"poor": (world, host_of(world, tmp_path, "poor"))}
    run = verify(tmp_path, enforcing, hosts, operator=operator_of(enforcing, []))
    assert run.reports["poor"]["verdict"] == "inconclusive", run.output[-3000:]
    probes = {c["id"]: c["outcome"] for c in run.reports["poor"]["checks"] if not c["id"].startswith("config.")}
    assert [name for name, outcome in probes.items() if outcome != "pass"] == [
        "role.read",
        "role.delete",
        "role.outside.read",
        *(f"{who}.read@{world.forbidden_buckets[0]}" for who in ("role", "user")),
        "user.read",
        "anonymous.read",
    ]
    assert not world.s3.list_object_versions(Bucket=world.bucket, Prefix="team/.access-check").get("Versions")
    assert "allow the operator s3:GetBucketObjectLockConfiguration (AccessDenied)" in run.output
    trust = run.check("poor", "config.role.trust")
    assert (trust["outcome"], trust["error"]["code"]) == ("inconclusive", "AccessDenied")
    assert trust["advice"] == "Allow the operator iam:GetRole, or verify without the audit."
