# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what a survey of an account is made from, and changes nothing.

Whatever is refused, or cut off, is a sentence: nothing that was not read passes for nothing that is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Configuration, Reading, policy_in
from ansible_collections.assumerole.s3.plugins.module_utils._aws.readings import read

Client = Any
Params = dict[str, Any]

#: The lists of the details, by the filters that AWS has for them.
LISTS = {
    "User": "UserDetailList",
    "Group": "GroupDetailList",
    "Role": "RoleDetailList",
    "LocalManagedPolicy": "Policies",
}


@dataclass
class Unread:
    """The sentences about what was not read."""

    sentences: list[str] = field(default_factory=list)

    def of(self, what: str, reading: Reading, action: str) -> Any:
        """What was read; where it could not be, a sentence more."""
        if reading.unreadable:
            answer = reading.answer
            self.sentences.append(f"{what}: {answer.code}: {answer.message.rstrip('.')}. Allow the operator {action}.")
        return reading.data


def lists_of(iam: Client, *kinds: str) -> dict[str, list[Params]]:
    """The lists of all pages, of these kinds of details or of all; what AWS does not give raises.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
    """
    filters = {"Filter": [*kinds]} if kinds else {}
    found: dict[str, list[Params]] = {LISTS[kind]: [] for kind in kinds or LISTS}
    last: Params = {}
    for last in iam.get_paginator("get_account_authorization_details").paginate(**filters):
        for name, listed in found.items():
            listed.extend(last[name])
    if last["IsTruncated"]:
        raise ValueError("the list goes on")
    return found


def details(iam: Client, described: Callable[[Params], Any]) -> Reading:
    """What is made of all of them; what cannot be made of them was not read."""
    found: Params = {}

    def call() -> Params:
        found.update(lists_of(iam))
        return {}

    return read(call, lambda _page: described(found))


def public_access_block(s3control: Client, account: str) -> Reading:
    """The account's, with what it inherits from its organization.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetPublicAccessBlock.html
    """
    return read(
        lambda: s3control.get_public_access_block(AccountId=account),
        lambda page: page["PublicAccessBlockConfiguration"],
    )


def access_points(s3control: Client, account: str, bucket: str) -> Reading:
    """The access points of a bucket, their names by their ARNs.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_ListAccessPoints.html
    """
    found: list[Params] = []

    def call() -> Params:
        token: Params = {}
        while True:
            page: Params = s3control.list_access_points(AccountId=account, Bucket=bucket, **token)
            found.extend(page["AccessPointList"])
            following = {"NextToken": page["NextToken"]} if page.get("NextToken") else {}
            if not following or following == token:
                return page
            token = following

    return read(call, lambda _page: {point["AccessPointArn"]: point["Name"] for point in found})


def access_point_policy(s3control: Client, account: str, name: str) -> Reading:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetAccessPointPolicy.html"""
    return read(
        lambda: s3control.get_access_point_policy(AccountId=account, Name=name), lambda page: policy_in(page["Policy"])
    )


def secret(secretsmanager: Client, name: str) -> Reading:
    """Its ARN, which ends in characters of its own, and its policy: nothing where it has none.

    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetResourcePolicy.html
    """
    return read(
        lambda: secretsmanager.get_resource_policy(SecretId=name),
        lambda page: (page["ARN"], policy_in(page["ResourcePolicy"]) if page.get("ResourcePolicy") else None),
    )


def key_documents(found: Configuration, unread: Unread) -> Iterator[tuple[str, Params]]:
    """The key's policy, and each of its grants as a policy would say it, by their names."""
    policy = unread.of("The policy of the key was not read", found["key.policy"], "kms:GetKeyPolicy")
    if policy:
        yield "the key's policy", policy
    for grant in unread.of("The grants of the key were not read", found["key.grants"], "kms:ListGrants") or []:
        yield f"a grant of the key to {grant['GranteePrincipal']}", _as_policy(grant)


def _as_policy(grant: Mapping[str, Any]) -> Params:
    """A grant under constraints is one under a condition.

    https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantListEntry.html
    """
    statement: Params = {
        "Effect": "Allow",
        "Principal": {"AWS": grant["GranteePrincipal"]},
        "Action": [f"kms:{name}" for name in grant["Operations"]],
        "Resource": "*",
    }
    if grant.get("Constraints"):
        statement["Condition"] = {"StringEquals": {"kms:EncryptionContextKeys": sorted(grant["Constraints"])}}
    return {"Statement": [statement]}
