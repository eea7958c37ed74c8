# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One identity a run: where role, account or operator is not the contract's, nothing is judged, and it is said why."""

from __future__ import annotations

from collections.abc import Iterator
import configparser
import json
from pathlib import Path

from contracts import Operator, names
import pytest

from lab.account import allow, new_account, operator_of
from lab.emulator import Emulator
from lab.home import config_file
from lab.play import Ran

NAMES = names("one")


@pytest.fixture(scope="module")
def operator(enforcing: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """With a sound contract, and a decoy: another role that the user may assume."""
    made = Operator.anew(enforcing, tmp_path_factory.mktemp("home"))
    provisioned = made.contract("provision", **NAMES)
    assert provisioned.code == 0, provisioned.output[-3000:]
    iam = made.emulator.iam
    trust = iam.get_role(RoleName=NAMES["role"])["Role"]["AssumeRolePolicyDocument"]
    iam.create_role(RoleName="decoy", AssumeRolePolicyDocument=json.dumps(trust))
    return made


@pytest.fixture
def profile(operator: Operator) -> Iterator[Path]:
    """The config file, as provision has written it also for the next test."""
    path = config_file(operator.home)
    kept = path.read_text()
    yield path
    path.write_text(kept)


def point_to(path: Path, role_arn: str | None) -> None:
    """Let the role's profile be another role's, or be gone."""
    config = configparser.ConfigParser()
    config.read(path)
    section = f"profile {NAMES['role']}"
    if role_arn is None:
        config.remove_section(section)
    else:
        config[section]["role_arn"] = role_arn
    with path.open("w") as file:
        config.write(file)


def judged(ran: Ran) -> bool:
    return "verdict:" in ran.output


def arn(operator: Operator, role: str) -> str:
    return f"arn:aws:iam::{operator.emulator.account}:role/{role}"


@pytest.mark.parametrize("audit", [True, False])
def test_a_profile_of_another_role_is_named_with_both_and_nothing_is_judged(
    operator: Operator, profile: Path, audit: bool
) -> None:
    point_to(profile, arn(operator, "decoy"))
    ran = operator.contract("verify", **NAMES, audit=audit)
    assert (ran.code != 0, judged(ran)) == (True, False)
    assert f"is for {arn(operator, 'decoy')}, and the contract's role is {NAMES['role']}: run provision" in ran.sentence


def test_a_profile_with_another_path_is_named_with_both_and_nothing_is_judged(
    operator: Operator, profile: Path
) -> None:
    point_to(profile, arn(operator, f"team/{NAMES['role']}"))
    ran = operator.contract("verify", **NAMES)
    assert (ran.code != 0, judged(ran)) == (True, False)
    own = arn(operator, NAMES["role"])
    assert f"role_arn is {arn(operator, 'team/' + NAMES['role'])}, and the role's own ARN is {own}" in ran.sentence


def test_the_role_of_another_account_is_not_judged_by_the_contracts_number(operator: Operator, profile: Path) -> None:
    assert profile.exists()
    ran = operator.contract("verify", **NAMES, account_id="999999999999")
    assert (ran.code != 0, judged(ran)) == (True, False)
    assert "and bucket_access_account_id is 999999999999" in ran.sentence


@pytest.mark.parametrize("named", ["profile", "account_id"])
def test_an_operator_of_another_account_does_not_make_a_sound_contract_violated(
    operator: Operator, profile: Path, named: str
) -> None:
    stranger = new_account(operator.emulator)
    number = {"account_id": operator.emulator.account} if named == "account_id" else {}
    if number:
        point_to(profile, None)
    variables = json.dumps({f"bucket_access_{name}": value for name, value in {**NAMES, **number}.items()})
    ran = operator.run("playbooks/verify.yml", "-e", variables, operator=operator_of(stranger, [allow("*")]))
    assert (ran.code != 0, judged(ran)) == (True, False)
    assert f"The operator works in account {stranger.account}" in ran.sentence
    assert operator.emulator.account in ran.sentence


def test_without_a_profile_the_audit_reads_the_roles_own_arn(operator: Operator, profile: Path) -> None:
    point_to(profile, None)
    ran = operator.contract("verify", **NAMES, other_roles=["decoy"])
    assert ran.code == 0, ran.output[-3000:]
    assert "verdict: verified" in ran.output


def test_without_profile_audit_and_account_nobody_is_judged(operator: Operator, profile: Path) -> None:
    point_to(profile, None)
    ran = operator.contract("verify", **NAMES, audit=False)
    assert (ran.code != 0, judged(ran)) == (True, False)
    assert "run provision, or set bucket_access_account_id" in ran.sentence


def test_a_role_with_a_path_is_asked_by_the_arn_that_was_read(operator: Operator, profile: Path) -> None:
    """Nothing names the path but IAM: the account's number alone would give the ARN of no role."""
    assert profile.exists()
    terms = names("path")
    iam = operator.emulator.iam
    assert operator.contract("provision", **terms).code == 0
    shown = iam.get_role(RoleName=terms["role"])["Role"]
    policy = iam.get_role_policy(RoleName=terms["role"], PolicyName="bucket-access")["PolicyDocument"]
    iam.delete_role_policy(RoleName=terms["role"], PolicyName="bucket-access")
    iam.delete_role(RoleName=terms["role"])
    iam.create_role(
        RoleName=terms["role"],
        Path="/team/",
        AssumeRolePolicyDocument=json.dumps(shown["AssumeRolePolicyDocument"]),
        Description=shown["Description"],
        MaxSessionDuration=shown["MaxSessionDuration"],
        Tags=shown["Tags"],
    )
    iam.put_role_policy(RoleName=terms["role"], PolicyName="bucket-access", PolicyDocument=json.dumps(policy))
    config = configparser.ConfigParser()
    config.read(profile)
    config.remove_section(f"profile {terms['role']}")
    with profile.open("w") as file:
        config.write(file)
    reports = operator.home / "reports"
    ran = operator.contract("verify", **terms, account_id=operator.emulator.account, report_dir=str(reports))

    assert "verdict: verified" in ran.output, ran.output[-3000:]
    checks = {check["id"]: check for check in json.loads((reports / "access-report.json").read_text())["checks"]}
    assert checks["role.assume"]["resource"] == arn(operator, f"team/{terms['role']}")


def test_a_session_is_not_opened_with_the_key_of_somebody_else(operator: Operator) -> None:
    """AWS would let the stranger in: somebody has added it to the trust policy."""
    iam = operator.emulator.iam
    iam.create_user(UserName="stranger")
    made = iam.create_access_key(UserName="stranger")["AccessKey"]
    trusted = {"AWS": f"arn:aws:iam::{operator.emulator.account}:user/stranger"}
    role = iam.get_role(RoleName=NAMES["role"])["Role"]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    both = {**role["AssumeRolePolicyDocument"], "Statement": [statement, {**statement, "Principal": trusted}]}
    iam.update_assume_role_policy(RoleName=NAMES["role"], PolicyDocument=json.dumps(both))
    key = {"access_key_id": made["AccessKeyId"], "secret_access_key": made["SecretAccessKey"]}
    ran = operator.contract("session", **NAMES, key_store="none", **key)
    assert ran.code == 2
    assert f"belong to {trusted['AWS']}, not to " in ran.sentence
