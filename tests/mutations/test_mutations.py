# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdict goes red for every way in which access can be wrong, and stays green for what does not matter."""

from __future__ import annotations

import pytest

from lab.emulator import Emulator
from mutations.catalogue import HARMLESS, UNTOLD, Mutation
from mutations.every import EVERY, changed_by
from mutations.others import known


@pytest.mark.usefixtures("shut_afterwards")
@pytest.mark.parametrize("mutation", EVERY, ids=lambda mutation: f"{mutation.kind}-{mutation.name}")
def test_verdict(mutation: Mutation, enforcing: Emulator) -> None:
    world = changed_by(mutation, enforcing)

    result = world.verify(*([] if mutation.survey is None else [known(world)]))

    findings = {
        check["id"]: (check["outcome"], check["cause"]) for check in result["checks"] if check["outcome"] != "pass"
    }
    if mutation.kind == HARMLESS:
        assert result["verdict"] == "verified", findings
    elif mutation.kind == UNTOLD:
        assert result["verdict"] == "inconclusive", findings
    else:
        assert result["verdict"] == "violated", findings
        assert result["summary"][mutation.kind] > 0, findings
    listed = {name.removeprefix("survey."): found[0] for name, found in findings.items() if name.startswith("survey.")}
    assert listed == (mutation.survey or {}), findings


def test_the_suite_is_as_large_as_promised() -> None:
    harmless, untold = (sum(mutation.kind == kind for mutation in EVERY) for kind in (HARMLESS, UNTOLD))
    assert len(EVERY) - harmless - untold > 370
    assert untold > 15
    assert harmless > 100
    assert sum(mutation.survey is not None for mutation in EVERY) > 80
    assert len({mutation.name for mutation in EVERY}) == len(EVERY)
