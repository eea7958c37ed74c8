# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows what a module says while it waits, as soon as it says so: the other end of ``_verification/progress``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import os
import tempfile
import threading
from typing import Any

from ansible import constants
from ansible.utils.display import Display

from ansible_collections.assumerole.s3.plugins.plugin_utils._in_process import InProcess

#: Seconds between two looks into the file.
PAUSE = 0.2


class ShownProgress(InProcess):
    """Runs the module of the task, and shows its lines meanwhile. Of a module that runs elsewhere nothing is heard."""

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """What the module returns."""
        if self._connection.transport != "local" or self._task.async_val or "progress_file" in self._task.args:
            return dict(super().run(tmp, task_vars))
        host, given = (task_vars or {}).get("inventory_hostname", ""), self._task.args
        with progress_file(lambda line: Display().display(f"{host}: {line}")) as path:
            self._task.args = {**given, "progress_file": path}
            try:
                return dict(super().run(tmp, task_vars))
            finally:
                self._task.args = given  # a task that is tried again comes here again


@contextmanager
def progress_file(show: Callable[[str], None]) -> Iterator[str]:
    """A file whose lines are shown as they come, until the end of the block; then it is gone."""
    handle, path = tempfile.mkstemp(prefix="progress-", dir=constants.DEFAULT_LOCAL_TMP)
    over = threading.Event()
    follower = threading.Thread(target=_follow, args=(handle, over, show), daemon=True)
    follower.start()
    try:
        yield path
    finally:
        over.set()
        follower.join()
        os.unlink(path)


def _follow(handle: int, over: threading.Event, show: Callable[[str], None]) -> None:
    with os.fdopen(handle, encoding="utf-8") as file:
        ended = False
        while not ended:
            ended = over.wait(PAUSE)
            for line in file:
                show(line.rstrip("\n"))
