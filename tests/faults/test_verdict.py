# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No wrong verdict under any fault: never ``verified`` for what is broken, never ``violated`` for what is sound.

A sample of the mutation suite with a random fault each, the same in every run; ``make faults`` runs more of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
import os
import random

from bench import Bench, error, fault
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import CONFIG
from ansible_collections.assumerole.s3.plugins.module_utils._verification.canary import Unreachable
from lab.checkout import Json
from lab.emulator import Emulator
from lab.world import World
from mutations.catalogue import HARMLESS, MUTATIONS, Mutation
from mutations.sound import shut, sound

PAIRS = int(os.environ.get("FAULT_PAIRS", "19"))

#: Access that is refused for good would be missing access, rightly; so these come and go, or say nothing of access.
FAULTS: dict[str, tuple[Json, ...]] = {
    "throttled in turn": (error("Throttling", on=list(range(1, 400, 2))),),
    "throttled": (error("Throttling"),),
    "slow down": (error("SlowDown", service="s3"),),
    "500 in turn": (error("InternalError", on=list(range(1, 400, 3))),),
    "503 from S3": (error("ServiceUnavailable", service="s3"),),
    "reset in turn": (fault("reset", on=list(range(1, 400, 2))),),
    "reset after in turn": (fault("reset-after", on=list(range(1, 400, 2))),),
    "S3 unreachable": (fault("reset", service="s3"),),
    "cut in turn": (fault("cut", keep=0.9, on=list(range(1, 400, 3))),),
    "cut": (fault("cut", keep=0.6),),
    "skewed clock": (error("RequestTimeTooSkewed", service="s3"), error("SignatureDoesNotMatch", service="sts")),
    "expired token": (error("ExpiredToken", key="ASIA"),),
    "key unknown to STS once": (error("InvalidClientTokenId", service="sts", key="AKIA", on=[2]),),
    # At no fixed distance, so that no question is refused in every round.
    "S3 flaps": (error("AccessDenied", service="s3", key="ASIA", on=[number**2 for number in range(1, 15)]),),
    "assumption flaps": (error("AccessDenied", operation="AssumeRole", on=[1, 4, 9]),),
    # Three with this duration in each round: as it should be, without and with a wrong external id.
    "assumption refused at last": (error("AccessDenied", parameters={"DurationSeconds": "900"}, on=[7]),),
    "nothing is what it should be": (fault("body", status=200, body="<html>captive portal</html>"),),
    "an empty yes to everything": (fault("body", status=200, body=""),),
    "a refusal without a reason": (fault("body", status=403, body=""),),
}

#: The terms that say from where requests come.
NETWORKS = {"source_ips", "vpc_endpoints"}


def pairs() -> list[tuple[Mutation, str]]:
    """Every fault as often as there is room, with sound and with broken contracts in turn."""
    chance = random.Random(20260101)
    # The proxy that makes the faults asks from one address, so there is no other network to come from.
    anywhere = [mutation for mutation in MUTATIONS if not NETWORKS & set(mutation.contract)]
    sound = [mutation for mutation in anywhere if mutation.kind == HARMLESS]
    broken = [mutation for mutation in anywhere if mutation.kind != HARMLESS]
    names = chance.sample(list(FAULTS), len(FAULTS))
    turns = [divmod(number, len(names)) for number in range(PAIRS)]
    return [(chance.choice((sound, broken)[(turn + place) % 2]), names[place]) for turn, place in turns]


@pytest.fixture(scope="module")
def counts() -> Iterator[Counter[str]]:
    """Prints how the verdicts came out."""
    seen: Counter[str] = Counter()
    yield seen
    print("\nverdicts under faults: " + ", ".join(f"{name} {number}" for name, number in sorted(seen.items())))


@pytest.fixture(autouse=True)
def nothing_is_asked_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every fault arrives: the SDK's own retries would hide most of them, and take their time."""
    monkeypatch.setitem(CONFIG, "retries", {"mode": "standard", "total_max_attempts": 1})


@pytest.mark.parametrize(("mutation", "name"), pairs(), ids=lambda value: getattr(value, "name", value))
def test_no_verdict_is_wrong(mutation: Mutation, name: str, bench: Bench, counts: Counter[str]) -> None:
    lane = bench.lanes[-1]
    world = sound(bench.emulator, **mutation.contract)
    mutation.apply(world)
    try:
        lane.script(*FAULTS[name])
        found = verdict_through(lane.emulator, world)
    finally:
        lane.script()
        shut(bench.emulator)

    kind = "sound" if mutation.kind == HARMLESS else "broken"
    counts[f"{kind}: {found}"] += 1
    assert found != ("violated" if kind == "sound" else "verified")


def verdict_through(proxied: Emulator, world: World) -> str:
    """What verify finds when it goes through the proxy; ``unreachable`` when it says that nothing can be verified."""
    world.direct, world.emulator = world.emulator, proxied
    try:
        return str(world.verify()["verdict"])
    except Unreachable:
        return "unreachable"
