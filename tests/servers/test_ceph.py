# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probes against Ceph's gateway, which makes users, keys and roles over its own API and judges by its own code.

It is not AWS in two ways: over plain HTTP a request has no ``aws:SecureTransport`` at all, so the contract's denial of
it does not apply, and too long a session is an ``InvalidArgument``. So no contract is verified there, and each case
states all checks that do not pass.
"""

from __future__ import annotations

from collections.abc import Iterator
import json

import pytest

from lab.emulator import Emulator
from lab.fixtures import nobodys_aws
from servers.ceph import running
from servers.test_seaweedfs import CASES, MISSING, UNTOLD, Case, each

__all__ = ["nobodys_aws"]

pytestmark = pytest.mark.ceph

#: What is found of every contract that lets the user into the role.
ALWAYS = {"trust.longer_session": UNTOLD, **each("plain_http")}

#: What SeaweedFS finds of every contract, and Ceph of this one.
MORE = {"all-of-s3": each("role", "list_buckets")}


@pytest.fixture(scope="module")
def ceph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running(tmp_path_factory.mktemp("ceph")) as server:
        yield server


def expected(case: Case, checks: list[str]) -> dict[str, str]:
    """Whom a policy lets do nothing over TLS it lets do nothing without, either."""
    if case.ends_at:
        return case.expected(checks)
    found = {**ALWAYS, **case.found, **MORE.get(case.name, {})}
    cannot = {check.replace("role.", "plain_http.") for check, outcome in case.found.items() if outcome == MISSING}
    return {check: outcome for check, outcome in found.items() if check not in cannot}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_exactly_these_checks_do_not_pass(case: Case, ceph: Emulator) -> None:
    world = case.world(ceph)
    world.s3.create_bucket(Bucket=world.bucket)
    world.set_bucket_policy(world.bucket_document())
    world.iam.create_user(UserName=world.user)
    world.key = world.iam.create_access_key(UserName=world.user)["AccessKey"]
    world.iam.create_role(RoleName=world.role, AssumeRolePolicyDocument=json.dumps(case.trust(world)))
    world.set_permissions(case.permissions(world))
    world.put(world.inside, world.beside)
    case.change(world)

    result = world.probe()

    found = {check["id"]: check["outcome"] for check in result["checks"]}
    assert result["enforced"] is True
    assert {check: outcome for check, outcome in found.items() if outcome != "pass"} == expected(case, list(found))
