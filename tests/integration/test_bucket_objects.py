# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies in a bucket, and emptying it, on servers that keep versions."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
import json
from pathlib import Path
import secrets
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.objects import (
    Deleted,
    Unlisted,
    delete_below,
    inside,
    outside,
)
from lab.account import allow, code_of
from lab.checkout import Json
from lab.emulator import ACCOUNT, Emulator
from lab.play import PLAY, Ran, ansible

#: All that is a sibling of ``team/`` and must outlive it.
SIBLINGS = ("team", "team!", "team-secrets/a", "team.txt", "team0", "team0/a", "teams/a", "TEAM/a", "a", "\u00fc/a")
#: Keys that a server, an XML parser or a URL may take for something else.
STRANGE = (
    "team/",
    "team//",
    "team/ leading and trailing ",
    "team/a+b %2F%00 ?x=1&y=2#z",
    "team/<key>&amp;\"'",
    "team/line\nbreak\ttab",
    "team/carriage\rreturn",
    "team/bell\x07",
    "team/\u00fcmlaut \u65e5\u672c \U0001f9fe",
    "team/\uffff",
    "team/\U0010ffff",
    "team/" + "l" * 1019,
)


#: Credentials that every request must do without.
NOBODY = {"AWS_ACCESS_KEY_ID": "AKIANOBODYEXAMPLE", "AWS_SECRET_ACCESS_KEY": "NOBODYSECRETEXAMPLE"}


class Bucket:
    """A bucket of its own on one of the emulators, and the operator's hands in it."""

    def __init__(self, emulator: Emulator, **options: Any) -> None:
        self.emulator, self.s3 = emulator, emulator.s3
        self.name = f"bucket-{secrets.token_hex(4)}"
        self.s3.create_bucket(Bucket=self.name, **options)

    def versioning(self, status: str) -> Bucket:
        self.s3.put_bucket_versioning(Bucket=self.name, VersioningConfiguration={"Status": status})
        return self

    def put(self, *keys: str) -> Bucket:
        for key in keys:
            self.s3.put_object(Bucket=self.name, Key=key, Body=b"x")
        return self

    def hide(self, *keys: str) -> Bucket:
        for key in keys:
            self.s3.delete_object(Bucket=self.name, Key=key)
        return self

    def upload(self, key: str) -> Bucket:
        self.s3.create_multipart_upload(Bucket=self.name, Key=key)
        return self

    @property
    def keys(self) -> list[str]:
        """Whatever is listed, once for each version and delete marker."""
        pages = self.s3.get_paginator("list_object_versions").paginate(Bucket=self.name)
        return sorted(
            item["Key"] for page in pages for name in ("Versions", "DeleteMarkers") for item in page.get(name, [])
        )

    @property
    def uploads(self) -> list[str]:
        found = self.s3.list_multipart_uploads(Bucket=self.name)
        return sorted(item["Key"] for item in found.get("Uploads", []))

    def outside(self, prefix: str) -> str | None:
        return outside(self.s3, self.name, ACCOUNT, prefix)

    def inside(self, prefix: str) -> str | None:
        return inside(self.s3, self.name, ACCOUNT, prefix)

    def delete_below(self, prefix: str, **options: Any) -> Deleted:
        return delete_below(self.s3, self.name, ACCOUNT, prefix, **options)

    def is_deleted(self) -> bool:
        """Whether S3 takes it for empty, which it then is no more."""
        return code_of(self.s3.delete_bucket, Bucket=self.name) == "OK"


Make = Callable[..., Bucket]


@pytest.fixture(params=["enforcing", "localstack"])
def bucket(request: pytest.FixtureRequest) -> Make:
    """Makes buckets on either emulator."""
    emulator: Emulator = request.getfixturevalue(request.param)
    return lambda **options: Bucket(emulator, **options)


def counts(done: Deleted) -> tuple[int, int, int, int]:
    assert done.complete, (done.left, done.unlisted)
    return tuple(done.counts[kind] for kind in ("objects", "versions", "markers", "uploads"))  # type: ignore[return-value]


# What lies on each side of a prefix.


@pytest.mark.parametrize("sibling", SIBLINGS)
def test_whatever_does_not_begin_with_the_prefix_is_outside(enforcing: Emulator, sibling: str) -> None:
    made = Bucket(enforcing).put("team/a", "team/b", "team/\U0010ffff")
    assert (made.outside("team/"), made.inside("team/")) == (None, "team/a")
    made.put(sibling)
    assert (made.outside("team/"), made.inside("team/")) == (sibling, "team/a")


@pytest.mark.parametrize("key", STRANGE)
def test_whatever_begins_with_the_prefix_is_inside(enforcing: Emulator, key: str) -> None:
    made = Bucket(enforcing).put(key)
    assert (made.outside("team/"), made.inside("team/")) == (None, key)
    assert (made.outside("teams/"), made.inside("teams/")) == (key, None)


def test_nothing_is_outside_of_everything(bucket: Make) -> None:
    made = bucket()
    assert (made.outside(""), made.inside("")) == (None, None)
    made.put("a")
    assert (made.outside(""), made.inside("")) == (None, "a")


def test_a_delete_marker_and_what_it_hides_count(bucket: Make) -> None:
    made = bucket().versioning("Enabled").hide("elsewhere/a").hide("team/a")
    assert (made.outside("team/"), made.inside("team/")) == ("elsewhere/a", "team/a")


def test_two_small_requests_see_both_sides(enforcing: Emulator) -> None:
    made = Bucket(enforcing).put(*(f"team/{number}" for number in range(20)), "teams/a")
    before = len(enforcing.requests())
    assert made.outside("team/") == "teams/a"
    assert len(enforcing.requests()) == before + 2


def test_a_strangers_bucket_is_not_looked_at(enforcing: Emulator) -> None:
    made = Bucket(enforcing).put("team/a")
    for look in (outside, inside):
        with pytest.raises(Unlisted, match="AccessDenied"):
            look(made.s3, made.name, "999999999999", "team/")
    done = delete_below(made.s3, made.name, "999999999999", "team/")
    assert {answer.code for answer in done.unlisted} == {"AccessDenied"}
    assert made.keys == ["team/a"]


# Deleting.


def test_an_unversioned_bucket_gets_empty(bucket: Make) -> None:
    made = bucket().put("a", "b/c")
    assert counts(made.delete_below("")) == (2, 0, 0, 0)
    assert made.is_deleted()


def test_every_version_and_every_marker_goes(bucket: Make) -> None:
    made = bucket().versioning("Enabled").put("a", "a", "a", "b").hide("b", "never-there")
    assert counts(made.delete_below("")) == (1, 3, 2, 0)
    assert made.is_deleted()


def test_null_versions_go_too(bucket: Make) -> None:
    made = bucket().put("before", "both").versioning("Enabled").put("both", "between").versioning("Suspended")
    made.put("after", "between").hide("before")
    assert counts(made.delete_below("")) == (3, 2, 1, 0)
    assert made.keys == []
    assert made.is_deleted()


def test_delete_markers_alone_keep_a_bucket_from_being_empty(bucket: Make) -> None:
    made = bucket().versioning("Suspended").hide("a", "b")
    assert counts(made.delete_below("")) == (0, 0, 2, 0)
    assert made.is_deleted()


def test_the_siblings_of_a_prefix_stay(bucket: Make) -> None:
    made = bucket().versioning("Enabled").put(*SIBLINGS, "team/a", "team/a", "team/b/c").hide("team/b/c", "team0")
    assert counts(made.delete_below("team/")) == (1, 2, 1, 0)
    assert made.keys == sorted([*SIBLINGS, "team0"])
    assert made.inside("team/") is None


def test_strange_keys_go(bucket: Make) -> None:
    made = bucket()
    made.versioning("Enabled").put(*STRANGE, *STRANGE, "teams/\n")
    assert counts(made.delete_below("team/")) == (len(STRANGE), len(STRANGE), 0, 0)
    assert made.keys == ["teams/\n"]


def test_more_than_one_request_can_delete_goes(bucket: Make) -> None:
    made = bucket()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(made.put, (f"team/{number}" for number in range(1005))))
    made.put("teams/a")
    assert counts(made.delete_below("team/")) == (1005, 0, 0, 0)
    assert made.keys == ["teams/a"]


def test_a_key_with_more_versions_than_a_page_goes(enforcing: Emulator) -> None:
    made = Bucket(enforcing).versioning("Enabled")
    for _ in range(1005):
        made.put("a")
    assert counts(made.delete_below("")) == (1, 1004, 0, 0)
    assert made.is_deleted()


def test_uploads_below_the_prefix_are_aborted_and_others_go_on(bucket: Make) -> None:
    made = bucket().upload("team/a").upload("team/a").upload("team/b").upload("teams/a")
    assert counts(made.delete_below("team/")) == (0, 0, 0, 3)
    assert made.uploads == ["teams/a"]


def test_check_mode_counts_and_deletes_nothing(bucket: Make) -> None:
    made = bucket().versioning("Enabled").put("team/a", "team/a").hide("team/b").upload("team/c")
    before = (made.keys, made.uploads)
    assert counts(made.delete_below("team/", check_mode=True)) == (1, 1, 1, 1)
    assert (made.keys, made.uploads) == before


def test_a_bucket_that_is_not_there_is_empty(bucket: Make) -> None:
    made = bucket()
    assert made.is_deleted()
    assert (made.outside("team/"), made.inside("team/")) == (None, None)
    assert counts(made.delete_below("")) == (0, 0, 0, 0)


# What cannot be deleted.


def operator(emulator: Emulator, *statements: Json) -> Json:
    """The options of a new IAM user who may list, and do what the statements say."""
    name = f"operator-{secrets.token_hex(4)}"
    lists = allow(["s3:ListBucketVersions", "s3:ListBucketMultipartUploads"])
    policy = {**lists, "Statement": [*lists["Statement"], *statements]}
    emulator.iam.create_user(UserName=name)
    emulator.iam.put_user_policy(UserName=name, PolicyName="operator", PolicyDocument=json.dumps(policy))
    key = emulator.iam.create_access_key(UserName=name)["AccessKey"]
    return {"access_key": key["AccessKeyId"], "secret_key": key["SecretAccessKey"]}


def as_operator(made: Bucket, options: Json) -> Any:
    return made.emulator.client("s3", options["access_key"], options["secret_key"])


def deletes(made: Bucket, *actions: str, below: str = "") -> Json:
    return {"Effect": "Allow", "Action": list(actions), "Resource": f"arn:aws:s3:::{made.name}/{below}*"}


def test_what_an_operator_may_not_delete_is_named_and_the_rest_goes(enforcing: Emulator) -> None:
    made = Bucket(enforcing).versioning("Enabled").put("team/a/1", "team/a/1", "team/b/1").upload("team/b/2")
    own = deletes(made, "s3:DeleteObject", "s3:DeleteObjectVersion", below="team/a/")
    done = delete_below(as_operator(made, operator(enforcing, own)), made.name, ACCOUNT, "team/")
    assert [(kept.item.kind, kept.item.key, kept.answer.code) for kept in done.left] == [
        ("uploads", "team/b/2", "AccessDenied"),
        ("objects", "team/b/1", "AccessDenied"),
    ]
    assert (done.counts["objects"], done.counts["versions"], done.unlisted) == (1, 1, [])
    assert (made.keys, made.uploads) == (["team/b/1"], ["team/b/2"])


def test_an_operator_who_may_not_delete_versions_leaves_them_all_and_adds_no_marker(enforcing: Emulator) -> None:
    made = Bucket(enforcing).versioning("Enabled").put("a", "a", "b")
    who = operator(enforcing, deletes(made, "s3:DeleteObject"))
    done = delete_below(as_operator(made, who), made.name, ACCOUNT, "")
    assert len(done.left) == 3
    assert made.keys == ["a", "a", "b"]


def test_uploads_that_cannot_be_listed_do_not_keep_objects(enforcing: Emulator) -> None:
    made = Bucket(enforcing).put("a")
    everything = deletes(made, "s3:DeleteObject", "s3:DeleteObjectVersion")
    denied = {"Effect": "Deny", "Action": "s3:ListBucketMultipartUploads", "Resource": "*"}
    done = delete_below(as_operator(made, operator(enforcing, everything, denied)), made.name, ACCOUNT, "")
    assert [answer.code for answer in done.unlisted] == ["AccessDenied"]
    assert made.keys == []


UNTIL = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=3)


def locked(make: Make) -> Bucket:
    """A bucket with one object that is retained, one under a legal hold, and one that is free."""
    made = make(ObjectLockEnabledForBucket=True).put("team/free")
    lock = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": UNTIL}
    made.s3.put_object(Bucket=made.name, Key="team/retained", Body=b"x", **lock)
    made.s3.put_object(Bucket=made.name, Key="team/held", Body=b"x", ObjectLockLegalHoldStatus="ON")
    return made


def test_object_lock_leaves_what_it_protects_and_nothing_else(bucket: Make) -> None:
    made = locked(bucket)
    done = made.delete_below("team/")
    assert [(kept.item.key, kept.answer.code) for kept in done.left] == [
        ("team/held", "AccessDenied"),
        ("team/retained", "AccessDenied"),
    ]
    assert made.keys == ["team/held", "team/retained"]
    made.s3.put_object_legal_hold(Bucket=made.name, Key="team/held", LegalHold={"Status": "OFF"})
    made.delete_below("team/")
    assert made.keys == ["team/retained"]


# The module.


def run(made: Bucket, home: Path, *arguments: str, **options: Any) -> Ran:
    given = {"bucket": made.name, "account_id": ACCOUNT, "state": "absent", **options}
    module = ["localhost", "-m", "assumerole.s3.bucket_objects", "-a", json.dumps(given)]
    return ansible("ansible", *module, *arguments, home=home, emulator=made.emulator)


def test_the_module_says_what_it_would_delete_what_it_deleted_and_that_nothing_is_left(
    enforcing: Emulator, tmp_path: Path
) -> None:
    made = Bucket(enforcing).versioning("Enabled").put("team/a", "team/a", "team/b", "teams/a").hide("team/c")
    listed = "2 objects, 1 noncurrent version and 1 delete marker below 'team/'"
    there = f" from '{made.name}'."
    foreseen, done, again = (run(made, tmp_path, *check, prefix="team") for check in (["--check"], [], []))
    assert (foreseen.code, foreseen.result["changed"]) == (0, True), foreseen.output
    assert foreseen.result["msg"] == f"{listed} would be deleted{there}"
    assert (done.code, done.result["changed"], done.result["msg"]) == (0, True, f"{listed} were deleted{there}")
    assert [done.result[name] for name in ("objects", "versions", "markers", "uploads", "left")] == [2, 1, 1, 0, []]
    assert (again.code, again.result["changed"]) == (0, False)
    assert again.result["msg"] == f"There is nothing below 'team/' in '{made.name}'."
    assert made.keys == ["teams/a"]


def test_the_module_fails_with_what_is_left_and_until_when(enforcing: Emulator, tmp_path: Path) -> None:
    made = locked(lambda **options: Bucket(enforcing, **options))
    ran = run(made, tmp_path)
    assert ran.code != 0
    assert ran.result["msg"] == (
        f"1 object was deleted from '{made.name}'; 2 could not be: 'team/held' (AccessDenied) and 'team/retained' "
        "(AccessDenied). Object Lock protects what is left: run this again when its retention is over, on "
        f"{UNTIL:%Y-%m-%dT%H:%M:%SZ}, or ask whoever set the retention or the legal hold to end it."
    )
    assert (ran.result["changed"], ran.result["objects"], ran.result["left_count"]) == (True, 1, 2)
    assert [(kept["key"], kept["code"]) for kept in ran.result["left"]] == [
        ("team/held", "AccessDenied"),
        ("team/retained", "AccessDenied"),
    ]
    assert "Traceback" not in ran.output


def test_the_module_takes_what_the_collections_group_says(enforcing: Emulator, tmp_path: Path) -> None:
    made = Bucket(enforcing).put("a")
    who = operator(enforcing, deletes(made, "s3:DeleteObject", "s3:DeleteObjectVersion"))
    task = {"name": "It is empty", "assumerole.s3.bucket_objects": {"bucket": made.name, "state": "absent"}}
    defaults = {"group/assumerole.s3.aws": who}
    play = f"{PLAY}    - {json.dumps(task)}\n  module_defaults: {json.dumps(defaults)}\n"
    (tmp_path / "play.yml").write_text(play)
    ran = ansible("ansible-playbook", str(tmp_path / "play.yml"), home=tmp_path, emulator=enforcing, **NOBODY)
    assert (ran.code, made.keys) == (0, []), ran.output
    assert ran.recap["localhost"]["changed"] == 1


def test_the_module_tells_an_operator_what_to_allow(enforcing: Emulator, tmp_path: Path) -> None:
    made = Bucket(enforcing).put("a")
    who = operator(enforcing)
    ran = run(made, tmp_path, **who)
    assert ran.code != 0
    assert ran.result["msg"].startswith(f"Nothing was deleted from '{made.name}'; 1 could not be: 'a' (AccessDenied). ")
    assert "Allow the operator s3:DeleteObject, s3:DeleteObjectVersion" in ran.result["msg"]
    assert not ran.result["changed"]
    assert who["secret_key"] not in ran.output


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"bucket": "No_Bucket"}, "bucket is 'No_Bucket', not a bucket name: "),
        ({"prefix": "team*"}, "prefix is 'team*', which has a character that means more in a policy: "),
        ({"account_id": "1234"}, "account_id is '1234', not an AWS account id: "),
    ],
)
def test_an_impossible_option_is_one_sentence_before_any_request(
    enforcing: Emulator, tmp_path: Path, options: Json, sentence: str
) -> None:
    made = Bucket(enforcing).put("a")
    before = enforcing.requests()
    ran = run(made, tmp_path, **options)
    assert ran.code != 0
    assert ran.result["msg"].startswith(sentence)
    assert enforcing.requests() == before


def test_an_endpoint_that_does_not_answer_is_a_sentence(enforcing: Emulator, tmp_path: Path) -> None:
    made = Bucket(enforcing).put("a")
    ran = run(made, tmp_path, endpoint_url="http://127.0.0.1:9")
    assert ran.code != 0
    assert ran.result["msg"].startswith(f"Nothing was deleted from '{made.name}'; what there is could not be listed: ")
    assert ran.result["msg"].endswith("Check the network, the region and endpoint_url.")
    assert "Traceback" not in ran.output
