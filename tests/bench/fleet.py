# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures many contracts in one run of each verb, on the enforcing emulator: ten times as many take ten times as long.

    make fleet [N=100]

It prints contracts per minute and CPU seconds per contract, for N contracts and for a tenth of them. The CPU time is
that of Ansible and all that it starts, without the emulator's. A slow machine is no error: the exit code is 0 unless a
verb fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
import json
from pathlib import Path
import sys
import time

from bench import children
from example import Example, Trouble, example, run

from lab.checkout import BIN

CONTRACTS, TENTH, FORKS = 100, 10, 4

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
    """What one run of a verb took, in seconds."""

    contracts: int
    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{60 * self.contracts / self.wall:12.1f}{self.cpu / self.contracts:12.2f}"


def main() -> None:
    """The small fleet first, then the whole one; each ends with nothing left."""
    contracts = int(sys.argv[1]) if len(sys.argv) > 1 else CONTRACTS
    sizes = (max(1, contracts // TENTH), contracts)
    try:
        with example() as place:
            costs = {size: dict(fleet(place, size)) for size in sizes}
    except Trouble as trouble:
        sys.exit(str(trouble))
    print("\n".join(table(costs)))


def fleet(place: Example, size: int) -> Iterator[tuple[str, Cost]]:
    """What each verb takes for so many contracts."""
    hosts = inventory(place.home, size)
    for name, verb in VERBS:
        print(f"{name} of {size}", file=sys.stderr, flush=True)
        yield name, cost_of(place, verb, hosts, size)


def inventory(folder: Path, size: int) -> Path:
    """A host for each contract."""
    hosts = {f"fleet-{size}-{number}": None for number in range(size)}
    terms = {
        "bucket_access_user": "{{ inventory_hostname }}",
        "bucket_access_role": "{{ inventory_hostname }}-role",
        "bucket_access_bucket": "{{ inventory_hostname }}-bucket",
    }
    path = folder / f"fleet-{size}.json"
    path.write_text(json.dumps({"contracts": {"hosts": hosts, "vars": terms}}))
    return path


def cost_of(place: Example, verb: str, hosts: Path, size: int) -> Cost:
    """One run, and what it cost; ``run`` waits for it, so its time is that of our children."""
    command = ["ansible-playbook", f"playbooks/{verb}.yml", "-i", str(hosts), "-e", "bucket_access_hosts=contracts"]
    wall, cpu = time.perf_counter(), children()
    run([str(BIN / command[0]), *command[1:], "--forks", str(FORKS)], place.operator)
    return Cost(size, time.perf_counter() - wall, children() - cpu)


def table(costs: dict[int, dict[str, Cost]]) -> list[str]:
    """A line for each verb."""
    head = "".join(f"{f'{size} contracts':>24}" for size in costs)
    units = "".join(f"{'per minute':>12}{'CPU s each':>12}" for _size in costs)
    lines = [f"{f'forks {FORKS}':16}{head}", f"{'':16}{units}"]
    return lines + [f"{name:16}" + "".join(str(found[name]) for found in costs.values()) for name, _verb in VERBS]


if __name__ == "__main__":
    main()
