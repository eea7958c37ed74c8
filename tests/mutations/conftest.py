# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One enforcing emulator for all mutations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import json
import os
from pathlib import Path
import subprocess
import sys

import pytest

EMULATOR = Path(__file__).resolve().parent.parent / "emulators" / "emulator.py"


@pytest.fixture(scope="session")
def env(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """The enforcing emulator's environment."""
    state = tmp_path_factory.mktemp("enforcing") / "state"
    clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    subprocess.run([sys.executable, str(EMULATOR), "start", "enforcing", str(state)], check=True, env=clean)
    yield json.loads((state / "env.json").read_text())
    subprocess.run([sys.executable, str(EMULATOR), "stop", str(state)], check=True)
