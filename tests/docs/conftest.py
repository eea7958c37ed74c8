# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readers who follow the pages, two at a time, in projects of their own, as the operator of an emulated account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
import os
from pathlib import Path
import subprocess

import pytest
from shell import Reader
from stories import STORIES, Story

from lab.account import allow, operator_of
from lab.checkout import BIN, CHECKOUT, Env
from lab.emulator import emulator_command, running

GALAXY = BIN / "ansible-galaxy"

#: Where a reader of docs/first-run.md keeps an emulator, who may be interrupted before stopping it.
FIRST_RUN = CHECKOUT / ".state" / "first-run"

#: The account that the pages speak of.
ACCOUNT = "123456789012"


@dataclass(frozen=True)
class Account:
    """The variables that lead to it, and the key of its operator."""

    aws: Env
    operator: Env


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """An account on the emulator that enforces IAM, with an operator who may do everything."""
    with running("enforcing", tmp_path_factory.mktemp("emulator") / "state") as emulator:
        yield Account(emulator.keyless, operator_of(emulator.in_account(ACCOUNT), [allow("*")]))


@pytest.fixture(scope="session")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collection as Galaxy would hold it."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([GALAXY, "collection", "build", CHECKOUT, "--output-path", folder], check=True, capture_output=True)
    return next(folder.glob("assumerole-s3-*.tar.gz"))


@pytest.fixture(scope="session")
def readings(
    account: Account, tarball: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Mapping[str, Future[None]]]:
    """The pages of the selected tests by name, while they are being followed."""
    selected = {item.callspec.params["page"] for item in request.session.items if "readings" in item.fixturenames}
    stories = [story for story in STORIES if selected.intersection(story.pages)]
    pages: dict[str, Future[None]] = {page: Future() for story in stories for page in story.pages}
    emulator_command("stop", str(FIRST_RUN)).check_returncode()
    with ThreadPoolExecutor(max_workers=2) as pool:
        for story in stories:
            pool.submit(_follow, reader(tmp_path_factory.mktemp("story"), account, tarball, story), story, pages)
        yield pages
    emulator_command("stop", str(FIRST_RUN)).check_returncode()


def reader(folder: Path, account: Account, tarball: Path, story: Story) -> Reader:
    """Somebody with a project, a home that holds the operator's key, and, for most stories, the collection."""
    home, project = folder / "home", folder / "project"
    project.mkdir()
    _write_profile(home / ".aws" / "credentials", account.operator)
    env = {**_own(home), "TARBALL": str(tarball), "CHECKOUT": str(CHECKOUT)}
    if story.installed:
        install = [GALAXY, "collection", "install", tarball, "--offline"]
        subprocess.run(install, check=True, capture_output=True, cwd=project, env=env)
    return Reader(project, env, account.aws)


def _follow(reader: Reader, story: Story, pages: Mapping[str, Future[None]]) -> None:
    """One page after the other. What went wrong on one is that page's failure, and the next ones may suffer from it."""
    for page in story.pages:
        try:
            pages[page].set_result(reader.follow(page))
        except Exception as error:
            pages[page].set_exception(error)


def _own(home: Path) -> dict[str, str]:
    """A reader's environment: nothing of ours on it but the programs."""
    return {
        "PATH": os.pathsep.join([str(BIN), *os.defpath.split(os.pathsep), "/usr/local/bin"]),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "ANSIBLE_DEPRECATION_WARNINGS": "False",
        "ANSIBLE_NOCOLOR": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
    }


def _write_profile(path: Path, key: Env) -> None:
    path.parent.mkdir(parents=True)
    path.write_text("[operator]\n" + "".join(f"{name.lower()} = {value}\n" for name, value in key.items()))
    path.chmod(0o600)
