# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever watches a run that waits sees what it waits for, and for how long, while it waits."""

from __future__ import annotations

from pathlib import Path
import re

from bench import Bench, error
from subject import Subject

WAITING = r"waiting for AWS to catch up, (\d+) seconds at most: role\.\w+ \(AccessDenied\)"


def test_a_verification_that_waits_says_for_what(bench: Bench, tmp_path: Path) -> None:
    lane = bench.lanes[0]
    lane.script()
    subject = Subject(bench, lane, tmp_path / "home", variables={"bucket_access_wait_timeout": 30})
    subject.provision()
    lane.script(error("AccessDenied", service="s3", key="ASIA", first=3))
    try:
        ran = subject.play("verify")
    finally:
        lane.script()
    assert "verdict: verified" in ran.output, ran.output
    seconds = re.findall(WAITING, ran.output)
    assert seconds
    assert int(seconds[0]) <= 30
