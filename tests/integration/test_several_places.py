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


HALF: Json = {
    "user": "half-user",
    "role": "half-role",
    "grants": [{"bucket": "half-first"}, {"bucket": "half-second"}, {"bucket": "half-third"}],
}


def test_a_run_that_stops_between_two_buckets_is_finished_by_the_next(operator: Operator) -> None:
    iam, s3 = operator.emulator.iam, operator.emulator.s3
    deny = {"Effect": "Deny", "Action": "s3:CreateBucket", "Resource": "arn:aws:s3:::half-second"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    iam.put_user_policy(UserName="operator", PolicyName="deny", PolicyDocument=document)
    stopped = operator.contract("provision", **HALF)
    iam.delete_user_policy(UserName="operator", PolicyName="deny")
    assert stopped.code != 0
    assert "s3:CreateBucket" in stopped.sentence
    marks = [(bucket_state(s3, grant["bucket"]) or {}).get("contract") for grant in HALF["grants"]]
    assert marks == ["half-role", None, None]
    assert iam.list_role_policies(RoleName="half-role")["PolicyNames"] == []
    ended = succeeded(operator.contract("provision", **HALF))
    assert "plan: 4 to make, 0 to adopt, 1 to change, 0 to delete" in ended.output
    assert "changed=0" in succeeded(operator.contract("provision", **HALF)).output
    succeeded(operator.contract("teardown", **HALF))
    assert [bucket_state(s3, grant["bucket"]) for grant in HALF["grants"]] == [None] * 3


def test_buckets_that_others_made_are_adopted_and_what_each_was_is_in_one_file(operator: Operator) -> None:
    s3, terms = operator.emulator.s3, {**HALF, "user": "taker", "role": "taker-role"}
    names = [f"taken-{number}" for number in range(2)]
    terms["grants"] = [{"bucket": name, "prefix": "team/"} for name in names]
    for name in names:
        s3.create_bucket(Bucket=name)
        s3.put_object(Bucket=name, Key="theirs", Body=b"x")
    refused = operator.contract("provision", **terms)
    assert all(
        f"bucket_access_grants: the bucket {name} was made by somebody else" in refused.sentence for name in names
    )
    succeeded(operator.contract("provision", **terms, adopt=["bucket"]))
    (saved,) = (operator.home / ".aws" / "bucket-access-saved").glob("taker-role-*.json")
    assert set(json.loads(saved.read_text())) == {f"the bucket {name}" for name in names}
    gone = succeeded(operator.contract("teardown", **terms, force_destroy=True))
    assert all(f"the bucket {name}, which the contract had taken over" in gone.output for name in names)
    assert [bucket_state(s3, name)["objects"] for name in names] == [["theirs"]] * 2
    assert [bucket_state(s3, name)["contract"] for name in names] == [None] * 2


def test_more_policy_than_iam_takes_is_refused_before_anything_is_made(operator: Operator) -> None:
    grants = [{"bucket": "too-many-places", "prefix": f"{'x' * 100}/{number}"} for number in range(60)]
    before = len(operator.emulator.requests())
    ran = operator.contract("provision", user="many-user", role="many-role", grants=grants)
    assert ran.code != 0
    assert "bucket_access_grants: the role many-role would have" in ran.sentence
    assert "characters of policy, and IAM takes 10240" in ran.sentence
    assert operator.writes_since(before) == []


def test_more_trust_policy_than_iam_takes_is_refused_before_anything_is_made(operator: Operator) -> None:
    networks = [f"203.0.113.{number}/32" for number in range(120)]
    before = len(operator.emulator.requests())
    ran = operator.contract("provision", user="far-user", role="far-role", bucket="far-bucket", source_ips=networks)
    assert ran.code != 0
    assert "the role far-role would have" in ran.sentence
    assert "characters of trust policy, and IAM takes 2048 in this account" in ran.sentence
    assert operator.writes_since(before) == []


MISTAKES: dict[str, tuple[Json, str]] = {
    "overlap": (
        {"grants": [{"bucket": "abc", "prefix": "a"}, {"bucket": "abc", "prefix": "a/b"}]},
        "bucket_access_grants[0] and bucket_access_grants[1] overlap",
    ),
    "both": (
        {"bucket": "abd", "grants": [{"bucket": "abc"}]},
        "bucket_access_bucket is 'abd', and bucket_access_grants",
    ),
    "empty": ({"grants": []}, "bucket_access_grants is empty"),
    "unknown": ({"grants": [{"bucket": "abc", "prefixx": "a"}]}, "bucket_access_grants[0].prefixx is unknown"),
    "nothing": ({}, "bucket_access_bucket is empty: name the bucket, or list several places in bucket_access_grants"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_sentence_and_nothing_is_asked(operator: Operator, name: str) -> None:
    given, said = MISTAKES[name]
    before = len(operator.emulator.requests())
    ran = operator.contract("provision", user="u-1", role="r-1", **given)
    assert ran.code != 0
    assert said in ran.sentence
    assert len(operator.emulator.requests()) == before


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
