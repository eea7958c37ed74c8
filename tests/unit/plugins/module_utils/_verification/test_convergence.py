# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer, meaning, not_tried
from ansible_collections.assumerole.s3.plugins.module_utils._verification.convergence import (
    Observation,
    Patience,
    Tell,
    converge,
)
from ansible_collections.assumerole.s3.tests.unit.plugins.module_utils._verification.fake_clock import FakeClock

YES = Answer(status=200)
NO = Answer(code="AccessDenied", status=403)
BROKEN = Answer(code="SignatureDoesNotMatch", status=403)
SKIPPED = not_tried("a step before it did not succeed")


class Aws:
    """Gives the answers of a script, one a round; the last one repeats."""

    def __init__(self, clock: FakeClock, seconds: float = 0.0, **scripts: list[Answer]) -> None:
        self.clock = clock
        self.seconds = seconds
        self.scripts = scripts
        self.rounds = 0

    def ask_round(self) -> Mapping[str, Answer]:
        self.clock.now += self.seconds
        self.rounds += 1
        return {name: script[min(self.rounds, len(script)) - 1] for name, script in self.scripts.items()}


def run(
    wait_timeout: float = 120,
    wished: Answer = YES,
    seconds: float = 0.0,
    tell: Tell = lambda _left, _waited_for: None,
    **scripts: list[Answer],
) -> tuple[dict[str, Observation], Aws, FakeClock]:
    clock = FakeClock()
    aws = Aws(clock, seconds, **scripts)

    def may_change(_name: str, answer: Answer) -> bool:
        return answer.code in (NO.code, None) and answer.code != wished.code

    observations = converge(
        aws.ask_round, lambda _name, answer: meaning("read", answer), may_change, Patience(wait_timeout, tell, clock)
    )
    return observations, aws, clock


def test_three_wished_answers_in_a_row_settle_it_without_waiting() -> None:
    observations, aws, clock = run(q=[YES])
    assert observations["q"] == Observation(YES, True, 3, 0, ("allowed",) * 3)
    assert (aws.rounds, clock.slept) == (3, [])


def test_an_answer_that_nothing_can_change_is_not_waited_for() -> None:
    observations, aws, clock = run(q=[BROKEN])
    assert observations["q"].settled
    assert (aws.rounds, clock.slept) == (3, [])


def test_an_answer_that_propagation_explains_is_asked_again_until_it_turns() -> None:
    observations, _aws, clock = run(q=[NO, NO, NO, NO, YES])
    assert observations["q"].answer == YES
    assert observations["q"].settled
    assert observations["q"].history == ("denied",) * 4 + ("allowed",) * 3
    assert clock.slept[:4] == [1.0, 2.0, 4.0, 5.0]


def test_one_success_is_not_believed() -> None:
    observations, _aws, _clock = run(q=[YES, NO, YES, YES, YES])
    assert observations["q"].history == ("allowed", "denied", "allowed", "allowed", "allowed")
    assert observations["q"].settled


def test_flapping_until_the_deadline_is_not_settled() -> None:
    observations, _aws, clock = run(wait_timeout=10, q=[YES, NO] * 50)
    assert not observations["q"].settled
    assert clock.now == 1010.0


def test_the_deadline_is_kept_although_the_answer_may_change() -> None:
    observations, aws, clock = run(wait_timeout=10, q=[NO])
    assert observations["q"] == Observation(NO, True, aws.rounds, 10000, ("denied",) * aws.rounds)
    assert clock.now == 1010.0
    assert sum(clock.slept) == 10.0


def test_the_last_pause_is_cut_to_what_is_left() -> None:
    _observations, _aws, clock = run(wait_timeout=4, q=[NO])
    assert clock.slept == [1.0, 2.0, 1.0]


def test_without_time_to_wait_three_rounds_are_asked_and_nobody_sleeps() -> None:
    observations, aws, clock = run(wait_timeout=0, q=[NO])
    assert observations["q"].settled
    assert (aws.rounds, clock.slept) == (3, [])


def test_without_time_to_wait_a_change_is_not_settled() -> None:
    observations, aws, _clock = run(wait_timeout=0, q=[NO, NO, YES])
    assert not observations["q"].settled
    assert aws.rounds == 3


def test_what_was_asked_before_the_deadline_is_asked_again_after_it() -> None:
    """Rounds of a minute: the third begins before the deadline and ends after it, and the role works by then."""
    observations, aws, _clock = run(wait_timeout=150, seconds=60, q=[NO, NO, NO, YES])
    assert observations["q"].answer == YES
    assert aws.rounds > 3


def test_access_that_is_taken_away_is_waited_for_as_well() -> None:
    observations, _aws, _clock = run(wished=NO, q=[YES, YES, YES, NO])
    assert observations["q"].answer == NO
    assert observations["q"].settled


def test_a_question_that_could_not_be_asked_in_between_starts_anew() -> None:
    observations, aws, _clock = run(wait_timeout=0, q=[YES, SKIPPED, YES])
    assert not observations["q"].settled
    assert observations["q"].attempts == 2
    assert aws.rounds == 3


def test_what_was_never_asked_has_no_attempts_and_took_no_time() -> None:
    observations, _aws, _clock = run(wait_timeout=0, seconds=0.25, q=[SKIPPED])
    assert observations["q"] == Observation(SKIPPED, True, 0, 0, ("not_tried",) * 3)


def test_all_questions_wait_for_the_slowest() -> None:
    observations, aws, _clock = run(fast=[YES], slow=[NO, NO, NO, NO, YES])
    assert aws.rounds == 7
    assert {name: item.attempts for name, item in observations.items()} == {"fast": 7, "slow": 7}
    assert all(item.settled for item in observations.values())


def test_elapsed_time_counts_from_the_first_time_it_was_asked() -> None:
    observations, _aws, _clock = run(wait_timeout=0, seconds=0.5, early=[YES], late=[SKIPPED, YES])
    assert {name: item.elapsed_ms for name, item in observations.items()} == {"early": 1500, "late": 1000}


def test_a_change_late_in_the_wait_is_not_taken_for_settled() -> None:
    observations, _aws, _clock = run(wait_timeout=3, q=[NO, NO, YES])
    assert observations["q"].answer == YES
    assert not observations["q"].settled


def test_who_listens_hears_what_is_waited_for_and_for_how_long() -> None:
    heard: list[tuple[float, list[str]]] = []
    run(
        wait_timeout=30,
        tell=lambda left, waited_for: heard.append((left, list(waited_for))),
        slow=[NO, NO, YES],
        quick=[YES],
        moody=[YES, YES, BROKEN, YES],
    )
    both = ["slow", "moody"]
    assert heard == [(30, ["slow"]), (29, ["slow"]), (27, both), (23, both), (18, ["moody"])]
