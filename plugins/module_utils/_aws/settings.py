# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what a bucket is set to beside what the audit judges, and whether it is there at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Reading
from ansible_collections.assumerole.s3.plugins.module_utils._aws.readings import default_encryption, read, region_in

Client = Any
Params = dict[str, Any]


def read_place(s3: Client, bucket: str, account: str) -> Reading:
    """The bucket's region, when there is a bucket; a stranger's is refused (403).

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
    """
    return read(lambda: s3.get_bucket_location(Bucket=bucket, ExpectedBucketOwner=account), region_in)


def read_settings(s3: Client, bucket: str, account: str) -> Iterator[tuple[str, Reading]]:
    """A reading a setting, by name; what cannot be read is noted, not raised."""
    of = {"Bucket": bucket, "ExpectedBucketOwner": account}
    yield "bucket.policy_text", read(lambda: s3.get_bucket_policy(**of), lambda page: page["Policy"])
    yield "bucket.tags", read(lambda: s3.get_bucket_tagging(**of), lambda page: page["TagSet"])
    yield "bucket.versioning", read(lambda: s3.get_bucket_versioning(**of), lambda page: page.get("Status", ""))
    yield "bucket.encryption_rule", read(lambda: s3.get_bucket_encryption(**of), default_encryption)
    yield (
        "bucket.public_access",
        read(lambda: s3.get_public_access_block(**of), lambda page: page["PublicAccessBlockConfiguration"]),
    )
    yield (
        "bucket.ownership",
        read(
            lambda: s3.get_bucket_ownership_controls(**of),
            lambda page: page["OwnershipControls"]["Rules"][0]["ObjectOwnership"],
        ),
    )


def keeps_versions(s3: Client, bucket: str, account: str) -> Iterator[tuple[str, Reading]]:
    """What forbids suspending versioning: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html."""
    of = {"Bucket": bucket, "ExpectedBucketOwner": account}
    yield (
        "bucket.lock",
        read(lambda: s3.get_object_lock_configuration(**of), lambda page: page["ObjectLockConfiguration"]),
    )
    yield (
        "bucket.replication",
        read(lambda: s3.get_bucket_replication(**of), lambda page: page["ReplicationConfiguration"]),
    )


def creation_date(s3: Client, bucket: str) -> datetime | None:
    """When a bucket of ours was made; nothing else than the list of all buckets says so."""

    def pick(page: Params) -> datetime | None:
        return next((item["CreationDate"] for item in page["Buckets"] if item["Name"] == bucket), None)

    found: datetime | None = read(s3.list_buckets, pick).data
    return found


def tags_of_bucket(s3: Client, bucket: str) -> Reading:
    """The tags of another bucket."""
    return read(lambda: s3.get_bucket_tagging(Bucket=bucket), lambda page: page["TagSet"])
