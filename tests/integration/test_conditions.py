# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The conditions of a contract, asked for real: with MFA and without, from inside of its network and from elsewhere."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._verification.access import check_access
from lab.account import allow
from lab.checkout import Json
from lab.device import Device
from lab.emulator import Emulator
from lab.proxy import BEHIND_THE_ENDPOINT, OUTSIDE, proxy_at
from lab.world import World, provision

HERE, ENDPOINT = "127.0.0.1", "vpce-0123456789abcdef0"
#: What is asked from another network of a contract that limits where its role is used.
ELSEWHERE = [f"network.{name}" for name in ("list", "read", "write", "delete")]
AT_ITS_PLACE = [f"role.{name}" for name in ("list", "read", "write", "delete")]


@pytest.fixture(scope="module")
def elsewhere() -> str:
    """A proxy outside of every network here."""
    return proxy_at(OUTSIDE)


@pytest.fixture(scope="module")
def through_the_endpoint() -> str:
    """A proxy behind the VPC endpoint."""
    return proxy_at(BEHIND_THE_ENDPOINT)


def outcomes(result: Json) -> dict[str, str]:
    return {check["id"]: check["outcome"] for check in result["checks"] if check["outcome"] != "pass"}


def check_of(result: Json, name: str) -> Json:
    return next(check for check in result["checks"] if check["id"] == name)


def asked(made: World, outside: str | None = None, inside: str | None = None, **options: Any) -> Json:
    """What is found, with a way to another network if one is given, and by a way into the contract's."""
    config = {"proxies": {"http": inside, "https": inside}} if inside else {}
    identities = made.identities(outside_proxy=outside, config=config)
    return check_access(identities, made.options(**options))


# MFA.


def test_with_a_code_all_of_it_is_shown(enforcing: Emulator) -> None:
    made = provision(enforcing, require_mfa=True, external_id="contract-4711")
    device = Device.of(made.iam, made.user)
    result = asked(made, mfa_serial=device.serial, mfa_code=device.code())
    assert outcomes(result) == {}
    assert result["verdict"] == "verified"
    assert check_of(result, "trust.no_mfa")["error"]["code"] == "AccessDenied"


def test_without_a_code_nobody_can_tell_but_that_it_is_needed(enforcing: Emulator) -> None:
    made = provision(enforcing, require_mfa=True)
    result = asked(made)
    assert result["verdict"] == "inconclusive"
    assert set(outcomes(result).values()) == {"inconclusive"}
    passed = [check["id"] for check in result["checks"] if check["outcome"] == "pass"]
    assert passed == ["user.identity", "trust.no_mfa"]
    check = check_of(result, "role.assume")
    assert check["cause"] == "It was not tried: the contract requires MFA, and no code was given."
    assert check["advice"] == "Give bucket_access_mfa_code, the code that the user's device shows, and verify again."


@pytest.mark.parametrize("given", ["wrong", "used"])
def test_a_code_that_aws_refuses_is_no_finding(enforcing: Emulator, given: str) -> None:
    made = provision(enforcing, require_mfa=True)
    device = Device.of(made.iam, made.user)
    code = device.code()
    if given == "used":
        made.as_user("sts").get_session_token(SerialNumber=device.serial, TokenCode=code)
    else:
        code = f"{(int(code) + 1) % 10**6:06}"
    result = asked(made, mfa_serial=device.serial, mfa_code=code)
    assert result["verdict"] == "inconclusive"
    assert "MultiFactorAuthentication failed" in check_of(result, "role.assume")["cause"]
    assert code not in json.dumps(result)


def test_a_role_that_asks_for_no_mfa_is_found_with_a_code_and_without(enforcing: Emulator) -> None:
    made = provision(enforcing, require_mfa=True)
    device = Device.of(made.iam, made.user)
    trust = made.trust()
    del trust["Statement"][0]["Condition"]
    made.set_trust(trust)
    for options in ({}, {"mfa_serial": device.serial, "mfa_code": device.code()}):
        result = asked(made, **options)
        assert outcomes(result)["trust.no_mfa"] == "excess_access"
        assert check_of(result, "trust.no_mfa")["cause"] == "The role can be assumed without MFA."
        assert result["verdict"] == "violated"


# From where.


def test_from_inside_it_works_and_from_elsewhere_it_is_refused(enforcing: Emulator, elsewhere: str) -> None:
    made = provision(enforcing, source_ips=[f"{HERE}/32"])
    result = asked(made, outside=elsewhere)
    assert outcomes(result) == {}
    assert result["verdict"] == "verified"
    shown = [check["id"] for check in result["checks"] if check["id"].startswith("network.")]
    assert shown == ["network.identity", "network.assume", *ELSEWHERE]


def test_from_inside_alone_nobody_can_tell_about_elsewhere(enforcing: Emulator) -> None:
    result = asked(provision(enforcing, source_ips=[HERE]))
    assert outcomes(result) == dict.fromkeys(["network.assume", *ELSEWHERE], "inconclusive")
    assert check_of(result, "network.assume")["cause"] == "It was not tried: nobody could ask from another network."


def test_from_outside_a_refusal_is_no_missing_access(enforcing: Emulator) -> None:
    result = asked(provision(enforcing, source_ips=["127.0.0.3"]))
    assert set(outcomes(result).values()) == {"inconclusive"}
    check = check_of(result, "role.assume")
    assert check["observed"] == "denied"
    assert "Whether this machine stands there cannot be seen" in check["cause"]


def test_from_outside_a_refusal_without_mfa_shows_nothing(enforcing: Emulator) -> None:
    made = provision(enforcing, require_mfa=True, source_ips=["127.0.0.3"])
    device = Device.of(made.iam, made.user)
    result = asked(made, mfa_serial=device.serial, mfa_code=device.code())
    assert check_of(result, "trust.no_mfa")["outcome"] == "inconclusive"


@pytest.mark.parametrize("where", ["trust", "permissions"])
def test_a_condition_that_is_gone_is_found_from_elsewhere(enforcing: Emulator, elsewhere: str, where: str) -> None:
    made = provision(enforcing, source_ips=[HERE])
    document = getattr(made, where)()
    for statement in document["Statement"]:
        del statement["Condition"]
    getattr(made, f"set_{where}")(document)
    expected = ["network.assume"] if where == "trust" else ELSEWHERE
    result = asked(made, outside=elsewhere)
    assert outcomes(result) == dict.fromkeys(expected, "excess_access")


def test_through_a_proxy_that_does_not_answer_nothing_is_shown(enforcing: Emulator) -> None:
    made = provision(enforcing, source_ips=[HERE])
    result = asked(made, outside="http://127.0.0.1:9")
    assert outcomes(result) == dict.fromkeys(["network.identity", "network.assume", *ELSEWHERE], "inconclusive")


def test_through_the_vpc_endpoint_it_works_and_past_it_it_is_refused(
    enforcing: Emulator, elsewhere: str, through_the_endpoint: str
) -> None:
    made = provision(enforcing, vpc_endpoints=[ENDPOINT])
    result = asked(made, outside=elsewhere, inside=through_the_endpoint)
    assert outcomes(result) == {}
    assert result["verdict"] == "verified"
    assert "network.assume" not in [check["id"] for check in result["checks"]]


def test_past_the_vpc_endpoint_a_refusal_is_no_missing_access(enforcing: Emulator) -> None:
    result = asked(provision(enforcing, vpc_endpoints=[ENDPOINT]))
    assert {outcomes(result)[name] for name in AT_ITS_PLACE} == {"inconclusive"}
    assert result["verdict"] == "inconclusive"


def test_with_mfa_and_addresses_both_are_given_from_elsewhere(enforcing: Emulator, elsewhere: str) -> None:
    """Without MFA the user would be refused there for that alone."""
    made = provision(enforcing, require_mfa=True, source_ips=[HERE])
    device = Device.of(made.iam, made.user)
    trust = made.trust()
    del trust["Statement"][0]["Condition"]["IpAddress"]
    made.set_trust(trust)
    result = asked(made, outside=elsewhere, mfa_serial=device.serial, mfa_code=device.code())
    assert outcomes(result) == {"network.assume": "excess_access"}


def test_the_organization_is_the_callers(enforcing: Emulator) -> None:
    organization = enforcing.client("organizations").describe_organization()["Organization"]["Id"]
    assert outcomes(asked(provision(enforcing, organization_id=organization))) == {}
    refused = asked(provision(enforcing, organization_id="o-a1b2c3d4e5"))
    assert outcomes(refused)["role.assume"] == "missing_access"


# The whole, with the audit.

TERMS: list[Json] = [
    {"require_mfa": True},
    {"source_ips": [HERE]},
    {"source_ips": [HERE, "203.0.113.0/24", "2001:db8::/32"], "prefix": "team/", "external_id": "contract-4711"},
    {"vpc_endpoints": [ENDPOINT, "vpce-0fedcba9876543210"], "prefix": "team/"},
    {"organization_id": "o-a1b2c3d4e5"},
    {
        "require_mfa": True,
        "source_ips": [HERE],
        "vpc_endpoints": [ENDPOINT],
        "organization_id": "o-a1b2c3d4e5",
        "permissions": ["list", "read", "write", "delete", "multipart", "tags", "locate", "versions"],
    },
]


@pytest.mark.parametrize("terms", TERMS, ids="+".join)
def test_the_audit_takes_the_conditions_for_the_contracts_own(enforcing: Emulator, terms: Json) -> None:
    assert outcomes(provision(enforcing, **terms).audit()) == {}


def denied_unless(**condition: Any) -> Json:
    """A guard rail of somebody else's."""
    return {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": condition}


#: Guard rails that spare all that keeps a contract's conditions, beside those of a contract that has none.
GUARD_RAILS = [
    ({"require_mfa": True}, denied_unless(BoolIfExists={"aws:MultiFactorAuthPresent": "false"})),
    ({"source_ips": [HERE, "203.0.113.0/25"]}, denied_unless(NotIpAddress={"aws:SourceIp": [HERE, "203.0.113.0/24"]})),
    ({"organization_id": "o-a1b2c3d4e5"}, denied_unless(StringNotEquals={"aws:PrincipalOrgID": "o-a1b2c3d4e5"})),
]


@pytest.mark.parametrize("has_it", [True, False])
@pytest.mark.parametrize(("terms", "guard_rail"), GUARD_RAILS, ids="+".join)
def test_a_guard_rail_on_the_user_spares_what_the_contract_says(
    enforcing: Emulator, terms: Json, guard_rail: Json, has_it: bool
) -> None:
    made = provision(enforcing, **(terms if has_it else {}))
    document = allow("*")
    document["Statement"].append({name: value for name, value in guard_rail.items() if name != "Principal"})
    made.iam.put_user_permissions_boundary(UserName=made.user, PermissionsBoundary=made.managed_policy(document))
    assert list(outcomes(made.audit())) == ([] if has_it else ["config.user.boundary"])


@pytest.mark.parametrize("has_it", [True, False])
def test_a_guard_rail_on_the_bucket_spares_the_contracts_organization(enforcing: Emulator, has_it: bool) -> None:
    terms, guard_rail = GUARD_RAILS[2]
    made = provision(enforcing, **(terms if has_it else {}))
    made.set_bucket_policy_with({**guard_rail, "Resource": [f"arn:aws:s3:::{made.bucket}/*"]})
    assert list(outcomes(made.audit())) == ([] if has_it else ["config.bucket.policy"])


@pytest.mark.parametrize("where", ["192.0.2.0/24", HERE])
def test_another_role_that_lets_the_user_in_from_somewhere_is_not_passed(enforcing: Emulator, where: str) -> None:
    """The contract's addresses limit its own role, and nothing of where the user may be."""
    made = provision(enforcing, source_ips=[HERE])
    trust = made.trust()
    trust["Statement"][0]["Condition"] = {"IpAddress": {"aws:SourceIp": where}}
    made.iam.create_role(RoleName=f"other-{made.role}", AssumeRolePolicyDocument=json.dumps(trust))
    found = outcomes(made.audit())
    made.iam.delete_role(RoleName=f"other-{made.role}")
    assert found == {"config.user.other_roles": "inconclusive"}
