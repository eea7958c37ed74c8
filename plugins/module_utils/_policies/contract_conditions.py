# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the conditions of a contract stand: in the trust policy, in the permissions policy, or in both. Pure."""

from __future__ import annotations

from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract.conditions import Conditions
from ansible_collections.assumerole.s3.plugins.module_utils._policies.facts import Fact

Element = dict[str, dict[str, Any]]


def trust_conditions(conditions: Conditions) -> Element:
    """Under which the role is assumed: with MFA, from these addresses, by somebody of the organization.

    A session says nothing of MFA any more, so it is asked for here alone. Requests to STS do not come through the VPC
    endpoint of S3, so that is not.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html and
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid
    """
    return merged(
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}} if conditions.mfa else {},
        _addresses(conditions.source_ips),
        {"StringEquals": {"aws:PrincipalOrgID": conditions.organization_id}} if conditions.organization_id else {},
    )


def request_conditions(conditions: Conditions) -> Element:
    """Under which a session's requests are let through: from these addresses, or through these VPC endpoints.

    Through a VPC endpoint no address is seen, so both would let nobody in.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies-vpc-endpoint.html
    """
    return merged(
        _addresses(conditions.addresses),
        {"StringEquals": {"aws:SourceVpce": _values(conditions.vpc_endpoints)}} if conditions.vpc_endpoints else {},
    )


def merged(*elements: Element) -> Element:
    """Several ``Condition`` elements as one, all of which must hold; none of them asks for the same key as another."""
    found: Element = {}
    for element in elements:
        for operator, block in element.items():
            found[operator] = {**found.get(operator, {}), **block}
    return found


def facts_of_user(conditions: Conditions) -> dict[str, Fact]:
    """What a contract's request to assume the role carries by these conditions; empty where they say nothing."""
    return {
        "aws:multifactorauthpresent": Fact(("true",)) if conditions.mfa else Fact(absent=True),
        **({"aws:sourceip": Fact(conditions.source_ips)} if conditions.source_ips else {}),
        **_organization(conditions),
    }


def facts_of_session(conditions: Conditions) -> dict[str, Fact]:
    """The same for a session's requests to S3."""
    if conditions.vpc_endpoints:
        place = {"aws:sourcevpce": Fact(conditions.vpc_endpoints), "aws:sourceip": Fact(absent=True)}
    else:
        place = {"aws:sourceip": Fact(conditions.source_ips)} if conditions.source_ips else {}
    return {**place, **_organization(conditions)}


def _organization(conditions: Conditions) -> dict[str, Fact]:
    return {"aws:principalorgid": Fact((conditions.organization_id,))} if conditions.organization_id else {}


def _addresses(source_ips: tuple[str, ...]) -> Element:
    return {"IpAddress": {"aws:SourceIp": _values(source_ips)}} if source_ips else {}


def _values(given: tuple[str, ...]) -> str | list[str]:
    return given[0] if len(given) == 1 else list(given)
