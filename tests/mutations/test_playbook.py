# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sample of the mutations through ``verify.yml`` as people run it: one inventory host is one mutated contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
import json
import os
from pathlib import Path
import subprocess
import sys
from typing import Any

from catalogue import MUTATIONS, READ_ONLY, allow, objects
import pytest
from world import Json, World, provisioned

CHECKOUT = Path(__file__).resolve().parent.parent.parent
INSIDE, OUTSIDE = "team/.access-check-operator", "team.access-check-operator"

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
    credentials.write_text(
        f"[{world.user}]\naws_access_key_id = {world.key['AccessKeyId']}\n"
        f"aws_secret_access_key = {world.key['SecretAccessKey']}\n"
    )
    variables = {
        "bucket": world.bucket,
        "user": world.user,
        "role": world.role,
        "prefix": world.contract.prefix,
        "permissions": list(world.contract.permissions),
        "external_id": world.contract.external_id,
        "account_id": "000000000000",
        "credentials_file": str(credentials),
        "config_file": str(home / "config"),
        "report_dir": str(home / name),
        "wait_timeout": 0,
        **more,
    }
    return {f"bucket_access_{key}": value for key, value in variables.items()}


def verify(home: Path, env: Mapping[str, str], hosts: Mapping[str, tuple[World, Json]], *arguments: str) -> Run:
    """Run the playbook on all hosts."""
    inventory = home / "inventory.json"
    inventory.write_text(json.dumps({"contracts": {"hosts": {name: given for name, (_world, given) in hosts.items()}}}))
    clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    own = {"HOME": str(home), "ANSIBLE_HOME": str(home / ".ansible"), "ANSIBLE_REMOTE_TMP": str(home / ".ansible/tmp")}
    chosen = ["-i", str(inventory), "-e", "bucket_access_hosts=contracts", "-f", "2", *arguments]
    ran = subprocess.run(
        [str(Path(sys.executable).parent / "ansible-playbook"), "playbooks/verify.yml", *chosen],
        check=False,
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        env={**clean, **env, **own, "ANSIBLE_NOCOLOR": "1", "ANSIBLE_DEPRECATION_WARNINGS": "0"},
    )
    written = {name: home / name / "access-report.json" for name in hosts}
    reports = {name: json.loads(path.read_text()) for name, path in written.items() if path.exists()}
    return Run(ran.stdout + ran.stderr, {name: world for name, (world, _given) in hosts.items()}, reports)


def mutated(env: Mapping[str, str], name: str) -> World:
    mutation = next(item for item in MUTATIONS if item.name == name)
    world = provisioned(env, **mutation.contract)
    mutation.apply(world)
    return world


@pytest.fixture(scope="module")
def run(env: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run over the sample, a reader whose objects the operator puts, and a contract that is not audited."""
    home = tmp_path_factory.mktemp("home")
    worlds = {name: mutated(env, name) for name in SAMPLE}
    reader, unaudited = provisioned(env, **READ_ONLY), provisioned(env)
    reader.s3.put_object(Bucket=reader.bucket, Key=INSIDE, Body=b"somebody's")
    unaudited.set_permissions(allow("s3:GetObject", objects(unaudited)), "extra")
    hosts = {name: (world, host_of(world, home, name)) for name, world in worlds.items()}
    hosts["reader"] = (reader, host_of(reader, home, "reader"))
    hosts["unaudited"] = (unaudited, host_of(unaudited, home, "unaudited", audit=False))
    return verify(home, env, hosts, "-v")


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


def test_a_reader_is_verified_and_somebody_elses_object_stays(run: Run) -> None:
    world = run.worlds["reader"]
    assert run.reports["reader"]["verdict"] == "verified", run.output[-3000:]
    kept = world.s3.get_object(Bucket=world.bucket, Key=INSIDE)["Body"].read()
    assert kept == b"somebody's"


@pytest.mark.parametrize("name", [*SAMPLE, "reader", "unaudited"])
def test_the_operators_objects_are_gone_whatever_the_verdict(run: Run, name: str) -> None:
    world = run.worlds[name]
    keys = {item["Key"] for item in world.s3.list_objects_v2(Bucket=world.bucket)["Contents"]}
    assert keys == {"team/inside", world.beside} | ({INSIDE} if name == "reader" else set())


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


def test_an_operator_without_rights_cannot_tell_and_says_why(env: Mapping[str, str], tmp_path: Path) -> None:
    world = provisioned(env)
    world.iam.create_user(UserName=f"operator-{world.user}")
    key = world.iam.create_access_key(UserName=f"operator-{world.user}")["AccessKey"]
    own = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    run = verify(tmp_path, {**env, **own}, {"poor": (world, host_of(world, tmp_path, "poor"))})
    assert run.reports["poor"]["verdict"] == "inconclusive", run.output[-3000:]
    probes = {c["id"]: c["outcome"] for c in run.reports["poor"]["checks"] if not c["id"].startswith("config.")}
    assert [name for name, outcome in probes.items() if outcome != "pass"] == ["role.outside.read"]
    trust = run.check("poor", "config.role.trust")
    assert (trust["outcome"], trust["error"]["code"]) == ("inconclusive", "AccessDenied")
    assert trust["advice"] == "Allow the operator iam:GetRole, or verify without the audit."
