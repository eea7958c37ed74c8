# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The conditions of a contract: how the role is assumed, and from where it is used. Pure.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
import ipaddress
import re
from typing import Union

from ansible_collections.assumerole.s3.plugins.module_utils._contract.rules import items, quoted

Network = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]  # noqa: UP007 - pylint takes the operator for arithmetic

#: What AWS sees of nobody: it sees the address that a network address translation sends from.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip
_PRIVATE = tuple(
    ipaddress.ip_network(network)
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00::/7")
)


@dataclass(frozen=True)
class Conditions:
    """Whether MFA is needed, the addresses and VPC endpoints that requests come from, and the organization."""

    mfa: bool = False
    source_ips: tuple[str, ...] = ()
    vpc_endpoints: tuple[str, ...] = ()
    organization_id: str = ""

    @property
    def of_assuming(self) -> bool:
        """Whether it depends on the place who may assume the role."""
        return bool(self.source_ips)

    @property
    def of_requests(self) -> bool:
        """Whether it depends on the place what a session may do."""
        return bool(self.source_ips or self.vpc_endpoints)

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses that S3's requests come from; through a VPC endpoint they show none.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies-vpc-endpoint.html
        """
        return () if self.vpc_endpoints else self.source_ips


NO_CONDITIONS = Conditions()


def source_ips_problem(value: object) -> str | None:
    """Networks in CIDR notation, which together leave somebody out.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress
    """
    networks: list[Network] = []
    for item in items(value):
        try:
            networks.append(ipaddress.ip_network(str(item)))
        except ValueError:
            return _no_network(item)
    whole = next((network for network in _collapsed(networks) if network.prefixlen == 0), None)
    if whole:
        return f"names every address ({whole}): name the networks from which the role is used, or none"
    return "names a network twice: keep one" if len(set(networks)) < len(networks) else None


def _no_network(item: object) -> str:
    try:
        network = ipaddress.ip_network(str(item), strict=False)
    except ValueError:
        return f"has {quoted(item)}, not a network: write it like 203.0.113.0/24, or an address like 203.0.113.7"
    return f"has {quoted(item)}, an address inside of a network: write {network}, or the address alone"


def _collapsed(networks: Iterable[Network]) -> Iterator[Network]:
    """Two halves make a whole."""
    every = list(networks)
    yield from ipaddress.collapse_addresses(net for net in every if isinstance(net, ipaddress.IPv4Network))
    yield from ipaddress.collapse_addresses(net for net in every if isinstance(net, ipaddress.IPv6Network))


def private_networks(source_ips: Iterable[str]) -> list[str]:
    """Those from which AWS never sees a request, whatever an endpoint of one's own may see."""
    return [
        given
        for given in source_ips
        for network in [ipaddress.ip_network(given)]
        if any(network.version == private.version and network.subnet_of(private) for private in _PRIVATE)  # type: ignore[arg-type]
    ]


def vpc_endpoints_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcevpce"""
    named = [str(item) for item in items(value)]
    wrong = next((name for name in named if not re.fullmatch(r"vpce-([0-9a-f]{8}|[0-9a-f]{17})", name)), None)
    if wrong is not None:
        return f"has {quoted(wrong)}, not a VPC endpoint: write its id, like vpce-0123456789abcdef0"
    return "names a VPC endpoint twice: keep one" if len(set(named)) < len(named) else None


def organization_id_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html (Id)"""
    if value == "" or re.fullmatch(r"o-[a-z0-9]{10,32}", str(value)):
        return None
    return f"is {quoted(value)}, not an organization: write its id, like o-a1b2c3d4e5"


def mfa_code_problem(value: object) -> str | None:
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html (TokenCode)"""
    if value == "" or re.fullmatch(r"\d{6}", str(value), re.ASCII):
        return None
    return "is not a code of an MFA device: write its six digits in quotes"
