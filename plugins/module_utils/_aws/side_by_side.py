# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions that do not need each other's answers are asked at once: most of the time of a request is its way."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from ansible_collections.assumerole.s3.plugins.module_utils._aws.pace import stop_waiting

T = TypeVar("T")


def side_by_side(*errands: Callable[[], T]) -> list[T]:
    """What each gives, in their order, once all have ended; raises what the first of them that failed raised."""
    try:
        with ThreadPoolExecutor(len(errands)) as threads:
            started = [threads.submit(errand) for errand in errands]
    except BaseException:  # an interrupt, as what an errand raises comes later
        stop_waiting()
        raise
    return [errand.result() for errand in started]
