# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A relative path begins where Ansible was started: that is neither what PWD says, nor where modules run."""

from __future__ import annotations

from pathlib import Path
import subprocess
import sys

import pytest

from lab.checkout import CHECKOUT
from lab.emulator import Emulator
from lab.home import environment
from lab.play import Ran

VARIABLES = {
    "user": "relative-user",
    "role": "relative-role",
    "bucket": "relative-bucket",
    "wait_timeout": 5,
}


@pytest.fixture(scope="module")
def folder(enforcing: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where Ansible is started, with the operator's files in it."""
    folder = tmp_path_factory.mktemp("started") / "here"
    folder.mkdir()
    known = enforcing.env
    (folder / "operator.credentials").write_text(
        f"[the operator]\naws_access_key_id = {known['AWS_ACCESS_KEY_ID']}\n"
        f"aws_secret_access_key = {known['AWS_SECRET_ACCESS_KEY']}\n"
    )
    (folder / "operator.config").write_text('[profile "the operator"]\nregion = us-east-1\n')
    return folder


def play(verb: str, folder: Path, emulator: Emulator, **more: str) -> Ran:
    """A verb started in the folder by a program that stands elsewhere, whose PWD is stale. The paths are relative."""
    known = environment(
        folder.parent,
        emulator.env,
        PWD=str(folder.parent),
        ANSIBLE_COLLECTIONS_PATH=str(CHECKOUT / ".collections"),
        AWS_ACCESS_KEY_ID="",
        AWS_SECRET_ACCESS_KEY="",
        AWS_SESSION_TOKEN="",
        AWS_PROFILE="the operator",
        AWS_SHARED_CREDENTIALS_FILE="operator.credentials",
        AWS_CONFIG_FILE="operator.config",
    )
    contract = {f"bucket_access_{name}": value for name, value in {**VARIABLES, **more}.items()}
    given = [argument for name, value in contract.items() for argument in ("-e", f"{name}={value}")]
    program = str(Path(sys.executable).parent / "ansible-playbook")
    command = [sys.executable, program, f"assumerole.s3.{verb}", *given]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder, env=known)
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def test_the_operators_files_and_the_contracts_are_relative_to_it(folder: Path, enforcing: Emulator) -> None:
    ran = play("provision", folder, enforcing)
    assert ran.code == 0, ran.output
    assert "[relative-user]" in (folder / "operator.credentials").read_text()
    assert "[profile relative-role]" in (folder / "operator.config").read_text()


def test_the_report_and_the_session_are_relative_to_it(folder: Path, enforcing: Emulator) -> None:
    for verb, what in (("verify", {"report_dir": "reports"}), ("session", {"session_env_file": "session.env"})):
        ran = play(verb, folder, enforcing, **what)
        assert ran.code == 0, ran.output
    assert "verdict: verified" in play("verify", folder, enforcing).output
    found = {str(path.relative_to(folder.parent)) for path in folder.parent.rglob("*") if ".ansible" not in path.parts}
    assert {"here/reports/access-report.json", "here/session.env"} <= found
    assert {path.split("/")[0] for path in found} == {"here"}


def test_teardown_finds_them_all_again(folder: Path, enforcing: Emulator) -> None:
    ran = play("teardown", folder, enforcing, session_env_file="session.env")
    assert ran.code == 0, ran.output
    assert not (folder / "session.env").exists()
    assert "relative-user" not in (folder / "operator.credentials").read_text()
    assert (folder / "operator.config").read_text() == '[profile "the operator"]\nregion = us-east-1\n'
