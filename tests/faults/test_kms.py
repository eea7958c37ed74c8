# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No wrong verdict of a contract with a key while KMS answers badly, or not at all."""

from __future__ import annotations

from bench import Bench, error, fault
import pytest
from test_verdict import verdict_through

from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import CONFIG
from lab.checkout import Json
from mutations.catalogue import MUTATIONS
from mutations.sound import NEW_KEY, shut, sound

FAULTS: dict[str, Json] = {
    "throttled": error("ThrottlingException", service="kms"),
    "throttled in turn": error("ThrottlingException", service="kms", on=list(range(1, 400, 2))),
    "500": error("KMSInternalException", service="kms"),
    "reset": fault("reset", service="kms"),
    "reset in turn": fault("reset", service="kms", on=list(range(1, 400, 2))),
    "cut": fault("cut", keep=0.6, service="kms"),
    "a captive portal": fault("body", status=200, body="<html></html>", service="kms"),
    "an empty yes": fault("body", status=200, body="", service="kms"),
    "a refusal without a reason": fault("body", status=403, body="", service="kms"),
    "the operator is refused": error("AccessDeniedException", service="kms", operation="GetKeyPolicy"),
    "the role is refused in turn": error("AccessDeniedException", service="kms", key="ASIA", on=[1, 4, 5]),
    "the user is refused in turn": error("AccessDeniedException", service="kms", key="AKIA", on=[2, 3, 6]),
}
BROKEN = "the_key_may_be_used_outside_of_s3"


@pytest.fixture(autouse=True)
def nothing_is_asked_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every fault arrives."""
    monkeypatch.setitem(CONFIG, "retries", {"mode": "standard", "total_max_attempts": 1})


@pytest.mark.parametrize("broken", [False, True], ids=["sound", "broken"])
@pytest.mark.parametrize("name", FAULTS)
def test_no_verdict_is_wrong_while_kms_is_unwell(name: str, broken: bool, bench: Bench) -> None:
    lane = bench.lanes[-1]
    world = sound(bench.emulator, kms_key=NEW_KEY)
    if broken:
        next(mutation for mutation in MUTATIONS if mutation.name == BROKEN).apply(world)
    try:
        lane.script(FAULTS[name])
        found = verdict_through(lane.emulator, world)
    finally:
        lane.script()
        shut(bench.emulator)
    assert found != ("verified" if broken else "violated")
