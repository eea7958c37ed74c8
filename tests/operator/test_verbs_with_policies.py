# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each verb does its work for an operator who has exactly the published policy."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from account import account, enforcing
from policies import filled
import pytest
from situations import Situation, without_an_audit
from verbs import VERBS, Verb

from lab.emulator import Emulator

pytestmark = pytest.mark.whole

TRIALS = [(verb, situation) for verb in VERBS for situation in verb.situations]


def amiss(emulator: Emulator, verb: Verb, situation: Situation) -> str:
    """What the operator with exactly the verb's policies does not reach."""
    with account(emulator) as place:
        return situation(place, place.operator([filled(name, place.names) for name in verb.policies]))


@pytest.fixture(scope="module")
def outcomes() -> Iterator[dict[str, Future[str]]]:
    """All situations, two at a time: they do not see each other."""
    with enforcing() as emulator, ThreadPoolExecutor(2) as pool:
        trials = [*TRIALS, (Verb((), ()), without_an_audit)]
        yield {situation.__name__: pool.submit(amiss, emulator, verb, situation) for verb, situation in trials}


@pytest.mark.parametrize(("verb", "situation"), TRIALS, ids=[situation.__name__ for _verb, situation in TRIALS])
def test_the_verb_works_with_exactly_its_policy(
    outcomes: dict[str, Future[str]], verb: Verb, situation: Situation
) -> None:
    assert outcomes[situation.__name__].result() == "", verb.policies


def test_verification_without_an_audit_needs_no_operator(outcomes: dict[str, Future[str]]) -> None:
    assert outcomes["without_an_audit"].result() == ""
