# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a request may be sent, by what all processes have noted in one place. Pure.

What is noted is the moment of the note and the next free one, both by the clock of the wall: it goes on where the
machine starts anew, and where it is set back, the two still tell how long the queue is.
"""

from __future__ import annotations

#: More requests than these never wait at once: what says so is no queue of ours.
MOST_WAITING = 1000


def next_turn(noted: str, now: float, interval: float) -> tuple[float, str]:
    """For how many seconds to wait, and what is to be noted then."""
    wait = _ahead(noted, now, interval)
    return wait, f"{now!r} {now + wait + interval!r}\n"


def _ahead(noted: str, now: float, interval: float) -> float:
    """How long the queue is; there is none where nothing is noted, or nothing that can be true."""
    try:
        written, free = map(float, noted.split())
    except ValueError:
        return 0.0
    ahead = free - max(now, written)
    return ahead if 0 < ahead <= MOST_WAITING * interval else 0.0
