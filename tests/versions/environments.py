# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An environment for each combination of versions, in ``.venvs/versions``; made again when its list changes."""

from __future__ import annotations

from collections.abc import Iterator
import os
from pathlib import Path
import shutil
import subprocess
import sys
import threading
import zipfile

from supported import CHECKOUT, Libraries, Row

VENVS = CHECKOUT / ".venvs" / "versions"
DOWNLOADS = CHECKOUT / ".build" / "versions"
TEST_TOOLS = ("pytest", "hypothesis")

#: The AWS CLI wants a boto3 of its own, so it is the one of the tests' environment.
AWS_CLI = f'#!/bin/sh\nexec "{CHECKOUT}/.venv/bin/aws" "$@"\n'

_downloading = threading.Lock()


class Trouble(Exception):
    """What failed to run, in a sentence."""


def environment(row: Row) -> Path:
    """The folder with the environment's programs."""
    venv = VENVS / row.name
    wanted, stamp = requirements(row), venv / "installed.txt"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(venv, ignore_errors=True)
        _install(row, venv, wanted)
        stamp.write_text(wanted)
    return venv / "bin"


def requirements(row: Row) -> str:
    """What pip installs. boto3 would take the newest botocore of its series, so both are named."""
    versions = (
        f"ansible-core=={row.core.version}",
        f"boto3=={row.libraries.boto3}",
        f"botocore=={row.libraries.boto3}",
    )
    return "\n".join([*versions, *TEST_TOOLS, f"# amazon.aws {row.libraries.amazon_aws}"]) + "\n"


def _install(row: Row, venv: Path, wanted: str) -> None:
    run([interpreter(row.core.python), "-m", "venv", str(venv)])
    packages = [line for line in wanted.splitlines() if not line.startswith("#")]
    run([str(venv / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages])
    site = venv / "lib" / f"python{row.core.python}" / "site-packages"
    shutil.copytree(amazon_aws(row.libraries), site / "ansible_collections" / "amazon" / "aws")
    cli = venv / "bin" / "aws"
    cli.write_text(AWS_CLI)
    cli.chmod(0o755)


def amazon_aws(libraries: Libraries) -> Path:
    """The collection, out of the ``ansible`` package."""
    folder = DOWNLOADS / f"amazon.aws-{libraries.amazon_aws}"
    collection = folder / "ansible_collections" / "amazon" / "aws"
    with _downloading:
        if not collection.is_dir():
            with zipfile.ZipFile(_wheel(libraries.ansible)) as wheel:
                wheel.extractall(folder, [name for name in wheel.namelist() if "/amazon/aws/" in name])
    return collection


def _wheel(version: str) -> Path:
    wheel = DOWNLOADS / f"ansible-{version}-py3-none-any.whl"
    if not wheel.exists():
        pip = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check"]
        run([*pip, "--no-deps", "--only-binary=:all:", "--dest", str(DOWNLOADS), f"ansible=={version}"])
    return wheel


def interpreter(version: str) -> str:
    """A Python of this version: on the PATH, or among pyenv's."""
    for candidate in _candidates(version):
        done = subprocess.run([candidate, "-c", ""], check=False, capture_output=True)
        if done.returncode == 0:
            return candidate
    raise Trouble(f"Python {version} is not installed: install it, so that python{version} runs, or with pyenv")


def _candidates(version: str) -> Iterator[str]:
    on_path = shutil.which(f"python{version}")
    if on_path:
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    yield from map(str, sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}"), reverse=True))


def run(command: list[str]) -> None:
    """Run a program to its end."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise Trouble(f"{' '.join(command[:5])} … ended with {done.returncode}:\n{done.stdout}{done.stderr}")
