# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A project that is not ours installs the collection, as users do, and uses it by name."""

from __future__ import annotations

from collections.abc import Iterator
import json
import os
from pathlib import Path
import shutil
import subprocess
import sys

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
EMULATOR = CHECKOUT / "tests" / "emulators" / "emulator.py"

CONTRACT = {
    "bucket_access_user": "partner",
    "bucket_access_role": "partner-exchange",
    "bucket_access_bucket": "example-partner-exchange",
    "bucket_access_wait_timeout": 10,
}

PLAYBOOK = """
- hosts: localhost
  gather_facts: false
  module_defaults:
    group/assumerole.s3.aws:
      fail_on_violation: false
  tasks:
    - name: The role is used by its name
      ansible.builtin.include_role:
        name: assumerole.s3.bucket_access
        tasks_from: verify
    - name: Our modules are in the action group, so this violated contract fails nothing
      assumerole.s3.access_audit:
        user: partner
        role: partner-exchange
        bucket: example-partner-exchange
        permissions: [list]
      register: audited
    - name: The verdicts can be used
      ansible.builtin.assert:
        that:
          - bucket_access_result.verdict == 'verified'
          - audited.verdict == 'violated'
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a contract, beside an emulator, without a trace of the checkout."""
    folder = tmp_path_factory.mktemp("stranger")
    (folder / "contract.yml").write_text(json.dumps(CONTRACT))
    (folder / "site.yml").write_text(PLAYBOOK)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    subprocess.run([sys.executable, EMULATOR, "start", "enforcing", folder / "aws"], check=True, env=clean)
    yield folder
    subprocess.run([sys.executable, EMULATOR, "stop", folder / "aws"], check=True)


def run(project: Path, *command: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a command in the project, with its own home and nothing of ours on the path."""
    env = {
        "PATH": f"{BIN}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(project / "home"),
        "ANSIBLE_HOME": str(project / "home" / ".ansible"),
        "ANSIBLE_COLLECTIONS_PATH": str(project / "collections"),
        "ANSIBLE_DEPRECATION_WARNINGS": "False",
        **json.loads((project / "aws" / "env.json").read_text()),
    }
    done = subprocess.run(command, cwd=project, env=env, text=True, capture_output=True, check=False)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def build(project: Path) -> Path:
    """The tarball that Galaxy would hold."""
    run(project, "ansible-galaxy", "collection", "build", CHECKOUT, "--output-path", project / "dist", "--force")
    return next((project / "dist").glob("assumerole-s3-*.tar.gz"))


def test_the_tarball_holds_the_collection_and_nothing_else(project: Path) -> None:
    listing = run(project, "tar", "tzf", build(project)).stdout.split()
    folders = {name.split("/")[0] for name in listing if "/" in name}
    assert {"meta", "playbooks", "plugins", "roles"} <= folders
    assert not [name for name in listing if name.startswith(".") or "__pycache__" in name]


def test_playbooks_and_role_work_by_name_from_the_tarball(project: Path) -> None:
    shutil.rmtree(project / "collections", ignore_errors=True)
    run(project, "ansible-galaxy", "collection", "install", build(project), "--offline", "-p", project / "collections")

    run(project, "ansible-playbook", "assumerole.s3.provision", "-e", "@contract.yml")
    done = run(project, "ansible-playbook", "assumerole.s3.verify", "-e", "@contract.yml")
    assert "verdict: verified" in done.stdout
    run(project, "ansible-playbook", "site.yml", "-e", "@contract.yml")
    run(project, "ansible-playbook", "assumerole.s3.teardown", "-e", "@contract.yml")

    assert not (project / "home" / ".aws" / "credentials").exists()


def test_requirements_yml_installs_it_from_git(project: Path) -> None:
    shutil.rmtree(project / "collections", ignore_errors=True)
    requirements = {"collections": [{"name": f"git+file://{CHECKOUT}", "type": "git", "version": "HEAD"}]}
    (project / "requirements.yml").write_text(json.dumps(requirements))
    run(
        project,
        "ansible-galaxy",
        "collection",
        "install",
        "-r",
        "requirements.yml",
        "--offline",
        "-p",
        project / "collections",
    )
    done = run(project, "ansible-doc", "-t", "module", "assumerole.s3.access_check")
    assert "Assumes a role as the IAM user" in done.stdout
