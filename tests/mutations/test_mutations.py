# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdict goes red for every way in which access can be wrong, and stays green for what does not matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from catalogue import HARMLESS, MUTATIONS, Mutation
import pytest
from world import provisioned


@pytest.fixture(scope="session")
def score() -> Iterator[Counter[str]]:
    """Counts what was judged rightly, and prints it at the end."""
    counts: Counter[str] = Counter()
    yield counts
    kinds = sorted({name.split(":")[0] for name in counts})
    print(
        "\nmutation score: " + ", ".join(f"{kind} {counts[f'{kind}:right']}/{counts[f'{kind}:all']}" for kind in kinds)
    )


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: f"{mutation.kind}-{mutation.name}")
def test_verdict(mutation: Mutation, env: Mapping[str, str], score: Counter[str]) -> None:
    kind = "harmless" if mutation.kind == HARMLESS else "harmful"
    score[f"{kind}:all"] += 1
    world = provisioned(env, **mutation.contract)
    mutation.apply(world)

    result = world.verify()

    findings = {
        check["id"]: (check["outcome"], check["cause"]) for check in result["checks"] if check["outcome"] != "pass"
    }
    if mutation.kind == HARMLESS:
        assert result["verdict"] == "verified", findings
    else:
        assert result["verdict"] == "violated", findings
        assert result["summary"][mutation.kind] > 0, findings
    score[f"{kind}:right"] += 1


def test_the_suite_is_as_large_as_promised() -> None:
    harmless = sum(mutation.kind == HARMLESS for mutation in MUTATIONS)
    assert len(MUTATIONS) - harmless >= 60
    assert harmless >= 15
