# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever else may assume the role is judged by what the trust policy says of each, and of nobody beside them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Configuration, Reading
from ansible_collections.assumerole.s3.plugins.module_utils._aws.readings import NONE
from ansible_collections.assumerole.s3.plugins.module_utils._checks.audit import audit
from ansible_collections.assumerole.s3.plugins.module_utils._checks.merge import merged
from ansible_collections.assumerole.s3.plugins.module_utils._checks.rules import RULES, Subject
from ansible_collections.assumerole.s3.plugins.module_utils._checks.sentences import left_out
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import trust_policy

Json = dict[str, Any]

USER = "arn:aws:iam::123456789012:user/u"
ROLE = "arn:aws:iam::123456789012:role/r"
THEIRS = "arn:aws:iam::210987654321:role/theirs"
LABEL = "210987654321:role/theirs"
TRUSTED = [{"arn": THEIRS, "external_id": "theirs-4711"}, {"arn": "arn:aws:iam::210987654321:user/they"}]
NAMES = {"role": "r", "bucket": "b-1", "trusted": TRUSTED}
BOTH = Contract.of({"user": "u", "external_id": "ours-4711", **NAMES})
NO_USER = Contract.of(NAMES)
CHECKS = ("config.role.trust", f"config.trusted.arn@{LABEL}", "config.trusted.arn@210987654321:user/they")


def judged(contract: Contract, document: Json) -> dict[str, str]:
    """What does not hold of a trust policy, by check."""
    there, absent = Answer(status=200), {name: NONE for name in ("user", "user.boundary")}
    read = {
        "user": {"Arn": USER, "UserId": "AIDAEXAMPLE"},
        "role": {"Arn": ROLE, "RoleId": "AROAEXAMPLE", "AssumeRolePolicyDocument": document},
    }
    found = {
        **absent,
        **{name: Reading(there, data) for name, data in read.items() if contract.has_user or name == "role"},
    }
    needed = {name for rule in RULES for name in rule.needs}
    readings = {**dict.fromkeys(needed, Reading(there)), **found}
    return {
        check["id"]: check["outcome"]
        for check in audit(Subject(contract, Configuration(readings)))
        if check["id"] in CHECKS and check["outcome"] != "pass"
    }


def agreed(contract: Contract) -> Json:
    return trust_policy(contract, contract.arns(USER, ROLE))


def changed(contract: Contract, number: int, **more: Any) -> Json:
    document = agreed(contract)
    document["Statement"][number].update(more)
    return document


def test_each_has_a_statement_of_its_own_and_the_users_stays_as_it_is() -> None:
    user, first, second = agreed(BOTH)["Statement"]
    alone = Contract.of({"user": "u", "role": "r", "bucket": "b-1", "external_id": "ours-4711"})
    assert [user] == agreed(alone)["Statement"]
    assert first["Principal"] == {"AWS": THEIRS}
    assert first["Condition"] == {"StringEquals": {"sts:ExternalId": "theirs-4711"}}
    assert second["Condition"] == {"StringEquals": {"sts:ExternalId": "ours-4711"}}
    assert "Condition" not in agreed(NO_USER)["Statement"][1]


@pytest.mark.parametrize("contract", [BOTH, NO_USER])
def test_what_was_agreed_passes_in_any_order(contract: Contract) -> None:
    document = agreed(contract)
    assert judged(contract, document) == {}
    assert judged(contract, {**document, "Statement": document["Statement"][::-1]}) == {}


def test_without_a_user_there_is_nothing_of_one_to_judge() -> None:
    readings = {name: Reading(Answer(status=200)) for rule in RULES for name in rule.needs}
    checks = audit(Subject(NO_USER, Configuration({**readings, "role": NONE, "user": NONE})))
    assert [check["id"] for check in checks if check["principal"] == "user"] == []
    assert {check["id"] for check in checks if check["principal"] == "trusted"} == set(CHECKS[1:])


@pytest.mark.parametrize("contract", [BOTH, NO_USER])
def test_who_is_taken_out_is_missed(contract: Contract) -> None:
    document = agreed(contract)
    document["Statement"] = [item for item in document["Statement"] if item["Principal"] != {"AWS": THEIRS}]
    assert judged(contract, document) == dict.fromkeys(CHECKS[:2], "missing_access")


@pytest.mark.parametrize(
    "more",
    [
        {"Condition": {}},
        {"Condition": {"StringLike": {"sts:ExternalId": "theirs*"}}},
        {"Principal": {"AWS": "arn:aws:iam::210987654321:root"}},
        {"Principal": {"AWS": [THEIRS, "arn:aws:iam::210987654321:role/others"]}},
        {"Action": ["sts:AssumeRole", "sts:TagSession"]},
    ],
)
def test_what_lets_more_in_is_excess(more: Json) -> None:
    assert judged(BOTH, changed(BOTH, 1, **more))["config.role.trust"] == "excess_access"


def test_the_external_id_of_one_is_not_that_of_another() -> None:
    wrong = {"StringEquals": {"sts:ExternalId": "ours-4711"}}
    found = judged(BOTH, changed(BOTH, 1, Condition=wrong))
    assert found == {CHECKS[0]: "excess_access", CHECKS[1]: "missing_access"}


def test_what_is_not_known_of_others_is_not_guessed() -> None:
    organization = {"StringEquals": {"sts:ExternalId": "theirs-4711", "aws:PrincipalOrgID": "o-example"}}
    assert judged(BOTH, changed(BOTH, 1, Condition=organization)) == dict.fromkeys(CHECKS[:2], "inconclusive")
    mfa = {"StringEquals": {"sts:ExternalId": "theirs-4711"}, "Bool": {"aws:MultiFactorAuthPresent": "true"}}
    assert judged(BOTH, changed(BOTH, 1, Condition=mfa)) == dict.fromkeys(CHECKS[:2], "inconclusive")


def test_whether_others_are_within_a_boundary_is_not_known_either() -> None:
    they = "arn:aws:iam::210987654321:user/they"
    spared = [USER, "123456789012", they, "210987654321", THEIRS]
    deny = {"Effect": "Deny", "NotPrincipal": {"AWS": spared}, "Action": "sts:AssumeRole"}
    document = agreed(BOTH)
    document["Statement"].append(deny)
    found = judged(BOTH, document)
    assert found[CHECKS[2]] == "inconclusive"
    assert found[CHECKS[1]] == "missing_access"  # a session of a role cannot be spared by name


# Tokens of an identity provider.

HOST = "token.ci.example"
SUBJECTS = ["repo:o/r:ref:main", "repo:o/apps:*"]
TOKENS = Contract.of(
    {
        "role": "r",
        "bucket": "b-1",
        "trusted": [{"oidc": f"https://{HOST}", "audience": "sts.amazonaws.com", "subjects": SUBJECTS}],
    }
)
PROVIDER = f"config.trusted.oidc@{HOST}"
AUDIENCES = Reading(Answer(status=200), ["another", "sts.amazonaws.com"])


def of_tokens(document: Json, reading: Reading = AUDIENCES) -> dict[str, str]:
    role = {"Arn": ROLE, "RoleId": "AROAEXAMPLE", "AssumeRolePolicyDocument": document}
    needed = {name: Reading(Answer(status=200)) for rule in RULES for name in rule.needs}
    readings = {**needed, "user": NONE, "role": Reading(Answer(status=200), role), PROVIDER: reading}
    checks = audit(Subject(TOKENS, Configuration(readings)))
    about = ("config.role.trust", PROVIDER)
    return {check["id"]: check["outcome"] for check in checks if check["id"] in about and check["outcome"] != "pass"}


def condition(**blocks: Json) -> Json:
    return changed(TOKENS, 0, Condition={name: block for name, block in blocks.items() if block})


AUD, SUB = {f"{HOST}:aud": "sts.amazonaws.com"}, {f"{HOST}:sub": SUBJECTS}


def test_a_token_gets_in_for_one_audience_and_certain_subjects() -> None:
    (statement,) = agreed(TOKENS)["Statement"]
    assert statement["Principal"] == {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{HOST}"}
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Condition"] == {"StringEquals": AUD, "StringLike": SUB}
    assert of_tokens(agreed(TOKENS)) == {}


def test_where_no_subject_is_a_pattern_it_is_compared_as_it_is() -> None:
    item = {"oidc": HOST, "audience": "sts.amazonaws.com", "subjects": ["repo:o/r:ref:main"]}
    contract = Contract.of({"role": "r", "bucket": "b-1", "trusted": [item]})
    assert agreed(contract)["Statement"][0]["Condition"] == {
        "StringEquals": {f"{HOST}:aud": "sts.amazonaws.com", f"{HOST}:sub": "repo:o/r:ref:main"}
    }


@pytest.mark.parametrize(
    "document",
    [
        condition(StringLike=SUB),
        condition(StringEquals=AUD),
        condition(StringEquals=AUD, StringLike={f"{HOST}:sub": [*SUBJECTS, "repo:o/*"]}),
        condition(StringEquals=AUD, StringLike={f"{HOST}:sub": "*"}),
        condition(StringEqualsIfExists=AUD, StringLike=SUB),
        condition(StringEquals={f"{HOST}:aud": ["sts.amazonaws.com", "another"]}, StringLike=SUB),
        condition(StringEquals=AUD, **{"ForAllValues:StringLike": SUB}),
        changed(TOKENS, 0, Principal={"Federated": "*"}),
        changed(TOKENS, 0, Action=["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]),
    ],
)
def test_a_token_that_gets_in_beside_them_is_excess(document: Json) -> None:
    assert of_tokens(document)["config.role.trust"] == "excess_access"


@pytest.mark.parametrize(
    "document",
    [
        condition(StringEquals=AUD, StringLike={f"{HOST}:sub": "repo:o/apps:*"}),
        condition(StringEquals=AUD, StringLike={f"{HOST}:sub": ["repo:o/r:ref:main", "repo:o/apps:ref:*"]}),
        condition(StringEquals=AUD, StringLike=SUB, StringNotLike={f"{HOST}:sub": "*:pull_request"}),
        {"Statement": []},
    ],
)
def test_a_token_that_no_longer_gets_in_is_missed(document: Json) -> None:
    assert of_tokens(document) == dict.fromkeys(["config.role.trust", PROVIDER], "missing_access")


def test_what_a_token_may_claim_beside_is_not_guessed() -> None:
    document = condition(StringEquals={**AUD, f"{HOST}:actor": "somebody"}, StringLike=SUB)
    assert of_tokens(document) == dict.fromkeys(["config.role.trust", PROVIDER], "inconclusive")


@pytest.mark.parametrize(
    ("reading", "outcome"),
    [
        (Reading(Answer(code="NoSuchEntity", status=404)), "missing_access"),
        (Reading(Answer(status=200), ["another"]), "missing_access"),
        (Reading(Answer(status=200), []), "missing_access"),
        (Reading(Answer(code="AccessDenied", status=403)), "inconclusive"),
    ],
)
def test_the_provider_must_be_there_for_the_audience(reading: Reading, outcome: str) -> None:
    assert of_tokens(agreed(TOKENS), reading) == {PROVIDER: outcome}


# Services.

ECS, EC2, PODS = "ecs-tasks.amazonaws.com", "ec2.amazonaws.com", "pods.eks.amazonaws.com"
SERVICES = Contract.of(
    {
        "role": "r",
        "bucket": "b-1",
        "account_id": "123456789012",
        "trusted": [{"service": name} for name in (ECS, EC2, PODS)],
    }
)
HELD = Reading(Answer(status=200), {"Roles": [{"RoleName": "r"}]})


def of_services(document: Json, profile: Reading = HELD) -> dict[str, str]:
    role = {"Arn": ROLE, "RoleId": "AROAEXAMPLE", "AssumeRolePolicyDocument": document}
    needed = {name: Reading(Answer(status=200)) for rule in RULES for name in rule.needs}
    readings = {**needed, "user": NONE, "role": Reading(Answer(status=200), role), "instance_profile": profile}
    about = ("config.role.trust", *(f"config.trusted.service@{name}" for name in (ECS, EC2, PODS)))
    checks = audit(Subject(SERVICES, Configuration(readings)))
    return {check["id"]: check["outcome"] for check in checks if check["id"] in about and check["outcome"] != "pass"}


@pytest.mark.parametrize("service", [PODS, "lambda.amazonaws.com"])
@pytest.mark.parametrize(
    "source", [{"source_account": "123456789012"}, {"source_arn": "arn:aws:eks:eu-west-1:123456789012:cluster/c"}]
)
def test_it_cannot_be_told_whether_a_service_says_what_its_page_does_not(service: str, source: Json) -> None:
    contract = Contract.of({"role": "r", "bucket": "b-1", "trusted": [{"service": service, **source}]})
    role = {"Arn": ROLE, "RoleId": "AROAEXAMPLE", "AssumeRolePolicyDocument": agreed(contract)}
    needed = {name: Reading(Answer(status=200)) for rule in RULES for name in rule.needs}
    found = Configuration({**needed, "user": NONE, "role": Reading(Answer(status=200), role)})
    (check,) = (one for one in audit(Subject(contract, found)) if one["id"] == f"config.trusted.service@{service}")
    assert check["outcome"] == "inconclusive"
    assert f"asks {service} for whom it comes" in check["cause"]


def test_a_service_comes_for_the_account_where_it_says_so() -> None:
    ecs, ec2, pods = agreed(SERVICES)["Statement"]
    assert ecs["Principal"] == {"Service": ECS}
    assert ecs["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    assert "Condition" not in ec2
    assert pods["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    assert of_services(agreed(SERVICES)) == {}


@pytest.mark.parametrize(
    ("number", "more"),
    [
        (0, {"Condition": {}}),
        (0, {"Condition": {"StringEquals": {"aws:SourceAccount": ["123456789012", "210987654321"]}}}),
        (0, {"Condition": {"StringEqualsIfExists": {"aws:SourceAccount": "123456789012"}}}),
        (0, {"Principal": {"Service": [ECS, "lambda.amazonaws.com"]}}),
        (1, {"Action": ["sts:AssumeRole", "sts:TagSession"]}),
        (1, {"Principal": "*"}),
    ],
)
def test_a_service_that_comes_for_others_or_with_others_is_excess(number: int, more: Json) -> None:
    assert of_services(changed(SERVICES, number, **more))["config.role.trust"] == "excess_access"


@pytest.mark.parametrize(
    ("number", "more", "name"),
    [
        (0, {"Condition": {"StringEquals": {"aws:SourceAccount": "210987654321"}}}, ECS),
        (1, {"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}, EC2),
        (2, {"Action": "sts:AssumeRole"}, PODS),
        (2, {"Principal": {"Service": "eks.amazonaws.com"}}, PODS),
    ],
)
def test_a_service_that_no_longer_gets_in_is_missed(number: int, more: Json, name: str) -> None:
    assert of_services(changed(SERVICES, number, **more))[f"config.trusted.service@{name}"] == "missing_access"


def test_a_source_that_is_not_known_is_not_guessed() -> None:
    one = {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:ecs:*:*:task/*"},
    }
    names = ["config.role.trust", f"config.trusted.service@{ECS}"]
    assert of_services(changed(SERVICES, 0, Condition=one)) == dict.fromkeys(names, "inconclusive")


@pytest.mark.parametrize(
    ("profile", "outcome"),
    [
        (Reading(Answer(code="NoSuchEntity", status=404)), "missing_access"),
        (Reading(Answer(status=200), {"Roles": []}), "missing_access"),
        (Reading(Answer(status=200), {"Roles": [{"RoleName": "another"}]}), "missing_access"),
        (Reading(Answer(code="AccessDenied", status=403)), "inconclusive"),
    ],
)
def test_machines_get_the_role_by_its_instance_profile(profile: Reading, outcome: str) -> None:
    assert of_services(agreed(SERVICES), profile) == {f"config.trusted.service@{EC2}": outcome}


# What was read stands for who could not be asked, and for nobody else.


def check(name: str, **more: Any) -> Json:
    evidence = "read" if name.startswith("config.") else "asked"
    return {"id": name, "outcome": "pass", "observed": "allowed", "evidence": evidence, "principal": "trusted", **more}


UNASKED = check(f"trusted.assume@{LABEL}", outcome="inconclusive", observed="not_tried", cause="", advice="")
READ = check(f"config.trusted.arn@{LABEL}")
PROBED = {"verdict": "inconclusive", "checks": [UNASKED], "leftovers": []}


def test_what_was_read_stands_for_who_could_not_be_asked() -> None:
    found = merged(PROBED, {"checks": [READ]})
    assert [item["id"] for item in found["checks"]] == [READ["id"]]
    assert found["verdict"] == "verified"
    assert found["msg"].endswith(f"; nobody asked as {LABEL}, which was read.")


def test_what_was_read_of_one_stands_for_nobody_else() -> None:
    other = check("config.trusted.arn@210987654321:role/others")
    found = merged(PROBED, {"checks": [other]})
    assert found["verdict"] == "inconclusive"
    assert UNASKED["id"] in [item["id"] for item in found["checks"]]


def test_what_was_read_does_not_stand_for_who_was_refused() -> None:
    refused = {**UNASKED, "outcome": "missing_access", "observed": "denied"}
    found = merged({**PROBED, "checks": [refused]}, {"checks": [READ]})
    assert found["verdict"] == "violated"
    assert "nobody asked as" not in left_out(found)


# Under the conditions of a contract.

CONDITIONS = {"require_mfa": True, "source_ips": ["203.0.113.0/24"], "organization_id": "o-a1b2c3d4e5"}
THEY = "210987654321:user/they"
CONDITIONED = Contract.of(
    {
        "user": "u",
        "role": "r",
        "bucket": "b-1",
        "trusted": [{"arn": "arn:aws:iam::210987654321:user/they", "external_id": "theirs-4711"}],
        **CONDITIONS,
    }
)


def without(operator: str, key: str) -> Json:
    document = agreed(CONDITIONED)
    condition = document["Statement"][1]["Condition"]
    del condition[operator][key]
    return {**document, "Statement": [document["Statement"][0], {**document["Statement"][1], "Condition": condition}]}


def test_what_the_documents_write_is_what_the_audit_expects() -> None:
    assert judged(CONDITIONED, agreed(CONDITIONED)) == {}


@pytest.mark.parametrize(
    ("operator", "key"),
    [
        ("Bool", "aws:MultiFactorAuthPresent"),
        ("IpAddress", "aws:SourceIp"),
        ("StringEquals", "aws:PrincipalOrgID"),
        ("StringEquals", "sts:ExternalId"),
    ],
)
def test_a_condition_that_is_missing_at_one_of_the_trusted_is_found(operator: str, key: str) -> None:
    assert judged(CONDITIONED, without(operator, key)) == {"config.role.trust": "excess_access"}


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("IpAddress", "aws:SourceIp", "203.0.113.0/25"),
        ("IpAddress", "aws:SourceIp", "198.51.100.0/24"),
        ("StringEquals", "aws:PrincipalOrgID", "o-zzzzzzzzzz"),
        ("Bool", "aws:MultiFactorAuthPresent", "false"),
    ],
)
def test_a_condition_that_keeps_one_of_the_trusted_out_is_missing_access(operator: str, key: str, value: str) -> None:
    document = agreed(CONDITIONED)
    document["Statement"][1]["Condition"][operator][key] = value
    assert judged(CONDITIONED, document)[f"config.trusted.arn@{THEY}"] == "missing_access"


@pytest.mark.parametrize(
    "condition",
    [
        {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
        {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.7"]}},
        {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
    ],
)
def test_a_guard_rail_spares_whoever_keeps_the_contracts_conditions(condition: Json) -> None:
    denial = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": condition}
    document = agreed(CONDITIONED)
    assert judged(CONDITIONED, {**document, "Statement": [*document["Statement"], denial]}) == {}
