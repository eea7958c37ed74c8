# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures that more than one folder of tests has: its conftest.py imports those that it wants."""

from __future__ import annotations

from collections.abc import Iterator
import os
from pathlib import Path

import pytest

from lab.emulator import Emulator, running


@pytest.fixture(scope="module")
def enforcing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """The emulator that enforces IAM, to one file of tests alone: the name of a bucket is taken for all accounts."""
    with running("enforcing", tmp_path_factory.mktemp("enforcing") / "state") as emulator:
        yield emulator


@pytest.fixture(scope="module")
def localstack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """LocalStack, which refuses nobody, to one file of tests alone."""
    with running("localstack", tmp_path_factory.mktemp("localstack") / "state") as emulator:
        yield emulator


@pytest.fixture(autouse=True)
def nobodys_aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the AWS variables and files of whoever runs it."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
