# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the operator puts for a verification, and what it removes after one: for good, in every version.

Only what a verification has made is removed: what it names, and what is called as the objects of a run are that has ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.abandoned import BEGINNING, is_abandoned, is_stray
from ansible_collections.assumerole.s3.plugins.module_utils._aws.listings import NULL_VERSION, OBJECT, Item, versions
from ansible_collections.assumerole.s3.plugins.module_utils._aws.objects import delete_many
from ansible_collections.assumerole.s3.plugins.module_utils._aws.probes import ask
from ansible_collections.assumerole.s3.plugins.module_utils._aws.readings import has_object_lock, read_object_lock

Client = Any

CONTENT = b"assumerole.s3 access check"

#: How an address goes on when it is that of one version.
VERSION = "?versionId="


@dataclass(frozen=True)
class Spot:
    """A bucket and a key."""

    bucket: str
    key: str

    @property
    def url(self) -> str:
        """As a person writes it."""
        return f"s3://{self.bucket}/{self.key}"

    @property
    def beginning(self) -> str:
        """What the keys of all runs begin with that are at the same place."""
        place, found, _rest = self.key.rpartition(BEGINNING)
        return place + found


@dataclass(frozen=True)
class Put:
    """Whether an object lies there: its address with its version, or why there is none."""

    url: str = ""
    obstacle: str = ""


def put(s3: Client, spot: Spot) -> Put:
    """Put an object, as a client would, so that S3 encrypts it with the bucket's own key; but none that would stay.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
    """
    lock = read_object_lock(s3, spot.bucket)
    locked = has_object_lock(lock)
    if locked:
        return Put(obstacle=f"{spot.url} is not put, because under the bucket's Object Lock it would stay")
    if locked is None:
        return Put(
            obstacle=f"{spot.url} is not put, because nobody can tell whether it would stay: allow the operator "
            f"s3:GetBucketObjectLockConfiguration ({lock.answer.code})"
        )
    params = {"Bucket": spot.bucket, "Key": spot.key, "Body": CONTENT, "IfNoneMatch": "*"}
    answer = ask(lambda: s3.put_object(**params), lambda response: {"version": response.get("VersionId") or ""})
    if answer.succeeded:
        return Put(address(spot, answer.value["version"]))
    return Put(obstacle=f"{spot.url} could not be put ({answer.code})")


def remove(s3: Client, spots: Iterable[Spot], urls: Iterable[str]) -> tuple[list[str], list[str]]:
    """Remove what lies at the spots and addresses, and what runs that have ended left beside it; in every version.

    Gives the addresses of what is gone, and of what is left.
    """
    own = set(spots)
    told = {url: parsed(url) for url in urls if is_stray(url) or VERSION in url}
    places = {(spot.bucket, spot.beginning) for spot in [*own, *(spot for spot, _version in told.values())]}
    found = {(Spot(bucket, item.key), item.id) for bucket, start in places for item in ours(s3, bucket, start, own)}
    wanted = found | set(told.values())
    left = {item for bucket in sorted({spot.bucket for spot, _id in wanted}) for item in _left(s3, bucket, wanted)}
    gone = [url for url, item in told.items() if item not in left]
    kept = [url for url, item in told.items() if item in left]
    return gone, sorted({*kept, *(address(*item) for item in left - set(told.values()))})


def ours(s3: Client, bucket: str, beginning: str, own: set[Spot]) -> Iterator[Item]:
    """Of the versions and delete markers whose keys begin so, those of this run and of runs that have ended."""
    now = datetime.now(timezone.utc)
    if not beginning:
        return
    for page in versions(s3, {"Bucket": bucket}, beginning).pages():
        for item in page.items:
            name = BEGINNING + item.key.removeprefix(beginning)
            if Spot(bucket, item.key) in own or is_abandoned(name, item.modified or now, now):
                yield item


def address(spot: Spot, version: str) -> str:
    """The object's address; on a bucket that keeps versions that of the one version."""
    return spot.url + (f"{VERSION}{version}" if version not in ("", NULL_VERSION) else "")


def parsed(url: str) -> tuple[Spot, str]:
    """Where an address leads, and to which version."""
    whole, _mark, version = url.partition(VERSION)
    bucket, key = whole.removeprefix("s3://").split("/", 1)
    return Spot(bucket, key), version or NULL_VERSION


def _left(s3: Client, bucket: str, wanted: set[tuple[Spot, str]]) -> Iterator[tuple[Spot, str]]:
    items = sorted((spot.key, version) for spot, version in wanted if spot.bucket == bucket)
    for kept in delete_many(s3, {"Bucket": bucket}, [Item(OBJECT, key, version) for key, version in items]):
        yield Spot(bucket, kept.item.key), kept.item.id
