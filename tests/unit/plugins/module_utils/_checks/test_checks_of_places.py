# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked and read of a contract with several places, and what explains what."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import ALLOWED, DENIED, Answer
from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Configuration, Reading
from ansible_collections.assumerole.s3.plugins.module_utils._checks.audit import audit
from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import place_of, row_of
from ansible_collections.assumerole.s3.plugins.module_utils._checks.expectations import expectations, siblings
from ansible_collections.assumerole.s3.plugins.module_utils._checks.merge import merged
from ansible_collections.assumerole.s3.plugins.module_utils._checks.questions import Expectation, Scope
from ansible_collections.assumerole.s3.plugins.module_utils._checks.rules import Subject
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import PERMISSIONS
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import (
    bucket_policy,
    permissions_policy,
    trust_policy,
)

ACCOUNT = "arn:aws:iam::123456789012"
ROLE_ARN = f"{ACCOUNT}:role/r"
GRANTS: list[dict[str, Any]] = [
    {"bucket": "abc", "prefix": "in/", "permissions": ["list", "write"]},
    {"bucket": "abc", "prefix": "out/", "permissions": ["read", "locate"]},
    {"bucket": "xyz", "permissions": ["read", "tags"]},
]
IN, OUT, WHOLE = "abc/in/", "abc/out/", "xyz/"


def agreed(*grants: dict[str, Any], **more: Any) -> Contract:
    return Contract.of({"user": "u", "role": "r", "grants": grants or GRANTS, **more})


def asked(contract: Contract, *others: Grant) -> dict[str, Expectation]:
    items = expectations(contract, ROLE_ARN, Scope(outsider=True, plain_http=True, siblings=others))
    found = {item.id: item for item in items}
    assert len(found) == len(items), "two questions have one id"
    return found


def test_a_list_of_one_place_is_asked_as_the_usual_contract_is() -> None:
    alone = Contract.of({"user": "u", "role": "r", "bucket": "abc", "prefix": "in"})
    assert asked(agreed({"bucket": "abc", "prefix": "in"})) == asked(alone)
    assert not any("@" in name for name in asked(alone))


def test_each_place_is_asked_for_all_that_any_has() -> None:
    found = asked(agreed())
    for place, grant in zip((IN, OUT, WHOLE), agreed().grants, strict=True):
        for name, permission in PERMISSIONS.items():
            if permission.whole:
                continue
            question = found[f"role.{name}@{place}"]
            assert question.expected == (ALLOWED if grant.allows(name) else DENIED)
            assert (question.bucket, question.prefix) == (grant.bucket, grant.prefix)
            assert question.resource == grant.resource(permission, "aws")


def test_what_is_about_the_whole_bucket_is_asked_once_in_it_and_given_by_any_place() -> None:
    found = asked(agreed())
    assert {name: found[name].expected for name in found if name.startswith("role.locate@")} == {
        "role.locate@abc/": ALLOWED,
        "role.locate@xyz/": DENIED,
    }
    assert "plain_http.locate@abc/" in found
    assert "plain_http.locate@xyz/" not in found


def test_nobody_else_has_anything_at_any_place() -> None:
    found = asked(agreed())
    for place in (IN, OUT, WHOLE):
        for who in ("user", "anonymous"):
            assert {found[f"{who}.{name}@{place}"].expected for name in ("list", "read", "write", "delete")} == {DENIED}
    assert {"plain_http.list@abc/in/", "plain_http.read@abc/out/", "plain_http.read@xyz/"} <= {*found}
    assert "plain_http.read@abc/in/" not in found


def test_beside_each_prefix_all_is_refused_and_the_buckets_list_is_asked_for_once() -> None:
    found = asked(agreed())
    assert [name for name in found if name.startswith("role.outside.list_all")] == ["role.outside.list_all@abc/"]
    assert found["role.outside.read@abc/in/"].resource == "arn:aws:s3:::abc/*"
    assert found["role.outside.read@abc/in/"].prefix == "in/"
    assert not any(name.startswith("role.outside") and name.endswith("xyz/") for name in found)


def test_a_refusal_counts_where_something_worked_in_the_same_bucket() -> None:
    found = asked(agreed(forbidden_buckets=["internal"]))
    assert set(found["role.read@abc/in/"].controls) == {
        "role.write@abc/in/",
        "role.list@abc/in/",
        "role.read@abc/out/",
        "role.locate@abc/",
    }
    assert set(found["role.write@xyz/"].controls) == {"role.read@xyz/", "role.tags@xyz/"}
    everywhere = {*found["role.read@abc/in/"].controls, *found["role.write@xyz/"].controls}
    assert set(found["role.read@internal"].controls) == everywhere
    assert set(found["role.list_buckets"].controls) == everywhere


def test_a_place_of_another_contract_in_the_same_bucket_is_refused() -> None:
    found = asked(agreed(), Grant("abc", "sales/"))
    names = [name for name in found if ".sibling." in name]
    assert names == [
        f"role.sibling.{name}@abc/sales/"
        for name in ("list", "read", "write", "delete", "multipart", "tags", "versions")
    ]
    assert {found[name].expected for name in names} == {DENIED}
    assert row_of(names[0]).id == "role.sibling.list"


@pytest.mark.parametrize(
    "other", [Grant("elsewhere", "sales/"), Grant("abc", "in/"), Grant("abc", "in/deeper/"), Grant("abc")]
)
def test_what_is_elsewhere_or_the_contracts_own_too_is_no_sibling(other: Grant) -> None:
    assert siblings(agreed(), [other]) == ()


def test_a_place_that_several_contracts_have_is_asked_once() -> None:
    found = siblings(agreed(), [Grant("abc", "sales/"), Grant("abc", "sales/", ("read",))])
    assert [place.name for place in found] == ["abc/sales/"]


@pytest.mark.parametrize(
    ("check", "place"),
    [
        ("role.read", None),
        ("role.read@internal", None),
        ("role.read@abc/", ("abc", "")),
        ("role.read@abc/a@b/", ("abc", "a@b/")),
    ],
)
def test_an_id_tells_its_place(check: str, place: tuple[str, str] | None) -> None:
    assert place_of(check) == place


# What is read.


def subject(**changed: Any) -> Subject:
    contract = agreed()
    sound: dict[str, Any] = {
        "user": {"Arn": f"{ACCOUNT}:user/u", "UserId": "AIDAEXAMPLE"},
        "user.inline": [],
        "user.managed": [],
        "user.groups": [],
        "user.password": None,
        "user.keys": [{"AccessKeyId": "AKIAEXAMPLE", "Status": "Active"}],
        "user.boundary": None,
        "role": {
            "Arn": ROLE_ARN,
            "RoleId": "AROAEXAMPLE",
            "AssumeRolePolicyDocument": trust_policy(contract, {"u": f"{ACCOUNT}:user/u"}),
        },
        "role.inline": {"bucket-access": permissions_policy(contract)},
        "role.managed": {},
        "role.boundary": None,
        "roles": {},
    }
    for bucket, behind in (("abc", ""), ("xyz", "@xyz")):
        sound |= {
            f"bucket.region{behind}": "eu-west-1",
            f"bucket.policy{behind}": bucket_policy(contract.at(bucket)),
            f"bucket.public_access{behind}": dict.fromkeys(
                ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
            ),
            f"bucket.ownership{behind}": "BucketOwnerEnforced",
            f"bucket.encryption{behind}": "AES256",
        }
    found = {name: Reading(Answer(status=200), data) for name, data in {**sound, **changed}.items()}
    return Subject(contract, Configuration(found))


def wrong(**changed: Any) -> dict[str, str]:
    return {check["id"]: check["outcome"] for check in audit(subject(**changed)) if check["outcome"] != "pass"}


def test_a_sound_configuration_passes_and_each_bucket_has_its_checks() -> None:
    assert wrong() == {}
    checks = {check["id"]: check["resource"] for check in audit(subject())}
    assert checks["config.bucket.policy@abc/"] == "abc"
    assert checks["config.bucket.policy@xyz/"] == "xyz"
    assert sum(name.startswith("config.bucket.") for name in checks) == 10


@pytest.mark.parametrize(("behind", "bucket"), [("", "abc"), ("@xyz", "xyz")])
@pytest.mark.parametrize(("name", "value"), [("policy", {}), ("public_access", {}), ("ownership", "ObjectWriter")])
def test_what_is_wrong_with_one_bucket_is_its_own_finding(behind: str, bucket: str, name: str, value: Any) -> None:
    assert wrong(**{f"bucket.{name}{behind}": value}) == {f"config.bucket.{name}@{bucket}/": "excess_access"}


def test_the_policy_of_one_bucket_does_for_no_other() -> None:
    contract = agreed()
    assert wrong(**{"bucket.policy@xyz": bucket_policy(contract.at("abc"))}) == {
        "config.bucket.policy@xyz/": "excess_access"
    }


def test_a_bucket_in_another_region_than_the_first_is_found() -> None:
    assert wrong(**{"bucket.region@xyz": "us-west-2"}) == {"config.bucket.region@xyz/": "missing_access"}


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObject", "arn:aws:s3:::abc/in/*"),
        ("s3:PutObject", "arn:aws:s3:::abc/out/*"),
        ("s3:PutObject", "arn:aws:s3:::xyz/*"),
        ("s3:GetObject", "arn:aws:s3:::abc/*"),
        ("s3:ListBucket", "arn:aws:s3:::abc"),
        ("s3:GetObject", "arn:aws:s3:::*/out/*"),
    ],
)
def test_what_one_place_has_is_too_much_at_another(action: str, resource: str) -> None:
    more = {"extra": {"Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]}}
    given = {"bucket-access": permissions_policy(agreed()), **more}
    assert wrong(**{"role.inline": given}) == {"config.role.permissions": "excess_access"}


@pytest.mark.parametrize("number", range(len(GRANTS)))
def test_a_place_that_the_policy_lacks_is_missing(number: int) -> None:
    fewer = agreed(*(grant for index, grant in enumerate(GRANTS) if index != number))
    assert wrong(**{"role.inline": {"bucket-access": permissions_policy(fewer)}}) == {
        "config.role.permissions": "missing_access"
    }


@pytest.mark.parametrize(("bucket", "behind"), [("abc", ""), ("xyz", "@xyz")])
def test_what_a_bucket_policy_takes_off_the_role_is_missing_in_its_bucket(bucket: str, behind: str) -> None:
    document = bucket_policy(agreed().at(bucket))
    deny = {
        "Effect": "Deny",
        "Principal": {"AWS": ROLE_ARN},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    document["Statement"].append(deny)
    assert wrong(**{f"bucket.policy{behind}": document}) == {f"config.bucket.policy@{bucket}/": "missing_access"}


@pytest.mark.parametrize(("bucket", "behind"), [("abc", ""), ("xyz", "@xyz")])
def test_what_the_policy_of_its_bucket_takes_off_again_is_not_too_much(bucket: str, behind: str) -> None:
    """And where that policy could not be read, nobody can tell."""
    there = {"Action": "s3:DeleteObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    given = {"bucket-access": permissions_policy(agreed()), "extra": {"Statement": [{"Effect": "Allow", **there}]}}
    taken = bucket_policy(agreed().at(bucket))
    taken["Statement"].append({"Effect": "Deny", "Principal": {"AWS": ROLE_ARN}, **there})
    assert "config.role.permissions" in wrong(**{"role.inline": given})
    assert "config.role.permissions" not in wrong(**{"role.inline": given, f"bucket.policy{behind}": taken})
    changed = subject(**{"role.inline": given})
    closed = Reading(Answer(code="AccessDenied", status=403))
    found = Configuration({**changed.found.readings, f"bucket.policy{behind}": closed})
    outcomes = {check["id"]: check["outcome"] for check in audit(Subject(agreed(), found))}
    assert outcomes["config.role.permissions"] == "inconclusive"
    assert outcomes[f"config.bucket.policy@{bucket}/"] == "inconclusive"


@pytest.mark.parametrize("who", ["*", {"AWS": ROLE_ARN}, {"AWS": "arn:aws:iam::123456789012:root"}])
@pytest.mark.parametrize("action", ["s3:PutBucketPolicy", "s3:DeleteObject", "kms:Decrypt", "iam:CreateUser"])
@pytest.mark.parametrize(
    "taken",
    [
        {"Action": "*", "NotResource": ["arn:aws:s3:::abc", "arn:aws:s3:::abc/*"]},
        {"Action": "*", "Resource": "*"},
        {"NotAction": "s3:GetObject", "NotResource": "arn:aws:s3:::abc/in/*"},
        {"NotAction": ["s3:GetObject", "s3:ListBucket", "s3:PutObject"], "Resource": "*"},
    ],
)
def test_what_a_bucket_policy_denies_is_denied_in_its_bucket_alone(
    taken: dict[str, Any], action: str, who: Any
) -> None:
    """Whatever it names: nobody asks it about another bucket, about a key of KMS, or about IAM."""
    elsewhere = {"Effect": "Allow", "Action": action, "Resource": ["arn:aws:s3:::payroll", "arn:aws:s3:::payroll/*"]}
    extra = {"Statement": [elsewhere if action.startswith("s3:") else {**elsewhere, "Resource": "*"}]}
    given = {"bucket-access": permissions_policy(agreed()), "extra": extra}
    document = bucket_policy(agreed().at("abc"))
    document["Statement"].append({"Effect": "Deny", "Principal": who, **taken})
    assert wrong(**{"role.inline": given, "bucket.policy": document})["config.role.permissions"] == "excess_access"


def test_what_a_bucket_policy_allows_is_allowed_in_its_bucket_alone() -> None:
    fewer = agreed(*(grant for grant in GRANTS if grant.get("bucket") != "xyz"))
    document = bucket_policy(agreed().at("abc"))
    beyond = {"Action": "s3:*", "NotResource": "arn:aws:s3:::abc/payroll/*"}
    document["Statement"].append({"Effect": "Allow", "Principal": {"AWS": ROLE_ARN}, **beyond})
    given = {"role.inline": {"bucket-access": permissions_policy(fewer)}, "bucket.policy": document}
    assert wrong(**given)["config.role.permissions"] == "missing_access"


def test_a_finding_of_one_bucket_explains_nothing_of_another(a_result: Any, a_check: Any) -> None:
    probed = a_result(
        a_check("anonymous.read@abc/in/", "excess_access", expected="denied"),
        a_check("anonymous.read@xyz/", "excess_access", expected="denied"),
    )
    audited = {"checks": audit(subject(**{"bucket.public_access@xyz": {}}))}
    first, second = merged(probed, audited)["checks"][:2]
    assert "Public access is not blocked" not in first["cause"]
    assert "Public access is not blocked" in second["cause"]
