# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What S3 lists page by page: the versions and delete markers of a bucket, and the uploads that nobody has finished.

S3 may end a page wherever it likes. A page that it does not give is told, not raised: what was listed before it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._aws.probes import ask

Client = Any
Params = dict[str, Any]

#: What is listed, in the order in which it is counted: current versions, noncurrent ones, and what else there is.
OBJECT, VERSION, MARKER, UPLOAD = KINDS = ("objects", "versions", "markers", "uploads")

#: The version of an object that was written while the bucket's versioning was off or suspended.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/AddingObjectstoVersionSuspendedBuckets.html
NULL_VERSION = "null"


@dataclass(frozen=True)
class Item:
    """One entry of a list: its kind, its key, the id of its version or upload, and of a version when it was made."""

    kind: str
    key: str
    id: str
    modified: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Page:
    """What one request has listed. When ``answer`` is no success, it is not known what else there is."""

    items: list[Item]
    answer: Answer


@dataclass(frozen=True)
class Listing:
    """How a list is asked for and read, and which markers lead on. All of its keys begin with the prefix."""

    call: Callable[..., Params]
    items: Callable[[Params], list[Item]]
    markers: tuple[str, str]
    prefix: str

    def pages(self, **markers: str) -> Iterator[Page]:
        """The pages from these markers on; S3 may have refused the last one. A bucket that is gone is an empty one."""
        following: Params | None = markers
        while following is not None:
            page, following = self._page(following)
            yield page

    def _page(self, markers: Params) -> tuple[Page, Params | None]:
        items: list[Item] = []
        following: Params = {}

        def facts(response: Params) -> Mapping[str, str]:
            listed = self.items(response)
            if any(not item.key.startswith(self.prefix) for item in listed):
                raise ValueError("this is another list")
            items.extend(listed)
            following.update(self._following(response, markers))
            return {}

        answer = ask(lambda: self.call(Prefix=self.prefix, **markers), facts)
        if answer.code == "NoSuchBucket":
            return Page([], Answer()), None
        return Page(items, answer), following or None

    def _following(self, response: Params, markers: Params) -> Params:
        """The markers of the next page; a page without them, or with the same, would end the list or never end it."""
        if not response["IsTruncated"]:
            return {}
        key_marker, id_marker = self.markers
        found = {key_marker: response[f"Next{key_marker}"], id_marker: response.get(f"Next{id_marker}")}
        following = {name: marker for name, marker in found.items() if marker}
        if following == markers:
            raise ValueError("this page was there before")
        return following


def versions(s3: Client, at: Params, prefix: str = "", **options: Any) -> Listing:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html"""

    def call(**where: Any) -> Params:
        found: Params = s3.list_object_versions(**at, **options, **where)
        return found

    return Listing(call, _versions, ("KeyMarker", "VersionIdMarker"), prefix)


def uploads(s3: Client, at: Params, prefix: str = "") -> Listing:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html"""

    def call(**where: Any) -> Params:
        found: Params = s3.list_multipart_uploads(**at, **where)
        return found

    return Listing(call, _uploads, ("KeyMarker", "UploadIdMarker"), prefix)


def _versions(response: Params) -> list[Item]:
    """Markers last: as long as they are there, what they hide stays hidden."""
    found = [_version(OBJECT if entry["IsLatest"] else VERSION, entry) for entry in response.get("Versions", [])]
    return found + [_version(MARKER, entry) for entry in response.get("DeleteMarkers", [])]


def _version(kind: str, entry: Params) -> Item:
    return Item(kind, entry["Key"], entry.get("VersionId") or NULL_VERSION, entry.get("LastModified"))


def _uploads(response: Params) -> list[Item]:
    return [Item(UPLOAD, entry["Key"], entry["UploadId"]) for entry in response.get("Uploads", [])]
