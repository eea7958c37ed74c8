# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A project that is not ours installs the collection, as users do, and uses it by name."""

from __future__ import annotations

from collections.abc import Iterator
import json
from pathlib import Path
import re
import shutil
import subprocess
import tarfile

import pytest

from lab.checkout import BIN, CHECKOUT
from lab.emulator import KEY, running

BUILDER = CHECKOUT / ".venvs" / "ecosystem" / "bin" / "ansible-builder"

CONTRACT = {
    "bucket_access_user": "partner",
    "bucket_access_role": "partner-exchange",
    "bucket_access_bucket": "example-partner-exchange",
    "bucket_access_wait_timeout": 10,
}

#: The operator's key comes from the action group alone: a module that is not in it has no credentials.
SITE = """
- name: A bucket for our partner
  hosts: localhost
  gather_facts: false
  module_defaults:
    group/assumerole.s3.aws:
      region: us-east-1
      access_key: "{{ operator_access_key }}"
      secret_key: "{{ operator_secret_key }}"
  tasks:
    - name: The partner has access
      ansible.builtin.include_role:
        name: assumerole.s3.bucket_access

    - name: The partner's access is verified
      ansible.builtin.include_role:
        name: assumerole.s3.bucket_access
        tasks_from: verify

    - name: A narrower contract is not what is configured
      assumerole.s3.access_audit:
        contract:
          user: partner
          role: partner-exchange
          bucket: example-partner-exchange
          permissions: [list]
        fail_on_violation: false
      register: narrower

    - name: The verdicts can be used
      ansible.builtin.assert:
        that:
          - bucket_access_result.verdict == 'verified'
          - narrower.verdict == 'violated'

    - name: The partner has no access any more
      ansible.builtin.include_role:
        name: assumerole.s3.bucket_access
        tasks_from: teardown
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a contract, beside an emulator, without a trace of the checkout."""
    folder = tmp_path_factory.mktemp("stranger")
    (folder / "contract.yml").write_text(json.dumps(CONTRACT))
    (folder / "site.yml").write_text(SITE)
    with running("enforcing", folder / "aws"):
        yield folder


def run(project: Path, *command: str | Path, operator: bool = True) -> str:
    """Run a command in the project, with its own home and nothing of ours on the path; gives what it printed."""
    emulator = json.loads((project / "aws" / "env.json").read_text())
    env = {
        "PATH": f"{BIN}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(project / "home"),
        "ANSIBLE_HOME": str(project / "home" / ".ansible"),
        "ANSIBLE_COLLECTIONS_PATH": str(project / "collections"),
        "ANSIBLE_DEPRECATION_WARNINGS": "False",
        **{name: value for name, value in emulator.items() if operator or name not in KEY},
    }
    done = subprocess.run(command, cwd=project, env=env, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(source: Path, dist: Path) -> Path:
    """The tarball that Galaxy would hold."""
    command = ["ansible-galaxy", "collection", "build", source, "--output-path", dist, "--force"]
    subprocess.run([BIN / command[0], *command[1:]], check=True, capture_output=True)
    return next(dist.glob("assumerole-s3-*.tar.gz"))


@pytest.fixture(scope="module")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What we would publish."""
    return build(CHECKOUT, tmp_path_factory.mktemp("new"))


@pytest.fixture(scope="module")
def previous(tarball: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as an older version: what was installed before."""
    source = tmp_path_factory.mktemp("source")
    with tarfile.open(tarball) as archive:
        archive.extractall(source, filter="data")
    for name in ("MANIFEST.json", "FILES.json"):
        (source / name).unlink()
    manifest = (CHECKOUT / "galaxy.yml").read_text()
    (source / "galaxy.yml").write_text(re.sub(r"^version: .*$", "version: 0.0.1", manifest, flags=re.MULTILINE))
    return build(source, tmp_path_factory.mktemp("old"))


def install(project: Path, requirement: dict[str, str], *options: str) -> None:
    """Install what requirements.yml says, and nothing else."""
    (project / "requirements.yml").write_text(json.dumps({"collections": [requirement]}))
    command = ["ansible-galaxy", "collection", "install", "-r", "requirements.yml", "--offline", *options]
    run(project, *command, "-p", project / "collections")


def installed_version(project: Path) -> str:
    """What is installed now."""
    manifest = project / "collections" / "ansible_collections" / "assumerole" / "s3" / "MANIFEST.json"
    return str(json.loads(manifest.read_text())["collection_info"]["version"])


def test_the_tarball_holds_the_collection_and_nothing_else(tarball: Path) -> None:
    with tarfile.open(tarball) as archive:
        names = archive.getnames()
    assert {"meta", "playbooks", "plugins", "roles"} <= {name.split("/")[0] for name in names}
    assert [name for name in names if name.startswith(".") or "__pycache__" in name] == []


def test_the_role_works_by_name_and_the_action_group_carries_the_operators_key(project: Path, tarball: Path) -> None:
    install(project, {"name": str(tarball), "type": "file"})
    emulator = json.loads((project / "aws" / "env.json").read_text())
    key = {"operator_access_key": emulator[KEY[0]], "operator_secret_key": emulator[KEY[1]]}
    (project / "operator.yml").write_text(json.dumps(key))
    said = run(project, "ansible-playbook", "site.yml", "-e", "@contract.yml", "-e", "@operator.yml", operator=False)
    assert "verdict: verified" in said
    assert not (project / "home" / ".aws" / "credentials").exists()


def test_an_execution_environment_gets_what_the_collection_needs(project: Path) -> None:
    said = run(project, BUILDER, "introspect", project / "collections", "--write-pip", project / "pip.txt")
    assert "assumerole.s3" in said
    packages = [line.split("#")[0].strip() for line in (project / "pip.txt").read_text().splitlines()]
    assert {"boto3>=1.35.69", "botocore>=1.35.69"} <= set(packages)


def test_playbooks_work_by_name_across_an_upgrade(project: Path, previous: Path, tarball: Path) -> None:
    shutil.rmtree(project / "collections")
    install(project, {"name": str(previous), "type": "file"})
    assert installed_version(project) == "0.0.1"
    run(project, "ansible-playbook", "assumerole.s3.provision", "-e", "@contract.yml")

    install(project, {"name": str(tarball), "type": "file"}, "--upgrade")
    assert installed_version(project) != "0.0.1"
    again = run(project, "ansible-playbook", "assumerole.s3.provision", "-e", "@contract.yml")
    assert " changed=0 " in again
    verbs = ["assumerole.s3.verify", "assumerole.s3.teardown"]
    assert "verdict: verified" in run(project, "ansible-playbook", *verbs, "-e", "@contract.yml")
    assert not (project / "home" / ".aws" / "credentials").exists()


def test_requirements_yml_installs_it_from_git(project: Path) -> None:
    shutil.rmtree(project / "collections")
    install(project, {"name": f"git+file://{CHECKOUT}", "type": "git", "version": "HEAD"})
    for kind, name in (("module", "access_check"), ("module", "access_audit"), ("role", "bucket_access")):
        assert f"assumerole.s3.{name}" in run(project, "ansible-doc", "-t", kind, f"assumerole.s3.{name}")
    listed = run(project, "ansible-playbook", "assumerole.s3.provision", "--list-tasks", "-e", "@contract.yml")
    assert "The plan is known, and nothing of somebody else's is in it" in listed
