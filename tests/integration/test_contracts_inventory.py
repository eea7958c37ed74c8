# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder of contracts is an inventory: what is wrong with it stops a run, and what is in no file is orphaned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

from contracts import KINDS, Operator, names, prefixed
import pytest
import yaml

from lab.account import allow
from lab.checkout import Env, Json
from lab.emulator import Emulator
from lab.play import Ran, ansible

NOBODY: Env = {}


@dataclass
class Folder:
    """The inventory's file, and the contracts beside it."""

    path: Path
    operator: Operator

    @property
    def source(self) -> str:
        return str(self.path / "contracts.yml")

    def options(self, **options: Any) -> None:
        self.path.mkdir(exist_ok=True)
        (self.path / "contracts.yml").write_text(yaml.safe_dump({"plugin": "assumerole.s3.contracts", **options}))

    def write(self, name: str, terms: Mapping[str, Any] | str) -> None:
        (self.path / "contracts").mkdir(parents=True, exist_ok=True)
        text = terms if isinstance(terms, str) else yaml.safe_dump(prefixed(terms))
        (self.path / "contracts" / name).write_text(text)

    def show(self, *arguments: str, aws: Env | None = None, **environ: str) -> Ran:
        """What ``ansible-inventory`` says of it."""
        operator = self.operator.key if aws is None else aws
        emulator = self.operator.emulator
        command = ("ansible-inventory", "-i", self.source, *arguments)
        return ansible(*command, home=self.operator.home, emulator=emulator, operator=operator, **environ)

    def run(self, verb: str, *arguments: str, hosts: str = "contracts") -> Ran:
        """A verb over its hosts."""
        given = ("-i", self.source, "-e", f"bucket_access_hosts={hosts}", *arguments)
        return self.operator.run(f"playbooks/{verb}.yml", *given)


@pytest.fixture
def folder(enforcing: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    operator = Operator.anew(enforcing, tmp_path_factory.mktemp("home"))
    found = Folder(tmp_path_factory.mktemp("inventory"), operator)
    found.options(defaults={"bucket_access_account_id": operator.emulator.account})
    return found


def succeeded(ran: Ran) -> Ran:
    assert ran.code == 0, ran.output[-3000:]
    return ran


def orphaned(ran: Ran) -> Json:
    """The variables of the hosts that are listed so, by name."""
    listed: Json = json.loads(succeeded(ran).stdout)
    hosts = listed["_meta"]["hostvars"]
    return {name: hosts[name] for name in listed.get("orphaned", {}).get("hosts", [])}


def test_the_contracts_of_a_folder_are_provisioned_verified_and_one_is_orphaned_and_taken_down(folder: Folder) -> None:
    operator, account = folder.operator, folder.operator.emulator.account
    stays, goes = names("stays", tags={"team": "payments"}), names("goes", prefix="team/")
    folder.write("stays.yml", stays)
    folder.write("goes.yml", goes)
    graph = succeeded(folder.show("--graph", aws=NOBODY)).stdout
    assert f"@account_{account}:\n  |  |--goes\n  |  |--stays\n" in graph
    assert "@tag_team_payments:\n  |  |--stays\n" in graph
    assert "orphaned" not in graph

    succeeded(folder.run("provision"))
    verified = succeeded(folder.run("verify"))
    assert set(verified.recap) == {"stays", "goes"}
    assert verified.stdout.count("verdict: verified") == 2

    folder.options(discover=True)
    assert orphaned(folder.show("--list")) == {}
    (folder.path / "contracts" / "goes.yml").unlink()
    assert orphaned(folder.show("--list")) == {
        "orphaned-goes-role": {
            "assumerole_s3_orphaned": True,
            "bucket_access_account_id": account,
            "bucket_access_bucket": goes["bucket"],
            "bucket_access_manage": list(KINDS),
            "bucket_access_prefix": "team/",
            "bucket_access_role": goes["role"],
            "bucket_access_user": goes["user"],
        }
    }
    before = operator.state(stays)
    removed = succeeded(folder.run("teardown", "--limit", "orphaned", hosts="all"))
    assert list(removed.recap) == ["orphaned-goes-role"]
    assert operator.state(goes) == dict.fromkeys(KINDS)
    assert operator.state(stays) == before
    assert orphaned(folder.show("--list")) == {}
    assert "verdict: verified" in succeeded(folder.run("verify")).stdout


def test_all_that_is_wrong_is_told_at_once_and_nothing_runs(folder: Folder) -> None:
    folder.write("a.yml", names("a"))
    folder.write("b.yml", {**names("b"), "prefx": "x/"})
    folder.write("c.yml", {**names("c"), "role": "a-role"})
    folder.write("d.json", "{}")
    requests = len(folder.operator.emulator.requests())
    for ran in (folder.run("provision"), folder.show("--graph"), folder.run("verify", "--limit", "a")):
        assert ran.code == 4
        told = " ".join(ran.output.split())
        assert "d.json is no contract: give it the ending .yml" in told
        assert "b.yml: bucket_access_prefx is unknown: did you mean bucket_access_prefix?" in told
        assert "c.yml: bucket_access_role is a-role, and so it is in a.yml" in told
        assert "Traceback" not in told
        assert "PLAY" not in told
    assert len(folder.operator.emulator.requests()) == requests


def test_a_value_that_is_encrypted_by_itself_is_left_to_the_run(folder: Folder) -> None:
    """Nobody has the password here, and no one is asked for it."""
    secret = "$ANSIBLE_VAULT;1.1;AES256\n  3132"
    text = yaml.safe_dump(prefixed(names("a")))
    folder.write("a.yml", f"{text}bucket_access_external_id: !vault |\n  {secret}\n")
    assert "--a" in succeeded(folder.show("--graph")).stdout


def test_without_strictness_what_is_wrong_is_a_warning(folder: Folder) -> None:
    folder.options(strict=False)
    folder.write("b.yml", {**names("b"), "prefx": "x/"})
    ran = succeeded(folder.show("--graph"))
    assert "bucket_access_prefx is unknown" in " ".join(ran.output.split())
    assert "--b" in ran.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"path": "nowhere"}, "nowhere cannot be read: No such file or directory. Name the one with the contracts."),
        ({"path": "empty"}, "has no contract: write one, or name another folder."),
        ({"path": "broken"}, "a.yml cannot be read: "),
        ({"discover": "perhaps"}, "discover is 'perhaps': write true or false."),
        ({"discovery": True}, "discovery is no option: see ansible-doc -t inventory assumerole.s3.contracts."),
        ({"defaults": ["x"]}, "Config 'defaults'"),
    ],
)
def test_what_cannot_be_read_ends_ansible(folder: Folder, options: Json, said: str) -> None:
    for name in ("empty", "broken", "contracts"):
        (folder.path / name).mkdir()
    folder.write("a.yml", names("a"))
    (folder.path / "broken" / "a.yml").write_text("a: [\n")
    folder.options(**options)
    ran = folder.run("verify")
    assert ran.code == 4
    assert said in " ".join(ran.output.split())
    assert "Traceback" not in ran.output


def test_templates_are_left_to_the_run(folder: Folder) -> None:
    terms = {**names("a"), "bucket": "{{ mine }}-bucket-of-ours", "report_dir": "{{ inventory_dir }}/reports"}
    folder.write("a.yml", yaml.safe_dump({**prefixed(terms), "mine": "a"}))
    succeeded(folder.run("provision"))
    assert all(folder.operator.state(names("a")).values())
    succeeded(folder.run("verify"))
    assert (folder.path / "reports" / "access-report.json").is_file()
    folder.write("a.yml", yaml.safe_dump({**prefixed(terms), "mine": "NO"}))
    assert "bucket_access_bucket is 'NO-bucket-of-ours', not a bucket name" in folder.run("verify").output


def test_a_role_that_only_the_run_knows_is_never_taken_for_orphaned(folder: Folder) -> None:
    folder.options(discover=True)
    folder.write("a.yml", {**names("a"), "role": "{{ inventory_hostname }}-role"})
    ran = folder.show("--list")
    assert ran.code == 4
    assert "bucket_access_role of a.yml is known in a run only" in " ".join(ran.output.split())


@pytest.mark.parametrize(
    ("allowed", "said"),
    [
        ("s3:*", "AWS does not give the account's users and roles (AccessDenied"),
        ("iam:*", "AWS does not give the tags of the buckets of goes-role (AccessDenied"),
    ],
)
def test_what_aws_refuses_stops_the_run(folder: Folder, allowed: str, said: str) -> None:
    """An empty group would say that nothing is orphaned, and a bucket without tags that it is somebody else's."""
    folder.write("goes.yml", {**names("goes"), "bucket": f"goes-{folder.operator.emulator.account}"})
    succeeded(folder.run("provision"))
    (folder.path / "contracts" / "goes.yml").unlink()
    folder.write("other.yml", names("other"))
    folder.options(discover=True)
    ran = folder.show("--graph", aws=limited(folder, allowed))
    assert ran.code == 4
    assert said in " ".join(ran.output.split())
    assert "orphaned" not in ran.stdout
    nobody = folder.show("--graph", aws={"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""})
    assert nobody.code == 4
    assert "discover: the account's users and roles cannot be read: there are no credentials" in " ".join(
        nobody.output.split()
    )


def limited(folder: Folder, allowed: str) -> Env:
    """The key of another user, who may do only this."""
    iam = folder.operator.emulator.iam
    iam.create_user(UserName="limited")
    iam.put_user_policy(UserName="limited", PolicyName="only", PolicyDocument=json.dumps(allow(allowed)))
    key = iam.create_access_key(UserName="limited")["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}


def test_discovery_changes_nothing_and_finds_no_strangers(folder: Folder) -> None:
    folder.write("a.yml", names("a"))
    folder.operator.emulator.iam.create_user(UserName="stranger")
    folder.options(discover=True)
    before = len(folder.operator.emulator.requests())
    assert orphaned(folder.show("--list")) == {}
    assert folder.operator.writes_since(before) == []


@pytest.mark.parametrize(
    ("live", "said"),
    [
        ({"role": "goes-role"}, "its role goes-role is that of the host stays, too, so nothing is done to it"),
        ({"role": "{{ nowhere }}"}, "bucket_access_role of the host stays cannot be read here"),
        ({"user": "goes-user"}, "its user goes-user is that of the host stays, too"),
        ({"grants": [{"bucket": "BUCKET"}]}, "its bucket BUCKET is that of the host stays, too"),
    ],
)
def test_what_host_vars_make_a_live_contract_of_is_never_taken_down_as_an_orphan(
    folder: Folder, live: Json, said: str
) -> None:
    """The inventory sees the contracts' files alone."""
    bucket = f"goes-{folder.operator.emulator.account}"
    folder.write("goes.yml", {**names("goes"), "bucket": bucket})
    folder.write("stays.yml", names("stays"))
    succeeded(folder.run("provision", "--limit", "goes"))
    (folder.path / "contracts" / "goes.yml").unlink()
    (folder.path / "host_vars").mkdir()
    text = yaml.safe_dump(prefixed(live)).replace("BUCKET", bucket)
    (folder.path / "host_vars" / "stays.yml").write_text(text)
    folder.options(discover=True)
    before = len(folder.operator.emulator.requests())
    for verb in ("teardown", "provision"):
        ran = folder.run(verb, "--limit", "orphaned", hosts="all")
        assert ran.code == 2
        assert f"orphaned-goes-role is listed as orphaned, and {said.replace('BUCKET', bucket)}" in " ".join(
            ran.output.split()
        )
    assert folder.operator.writes_since(before) == []
