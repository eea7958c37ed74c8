# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One reading of everything that a plan is made of: user, role and bucket, as the operator sees them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
import json
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer, names_the_clock
from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Reading
from ansible_collections.assumerole.s3.plugins.module_utils._aws.kms import describe, policy
from ansible_collections.assumerole.s3.plugins.module_utils._aws.objects import Unlisted, inside, outside
from ansible_collections.assumerole.s3.plugins.module_utils._aws.readings import (
    read,
    read_arn,
    read_instance_profile,
    read_managed_document,
    read_provider,
    read_role,
    read_user,
    read_user_documents,
)
from ansible_collections.assumerole.s3.plugins.module_utils._aws.settings import (
    creation_date,
    keeps_versions,
    read_place,
    read_settings,
    tags_of_bucket,
)
from ansible_collections.assumerole.s3.plugins.module_utils._aws.side_by_side import side_by_side
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import account
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import ARN, OIDC
from ansible_collections.assumerole.s3.plugins.module_utils._contract.services import EC2
from ansible_collections.assumerole.s3.plugins.module_utils._keys.plan import Key
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import size
from ansible_collections.assumerole.s3.plugins.module_utils._provision.marks import MARK
from ansible_collections.assumerole.s3.plugins.module_utils._provision.plan import Inquiry
from ansible_collections.assumerole.s3.plugins.module_utils._provision.roles import POLICY
from ansible_collections.assumerole.s3.plugins.module_utils._provision.there import (
    LONGEST_TRUST,
    Bucket,
    InstanceProfile,
    Role,
    There,
    User,
    tags_of,
)

Client = Any
Readings = Mapping[str, Reading]

#: How the names of their readings begin.
TRUSTED, PROVIDER = "trusted ", "provider "

PROVISION, ROTATE, SESSION, TEARDOWN = "provision", "rotate", "session", "teardown"

#: What the operator needs in order to read each part.
ACTIONS = {
    "user": "iam:GetUser",
    "user.inline": "iam:ListUserPolicies",
    "user.documents": "iam:GetUserPolicy",
    "user.managed": "iam:ListAttachedUserPolicies",
    "user.keys": "iam:ListAccessKeys",
    "role": "iam:GetRole",
    "role.inline": "iam:ListRolePolicies and iam:GetRolePolicy",
    "role.attached": "iam:ListAttachedRolePolicies",
    "bucket": "s3:GetBucketLocation",
    "bucket.policy_text": "s3:GetBucketPolicy",
    "bucket.tags": "s3:GetBucketTagging",
    "bucket.versioning": "s3:GetBucketVersioning",
    "bucket.encryption_rule": "s3:GetEncryptionConfiguration",
    "bucket.public_access": "s3:GetBucketPublicAccessBlock",
    "bucket.ownership": "s3:GetBucketOwnershipControls",
    "bucket.lock": "s3:GetBucketObjectLockConfiguration",
    "bucket.replication": "s3:GetReplicationConfiguration",
    "bucket.objects": "s3:ListBucketVersions",
    "provider": "iam:GetOpenIDConnectProvider",
    "instance_profile": "iam:GetInstanceProfile",
}


def read_there(iam: Client, s3: Client, operator: str, contract: Contract, verb: str) -> There:
    """Read what the verb needs; IAM is asked one question after the other, as its limits are low, and S3 meanwhile."""
    each = [contract.at(bucket) for bucket in contract.buckets]
    (identities,), places = side_by_side(
        lambda: [dict(_identity_readings(iam, contract, operator, verb))],
        lambda: [dict(_bucket_readings(s3, one, account(operator), verb)) for one in each],
    )
    role = _role(identities)
    others = dict(_other_buckets(s3, role, contract)) if verb == PROVISION and "role" not in contract.adopt else {}
    first, *more = (_bucket(s3, place, one) for place, one in zip(places, each, strict=True))
    return There(
        operator=operator,
        user=_user(identities),
        role=role,
        bucket=first,
        more_buckets=tuple(bucket for bucket in more if bucket),
        instance_profile=_instance_profile(identities),
        unreadable=(*_unreadable(identities, places, each), *_unreadable_others(others)),
        keys_unreadable=_why("user.keys", identities["user.keys"].answer) if identities["user.keys"].unreadable else "",
        **_limit(identities, contract),
        **_trusted(identities),
        other_places=tuple(name for name, tags in others.items() if tags_of(tags.data).get(MARK) == contract.role),
        reached=frozenset(_buckets_in(role.inline.get(POLICY, {})) if role else ()),
    )


def with_objects(s3: Client, asked: Inquiry) -> Inquiry:
    """What lies on each side of the contract's prefixes, where buckets are to be deleted."""
    found, unlisted = {}, []
    for one in asked.each_bucket:
        if one.manages("bucket") and one.there.bucket and one.whose("bucket").ours_alone:
            try:
                found[one.contract.bucket] = _with_objects(s3, one.contract, one.there.bucket, one.there.operator)
            except Unlisted as error:
                unlisted.append(_why("bucket.objects", error.answer))
    there = asked.there.with_buckets(found)
    return replace(asked, there=replace(there, unreadable=(*there.unreadable, *unlisted)))


def _with_objects(s3: Client, contract: Contract, bucket: Bucket, operator: str) -> Bucket:
    where, prefixes = (s3, bucket.name, account(operator)), [grant.prefix for grant in contract.grants]
    beside, *below = side_by_side(
        partial(outside, *where, *prefixes), *(partial(inside, *where, prefix) for prefix in prefixes)
    )
    found = {prefix: key for prefix, key in zip(prefixes, below, strict=True) if key}
    return replace(bucket, outside=beside or "", inside=found)


def with_key(kms: Client, there: There, arn: str) -> There:
    """What KMS says of the key that the contract names. Of its grants nothing is planned."""
    return replace(there, key={"key": describe(kms, arn), "key.policy": policy(kms, arn)})


def with_quota(iam: Client, asked: Inquiry) -> Inquiry:
    """The account's quota for a trust policy, where the usual one would not do. One that may not be read is the usual.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
    """
    if not asked.manages("role") or size(asked.role().trust) <= LONGEST_TRUST:
        return asked
    quota = read(iam.get_account_summary, lambda page: int(page["SummaryMap"]["AssumeRolePolicySizeQuota"]))
    return replace(asked, there=replace(asked.there, trust_quota=quota.data or LONGEST_TRUST))


def _identity_readings(iam: Client, contract: Contract, operator: str, verb: str) -> Iterator[tuple[str, Reading]]:
    """A rotation touches nothing but the user, and a session nothing at all."""
    user = dict(read_user(iam, contract.user))
    yield from user.items()
    if verb == PROVISION and contract.has_user:
        yield "user.documents", read_user_documents(iam, contract.user, user["user.inline"])
    if verb not in (ROTATE, SESSION):
        role = dict(read_role(iam, contract.role))
        yield from role.items()
        if contract.on_machines or _lets_machines_in(role["role"]):
            yield "instance_profile", read_instance_profile(iam, contract.role)
    if verb == PROVISION and contract.permissions_boundary:
        yield "boundary", read_managed_document(iam, contract.permissions_boundary)
    if verb == PROVISION:
        yield from _trusted_readings(iam, contract, operator)


def _lets_machines_in(role: Reading) -> bool:
    """Whether the role has, or had, an instance profile: then one of the contract's may be left."""
    return EC2 in json.dumps((role.data or {}).get("AssumeRolePolicyDocument", {}))


def _instance_profile(found: Readings) -> InstanceProfile | None:
    read = found["instance_profile"].data if "instance_profile" in found else None
    if read is None:
        return None
    roles = tuple(role["RoleName"] for role in read["Roles"])
    return InstanceProfile(read["InstanceProfileName"], tags_of(read.get("Tags")), roles)


def _trusted_readings(iam: Client, contract: Contract, operator: str) -> Iterator[tuple[str, Reading]]:
    """The trusted users and roles of this account, and its identity providers."""
    for principal in contract.trusted:
        if principal.kind is ARN and account(principal.name) == account(operator):
            yield f"{TRUSTED}{principal.name}", read_arn(iam, principal.name)
        if principal.kind is OIDC:
            yield f"{PROVIDER}{principal.name}", read_provider(iam, principal.arn(operator))


def _bucket_readings(s3: Client, contract: Contract, owner: str, verb: str) -> Iterator[tuple[str, Reading]]:
    """A rotation needs to know the region, where a key may be stored."""
    place = read_place(s3, contract.bucket, owner)
    yield "bucket", place
    if verb in (ROTATE, SESSION) or not place.answer.succeeded:
        return
    yield from read_settings(s3, contract.bucket, owner)
    if verb == PROVISION and contract.versioning is False:
        yield from keeps_versions(s3, contract.bucket, owner)


def _user(found: Readings) -> User | None:
    user = found["user"].data
    if user is None:
        return None
    return User(
        name=user["UserName"],
        arn=user["Arn"],
        tags=tags_of(user.get("Tags")),
        inline=found["user.documents"].data or {} if "user.documents" in found else {},
        managed=tuple(found["user.managed"].data or ()),
        boundary=_boundary(user),
        keys=tuple(_key(listed) for listed in found["user.keys"].data or ()),
    )


def _key(listed: Mapping[str, Any]) -> Key:
    return Key(listed["AccessKeyId"], listed["Status"] == "Active", listed["CreateDate"])


def _role(found: Readings) -> Role | None:
    role = found["role"].data if "role" in found else None
    if role is None:
        return None
    return Role(
        name=role["RoleName"],
        arn=role["Arn"],
        trust=role["AssumeRolePolicyDocument"],
        tags=tags_of(role.get("Tags")),
        inline=found["role.inline"].data or {},
        managed=tuple(found["role.attached"].data or ()),
        description=role.get("Description", ""),
        max_session_duration=int(role.get("MaxSessionDuration", 3600)),
        boundary=_boundary(role),
    )


def _boundary(identity: Mapping[str, Any]) -> str:
    return str((identity.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn", ""))


def _limit(found: Readings, contract: Contract) -> dict[str, Any]:
    """The boundary's document, or why there is none; what the operator may not read is for AWS to judge."""
    arn, reading = contract.permissions_boundary, found.get("boundary")
    if reading is None:
        return {}
    if reading.absent:
        return {
            "boundary_problem": f"bucket_access_permissions_boundary: there is no policy {arn}. Have it made first, or "
            "correct its name"
        }
    if reading.unreadable:
        return {
            "boundary_unread": f"bucket_access_permissions_boundary: {arn} could not be read (iam:GetPolicy and "
            "iam:GetPolicyVersion), so whether it leaves the contract whole is for verify to show"
        }
    return {"boundary": reading.data}


def _trusted(found: Readings) -> dict[str, Any]:
    """Who of the trusted is there; what the operator may not read is for AWS to judge."""
    its = {name.removeprefix(TRUSTED): reading for name, reading in found.items() if name.startswith(TRUSTED)}
    providers = {name.removeprefix(PROVIDER): reading for name, reading in found.items() if name.startswith(PROVIDER)}
    return {
        "providers": {host: tuple(reading.data or ()) for host, reading in providers.items() if not reading.absent},
        "trusted_found": {arn: reading.data for arn, reading in its.items() if reading.data},
        "trusted_missing": tuple(arn for arn, reading in its.items() if reading.absent),
        "trusted_unread": tuple(arn for arn, reading in its.items() if reading.unreadable),
    }


def _bucket(s3: Client, found: Readings, contract: Contract) -> Bucket | None:
    if found["bucket"].data is None:
        return None

    def of(name: str, otherwise: Any) -> Any:
        return found[name].data if name in found and found[name].data is not None else otherwise

    tags = tags_of(of("bucket.tags", []))
    return Bucket(
        name=contract.bucket,
        region=found["bucket"].data,
        tags=tags,
        policy=json.loads(of("bucket.policy_text", "{}")),
        versioning=of("bucket.versioning", ""),
        encryption=of("bucket.encryption_rule", {}),
        public_access=of("bucket.public_access", {}),
        ownership=of("bucket.ownership", ""),
        locked="bucket.lock" in found and not found["bucket.lock"].absent,
        replicated="bucket.replication" in found and not found["bucket.replication"].absent,
        created=None if MARK in tags or "bucket.tags" not in found else creation_date(s3, contract.bucket),
    )


def _unreadable(identities: Readings, places: Sequence[Readings], each: list[Contract]) -> Iterator[str]:
    """What cannot be read cannot be kept safe: nothing begins then."""
    strangers = [one for place, one in zip(places, each, strict=True) if _is_a_strangers(place["bucket"])]
    for one in strangers:
        yield (
            f"bucket_access_{one.places}: {one.bucket} belongs to another account, or the operator may not manage it "
            "(s3:GetBucketLocation): choose another name, or use credentials of its owner"
        )
    if not strangers:
        yield from dict.fromkeys(reason for found in (identities, *places) for reason in _reasons(found))


def _is_a_strangers(place: Reading) -> bool:
    return place.unreadable and place.answer.status == 403


def _reasons(found: Readings) -> Iterator[str]:
    for name, reading in found.items():
        kind = PROVIDER.strip() if name.startswith(PROVIDER) else name
        if reading.unreadable and kind in ACTIONS and kind != "user.keys":
            yield _why(kind, reading.answer)


def _why(name: str, answer: Answer) -> str:
    if answer.code in ("AccessDenied", "AccessDeniedException"):
        return f"The operator may not read what is there ({ACTIONS[name]}): allow it, or use other credentials"
    if names_the_clock(answer):
        return f"The clock of this machine is off ({ACTIONS[name]}: {answer.code}): set it right, and run this again"
    return f"What is there could not be read ({ACTIONS[name]}: {answer.code}): run this again in a minute"


def _other_buckets(s3: Client, role: Role | None, contract: Contract) -> Iterator[tuple[str, Reading]]:
    """The tags of the buckets that the role reaches and the contract does not name; one that is gone has none."""
    named = {grant.bucket for grant in contract.grants}
    for bucket in sorted(_buckets_in(role.inline.get(POLICY, {})) - named if role else ()):
        yield bucket, tags_of_bucket(s3, bucket)


def _unreadable_others(found: Readings) -> Iterator[str]:
    """A bucket that may be the contract's, too."""
    for bucket, tags in found.items():
        if tags.unreadable:
            yield f"The bucket {bucket}, which the role reaches: {_why('bucket.tags', tags.answer)}"


def _buckets_in(document: Mapping[str, Any]) -> set[str]:
    """The buckets that our own policy names, whole and without a wildcard."""
    listed = [statement for statement in document.get("Statement", []) if isinstance(statement, Mapping)]
    arns = [arn for statement in listed for arn in _each(statement.get("Resource"))]
    names = {arn.split(":::")[1].split("/")[0] for arn in arns if isinstance(arn, str) and ":::" in arn}
    return {name for name in names if not set("*?$") & set(name)}


def _each(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
