# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a host that is listed as orphaned is a live contract's all the same.

The inventory plugin sees the contracts' files alone. What ``host_vars``, ``group_vars`` and other inventories make of a
contract is known in the run, so the run looks before anything is done to an orphaned host. What cannot be read of
another host may be anything: it could be just that role.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from ansible.playbook.task import Task

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.rules import items
from ansible_collections.assumerole.s3.plugins.plugin_utils._once_for_hosts import Row, rows_of_hosts
from ansible_collections.assumerole.s3.plugins.plugin_utils._unknown_variables import PREFIX

#: What the inventory plugin sets on each host that it lists as orphaned.
ORPHANED = "assumerole_s3_orphaned"

#: What stands for a value that cannot be read, or is none that a contract may have.
UNKNOWN = False

#: A variable's text, or those in it; none where it is not set.
Texts = list[str]


def live_problem(task: Task, task_vars: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """Why nothing may be done to an orphaned host with these values, in a sentence; empty for any other host."""
    if not task_vars.get(ORPHANED):
        return ""
    here = str(task_vars.get("inventory_hostname"))
    rows = (row for row in rows_of_hosts(task, task_vars, "contracts", _read) if row[0] != here)
    return next((wrong for host, said in rows if (wrong := _clash(here, values, host, said))), "")


def _clash(here: str, values: Mapping[str, Any], host: str, said: Mapping[str, Any]) -> str:
    """The first that both hosts have, or may have."""
    for kind, variable, own in _own(values, said["account_id"]):
        if said[variable] is UNKNOWN:
            return (
                f"{here} is listed as orphaned, and {PREFIX}{variable} of the host {host} cannot be read here, so its "
                f"{kind} {own} may be that one's, and nothing is done to it: write the value out, or run without the "
                f"inventory of {host}."
            )
        if own.lower() in said[variable]:
            return (
                f"{here} is listed as orphaned, and its {kind} {own} is that of the host {host}, too, so nothing is "
                f"done to it: write what {host} says into its contract's file, where it is seen, or, to take down "
                f"{values['role']} all the same, write a contract of it."
            )
    return ""


def _own(values: Mapping[str, Any], account: Any) -> Iterator[tuple[str, str, str]]:
    """What the orphaned contract has that one of this account may have: its kind, the other's variable, the name."""
    if not (account and values["account_id"]) or values["account_id"] in account:
        yield from ((kind, kind, values[kind]) for kind in ("role", "user") if values[kind])
    if "bucket" in items(values["manage"]):
        yield from (("bucket", name, bucket) for bucket in Contract.of(values).buckets for name in ("bucket", "grants"))


def _read(hostvars: Mapping[str, Any]) -> Iterator[Row]:
    """A row for each host that is not orphaned itself: its name, and what it says, without regard to case.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
    """
    for host in hostvars:
        of_host = _variables(hostvars, host)
        if _value(of_host, ORPHANED, _text) != ["true"]:
            yield [str(host), {name: _value(of_host, PREFIX + name, read) for name, read in SAID.items()}]


def _variables(hostvars: Mapping[str, Any], host: str) -> Mapping[str, Any] | None:
    try:
        found: Mapping[str, Any] = hostvars[host]
    except Exception:
        return None
    return found


def _value(of_host: Mapping[str, Any] | None, name: str, read: Callable[[object], Texts]) -> Texts | bool:
    try:
        return UNKNOWN if of_host is None else read(deepcopy(of_host[name]) if name in of_host else None)
    except Exception:
        return UNKNOWN


def _text(value: object) -> Texts:
    """The text of a value, in small letters. One with a template in it was not read."""
    text = str("" if value is None else value).strip().lower()
    if not isinstance(value, (str, int, type(None))) or any(mark in text for mark in ("{{", "{%", "{#")):
        raise ValueError(value)
    return [text] if text else []


def _buckets(value: object) -> Texts:
    """The buckets of a list of places."""
    places = [] if value in (None, "") else value
    if not isinstance(places, list):
        raise TypeError(value)
    return [text for item in places for text in _text(item["bucket"])]


#: What a contract says of its account, and of what is its own, and how that is read.
SAID: Mapping[str, Callable[[object], Texts]] = {
    "account_id": _text,
    "role": _text,
    "user": _text,
    "bucket": _text,
    "grants": _buckets,
}
