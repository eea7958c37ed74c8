# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ceph's programs end with whoever has started them, however that ends, and leave nothing in their folder."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
import subprocess
import sys
import time

import pytest

from lab.checkout import CHECKOUT, inherited
from servers import ceph

pytestmark = pytest.mark.ceph

RUN = "import pathlib, sys, servers.ceph as ceph; ceph.running(pathlib.Path(sys.argv[1])).__enter__()"


def programs() -> set[str]:
    """What runs with Ceph's folder as its root."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "root").readlink() == ceph.ROOT:
                found.add((process / "comm").read_text().strip())
    return found


def comes_true(said: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while not said() and time.monotonic() < deadline:
        time.sleep(0.1)
    return said()


def test_a_run_that_is_killed_leaves_no_program_behind(tmp_path: Path) -> None:
    path = f"{CHECKOUT / '.collections'}:{CHECKOUT / 'tests'}"
    run = subprocess.Popen([sys.executable, "-c", RUN, str(tmp_path)], env={**inherited(), "PYTHONPATH": path})
    assert comes_true(lambda: "radosgw" in programs() or run.poll() is not None)
    assert {"ceph-mon", "ceph-osd", "radosgw"} <= programs()

    run.kill()
    run.wait()

    assert comes_true(lambda: programs() == set(), seconds=10), programs()


def test_a_start_that_fails_says_so_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "start.sh"
    script.write_text("echo nothing works\nsleep 600 &\nexit 1\n")
    monkeypatch.setattr(ceph, "SCRIPT", script)

    with (
        pytest.raises(RuntimeError, match="Ceph did not start; its log ends with:\nnothing works"),
        ceph.running(tmp_path),
    ):
        pass

    assert comes_true(lambda: programs() == set(), seconds=10), programs()
    assert list((ceph.ROOT / "srv").iterdir()) == []
