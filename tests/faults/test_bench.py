# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bench does to a client what AWS and the network do: shown with boto3, each fault by what arrives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
import secrets
import subprocess
import sys
import time
from typing import Any

from bench import Bench, Lane, error, fault, unknown_key
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
import pytest

from lab.home import environment


@pytest.fixture
def lane(bench: Bench) -> Iterator[Lane]:
    yield bench.lanes[-1]
    bench.lanes[-1].script()


@pytest.fixture
def name() -> str:
    return f"bench-{secrets.token_hex(4)}"


def outcome(call: Callable[..., Any], **arguments: Any) -> str:
    """What a client makes of the answer: OK, AWS's code, or the name of the SDK's error."""
    try:
        call(**arguments)
    except ClientError as refused:
        return str(refused.response["Error"]["Code"])
    except (BotoCoreError, ResponseParserError) as broken:
        return type(broken).__name__
    return "OK"


def exists(bench: Bench, name: str) -> bool:
    return outcome(bench.emulator.iam.get_user, UserName=name) == "OK"


def test_signatures_survive_the_proxy_and_requests_are_logged_by_name(bench: Bench, lane: Lane, name: str) -> None:
    before = len(lane.requests())
    assert outcome(lane.emulator.client("sts").get_caller_identity) == "OK"
    s3 = lane.emulator.client("s3")
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="a/b", Body=b"x")
    assert s3.get_object(Bucket=name, Key="a/b")["Body"].read() == b"x"
    s3.list_objects_v2(Bucket=name)
    s3.get_bucket_encryption(Bucket=name)
    assert [entry["operation"] for entry in lane.requests()[before:]] == [
        "GetCallerIdentity",
        "CreateBucket",
        "PutObject",
        "GetObject",
        "ListObjectsV2",
        "GetBucketEncryption",
    ]
    assert {entry["fault"] for entry in lane.requests()[before:]} == {None}


def test_a_wrong_secret_is_still_refused_behind_the_proxy(bench: Bench, lane: Lane) -> None:
    made_up = lane.emulator.client("sts", "AKIAMADEUPEXAMPLE234", "x")
    assert outcome(made_up.get_caller_identity) == "InvalidClientTokenId"


@pytest.mark.parametrize("code", ["Throttling", "RequestLimitExceeded", "InternalFailure", "ServiceUnavailable"])
def test_an_error_strikes_the_first_ones_and_is_not_passed_on(bench: Bench, lane: Lane, name: str, code: str) -> None:
    lane.script(error(code, service="iam", operation="CreateUser", first=2))
    iam = lane.emulator.client("iam")
    assert [outcome(iam.create_user, UserName=name) for _time in range(2)] == [code, code]
    assert not exists(bench, name)
    assert outcome(iam.create_user, UserName=name) == "OK"


@pytest.mark.parametrize("code", ["SlowDown", "RequestTimeTooSkewed", "ExpiredToken", "InvalidAccessKeyId"])
def test_s3_says_it_in_its_own_format(bench: Bench, lane: Lane, code: str) -> None:
    lane.script(error(code, service="s3"))
    assert outcome(lane.emulator.client("s3").list_buckets) == code


@pytest.mark.parametrize(
    ("kind", "seen", "acted"),
    [
        ("reset", "ConnectionClosedError", False),
        ("reset-after", "ConnectionClosedError", True),
        ("error-after", "InternalFailure", True),
        ("hang", "ReadTimeoutError", False),
        ("hang-after", "ReadTimeoutError", True),
        ("cut", "ResponseParserError", True),
    ],
)
def test_what_the_client_sees_and_what_the_server_did(
    bench: Bench, lane: Lane, kind: str, seen: str, acted: bool
) -> None:
    name = f"bench-{secrets.token_hex(4)}"
    lane.script(fault(kind, operation="CreateUser", delay=2))
    iam = lane.emulator.client("iam", config=Config(retries={"total_max_attempts": 1}, read_timeout=0.5))
    assert outcome(iam.create_user, UserName=name) == seen
    assert exists(bench, name) is acted


def test_a_reset_during_a_read_of_an_object_cuts_its_body(bench: Bench, lane: Lane, name: str) -> None:
    bench.emulator.s3.create_bucket(Bucket=name)
    bench.emulator.s3.put_object(Bucket=name, Key="k", Body=b"0123456789" * 100)
    lane.script(fault("cut", operation="GetObject"))
    body = lane.emulator.client("s3").get_object(Bucket=name, Key="k")["Body"]
    with pytest.raises(BotoCoreError):
        body.read()


def test_a_role_flaps_as_scripted(bench: Bench, lane: Lane) -> None:
    lane.script(error("AccessDenied", operation="GetCallerIdentity", on=[1, 3]))
    sts = lane.emulator.client("sts")
    assert [outcome(sts.get_caller_identity) for _time in range(4)] == ["AccessDenied", "OK", "AccessDenied", "OK"]


def test_a_key_is_unknown_for_a_while_to_each_service_in_its_words(bench: Bench, lane: Lane) -> None:
    lane.script(*unknown_key(bench.emulator.env["AWS_ACCESS_KEY_ID"], first=1))
    sts, s3 = lane.emulator.client("sts"), lane.emulator.client("s3")
    assert [outcome(sts.get_caller_identity) for _time in range(2)] == ["InvalidClientTokenId", "OK"]
    assert [outcome(s3.list_buckets) for _time in range(2)] == ["InvalidAccessKeyId", "OK"]


def test_a_read_lags_behind_a_write(bench: Bench, lane: Lane, name: str) -> None:
    lane.script(fault("stale", service="iam", operation="GetUser", repeats=2))
    iam = lane.emulator.client("iam")
    seen = [outcome(iam.get_user, UserName=name)]
    iam.create_user(UserName=name)
    seen += [outcome(iam.get_user, UserName=name) for _time in range(3)]
    assert seen == ["NoSuchEntity", "NoSuchEntity", "NoSuchEntity", "OK"]


def test_a_deactivated_key_still_works_for_a_while(bench: Bench, lane: Lane, name: str) -> None:
    bench.emulator.iam.create_user(UserName=name)
    key = bench.emulator.iam.create_access_key(UserName=name)["AccessKey"]
    lane.script(fault("delayed", operation="UpdateAccessKey", delay=1))
    lane.emulator.client("iam").update_access_key(UserName=name, AccessKeyId=key["AccessKeyId"], Status="Inactive")
    sts = lane.emulator.client("sts", key["AccessKeyId"], key["SecretAccessKey"])
    assert outcome(sts.get_caller_identity) == "OK"
    deadline = time.monotonic() + 20
    while outcome(sts.get_caller_identity) == "OK":
        assert time.monotonic() < deadline
    assert outcome(sts.get_caller_identity) == "InvalidClientTokenId"


@pytest.mark.parametrize(("kind", "acted"), [("kill", False), ("kill-after", True)])
def test_the_client_is_killed_with_all_that_it_started(
    bench: Bench, lane: Lane, name: str, kind: str, acted: bool
) -> None:
    program = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True)\n"
        "print(child.pid, flush=True)\n"
        "sys.stdin.readline()\n"
        "import boto3\n"
        f"boto3.client('iam').create_user(UserName={name!r})\n"
        "print('survived', flush=True)\n"
    )
    client = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(lane.folder, lane.emulator.env),
    )
    assert client.stdout
    assert client.stdin
    child = int(client.stdout.readline())
    lane.script(fault(kind, operation="CreateUser", pid=client.pid))
    client.stdin.write("\n")
    client.stdin.flush()
    assert client.wait(30) == -9
    assert client.stdout.read() == ""
    client.stdin.close()
    client.stdout.close()
    alive = subprocess.run(["ps", "-o", "stat=", "-p", str(child)], check=False, capture_output=True, text=True).stdout
    assert not alive or alive.startswith("Z")
    assert exists(bench, name) is acted


def test_lanes_do_not_disturb_each_other(bench: Bench, lane: Lane) -> None:
    lane.script(error("Throttling"))
    assert outcome(bench.lanes[0].emulator.client("sts").get_caller_identity) == "OK"
    assert outcome(lane.emulator.client("sts").get_caller_identity) == "Throttling"


def test_a_new_script_counts_from_the_beginning(bench: Bench, lane: Lane) -> None:
    sts = lane.emulator.client("sts")
    for _time in range(2):
        lane.script(error("Throttling", first=1))
        assert [outcome(sts.get_caller_identity) for _again in range(2)] == ["Throttling", "OK"]


def test_a_fault_that_does_not_exist_is_refused(lane: Lane) -> None:
    with pytest.raises(ValueError, match="no fault of the kind 'earthquake'"):
        lane.script(fault("earthquake"))


def test_a_line_that_is_still_being_written_down_is_no_request_yet(bench: Bench, tmp_path: Path) -> None:
    lane = replace(bench.lanes[-1], folder=tmp_path)
    (tmp_path / f"{lane.port}.log").write_text('{"operation": "GetUser"}\n{"operation": "Get')
    assert lane.requests() == [{"operation": "GetUser"}]
