# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One bench for all tests of a session, with as many lanes as tests take in parallel."""

from __future__ import annotations

from collections.abc import Iterator
import os

from bench import Bench, running
import pytest

#: Lanes 0 to LANES - 1 are for whatever runs in parallel; the last one is for tests that talk to it themselves.
LANES = int(os.environ.get("FAULT_LANES", "2"))


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """The emulator and the proxy."""
    with running(tmp_path_factory.mktemp("bench"), lanes=LANES + 1) as started:
        yield started
