# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan for the bucket: made secure, or left as it is but for what the contract names. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._policies.bucket_statements import with_ours, without_ours
from ansible_collections.assumerole.s3.plugins.module_utils._policies.canonical import same
from ansible_collections.assumerole.s3.plugins.module_utils._provision import tags
from ansible_collections.assumerole.s3.plugins.module_utils._provision.marks import Whose
from ansible_collections.assumerole.s3.plugins.module_utils._provision.steps import ADOPT, CHANGE, DELETE, MAKE, Step
from ansible_collections.assumerole.s3.plugins.module_utils._provision.there import Bucket

Values = dict[str, Any]

OWNERSHIP = "BucketOwnerEnforced"

#: All four, by AWS's names and by amazon.aws's, where those that are left out are off.
PUBLIC_ACCESS = {
    "BlockPublicAcls": "block_public_acls",
    "IgnorePublicAcls": "ignore_public_acls",
    "BlockPublicPolicy": "block_public_policy",
    "RestrictPublicBuckets": "restrict_public_buckets",
}


@dataclass(frozen=True)
class WishedBucket:
    """What the contract writes; ``None`` leaves a setting as it is."""

    name: str
    region: str
    policy: Mapping[str, Any]
    tags: Mapping[str, str]
    versioning: bool | None
    encryption: str | None
    kms_key: str = ""


def steps(wished: WishedBucket, there: Bucket | None, found: Whose) -> Iterator[Step]:
    """What brings the bucket in line: the settings that change, and our statements of its policy."""
    what = f"the bucket {wished.name}"
    if there is None:
        after = {**_secure(wished), "policy": wished.policy, "tags": dict(wished.tags)}
        yield Step("bucket", MAKE, f"{what} in {wished.region}", {}, after, _options(wished, after))
        return
    before, after = _differences(wished, there, found)
    if after:
        taken_over = {} if found.ours else saved(there)
        yield Step("bucket", CHANGE if found.ours else ADOPT, what, before, after, _options(wished, after), taken_over)
    yield from _policy(wished, there, with_ours(there.policy, dict(wished.policy)), "present")


def elsewhere(there: Bucket | None, named_region: str | None) -> Iterator[str]:
    """A bucket stays in its region, so one of another region than the contract's is none of the contract's."""
    if there and named_region and named_region != there.region:
        yield f"bucket_access_region is {named_region}, and the bucket {there.name} is in {there.region}: name that"


def refusals(wished: WishedBucket, there: Bucket | None) -> Iterator[str]:
    """What AWS would refuse."""
    if there is None:
        return
    reason = "Object Lock" if there.locked else "replication" if there.replicated else ""
    if wished.versioning is False and there.versioning == "Enabled" and reason:
        yield (
            f"bucket_access_versioning is false, and the bucket {there.name} has {reason}, with which AWS does not "
            "suspend versioning: set it to null, which leaves it as it is"
        )


def would(wished: WishedBucket, there: Bucket | None) -> str:
    """What taking the bucket over means, in words."""
    settings = [
        name
        for name, value in (("versioning", wished.versioning), ("encryption", wished.encryption))
        if value is not None
    ]
    more = f" and set its {' and '.join(settings)}" if settings else ""
    return f"put the contract's statement into its policy{more}"


def saved(there: Bucket) -> Values:
    """What the bucket was before it is taken over."""
    return {
        "region": there.region,
        "policy": there.policy,
        "versioning": there.versioning,
        "encryption": dict(there.encryption),
        "public_access": dict(there.public_access),
        "ownership": there.ownership,
        "tags": dict(there.tags),
    }


def removal(wished: WishedBucket, there: Bucket, found: Whose) -> Iterator[Step]:
    """The bucket goes; one that was taken over loses our statement and our mark."""
    what, at = f"the bucket {there.name}", {"name": there.name, "region": there.region}
    if found.ours_alone:
        yield Step("bucket", DELETE, what, saved(there), {}, {**at, "state": "absent"})
        return
    yield from _policy(wished, there, without_ours(there.policy, dict(wished.policy)), "absent")
    left = tags.without_ours(there.tags)
    options: Values = {**at, "state": "present", "tags": left, "purge_tags": True}
    yield Step("bucket", CHANGE, what, {"tags": dict(there.tags)}, {"tags": left}, options)


def emptying(wished: WishedBucket, prefix: str) -> Step:
    """All objects at the contract's place go, with all their versions."""
    where = f"below {prefix} in the bucket {wished.name}" if prefix else f"in the bucket {wished.name}"
    return Step("objects", DELETE, f"all objects {where}", {}, {}, {"bucket": wished.name, "prefix": prefix})


def _policy(wished: WishedBucket, there: Bucket, policy: Mapping[str, Any], state: str) -> Iterator[Step]:
    """Our statements alone are written: the step merges them with what the policy is then."""
    if same(there.policy, policy):
        return
    verb = CHANGE if there.policy and policy else MAKE if policy else DELETE
    before = {"document": there.policy} if there.policy else {}
    after = {"document": policy} if policy else {}
    options = {"bucket": wished.name, "statements": list(wished.policy["Statement"]), "state": state}
    yield Step("bucket_policy", verb, f"the policy of the bucket {wished.name}", before, after, options)


def _secure(wished: WishedBucket) -> Values:
    """How a new bucket is made."""
    versioning = {} if wished.versioning is None else {"versioning": wished.versioning}
    return {
        "encryption": wished.encryption or "AES256",
        **_key(wished),
        "public_access": dict.fromkeys(PUBLIC_ACCESS, True),
        "ownership": OWNERSHIP,
        **versioning,
    }


def _differences(wished: WishedBucket, there: Bucket, found: Whose) -> tuple[Values, Values]:
    """Settings that are not as they should be, before and after. Of a bucket of somebody else's only what is named."""
    now = {
        "encryption": there.encryption.get("SSEAlgorithm"),
        "public_access": dict(there.public_access),
        "ownership": there.ownership,
        "versioning": there.versioning == "Enabled",
        "kms_key": there.encryption.get("KMSMasterKeyID"),
        "bucket_key": there.encryption.get("BucketKeyEnabled", False),
    }
    named = {"encryption": wished.encryption, "versioning": wished.versioning, **_key(wished)}
    secure = {"public_access": dict.fromkeys(PUBLIC_ACCESS, True), "ownership": OWNERSHIP} if found.ours_alone else {}
    wanted = {**{name: value for name, value in named.items() if value is not None}, **secure}
    before = {name: now[name] for name, value in wanted.items() if now[name] != value}
    after = {name: wanted[name] for name in before}
    if tags.lacking(there.tags, wished.tags):
        before["tags"], after["tags"] = tags.shown(there.tags, wished.tags), dict(wished.tags)
    return before, after


def _key(wished: WishedBucket) -> Values:
    """With a key of its own, S3 asks KMS once for many objects.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
    """
    return {"kms_key": wished.kms_key, "bucket_key": True} if wished.kms_key else {}


def _options(wished: WishedBucket, after: Values) -> Values:
    """What amazon.aws.s3_bucket is given: it leaves alone what it is not given."""
    options: Values = {name: after[name] for name in ("encryption", "versioning", "policy", "tags") if name in after}
    if wished.kms_key and {"encryption", "kms_key", "bucket_key"} & set(after):
        options |= {"encryption": "aws:kms", "encryption_key_id": wished.kms_key, "bucket_key_enabled": True}
    if "public_access" in after:
        options["public_access"] = dict.fromkeys(PUBLIC_ACCESS.values(), True)
    if "ownership" in after:
        options["object_ownership"] = after["ownership"]
    return {"name": wished.name, "region": wished.region, "purge_tags": False, "state": "present", **options}
