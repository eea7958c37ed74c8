# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where each condition of a contract stands."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import permissions_policy, trust_policy

Json = dict[str, Any]

MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
ADDRESS = {"IpAddress": {"aws:SourceIp": "203.0.113.7"}}
ADDRESSES = {"IpAddress": {"aws:SourceIp": ["203.0.113.7", "198.51.100.0/24"]}}
ENDPOINT = {"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}
ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}

STANDS = [
    ({}, None, None),
    ({"require_mfa": True}, MFA, None),
    ({"source_ips": ["203.0.113.7"]}, ADDRESS, ADDRESS),
    ({"source_ips": ["203.0.113.7", "198.51.100.0/24"]}, ADDRESSES, ADDRESSES),
    ({"vpc_endpoints": ["vpce-0123456789abcdef0"]}, None, ENDPOINT),
    ({"source_ips": ["203.0.113.7"], "vpc_endpoints": ["vpce-0123456789abcdef0"]}, ADDRESS, ENDPOINT),
    ({"organization_id": "o-a1b2c3d4e5"}, ORGANIZATION, None),
    (
        {"organization_id": "o-a1b2c3d4e5", "external_id": "contract-4711", "require_mfa": True},
        {"StringEquals": {"sts:ExternalId": "contract-4711", **ORGANIZATION["StringEquals"]}, **MFA},
        None,
    ),
]


@pytest.mark.parametrize(("terms", "trust", "requests"), STANDS)
def test_each_condition_stands_where_requests_carry_it(terms: Json, trust: Json | None, requests: Json | None) -> None:
    contract = Contract.of({"bucket": "abc", "user": "partner", **terms})
    (trusted,) = trust_policy(contract, {"partner": "arn:aws:iam::123456789012:user/partner"})["Statement"]
    assert trusted.get("Condition") == trust
    assert {str(item.get("Condition")) for item in permissions_policy(contract)["Statement"]} == {str(requests)}


def test_a_listing_keeps_its_prefix() -> None:
    contract = Contract.of({"bucket": "abc", "prefix": "team/", "source_ips": ["203.0.113.7"]})
    listing, *others = permissions_policy(contract)["Statement"]
    assert listing["Condition"] == {"StringLike": {"s3:prefix": "team/*"}, **ADDRESS}
    assert [item["Condition"] for item in others] == [ADDRESS] * 3
