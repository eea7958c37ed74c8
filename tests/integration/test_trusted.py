# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Others than the user who may assume the role: seen to get in, or read to, and nobody beside them."""

from __future__ import annotations

import json
import os
from pathlib import Path
import secrets
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._checks.merge import merged
from ansible_collections.assumerole.s3.plugins.module_utils._checks.sentences import verdict_line
from ansible_collections.assumerole.s3.plugins.module_utils._contract.callers import WrongCaller
from ansible_collections.assumerole.s3.plugins.module_utils._verification.access import check_access
from lab.checkout import Json
from lab.emulator import Emulator
from lab.home import credentials_file
from lab.partner import Partner
from lab.play import Ran, ansible
from lab.world import World, provision


def findings(result: Json) -> dict[str, str]:
    return {check["id"]: check["outcome"] for check in result["checks"] if check["outcome"] != "pass"}


def seen(result: Json, label: str) -> dict[str, tuple[str, str]]:
    """The checks of one of the trusted: how each came out, and what was seen."""
    return {
        check["id"].partition("@")[0]: (check["outcome"], check["observed"])
        for check in result["checks"]
        if check["id"].endswith(f"@{label}")
    }


def own_credentials() -> Path:
    return Path(os.environ["AWS_SHARED_CREDENTIALS_FILE"])


@pytest.fixture
def partner(enforcing: Emulator) -> Partner:
    return Partner.elsewhere(enforcing)


def item(partner: Partner, **more: Any) -> Json:
    """Trusted, and asked by their profile."""
    return {
        "arn": partner.arn,
        "external_id": "theirs-4711",
        "profile": partner.write_profile(own_credentials()),
        **more,
    }


ALL_PASS = {
    "trusted.identity": ("pass", "allowed"),
    "trusted.assume": ("pass", "allowed"),
    "trusted.no_external_id": ("pass", "denied"),
    "trusted.wrong_external_id": ("pass", "denied"),
}


def test_somebody_of_another_account_gets_in_and_only_with_the_external_id(
    enforcing: Emulator, partner: Partner
) -> None:
    made = provision(enforcing, external_id="ours-4711", trusted=[item(partner)])
    result = made.verify()
    assert findings(result) == {}
    assert result["verdict"] == "verified"
    assert seen(result, partner.label) == {
        **ALL_PASS,
        "trusted.user": ("pass", "denied"),
        "config.trusted.arn": ("pass", "allowed"),
    }
    assert "nobody asked" not in verdict_line(result)


def test_an_outsider_is_refused_with_their_external_id_too(enforcing: Emulator, partner: Partner) -> None:
    outsider = Partner.elsewhere(enforcing)
    made = provision(enforcing, external_id="ours-4711", trusted=[item(partner)])
    identities = made.identities(outsider_profile=outsider.write_profile(own_credentials()))
    result = check_access(identities, made.options(outsider_profile=outsider.name))
    assert findings(result) == {}
    assert seen(result, partner.label)["trusted.outsider"] == ("pass", "denied")


def test_without_a_user_the_others_session_is_the_roles(enforcing: Emulator, partner: Partner) -> None:
    made = provision(enforcing, user=None, trusted=[item(partner)])
    assert made.left() == ["role", "bucket"]
    result = made.verify()
    assert findings(result) == {}
    assert result["verdict"] == "verified"
    assert result["caller"]["arn"] == partner.arn
    assert f":assumed-role/{made.role}/" in result["session"]["arn"]
    assert [check["id"] for check in result["checks"] if "user" in check["id"].split("@")[0]] == []
    assert {"role.read", "role.write", "anonymous.read", "trust.longer_session"} <= {c["id"] for c in result["checks"]}


def test_whom_nobody_can_ask_as_is_read_and_said_to_be(enforcing: Emulator, partner: Partner) -> None:
    made = provision(enforcing, trusted=[{"arn": partner.arn, "external_id": "theirs-4711"}])
    result = made.verify()
    assert findings(result) == {}
    assert result["verdict"] == "verified"
    assert seen(result, partner.label) == {"config.trusted.arn": ("pass", "allowed")}
    assert f"; nobody asked as {partner.label}, which was read" in verdict_line(result)
    assert result["msg"].endswith(f"; nobody asked as {partner.label}, which was read.")


def test_whom_nobody_can_ask_as_or_read_cannot_be_told(enforcing: Emulator, partner: Partner) -> None:
    made = provision(enforcing, trusted=[{"arn": partner.arn}])
    result = made.probe()
    assert findings(result) == {f"trusted.assume@{partner.label}": "inconclusive"}
    assert result["verdict"] == merged(result, {})["verdict"] == "inconclusive"


def test_where_nobody_at_all_can_ask_it_is_said_what_to_give(enforcing: Emulator, partner: Partner) -> None:
    made = provision(enforcing, user=None, trusted=[{"arn": partner.arn}])
    result = made.verify()
    assert result["verdict"] == "inconclusive"
    open_ = [check for check in result["checks"] if check["outcome"] == "inconclusive"]
    assert {"role.identity", "role.read", "anonymous.read"} <= {check["id"] for check in open_}
    assert {check["observed"] for check in open_} == {"not_tried"}
    assert all("Give the profile of a role or user in bucket_access_trusted" in check["advice"] for check in open_)
    assert result["caller"] == result["session"] == {}


def test_across_accounts_both_sides_are_needed(enforcing: Emulator) -> None:
    partner = Partner.elsewhere(enforcing, lets=False)
    result = provision(enforcing, trusted=[item(partner)]).verify()
    assert findings(result)[f"trusted.assume@{partner.label}"] == "missing_access"
    assert seen(result, partner.label)["config.trusted.arn"] == ("pass", "allowed")
    (check,) = [check for check in result["checks"] if check["id"].startswith("trusted.assume@")]
    assert "of another account, which must allow it sts:AssumeRole" in check["cause"]


def test_in_the_same_account_the_trust_policy_is_enough(enforcing: Emulator) -> None:
    partner = Partner(enforcing, lets=False).make()
    result = provision(enforcing, trusted=[item(partner)]).verify()
    assert findings(result) == {}


def test_a_role_of_another_account_gets_in_as_one_of_its_sessions(enforcing: Emulator, partner: Partner) -> None:
    arn = partner.role(f"service-{secrets.token_hex(4)}", partner.arn)
    sts = partner.emulator.client("sts", partner.key["AccessKeyId"], partner.key["SecretAccessKey"])
    given = sts.assume_role(RoleArn=arn, RoleSessionName="theirs")["Credentials"]
    with own_credentials().open("a") as file:
        file.write(f"[session]\naws_access_key_id = {given['AccessKeyId']}\n")
        file.write(f"aws_secret_access_key = {given['SecretAccessKey']}\naws_session_token = {given['SessionToken']}\n")
    made = provision(enforcing, user=None, trusted=[{"arn": arn, "external_id": "theirs-4711", "profile": "session"}])
    result = made.verify()
    assert findings(result) == {}
    assert seen(result, f"{partner.emulator.account}:role/{arn.rsplit('/', 1)[1]}")["trusted.assume"][0] == "pass"


def test_a_profile_of_somebody_else_judges_nothing(enforcing: Emulator, partner: Partner) -> None:
    other = Partner.elsewhere(enforcing)
    made = provision(enforcing, trusted=[item(partner, profile=other.write_profile(own_credentials()))])
    with pytest.raises(WrongCaller, match=f"holds credentials of {other.arn}, not of {partner.arn}"):
        made.check()


def test_an_outsider_whom_the_contract_trusts_judges_nothing(enforcing: Emulator, partner: Partner) -> None:
    made = provision(enforcing, trusted=[item(partner)])
    identities = made.identities(outsider_profile=partner.name)
    with pytest.raises(WrongCaller, match="whom bucket_access_trusted names"):
        check_access(identities, made.options(outsider_profile=partner.name))


def test_dead_credentials_of_others_are_no_finding(enforcing: Emulator, partner: Partner) -> None:
    made = provision(enforcing, trusted=[item(partner)])
    partner.emulator.iam.delete_access_key(UserName=partner.name, AccessKeyId=partner.key["AccessKeyId"])
    result = made.verify()
    assert result["verdict"] == "inconclusive"
    assert set(findings(result).values()) == {"inconclusive"}


# The verbs.


class Contract(World):
    """One that playbooks carry out."""

    def play(self, verb: str, home: Path, **more: Any) -> Ran:
        values = {f"bucket_access_{name}": value for name, value in self.values.items()} | more
        given = (f"playbooks/{verb}.yml", "-e", json.dumps({"bucket_access_wait_timeout": 5, **values}))
        return ansible("ansible-playbook", *given, home=home, emulator=self.emulator)


def test_a_contract_without_a_user_lives_its_whole_life(enforcing: Emulator, partner: Partner, tmp_path: Path) -> None:
    theirs = {**item(partner), "profile": partner.write_profile(credentials_file(tmp_path))}
    world = Contract(enforcing, {"user": None, "trusted": [theirs], "external_id": "ours-4711"})
    before = len(enforcing.requests())
    provisioned = world.play("provision", tmp_path)
    assert provisioned.code == 0, provisioned.output
    assert f"trusted   {partner.arn}" in provisioned.output
    assert not world.play("provision", tmp_path).changed
    verified = world.play("verify", tmp_path, bucket_access_report_dir=str(tmp_path / "report"))
    assert "verdict: verified" in verified.output
    report = json.loads((tmp_path / "report" / "access-report.json").read_text())
    assert (report["contract"]["user"], report["contract"]["trusted"][0]["name"]) == ("", partner.arn)
    for verb in ("rotate", "session"):
        ran = world.play(verb, tmp_path)
        assert ran.code == 2
        assert ran.sentence.startswith("bucket_access_user is empty: the contract has no user")
    assert world.play("teardown", tmp_path).code == 0
    assert world.left() == []
    asked = {entry["action"] for entry in enforcing.requests()[before:] if entry["service"] == "iam"}
    assert [action for action in asked if "User" in action or "AccessKey" in action or "LoginProfile" in action] == []
    assert not (tmp_path / ".aws" / "config").exists()


def test_a_profile_of_the_roles_name_is_somebody_elses_where_there_is_no_user(
    enforcing: Emulator, partner: Partner, tmp_path: Path
) -> None:
    world = Contract(enforcing, {"user": None})
    profile = partner.write_profile(credentials_file(tmp_path), world.role)
    (tmp_path / ".aws" / "config").write_text(f"[profile {profile}]\nregion = eu-central-1\n")
    world.terms["trusted"] = [{"arn": partner.arn, "profile": profile}]
    made = world.make()
    assert "verdict: verified" in made.play("verify", tmp_path).output
    ran = made.play("verify", tmp_path, bucket_access_audit=False)
    assert ran.sentence.startswith("bucket_access_account_id is empty: without a user the role")
    alone = made.play("verify", tmp_path, bucket_access_audit=False, bucket_access_account_id=enforcing.account)
    assert "verdict: verified" in alone.output, alone.output


def test_who_is_taken_out_of_the_contract_loses_access_and_verify_shows_it(
    enforcing: Emulator, partner: Partner, tmp_path: Path
) -> None:
    theirs = {**item(partner), "profile": partner.write_profile(credentials_file(tmp_path))}
    both = Contract(enforcing, {"trusted": [theirs]})
    alone = Contract(enforcing, {"user": both.user, "role": both.role, "bucket": both.bucket})
    assert both.play("provision", tmp_path).code == 0
    assert "verdict: verified" in both.play("verify", tmp_path).output
    before = alone.play("verify", tmp_path)
    assert "verdict: violated" in before.output
    assert f"more than the contract: Allow sts:assumerole for {partner.arn}" in before.output
    assert alone.play("provision", tmp_path).changed
    assert "verdict: verified" in alone.play("verify", tmp_path).output
    after = both.play("verify", tmp_path)
    assert "verdict: violated" in after.output
    assert f"trusted.assume@{partner.label}" in after.output


REFUSED = [
    ("*", "which lets in whoever matches it"),
    ("arn:aws:iam::210987654321:root", "a whole account"),
    ("arn:aws:iam::{account}:role/nobody", "there is no arn:aws:iam::{account}:role/nobody. Have it made first"),
    ("arn:aws:iam::{account}:role/{role}", "the contract's own role"),
    ("arn:aws:iam::{account}:user/{user}", "the contract's own user"),
    ("arn:aws-cn:iam::210987654321:role/theirs", "of another partition of AWS"),
]


@pytest.mark.parametrize(("arn", "reason"), REFUSED)
def test_who_cannot_be_trusted_is_refused_before_anything_is_made(
    enforcing: Emulator, tmp_path: Path, arn: str, reason: str
) -> None:
    world = Contract(enforcing)
    words = {"account": enforcing.account, "role": world.role, "user": world.user}
    world.terms = {"trusted": [{"arn": arn.format(**words)}]}
    ran = world.play("provision", tmp_path)
    assert ran.code == 2
    assert ran.sentence.startswith("bucket_access_trusted")
    assert reason.format(**words) in ran.sentence
    assert world.left() == []


def test_a_principal_that_is_named_twice_is_refused_before_anything_is_asked(
    enforcing: Emulator, partner: Partner, tmp_path: Path
) -> None:
    world = Contract(enforcing, {"trusted": [{"arn": partner.arn}, {"arn": partner.arn, "external_id": "another"}]})
    before = len(enforcing.requests())
    ran = world.play("provision", tmp_path)
    assert ran.code == 2
    assert ran.sentence.startswith(f"bucket_access_trusted names '{partner.arn}' twice: keep one")
    assert len(enforcing.requests()) == before


def test_a_path_that_is_not_theirs_is_refused(enforcing: Emulator, tmp_path: Path) -> None:
    name = f"theirs-{secrets.token_hex(4)}"
    arn = enforcing.iam.create_user(UserName=name, Path="/team/")["User"]["Arn"]
    world = Contract(enforcing, {"trusted": [{"arn": arn.replace("/team/", "/")}]})
    ran = world.play("provision", tmp_path)
    assert f"whose own ARN is {arn}: write it so" in ran.sentence
    assert world.left() == []
