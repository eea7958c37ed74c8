# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking until the answers settle, instead of sleeping and hoping.

AWS is eventually consistent: a new key or role is refused for some seconds, and can be accepted once and then refused
again (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency).
So an answer counts once it has been given :data:`NEEDED` times in a row, and an answer that propagation can explain is
asked again until the deadline. Pure but for the clock that it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
import time
from typing import Protocol

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._checks.observations import Observation

#: Identical answers in a row that make a result.
NEEDED = 3

#: Seconds before the second, third, … round when an answer may still change; the last one repeats.
PAUSES = (1.0, 2.0, 4.0, 5.0)


class Clock(Protocol):
    """What the waiting needs of the ``time`` module."""

    def monotonic(self) -> float:
        """Seconds that only move forward."""

    def sleep(self, seconds: float, /) -> None:
        """Wait."""


#: Hears before each pause for how many seconds there may be more of them, and what the waiting is for.
Tell = Callable[[float, Mapping[str, Observation]], None]


@dataclass(frozen=True)
class Patience:
    """For how many seconds to wait at most, who hears of it, and by which clock."""

    seconds: float
    tell: Tell = lambda _seconds, _waited_for: None
    clock: Clock = time


def converge(
    ask_round: Callable[[], Mapping[str, Answer]],
    meaning: Callable[[str, Answer], str],
    may_change: Callable[[str, Answer], bool],
    patience: Patience,
) -> dict[str, Observation]:
    """Ask rounds of questions until each answer has settled, or the patience is over.

    ``ask_round`` answers every question once. Answers of the same ``meaning`` are the same. ``may_change`` says of an
    answer whether propagation can explain it; only those are waited for. Without any, the rounds follow each other at
    once.
    """
    clock = patience.clock
    end = clock.monotonic() + patience.seconds
    rounds: list[tuple[float, Mapping[str, Answer]]] = []
    while True:
        rounds.append((clock.monotonic(), ask_round()))
        observations = _observations(rounds, meaning, clock.monotonic())
        unsettled = {name: seen for name, seen in observations.items() if not seen.settled}
        waiting = {name: seen for name, seen in observations.items() if may_change(name, seen.answer)}
        # A round may take long, where requests wait for their turns: what was asked before the deadline is asked again.
        over, left = rounds[-1][0] >= end, end - clock.monotonic()
        if len(rounds) >= NEEDED and (over or not (unsettled or waiting)):
            return observations
        if left > 0 and (waiting or len(rounds) >= NEEDED):
            patience.tell(left, waiting or unsettled)
            clock.sleep(min(left, PAUSES[min(len(rounds), len(PAUSES)) - 1]))


def _observations(
    rounds: list[tuple[float, Mapping[str, Answer]]], meaning: Callable[[str, Answer], str], now: float
) -> dict[str, Observation]:
    """What the rounds so far say of each question."""
    observations = {}
    for name, answer in rounds[-1][1].items():
        asked = [moment for moment, answers in rounds if answers[name].tried]
        history = tuple(meaning(name, answers[name]) for _moment, answers in rounds)
        observations[name] = Observation(
            answer=answer,
            settled=history[-NEEDED:] == (history[-1],) * NEEDED,
            attempts=len(asked),
            elapsed_ms=round((now - asked[0]) * 1000) if asked else 0,
            history=history,
            own_ms=sum(answers[name].elapsed_ms for _moment, answers in rounds),
        )
    return observations
