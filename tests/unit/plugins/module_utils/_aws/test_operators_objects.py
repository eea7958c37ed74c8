# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
import subprocess
from typing import Any

from botocore.exceptions import ClientError
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.abandoned import machine
from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Reading
from ansible_collections.assumerole.s3.plugins.module_utils._aws.listings import MARKER, OBJECT, Item
from ansible_collections.assumerole.s3.plugins.module_utils._aws.operators_objects import (
    Spot,
    address,
    ours,
    parsed,
    put,
    remove,
)
from ansible_collections.assumerole.s3.plugins.module_utils._aws.readings import lock_state
from ansible_collections.assumerole.s3.plugins.modules.probe_objects import spots

NOW = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
JUST_NOW, AN_HOUR_AGO = NOW - timedelta(seconds=1), NOW - timedelta(hours=1, seconds=1)
RANDOM = "0123456789abcdef"
ELSEWHERE = f"team.access-check-operator-00000000-1-{RANDOM}"
OWN = Spot("b-1", f"team.access-check-operator-{machine()}-1-{RANDOM}")


@pytest.mark.parametrize(
    ("reading", "state"),
    [
        (Reading(Answer(status=200), True), "enabled"),
        (Reading(Answer(status=200), False), "absent"),
        (Reading(Answer(code="ObjectLockConfigurationNotFoundError", status=404)), "absent"),
        (Reading(Answer(code="AccessDenied", status=403)), "unreadable"),
        (Reading(Answer(code="NotImplemented", status=501)), "unreadable"),
        (Reading(Answer(code="ReadTimeoutError")), "unreadable"),
    ],
)
def test_what_is_not_said_of_object_lock_is_not_taken_for_none(reading: Reading, state: str) -> None:
    assert lock_state(reading) == state


@pytest.mark.parametrize(
    ("spot", "version", "url"),
    [
        (Spot("b-1", "a/x"), "", "s3://b-1/a/x"),
        (Spot("b-1", "a/x"), "null", "s3://b-1/a/x"),
        (Spot("b-1", "a/x"), "v1", "s3://b-1/a/x?versionId=v1"),
        (Spot("b-1", "a?versionId=b/x"), "v1", "s3://b-1/a?versionId=b/x?versionId=v1"),
    ],
)
def test_an_address_leads_back_to_the_version(spot: Spot, version: str, url: str) -> None:
    assert address(spot, version) == url
    assert parsed(url) == (spot, version or "null")


def test_an_abandoned_key_goes_with_all_its_versions_by_the_age_of_the_oldest() -> None:
    items = [Item(OBJECT, ELSEWHERE, "1", AN_HOUR_AGO), Item(MARKER, ELSEWHERE, "2", JUST_NOW)]
    assert ours(items, "team.access-check-", [], NOW) == items
    assert ours(items[1:], "team.access-check-", [], NOW) == []


@pytest.mark.parametrize("modified", [JUST_NOW, None])
def test_what_another_run_may_still_use_is_not_ours(modified: datetime | None) -> None:
    alive = f"team.access-check-operator-{machine()}-1-{RANDOM}"
    items = [Item(OBJECT, key, "1", modified) for key in (alive, ELSEWHERE)]
    assert ours(items, "team.access-check-", [], NOW) == []
    assert ours(items, "team.access-check-", [alive], NOW) == items[:1]


@pytest.mark.parametrize("name", [f"{ELSEWHERE}-mine", "team.access-check-operator", f"team.access-check-{RANDOM}"])
def test_similar_names_are_somebody_elses(name: str) -> None:
    assert ours([Item(OBJECT, name, "1", AN_HOUR_AGO)], "team.access-check-", [], NOW) == []


def test_of_a_process_that_has_ended_nothing_is_in_use() -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    item = Item(OBJECT, f"team.access-check-operator-{machine()}-{process.pid}-{RANDOM}", "1", JUST_NOW)
    assert ours([item], "team.access-check-", [], NOW) == [item]


def test_objects_lie_where_there_is_a_key_and_in_each_forbidden_bucket() -> None:
    keys = {"inside": "", "outside": "k", "forbidden": "f"}
    found = spots({"bucket": "b", "forbidden_buckets": ["x", "y"], "keys": keys})
    assert list(found.values()) == [Spot("b", "k"), Spot("x", "f"), Spot("y", "f")]
    assert spots({"bucket": "b", "forbidden_buckets": [], "keys": {}}) == {}


class Refusing:
    """An S3 that refuses some operations and has these versions."""

    def __init__(self, refused: Mapping[str, str], *listed: tuple[str, str], made: str | None = None) -> None:
        self.refused, self.listed, self.made = refused, listed, made
        self.asked: list[tuple[str, Any]] = []

    def __getattr__(self, operation: str) -> Any:
        def call(**params: Any) -> dict[str, Any]:
            self.asked.append((operation, params))
            if operation in self.refused:
                error = {"Error": {"Code": self.refused[operation]}, "ResponseMetadata": {"HTTPStatusCode": 403}}
                raise ClientError(error, operation)
            entries = [{"Key": key, "VersionId": version, "IsLatest": True} for key, version in self.listed]
            if operation == "put_object":
                return {"VersionId": self.made} if self.made else {}
            return {"IsTruncated": False, "Versions": entries, "ResponseMetadata": {"HTTPStatusCode": 200}}

        return call


NO_LOCK = {"get_object_lock_configuration": "ObjectLockConfigurationNotFoundError"}


def test_a_bucket_is_looked_at_once_and_nothing_is_put_before() -> None:
    s3 = Refusing(NO_LOCK)
    put(s3, [Spot("b-1", "x"), Spot("b-1", "y")])
    assert [operation for operation, _params in s3.asked] == ["get_object_lock_configuration", *["put_object"] * 2]
    assert all(params["IfNoneMatch"] == "*" for _operation, params in s3.asked[1:])


@pytest.mark.parametrize(
    ("version", "url", "known"),
    [("v1", f"{OWN.url}?versionId=v1", "v1"), ("null", OWN.url, "null"), (None, OWN.url, "null")],
)
def test_the_version_that_was_put_is_told(version: str | None, url: str, known: str) -> None:
    """Where a bucket has never kept versions, S3 tells none, and the object's is called ``null``."""
    done = put(Refusing(NO_LOCK, made=version), [OWN])[OWN]
    assert (done.url, done.version) == (url, known)


def test_what_could_not_be_put_is_told_with_its_code() -> None:
    s3 = Refusing({**NO_LOCK, "put_object": "AccessDenied"})
    assert put(s3, [OWN])[OWN].obstacle == f"{OWN.url} could not be put (AccessDenied)"


def test_without_the_list_an_object_of_unknown_version_is_not_taken_for_gone() -> None:
    """Deleting the version ``null`` succeeds where there is none, too."""
    refused = {"list_object_versions": "AccessDenied"}
    exact = f"{OWN.url}?versionId=v1"
    assert remove(Refusing(refused), [], [OWN.url, exact]) == ([exact], [OWN.url])


def test_what_is_refused_is_left_and_named() -> None:
    s3 = Refusing({"delete_objects": "AccessDenied"}, (OWN.key, "v1"))
    assert remove(s3, [OWN], []) == ([], [f"{OWN.url}?versionId=v1"])
    assert remove(s3, [], [OWN.url]) == ([], [OWN.url, f"{OWN.url}?versionId=v1"])


def test_an_address_of_no_version_and_of_no_run_is_left_alone() -> None:
    s3 = Refusing({})
    assert remove(s3, [], ["s3://b-1/team/.access-check", "s3://b-1/report.csv"]) == ([], [])
    assert s3.asked == []
