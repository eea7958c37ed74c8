# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what a survey of an account is made from, and changes nothing.

Whatever is refused, or cut off, is a sentence: nothing that was not read passes for nothing that is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
import json
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws import kms as kms_calls
from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Reading
from ansible_collections.assumerole.s3.plugins.module_utils._aws.readings import read

Client = Any
Params = dict[str, Any]

#: The lists of the details, and the actions that are needed to read each part.
LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")


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


def details(iam: Client, described: Callable[[Params], Any]) -> Reading:
    """What is made of all pages in one; what cannot be made of them was not read.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
    """
    found: dict[str, list[Any]] = {name: [] for name in LISTS}

    def call() -> Params:
        last: Params = {}
        for page in iam.get_paginator("get_account_authorization_details").paginate():
            last = page
            for name in LISTS:
                found[name] += page[name]
        if last["IsTruncated"]:
            raise ValueError("the list goes on")
        return last

    return read(call, lambda _last: described(found))


def bucket_policy(s3: Client, bucket: str) -> Reading:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html"""
    return read(lambda: s3.get_bucket_policy(Bucket=bucket), lambda page: _parsed(page["Policy"]))


def restricted(s3: Client, bucket: str) -> Reading:
    """Whether what is public is for the account alone.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html
    """
    return read(
        lambda: s3.get_public_access_block(Bucket=bucket),
        lambda page: bool(page["PublicAccessBlockConfiguration"].get("RestrictPublicBuckets")),
    )


def has_lists(s3: Client, bucket: str) -> Reading:
    """Whether access control lists count there.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
    """
    return read(
        lambda: s3.get_bucket_ownership_controls(Bucket=bucket),
        lambda page: page["OwnershipControls"]["Rules"][0]["ObjectOwnership"] != "BucketOwnerEnforced",
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
        lambda: s3control.get_access_point_policy(AccountId=account, Name=name), lambda page: _parsed(page["Policy"])
    )


def key_documents(kms: Client, arn: str, unread: Unread) -> Iterator[tuple[str, Params]]:
    """The key's policy, and each of its grants as a policy would say it, by their names."""
    policy = unread.of("The policy of the key was not read", kms_calls.policy(kms, arn), "kms:GetKeyPolicy")
    if policy:
        yield "the key's policy", policy
    for grant in unread.of("The grants of the key were not read", kms_calls.grants(kms, arn), "kms:ListGrants") or []:
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


def _parsed(text: str) -> Params:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("this is no policy")
    return found
