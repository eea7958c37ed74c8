# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures many contracts with each verb, on the enforcing emulator: ten times as many take ten times as long.

    make fleet [N=100] [FORKS="4 16"] [SLICE=100]

It prints contracts per minute, CPU seconds, beats and requests per contract, and the memory of the largest process, for
a tenth of N contracts and for N, with so many forks, and how the CPU time has grown from one to the other. It is the
time of Ansible and all that it starts, without the emulator's.

The contracts of a slice go through one run, and slices one after the other, as docs/many-contracts.md advises: a run
takes longer for each contract, the more there are in it. SLICE=N has all in one.
The tenth and the whole each have an account to themselves. A fleet takes hours, and a machine that others share becomes
slower and faster meanwhile: each verb is carried out for a tenth, for the whole, and for another tenth, one right after
the other, and growth is told in beats of a metronome, too.
A slow machine is no error: the exit code is 0 unless a verb fails.
"""

from __future__ import annotations

from dataclasses import dataclass
import json
import os
from pathlib import Path
import resource
from statistics import mean, median
import subprocess
import sys
import time

from example import Example, Trouble, example
from growth import TIMES, growth
from metronome import beating

from lab.checkout import BIN, CHECKOUT

CONTRACTS = 100
SLICE = 100
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
    """What a verb took for so many contracts, all times in seconds; megabytes are of the largest process."""

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
    """Each number of forks in two new accounts; each verb is told when it has ended, as a large fleet takes hours."""
    contracts, in_a_run, *forks = [int(given) for given in sys.argv[1:]] or [CONTRACTS, SLICE]
    print(
        "| | contracts | forks | a minute | CPU s each | beats each | requests each | MB |\n"
        "|---|---|---|---|---|---|---|---|",
        flush=True,
    )
    try:
        for number in forks or FORKS:
            with example() as small, example() as large:
                lines = fleet(small, large, contracts, in_a_run, number)
            print("\n".join(lines), flush=True)
    except Trouble as trouble:
        sys.exit(str(trouble))


def fleet(small: Example, large: Example, contracts: int, in_a_run: int, forks: int) -> list[str]:
    """The rows are printed; gives the lines of how each verb grows from the tenth to the whole."""
    tenth = max(1, contracts // TIMES)
    before, after = (inventory(small.home, name, tenth) for name in ("before", "after"))
    whole, lines = inventory(large.home, "whole", contracts), []
    for name, verb in VERBS:
        turns = ((small, before, tenth), (large, whole, contracts), (small, after, tenth))
        costs = []
        for place, hosts, size in turns:
            costs.append(cost_of(place, verb, hosts, slices(size, in_a_run), forks))
            print(costs[-1].row(name, forks), flush=True)
        lines.extend(grown(f"{name}, forks {forks}", *costs))
    return lines


def inventory(folder: Path, name: str, size: int) -> Path:
    """A host for each contract, with AWS files of its own: for one profile, a program reads all that is in its file."""
    hosts = {f"fleet-{name}-{number}": None for number in range(size)}
    files = f"{folder}/files/{{{{ inventory_hostname }}}}"
    terms = {
        "bucket_access_credentials_file": f"{files}/credentials",
        "bucket_access_config_file": f"{files}/config",
        "bucket_access_user": "{{ inventory_hostname }}",
        "bucket_access_role": "{{ inventory_hostname }}-role",
        "bucket_access_bucket": "{{ inventory_hostname }}-bucket",
    }
    path = folder / f"{name}.json"
    path.write_text(json.dumps({"contracts": {"hosts": hosts, "vars": terms}}))
    return path


def slices(contracts: int, in_a_run: int) -> list[range]:
    """The numbers of the hosts that are in each run."""
    return [range(first, min(first + in_a_run, contracts)) for first in range(0, contracts, in_a_run)]


def cost_of(place: Example, verb: str, hosts: Path, runs: list[range], forks: int) -> Cost:
    """All runs together, and what they and all processes that they started have cost."""
    command = [str(BIN / "ansible-playbook"), f"playbooks/{verb}.yml", "-i", str(hosts), "--forks", str(forks)]
    command += ["-e", "bucket_access_hosts=contracts"]
    asked, began = place.emulator.request_count(), time.perf_counter()
    with beating() as beats:
        used = [waited_for([*command, "--limit", f"contracts[{run[0]}:{run[-1]}]"], place) for run in runs]
    return Cost(
        contracts=sum(len(run) for run in runs),
        wall=time.perf_counter() - began,
        cpu=sum(one.ru_utime + one.ru_stime for one in used),
        requests=place.emulator.request_count() - asked,
        megabytes=max(one.ru_maxrss for one in used) / 1024,
        beat=median(beats),
    )


def waited_for(command: list[str], place: Example) -> resource.struct_rusage:
    """What a program and its children have used."""
    log = place.home / "printed"
    with log.open("w") as printed:
        process = subprocess.Popen(command, cwd=CHECKOUT, env=place.operator, stdout=printed, stderr=subprocess.STDOUT)
        _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Trouble(f"{' '.join(command[1:])} ended with {process.returncode}:\n{log.read_text()[-2000:]}")
    return used


def grown(name: str, before: Cost, whole: Cost, after: Cost) -> tuple[str, str]:
    """The whole beside the mean of the two tenths, in CPU seconds and in beats."""
    seconds = growth(mean([before.cpu, after.cpu]), whole.cpu)
    beats = growth(mean([before.beats, after.beats]), whole.beats)
    return f"{name}, CPU seconds:{seconds}", f"{name}, beats:{beats}"


if __name__ == "__main__":
    main()
