# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is planned for a bucket that a key of KMS is to encrypt, and which keys are refused."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Reading
from ansible_collections.assumerole.s3.plugins.module_utils._aws.partitions import located
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import (
    bucket_policy,
    permissions_policy,
    trust_policy,
)
from ansible_collections.assumerole.s3.plugins.module_utils._provision.buckets import PUBLIC_ACCESS
from ansible_collections.assumerole.s3.plugins.module_utils._provision.marks import ADOPTED, MARK
from ansible_collections.assumerole.s3.plugins.module_utils._provision.plan import Inquiry, provision, teardown
from ansible_collections.assumerole.s3.plugins.module_utils._provision.steps import Plan
from ansible_collections.assumerole.s3.plugins.module_utils._provision.there import Bucket, Role, There, User

ACCOUNT = "123456789012"
IAM = f"arn:aws:iam::{ACCOUNT}"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
FOREIGN = KEY.replace(ACCOUNT, "210987654321")
BY_THE_KEY = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY, "BucketKeyEnabled": True}
SHOWN = {"encryption": "aws:kms", "kms_key": KEY, "bucket_key": True}
OPTIONS = {"encryption": "aws:kms", "encryption_key_id": KEY, "bucket_key_enabled": True}
METADATA = {
    "KeyState": "Enabled",
    "KeySpec": "SYMMETRIC_DEFAULT",
    "KeyUsage": "ENCRYPT_DECRYPT",
    "KeyManager": "CUSTOMER",
}
DELEGATED = {
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"{IAM}:root"}, "Action": "kms:*", "Resource": "*"}]
}
SHUT = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": f"{IAM}:user/k"}, "Action": "kms:*", "Resource": "*"}]}


def denied(code: str = "AccessDeniedException") -> Reading:
    return Reading(Answer(code=code, status=400))


def read(value: Any) -> Reading:
    return Reading(Answer(status=200), value)


def agreed(**more: Any) -> Contract:
    return located(Contract.of({"user": "u", "role": "r", "bucket": "b-1", "kms_key": KEY, **more}))


def there(contract: Contract, encryption: Any = None, **more: Any) -> There:
    tags = {MARK: "r"}
    bucket: dict[str, Any] = {
        "name": "b-1",
        "region": "us-east-1",
        "tags": tags,
        "policy": bucket_policy(contract),
        "encryption": BY_THE_KEY if encryption is None else encryption,
        "public_access": dict.fromkeys(PUBLIC_ACCESS, True),
        "ownership": "BucketOwnerEnforced",
        **more.pop("bucket", {}),
    }
    role = Role(
        name="r",
        arn=f"{IAM}:role/r",
        trust=trust_policy(contract, {"u": f"{IAM}:user/u"}),
        tags=tags,
        inline={"bucket-access": permissions_policy(contract)},
        description="Gives u access to the bucket b-1",
    )
    key = {"key": read(METADATA), "key.policy": read(DELEGATED), **more.pop("key", {})}
    return There(f"{IAM}:user/operator", User("u", f"{IAM}:user/u", tags), role, Bucket(**bucket), key=key, **more)


def planned(contract: Contract, found: There) -> Plan:
    return provision(Inquiry(contract, found, "us-east-1", datetime(2026, 1, 1, tzinfo=timezone.utc)))


def test_a_contract_in_line_costs_no_step() -> None:
    plan = planned(agreed(), there(agreed()))
    assert (plan.steps, plan.refusals, plan.notes) == ((), (), ())


def test_a_new_bucket_is_made_with_the_key() -> None:
    nothing = There(f"{IAM}:user/operator", key={"key": read(METADATA), "key.policy": read(DELEGATED)})
    step = next(step for step in planned(agreed(), nothing).steps if step.name == "bucket")
    assert {name: step.after[name] for name in SHOWN} == SHOWN
    assert {name: step.options[name] for name in OPTIONS} == OPTIONS


DRIFTS = [
    ({"SSEAlgorithm": "AES256"}, {"encryption": "AES256", "kms_key": None, "bucket_key": False}),
    ({**BY_THE_KEY, "KMSMasterKeyID": "other"}, {"kms_key": "other"}),
    ({**BY_THE_KEY, "BucketKeyEnabled": False}, {"bucket_key": False}),
    ({"SSEAlgorithm": "aws:kms", "BucketKeyEnabled": True}, {"kms_key": None}),
]


@pytest.mark.parametrize(("encryption", "before"), DRIFTS)
def test_a_drift_is_a_step_that_shows_what_changes_and_sets_all_of_it(encryption: Any, before: Any) -> None:
    (step,) = planned(agreed(), there(agreed(), encryption)).steps
    assert (step.verb, step.before) == ("change", before)
    assert step.after == {name: SHOWN[name] for name in before}
    assert {name: step.options[name] for name in OPTIONS} == OPTIONS


def test_without_a_key_a_bucket_with_one_is_left_alone() -> None:
    usual = Contract.of({"user": "u", "role": "r", "bucket": "b-1"})
    assert planned(usual, there(usual, BY_THE_KEY)).steps == ()


def test_a_bucket_of_somebody_elses_gets_the_key_when_it_is_taken_over() -> None:
    contract = agreed(adopt=["bucket"])
    found = there(contract, {"SSEAlgorithm": "AES256"}, bucket={"tags": {}})
    (step,) = planned(contract, found).steps
    assert (step.verb, step.saved["encryption"]) == ("adopt", {"SSEAlgorithm": "AES256"})
    refused = planned(agreed(), there(agreed(), {}, bucket={"tags": {}})).refusals
    assert "and set its encryption" in refused[0]


def test_teardown_of_a_bucket_that_was_taken_over_leaves_its_encryption() -> None:
    found = there(agreed(), bucket={"tags": {MARK: "r", ADOPTED: "2026-01-01T00:00:00Z"}})
    asked = Inquiry(agreed(), found, "us-east-1", datetime(2026, 1, 1, tzinfo=timezone.utc))
    assert [step.name for step in teardown(asked, force=False).steps if "encryption" in step.options] == []


REFUSED = [
    ({"key": denied("NotFoundException")}, {}, f"there is no key {KEY}"),
    ({"key": read({**METADATA, "KeyState": "Disabled"})}, {}, f"{KEY} is not enabled (Disabled)"),
    ({"key": read({**METADATA, "KeyUsage": "SIGN_VERIFY"})}, {}, "is a key of another kind"),
    ({"key": read({**METADATA, "KeyManager": "AWS"})}, {}, "is AWS's own"),
    ({"key": denied()}, {}, "could not be read (kms:DescribeKey: AccessDeniedException)"),
    ({"key.policy": denied()}, {}, "could not be read (kms:GetKeyPolicy: AccessDeniedException)"),
    (
        {},
        {"region": "eu-west-1"},
        "is a key of us-east-1 in the partition aws, and the bucket b-1 is of eu-west-1 in aws",
    ),
]


@pytest.mark.parametrize(("key", "bucket", "reason"), REFUSED)
def test_a_key_that_cannot_be_used_or_read_stops_the_run(key: Any, bucket: Any, reason: str) -> None:
    (sentence,) = planned(agreed(), there(agreed(), key=key, bucket=bucket)).refusals
    assert sentence.startswith("bucket_access_kms_key")
    assert reason in sentence


def test_a_key_of_another_partition_is_refused() -> None:
    chinese = agreed(kms_key=KEY.replace(":aws:", ":aws-cn:").replace("us-east-1", "cn-north-1"))
    (sentence,) = planned(chinese, there(agreed())).refusals
    assert "is a key of cn-north-1 in the partition aws-cn" in sentence


def test_a_policy_that_keeps_the_role_out_is_said_with_the_statement_and_stops_nothing() -> None:
    plan = planned(agreed(), there(agreed(), key={"key.policy": read(SHUT)}))
    (note,) = plan.notes
    assert plan.refusals == ()
    assert "does not let the role in: it lacks kms:GenerateDataKey and kms:Decrypt." in note
    assert f'"Principal": {{"AWS": "{IAM}:role/r"}}' in note


def test_of_another_accounts_key_is_said_what_cannot_be_known_and_what_its_owner_must_do() -> None:
    contract = agreed(kms_key=FOREIGN)
    by_it = {**BY_THE_KEY, "KMSMasterKeyID": FOREIGN}
    plan = planned(contract, there(contract, by_it, key={"key": denied(), "key.policy": denied()}))
    (note,) = plan.notes
    assert (plan.refusals, plan.steps) == ((), ())
    assert note.startswith("bucket_access_kms_key: the key belongs to account 210987654321")
    assert "kms:DescribeKey and kms:GetKeyPolicy gave nothing" in note
    assert f'"AWS": "{IAM}:role/r"' in note
    shut = planned(contract, there(contract, by_it, key={"key": read({**METADATA, "KeyState": "Disabled"})}))
    assert "is not enabled (Disabled)" in shut.refusals[0]
