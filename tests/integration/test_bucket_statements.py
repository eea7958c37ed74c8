# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy of a bucket that several write at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
import json
import os
from pathlib import Path
import tempfile
import time
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws import bucket_policies
from ansible_collections.assumerole.s3.plugins.modules.bucket_statements import written
from lab.account import code_of
from lab.checkout import Env, Json
from lab.emulator import Emulator
from lab.play import Ran, ansible
from lab.world import World

ACCOUNT = "000000000000"


def statement(bucket: str, sid: str) -> Json:
    resource = f"arn:aws:s3:::{bucket}/{sid}/*"
    return {"Sid": sid, "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": resource}


class Bucket:
    """A bucket, and a home for whoever writes its policy."""

    def __init__(self, emulator: Emulator, home: Path) -> None:
        self.world, self.home = World(emulator), home
        self.name, self.s3 = self.world.bucket, emulator.s3
        self.s3.create_bucket(Bucket=self.name)

    def options(self, *sids: str) -> Json:
        statements = [statement(self.name, sid) for sid in sids]
        return {"bucket": self.name, "account_id": ACCOUNT, "statements": statements, "state": "present"}

    def write(self, *sids: str, check: bool = False, environ: Env | None = None, **options: Any) -> Ran:
        given = {**self.options(*sids), **options}
        command = ["localhost", "-m", "assumerole.s3.bucket_statements", "-a", json.dumps(given)]
        flags = ["--check", "--diff"] if check else []
        return ansible("ansible", *command, *flags, home=self.home, emulator=self.world.emulator, **(environ or {}))

    def policy(self) -> Json:
        found: Json = json.loads(self.s3.get_bucket_policy(Bucket=self.name)["Policy"])
        return found

    def sids(self) -> list[str]:
        return [item["Sid"] for item in self.policy()["Statement"]]


@pytest.fixture
def bucket(enforcing: Emulator, tmp_path: Path) -> Bucket:
    return Bucket(enforcing, tmp_path)


def test_statements_come_and_go_and_a_policy_without_any_is_deleted(bucket: Bucket) -> None:
    theirs = {
        "Version": "2008-10-17",
        "Id": "their policy, with an umlaut: \u00fc",
        "Statement": {**statement(bucket.name, "theirs"), "Condition": {"Bool": {"aws:SecureTransport": False}}},
    }
    bucket.s3.put_bucket_policy(Bucket=bucket.name, Policy=json.dumps(theirs))
    checked = bucket.write("ours", check=True)
    assert checked.result["changed"] is True
    assert bucket.policy() == theirs
    assert bucket.write("ours").result["changed"] is True
    assert bucket.policy() == {**theirs, "Statement": [theirs["Statement"], statement(bucket.name, "ours")]}
    assert bucket.write("ours").result["changed"] is False
    assert bucket.write("ours", state="absent").result["changed"] is True
    assert bucket.policy() == {**theirs, "Statement": [theirs["Statement"]]}
    assert bucket.write("theirs", state="absent").result["policy"] == {}
    assert code_of(bucket.s3.get_bucket_policy, Bucket=bucket.name) == "NoSuchBucketPolicy"
    assert bucket.write("theirs", state="absent").result["changed"] is False


def test_two_runs_at_the_same_time_lose_nothing(bucket: Bucket) -> None:
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(bucket.write, ("a", "b")))
    assert [run.code for run in runs] == [0, 0], runs[0].output
    assert sorted(bucket.sids()) == ["a", "b"]


def test_writers_between_whose_reading_and_writing_time_passes_lose_nothing(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(*where: Any, get: Any = bucket_policies.get) -> Json:
        found: Json = get(*where)
        time.sleep(0.05)
        return found

    monkeypatch.setattr(bucket_policies, "get", slowly)
    sids = [f"Contract{number}" for number in range(8)]
    with ThreadPoolExecutor(len(sids)) as pool:
        list(pool.map(lambda sid: written(bucket.s3, bucket.options(sid), check_mode=False), sids))
    assert sorted(bucket.sids()) == sids


REFUSED = [
    ({"account_id": "999999999999"}, "could not be written"),
    ({"bucket": "No_Bucket"}, "bucket is 'No_Bucket', not a bucket name"),
    ({"statements": [{"Effect": "Deny"}]}, "statements has one without a Sid"),
]


@pytest.mark.parametrize(("options", "why"), REFUSED)
def test_what_cannot_be_written_is_one_sentence(bucket: Bucket, options: Json, why: str) -> None:
    ran = bucket.write("ours", **options)
    assert ran.code != 0
    assert why in ran.output
    assert code_of(bucket.s3.get_bucket_policy, Bucket=bucket.name) == "NoSuchBucketPolicy"


def test_without_a_lock_nothing_is_written(bucket: Bucket) -> None:
    # A short path: Ansible keeps a socket in it.
    with tempfile.TemporaryDirectory(dir="/tmp") as place:
        (Path(place) / f"assumerole.s3-{os.geteuid()}").write_text("in the way")
        ran = bucket.write("ours", environ={"TMPDIR": place})
    assert ran.code != 0
    assert "Nobody else's writing can be kept out meanwhile" in ran.output
    assert code_of(bucket.s3.get_bucket_policy, Bucket=bucket.name) == "NoSuchBucketPolicy"
