# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A contract of three places in two buckets, each with permissions of its own: the whole life of it."""

from __future__ import annotations

import json
from typing import Any

from contracts import Operator
import pytest

from lab.checkout import Json
from lab.emulator import Emulator
from lab.home import config_file
from lab.play import Ran
from lab.reality import bucket_state

ONE, TWO = "several-exchange", "several-reports"
TERMS: Json = {
    "user": "several-user",
    "role": "several-role",
    "wait_timeout": 5,
    "grants": [
        {"bucket": ONE, "prefix": "in/", "permissions": ["list", "write"]},
        {"bucket": ONE, "prefix": "out", "permissions": ["list", "read", "delete"]},
        {"bucket": TWO, "permissions": ["read"]},
    ],
}
PLACES = (f"{ONE}/in/", f"{ONE}/out/", f"{TWO}/")


@pytest.fixture(scope="module")
def operator(enforcing: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """With the contract in place."""
    made = Operator.anew(enforcing, tmp_path_factory.mktemp("home"))
    succeeded(made.contract("provision", **TERMS))
    return made


def succeeded(ran: Ran) -> Ran:
    assert ran.code == 0, ran.output[-4000:]
    return ran


def verified(operator: Operator, **more: Any) -> Json:
    """The checks of a report, by their ids."""
    folder = operator.home / "reports"
    ran = operator.contract("verify", **{**TERMS, "report_dir": str(folder), **more})
    report: Json = json.loads((folder / "access-report.json").read_text())
    return {"ran": ran, "verdict": report["verdict"], "checks": {check["id"]: check for check in report["checks"]}}


def objects(operator: Operator) -> list[str]:
    s3 = operator.emulator.s3
    return [key for bucket in (ONE, TWO) for key in bucket_state(s3, bucket)["objects"]]


def policy(operator: Operator) -> list[Json]:
    found = operator.emulator.iam.get_role_policy(RoleName="several-role", PolicyName="bucket-access")
    statements: list[Json] = found["PolicyDocument"]["Statement"]
    return statements


def test_both_buckets_are_made_alike_and_marked(operator: Operator) -> None:
    first, second = (bucket_state(operator.emulator.s3, bucket) for bucket in (ONE, TWO))
    assert [first["contract"], second["contract"]] == ["several-role"] * 2
    for name in ("public_access_block", "ownership", "encryption"):
        assert first[name] == second[name]
    assert [state["policy"][0]["Resource"][0] for state in (first, second)] == [
        f"arn:aws:s3:::{bucket}" for bucket in (ONE, TWO)
    ]


def test_a_second_run_changes_nothing(operator: Operator) -> None:
    again = succeeded(operator.contract("provision", **TERMS))
    assert "changed=0" in again.output
    assert again.output.count("bucket    arn:aws:s3:::several-") == 3


def test_every_place_is_verified_by_itself_and_nothing_stays(operator: Operator) -> None:
    found = verified(operator)
    assert found["verdict"] == "verified", found["ran"].output[-4000:]
    expected = {name: check["expected"] for name, check in found["checks"].items()}
    held = {
        place: sorted(p for p in ("list", "read", "write", "delete") if expected[f"role.{p}@{place}"] == "allowed")
        for place in PLACES
    }
    assert held == {PLACES[0]: ["list", "write"], PLACES[1]: ["delete", "list", "read"], PLACES[2]: ["read"]}
    assert {
        f"{check}@{bucket}/" for check in ("config.bucket.policy", "role.bucket_policy") for bucket in (ONE, TWO)
    } <= {*found["checks"]}
    assert "role.outside.read@several-exchange/in/" in found["checks"]
    # The one that a role leaves behind which may write and not delete; what the operator has put is gone.
    assert objects(operator) == ["in/.access-check"]


def test_a_rotation_touches_no_place(operator: Operator) -> None:
    before = policy(operator)
    ran = succeeded(operator.contract("rotate", **TERMS))
    assert "has a new key" in ran.output
    assert policy(operator) == before


@pytest.mark.parametrize("bucket", [ONE, TWO])
def test_drift_in_each_bucket_is_found_there_and_mended(operator: Operator, bucket: str) -> None:
    s3 = operator.emulator.s3
    s3.delete_bucket_policy(Bucket=bucket)
    s3.delete_public_access_block(Bucket=bucket)
    found = verified(operator)
    wrong = {name for name, check in found["checks"].items() if check["outcome"] == "excess_access"}
    assert found["verdict"] == "violated"
    assert {f"config.bucket.policy@{bucket}/", f"config.bucket.public_access@{bucket}/"} <= wrong
    assert all(f"@{bucket}/" in name for name in wrong)
    mended = succeeded(operator.contract("provision", **TERMS))
    assert f"change the bucket {bucket}" in mended.output
    assert verified(operator)["verdict"] == "verified"


def test_drift_in_both_at_once_is_mended_one_after_the_other(operator: Operator) -> None:
    s3 = operator.emulator.s3
    for bucket in (ONE, TWO):
        s3.delete_bucket_policy(Bucket=bucket)
        s3.delete_public_access_block(Bucket=bucket)
    succeeded(operator.contract("provision", **TERMS))
    assert "changed=0" in succeeded(operator.contract("provision", **TERMS)).output


@pytest.mark.parametrize("place", PLACES)
def test_what_one_place_lacks_and_another_has_is_found_where_it_was_given(operator: Operator, place: str) -> None:
    """The policy gives at each place what only the others are to have."""
    lacking = {PLACES[0]: "read", PLACES[1]: "write", PLACES[2]: "write"}[place]
    action = {"read": "s3:GetObject", "write": "s3:PutObject"}[lacking]
    iam = operator.emulator.iam
    wider = {"Effect": "Allow", "Action": action, "Resource": f"arn:aws:s3:::{place}*"}
    document = {"Version": "2012-10-17", "Statement": [*policy(operator), wider]}
    iam.put_role_policy(RoleName="several-role", PolicyName="bucket-access", PolicyDocument=json.dumps(document))
    found = verified(operator)
    wrong = {name for name, check in found["checks"].items() if check["outcome"] == "excess_access"}
    assert wrong == {f"role.{lacking}@{place}", "config.role.permissions"} | ({f"plain_http.{lacking}@{place}"} & wrong)
    succeeded(operator.contract("provision", **TERMS))


def test_a_place_that_is_taken_out_is_reached_no_more(operator: Operator) -> None:
    """In a bucket that stays, and with its bucket, which nothing deletes."""
    fewer = {**TERMS, "grants": TERMS["grants"][:1]}
    ran = verified(operator, grants=fewer["grants"])
    assert ran["verdict"] == "violated"
    assert ran["checks"]["config.role.permissions"]["outcome"] == "excess_access"
    narrowed = succeeded(operator.contract("provision", **fewer))
    assert f"the bucket {TWO} is no longer in the contract" in narrowed.output
    assert bucket_state(operator.emulator.s3, TWO)["contract"] == "several-role"
    assert verified(operator, grants=fewer["grants"])["verdict"] == "verified"
    gone = verified(operator)
    lost = {name for name, check in gone["checks"].items() if check["outcome"] == "missing_access"}
    assert {f"role.read@{PLACES[1]}", f"role.read@{PLACES[2]}"} <= lost
    succeeded(operator.contract("provision", **TERMS))
    assert verified(operator)["verdict"] == "verified"


def test_teardown_empties_below_the_prefixes_alone(operator: Operator) -> None:
    s3 = operator.emulator.s3
    for key in ("in/a", "out/b", "outsiders"):
        s3.put_object(Bucket=ONE, Key=key, Body=b"x")
    s3.put_object(Bucket=TWO, Key="c", Body=b"x")
    stopped = operator.contract("teardown", **TERMS, force_destroy=True)
    assert stopped.code != 0
    assert f"bucket_access_grants: {ONE} has objects outside of in/, out/ (outsiders)" in stopped.sentence
    assert {"in/a", "out/b", "outsiders", "c"} <= {*objects(operator)}
    s3.delete_object(Bucket=ONE, Key="outsiders")
    refused = operator.contract("teardown", **TERMS)
    assert f"bucket_access_grants: {ONE} has objects" in refused.sentence
    assert f"bucket_access_grants: {TWO} has objects" in refused.sentence
    gone = succeeded(operator.contract("teardown", **TERMS, force_destroy=True))
    assert [bucket_state(s3, bucket) for bucket in (ONE, TWO)] == [None, None]
    assert f"all objects below out/ in the bucket {ONE}" in gone.output
    assert not config_file(operator.home).exists()
