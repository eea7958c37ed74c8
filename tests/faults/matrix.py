# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the matrix of faults and prints it, with its counts.

    matrix.py [--sample N] [--seed S] [--lanes L] [--verb VERB] [--only TEXT] [--crashes N] [--after N]
              [--rich | --survey | --discovery]

tests/README.md says how a script is run. Each cell is a run of a verb on a contract of its own, with the fault; then,
unless all is done already, the same verb without it. A line says what the cell came to: ``success`` or ``failure`` (a
clear one), and every promise that was broken. With --rich the cells are of what the usual contract never asks, with
--survey of what a survey of the account asks, and with --discovery of the inventory that finds what is orphaned.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from operator import methodcaller
from pathlib import Path
import queue
import signal
import subprocess
import sys
import tempfile
import time

from bench import Bench, Lane, running
from cells import Cell, Operation, cells, crashes, sample
import orphaned
from orphaned import OrphanedSubject
from processes import end_tree
from rich import RichSubject
from subject import Subject
import surprises
from surprises import SurveyedSubject, UnsurveyedSubject

from lab.checkout import CHECKOUT
from lab.play import Ran


@dataclass(frozen=True)
class Verb:
    """How a verb's contract is prepared, and what is wrong when the verb has been done, in words."""

    prepare: Callable[[Subject], None]
    wrong: Callable[[Subject], list[str]]


#: A verb is one entry here.
VERBS = {
    "provision": Verb(lambda _subject: None, methodcaller("differences")),
    "verify": Verb(methodcaller("provision"), methodcaller("differences")),
    "rotate": Verb(methodcaller("provision"), methodcaller("differences", inactive_too=False)),
    "teardown": Verb(methodcaller("provision"), methodcaller("remains")),
    "discover": Verb(methodcaller("provision"), methodcaller("differences")),
}


@dataclass(frozen=True)
class World:
    """What the cells are of: a kind of subject, its verbs, and what it asks that ``beside`` does not.

    ``too`` is what it asks as well, and counts all the same.
    """

    kind: type[Subject] = Subject
    verbs: tuple[str, ...] = ("provision", "verify", "rotate", "teardown")
    beside: type[Subject] | None = None
    too: Callable[[Operation], bool] = lambda _operation: False
    more: tuple[Operation, ...] = ()
    scenarios: tuple[Cell, ...] = ()


WORLDS = {
    "usual": World(),
    "rich": World(RichSubject, beside=Subject),
    "survey": World(
        SurveyedSubject,
        ("verify",),
        UnsurveyedSubject,
        surprises.is_read_for_it,
        surprises.MORE,
        surprises.SCENARIOS,
    ),
    "discovery": World(OrphanedSubject, ("discover",), scenarios=orphaned.SCENARIOS),
}


@dataclass(frozen=True)
class Result:
    """What a cell came to."""

    cell: Cell
    end: str
    broken: tuple[str, ...]
    struck: int
    seconds: float
    sentence: str = ""

    def line(self) -> str:
        """The cell in a line."""
        mark = "BROKEN" if self.broken else self.end
        return f"{mark:8} {self.seconds:5.1f} s  {self.struck:3} struck  {self.cell}" + "".join(
            f"\n         - {text}" for text in self.broken
        )


class Matrix:
    """Runs cells on the lanes of a bench, each lane one at a time, with the playbooks of a checkout."""

    def __init__(
        self,
        bench: Bench,
        lanes: tuple[Lane, ...],
        folder: Path,
        checkout: Path = CHECKOUT,
        kind: type[Subject] = Subject,
    ) -> None:
        self.bench = bench
        self.kind = kind
        self.folder = folder
        self._checkout = checkout
        self._lanes: queue.Queue[Lane] = queue.Queue()
        self._size = len(lanes)
        for lane in lanes:
            self._lanes.put(lane)

    @contextmanager
    def subject(self, **variables: object) -> Iterator[Subject]:
        """A fresh contract on a lane that is free."""
        lane = self._lanes.get()
        lane.script()
        subject = self.kind(self.bench, lane, self.folder, variables=variables, checkout=self._checkout)
        subject.home = self.folder / subject.tag
        try:
            yield subject
        finally:
            lane.script()
            self._lanes.put(lane)

    def learn(self, verb: str) -> list[Operation]:
        """The operations of a clean run, one for each request. The run must end well."""
        with self.subject() as subject:
            VERBS[verb].prepare(subject)
            before = len(subject.lane.requests())
            ran = subject.play(verb)
            wrong = [*subject.broken_promises(ran), *VERBS[verb].wrong(subject)]
            if ran.code != EXIT_CODES[subject.truth] or wrong:
                raise RuntimeError(f"{verb} fails without any fault: {wrong} {ran.output[-2000:]}")
            asked = subject.lane.requests()[before:]
        return [Operation(entry["service"], entry["operation"], entry["key"][:4]) for entry in asked]

    def run_all(self, chosen: list[Cell], say: Callable[[Result], None]) -> list[Result]:
        """All of them, several in parallel, in the order given."""
        with ThreadPoolExecutor(self._size) as pool:
            results = []
            for result in pool.map(self.run, chosen):
                say(result)
                results.append(result)
        return results

    def run(self, cell: Cell) -> Result:
        """One cell: with the fault, and then without."""
        began = time.monotonic()
        with self.subject(**cell.variables) as subject:
            verb = VERBS[cell.verb]
            verb.prepare(subject)
            before = len(subject.lane.requests())
            broken, ran = self._with_fault(cell, subject)
            struck = sum(1 for entry in subject.lane.requests()[before:] if entry["fault"])
            broken += [] if struck else ["the fault struck nothing"]
            subject.lane.script()
            wrong = verb.wrong(subject)
            done = says_done(cell, ran, subject.truth)
            broken += false_claims(cell, wrong) if done else []
            broken += self._again(cell, subject) if wrong or not done else []
        end = "success" if done else {0: "success", -9: "killed"}.get(ran.code, "failure")
        return Result(cell, end, tuple(broken), struck, time.monotonic() - began, ran.sentence)

    def _with_fault(self, cell: Cell, subject: Subject) -> tuple[list[str], Ran]:
        running = subject.start(cell.verb, "-vvvv")
        subject.lane.script(*({**one, "pid": running.pid} for one in cell.faults))
        try:
            ran = subject.finish(running)
        except subprocess.TimeoutExpired:
            end_tree(running.pid)
            return ["it hung"], Ran(1, "")
        broken = subject.broken_promises(ran)
        if "verdict: violated" in ran.output and not cell.denies and subject.truth != "violated":
            broken.append("the verdict is violated, and the contract is sound")
        return broken, ran

    def _again(self, cell: Cell, subject: Subject) -> list[str]:
        """The next run, without faults, does what is left to do by itself."""
        ran = subject.play(cell.verb)
        wrong = VERBS[cell.verb].wrong(subject)
        if ran.code != EXIT_CODES[subject.truth]:
            wrong.append(f"the next run fails: {ran.sentence[:300] or ran.output[-300:]}")
        if cell.verb == "verify" and f"verdict: {subject.truth}" not in ran.output:
            wrong.append(f"the next run does not come to {subject.truth}")
        return [f"afterwards {text}" for text in wrong]


#: How a run ends, by what a verification must come to.
EXIT_CODES = {"verified": 0, "violated": 2}


def says_done(cell: Cell, ran: Ran, truth: str = "verified") -> bool:
    """Whether the run says that it came to its end in spite of the fault.

    Verify does with a verdict, unless it tells what it had to leave behind: that is the next run's to remove.
    """
    judged = f"verdict: {truth}" in ran.output and "left behind: " not in ran.output
    return ran.code == EXIT_CODES[truth] and (cell.verb != "verify" or judged)


def false_claims(cell: Cell, wrong: list[str]) -> list[str]:
    """What is wrong although the run says that it is done. A read that lags behind can deceive anybody."""
    deceived = any(one["kind"] == "stale" for one in cell.faults)
    return [] if deceived else [f"it says that it is done, and {text}" for text in wrong]


ENDS = ("success", "failure", "killed", "BROKEN")


def table(results: list[Result]) -> str:
    """The counts, by verb and fault."""
    counts = Counter(
        (result.cell.verb, result.cell.name.split(" / ")[-1], "BROKEN" if result.broken else result.end)
        for result in results
    )
    rows = sorted({(verb, name) for verb, name, _end in counts})
    lines = [f"{'':60}" + "".join(f"{end:>9}" for end in ENDS)]
    for verb, name in rows:
        numbers = [counts[verb, name, end] for end in ENDS]
        lines.append(f"{verb + ' / ' + name:60}" + "".join(f"{number:9}" for number in numbers))
    total = [sum(counts[verb, name, end] for verb, name in rows) for end in ENDS]
    return "\n".join([*lines, f"{'all ' + str(len(results)) + ' cells':60}" + "".join(f"{sum_:9}" for sum_ in total)])


def choose(verb: str, matrix: Matrix, options: argparse.Namespace) -> list[Cell]:
    """The verb's cells, or crashes instead."""
    operations = matrix.learn(verb)
    if options.crashes:
        return crashes(verb, len(operations), options.crashes, options.seed)
    world = WORLDS[options.world]
    if options.world == "usual":
        return cells(verb, operations)
    usual: list[Operation] = []
    if world.beside:
        usual = Matrix(matrix.bench, matrix.bench.lanes, matrix.folder, kind=world.beside).learn(verb)
    own = [one for one in operations if one not in usual or world.too(one)]
    return [*cells(verb, [*own, *world.more], scenarios=False), *world.scenarios]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Run the matrix of faults.")
    parser.add_argument("--sample", type=int, default=0, help="so many cells instead of all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--crashes", type=int, default=0, help="so many runs of each verb that are killed, instead")
    for name in WORLDS:
        parser.add_argument(f"--{name}", dest="world", action="store_const", const=name, default="usual")
    parser.add_argument("--lanes", type=int, default=2)
    parser.add_argument("--verb", choices=sorted(VERBS), action="append")
    parser.add_argument("--only", default="", help="cells whose name has this in it")
    parser.add_argument("--after", type=int, default=0, help="leave so many cells out that were tried before")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers stop with it
    with tempfile.TemporaryDirectory(prefix="assumerole-s3-faults-") as folder:
        place = Path(folder)
        with running(place, lanes=options.lanes) as bench:
            matrix = Matrix(bench, bench.lanes, place, kind=WORLDS[options.world].kind)
            found = [
                cell
                for verb in options.verb or WORLDS[options.world].verbs
                for cell in choose(verb, matrix, options)
                if options.only in str(cell)
            ]
            chosen = sample(found, options.sample or len(found), options.seed)
            chosen = chosen[options.after :]
            print(f"{len(chosen)} of {len(found)} cells, seed {options.seed}", flush=True)
            results = matrix.run_all(chosen, lambda result: print(result.line(), flush=True))
    print(table(results))
    sys.exit(1 if any(result.broken for result in results) else 0)


if __name__ == "__main__":
    main()
