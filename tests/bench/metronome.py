# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast the machine is while something else is measured: a machine that others share is not the same for an hour.

What took longer in the second hour may have grown, or the machine has become slower. So the same small piece of work is
done once a second all the while, and its CPU time says which.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import json
from statistics import mean
from threading import Event, Thread
from time import thread_time

#: Seconds from one beat to the next.
PAUSE = 1.0
#: What is read and written in a beat: a few milliseconds, so that it takes nothing away from what is measured.
WORK = json.dumps([{"name": f"contract-{number}", "actions": ["list", "read", "write"]} for number in range(2500)])


class Metronome:
    """Beats until it is stopped."""

    def __init__(self) -> None:
        self._beats: list[float] = []
        self._over = Event()

    @property
    def beat(self) -> float:
        """The CPU seconds that one took, on average."""
        return mean(self._beats)

    def run(self) -> None:
        """Beat at least once."""
        while True:
            began = thread_time()
            json.dumps(json.loads(WORK))
            self._beats.append(thread_time() - began)
            if self._over.wait(PAUSE):
                return

    def stop(self) -> None:
        """No more beats after this one."""
        self._over.set()


@contextmanager
def beating() -> Iterator[Metronome]:
    """A metronome for as long as the block lasts; afterwards it has its beat."""
    metronome = Metronome()
    thread = Thread(target=metronome.run)
    thread.start()
    try:
        yield metronome
    finally:
        metronome.stop()
        thread.join()
