# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.conditions import private_networks
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract


@pytest.mark.parametrize(
    ("given", "private"),
    [
        ([], []),
        (["203.0.113.0/24", "2001:db8::/32", "127.0.0.1"], []),
        (["10.1.0.0/16", "203.0.113.7", "192.168.1.1"], ["10.1.0.0/16", "192.168.1.1"]),
        (["172.32.0.0/16", "100.64.0.0/10", "fd00::/8"], ["100.64.0.0/10", "fd00::/8"]),
        (["0.0.0.0/1"], []),
    ],
)
def test_private_networks_are_those_that_nobody_outside_sees(given: list[str], private: list[str]) -> None:
    assert private_networks(given) == private


def test_behind_a_vpc_endpoint_no_address_is_seen() -> None:
    terms = {"bucket": "abc", "source_ips": ["203.0.113.7"]}
    assert Contract.of(terms).conditions.addresses == ("203.0.113.7",)
    through = Contract.of({**terms, "vpc_endpoints": ["vpce-0123456789abcdef0"]}).conditions
    assert (through.addresses, through.of_assuming, through.of_requests) == ((), True, True)
