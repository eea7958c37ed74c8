# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often amazon.aws's modules ask when AWS throttles without end.

amazon.aws repeats a throttled call ten times, and each of those is three attempts of the SDK: thirty requests.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from bench import Bench, error
import pytest
from subject import Subject

pytestmark = pytest.mark.whole

#: AWSRetry.jittered_backoff() around each call, and botocore's standard mode inside.
MOST_REQUESTS = 10 * 3

#: The most within a second: the first pauses of both are random and may be short.
MOST_IN_A_SECOND = 6


@pytest.mark.parametrize(
    ("code", "operation", "most"),
    [
        ("Throttling", "CreateUser", MOST_REQUESTS),
        ("ServiceUnavailable", "GetBucketPolicy", MOST_REQUESTS),
        ("SlowDown", "CreateBucket", 3),  # amazon.aws does not know this code
    ],
)
def test_amazon_aws_multiplies_and_is_bounded(
    bench: Bench, tmp_path: Path, code: str, operation: str, most: int
) -> None:
    subject = Subject(bench, bench.lanes[0], tmp_path)
    before = len(subject.lane.requests())
    subject.lane.script(error(code, operation=operation))
    try:
        ran = subject.play("provision")
    finally:
        subject.lane.script()

    struck = [entry["time"] for entry in subject.lane.requests()[before:] if entry["fault"]]
    print(f"\n{code} on {operation}: {len(struck)} requests in {struck[-1] - struck[0]:.0f} s")
    assert ran.code != 0
    assert "run this again in a minute" in ran.sentence
    assert len(struck) == most
    assert max(Counter(int(moment) for moment in struck).values()) <= MOST_IN_A_SECOND
