# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The places that the hosts of the inventory say: each host asks where the others have theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible.playbook.task import Task

from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant
from ansible_collections.assumerole.s3.plugins.plugin_utils import _other_hosts
from ansible_collections.assumerole.s3.plugins.plugin_utils._once_for_hosts import Row, rows_of_hosts
from ansible_collections.assumerole.s3.plugins.plugin_utils._unknown_variables import PREFIX
from ansible_collections.assumerole.s3.plugins.plugin_utils._variables import places_of

#: By these a contract says where its places are.
SAID_OF_PLACES = ("bucket", "prefix", "grants")


def places_of_others(task: Task, task_vars: Mapping[str, Any]) -> Iterator[Grant]:
    """The places of the other hosts of the inventory, as far as they can be read here."""
    here = task_vars.get("inventory_hostname")
    rows = rows_of_hosts(task, task_vars, "places", _read)
    return (Grant(bucket, prefix) for host, bucket, prefix in rows if host != here)


def _read(hostvars: Mapping[str, Any]) -> Iterator[Row]:
    """A row for each place of each host: host, bucket and prefix."""
    for host in hostvars:
        for place in places_of(_said(hostvars, host)):
            yield [str(host), place.bucket, place.prefix]


def _said(hostvars: Mapping[str, Any], host: str) -> dict[str, Any]:
    """What a host says of its places."""
    variables = _other_hosts.variables(hostvars, host)
    return {name: _other_hosts.value(variables, PREFIX + name) for name in SAID_OF_PLACES}
