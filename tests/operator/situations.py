# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs in the situations that they promise to deal with.

A situation gives what is amiss: nothing when the verb reached what it promises.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
import json

from account import ROLE, USER, Account

from ansible_collections.assumerole.s3.plugins.module_utils._keys.plan import REQUESTED_TAG, note
from lab.account import allow
from lab.checkout import Env, Json
from lab.play import Ran

Situation = Callable[[Account, Env], str]

ANYTHING = allow("*")


def failure(ran: Ran) -> str:
    """How a playbook failed, for people who read the table."""
    return "" if ran.code == 0 else f"failed: {ran.output[-2500:]}"


def on_an_empty_account(account: Account, operator: Env) -> str:
    """Provision makes everything, and a second run changes nothing."""
    return (
        failure(account.play("provision", operator))
        or ", ".join(account.unsound())
        or ("a second run changes something" if account.play("provision", operator).changed else "")
    )


def on_what_others_made(account: Account, operator: Env) -> str:
    """Provision adopts what exists under the names, and brings it in line."""
    iam, s3 = account.iam, account.s3
    s3.create_bucket(Bucket=account.bucket)
    s3.delete_public_access_block(Bucket=account.bucket)
    s3.put_bucket_ownership_controls(
        Bucket=account.bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    )
    s3.put_bucket_encryption(
        Bucket=account.bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
        },
    )
    iam.create_user(UserName=USER)
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(trust_of_root(account)), MaxSessionDuration=7200)
    give_policies(account)
    return failure(account.play("provision", operator)) or ", ".join(account.unsound())


def after_a_run_that_was_killed(account: Account, operator: Env) -> str:
    """Provision deletes a key that a killed run has made and not stored, and makes another."""
    requested = {"Key": REQUESTED_TAG, "Value": note(datetime.now(timezone.utc), [], done=False)}
    account.iam.create_user(UserName=USER, Tags=[requested])
    lost = account.iam.create_access_key(UserName=USER)["AccessKey"]["AccessKeyId"]
    failed = failure(account.play("provision", operator))
    return (
        failed
        or ", ".join(account.unsound())
        or ("the lost key is still there" if lost in account.key_states() else "")
    )


def in_check_mode(account: Account, operator: Env) -> str:
    """Provision says what it would do: on a provisioned contract nothing, and then what others have added."""
    account.provision()
    ran = provision_in_check_mode(account, operator)
    if ran.code != 0 or ran.changed:
        return failure(ran) or "a provisioned contract would be changed"
    give_policies(account)
    ran = provision_in_check_mode(account, operator)
    return failure(ran) or ("" if ran.changed else "what others have added is not seen")


def provision_in_check_mode(account: Account, operator: Env) -> Ran:
    """What would change."""
    return account.play("provision", operator, "--check", "--diff")


def with_objects_of_the_operator(account: Account, operator: Env) -> str:
    """Verify reaches a verdict, also where the role may neither write nor see what lies beside its prefix."""
    account.provision("list", "read")
    give_boundaries(account)
    ran = account.play("verify", operator, bucket_access_permissions=["list", "read"])
    return failure(ran) or verdict_missing(ran) or ", ".join(account.objects())


def without_an_audit(account: Account, _operator: Env) -> str:
    """Verify without the audit needs no operator at all."""
    account.provision()
    ran = account.play("verify", {}, bucket_access_audit=False)
    return failure(ran) or ("" if "verdict: " in ran.output else "there is no verdict")


def verdict_missing(ran: Ran) -> str:
    """Any other verdict than verified."""
    return "" if "verdict: verified" in ran.output else f"not verified: {ran.output[-2500:]}"


def with_a_day_of_grace(account: Account, operator: Env) -> str:
    """Rotate makes a new key and deactivates the old one; without grace it deletes what it replaces."""
    account.provision()
    (first,) = account.key_states()
    failed = failure(account.play("rotate", operator))
    keys = account.key_states()
    if failed or sorted(keys.values()) != ["Active", "Inactive"] or keys.get(first) != "Inactive":
        return failed or f"the keys are {sorted(keys.values())}"
    failed = failure(account.play("rotate", operator, bucket_access_rotation_grace=0))
    return failed or (
        "" if list(account.key_states().values()) == ["Active"] else f"the keys are {account.key_states()}"
    )


def of_what_was_provisioned(account: Account, operator: Env) -> str:
    """Teardown removes what provision made, and policies that others gave since."""
    account.provision()
    give_policies(account)
    return failure(account.play("teardown", operator)) or ", ".join(account.left())


def of_a_bucket_with_objects(account: Account, operator: Env) -> str:
    """Teardown removes the objects of a bucket."""
    account.s3.create_bucket(Bucket=account.bucket)
    account.s3.put_object(Bucket=account.bucket, Key="exchange/precious", Body=b"x")
    return failure(account.play("teardown", operator, bucket_access_force_destroy=True)) or ", ".join(account.left())


def of_a_bucket_with_versions(account: Account, operator: Env) -> str:
    """Teardown removes every version and every delete marker, and aborts uploads that nobody has finished."""
    account.s3.create_bucket(Bucket=account.bucket)
    account.s3.put_bucket_versioning(Bucket=account.bucket, VersioningConfiguration={"Status": "Enabled"})
    account.s3.put_object(Bucket=account.bucket, Key="exchange/precious", Body=b"x")
    account.s3.delete_object(Bucket=account.bucket, Key="exchange/precious")
    account.s3.create_multipart_upload(Bucket=account.bucket, Key="exchange/unfinished")
    return failure(account.play("teardown", operator, bucket_access_force_destroy=True)) or ", ".join(account.left())


def give_policies(account: Account) -> None:
    """Inline and managed policies for the user and the role."""
    iam, document = account.iam, json.dumps(ANYTHING)
    iam.put_user_policy(UserName=USER, PolicyName="extra", PolicyDocument=document)
    iam.put_role_policy(RoleName=ROLE, PolicyName="extra", PolicyDocument=document)
    iam.attach_user_policy(UserName=USER, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    iam.attach_role_policy(RoleName=ROLE, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")


def give_boundaries(account: Account) -> None:
    """Permissions boundaries that leave the contract whole, so that the audit must read them."""
    made = account.iam.create_policy(PolicyName="boundary", PolicyDocument=json.dumps(ANYTHING))
    arn = made["Policy"]["Arn"]
    account.iam.put_user_permissions_boundary(UserName=USER, PermissionsBoundary=arn)
    account.iam.put_role_permissions_boundary(RoleName=ROLE, PermissionsBoundary=arn)


def trust_of_root(account: Account) -> Json:
    """A trust policy that is not the contract's."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account.emulator.account}:root"},
        "Action": "sts:AssumeRole",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
