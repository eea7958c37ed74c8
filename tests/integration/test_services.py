# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services of AWS that may assume the role: read, as nobody can ask as one, and nobody else gets in beside them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from integration.contracts import Operator
from integration.test_trusted import Contract, findings, seen
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._verification.access import check_access
from lab.emulator import ACCOUNT, Emulator
from lab.home import credentials_file
from lab.partner import Partner
from lab.world import provision

EC2, TASKS, PODS = "ec2.amazonaws.com", "ecs-tasks.amazonaws.com", "pods.eks.amazonaws.com"


def statements(world: Contract) -> list[Any]:
    return list(world.iam.get_role(RoleName=world.role)["Role"]["AssumeRolePolicyDocument"]["Statement"])


def profiles(world: Contract) -> list[str]:
    """The instance profiles of the role's name, with the roles that they hold."""
    found = world.iam.list_instance_profiles()["InstanceProfiles"]
    return [role["RoleName"] for one in found if one["InstanceProfileName"] == world.role for role in one["Roles"]]


def test_a_service_beside_a_user_is_read_and_said_to_be(enforcing: Emulator) -> None:
    made = provision(enforcing, account_id=ACCOUNT, trusted=[{"service": TASKS}, {"service": PODS}])
    result = made.verify()
    assert findings(result) == {}
    assert seen(result, TASKS) == seen(result, PODS) == {"config.trusted.service": ("pass", "allowed")}
    assert result["msg"].endswith(f"; nobody asked as {TASKS} or {PODS}, which was read.")


def test_a_contract_for_machines_lives_its_whole_life(enforcing: Emulator, tmp_path: Path) -> None:
    operator = Operator.anew(enforcing, tmp_path)
    trusted = [
        {"service": EC2},
        {"service": TASKS, "source_arn": f"arn:aws:ecs:us-east-1:{operator.emulator.account}:*"},
    ]
    terms = {"user": None, "account_id": operator.emulator.account, "trusted": trusted}
    world = Contract(operator.emulator, terms)
    values = {name: value for name, value in world.values.items() if value is not None}

    provisioned = operator.contract("provision", **values)
    assert provisioned.code == 0, provisioned.output
    machines, tasks = statements(world)
    assert (machines["Principal"], machines.get("Condition")) == ({"Service": EC2}, None)
    assert tasks["Condition"] == {
        "StringEquals": {"aws:SourceAccount": operator.emulator.account},
        "ArnLike": {"aws:SourceArn": trusted[1]["source_arn"]},
    }
    assert profiles(world) == [world.role]
    again = operator.contract("provision", **values)
    assert not again.changed, again.output

    verified = operator.contract("verify", **values)
    assert "verdict: inconclusive" in verified.output
    assert "excess access" not in verified.output
    assert "missing access" not in verified.output
    assert "operator 2" in verified.output  # who it is, and that it is refused

    without = {**values, "trusted": trusted[1:]}
    assert operator.contract("provision", **without).changed
    assert (profiles(world), [item["Principal"] for item in statements(world)]) == ([], [{"Service": TASKS}])
    assert operator.contract("provision", **values).changed
    torn = operator.contract("teardown", **values)
    assert torn.code == 0, torn.output
    assert f"delete the instance profile {world.role}" in torn.output
    assert (world.left(), profiles(world)) == ([], [])
    assert world.iam.list_instance_profiles()["InstanceProfiles"] == []


def test_several_places_for_machines_and_somebody_else_without_a_user(enforcing: Emulator, tmp_path: Path) -> None:
    operator = Operator.anew(enforcing, tmp_path)
    partner = Partner.elsewhere(enforcing)
    theirs = {
        "arn": partner.arn,
        "external_id": "theirs-4711",
        "profile": partner.write_profile(credentials_file(operator.home)),
    }
    values = {
        "role": "machines-several",
        "wait_timeout": 5,
        "grants": [
            {"bucket": "machines-exchange", "prefix": "in/", "permissions": ["list", "write"]},
            {"bucket": "machines-exchange", "prefix": "out/"},
            {"bucket": "machines-reports", "permissions": ["read"]},
        ],
        "trusted": [{"service": EC2}, theirs],
        "report_dir": str(tmp_path / "reports"),
    }
    provisioned = operator.contract("provision", **values)
    assert provisioned.code == 0, provisioned.output
    assert not operator.contract("provision", **values).changed
    verified = operator.contract("verify", **values)
    assert verified.code == 0, verified.output
    report = json.loads((tmp_path / "reports" / "access-report.json").read_text())
    assert report["verdict"] == "verified"
    ids = {check["id"] for check in report["checks"]}
    assert {
        "role.write@machines-exchange/in/",
        f"trusted.assume@{partner.label}",
        f"config.trusted.service@{EC2}",
    } <= ids
    assert [name for name in ids if name.split("@")[0].split(".")[0] in ("user", "trust") and ".user" in name] == []
    torn = operator.contract("teardown", **values, force_destroy=True)
    assert torn.code == 0, torn.output
    assert operator.emulator.iam.list_instance_profiles()["InstanceProfiles"] == []
    assert [
        b["Name"] for b in operator.emulator.s3.list_buckets()["Buckets"] if b["Name"].startswith("machines-")
    ] == []


def test_an_operator_whom_the_trust_policy_lets_in_is_excess(enforcing: Emulator, tmp_path: Path) -> None:
    operator = Operator.anew(enforcing, tmp_path)
    terms = {"user": None, "account_id": operator.emulator.account, "trusted": [{"service": TASKS}]}
    world = Contract(operator.emulator, terms).make()
    document = world.trust()
    root = {"AWS": f"arn:aws:iam::{operator.emulator.account}:root"}
    document["Statement"].append({"Effect": "Allow", "Principal": root, "Action": "sts:AssumeRole"})
    world.set_trust(document)
    key = {"access_key": operator.key["AWS_ACCESS_KEY_ID"], "secret_key": operator.key["AWS_SECRET_ACCESS_KEY"]}
    result = check_access(world.identities(**key), world.options(operator=True))
    assert findings(result)["trusted.operator"] == "excess_access"


def test_a_root_operator_is_not_asked(enforcing: Emulator) -> None:
    made = provision(enforcing, user=None, account_id=ACCOUNT, trusted=[{"service": TASKS}])
    key = {"access_key": enforcing.env["AWS_ACCESS_KEY_ID"], "secret_key": enforcing.env["AWS_SECRET_ACCESS_KEY"]}
    result = check_access(made.identities(**key), made.options(operator=True))
    assert [check["id"] for check in result["checks"] if "operator" in check["id"]] == []
    assert result["verdict"] == "inconclusive"


def test_a_profile_that_does_not_hold_the_role_is_missing_access(enforcing: Emulator) -> None:
    made = provision(enforcing, account_id=ACCOUNT, trusted=[{"service": EC2}])
    assert findings(made.verify()) == {f"config.trusted.service@{EC2}": "missing_access"}
    made.iam.create_instance_profile(InstanceProfileName=made.role)
    assert findings(made.verify()) == {f"config.trusted.service@{EC2}": "missing_access"}
    made.iam.add_role_to_instance_profile(InstanceProfileName=made.role, RoleName=made.role)
    assert findings(made.verify()) == {}


def test_somebody_elses_profile_is_refused_or_left_alone(enforcing: Emulator, tmp_path: Path) -> None:
    world = Contract(enforcing, {"user": None, "account_id": ACCOUNT, "trusted": [{"service": EC2}]})
    world.iam.create_instance_profile(InstanceProfileName=world.role)
    ran = world.play("provision", tmp_path)
    assert f"there is an instance profile {world.role} already" in ran.sentence
    assert world.left() == []
    world.make()
    world.iam.add_role_to_instance_profile(InstanceProfileName=world.role, RoleName=world.role)
    assert not world.play("provision", tmp_path).changed
    world.iam.remove_role_from_instance_profile(InstanceProfileName=world.role, RoleName=world.role)
    world.iam.delete_instance_profile(InstanceProfileName=world.role)


REFUSED = [
    ({"service": "*"}, "no service of AWS"),
    ({"service": "ec2"}, "no service of AWS"),
    ({"service": "ecs.example.com"}, "no service of AWS"),
    ({"service": "glacier.amazonaws.com"}, "it is not known whether it says for whom it comes"),
    ({"service": TASKS}, "set bucket_access_account_id, or give its item a source_account"),
]


@pytest.mark.parametrize(("item", "reason"), REFUSED)
def test_what_is_no_service_or_would_come_for_anybody_is_refused(
    enforcing: Emulator, tmp_path: Path, item: Any, reason: str
) -> None:
    world = Contract(enforcing, {"trusted": [item]})
    ran = world.play("provision", tmp_path)
    assert ran.sentence.startswith("bucket_access_trusted has ")
    assert reason in ran.sentence
    assert world.left() == []
