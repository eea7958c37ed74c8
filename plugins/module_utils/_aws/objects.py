# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies in a bucket on each side of a prefix, and deleting all that lies below it, in every version.

A bucket can be deleted once it has no object, no version and no delete marker; all three are entries of its list of
versions: https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-bucket.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timezone
from functools import partial
from itertools import chain, pairwise
import re
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._aws.listings import (
    NULL_VERSION,
    Item,
    Page,
    uploads,
    versions,
)
from ansible_collections.assumerole.s3.plugins.module_utils._aws.probes import ask
from ansible_collections.assumerole.s3.plugins.module_utils._aws.said import clean

Client = Any
Params = dict[str, Any]

#: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
MOST_AT_ONCE = 1000

#: Keys are sorted by their bytes in UTF-8, and have 1024 of them at most; no character sorts after this one.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
LAST_CHARACTER, LONGEST_KEY = "\U0010ffff", 1024

#: There is nothing to delete any more.
GONE_CODES = frozenset({"NoSuchKey", "NoSuchVersion", "NoSuchUpload", "NoSuchBucket"})

#: What XML cannot hold, or what is read from it as something else: https://www.w3.org/TR/xml/#charsets
_NOT_FOR_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Unlisted(Exception):
    """S3 did not say what there is; ``answer`` is what it said instead."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.code}: {answer.message}")
        self.answer = answer


@dataclass(frozen=True)
class Left:
    """What was not deleted, and what S3 answered."""

    item: Item
    answer: Answer


@dataclass
class Deleted:
    """What was deleted by kind, what is left, and what S3 answered where it should have listed more."""

    counts: Counter[str] = field(default_factory=Counter)
    left: list[Left] = field(default_factory=list)
    unlisted: list[Answer] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether all that there was is gone, as far as S3 listed it, and it listed all."""
        return not self.left and not self.unlisted

    def add(self, page: Page, left: list[Left]) -> None:
        """Note what became of a page."""
        self.counts.update(item.kind for item in page.items)
        self.counts.subtract(kept.item.kind for kept in left)
        self.left += left
        self.unlisted += [] if page.answer.succeeded else [page.answer]


def outside(s3: Client, bucket: str, owner: str | None, *prefixes: str) -> str | None:
    """The key of an object, version or delete marker that begins with none of the prefixes.

    It sorts before the first of them, or after the last key that can begin with one: a request more than there are
    prefixes sees all of it, as none of them begins with another. Raises :class:`Unlisted` when S3 does not say.
    """
    if "" in prefixes:
        return None
    first = next(_keys(s3, bucket, owner), None)
    if first is None or not first.startswith(prefixes):
        return first
    for prefix in sorted(prefixes):
        behind = _keys(s3, bucket, owner, KeyMarker=_last_key(prefix))
        after = next((key for key in behind if not key.startswith(prefix)), None)
        if after is None or not after.startswith(prefixes):
            return after
    return None


def inside(s3: Client, bucket: str, owner: str | None, prefix: str) -> str | None:
    """The key of one that does begin with the prefix. Raises :class:`Unlisted` when S3 does not say."""
    return next(_keys(s3, bucket, owner, prefix), None)


def delete_below(s3: Client, bucket: str, owner: str | None, prefix: str, check_mode: bool = False) -> Deleted:
    """Delete everything whose key begins with the prefix; in check mode only count it. What fails is in the result.

    Uploads go first: then none of them is completed to an object meanwhile.
    """
    at = _at(bucket, owner)
    done = Deleted()
    for listing, delete in ((uploads(s3, at, prefix), _abort), (versions(s3, at, prefix), _delete)):
        for page in _one_ahead(listing.pages()):
            done.add(page, [] if check_mode else delete(s3, at, page.items))
    return done


def retention(s3: Client, bucket: str, owner: str | None, item: Item) -> Answer:
    """Until when Object Lock retains a version, as ``until``; a legal hold has no end that could be told.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectRetention.html
    """

    def facts(response: Params) -> Mapping[str, str]:
        until = response["Retention"]["RetainUntilDate"].astimezone(timezone.utc)
        return {"until": until.strftime("%Y-%m-%dT%H:%M:%SZ")}

    return ask(lambda: s3.get_object_retention(**_at(bucket, owner), Key=item.key, VersionId=item.id), facts)


def _at(bucket: str, owner: str | None) -> Params:
    """The bucket; with its owner's account, so that a stranger's bucket of this name is refused.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
    """
    return {"Bucket": bucket, **({"ExpectedBucketOwner": owner} if owner else {})}


def _keys(s3: Client, bucket: str, owner: str | None, prefix: str = "", **markers: str) -> Iterator[str]:
    """The keys in their order, from page to page; most callers want the first one only."""
    for page in versions(s3, _at(bucket, owner), prefix, MaxKeys=1).pages(**markers):
        yield from sorted(item.key for item in page.items)
        if not page.answer.succeeded:
            raise Unlisted(page.answer)


def _last_key(prefix: str) -> str:
    """As good as the last key that can begin with the prefix; what sorts after it and begins with it is looked at."""
    room = LONGEST_KEY - len(prefix.encode())
    return prefix + LAST_CHARACTER * (room // len(LAST_CHARACTER.encode()))


def _one_ahead(pages: Iterator[Page]) -> Iterator[Page]:
    """Each page once the next one was listed: a marker is then the place of something that still exists."""
    for page, _next in pairwise(chain(pages, [Page([], Answer())])):
        yield page


def _delete(s3: Client, at: Params, items: list[Item]) -> list[Left]:
    """Many at once, but for keys that the request's XML cannot name; gives what is left.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html#object-key-xml-related-constraints
    """
    many = [item for item in items if not _NOT_FOR_XML.search(item.key)]
    batches = [many[start : start + MOST_AT_ONCE] for start in range(0, len(many), MOST_AT_ONCE)]
    odd = [item for item in items if _NOT_FOR_XML.search(item.key)]
    left = [kept for batch in batches for kept in delete_many(s3, at, batch)]
    return left + _each(odd, lambda item: s3.delete_object(**at, Key=item.key, VersionId=item.id))


def delete_many(s3: Client, at: Params, items: list[Item]) -> list[Left]:
    """Every version by its id, ``null`` too: without one, S3 would hide the object behind one more delete marker.

    S3 answers for each key by itself, and may refuse all of them together.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html and
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectsfromVersioningSuspendedBuckets.html
    """
    named = {(item.key, item.id): item for item in items}
    left: list[Left] = []

    def facts(response: Params) -> Mapping[str, str]:
        for error in response.get("Errors", []):
            answer = Answer(code=clean(error["Code"]), message=clean(error.get("Message", "")))
            left.append(Left(named[error["Key"], error.get("VersionId") or NULL_VERSION], answer))
        return {}

    objects = [{"Key": key, "VersionId": version} for key, version in named]
    answer = ask(lambda: s3.delete_objects(**at, Delete={"Objects": objects, "Quiet": True}), facts)
    return _not_gone(left if answer.succeeded else [Left(item, answer) for item in items])


def _abort(s3: Client, at: Params, items: list[Item]) -> list[Left]:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html"""
    return _each(items, lambda item: s3.abort_multipart_upload(**at, Key=item.key, UploadId=item.id))


def _each(items: Iterable[Item], call: Callable[[Item], Any]) -> list[Left]:
    """One request for each; gives what is left."""
    return _not_gone(Left(item, ask(partial(call, item))) for item in items)


def _not_gone(tried: Iterable[Left]) -> list[Left]:
    return [kept for kept in tried if not kept.answer.succeeded and kept.answer.code not in GONE_CODES]
