# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the hosts of the inventory say, read once for all hosts of a task.

To read the variables of one host takes Ansible about a millisecond, so a thousand hosts that each read a thousand would
take a quarter of an hour. The first that asks keeps what it read for the rest, in the folder that Ansible removes at
the end of its run.

What is kept is that of one task in one batch of a play, as hosts go through a task together: a variable that changes
before the next is seen by it. Where a strategy lets hosts go their own ways, each reads for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
import hashlib
import json
import os
from typing import Any

from ansible import constants
from ansible.playbook.task import Task

from ansible_collections.assumerole.s3.plugins.module_utils._files import lock, whole

#: The strategies with which all hosts of a batch are at the same task.
TOGETHER = ("linear", "ansible.builtin.linear")

#: What was read, as JSON keeps it.
Row = list[Any]
Read = Callable[[Mapping[str, Any]], Iterable[Row]]


def rows_of_hosts(task: Task, task_vars: Mapping[str, Any], what: str, read: Read) -> Iterable[Row]:
    """What ``read`` makes of the variables of all hosts; ``what`` is the name that it is kept by."""
    hostvars = task_vars.get("hostvars") or {}
    if getattr(task.get_play(), "strategy", None) not in TOGETHER:
        return read(hostvars)
    return _kept(_file(task, task_vars, what), lambda: read(hostvars))


def _file(task: Task, task_vars: Mapping[str, Any], what: str) -> str:
    """Where it is kept for this task and this batch of hosts."""
    batch = json.dumps([task._uuid, [str(host) for host in task_vars.get("ansible_play_batch") or ()]])
    name = hashlib.sha256(batch.encode()).hexdigest()
    return os.path.join(constants.DEFAULT_LOCAL_TMP, f"bucket-access-{what}-{name}.json")


def _kept(path: str, read: Callable[[], Iterable[Row]]) -> Iterable[Row]:
    """What the first host read; where nothing can be kept, it is read again."""
    with suppress(OSError, ValueError):
        if os.path.exists(path):
            return _loaded(path)
        with lock.held(os.path.dirname(path)):
            if not os.path.exists(path):
                whole.put(path, json.dumps(list(read())), 0o600)
            return _loaded(path)
    return read()


def _loaded(path: str) -> list[Row]:
    return [list(row) for row in json.loads(whole.read(path))]
