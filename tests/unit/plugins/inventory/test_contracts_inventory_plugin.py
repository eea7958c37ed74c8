# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts of orphaned contracts: each has a name of its own, whatever its role is called and whoever is there already."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from ansible.inventory.data import InventoryData
import pytest

from ansible_collections.assumerole.s3.plugins.inventory.contracts import InventoryModule
from ansible_collections.assumerole.s3.plugins.module_utils._contract.fleet import Member
from ansible_collections.assumerole.s3.plugins.module_utils._provision.orphans import Orphan
from ansible_collections.assumerole.s3.plugins.plugin_utils._contract_files import Read

ACCOUNT, ANOTHER = "123456789012", "999999999999"


def filled(inventory: InventoryData, *roles: str, account: str = ACCOUNT, files: tuple[str, ...] = ()) -> InventoryData:
    """With these contracts in files, and these roles orphaned."""
    plugin: Any = InventoryModule()
    plugin.inventory = inventory
    plugin.get_option = lambda _name: True
    found = [(Orphan(role, account, "/", "", True, (), ()), {"bucket_access_role": role}) for role in roles]
    plugin._fill([Read(file, {}, Member(f"{file}.yml", {})) for file in files], found)
    return inventory


def orphaned(inventory: InventoryData) -> dict[str, str]:
    return {str(host.name): host.vars["bucket_access_role"] for host in inventory.groups["orphaned"].hosts}


def test_roles_that_look_alike_are_hosts_of_their_own() -> None:
    roles = ["a+b", "a_2b_b", "a%2Bb", "a=b", "a@b", "a,b", "a.b", "a-b"]
    found = orphaned(filled(InventoryData(), *roles))
    assert sorted(found.values()) == sorted(roles)
    assert {unquote(name.removeprefix("orphaned-")): role for name, role in found.items()} == {
        name: name for name in roles
    }


def test_a_contract_of_a_file_is_never_replaced() -> None:
    inventory = filled(InventoryData(), "x", "x_", "x__", files=("orphaned-x", "orphaned-x_"))
    assert orphaned(inventory) == {f"orphaned-x%{ACCOUNT}": "x", f"orphaned-x_%{ACCOUNT}": "x_", "orphaned-x__": "x__"}
    assert {host.name for host in inventory.groups["contracts"].hosts} == {"orphaned-x", "orphaned-x_"}


def test_roles_of_two_accounts_are_two_hosts() -> None:
    inventory = filled(filled(InventoryData(), "x"), "x", account=ANOTHER)
    assert set(orphaned(inventory)) == {"orphaned-x", f"orphaned-x%{ANOTHER}"}


@pytest.mark.parametrize("name", ["orphaned-x", "orphaned-a%2Bb"])
def test_the_run_is_told_that_they_are_orphaned(name: str) -> None:
    inventory = filled(InventoryData(), "x", "a+b", files=("live",))
    assert inventory.hosts[name].vars["assumerole_s3_orphaned"] is True
    assert "assumerole_s3_orphaned" not in inventory.hosts["live"].vars
