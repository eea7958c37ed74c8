# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs that make a key for one user, in every order of their steps, and one run that fails at each of its steps.

IAM is in memory here: what a run asks it, and in which order, is what is tested.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from functools import partial
from itertools import count
import threading
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._keys.making import Look, Making, Refused, Wish
from ansible_collections.assumerole.s3.plugins.module_utils._keys.notes import Note, Retired, note_in
from ansible_collections.assumerole.s3.plugins.module_utils._keys.plan import Key, Situation, plan_provision
from ansible_collections.assumerole.s3.plugins.module_utils._keys.store import StoredKey, Trouble

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=timezone.utc)
WRITERS = {"A": "aaaaaaaa-1-00000000", "B": "bbbbbbbb-2-00000000"}
OLD, HAND_MADE = "AKIAOLDEXAMPLE", "AKIAHANDMADEEXAMPLE"


@dataclass
class Iam:
    """A user's keys and its one tag."""

    keys: list[str] = field(default_factory=list)
    note: str = ""
    inactive: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)


class Cut(BaseException):
    """A run is interrupted, or its answer is lost."""


@dataclass
class Hands:
    """What a run does, on the one account and in a store of its own. ``before`` and ``after`` each step may raise."""

    iam: Iam
    name: str = "A"
    stored: str = ""
    place: str = "the store"
    lags: bool = False
    fails: dict[str, BaseException] = field(default_factory=dict)
    lost: dict[str, BaseException] = field(default_factory=dict)
    shows: list[str] = field(default_factory=list)
    old_notes: list[str] = field(default_factory=list)
    fails_later: tuple[str, int] = ("", 0)
    said: list[str] = field(default_factory=list)
    pauses: int = 3
    turn: Any = None

    def _step(self, name: str) -> None:
        if self.turn:
            self.turn(self.name)
        self.said.append(name)
        if name in self.fails:
            raise self.fails.pop(name)
        if name == self.fails_later[0]:
            if self.fails_later[1] == 0:
                self.fails_later = ("", 0)
                raise RuntimeError
            self.fails_later = (name, self.fails_later[1] - 1)

    def _answer(self, name: str) -> None:
        if name in self.lost:
            raise self.lost.pop(name)

    def look(self) -> Look:
        self._step("look")
        return Look(self.old_notes.pop(0) if self.old_notes else self.iam.note, frozenset(self.iam.keys))

    def write_note(self, note: str) -> None:
        self._step("note")
        self.iam.note = note
        self._answer("note")

    def make(self) -> StoredKey:
        self._step("make")
        made = f"AKIA{self.name}{next(self.iam.numbers)}"
        self.iam.keys.append(made)
        self._answer("make")
        return StoredKey(made, "secret", "owner")

    def delete(self, access_key_id: str) -> None:
        self._step("delete")
        if access_key_id in self.iam.keys:
            self.iam.keys.remove(access_key_id)

    def deactivate(self, access_key_id: str) -> None:
        self._step("deactivate")
        self.iam.inactive.append(access_key_id)

    def prove(self, _key: StoredKey) -> None:
        self._step("prove")

    def store(self, key: StoredKey) -> None:
        self._step("store")
        self.stored = key.access_key_id
        self._answer("store")

    def stored_id(self) -> str:
        return self.shows.pop(0) if self.shows else self.stored

    def prove_stored(self) -> None:
        self._step("prove_stored")

    def pause(self) -> bool:
        self.pauses -= 1
        return self.pauses >= 0


def wish(**more: Any) -> Wish:
    return Wish(**{"user": "partner", "prove": True, **more})


def making(hands: Hands, asked: Wish | None = None) -> Making:
    return Making(asked or wish(), hands, WRITERS[hands.name], lambda: NOW)


def plan_of(hands: Hands) -> tuple[bool, str]:
    """What the next provision of the same operator decides, when no other run lives any more."""
    keys = tuple(Key(name, True, NOW) for name in hands.iam.keys)
    found = Situation("partner", keys, hands.stored, "the store", NOW, requested=note_in(hands.iam.note))
    plan = plan_provision(found)
    return plan.make, ",".join(plan.remove) or plan.problem


STEPS = ["look", "note", "look", "make", "look", "prove", "look", "store", "note", "prove_stored"]


def test_a_key_is_announced_made_proven_stored_and_noted() -> None:
    iam = Iam()
    hands = Hands(iam)
    made = making(hands).run()
    assert hands.said == STEPS
    assert iam.keys == [hands.stored] == [made.access_key_id]
    assert note_in(iam.note).done  # type: ignore[union-attr]
    assert plan_of(hands) == (False, "")


def orders(mine: int, theirs: int, begun: str = "") -> Iterator[str]:
    """Every way in which two runs' steps can follow each other."""
    if mine == theirs == 0:
        yield begun
        return
    if mine:
        yield from orders(mine - 1, theirs, f"{begun}A")
    if theirs:
        yield from orders(mine, theirs - 1, f"{begun}B")


class Turns:
    """Lets two runs take their steps in an order; a run whose steps are over is not waited for."""

    def __init__(self, order: str) -> None:
        self._order, self._changed, self._over = list(order), threading.Condition(), set[str]()

    def __call__(self, name: str) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._next() in (name, ""))
            if self._order:
                self._order.pop(0)
            self._changed.notify_all()

    def _next(self) -> str:
        while self._order and self._order[0] in self._over:
            self._order.pop(0)
        return self._order[0] if self._order else ""

    def over(self, name: str) -> None:
        with self._changed:
            self._over.add(name)
            self._changed.notify_all()


def together(order: str) -> tuple[Iam, list[Hands], list[str]]:
    """Two runs at the same moment, each with a home of its own, and what each ended with."""
    iam, turns = Iam(), Turns(order)
    both = [Hands(iam, name, turn=turns) for name in "AB"]
    ends: dict[str, str] = {}

    def run(hands: Hands) -> None:
        try:
            ends[hands.name] = making(hands, wish(prove=False)).run().access_key_id
        except Trouble as trouble:
            ends[hands.name] = str(trouble)
        finally:
            turns.over(hands.name)

    threads = [threading.Thread(target=run, args=(hands,)) for hands in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for hands in both:
        hands.turn = None
    return iam, both, [ends[name] for name in "AB"]


#: look, note, look, make, look, store, note: seven steps of each run that comes through.
ALL_ORDERS = list(orders(7, 7))


def test_in_every_order_of_two_runs_one_key_survives_at_most_and_it_is_stored() -> None:
    for order in ALL_ORDERS[:: max(1, len(ALL_ORDERS) // 1200)]:
        iam, both, ends = together(order)
        stored = [hands.stored for hands in both if hands.stored]
        assert iam.keys == stored, (order, ends)
        assert len(stored) <= 1, (order, ends)
        gave_way = [end for end in ends if "another run is making a key for partner" in end]
        assert len(gave_way) + len(stored) == 2, (order, ends)
        for hands in both:
            make, removes = plan_of(hands)
            assert not (set(removes.split(",")) & set(stored)), (order, removes)
            assert make is (not stored), (order, removes)


FAILURES = [name for name in dict.fromkeys(STEPS) if name != "prove_stored"]


@pytest.mark.parametrize("step", FAILURES)
@pytest.mark.parametrize("failure", [RuntimeError("no"), Cut()])
def test_whatever_stops_it_leaves_a_key_that_is_stored_or_none(step: str, failure: BaseException) -> None:
    hands = Hands(Iam([OLD]), stored=OLD, fails={step: failure})
    with pytest.raises(type(failure)):
        making(hands, wish(ids=(OLD,))).run()
    assert hands.iam.keys == [OLD]


@pytest.mark.parametrize("failure", [RuntimeError("no"), Cut()])
def test_a_key_whose_answer_was_lost_is_found_and_deleted(failure: BaseException) -> None:
    hands = Hands(Iam([OLD]), stored=OLD, lost={"make": failure})
    with pytest.raises(type(failure)):
        making(hands, wish(ids=(OLD,))).run()
    assert hands.iam.keys == [OLD]
    assert note_in(hands.iam.note).done  # type: ignore[union-attr]


def test_when_it_cannot_be_found_the_next_run_knows_of_it() -> None:
    hands = Hands(Iam(), lost={"make": RuntimeError("no")})
    hands.fails["delete"] = RuntimeError("not now")
    with pytest.raises(RuntimeError, match="no"):
        making(hands).run()
    assert plan_of(hands) == (True, hands.iam.keys[0])


def test_a_refusal_leaves_no_request_behind() -> None:
    refused = Refused()
    hands = Hands(Iam(), fails={"make": refused})
    with pytest.raises(Refused):
        making(hands).run()
    assert note_in(hands.iam.note).done  # type: ignore[union-attr]


@pytest.mark.parametrize("failure", [RuntimeError("no"), Cut()])
@pytest.mark.parametrize("lags", [False, True])
def test_a_key_that_the_store_shows_is_never_deleted(failure: BaseException, lags: bool) -> None:
    hands = Hands(Iam(), lags=lags, lost={"store": failure})
    with pytest.raises(type(failure)):
        making(hands).run()
    assert hands.iam.keys == [hands.stored]
    assert plan_of(hands) == (False, "")


def test_a_store_that_lags_may_hold_what_it_does_not_show() -> None:
    hands = Hands(Iam([OLD]), stored=OLD, lags=True, lost={"store": RuntimeError("no")}, shows=[OLD])
    with pytest.raises(RuntimeError):
        making(hands, wish(ids=(OLD,))).run()
    assert hands.iam.keys == [OLD, hands.stored]
    assert plan_of(hands)[1] == ""


def test_a_store_that_lags_is_read_again_until_it_shows_the_key() -> None:
    hands = Hands(Iam([OLD]), stored=OLD, lags=True, shows=[OLD, OLD])
    making(hands, wish(ids=(OLD,))).run()
    assert hands.pauses == 1


def test_a_key_whose_write_succeeded_stays_although_the_store_never_shows_it() -> None:
    hands = Hands(Iam([OLD]), stored=OLD, lags=True, shows=[OLD] * 9)
    with pytest.raises(Trouble, match="does not hold the key"):
        making(hands, wish(ids=(OLD,))).run()
    assert hands.iam.keys == [OLD, hands.stored]


def test_a_refused_write_takes_the_key_back() -> None:
    hands = Hands(Iam(), lags=True, fails={"store": Refused()})
    with pytest.raises(Refused):
        making(hands).run()
    assert hands.iam.keys == []


def test_a_key_that_somebody_made_since_the_plan_stops_it_and_stays() -> None:
    hands = Hands(Iam([HAND_MADE]))
    with pytest.raises(Trouble, match="another run is making a key"):
        making(hands).run()
    assert hands.iam.keys == [HAND_MADE]
    assert plan_of(hands)[1].startswith("bucket_access_user: partner has the key AKIAHANDMADEEXAMPLE")


def test_a_note_that_is_not_the_plans_stops_it_before_anything_is_written() -> None:
    hands = Hands(Iam(note="open 2026-06-15T12:00:00Z bbbbbbbb-2-00000000"))
    with pytest.raises(Trouble, match="another run is making a key"):
        making(hands).run()
    assert hands.said == ["look"]


def test_a_note_that_another_run_has_overwritten_stops_it_before_a_key_is_made() -> None:
    hands = Hands(Iam())
    hands.write_note = lambda _note: setattr(hands.iam, "note", "of another run")  # type: ignore[method-assign]
    with pytest.raises(Trouble, match="another run is making a key"):
        making(hands).run()
    assert "make" not in hands.said
    assert hands.iam.note == "of another run"


def test_what_an_interrupted_run_left_is_deleted_once_it_is_our_turn() -> None:
    hands = Hands(Iam([OLD]))
    making(hands, wish(ids=(OLD,), remove=(OLD,))).run()
    assert hands.said.index("delete") > hands.said.index("note")
    assert hands.iam.keys == [hands.stored]


def made_by_the_contract(hands: Hands) -> str:
    note = note_in(hands.iam.note)
    return note.made if note and note.done else "unknown"


@pytest.mark.parametrize("step", ["make", "store"])
def test_the_note_tells_the_contracts_key_from_a_persons_also_after_a_failure(step: str) -> None:
    hands = Hands(Iam([HAND_MADE]))
    key = making(hands, wish(ids=(HAND_MADE,))).run().access_key_id
    assert made_by_the_contract(hands) == key
    hands.fails[step] = Refused()
    with pytest.raises(Refused):
        making(hands, wish(note=hands.iam.note, ids=(HAND_MADE, key))).run()
    assert made_by_the_contract(hands) == key
    making(hands, wish(note=hands.iam.note, ids=(HAND_MADE, key), remove=(key,))).settle()
    assert hands.iam.keys == [HAND_MADE]


def test_settling_ends_an_open_request() -> None:
    note = "open 2026-06-15T12:00:00Z bbbbbbbb-2-00000000"
    hands = Hands(Iam([OLD, HAND_MADE], note))
    making(hands, wish(note=note, ids=(OLD, HAND_MADE), remove=(HAND_MADE,))).settle()
    assert hands.iam.keys == [OLD]
    assert hands.iam.note == f"done 2026-06-15T12:00:00Z {WRITERS['A']} {OLD}"


def rotation(hands: Hands) -> tuple[Making, str]:
    """A run that has made a key beside the one that it is to retire."""
    run = making(hands, wish(ids=(OLD,)))
    return run, run.run().access_key_id


def test_the_note_says_what_is_retired_before_it_is() -> None:
    hands = Hands(Iam([OLD]), fails={"deactivate": RuntimeError("no")})
    run, new = rotation(hands)
    with pytest.raises(RuntimeError):
        run.retire(OLD)
    note = note_in(hands.iam.note)
    assert note == Note(NOW, (OLD, new), True, WRITERS["A"], made=new, retired=Retired((OLD,), NOW))
    assert plan_of(hands) == (False, "")


def test_another_run_finishes_a_retirement_over_the_note_that_its_plan_saw() -> None:
    hands = Hands(Iam([OLD]))
    _run, new = rotation(hands)
    later = making(replace(hands, name="B"), wish(note=hands.iam.note, ids=(OLD, new)))
    later.settle()
    later.retire(OLD)
    assert hands.iam.inactive == [OLD]
    assert note_in(hands.iam.note).made == new  # type: ignore[union-attr]


def test_without_a_note_a_retirement_writes_the_first_one() -> None:
    hands = Hands(Iam([OLD, HAND_MADE]))
    making(hands, wish(ids=(OLD, HAND_MADE))).retire(OLD)
    assert hands.iam.note == f"done 2026-06-15T12:00:00Z {WRITERS['A']} ={OLD} @2026-06-15T12:00:00Z"


@pytest.mark.parametrize("theirs", ["open 2026-06-15T12:00:00Z bbbbbbbb-2-00000000", ""])
def test_a_note_of_another_run_stops_a_retirement_before_anything_is_written(theirs: str) -> None:
    hands = Hands(Iam([OLD]))
    run, new = rotation(hands)
    hands.iam.note = theirs
    with pytest.raises(Trouble, match="another run is making a key"):
        run.retire(OLD)
    assert (hands.iam.note, hands.iam.keys, hands.iam.inactive) == (theirs, [OLD, new], [])


def test_a_note_that_aws_shows_late_stops_no_retirement() -> None:
    hands = Hands(Iam([OLD]))
    run, _new = rotation(hands)
    opened = str(replace(note_in(hands.iam.note), done=False, ids=(OLD,), made=""))  # type: ignore[type-var]
    hands.old_notes = ["", opened, opened]
    run.retire(OLD)
    assert hands.iam.inactive == [OLD]


def test_a_note_that_aws_never_shows_stops_it() -> None:
    hands = Hands(Iam([OLD]))
    run, _new = rotation(hands)
    hands.old_notes = [""] * 9
    with pytest.raises(Trouble, match="another run is making a key"):
        run.retire(OLD)
    assert hands.iam.inactive == []


def retired_in(hands: Hands) -> tuple[str, ...]:
    note = note_in(hands.iam.note)
    return note.retired.ids if note and note.retired else ()


def test_later_notes_know_what_is_retired_as_long_as_it_is_there() -> None:
    hands = Hands(Iam([OLD]))
    run, new = rotation(hands)
    run.retire(OLD)
    hands.fails["make"] = Refused()
    with pytest.raises(Refused):
        making(hands, wish(note=hands.iam.note, ids=(OLD, new))).run()
    assert retired_in(hands) == (OLD,)
    making(hands, wish(note=hands.iam.note, ids=(OLD, new), remove=(OLD,))).run()
    making(hands, wish(note=hands.iam.note, ids=(*hands.iam.keys,), remove=(new,))).run()
    assert retired_in(hands) == ()


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("step", ["look", "note", "delete", "make"])
def test_a_retired_key_that_was_to_make_way_is_known_after_a_failure(step: str, place: int) -> None:
    hands = Hands(Iam([OLD]))
    run, new = rotation(hands)
    run.retire(OLD)
    hands.fails_later = (step, place)
    with suppress(RuntimeError):
        making(hands, wish(note=hands.iam.note, ids=(OLD, new), remove=(OLD,))).run()
    assert OLD not in hands.iam.keys or retired_in(hands) == (OLD,)


#: look, note and deactivate of the run that retires, look, note, look, make, look, store, note of one that makes.
ORDERS_OF_A_RETIREMENT = list(orders(3, 7))


def test_in_every_order_a_retirement_and_a_new_key_lose_no_key() -> None:
    seen = Note(NOW, (OLD,), made=OLD)
    asked = wish(note=str(seen), ids=(OLD,), prove=False)
    for order in ORDERS_OF_A_RETIREMENT:
        iam, turns = Iam([OLD], str(seen)), Turns(order)
        both = [Hands(iam, name, stored=stored, turn=turns) for name, stored in (("A", OLD), ("B", ""))]
        retires, makes = (making(hands, asked) for hands in both)
        ends = at_once({"A": partial(retires.retire, OLD), "B": makes.run}, turns)
        stored = [both[1].stored] if both[1].stored else []
        assert iam.keys == [OLD, *stored], (order, ends)
        assert iam.inactive == ([] if "another run" in ends.get("A", "") else [OLD]), (order, ends)
        assert bool(stored) is ("B" not in ends), (order, ends)


def at_once(runs: dict[str, Callable[[], object]], turns: Turns) -> dict[str, str]:
    """Why each stopped that did."""
    ends: dict[str, str] = {}

    def run(name: str) -> None:
        try:
            runs[name]()
        except Trouble as trouble:
            ends[name] = str(trouble)
        finally:
            turns.over(name)

    threads = [threading.Thread(target=run, args=(name,)) for name in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def test_what_is_handed_over_is_taken_back_when_it_cannot_be_noted() -> None:
    hands = Hands(Iam(), place="", lost={"note": RuntimeError("no")})
    hands.lost.clear()
    hands.write_note = _once_then(hands.write_note, RuntimeError("no"))  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        making(hands).run()
    assert hands.iam.keys == []


def _once_then(write: Any, error: Exception) -> Any:
    """The first note is written, the second is refused, later ones are written."""
    calls = count()

    def written(note: str) -> None:
        if next(calls) == 1:
            raise error
        write(note)

    return written


def test_the_clock_of_the_note_is_the_runs() -> None:
    hands = Hands(Iam())
    later = Making(wish(), hands, WRITERS["A"], lambda: NOW + timedelta(minutes=1))
    later.run()
    assert hands.iam.note.startswith("done 2026-06-15T12:01:00Z")
