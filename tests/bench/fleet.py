# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures many contracts in one run of each verb, on the enforcing emulator: ten times as many take ten times as long.

    make fleet [N=100] [FORKS="4 16"]

It prints contracts per minute, CPU seconds, beats and requests per contract, and the memory of the largest process, for
a tenth of N contracts and for N, with so many forks, and how the CPU time has grown from one to the other. It is the
time of Ansible and all that it starts, without the emulator's. A fleet takes hours, and a machine that others share
becomes slower and faster meanwhile: the tenth is measured before and after, and growth is told in beats of a metronome,
too.
A slow machine is no error: the exit code is 0 unless a verb fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
import json
from pathlib import Path
import resource
from statistics import mean
import sys
import time

from bench import children
from example import Example, Trouble, example, run
from growth import TIMES, growth
from metronome import beating

from lab.checkout import BIN

CONTRACTS = 100
FORKS = (4, 16)

#: A line of the table, and the playbook behind it.
VERBS = (
    ("provision", "provision"),
    ("provision again", "provision"),
    ("verify", "verify"),
    ("rotate", "rotate"),
    ("teardown", "teardown"),
)


@dataclass(frozen=True)
class Cost:
    """What one run of a verb took, all times in seconds; megabytes are of the largest process so far."""

    contracts: int
    wall: float
    cpu: float
    requests: int
    megabytes: float
    beat: float

    @property
    def beats(self) -> float:
        """The CPU time as the metronome counts it."""
        return self.cpu / self.beat

    def row(self, verb: str, forks: int) -> str:
        """As docs/many-contracts.md has it."""
        a_minute = 60 * self.contracts / self.wall
        each, beats, requests = (total / self.contracts for total in (self.cpu, self.beats, self.requests))
        figures = f"{a_minute:.1f} | {each:.2f} | {beats:.0f} | {requests:.1f} | {self.megabytes:.0f}"
        return f"| {verb} | {self.contracts} | {forks} | {figures} |"


def main() -> None:
    """The small fleet before and after the whole one; each ends with nothing left."""
    contracts, *forks = [int(given) for given in sys.argv[1:]] or [CONTRACTS]
    print(
        "| | contracts | forks | a minute | CPU s each | beats each | requests each | MB |\n"
        "|---|---|---|---|---|---|---|---|",
        flush=True,
    )
    try:
        with example() as place:
            for number in forks or FORKS:
                tenth = max(1, contracts // TIMES)
                before, whole, after = (fleet(place, size, number) for size in (tenth, contracts, tenth))
                print("\n".join(grown(before, whole, after, number)), flush=True)
    except Trouble as trouble:
        sys.exit(str(trouble))


def fleet(place: Example, size: int, forks: int) -> dict[str, Cost]:
    """What each verb takes for so many contracts, told when it has ended: a large fleet takes hours."""
    hosts, costs = inventory(place.home, size), {}
    for name, verb in VERBS:
        costs[name] = cost_of(place, verb, hosts, size, forks)
        print(costs[name].row(name, forks), flush=True)
    return costs


def inventory(folder: Path, size: int) -> Path:
    """A host for each contract, with AWS files of its own: for one profile, a program reads all that is in its file."""
    hosts = {f"fleet-{size}-{number}": None for number in range(size)}
    files = f"{folder}/files/{{{{ inventory_hostname }}}}"
    terms = {
        "bucket_access_credentials_file": f"{files}/credentials",
        "bucket_access_config_file": f"{files}/config",
        "bucket_access_user": "{{ inventory_hostname }}",
        "bucket_access_role": "{{ inventory_hostname }}-role",
        "bucket_access_bucket": "{{ inventory_hostname }}-bucket",
    }
    path = folder / f"fleet-{size}.json"
    path.write_text(json.dumps({"contracts": {"hosts": hosts, "vars": terms}}))
    return path


def cost_of(place: Example, verb: str, hosts: Path, size: int, forks: int) -> Cost:
    """One run, and what it cost; ``run`` waits for it, so its time is that of our children."""
    command = ["ansible-playbook", f"playbooks/{verb}.yml", "-i", str(hosts), "-e", "bucket_access_hosts=contracts"]
    asked, wall, cpu = len(place.emulator.requests()), time.perf_counter(), children()
    with beating() as beats:
        run([str(BIN / command[0]), *command[1:], "--forks", str(forks)], place.operator)
    took, worked = time.perf_counter() - wall, children() - cpu
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Cost(size, took, worked, len(place.emulator.requests()) - asked, largest, mean(beats))


def grown(before: dict[str, Cost], whole: dict[str, Cost], after: dict[str, Cost], forks: int) -> Iterator[str]:
    """Two lines for each verb: the whole fleet beside the mean of its tenth, in CPU seconds and in beats."""
    for name, _verb in VERBS:
        tenths = (before[name], after[name])
        yield f"{name}, forks {forks}, CPU seconds:{growth(mean(tenth.cpu for tenth in tenths), whole[name].cpu)}"
        yield f"{name}, forks {forks}, beats:{growth(mean(tenth.beats for tenth in tenths), whole[name].beats)}"


if __name__ == "__main__":
    main()
