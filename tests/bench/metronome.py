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
from threading import Event, Thread
from time import thread_time

#: Seconds from one beat to the next.
PAUSE = 1.0
#: What is read and written in a beat: a few milliseconds, so that it takes nothing away from what is measured.
WORK = json.dumps([{"name": f"contract-{number}", "actions": ["list", "read", "write"]} for number in range(2500)])


@contextmanager
def beating() -> Iterator[list[float]]:
    """The CPU seconds that each beat has taken, one at least, for as long as the block lasts."""
    beats: list[float] = []
    over = Event()
    thread = Thread(target=_beat, args=(beats, over))
    thread.start()
    try:
        yield beats
    finally:
        over.set()
        thread.join()


def _beat(beats: list[float], over: Event) -> None:
    while True:
        began = thread_time()
        json.dumps(json.loads(WORK))
        beats.append(thread_time() - began)
        if over.wait(PAUSE):
            return
