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


THEIRS = "arn:aws:iam::210987654321:user/theirs"
ISSUER = "token.ci.example"


def test_whoever_else_is_trusted_gets_in_under_the_same_conditions() -> None:
    terms = {"require_mfa": True, "source_ips": ["203.0.113.7"], "organization_id": "o-a1b2c3d4e5"}
    trusted = [{"arn": THEIRS, "external_id": "theirs-4711"}]
    contract = Contract.of({"bucket": "abc", "user": "partner", "trusted": trusted, **terms})
    user, theirs = trust_policy(contract, {"partner": "arn:aws:iam::123456789012:user/partner", THEIRS: THEIRS})[
        "Statement"
    ]
    assert user["Condition"] == {**MFA, **ADDRESS, **ORGANIZATION}
    external_id = {"StringEquals": {"sts:ExternalId": "theirs-4711", **ORGANIZATION["StringEquals"]}}
    assert theirs["Condition"] == {**external_id, **MFA, **ADDRESS}


@pytest.mark.parametrize("subject", ["repo:o/r:ref:refs/heads/main", "repo:o/r:*"])
def test_a_token_gets_in_from_the_contracts_addresses(subject: str) -> None:
    item = {"oidc": f"https://{ISSUER}", "audience": "sts.amazonaws.com", "subjects": [subject]}
    plain, limited = (
        trust_policy(Contract.of({"bucket": "abc", "trusted": [item], **terms}), {ISSUER: "arn"})["Statement"][0]
        for terms in ({}, {"source_ips": ["203.0.113.7"]})
    )
    assert limited["Condition"] == {**plain["Condition"], **ADDRESS}


def test_a_services_sessions_are_limited_by_the_vpc_endpoints() -> None:
    terms = {"trusted": [{"service": "ec2.amazonaws.com"}], "vpc_endpoints": ["vpce-0123456789abcdef0"]}
    contract = Contract.of({"bucket": "abc", **terms})
    (statement,) = trust_policy(contract, {"ec2.amazonaws.com": "ec2.amazonaws.com"})["Statement"]
    assert "Condition" not in statement
    assert [item["Condition"] for item in permissions_policy(contract)["Statement"]] == [ENDPOINT] * 4


def test_several_places_are_all_limited() -> None:
    grants = [{"bucket": "abc", "prefix": "in/", "permissions": ["list", "versions"]}, {"bucket": "xyz"}]
    contract = Contract.of({"grants": grants, "user": "partner", "source_ips": ["203.0.113.7"]})
    conditions = {item["Sid"][:19]: item["Condition"] for item in permissions_policy(contract)["Statement"]}
    below = {"StringLike": {"s3:prefix": "in/*"}}
    plain = {"List", "Read", "Write", "Delete", "Versions"}
    assert {name: found for name, found in conditions.items() if name in plain} == dict.fromkeys(plain, ADDRESS)
    assert [found for name, found in conditions.items() if name not in plain] == [{**below, **ADDRESS}] * 2


def test_a_listing_keeps_its_prefix() -> None:
    contract = Contract.of({"bucket": "abc", "prefix": "team/", "source_ips": ["203.0.113.7"]})
    listing, *others = permissions_policy(contract)["Statement"]
    assert listing["Condition"] == {"StringLike": {"s3:prefix": "team/*"}, **ADDRESS}
    assert [item["Condition"] for item in others] == [ADDRESS] * 3
