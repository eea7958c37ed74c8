# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Of what a contract may have, several at once: sound it is verified, from outside of its network nobody can tell."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._verification.access import check_access
from lab.checkout import Json
from lab.device import Device
from lab.emulator import Emulator
from lab.proxy import BEHIND_THE_ENDPOINT, proxy_at
from lab.world import World, provision

ENDPOINT = "vpce-0123456789abcdef0"


def findings(result: Json) -> dict[str, str]:
    return {check["id"]: check["outcome"] for check in result["checks"] if check["outcome"] != "pass"}


def two_buckets() -> list[Json]:
    tag = secrets.token_hex(4)
    return [
        {"bucket": f"bucket-{tag}", "prefix": "team/"},
        {"bucket": f"more-{tag}", "prefix": "in/", "permissions": ["list", "read", "versions"]},
    ]


def asked(made: World, inside: str | None = None, **options: Any) -> Json:
    config = {"proxies": {"http": inside, "https": inside}} if inside else {}
    return check_access(made.identities(config=config), made.options(**options))


def test_a_key_encrypts_several_buckets(enforcing: Emulator) -> None:
    grants = two_buckets()
    made = provision(enforcing, kms_key=enforcing.new_key(), bucket=grants[0]["bucket"], grants=grants)
    made.put_lying()
    assert findings(made.verify()) == {}


def test_a_key_and_mfa(enforcing: Emulator) -> None:
    made = provision(enforcing, kms_key=enforcing.new_key(), require_mfa=True)
    device = Device.of(made.iam, made.user)
    assert findings(asked(made, mfa_serial=device.serial, mfa_code=device.code())) == {}


def test_a_key_through_the_endpoint_of_a_network(enforcing: Emulator) -> None:
    made = provision(enforcing, kms_key=enforcing.new_key(), vpc_endpoints=[ENDPOINT])
    found = findings(asked(made, proxy_at(BEHIND_THE_ENDPOINT)))
    assert {name for name in found if not name.startswith("network.")} == set()
    assert set(found.values()) <= {"inconclusive"}


@pytest.mark.parametrize("terms", [{"vpc_endpoints": [ENDPOINT]}, {"source_ips": ["203.0.113.0/24"]}])
def test_a_key_that_is_asked_for_from_outside_is_no_finding(enforcing: Emulator, terms: Json) -> None:
    made = provision(enforcing, kms_key=enforcing.new_key(), **terms)
    result = asked(made)
    assert (result["verdict"], set(findings(result).values())) == ("inconclusive", {"inconclusive"})
    assert "role.key.write" in findings(result)
    assert made.audit()["verdict"] == "verified"
