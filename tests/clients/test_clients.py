# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each program does its job as the role with exactly what the table says, and fails with any one permission less."""

from __future__ import annotations

import os
from pathlib import Path
import subprocess

from clients import CLIENTS, USUAL, Client
import pytest

from lab.checkout import BIN, CHECKOUT
from lab.emulator import Emulator
from lab.home import environment
from lab.world import World, provision

#: Where what PyPI has of them is installed.
INSTALLED = CHECKOUT / ".venvs" / "clients" / "bin"

MEGABYTE = 2**20


def job(world: World, client: Client, home: Path) -> subprocess.CompletedProcess[str]:
    """Run it with a session of the role, which is all that it knows."""
    session, folder, large = world.assume(), home / "folder", home / "large"
    for made in (home / "work", folder):
        made.mkdir(parents=True)
    (folder / "old").write_text("old\n")
    (folder / "new").write_text("new\n")
    large.write_bytes(os.urandom(20 * MEGABYTE))
    given = {
        "AWS_ACCESS_KEY_ID": session["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
        "AWS_SESSION_TOKEN": session["SessionToken"],
        "PLACE": f"{world.bucket}/{world.prefix}".rstrip("/"),
        "WORK": str(home / "work"),
        "FOLDER": str(folder),
        "LARGE": str(large),
    }
    env = environment(home, world.emulator.keyless, **given)
    env["PATH"] = os.pathsep.join([str(INSTALLED), env["PATH"]])
    python = BIN if client.job.startswith("boto3") else INSTALLED
    command = [str(client.script)] if client.script.suffix == ".sh" else [str(python / "python"), str(client.script)]
    return subprocess.run(command, check=False, env=env, capture_output=True, text=True, timeout=180)


def test_the_table_stands_in_the_page() -> None:
    page = (CHECKOUT / "docs" / "clients.md").read_text().splitlines()
    assert [line for line in page if line.startswith("| ")][1:] == [client.row for client in CLIENTS]


def at_work(enforcing: Emulator, client: Client, *without: str) -> World:
    """A contract of what the client needs, in a bucket where others have things, too."""
    needs = [name for name in client.needs if name not in without]
    world = provision(enforcing, permissions=needs, prefix=client.prefix)
    if client.prefix:
        world.put("team-secrets/theirs", "other/theirs")
    return world


@pytest.mark.whole
@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_it_does_its_job_with_exactly_this(enforcing: Emulator, tmp_path: Path, client: Client) -> None:
    done = job(at_work(enforcing, client), client, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.whole
@pytest.mark.parametrize(
    ("client", "less"),
    [(client, name) for client in CLIENTS for name in client.needs],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_with_one_permission_less_it_fails(enforcing: Emulator, tmp_path: Path, client: Client, less: str) -> None:
    assert job(at_work(enforcing, client, less), client, tmp_path).returncode != 0


@pytest.mark.whole
@pytest.mark.parametrize("client", [one for one in CLIENTS if "list_all" in one.needs], ids=lambda client: client.name)
def test_the_list_below_the_prefix_is_not_enough_for_it(enforcing: Emulator, tmp_path: Path, client: Client) -> None:
    """HeadBucket, and a list by the prefix without its slash, ask for s3:ListBucket on more than the prefix.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
    """
    world = provision(enforcing, permissions=list(USUAL), prefix=client.prefix)
    assert job(world, client, tmp_path).returncode != 0


@pytest.mark.whole
@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_in_a_bucket_of_its_own_the_usual_permissions_do(enforcing: Emulator, tmp_path: Path, client: Client) -> None:
    done = job(provision(enforcing, permissions=list(USUAL)), client, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
