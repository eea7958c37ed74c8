# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The conditions of a contract for whoever else may assume the role, and never taken for more than was seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import secrets
from typing import Any

from integration.test_trusted import Contract, findings, own_credentials, seen
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._verification.access import check_access
from lab.checkout import Json
from lab.device import Device
from lab.emulator import Emulator
from lab.issuer import AUDIENCE, SUBJECT, Issuer, issuing
from lab.partner import Partner
from lab.proxy import OUTSIDE, proxy_at
from lab.world import World, provision

HERE = "127.0.0.1"


@pytest.fixture
def partner(enforcing: Emulator) -> Partner:
    return Partner.elsewhere(enforcing)


@pytest.fixture
def issuer(enforcing: Emulator, tmp_path: Path) -> Iterator[Issuer]:
    (tmp_path / "issuer").mkdir()
    with issuing(enforcing, tmp_path / "issuer") as made:
        made.known_to(enforcing)
        yield made


def item(partner: Partner) -> Json:
    return {"arn": partner.arn, "external_id": "theirs-4711", "profile": partner.write_profile(own_credentials())}


def with_mfa(partner: Partner) -> str:
    """A profile that holds a session of theirs with MFA."""
    device = Device.of(partner.emulator.iam, partner.name)
    sts = partner.emulator.client("sts", partner.key["AccessKeyId"], partner.key["SecretAccessKey"])
    given = sts.get_session_token(SerialNumber=device.serial, TokenCode=device.code())["Credentials"]
    profile = f"{partner.name}-with-mfa"
    with own_credentials().open("a", encoding="utf-8") as file:
        file.write(f"[{profile}]\naws_access_key_id = {given['AccessKeyId']}\n")
        file.write(f"aws_secret_access_key = {given['SecretAccessKey']}\naws_session_token = {given['SessionToken']}\n")
    return profile


def lose(made: World, number: int, operator: str) -> None:
    """One statement of the trust policy without one of its conditions."""
    document = made.trust()
    del document["Statement"][number]["Condition"][operator]
    made.set_trust(document)


# MFA.


def test_with_their_key_alone_nobody_can_tell_but_that_mfa_is_needed(enforcing: Emulator, partner: Partner) -> None:
    made = provision(enforcing, require_mfa=True, trusted=[item(partner)])
    result = made.verify()
    assert seen(result, partner.label) == {
        "trusted.identity": ("pass", "allowed"),
        "trusted.assume": ("inconclusive", "error"),
        "trusted.no_mfa": ("pass", "denied"),
        "trusted.no_external_id": ("inconclusive", "denied"),
        "trusted.wrong_external_id": ("inconclusive", "denied"),
        "config.trusted.arn": ("pass", "allowed"),
    }
    assert result["verdict"] == "inconclusive"
    (check,) = [check for check in result["checks"] if check["id"].startswith("trusted.assume@")]
    assert check["cause"].startswith("It was refused, as the contract says for whoever comes without MFA.")


@pytest.mark.parametrize("user", ["given", None])
def test_a_session_of_theirs_with_mfa_gets_in(enforcing: Emulator, partner: Partner, user: str | None) -> None:
    theirs = {**item(partner), "profile": with_mfa(partner)}
    made = provision(enforcing, require_mfa=True, trusted=[theirs], **({} if user else {"user": None}))
    result = check_access(made.identities(), made.options(**(made._factor() if user else {})))
    assert findings(result) == {f"trusted.no_mfa@{partner.label}": "inconclusive"}
    assert seen(result, partner.label)["trusted.assume"] == ("pass", "allowed")
    assert seen(result, partner.label)["trusted.no_external_id"] == ("pass", "denied")
    (check,) = [check for check in result["checks"] if check["id"].startswith("trusted.no_mfa@")]
    assert "nobody came with a key that lasts" in check["cause"]


@pytest.mark.parametrize("user", ["given", None])
def test_a_role_that_asks_them_for_no_mfa_is_found(enforcing: Emulator, partner: Partner, user: str | None) -> None:
    made = provision(enforcing, require_mfa=True, trusted=[item(partner)], **({} if user else {"user": None}))
    lose(made, 1 if user else 0, "Bool")
    result = check_access(made.identities(), made.options(**(made._factor() if user else {})))
    assert findings(result) == {f"trusted.no_mfa@{partner.label}": "excess_access"}
    assert result["verdict"] == "violated"


def test_an_outsiders_and_an_operators_refusal_shows_nothing_where_mfa_is_required(
    enforcing: Emulator, partner: Partner
) -> None:
    theirs = {**item(partner), "profile": with_mfa(partner)}
    made = provision(enforcing, require_mfa=True, external_id="ours-4711", trusted=[theirs])
    outsider = Partner.elsewhere(enforcing)
    identities = made.identities(outsider_profile=outsider.write_profile(own_credentials()))
    result = check_access(identities, made.options(outsider_profile=outsider.name, **made._factor()))
    assert seen(result, partner.label)["trusted.outsider"] == ("inconclusive", "not_tried")
    assert seen(result, partner.label)["trusted.user"] == ("pass", "denied")  # asked with MFA, so it does show


def test_the_user_with_mfa_is_found_where_their_external_id_lets_it_in(enforcing: Emulator, partner: Partner) -> None:
    made = provision(enforcing, require_mfa=True, external_id="ours-4711", trusted=[item(partner)])
    document = made.trust()
    document["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"] = ["ours-4711", "theirs-4711"]
    made.set_trust(document)
    result = check_access(made.identities(), made.options(**made._factor()))
    assert findings(result)[f"trusted.user@{partner.label}"] == "excess_access"


# From where.


@pytest.mark.parametrize("user", ["given", None])
def test_they_get_in_from_inside_and_not_from_elsewhere(
    enforcing: Emulator, partner: Partner, user: str | None
) -> None:
    made = provision(enforcing, source_ips=[HERE], trusted=[item(partner)], **({} if user else {"user": None}))
    result = made.verify()
    assert findings(result) == {}
    assert result["verdict"] == "verified"
    assert seen(result, partner.label)["trusted.elsewhere"] == ("pass", "denied")
    assert ("network.assume" in {check["id"] for check in result["checks"]}) == (user is not None)


@pytest.mark.parametrize("user", ["given", None])
def test_an_address_that_is_asked_of_them_no_more_is_found(
    enforcing: Emulator, partner: Partner, user: str | None
) -> None:
    made = provision(enforcing, source_ips=[HERE], trusted=[item(partner)], **({} if user else {"user": None}))
    lose(made, 1 if user else 0, "IpAddress")
    assert findings(made.probe()) == {f"trusted.elsewhere@{partner.label}": "excess_access"}


def test_where_nobody_goes_elsewhere_it_cannot_be_told(enforcing: Emulator, partner: Partner) -> None:
    made = provision(enforcing, source_ips=[HERE], trusted=[item(partner)])
    assert seen(made.check(), partner.label)["trusted.elsewhere"] == ("inconclusive", "not_tried")


def test_from_outside_their_refusal_is_no_missing_access(enforcing: Emulator, partner: Partner) -> None:
    made = provision(enforcing, user=None, source_ips=["127.0.0.3"], trusted=[item(partner)])
    result = made.check()
    assert set(findings(result).values()) == {"inconclusive"}
    (check,) = [check for check in result["checks"] if check["id"].startswith("trusted.assume@")]
    assert "Whether this machine stands there cannot be seen" in check["cause"]


@pytest.mark.parametrize("limited", [True, False])
def test_a_token_gets_in_from_inside_alone(enforcing: Emulator, issuer: Issuer, tmp_path: Path, limited: bool) -> None:
    theirs = {"oidc": issuer.url, "audience": AUDIENCE, "subjects": [SUBJECT]}
    made = provision(enforcing, user=None, source_ips=[HERE], trusted=[theirs])
    if not limited:
        lose(made, 0, "IpAddress")
    identities = made.identities(outside_proxy=proxy_at(OUTSIDE))
    result = check_access(identities, made.options(web_identity_token_file=issuer.write(tmp_path / "token")))
    assert findings(result) == ({} if limited else {f"trusted.elsewhere@{issuer.host}": "excess_access"})


# The organization.


def test_they_are_of_the_contracts_organization(enforcing: Emulator) -> None:
    partner = Partner(enforcing).make()
    organization = enforcing.client("organizations").describe_organization()["Organization"]["Id"]
    theirs = item(partner)
    assert findings(provision(enforcing, organization_id=organization, trusted=[theirs]).verify()) == {}
    refused = provision(enforcing, user=None, organization_id="o-a1b2c3d4e5", trusted=[theirs]).check()
    assert findings(refused)[f"trusted.assume@{partner.label}"] == "missing_access"


# What cannot be.

IMPOSSIBLE: list[tuple[Json, Json, str]] = [
    ({"require_mfa": True}, {"service": "ec2.amazonaws.com"}, "a service, which has no MFA"),
    ({"source_ips": [HERE]}, {"service": "ec2.amazonaws.com"}, "a service, which assumes the role from an address"),
]


@pytest.mark.parametrize(("terms", "theirs", "why"), IMPOSSIBLE)
def test_what_would_shut_somebody_out_is_refused_before_anything_is_made(
    enforcing: Emulator, tmp_path: Path, terms: Json, theirs: Json, why: str
) -> None:
    world = Contract(enforcing, {"user": None, "account_id": enforcing.account, "trusted": [theirs], **terms})
    provisioned = world.play("provision", tmp_path)
    assert provisioned.code != 0
    assert why in " ".join(provisioned.output.split()), provisioned.output
    assert world.left() == []


def test_a_contract_with_both_lives_its_whole_life(enforcing: Emulator, tmp_path: Path, partner: Partner) -> None:
    world = Contract(enforcing, {"source_ips": [HERE], "trusted": [{"arn": partner.arn, "external_id": "theirs-4711"}]})
    provisioned = world.play("provision", tmp_path)
    assert provisioned.code == 0, provisioned.output
    statements: list[Any] = world.iam.get_role(RoleName=world.role)["Role"]["AssumeRolePolicyDocument"]["Statement"]
    assert [statement["Condition"]["IpAddress"] for statement in statements] == [{"aws:SourceIp": HERE}] * 2
    assert not world.play("provision", tmp_path).changed
    proxy = {"bucket_access_outside_proxy": proxy_at(OUTSIDE)}
    verified = world.play("verify", tmp_path, **proxy)
    assert "verdict: verified" in verified.output, verified.output
    assert world.play("teardown", tmp_path).code == 0
    assert world.left() == []


def test_several_places_with_versions_are_seen_and_refused_from_elsewhere(
    enforcing: Emulator, partner: Partner
) -> None:
    tag = secrets.token_hex(4)
    grants = [
        {"bucket": f"one-{tag}", "prefix": "in/", "permissions": ["list", "read", "write", "delete", "versions"]},
        {"bucket": f"one-{tag}", "prefix": "out/", "permissions": ["list", "read", "versions"]},
        {"bucket": f"two-{tag}", "permissions": ["write", "versions"]},
    ]
    made = World(
        enforcing,
        {"bucket": None, "grants": grants, "versioning": True, "source_ips": [HERE], "trusted": [item(partner)]},
    ).make()
    made.put_lying()
    result = made.verify()
    assert findings(result) == {}
    assert result["verdict"] == "verified"
    ids = {check["id"] for check in result["checks"]}
    assert {f"network.versions@{place}" for place in (f"one-{tag}/in/", f"one-{tag}/out/", f"two-{tag}/")} <= ids
    assert seen(result, partner.label)["trusted.elsewhere"] == ("pass", "denied")
