# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever comes with a token of an identity provider gets in with that token, and with no other."""

from __future__ import annotations

import base64
from collections.abc import Iterator
import json
from pathlib import Path
import time
from typing import Any

from integration.test_trusted import Contract, findings, seen
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.callers import WrongCaller
from ansible_collections.assumerole.s3.plugins.module_utils._verification.access import check_access
from lab.account import code_of
from lab.checkout import Json
from lab.emulator import Emulator
from lab.issuer import AUDIENCE, SUBJECT, Issuer, encoded, issuing
from lab.world import World, provision

OTHER_REPOSITORY = "repo:example/other:ref:refs/heads/main"


@pytest.fixture
def issuer(enforcing: Emulator, tmp_path: Path) -> Iterator[Issuer]:
    (tmp_path / "issuer").mkdir()
    with issuing(enforcing, tmp_path / "issuer") as made:
        made.known_to(enforcing)
        yield made


def item(issuer: Issuer, *subjects: str, **more: Any) -> Json:
    return {"oidc": issuer.url, "audience": AUDIENCE, "subjects": list(subjects or (SUBJECT,)), **more}


def checked(made: World, **files: str) -> Json:
    return check_access(
        made.identities(), made.options(**{f"web_identity_{name}": path for name, path in files.items()})
    )


# The emulator judges tokens as AWS does: what is wrong with each is all that is wrong.


def refused(enforcing: Emulator, made: World, token: str, **more: Any) -> str:
    sts = made.identities().anonymous("sts")
    params = {"RoleArn": made.role_arn, "RoleSessionName": "test", "WebIdentityToken": token, **more}
    return code_of(sts.assume_role_with_web_identity, **params)


def test_the_emulator_takes_a_token_as_it_was_signed_and_agreed(enforcing: Emulator, issuer: Issuer) -> None:
    made = provision(enforcing, user=None, trusted=[item(issuer, SUBJECT, "repo:example/apps:*")])
    assert refused(enforcing, made, issuer.token()) == "OK"
    assert refused(enforcing, made, issuer.token(subject="repo:example/apps:environment:live")) == "OK"


def test_the_emulator_refuses_each_token_that_is_wrong_in_one_thing(
    enforcing: Emulator, issuer: Issuer, tmp_path: Path
) -> None:
    made = provision(enforcing, user=None, trusted=[item(issuer)])
    stranger = Issuer(tmp_path / "stranger", host=issuer.host, kid=issuer.kid)
    unknown = Issuer(tmp_path / "unknown")
    good = issuer.token()
    head, claims, signature = good.split(".")
    nobody = encoded(json.dumps({"alg": "none"}).encode())
    more = json.loads(base64.urlsafe_b64decode(claims + "==")) | {
        "sub": SUBJECT,
        "exp": time.time() + 9999,
    }
    wrong = {
        "subject": (issuer.token(subject=OTHER_REPOSITORY), "AccessDenied"),
        "audience": (issuer.token("another"), "InvalidIdentityToken"),
        "another key": (stranger.token(), "InvalidIdentityToken"),
        "another issuer": (unknown.token(), "InvalidIdentityToken"),
        "plain issuer": (issuer.token(iss=f"http://{issuer.host}"), "InvalidIdentityToken"),
        "claims": (f"{head}.{encoded(json.dumps(more).encode())}.{signature}", "InvalidIdentityToken"),
        "over": (issuer.token(exp=int(time.time()) - 1), "ExpiredTokenException"),
        "no signature": (f"{nobody}.{claims}.", "InvalidIdentityToken"),
        "nothing": ("nothing", "InvalidIdentityToken"),
    }
    assert {name: refused(enforcing, made, token) for name, (token, _code) in wrong.items()} == {
        name: code for name, (_token, code) in wrong.items()
    }
    assert refused(enforcing, made, good, DurationSeconds=3601) == "ValidationError"


def test_the_emulator_goes_by_the_trust_policy_for_an_audience_that_the_provider_takes_too(
    enforcing: Emulator, issuer: Issuer
) -> None:
    made = provision(enforcing, user=None, trusted=[item(issuer)])
    arn = f"arn:aws:iam::{enforcing.account}:oidc-provider/{issuer.host}"
    enforcing.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert refused(enforcing, made, issuer.token()) == "InvalidIdentityToken"
    issuer.known_to(enforcing, AUDIENCE, "another")
    assert refused(enforcing, made, issuer.token("another")) == "AccessDenied"


# What verification sees.

ALL_PASS = {
    "trusted.web_identity": ("pass", "allowed"),
    "trusted.tampered_token": ("pass", "denied"),
    "trusted.unsigned_token": ("pass", "denied"),
}


@pytest.mark.parametrize("user", [None, "given"])
def test_the_token_gets_in_and_no_other(enforcing: Emulator, issuer: Issuer, tmp_path: Path, user: str | None) -> None:
    terms = {"user": None} if user is None else {}
    made = provision(enforcing, trusted=[item(issuer, "repo:example/exchange:*")], **terms)
    files = {
        "token_file": issuer.write(tmp_path / "token"),
        "refused_token_file": issuer.write(tmp_path / "other", "another"),
    }
    result = checked(made, **files)
    assert findings(result) == {}
    assert result["verdict"] == "verified"
    assert seen(result, issuer.host) == {**ALL_PASS, "trusted.refused_token": ("pass", "denied")}
    if user is None:
        arn = f"arn:aws:iam::{enforcing.account}:oidc-provider/{issuer.host}"
        assert result["caller"] == {"arn": arn, "account": enforcing.account, "user_id": SUBJECT}
        assert f":assumed-role/{made.role}/" in result["session"]["arn"]
        assert "trust.longer_session" in {check["id"] for check in result["checks"]}


def test_nothing_that_is_told_holds_the_token(enforcing: Emulator, issuer: Issuer, tmp_path: Path) -> None:
    made = provision(enforcing, user=None, trusted=[item(issuer)])
    path = issuer.write(tmp_path / "token")
    told = json.dumps(checked(made, token_file=path))
    token = Path(path).read_text().strip()
    assert [part for part in (token, *token.split(".")[1:]) if part in told] == []


def test_without_a_token_it_is_read_and_said_to_be(enforcing: Emulator, issuer: Issuer) -> None:
    made = provision(enforcing, trusted=[item(issuer)])
    result = made.verify()
    assert findings(result) == {}
    assert seen(result, issuer.host) == {"config.trusted.oidc": ("pass", "allowed")}
    assert result["msg"].endswith(f"; nobody asked as {issuer.host}, which was read.")


def trust_loses(made: World, key: str) -> None:
    """The trust policy without a condition."""
    document = made.trust()
    (statement,) = [item for item in document["Statement"] if "Federated" in item["Principal"]]
    condition = statement["Condition"]
    for block in condition.values():
        block.pop(key, None)
    statement["Condition"] = {name: block for name, block in condition.items() if block}
    made.set_trust(document)


@pytest.mark.parametrize(("key", "token"), [("aud", ("another", SUBJECT)), ("sub", (AUDIENCE, OTHER_REPOSITORY))])
def test_a_condition_that_was_dropped_is_seen_by_the_token_that_must_be_refused(
    enforcing: Emulator, issuer: Issuer, tmp_path: Path, key: str, token: tuple[str, str]
) -> None:
    arn = f"arn:aws:iam::{enforcing.account}:oidc-provider/{issuer.host}"
    enforcing.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    issuer.known_to(enforcing, AUDIENCE, "another")
    made = provision(enforcing, user=None, trusted=[item(issuer)])
    trust_loses(made, f"{issuer.host}:{key}")
    files = {
        "token_file": issuer.write(tmp_path / "token"),
        "refused_token_file": issuer.write(tmp_path / "other", *token),
    }
    result = checked(made, **files)
    assert findings(result) == {f"trusted.refused_token@{issuer.host}": "excess_access"}


def test_a_token_that_is_over_proves_nothing(enforcing: Emulator, issuer: Issuer, tmp_path: Path) -> None:
    made = provision(enforcing, user=None, trusted=[item(issuer)])
    result = checked(made, token_file=issuer.write(tmp_path / "token", exp=int(time.time()) - 60))
    assert result["verdict"] == "inconclusive"
    (check,) = [check for check in result["checks"] if check["id"].startswith("trusted.web_identity")]
    assert (check["outcome"], check["cause"]) == ("inconclusive", "The token is over.")


def test_a_token_that_the_trust_policy_does_not_let_in_is_missing_access(
    enforcing: Emulator, issuer: Issuer, tmp_path: Path
) -> None:
    made = provision(enforcing, user=None, trusted=[item(issuer)])
    document = made.trust()
    document["Statement"][0]["Condition"]["StringEquals"][f"{issuer.host}:sub"] = OTHER_REPOSITORY
    made.set_trust(document)
    result = checked(made, token_file=issuer.write(tmp_path / "token"))
    assert findings(result)[f"trusted.web_identity@{issuer.host}"] == "missing_access"


WRONG = [
    ({"audience": "another"}, {}, "names nobody like that"),
    ({"subject": OTHER_REPOSITORY}, {}, "names nobody like that"),
    ({"iss": "https://another.ci.example"}, {}, "names nobody like that"),
    ({}, {"jti": "another"}, "one that the contract lets in"),
    ({}, {"iss": "https://another.ci.example"}, "of another provider"),
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong[2])
def test_tokens_that_are_not_what_they_are_given_as_judge_nothing(
    enforcing: Emulator, issuer: Issuer, tmp_path: Path, wrong: tuple[Json, Json, str]
) -> None:
    good, bad, reason = wrong
    made = provision(enforcing, user=None, trusted=[item(issuer)])
    files = {"token_file": issuer.write(tmp_path / "token", **good)}
    if bad:
        files["refused_token_file"] = issuer.write(tmp_path / "other", **bad)
    with pytest.raises(WrongCaller, match=reason):
        checked(made, **files)


@pytest.mark.parametrize("text", ["", "nothing", "a.b.c", "eyJ9.e30.x", "\0", "x" * 30000])
def test_a_file_that_holds_no_token_is_said_without_what_it_holds(
    enforcing: Emulator, issuer: Issuer, tmp_path: Path, text: str
) -> None:
    made = provision(enforcing, user=None, trusted=[item(issuer)])
    (tmp_path / "token").write_text(text)
    with pytest.raises(WrongCaller, match=r"token holds no token in three parts") as raised:
        checked(made, token_file=str(tmp_path / "token"))
    assert len(text) < 3 or text not in str(raised.value)
    with pytest.raises(WrongCaller, match="cannot be read"):
        checked(made, token_file=str(tmp_path / "missing"))


# The verbs.


def test_a_contract_of_a_ci_lives_its_whole_life(enforcing: Emulator, issuer: Issuer, tmp_path: Path) -> None:
    world = Contract(enforcing, {"user": None, "trusted": [item(issuer, "repo:example/exchange:*")]})
    token = {"bucket_access_web_identity_token_file": issuer.write(tmp_path / "token")}
    provisioned = world.play("provision", tmp_path)
    assert provisioned.code == 0, provisioned.output
    statement = world.iam.get_role(RoleName=world.role)["Role"]["AssumeRolePolicyDocument"]["Statement"][0]
    assert statement["Principal"] == {"Federated": f"arn:aws:iam::{enforcing.account}:oidc-provider/{issuer.host}"}
    assert statement["Condition"] == {
        "StringEquals": {f"{issuer.host}:aud": AUDIENCE},
        "StringLike": {f"{issuer.host}:sub": "repo:example/exchange:*"},
    }
    assert not world.play("provision", tmp_path).changed
    verified = world.play("verify", tmp_path, **token, bucket_access_report_dir=str(tmp_path / "report"))
    assert "verdict: verified" in verified.output, verified.output
    secret = Path(token["bucket_access_web_identity_token_file"]).read_text().strip()
    reports = "".join(path.read_text() for path in (tmp_path / "report").iterdir())
    assert secret.split(".")[2] not in verified.output + reports
    alone = world.play(
        "verify", tmp_path, **token, bucket_access_audit=False, bucket_access_account_id=enforcing.account
    )
    assert "verdict: verified" in alone.output, alone.output
    read = world.play("verify", tmp_path)
    assert "verdict: inconclusive" in read.output
    assert "bucket_access_web_identity_token_file" in read.output
    assert world.play("teardown", tmp_path).code == 0
    assert world.left() == []


def test_a_provider_that_is_not_there_or_not_for_this_audience_is_refused_before_anything_is_made(
    enforcing: Emulator, issuer: Issuer, tmp_path: Path
) -> None:
    world = Contract(enforcing, {"user": None, "trusted": [item(issuer, audience="another")]})
    ran = world.play("provision", tmp_path)
    assert (
        f"the identity provider {issuer.host} is there for {AUDIENCE}, and not for the audience another" in ran.sentence
    )
    world.terms["trusted"] = [{**item(issuer), "oidc": "https://missing.ci.example"}]
    ran = world.play("provision", tmp_path)
    assert f"the account {enforcing.account} has no identity provider missing.ci.example" in ran.sentence
    assert world.left() == []


def test_a_provider_that_has_gone_is_missing_access(enforcing: Emulator, issuer: Issuer) -> None:
    made = provision(enforcing, trusted=[item(issuer)])
    arn = f"arn:aws:iam::{enforcing.account}:oidc-provider/{issuer.host}"
    enforcing.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert findings(made.verify()) == {f"config.trusted.oidc@{issuer.host}": "missing_access"}
    issuer.known_to(enforcing, "another")
    assert findings(made.verify()) == {f"config.trusted.oidc@{issuer.host}": "missing_access"}
