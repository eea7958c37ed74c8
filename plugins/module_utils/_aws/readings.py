# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads how the user, the role and the bucket of a contract are configured, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import (
    Configuration,
    Reading,
    document,
    policy_in,
)
from ansible_collections.assumerole.s3.plugins.module_utils._aws.probes import ask
from ansible_collections.assumerole.s3.plugins.module_utils._aws.side_by_side import side_by_side
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import who
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import OIDC

#: Whether a bucket has Object Lock, or that the operator may not look.
LOCK_STATES = LOCKED, UNLOCKED, UNREADABLE_LOCK = "enabled", "absent", "unreadable"

#: What nobody was asked for, because the contract has none.
NONE = Reading(Answer(code="NoSuchEntity", message="the contract has none"))

Client = Any
Params = dict[str, Any]


def read_configuration(iam: Client, s3: Client, contract: Contract) -> Configuration:
    """Read it all; what cannot be read is noted, not raised. Where the contract has no user none is asked for.

    Readings of more buckets than one have the bucket's name behind their own.
    """
    identities, places = side_by_side(
        lambda: _identities(iam, contract), lambda: _of_each(contract.buckets, lambda name: _bucket(s3, name))
    )
    return Configuration({**identities, **places})


def read_doors(s3: Client, contract: Contract) -> Configuration:
    """The part of it that says who gets into the buckets."""
    return Configuration(_of_each(contract.buckets, lambda name: _doors(s3, name)))


def _of_each(buckets: Iterable[str], read_one: Callable[[str], Iterator[tuple[str, Reading]]]) -> dict[str, Reading]:
    first, *more = buckets
    named = ((f"{name}@{bucket}", reading) for bucket in more for name, reading in read_one(bucket))
    return dict([*read_one(first), *named])


def _identities(iam: Client, contract: Contract) -> dict[str, Reading]:
    found = dict([*_user(iam, contract.user), *_role(iam, contract.role), *_roles(iam)])
    role = found["role"]
    for principal in (trusted for trusted in contract.trusted if trusted.kind is OIDC):
        found[principal.reading] = read_provider(iam, principal.arn(role.data["Arn"])) if role.data else role
    if contract.on_machines:
        found["instance_profile"] = read_instance_profile(iam, contract.role)
    return found


def read_user(iam: Client, name: str) -> Iterator[tuple[str, Reading]]:
    """The user, the policies that it has itself, and its keys; without a name there is none, and nobody is asked."""
    if not name:
        yield from ((part, NONE) for part in ("user", "user.inline", "user.managed", "user.keys"))
        return
    yield "user", read(lambda: iam.get_user(UserName=name), lambda page: page["User"])
    yield "user.inline", _list(iam, "list_user_policies", lambda page: page["PolicyNames"], UserName=name)
    yield "user.managed", _list(iam, "list_attached_user_policies", _policy_arns, UserName=name)
    yield "user.keys", _list(iam, "list_access_keys", lambda page: page["AccessKeyMetadata"], UserName=name)


def read_role(iam: Client, name: str) -> Iterator[tuple[str, Reading]]:
    """The role, the documents of its inline policies, and the ARNs of its managed ones."""
    yield "role", read(lambda: iam.get_role(RoleName=name), lambda page: page["Role"])
    inline = _list(iam, "list_role_policies", lambda page: page["PolicyNames"], RoleName=name)
    yield (
        "role.inline",
        _each(inline, lambda policy: _inline_document(lambda: iam.get_role_policy(RoleName=name, PolicyName=policy))),
    )
    yield "role.attached", _list(iam, "list_attached_role_policies", _policy_arns, RoleName=name)


def read_arn(iam: Client, arn: str) -> Reading:
    """The own ARN, path included, of the user or role that an ARN names."""
    _account, kind, name = who(arn)
    if kind == "role":
        return read(lambda: iam.get_role(RoleName=name), lambda page: page["Role"]["Arn"])
    return read(lambda: iam.get_user(UserName=name), lambda page: page["User"]["Arn"])


def read_provider(iam: Client, arn: str) -> Reading:
    """The audiences that an identity provider of the account takes tokens for.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html
    """
    return read(
        lambda: iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn), lambda page: page["ClientIDList"]
    )


def read_instance_profile(iam: Client, name: str) -> Reading:
    """By which machines of EC2 get a role: with its tags, and the one role that it holds.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetInstanceProfile.html
    """
    return read(lambda: iam.get_instance_profile(InstanceProfileName=name), lambda page: page["InstanceProfile"])


def _user(iam: Client, name: str) -> Iterator[tuple[str, Reading]]:
    """The user, and all by which permissions come to it."""
    found = dict(read_user(iam, name))
    yield from found.items()
    if not name:
        yield from ((part, NONE) for part in ("user.boundary", "user.groups", "user.password"))
        return
    yield "user.boundary", _boundary(iam, found["user"])
    yield "user.groups", _list(iam, "list_groups_for_user", _group_names, UserName=name)
    yield "user.password", read(lambda: iam.get_login_profile(UserName=name), lambda page: page["LoginProfile"])


def _role(iam: Client, name: str) -> Iterator[tuple[str, Reading]]:
    """The role, and the documents of all its policies."""
    found = dict(read_role(iam, name))
    yield from found.items()
    yield "role.boundary", _boundary(iam, found["role"])
    yield "role.managed", _each(found["role.attached"], lambda arn: read_managed_document(iam, arn))


def _roles(iam: Client) -> Iterator[tuple[str, Reading]]:
    """The trust policies of all roles of the account, by the roles' ARNs.

    ListRoles has them all, a thousand a page: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html
    """
    listed = _list(iam, "list_roles", _trust_policies, PaginationConfig={"PageSize": 1000})
    yield "roles", Reading(listed.answer, None if listed.data is None else dict(listed.data))


def region_in(page: Params) -> str:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html (null is us-east-1, EU eu-west-1)"""
    place = page.get("LocationConstraint") or "us-east-1"
    return "eu-west-1" if place == "EU" else str(place)


def _bucket(s3: Client, name: str) -> Iterator[tuple[str, Reading]]:
    yield "bucket.region", read(lambda: s3.get_bucket_location(Bucket=name), region_in)
    yield from _doors(s3, name)
    rule = read(lambda: s3.get_bucket_encryption(Bucket=name), default_encryption)
    yield "bucket.encryption", Reading(rule.answer, rule.data and str(rule.data["SSEAlgorithm"]))
    yield "bucket.encryption_rule", rule
    yield "bucket.object_lock", read_object_lock(s3, name)


def _doors(s3: Client, name: str) -> Iterator[tuple[str, Reading]]:
    """By its policy, its block of public access, and access control lists if they count."""
    yield "bucket.policy", read(lambda: s3.get_bucket_policy(Bucket=name), lambda page: policy_in(page["Policy"]))
    yield (
        "bucket.public_access",
        read(lambda: s3.get_public_access_block(Bucket=name), lambda page: page["PublicAccessBlockConfiguration"]),
    )
    yield (
        "bucket.ownership",
        read(
            lambda: s3.get_bucket_ownership_controls(Bucket=name),
            lambda page: page["OwnershipControls"]["Rules"][0]["ObjectOwnership"],
        ),
    )


def read_object_lock(s3: Client, bucket: str) -> Reading:
    """Whether the bucket has Object Lock, with a default retention or without one, which may be set at any time.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLockConfiguration.html
    """
    return read(
        lambda: s3.get_object_lock_configuration(Bucket=bucket),
        lambda page: page["ObjectLockConfiguration"]["ObjectLockEnabled"] == "Enabled",
    )


def lock_state(reading: Reading) -> str:
    """What was read, in a word. When S3 does not say, that is no reason to put an object there."""
    if reading.unreadable:
        return UNREADABLE_LOCK
    return LOCKED if reading.data else UNLOCKED


def read(call: Callable[[], Params], pick: Callable[[Params], Any]) -> Reading:
    """What is picked of an answer; an answer that lacks it counts as unreadable."""
    picked: Params = {}

    def facts(page: Params) -> Mapping[str, str]:
        picked["data"] = pick(page)
        return {}

    answer = ask(call, facts)
    return Reading(answer, picked.get("data"))


def _list(iam: Client, operation: str, pick: Callable[[Params], list[Any]], **of: Any) -> Reading:
    """All pages of a list: IAM may end a page wherever it likes. One that goes on nowhere is cut off."""
    pages: list[Params] = []

    def call() -> Params:
        pages.extend(iam.get_paginator(operation).paginate(**of))
        if pages[-1].get("IsTruncated"):
            raise ValueError("the list goes on")
        return pages[-1]

    return read(call, lambda _last: [item for page in pages for item in pick(page)])


def _each(names: Reading, read_one: Callable[[str], Reading]) -> Reading:
    """What each of the names stands for; the first that cannot be read makes all unreadable."""
    documents: dict[str, Any] = {}
    for name in names.data or []:
        one = read_one(name)
        if not one.answer.succeeded:
            return one
        documents[name] = one.data
    return Reading(names.answer, documents if names.answer.succeeded else None)


def read_user_documents(iam: Client, name: str, inline: Reading) -> Reading:
    """The documents of the user's inline policies, by their names."""
    return _each(inline, lambda policy: _inline_document(lambda: iam.get_user_policy(UserName=name, PolicyName=policy)))


def _inline_document(call: Callable[[], Params]) -> Reading:
    return read(call, lambda page: document(page["PolicyDocument"]))


def read_managed_document(iam: Client, arn: str) -> Reading:
    """The document of a managed policy's default version."""
    version = read(lambda: iam.get_policy(PolicyArn=arn), lambda page: page["Policy"]["DefaultVersionId"])
    if not version.answer.succeeded:
        return version
    return read(
        lambda: iam.get_policy_version(PolicyArn=arn, VersionId=version.data),
        lambda page: document(page["PolicyVersion"]["Document"]),
    )


def _boundary(iam: Client, owner: Reading) -> Reading:
    """The document of a permissions boundary; ``None`` when there is no boundary."""
    arn = ((owner.data or {}).get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    return read_managed_document(iam, arn) if arn else Reading(owner.answer)


def _policy_arns(page: Params) -> list[str]:
    return [policy["PolicyArn"] for policy in page["AttachedPolicies"]]


def _trust_policies(page: Params) -> list[tuple[str, Any]]:
    return [(role["Arn"], document(role["AssumeRolePolicyDocument"])) for role in page["Roles"]]


def _group_names(page: Params) -> list[str]:
    return [group["GroupName"] for group in page["Groups"]]


def default_encryption(page: Params) -> Params:
    """The algorithm, the key if there is one, and whether there is an S3 Bucket Key.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionRule.html
    """
    rule = page["ServerSideEncryptionConfiguration"]["Rules"][0]
    return {**rule["ApplyServerSideEncryptionByDefault"], "BucketKeyEnabled": rule.get("BucketKeyEnabled", False)}
