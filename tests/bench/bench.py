# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures verification against the same done by hand, in time and in requests, on the enforcing emulator.

    make bench [ROUNDS=N]

The ways take turns, so that a busy moment of the machine meets all of them. A slow machine is no error: the exit code
is 0 unless something failed to run.
"""

from __future__ import annotations

import resource
from statistics import median
import sys
import time

from example import Example, Requests, Trouble, example
from repeats import repeated
import reports
import survey
from ways import WAYS, bare, module, playbook, verify

ROUNDS = 5

#: Way, the way that it is measured against, and how many times as long it may take.
TARGETS = (("b", "a", 0.4), ("e", "a", 0.35), ("d", "c", 2.0), ("f", "b", 1.0), ("g", "h", 1.5))

#: The same for CPU time.
CPU_TARGETS = (("f", "b", 1.0), ("g", "h", 1.5))

Seconds = dict[str, list[float]]


def main() -> None:
    """Provision twice, measure, tear down; then print."""
    rounds = max(ROUNDS, int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    try:
        with example() as place:
            verbs = {"provision": place.requests_of(lambda: playbook(place, "provision"))}
            verbs["provision again"] = place.requests_of(lambda: playbook(place, "provision"))
            refuse_unequal(place)
            seconds, cpu = measure(place, rounds)
            verbs["verify"] = place.requests_of(lambda: verify(place))
            verbs["teardown"] = place.requests_of(lambda: playbook(place, "teardown"))
    except Trouble as trouble:
        sys.exit(str(trouble))
    tables = [*times_table("Seconds", seconds), "", *times_table("CPU seconds", cpu), ""]
    tables += [
        *targets("Ratios of the medians", seconds, TARGETS),
        *targets("Of the CPU seconds", cpu, CPU_TARGETS),
        "",
    ]
    surveyed = ["Survey of an account", *survey.lines()]
    indexed = ["Index of reports, with metrics and a log", *reports.lines()]
    print("\n".join([*tables, *requests_table(verbs), "", *repeats(verbs), "", *surveyed, "", *indexed]))


def refuse_unequal(place: Example) -> None:
    """The module and the bare script must ask the same, or their times say nothing."""
    by_module, by_script = place.requests_of(lambda: module(place)), place.requests_of(lambda: bare(place))
    if by_module != by_script:
        more, fewer = dict(by_module - by_script), dict(by_script - by_module)
        raise Trouble(f"bare_boto3.py does not ask what access_check asks. It lacks {more} and has {fewer} too many.")


def measure(place: Example, rounds: int) -> tuple[Seconds, Seconds]:
    """Seconds and CPU seconds of each way in each round, after one round that warms up."""
    seconds: Seconds = {way.letter: [] for way in WAYS}
    cpu: Seconds = {way.letter: [] for way in WAYS}
    for number in range(rounds + 1):
        print(f"round {number} of {rounds}" if number else "warm-up", file=sys.stderr, flush=True)
        for way in WAYS:
            start, used = time.perf_counter(), children()
            way.run(place)
            took, worked = time.perf_counter() - start, children() - used
            way.tidy(place)
            if number:
                seconds[way.letter].append(took)
                cpu[way.letter].append(worked)
    return seconds, cpu


def children() -> float:
    """CPU seconds of all processes that were started and have ended; the emulator is none of them."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def times_table(unit: str, seconds: Seconds) -> list[str]:
    """A line for each way."""
    rounds = len(next(iter(seconds.values())))
    lines = [f"{unit}, median of {rounds} rounds (least to most)"]
    for way in WAYS:
        taken = seconds[way.letter]
        lines.append(f"  ({way.letter}) {way.label:<42}{median(taken):6.2f}  ({min(taken):.2f} to {max(taken):.2f})")
    return lines


def targets(title: str, seconds: Seconds, wanted: tuple[tuple[str, str, float], ...]) -> list[str]:
    """A line for each target, with the ratio of the medians."""
    lines = [title]
    for way, against, most in wanted:
        ratio = median(seconds[way]) / median(seconds[against])
        lines.append(f"  {way}/{against}  {ratio:.2f}, target at most {most}: {'PASS' if ratio <= most else 'OVER'}")
    return lines


def requests_table(verbs: dict[str, Requests]) -> list[str]:
    """How often each verb asked what, and the sums."""
    questions = sorted(set().union(*verbs.values()))
    wide = max(map(len, questions)) + 2
    lines = ["AWS requests".ljust(wide) + "".join(verb.rjust(17) for verb in verbs)]
    for question in questions:
        lines.append(question.ljust(wide) + "".join(str(verbs[verb][question] or "-").rjust(17) for verb in verbs))
    return [*lines, "all".ljust(wide) + "".join(str(verbs[verb].total()).rjust(17) for verb in verbs)]


def repeats(verbs: dict[str, Requests]) -> list[str]:
    """What was asked more than once in one run of a verb."""
    lines = ["Asked more than once"]
    for verb, requests in verbs.items():
        lines += [f"  {verb}: {line}" for line in repeated(verb, requests)]
    return lines


if __name__ == "__main__":
    main()
