# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Contracts that share a bucket: each is refused at the places that the inventory knows as the others'."""

from __future__ import annotations

import json
from typing import Any

from contracts import Operator
import pytest

from lab.checkout import Json
from lab.emulator import Emulator
from lab.play import Ran
from lab.reality import bucket_state

BUCKET = "shared-by-siblings"
SALES: Json = {"user": "sales-user", "role": "sales-role", "bucket": BUCKET, "prefix": "sales/"}
LAW: Json = {
    "user": "law-user",
    "role": "law-role",
    "manage": ["user", "role"],
    "grants": [
        {"bucket": BUCKET, "prefix": "law/", "permissions": ["list", "read"]},
        {"bucket": BUCKET, "prefix": "cases/", "permissions": ["write"]},
    ],
}
#: Hosts whose variables are of no use: undefined, no bucket at all, no list, or what is the contract's own, too.
STRANGE: dict[str, Json] = {
    "undefined": {"bucket": "{{ nowhere_defined }}", "prefix": "x/"},
    "wrong": {"bucket": "{{ 1 / 0 }}"},
    "none": {},
    "no-list": {"grants": "{{ nowhere_defined }}"},
    "broken": {"grants": [{"bucket": BUCKET, "prefix": "*"}]},
    "inside": {"bucket": BUCKET, "prefix": "sales/deeper/"},
    "elsewhere": {"bucket": "another-bucket", "prefix": "law/"},
}


@pytest.fixture(scope="module")
def operator(enforcing: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Operator:
    made = Operator.anew(enforcing, tmp_path_factory.mktemp("home"))
    for terms in (SALES, LAW):
        ran = made.contract("provision", **terms)
        assert ran.code == 0, ran.output[-3000:]
    return made


def verify(operator: Operator, *arguments: str, **more: Json) -> tuple[Ran, dict[str, Json]]:
    """Both contracts in one inventory, with other hosts that the play does not run on; the checks of each."""
    contracts = {
        name: {**terms, "report_dir": str(operator.home / name)} for name, terms in (("sales", SALES), ("law", LAW))
    }
    hosts = {
        name: {f"bucket_access_{key}": value for key, value in terms.items()}
        for name, terms in {**contracts, **more}.items()
    }
    inventory = operator.write("inventory.json", json.dumps({"all": {"hosts": hosts}}))
    ran = operator.run(
        "playbooks/verify.yml",
        "-i",
        inventory,
        "-e",
        "bucket_access_hosts=sales,law",
        "-e",
        "bucket_access_wait_timeout=5",
        *arguments,
    )
    reports = {name: json.loads((operator.home / name / "access-report.json").read_text()) for name in contracts}
    return ran, {name: {check["id"]: check for check in report["checks"]} for name, report in reports.items()}


def siblings_in(checks: dict[str, Any]) -> set[str]:
    return {name.partition("@")[2] for name in checks if name.startswith("role.sibling.")}


def test_each_is_refused_at_the_places_of_the_other_and_nothing_stays(operator: Operator) -> None:
    ran, checks = verify(operator)
    assert ran.code == 0, ran.output[-4000:]
    assert siblings_in(checks["sales"]) == {f"{BUCKET}/law/", f"{BUCKET}/cases/"}
    assert siblings_in(checks["law"]) == {f"{BUCKET}/sales/"}
    read = checks["sales"][f"role.sibling.read@{BUCKET}/law/"]
    assert (read["outcome"], read["observed"]) == ("pass", "denied")
    assert bucket_state(operator.emulator.s3, BUCKET)["objects"] == ["cases/.access-check"]


def test_what_other_hosts_say_breaks_nothing(operator: Operator) -> None:
    ran, checks = verify(operator, **STRANGE)
    assert ran.code == 0, ran.output[-4000:]
    assert siblings_in(checks["sales"]) == {f"{BUCKET}/law/", f"{BUCKET}/cases/"}
    assert siblings_in(checks["law"]) == {f"{BUCKET}/sales/", f"{BUCKET}/sales/deeper/"}


def test_a_role_that_reads_at_the_place_of_another_contract_is_found_by_asking(operator: Operator) -> None:
    iam = operator.emulator.iam
    own = iam.get_role_policy(RoleName="sales-role", PolicyName="bucket-access")["PolicyDocument"]
    wider = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/law/*"}
    document = {**own, "Statement": [*own["Statement"], wider]}
    iam.put_role_policy(RoleName="sales-role", PolicyName="bucket-access", PolicyDocument=json.dumps(document))
    try:
        ran, checks = verify(operator)
    finally:
        iam.put_role_policy(RoleName="sales-role", PolicyName="bucket-access", PolicyDocument=json.dumps(own))
    assert ran.code != 0
    wrong = {name for name, check in checks["sales"].items() if check["outcome"] == "excess_access"}
    assert wrong == {f"role.sibling.read@{BUCKET}/law/", "config.role.permissions"}
    assert {check["outcome"] for check in checks["law"].values()} == {"pass"}


CHANGING = """
- name: Each host asks before and after the other's place changes, one host at a time
  hosts: sales,law
  connection: local
  gather_facts: false
  serial: 1
  tasks:
    - name: The places as they are
      assumerole.s3.access_contract:
        finds_siblings: true
      register: before
    - name: The other's place changes
      ansible.builtin.set_fact:
        bucket_access_prefix: "changed-{{ inventory_hostname }}/"
      delegate_to: "{{ 'law' if inventory_hostname == 'sales' else 'sales' }}"
      delegate_facts: true
    - name: The places as they are now
      assumerole.s3.access_contract:
        finds_siblings: true
      register: after
    - name: Both are shown
      ansible.builtin.debug:
        msg: "{{ inventory_hostname }}: {{ (before.siblings + after.siblings) | map(attribute='prefix') | join(' ') }}."
"""


def test_a_place_that_changes_meanwhile_is_seen_by_the_next_task_and_the_next_batch(operator: Operator) -> None:
    law = {"user": "law-user", "role": "law-role", "bucket": BUCKET, "prefix": "law/"}
    hosts = {
        host: {f"bucket_access_{name}": value for name, value in terms.items()}
        for host, terms in (("sales", SALES), ("law", law))
    }
    inventory = operator.write("changing.json", json.dumps({"all": {"hosts": hosts}}))
    ran = operator.run(operator.write("changing.yml", CHANGING), "-i", inventory)
    assert ran.code == 0, ran.output[-3000:]
    assert "sales: law/ changed-sales/." in ran.output
    assert "law: sales/ changed-law/." in ran.output
