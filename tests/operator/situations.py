# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs in the situations that they promise to deal with.

A situation gives what is amiss: nothing when the verb reached what it promises.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from functools import wraps
import json
from typing import Any

from account import BOUNDARY, PROVIDER, ROLE, USER, Account

from ansible_collections.assumerole.s3.plugins.module_utils._aws.abandoned import machine
from ansible_collections.assumerole.s3.plugins.module_utils._keys.notes import KEYS_TAG, Note
from ansible_collections.assumerole.s3.plugins.module_utils._provision.marks import ADOPTED, MAKING, making
from lab.account import allow, make_access_point
from lab.checkout import Env, Json
from lab.play import Ran

Situation = Callable[[Account, Env], str]

ANYTHING = allow("*")

#: A run on this machine that has ended: no process has the number.
KILLED = f"{machine()}-4194305-00000000"


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
    """Provision takes over what it is told to, and brings it in line; of the bucket what the contract names."""
    iam, s3 = account.iam, account.s3
    s3.create_bucket(Bucket=account.bucket)
    s3.put_bucket_policy(Bucket=account.bucket, Policy=json.dumps(guard_rail(account)))
    encryption = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]}
    s3.put_bucket_encryption(Bucket=account.bucket, ServerSideEncryptionConfiguration=encryption)
    iam.create_user(UserName=USER)
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(trust_of_root(account)), MaxSessionDuration=7200)
    give_policies(account)
    ran = account.play("provision", operator, bucket_access_adopt=["user", "role", "bucket"])
    return failure(ran) or ", ".join(name for name in account.unsound() if not name.startswith("config.bucket."))


def within_a_boundary(account: Account, operator: Env) -> str:
    """Provision makes everything with the boundary, brings it back where it was taken off, and nothing without it."""
    boundary = make_boundary(account)
    if account.play("provision", operator).code == 0:
        return "a user was made without the boundary"
    first = account.play("provision", operator, bucket_access_permissions_boundary=boundary)
    failed = failure(first) or ", ".join(account.unsound())
    if failed or "could not be read" in first.output:
        return failed or f"the boundary was not read: {first.output[-2500:]}"
    account.iam.delete_user_permissions_boundary(UserName=USER)
    account.iam.delete_role_permissions_boundary(RoleName=ROLE)
    failed = failure(account.play("provision", operator, bucket_access_permissions_boundary=boundary))
    return failed or ("" if boundaries(account) == [boundary] * 2 else f"the boundaries are {boundaries(account)}")


def within_a_boundary_on_what_others_made(account: Account, operator: Env) -> str:
    """Provision takes over what stands within the boundary already."""
    make_boundary(account)
    account.iam.create_user(UserName=USER, PermissionsBoundary=boundary_arn(account))
    trust = json.dumps(trust_of_root(account))
    account.iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust, PermissionsBoundary=boundary_arn(account))
    give_policies(account)
    adopted = {"bucket_access_adopt": ["user", "role"], "bucket_access_permissions_boundary": boundary_arn(account)}
    return failure(account.play("provision", operator, **adopted)) or ", ".join(account.unsound())


def encrypted(situation: Situation) -> Situation:
    """The same, of a contract whose bucket a customer's key of KMS encrypts."""

    @wraps(situation)
    def tried(account: Account, operator: Env) -> str:
        account.terms = {**account.terms, "encryption": "aws:kms", "kms_key": account.kms_key}
        return situation(account, operator)

    tried.__name__ = f"{situation.__name__}_with_a_key_of_kms"
    return tried


def bounded(situation: Situation) -> Situation:
    """The same, of a contract with a boundary."""

    @wraps(situation)
    def tried(account: Account, operator: Env) -> str:
        account.terms |= {"permissions_boundary": make_boundary(account)}
        return situation(account, operator)

    return tried


def of_a_ci(situation: Situation) -> Situation:
    """The same, of a contract that lets tokens of an identity provider in."""

    @wraps(situation)
    def tried(account: Account, operator: Env) -> str:
        account.iam.create_open_id_connect_provider(Url=f"https://{PROVIDER}", ClientIDList=["sts.amazonaws.com"])
        subjects = ["repo:example/exchange:ref:refs/heads/main"]
        item = {"oidc": f"https://{PROVIDER}", "audience": "sts.amazonaws.com", "subjects": subjects}
        account.terms |= {"trusted": [item]}
        return situation(account, operator)

    tried.__name__ = f"{situation.__name__}_of_a_ci"
    return tried


def into_and_out_of_an_instance_profile(account: Account, operator: Env) -> str:
    """Provision makes the instance profile, marks it again, and takes it down when no machine is to get in."""
    machines = {"bucket_access_trusted": [{"service": "ec2.amazonaws.com"}]}
    failed = failure(account.play("provision", operator, **machines))
    if failed or instance_profiles(account) != [[ROLE]]:
        return failed or f"the instance profiles hold {instance_profiles(account)}"
    account.iam.untag_instance_profile(InstanceProfileName=ROLE, TagKeys=list(account.contract.tags))
    failed = failure(account.play("provision", operator, **machines))
    failed = failed or failure(account.play("provision", operator))
    return failed or ("" if not instance_profiles(account) else f"there is still {instance_profiles(account)}")


def of_an_instance_profile(account: Account, operator: Env) -> str:
    """Teardown removes the instance profile with the role."""
    account.terms |= {"trusted": [{"service": "ec2.amazonaws.com"}]}
    account.provision()
    account.iam.create_instance_profile(InstanceProfileName=ROLE, Tags=account.tags)
    account.iam.add_role_to_instance_profile(InstanceProfileName=ROLE, RoleName=ROLE)
    failed = failure(account.play("teardown", operator)) or ", ".join(account.left())
    return failed or ("" if not instance_profiles(account) else f"there is still {instance_profiles(account)}")


def of_machines(account: Account, operator: Env) -> str:
    """Verify sees that the instance profile holds the role."""
    account.terms |= {"trusted": [{"service": "ec2.amazonaws.com"}]}
    account.provision()
    account.iam.create_instance_profile(InstanceProfileName=ROLE, Tags=account.tags)
    account.iam.add_role_to_instance_profile(InstanceProfileName=ROLE, RoleName=ROLE)
    ran = account.play("verify", operator)
    return failure(ran) or verdict_missing(ran)


def surveying(account: Account, operator: Env) -> str:
    """Verify reads who else there is, access points among it."""
    account.provision()
    make_access_point(account.emulator, account.bucket, "guests", allow("s3:GetObject"))
    ran = account.play("verify", operator, bucket_access_account_survey=True)
    unread = [line.strip() for line in ran.output.splitlines() if line.strip().startswith("not surveyed:")]
    return failure(ran) or verdict_missing(ran) or " ".join(unread)


def instance_profiles(account: Account) -> list[list[str]]:
    """The roles that each of the account's holds."""
    found = account.iam.list_instance_profiles()["InstanceProfiles"]
    return [[role["RoleName"] for role in one["Roles"]] for one in found]


def boundary_arn(account: Account) -> str:
    """Of the policy that administrators have made for delegated operators."""
    return f"arn:aws:iam::{account.emulator.account}:policy/{BOUNDARY}"


def make_boundary(account: Account) -> str:
    """It leaves room for contracts of S3, and for nothing else."""
    account.iam.create_policy(PolicyName=BOUNDARY, PolicyDocument=json.dumps(allow("s3:*")))
    return boundary_arn(account)


def boundaries(account: Account) -> list[str | None]:
    """Of the user and the role, as they are."""
    found = (account.iam.get_user(UserName=USER)["User"], account.iam.get_role(RoleName=ROLE)["Role"])
    return [one.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn") for one in found]


def on_what_has_drifted(account: Account, operator: Env) -> str:
    """Provision brings its own bucket in line again, also where somebody has opened it."""
    account.provision()
    s3, bucket = account.s3, account.bucket
    s3.delete_public_access_block(Bucket=bucket)
    owner = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=owner)
    return failure(account.play("provision", operator)) or ", ".join(account.unsound())


def with_versioning_suspended(account: Account, operator: Env) -> str:
    """Provision suspends versioning, once it has seen that nothing forbids it."""
    account.provision()
    failed = failure(account.play("provision", operator, bucket_access_versioning=False))
    status = account.s3.get_bucket_versioning(Bucket=account.bucket)["Status"]
    return failed or ("" if status == "Suspended" else f"versioning is {status}")


def after_a_run_that_was_killed(account: Account, operator: Env) -> str:
    """Provision deletes a key that a killed run has made and not stored, and makes another."""
    make_what_a_killed_run_left(account)
    lost = account.iam.create_access_key(UserName=USER)["AccessKey"]["AccessKeyId"]
    failed = failure(account.play("provision", operator))
    return (
        failed
        or ", ".join(account.unsound())
        or ("the lost key is still there" if lost in account.key_states() else "")
    )


def make_what_a_killed_run_left(account: Account) -> None:
    """A user and a role with the notes of runs, and a bucket that the last one had no time to mark."""
    now = datetime.now(timezone.utc)
    about_keys = {"Key": KEYS_TAG, "Value": str(Note(now, done=False, writer=KILLED))}
    about_bucket = {"Key": MAKING, "Value": making(account.bucket, now)}
    trust = json.dumps(trust_of_root(account))
    account.iam.create_user(UserName=USER, Tags=[*account.tags, about_keys])
    account.iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust, Tags=[*account.tags, about_bucket])
    account.s3.create_bucket(Bucket=account.bucket)


def in_check_mode_after_a_run_that_was_killed(account: Account, operator: Env) -> str:
    """Provision knows in check mode, too, that the bucket is its own."""
    make_what_a_killed_run_left(account)
    return failure(provision_in_check_mode(account, operator, bucket_access_versioning=False))


def in_check_mode(account: Account, operator: Env) -> str:
    """Provision says what it would do: on a provisioned contract nothing, and then what others have added."""
    account.provision()
    ran = provision_in_check_mode(account, operator)
    if ran.code != 0 or ran.changed:
        return failure(ran) or "a provisioned contract would be changed"
    give_policies(account)
    ran = provision_in_check_mode(account, operator)
    return failure(ran) or ("" if ran.changed else "what others have added is not seen")


def provision_in_check_mode(account: Account, operator: Env, **variables: Any) -> Ran:
    """What would change."""
    return account.play("provision", operator, "--check", "--diff", **variables)


def with_objects_of_the_operator(account: Account, operator: Env) -> str:
    """Verify reaches a verdict, also where the role may neither write nor see what lies beside its prefix."""
    account.provision("list", "read")
    give_boundaries(account)
    ran = account.play("verify", operator, bucket_access_permissions=["list", "read"])
    return failure(ran) or verdict_missing(ran) or ", ".join(account.objects())


def with_objects_that_keep_versions(account: Account, operator: Env) -> str:
    """Verify leaves no version and no delete marker of what the operator put."""
    account.provision("list", "read")
    account.s3.put_bucket_versioning(Bucket=account.bucket, VersioningConfiguration={"Status": "Enabled"})
    ran = account.play("verify", operator, bucket_access_permissions=["list", "read"])
    left = account.s3.list_object_versions(Bucket=account.bucket)
    names = [item["Key"] for kind in ("Versions", "DeleteMarkers") for item in left.get(kind, [])]
    return failure(ran) or verdict_missing(ran) or ", ".join(names)


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


def of_what_was_taken_over(account: Account, operator: Env) -> str:
    """Teardown takes our parts off what others made, and leaves it to them."""
    account.provision()
    adopted = [*account.tags, {"Key": ADOPTED, "Value": "2026-01-01T00:00:00Z"}]
    (key,) = account.key_states()
    note = {"Key": KEYS_TAG, "Value": str(Note(datetime.now(timezone.utc), (key,), made=key))}
    account.iam.tag_user(UserName=USER, Tags=[*adopted, note])
    account.iam.tag_role(RoleName=ROLE, Tags=adopted)
    account.s3.put_bucket_tagging(Bucket=account.bucket, Tagging={"TagSet": adopted})
    account.set_bucket_policy_with(*guard_rail(account)["Statement"])
    failed = failure(account.play("teardown", operator))
    marks = [state["contract"] for state in account.seen().values() if state]
    policy = account.seen()["bucket"]["policy"]
    wrong = marks != [None] * 3 or account.key_states() or policy != guard_rail(account)["Statement"]
    return failed or (f"{marks=}, {policy=}, keys={account.key_states()}" if wrong else "")


def of_a_bucket_that_was_taken_over(account: Account, operator: Env) -> str:
    """Teardown deletes a policy in which nothing is left."""
    account.provision()
    adopted = [*account.tags, {"Key": ADOPTED, "Value": "2026-01-01T00:00:00Z"}]
    account.s3.put_bucket_tagging(Bucket=account.bucket, Tagging={"TagSet": adopted})
    failed = failure(account.play("teardown", operator))
    policy = account.seen()["bucket"]["policy"]
    return failed or (f"the policy is {policy}" if policy else "")


def of_what_a_killed_run_left(account: Account, operator: Env) -> str:
    """Teardown knows a bucket that a killed run had no time to mark."""
    make_what_a_killed_run_left(account)
    return failure(account.play("teardown", operator)) or ", ".join(account.left())


def of_a_bucket_with_objects(account: Account, operator: Env) -> str:
    """Teardown removes every object."""
    account.provision()
    account.s3.put_bucket_versioning(Bucket=account.bucket, VersioningConfiguration={"Status": "Suspended"})
    account.put("exchange/precious")
    return failure(account.play("teardown", operator, bucket_access_force_destroy=True)) or ", ".join(account.left())


def of_a_bucket_with_versions(account: Account, operator: Env) -> str:
    """Teardown removes every version and every delete marker, and aborts uploads that nobody has finished."""
    account.provision()
    account.put("exchange/precious")
    account.s3.delete_object(Bucket=account.bucket, Key="exchange/precious")
    account.s3.create_multipart_upload(Bucket=account.bucket, Key="exchange/unfinished")
    return failure(account.play("teardown", operator, bucket_access_force_destroy=True)) or ", ".join(account.left())


def guard_rail(account: Account) -> Json:
    """A bucket policy of somebody else's."""
    resource = f"arn:aws:s3:::{account.bucket}/theirs/*"
    deny = {"Sid": "Theirs", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [deny]}


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
