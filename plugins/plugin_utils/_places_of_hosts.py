# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The places that the hosts of the inventory say, read once for all hosts of a task.

Each host asks where the others have their places. To read the variables of one host takes Ansible about a millisecond,
so a thousand hosts that each read a thousand would take a quarter of an hour. The first that asks keeps what it read
for the rest, in the folder that Ansible removes at the end of its run.

What is kept is that of one task in one batch of a play, as hosts go through a task together: a variable that changes
before the next is seen by it. Where a strategy lets hosts go their own ways, each reads for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
import hashlib
import json
import os
from typing import Any

from ansible import constants
from ansible.playbook.task import Task

from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant
from ansible_collections.assumerole.s3.plugins.module_utils._files import lock, whole
from ansible_collections.assumerole.s3.plugins.plugin_utils import _other_hosts
from ansible_collections.assumerole.s3.plugins.plugin_utils._unknown_variables import PREFIX
from ansible_collections.assumerole.s3.plugins.plugin_utils._variables import places_of

#: By these a contract says where its places are.
SAID_OF_PLACES = ("bucket", "prefix", "grants")

#: The strategies with which all hosts of a batch are at the same task.
TOGETHER = ("linear", "ansible.builtin.linear")

#: A host, a bucket of its contract, and the prefix there.
Row = tuple[str, str, str]


def places_of_others(task: Task, task_vars: Mapping[str, Any]) -> Iterator[Grant]:
    """The places of the other hosts of the inventory, as far as they can be read here."""
    here, hostvars = task_vars.get("inventory_hostname"), task_vars.get("hostvars") or {}
    rows = _kept(_file(task, task_vars), hostvars) if _together(task) else _read(hostvars)
    return (Grant(bucket, prefix) for host, bucket, prefix in rows if host != here)


def _together(task: Task) -> bool:
    return getattr(task.get_play(), "strategy", None) in TOGETHER


def _file(task: Task, task_vars: Mapping[str, Any]) -> str:
    """Where it is kept for this task and this batch of hosts."""
    batch = json.dumps([task._uuid, [str(host) for host in task_vars.get("ansible_play_batch") or ()]])
    name = hashlib.sha256(batch.encode()).hexdigest()
    return os.path.join(constants.DEFAULT_LOCAL_TMP, f"bucket-access-places-{name}.json")


def _kept(path: str, hostvars: Mapping[str, Any]) -> Iterable[Row]:
    """What the first host read; where nothing can be kept, it is read again."""
    with suppress(OSError, ValueError):
        if os.path.exists(path):
            return _loaded(path)
        with lock.held(os.path.dirname(path)):
            if not os.path.exists(path):
                whole.put(path, json.dumps(list(_read(hostvars))), 0o600)
            return _loaded(path)
    return _read(hostvars)


def _loaded(path: str) -> list[Row]:
    return [(row[0], row[1], row[2]) for row in json.loads(whole.read(path))]


def _read(hostvars: Mapping[str, Any]) -> Iterator[Row]:
    """A row for each place of each host."""
    for host in hostvars:
        for place in places_of(_said(hostvars, host)):
            yield str(host), place.bucket, place.prefix


def _said(hostvars: Mapping[str, Any], host: str) -> dict[str, Any]:
    """What a host says of its places."""
    variables = _other_hosts.variables(hostvars, host)
    return {name: _other_hosts.value(variables, PREFIX + name) for name in SAID_OF_PLACES}
