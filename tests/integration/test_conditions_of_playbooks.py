# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A contract with conditions by the playbooks: provisioned, verified, used and rotated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from lab.checkout import CHECKOUT
from lab.device import Device
from lab.emulator import Emulator
from lab.home import write_profiles
from lab.play import Ran, ansible
from lab.proxy import OUTSIDE, proxy_at
from lab.world import World, provision

HERE = "127.0.0.1"


class Contract:
    """A provisioned contract with a home of its own, whose variables are JSON."""

    def __init__(self, emulator: Emulator, home: Path, **terms: Any) -> None:
        self.world: World = provision(emulator, **terms)
        self.home = home
        write_profiles(home, self.world)

    def run(self, verb: str, *arguments: str, **variables: Any) -> Ran:
        named = {f"bucket_access_{name}": value for name, value in {**self.world.values, **variables}.items()}
        command = ("ansible-playbook", f"playbooks/{verb}.yml", "-e", json.dumps(named), *arguments)
        return ansible(*command, home=self.home, emulator=self.world.emulator)


def test_what_is_provisioned_is_no_drift_and_is_verified_from_both_sides(enforcing: Emulator, tmp_path: Path) -> None:
    contract = Contract(enforcing, tmp_path)
    terms = {"source_ips": [HERE, "203.0.113.0/24"], "prefix": "team/"}
    first, again = (contract.run("provision", **terms) for _time in range(2))
    assert "changed=0" not in first.output, first.output
    assert "changed=0" in again.output, again.output
    ran = contract.run("verify", outside_proxy=proxy_at(OUTSIDE), report_dir=str(tmp_path / "report"), **terms)
    assert "verdict: verified" in ran.output, ran.output
    report = json.loads((tmp_path / "report" / "access-report.json").read_text())
    schema = json.loads((CHECKOUT / "docs" / "access-report.schema.json").read_text())
    jsonschema.validate(report, schema)
    assert report["contract"]["source_ips"] == terms["source_ips"]
    assert "only from 127.0.0.1, 203.0.113.0/24" in (tmp_path / "report" / "access-report.html").read_text()
    ran = contract.run("verify", **terms)
    assert "verdict: inconclusive" in ran.output
    assert "network.assume" in ran.output


def test_a_condition_that_the_contract_drops_is_dropped(enforcing: Emulator, tmp_path: Path) -> None:
    contract = Contract(enforcing, tmp_path, source_ips=[HERE])
    assert contract.run("provision", source_ips=[]).code == 0
    ran = contract.run("verify", source_ips=[])
    assert "verdict: verified" in ran.output, ran.output


def test_with_a_code_verify_and_session_work_and_each_code_once(enforcing: Emulator, tmp_path: Path) -> None:
    contract = Contract(enforcing, tmp_path, require_mfa=True)
    device = Device.of(contract.world.iam, contract.world.user)
    with_device = {"mfa_serial": device.serial}
    assert contract.run("provision", **with_device).code == 0
    code = device.code()
    verified = contract.run("verify", mfa_code=code, **with_device)
    assert "verdict: verified" in verified.output, verified.output
    used = contract.run("session", mfa_code=code, **with_device)
    assert "MultiFactorAuthentication failed" in used.output, used.output
    opened = contract.run("session", mfa_code=device.code(1), **with_device)
    assert opened.code == 0, opened.output
    missing = contract.run("session", **with_device)
    assert "give bucket_access_mfa_code" in missing.output, missing.output
    assert not any(word in ran.output for ran in (verified, opened) for word in (f'"{code}"', f"'{code}'"))


@pytest.mark.parametrize("terms", [{"require_mfa": True}, {"source_ips": ["127.0.0.3"]}], ids=["mfa", "elsewhere"])
def test_a_key_is_rotated_where_nobody_may_assume_the_role(
    enforcing: Emulator, tmp_path: Path, terms: dict[str, Any]
) -> None:
    contract = Contract(enforcing, tmp_path, **terms)
    serial = f"arn:aws:iam::000000000000:mfa/{contract.world.user}"
    before = contract.world.key["AccessKeyId"]
    ran = contract.run("rotate", mfa_serial=serial)
    assert ran.code == 0, ran.output
    assert contract.world.key_states()[before] == "Inactive"


REFUSED = [
    ({"source_ips": ["0.0.0.0/0"]}, "bucket_access_source_ips names every address (0.0.0.0/0)"),
    ({"source_ips": ["203.0.113.7/24"]}, "an address inside of a network: write 203.0.113.0/24"),
    ({"vpc_endpoints": ["vpc-0123456789abcdef0"]}, "not a VPC endpoint"),
    ({"organization_id": "example"}, "not an organization"),
    ({"require_mfa": True}, "bucket_access_mfa_serial is empty"),
]


@pytest.mark.parametrize(("terms", "sentence"), REFUSED)
def test_what_cannot_be_is_refused_before_any_write(
    enforcing: Emulator, tmp_path: Path, terms: dict[str, Any], sentence: str
) -> None:
    contract = Contract(enforcing, tmp_path)
    before = contract.world.seen()
    ran = contract.run("provision", **terms)
    assert ran.code != 0
    assert sentence in " ".join(ran.output.split()), ran.output
    assert contract.world.seen() == before


def test_of_addresses_that_aws_sees_of_nobody_a_warning_is_given(enforcing: Emulator, tmp_path: Path) -> None:
    contract = Contract(enforcing, tmp_path)
    ran = contract.run("provision", "--check", source_ips=["10.1.0.0/16", HERE])
    assert ran.code == 0
    words = " ".join(ran.output.split())
    assert "bucket_access_source_ips has 10.1.0.0/16, which AWS sees of nobody" in words
