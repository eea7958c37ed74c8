# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that no emulator gives: pages that end anywhere or are missing, and errors for single keys.

What servers do is tested with servers: tests/integration/test_bucket_objects.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

from botocore.exceptions import ClientError, EndpointConnectionError
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.listings import Item
from ansible_collections.assumerole.s3.plugins.module_utils._aws.objects import (
    Deleted,
    Unlisted,
    delete_below,
    inside,
    outside,
    retention,
)

Json = dict[str, Any]
Entry = tuple[str, str]
OWNER = "123456789012"


def refusal(code: str, operation: str = "Any") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "No."}, "ResponseMetadata": {}}, operation)


class Shelf:
    """A bucket with versions, which ends a page after ``size`` entries and refuses markers of what is gone."""

    def __init__(self, entries: Iterable[Entry], size: int = 1000) -> None:
        self.entries = sorted(entries)
        self.size = size
        self.uploads: list[Entry] = []
        self.asked: list[tuple[str, Json]] = []
        self.errors: dict[Entry, str] = {}

    def list_object_versions(self, **params: Any) -> Json:
        self.asked.append(("list", params))
        marker = (params.get("KeyMarker", ""), params.get("VersionIdMarker", "~"))
        if "VersionIdMarker" in params and marker not in self.entries:
            raise refusal("InvalidArgument")
        found = [entry for entry in self.entries if entry > marker and entry[0].startswith(params["Prefix"])]
        page = found[: min(self.size, params.get("MaxKeys", 1000))]
        more = {"NextKeyMarker": page[-1][0], "NextVersionIdMarker": page[-1][1]} if len(page) < len(found) else {}
        listed = [{"Key": key, "VersionId": version, "IsLatest": True} for key, version in page]
        return {"IsTruncated": bool(more), "Versions": listed, **more}

    def list_multipart_uploads(self, **params: Any) -> Json:
        self.asked.append(("uploads", params))
        return {"IsTruncated": False, "Uploads": [{"Key": key, "UploadId": name} for key, name in self.uploads]}

    def delete_objects(self, **params: Any) -> Json:
        self.asked.append(("delete", params))
        named = [(entry["Key"], entry["VersionId"]) for entry in params["Delete"]["Objects"]]
        failed = [entry for entry in named if entry in self.errors]
        self.entries = [entry for entry in self.entries if entry not in named or entry in failed]
        return {"Errors": [self.error(*entry) for entry in failed]}

    def delete_object(self, **params: Any) -> Json:
        self.asked.append(("delete_one", params))
        self.entries.remove((params["Key"], params["VersionId"]))
        return {}

    def abort_multipart_upload(self, **params: Any) -> Json:
        self.asked.append(("abort", params))
        raise refusal(self.errors[params["Key"], params["UploadId"]])

    def error(self, key: str, version: str) -> Json:
        return {"Key": key, "VersionId": version, "Code": self.errors[key, version], "Message": "No."}

    def of(self, name: str) -> list[Json]:
        return [params for asked, params in self.asked if asked == name]


def emptied(shelf: Any, prefix: str = "", **options: Any) -> Deleted:
    return delete_below(shelf, "example", OWNER, prefix, **options)


def left(done: Deleted) -> list[tuple[str, str, str | None]]:
    return [(kept.item.key, kept.item.id, kept.answer.code) for kept in done.left]


MANY = [(f"team/{key}", version) for key in "abc" for version in ("1", "2", "null")]


@pytest.mark.parametrize("size", range(1, len(MANY) + 2))
def test_pages_may_end_anywhere_also_where_a_deleted_version_is_no_place_in_the_list(size: int) -> None:
    shelf = Shelf([*MANY, ("teams/a", "1")], size)
    done = emptied(shelf, "team/")
    assert (done.counts["objects"], done.complete, shelf.entries) == (9, True, [("teams/a", "1")])


def test_check_mode_deletes_nothing() -> None:
    shelf = Shelf(MANY, 2)
    shelf.uploads = [("team/a", "up-1")]
    assert emptied(shelf, check_mode=True).counts == {"objects": 9, "uploads": 1}
    assert {name for name, _params in shelf.asked} == {"list", "uploads"}


def test_every_request_names_the_buckets_owner_when_it_is_known() -> None:
    shelf = Shelf([("a", "1"), ("a\x07", "1")])
    shelf.uploads, shelf.errors = [("a", "up-1")], {("a", "up-1"): "NoSuchUpload"}
    emptied(shelf)
    outside(shelf, "example", OWNER, "team/")
    assert {params["ExpectedBucketOwner"] for _name, params in shelf.asked} == {OWNER}
    assert {name for name, _params in shelf.asked} == {"uploads", "abort", "list", "delete", "delete_one"}
    shelf.asked.clear()
    delete_below(shelf, "example", None, "")
    assert [params for _name, params in shelf.asked if "ExpectedBucketOwner" in params] == []


def test_a_null_version_is_named_and_nothing_is_told_of_what_went_well() -> None:
    shelf = Shelf([("a", "null")])
    emptied(shelf)
    assert [params["Delete"] for params in shelf.of("delete")] == [
        {"Objects": [{"Key": "a", "VersionId": "null"}], "Quiet": True}
    ]


def test_a_page_that_is_too_long_is_deleted_in_parts() -> None:
    class Long(Shelf):
        def list_object_versions(self, **params: Any) -> Json:
            return {**super().list_object_versions(**{**params, "MaxKeys": 5000}), "IsTruncated": False}

    shelf = Long([(f"{number:04}", "null") for number in range(2500)], 5000)
    assert emptied(shelf).counts["objects"] == 2500
    assert [len(params["Delete"]["Objects"]) for params in shelf.of("delete")] == [1000, 1000, 500]


def test_what_xml_cannot_name_is_deleted_by_itself() -> None:
    odd = ["\x00", "a\rb", "\x07", "\x1f", "\ufffe", "\uffff"]
    fit = ["a\nb\tc", "\ufffd", "\ue000", "\U0010ffff", "\x85", "]]>"]
    shelf = Shelf([(key, "1") for key in odd + fit])
    assert emptied(shelf).complete
    assert sorted(params["Key"] for params in shelf.of("delete_one")) == sorted(odd)
    assert shelf.entries == []


# Errors for single keys.


def test_each_key_is_left_with_its_own_code_and_what_is_gone_is_not_left() -> None:
    shelf = Shelf(MANY, 4)
    shelf.errors = {
        MANY[0]: "AccessDenied",
        MANY[4]: "InternalError",
        MANY[5]: "NoSuchVersion",
        MANY[8]: "AccessDenied",
    }
    done = emptied(shelf)
    assert left(done) == [(*entry, shelf.errors[entry]) for entry in (MANY[0], MANY[4], MANY[8])]
    assert (done.counts["objects"], done.unlisted) == (6, [])


def test_an_error_without_version_is_the_null_versions() -> None:
    class Terse(Shelf):
        def error(self, key: str, version: str) -> Json:
            return {"Key": key, "Code": self.errors[key, version]}

    shelf = Terse([("a", "null")])
    shelf.errors = {("a", "null"): "AccessDenied"}
    assert left(emptied(shelf)) == [("a", "null", "AccessDenied")]


def test_an_error_for_something_else_leaves_it_unknown_what_was_deleted() -> None:
    class Confused(Shelf):
        def error(self, key: str, version: str) -> Json:
            return {"Key": "other", "Code": self.errors[key, version]}

    shelf = Confused(MANY[:3])
    shelf.errors = {MANY[0]: "AccessDenied"}
    done = emptied(shelf)
    assert left(done) == [(*entry, "UnreadableAnswer") for entry in MANY[:3]]
    assert done.counts["objects"] == 0


@pytest.mark.parametrize("error", [refusal("AccessDenied"), EndpointConnectionError(endpoint_url="https://aws.test")])
def test_what_is_refused_together_is_left_together(error: Exception) -> None:
    class Closed(Shelf):
        def delete_objects(self, **params: Any) -> Json:
            raise error

    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
    done = emptied(Closed(MANY, 4))
    assert left(done) == [(*entry, code) for entry in MANY]
    assert not any(done.counts.values())


def test_an_upload_that_somebody_else_ended_is_not_left() -> None:
    shelf = Shelf([])
    shelf.uploads = [("a", "up-1"), ("b", "up-2")]
    shelf.errors = {("a", "up-1"): "NoSuchUpload", ("b", "up-2"): "AccessDenied"}
    done = emptied(shelf)
    assert left(done) == [("b", "up-2", "AccessDenied")]
    assert done.counts["uploads"] == 1


# Pages that are missing.


@pytest.mark.parametrize(
    ("third", "code"),
    [
        (refusal("SlowDown"), "SlowDown"),
        (EndpointConnectionError(endpoint_url="https://aws.test"), "EndpointConnectionError"),
        ({}, "UnreadableAnswer"),
        ({"IsTruncated": False, "Versions": [{"VersionId": "1"}]}, "UnreadableAnswer"),
        ({"IsTruncated": False, "Versions": [{"Key": "other/a", "IsLatest": True}]}, "UnreadableAnswer"),
    ],
)
def test_a_page_that_is_missing_is_told_and_what_was_listed_is_deleted(third: Any, code: str) -> None:
    class Torn(Shelf):
        def list_object_versions(self, **params: Any) -> Json:
            if len(self.of("list")) < 2:
                return super().list_object_versions(**params)
            if isinstance(third, Exception):
                raise third
            return dict(third)

    shelf = Torn([*MANY, ("other/a", "null")], 2)
    done = emptied(shelf, "team/")
    assert [answer.code for answer in done.unlisted] == [code]
    assert (done.counts["objects"], done.complete) == (4, False)
    assert shelf.entries == [("other/a", "null"), *MANY[4:]]


@pytest.mark.parametrize("markers", [{}, {"NextKeyMarker": MANY[0][0], "NextVersionIdMarker": MANY[0][1]}])
def test_a_list_that_does_not_go_on_is_told(markers: Json) -> None:
    class Stuck(Shelf):
        def list_object_versions(self, **params: Any) -> Json:
            page = super().list_object_versions(**{**params, "MaxKeys": 1})
            kept = {name: value for name, value in page.items() if not name.startswith("Next")}
            return {**kept, **markers}

    done = emptied(Stuck(MANY))
    assert [answer.code for answer in done.unlisted] == ["UnreadableAnswer"]


def test_a_list_of_other_keys_deletes_none_of_them() -> None:
    class Deaf(Shelf):
        def list_object_versions(self, **params: Any) -> Json:
            return super().list_object_versions(**{**params, "Prefix": ""})

    shelf = Deaf([("elsewhere", "1"), ("team/a", "1")])
    assert [answer.code for answer in emptied(shelf, "team/").unlisted] == ["UnreadableAnswer"]
    assert (len(shelf.entries), shelf.of("delete")) == (2, [])


def test_objects_go_also_when_uploads_cannot_be_listed() -> None:
    class Closed(Shelf):
        def list_multipart_uploads(self, **params: Any) -> Json:
            raise refusal("AccessDenied")

    done = emptied(Closed(MANY))
    assert ([answer.code for answer in done.unlisted], done.counts["objects"]) == (["AccessDenied"], 9)


# On each side of the prefix.


def test_empty_pages_are_no_end() -> None:
    class Sparse(Shelf):
        def list_object_versions(self, **params: Any) -> Json:
            if "NextOne" in params.get("KeyMarker", ""):
                return super().list_object_versions(Prefix=params["Prefix"])
            return {"IsTruncated": True, "NextKeyMarker": params.get("KeyMarker", "") + "NextOne"}

    shelf = Sparse([("a", "1"), ("team/a", "1")])
    assert (outside(shelf, "example", None, "team/"), inside(shelf, "example", None, "team/")) == ("a", "team/a")


@pytest.mark.parametrize("prefix", ["team/", "t", "\u00e4\u00e4\u00e4/", "t" * 901 + "/"])
def test_the_last_possible_keys_of_a_prefix_are_inside(prefix: str) -> None:
    last = [prefix + "\U0010ffff" * 400, prefix + "\U0010ffff" * 300 + "\uffff"]
    shelf = Shelf([(key, "1") for key in last])
    assert outside(shelf, "example", None, prefix) is None
    shelf.entries = sorted([*shelf.entries, (prefix[:-1] + chr(ord(prefix[-1]) + 1), "1")])
    assert outside(shelf, "example", None, prefix) == prefix[:-1] + chr(ord(prefix[-1]) + 1)


SEVERAL = ("a/", "b/", "team/")


@pytest.mark.parametrize("stray", ["0", "a", "a!", "a0", "az/x", "b0", "c", "team", "teamx", "z", None])
@pytest.mark.parametrize("kept", [(), ("a/1",), ("b/1", "team/1"), ("a/1", "b/1", "team/1")])
def test_of_several_prefixes_what_is_below_none_is_found(stray: str | None, kept: tuple[str, ...]) -> None:
    shelf = Shelf([(key, "1") for key in (*kept, *([stray] if stray else []))])
    assert outside(shelf, "example", None, *SEVERAL) == stray
    assert len(shelf.of("list")) <= len(SEVERAL) + 1


def test_nothing_is_outside_where_one_place_is_the_whole_bucket() -> None:
    shelf = Shelf([("x", "1")])
    assert (outside(shelf, "example", None, ""), shelf.asked) == (None, [])


def test_a_marker_is_no_longer_than_a_key_may_be() -> None:
    shelf = Shelf([("t" * 901 + "/a", "1")])
    outside(shelf, "example", None, "t" * 901 + "/")
    assert 1021 <= len(shelf.of("list")[-1]["KeyMarker"].encode()) <= 1024


def test_what_cannot_be_told_is_not_taken_for_nothing() -> None:
    class Closed(Shelf):
        def list_object_versions(self, **params: Any) -> Json:
            raise refusal("AccessDenied")

    for look in (outside, inside):
        with pytest.raises(Unlisted) as caught:
            look(Closed([]), "example", None, "team/")
        assert caught.value.answer.code == "AccessDenied"


def test_the_end_of_a_retention_is_told_in_utc() -> None:
    class Locked:
        def get_object_retention(self, **params: Any) -> Json:
            assert params == {"Bucket": "b", "ExpectedBucketOwner": OWNER, "Key": "a", "VersionId": "1"}
            ends = datetime(2030, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))
            return {"Retention": {"Mode": "COMPLIANCE", "RetainUntilDate": ends}}

    answer = retention(Locked(), "b", OWNER, Item("objects", "a", "1"))
    assert answer.value == {"until": "2030-01-01T00:00:00Z"}
