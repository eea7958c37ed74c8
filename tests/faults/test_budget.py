# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often AWS is asked when it answers nothing but errors: counted at the proxy, and bounded.

The modules of this collection retry by the SDK's standard mode alone, three attempts a call. What those of amazon.aws
do takes minutes: test_budget_of_amazon_aws.py counts it.
"""

from __future__ import annotations

from collections import Counter

from bench import Bench, error, fault

from ansible_collections.assumerole.s3.plugins.module_utils._verification.canary import Unreachable
from lab.checkout import Json
from mutations.sound import sound

#: botocore's standard mode, as _identities sets it.
ATTEMPTS = 3


def requests_under(bench: Bench, *faults: Json) -> Counter[str]:
    """What verify asks of a sound contract, in process."""
    lane = bench.lanes[-1]
    world = sound(bench.emulator)
    world.direct, world.emulator = world.emulator, lane.emulator
    before = len(lane.requests())
    lane.script(*faults)
    try:
        world.probe()
    except Unreachable:
        pass
    finally:
        lane.script()
    return Counter(entry["operation"] for entry in lane.requests()[before:])


def test_full_throttling_costs_three_attempts_for_each_of_five_questions(bench: Bench) -> None:
    """Two of the canary, and in three rounds who the user is: nothing else is worth asking then."""
    asked = requests_under(bench, error("Throttling", service="sts"), error("SlowDown", service="s3"))
    assert asked == {"GetCallerIdentity": ATTEMPTS + 3 * ATTEMPTS, "ListBuckets": ATTEMPTS}


def test_an_endpoint_that_is_down_costs_three_attempts_altogether(bench: Bench) -> None:
    assert requests_under(bench, fault("reset")) == {"GetCallerIdentity": ATTEMPTS}


def test_a_refusal_is_no_reason_to_try_again(bench: Bench) -> None:
    asked = requests_under(bench, error("ExpiredToken"))
    assert asked == {"GetCallerIdentity": 1 + 3, "ListBuckets": 1}
