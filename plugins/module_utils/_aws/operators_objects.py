# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the operator puts for a verification, and what it removes after one: for good, in every version.

Only what a verification has made is removed: what it names, and what is called as the objects of a run are that has
ended.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.abandoned import (
    BEGINNING,
    VERSION,
    is_abandoned,
    is_stray,
)
from ansible_collections.assumerole.s3.plugins.module_utils._aws.listings import NULL_VERSION, OBJECT, Item, versions
from ansible_collections.assumerole.s3.plugins.module_utils._aws.objects import delete_many
from ansible_collections.assumerole.s3.plugins.module_utils._aws.probes import ask
from ansible_collections.assumerole.s3.plugins.module_utils._aws.readings import (
    LOCKED,
    UNREADABLE_LOCK,
    lock_state,
    read_object_lock,
)

Client = Any

CONTENT = b"assumerole.s3 access check"


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
    """Whether an object lies there: its address with its version, and the version alone, or why there is none."""

    url: str = ""
    version: str = ""
    obstacle: str = ""


def put(s3: Client, spots: Iterable[Spot]) -> dict[Spot, Put]:
    """Put an object at each, but none that would stay. Each bucket is looked at once, as long as nothing is in it."""
    wanted = list(spots)
    obstacles = {bucket: _obstacle(s3, bucket) for bucket in dict.fromkeys(spot.bucket for spot in wanted)}
    return {spot: _put(s3, spot, obstacles[spot.bucket]) for spot in wanted}


def _obstacle(s3: Client, bucket: str) -> str:
    """Why no object may be put into the bucket, if so.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
    """
    lock = read_object_lock(s3, bucket)
    if lock_state(lock) == LOCKED:
        return "is not put, because under the bucket's Object Lock it would stay"
    if lock_state(lock) == UNREADABLE_LOCK:
        return (
            "is not put, because nobody can tell whether Object Lock would keep it: allow the operator "
            f"s3:GetBucketObjectLockConfiguration ({lock.answer.code})"
        )
    return ""


def _put(s3: Client, spot: Spot, obstacle: str) -> Put:
    """As a client would put it, so that S3 encrypts it with the bucket's own key."""
    if obstacle:
        return Put(obstacle=f"{spot.url} {obstacle}")
    params = {"Bucket": spot.bucket, "Key": spot.key, "Body": CONTENT, "IfNoneMatch": "*"}
    answer = ask(lambda: s3.put_object(**params), lambda response: {"version": response.get("VersionId") or ""})
    if answer.succeeded:
        return Put(address(spot, answer.value["version"]), answer.value["version"] or NULL_VERSION)
    return Put(obstacle=f"{spot.url} could not be put ({answer.code})")


def remove(s3: Client, spots: Iterable[Spot], urls: Iterable[str]) -> tuple[list[str], list[str]]:
    """Remove what lies at the spots and addresses, and what runs that have ended left beside it; in every version.

    Gives those of the addresses that are gone, and the addresses of all that is left. Without a list of versions it is
    not known whether an object is gone whose version nobody has told.
    """
    told = {url: parsed(url) for url in urls if is_stray(url) or VERSION in url}
    own = {*spots, *(spot for url, (spot, _id) in told.items() if VERSION not in url)}
    found, unlisted = _listed(s3, own)
    wanted = found | set(told.values())
    kept = {
        version for bucket in sorted({spot.bucket for spot, _id in wanted}) for version in _left(s3, bucket, wanted)
    }
    left = {
        url
        for url, (spot, version) in told.items()
        if (spot, version) in kept or (VERSION not in url and spot in unlisted | {other for other, _id in kept})
    }
    return [url for url in told if url not in left], sorted(
        left | {address(*version) for version in kept - set(told.values())}
    )


def _listed(s3: Client, own: set[Spot]) -> tuple[set[tuple[Spot, str]], set[Spot]]:
    """The versions of these and of what was abandoned beside them, and those of these that S3 did not list."""
    found: set[tuple[Spot, str]] = set()
    unlisted: set[Spot] = set()
    for bucket, beginning in sorted({(spot.bucket, spot.beginning) for spot in own}):
        here = {spot.key for spot in own if (spot.bucket, spot.beginning) == (bucket, beginning)}
        pages = list(versions(s3, {"Bucket": bucket}, beginning).pages())
        items = [item for page in pages for item in page.items]
        found |= {
            (Spot(bucket, item.key), item.id) for item in ours(items, beginning, here, datetime.now(timezone.utc))
        }
        unlisted |= set() if pages[-1].answer.succeeded else {Spot(bucket, key) for key in here}
    return found, unlisted


def ours(items: Iterable[Item], beginning: str, own: Collection[str], now: datetime) -> list[Item]:
    """Of the versions and delete markers whose keys begin so, those of these keys and of runs that have ended.

    The oldest one of a key tells when the run made it: hiding it makes a younger delete marker.
    """
    listed = list(items)
    made: dict[str, datetime] = {}
    for item in listed:
        made[item.key] = min(made.get(item.key, now), item.modified or now)
    gone = {key for key in made if is_abandoned(BEGINNING + key.removeprefix(beginning), made[key], now)}
    return [item for item in listed if item.key in own or item.key in gone]


def address(spot: Spot, version: str) -> str:
    """The object's address; on a bucket that keeps versions that of the one version."""
    return spot.url + (f"{VERSION}{version}" if version not in ("", NULL_VERSION) else "")


def parsed(url: str) -> tuple[Spot, str]:
    """Where an address leads, and to which version."""
    whole, _mark, version = url.rpartition(VERSION) if VERSION in url else (url, "", "")
    bucket, key = whole.removeprefix("s3://").split("/", 1)
    return Spot(bucket, key), version or NULL_VERSION


def _left(s3: Client, bucket: str, wanted: set[tuple[Spot, str]]) -> Iterator[tuple[Spot, str]]:
    items = sorted((spot.key, version) for spot, version in wanted if spot.bucket == bucket)
    for kept in delete_many(s3, {"Bucket": bucket}, [Item(OBJECT, key, version) for key, version in items]):
        yield Spot(bucket, kept.item.key), kept.item.id
