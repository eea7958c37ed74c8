# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signals that end a task, turned into an exception where things are half done, so that they are undone first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import signal
from typing import Any, NoReturn

#: An interrupt from the keyboard, and what Ansible ends its workers with.
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(BaseException):
    """The task is to end; no handler of errors catches it on the way."""


@contextmanager
def interruptible() -> Iterator[None]:
    """The first signal raises :class:`Interrupted`; from then on none does, so that what is half done can be undone."""

    def end(_number: int, _frame: Any) -> NoReturn:
        for name in SIGNALS:
            signal.signal(name, signal.SIG_IGN)
        raise Interrupted

    before = {name: signal.signal(name, end) for name in SIGNALS}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
