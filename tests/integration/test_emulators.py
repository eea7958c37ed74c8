# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the emulators must do for the other tests to mean anything."""

from __future__ import annotations

import json
import os
from pathlib import Path
import socket
import time
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from lab.account import allow, code_of, new_account, operator_of
from lab.emulator import ACCOUNT, Emulator, emulator_command, running
from lab.world import World, provision

MADE_UP = ("AKIAMADEUPKEYEXAMPLE", "made-up-secret")


@pytest.fixture(scope="module")
def made(enforcing: Emulator) -> World:
    return provision(enforcing)


def test_a_made_up_key_is_refused(enforcing: Emulator) -> None:
    assert code_of(enforcing.client("sts", *MADE_UP).get_caller_identity) == "InvalidClientTokenId"
    assert code_of(enforcing.client("s3", *MADE_UP).list_buckets) == "InvalidAccessKeyId"


def test_a_wrong_secret_is_refused(made: World, enforcing: Emulator) -> None:
    sts = enforcing.client("sts", made.key["AccessKeyId"], "wrong-secret")
    assert code_of(sts.get_caller_identity) == "SignatureDoesNotMatch"


def test_a_user_whom_the_trust_policy_names_needs_no_policy_of_its_own(made: World) -> None:
    assert made.assume()["AccessKeyId"]
    assert code_of(made.as_user("s3").list_buckets) == "AccessDenied"


def test_a_trust_policy_that_names_the_account_lets_in_nobody_without_a_policy(enforcing: Emulator) -> None:
    made = provision(enforcing)
    made.set_trust(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
            ],
        }
    )
    assert code_of(made.assume) == "AccessDenied"
    made.give_user(allow("sts:AssumeRole", made.role_arn))
    assert code_of(made.assume) == "OK"


def test_another_user_is_refused(made: World, enforcing: Emulator) -> None:
    other = provision(enforcing)
    params = {"RoleArn": made.role_arn, "RoleSessionName": "other"}
    assert code_of(other.as_user("sts").assume_role, **params) == "AccessDenied"


def test_a_missing_or_wrong_external_id_is_refused(enforcing: Emulator) -> None:
    made = provision(enforcing, external_id="contract-4711")
    params = {"RoleArn": made.role_arn, "RoleSessionName": "test"}
    assert code_of(made.as_user("sts").assume_role, **params) == "AccessDenied"
    assert code_of(made.as_user("sts").assume_role, **params, ExternalId="contract-4712") == "AccessDenied"
    assert code_of(made.as_user("sts").assume_role, **params, ExternalId="contract-4711") == "OK"


def test_a_session_longer_than_the_roles_maximum_is_refused_by_validation(made: World) -> None:
    assert code_of(made.assume, DurationSeconds=3600) == "OK"
    assert code_of(made.assume, DurationSeconds=3601) == "ValidationError"
    assert code_of(made.assume, DurationSeconds=43201) == "ValidationError"


def test_who_may_not_assume_the_role_is_not_told_its_maximum(made: World, enforcing: Emulator) -> None:
    other = provision(enforcing)
    params = {"RoleArn": made.role_arn, "RoleSessionName": "other", "DurationSeconds": 3601}
    assert code_of(other.as_user("sts").assume_role, **params) == "AccessDenied"


def test_plain_http_meets_the_bucket_policy_and_https_passes(made: World, enforcing: Emulator) -> None:
    over_tls, plain = made.as_role("s3"), made.as_role("s3", enforcing.plain_endpoint_url)
    assert code_of(over_tls.list_objects_v2, Bucket=made.bucket) == "OK"
    assert code_of(plain.list_objects_v2, Bucket=made.bucket) == "AccessDenied"
    enforcing.s3.delete_bucket_policy(Bucket=made.bucket)
    assert code_of(plain.list_objects_v2, Bucket=made.bucket) == "OK"
    made.set_bucket_policy_with()


def test_a_bucket_of_another_owner_than_expected_is_refused(made: World) -> None:
    s3 = made.as_role("s3")
    assert code_of(s3.list_objects_v2, Bucket=made.bucket, ExpectedBucketOwner=ACCOUNT) == "OK"
    assert code_of(s3.list_objects_v2, Bucket=made.bucket, ExpectedBucketOwner="999999999999") == "AccessDenied"


def test_only_who_may_list_is_told_that_a_key_is_missing(enforcing: Emulator) -> None:
    may_list, may_not = provision(enforcing), provision(enforcing, permissions=("read",))
    assert code_of(may_list.as_role("s3").get_object, Bucket=may_list.bucket, Key="missing") == "NoSuchKey"
    assert code_of(may_not.as_role("s3").get_object, Bucket=may_not.bucket, Key="missing") == "AccessDenied"


def test_a_deletion_of_many_keys_is_judged_key_by_key(enforcing: Emulator) -> None:
    made = provision(enforcing, prefix="team/", permissions=("list", "delete"))
    made.put("team/a", "team/b", "<elsewhere>")
    entries = [{"Key": "team/a"}, {"Key": "<elsewhere>"}, {"Key": "team/b", "VersionId": "null"}]
    answer = made.as_role("s3").delete_objects(Bucket=made.bucket, Delete={"Objects": entries, "Quiet": True})
    assert [(error["Key"], error.get("VersionId"), error["Code"]) for error in answer["Errors"]] == [
        ("<elsewhere>", None, "AccessDenied"),
        ("team/b", "null", "AccessDenied"),
    ]
    assert made.objects() == ["<elsewhere>", "team/b"]
    made.set_permissions(allow(["s3:DeleteObject", "s3:DeleteObjectVersion"]), "extra")
    answer = made.as_role("s3").delete_objects(Bucket=made.bucket, Delete={"Objects": entries[1:]})
    assert (len(answer["Deleted"]), made.objects()) == (2, [])


def test_a_made_up_key_deletes_nothing(made: World, enforcing: Emulator) -> None:
    delete = {"Objects": [{"Key": "a"}]}
    s3 = enforcing.client("s3", *MADE_UP)
    assert code_of(s3.delete_objects, Bucket=made.bucket, Delete=delete) == "InvalidAccessKeyId"


def test_a_list_holds_any_key_and_its_pages_do_not_overlap(enforcing: Emulator) -> None:
    made = provision(enforcing)
    keys = ["a b+c", "a\rb", "a\x07", "\u00fc"]
    made.put(*keys)
    pages = enforcing.s3.get_paginator("list_object_versions").paginate(
        Bucket=made.bucket, PaginationConfig={"PageSize": 1}
    )
    assert sorted(item["Key"] for page in pages for item in page["Versions"]) == sorted(keys)


def test_a_conditional_write_is_judged_before_its_condition(enforcing: Emulator) -> None:
    writer, reader = provision(enforcing), provision(enforcing, permissions=("list", "read"))
    params = {"Key": "missing", "Body": b"", "IfMatch": '"00000000000000000000000000000000"'}
    assert code_of(writer.as_role("s3").put_object, Bucket=writer.bucket, **params) in (
        "PreconditionFailed",
        "NoSuchKey",
    )
    assert code_of(reader.as_role("s3").put_object, Bucket=reader.bucket, **params) == "AccessDenied"
    assert writer.objects() == reader.objects() == []


def test_a_user_gets_two_keys_at_most(enforcing: Emulator) -> None:
    made = provision(enforcing)
    assert code_of(enforcing.iam.create_access_key, UserName=made.user) == "OK"
    assert code_of(enforcing.iam.create_access_key, UserName=made.user) == "LimitExceeded"
    assert len(enforcing.iam.list_access_keys(UserName=made.user)["AccessKeyMetadata"]) == 2


def test_a_trust_policy_has_2048_characters_at_most_but_for_white_space(enforcing: Emulator) -> None:
    world = provision(enforcing)
    document = world.trust()
    document["Statement"][0]["Sid"] = "x" * 1500
    world.set_trust({**document, "Version": "2012-10-17"})
    spaced = json.dumps(document, indent=40)
    assert len(spaced) > 2048
    world.iam.update_assume_role_policy(RoleName=world.role, PolicyDocument=spaced)
    document["Statement"][0]["Sid"] = "x" * 2048
    too_long = {"RoleName": world.role, "PolicyDocument": json.dumps(document)}
    assert code_of(world.iam.update_assume_role_policy, **too_long) == "LimitExceeded"


def test_localstack_lets_a_made_up_key_in(localstack: Emulator) -> None:
    assert code_of(localstack.client("sts", *MADE_UP).get_caller_identity) == "OK"
    assert code_of(localstack.client("s3", *MADE_UP).list_buckets) == "OK"


def listens(url: str) -> bool:
    address = urlsplit(url)
    with socket.socket() as probe:
        return probe.connect_ex((address.hostname or "", address.port or 0)) == 0


def test_two_of_a_kind_run_at_once_and_each_has_its_own_state(enforcing: Emulator, tmp_path: Path) -> None:
    with running("enforcing", tmp_path / "second") as second:
        assert second.endpoint_url != enforcing.endpoint_url
        second.iam.create_user(UserName="only-here")
        assert code_of(enforcing.iam.get_user, UserName="only-here") == "NoSuchEntity"


def test_stopping_frees_the_ports_and_removes_the_state_and_twice_is_fine(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with running("enforcing", state) as emulator:
        urls = [emulator.endpoint_url, emulator.plain_endpoint_url]
        assert all(listens(url) for url in urls)
        pid = emulator.pid
        stopped = emulator_command("stop", str(state))
    assert (stopped.returncode, stopped.stdout) == (0, f"stopped (process {pid})\n")
    assert not any(listens(url) for url in urls)
    assert not state.exists()
    again = emulator_command("stop", str(state))
    assert (again.returncode, again.stdout) == (0, "nothing was running\n")


def test_a_client_that_keeps_its_connection_does_not_hold_up_the_stop(tmp_path: Path) -> None:
    with running("enforcing", tmp_path / "state") as emulator:
        emulator.iam.list_users()
        began = time.monotonic()
        emulator_command("stop", str(tmp_path / "state"))
        assert time.monotonic() - began < 5


def test_a_second_start_in_the_same_place_is_refused(enforcing: Emulator) -> None:
    again = emulator_command("start", "enforcing", str(enforcing.state_dir))
    assert again.returncode == 1
    assert again.stderr == f"An emulator runs in {enforcing.state_dir} already: stop it first.\n"
    assert listens(enforcing.endpoint_url)


def test_a_process_that_has_no_command_line_yet_is_waited_for(tmp_path: Path) -> None:
    """As every process has none for a moment; here ``ps`` never tells one."""
    mute = tmp_path / "bin" / "ps"
    mute.parent.mkdir()
    mute.write_text("#!/bin/sh\n")
    mute.chmod(0o700)
    state = tmp_path / "state"
    path = os.pathsep.join([str(mute.parent), os.environ["PATH"]])
    try:
        started = emulator_command("start", "enforcing", str(state), PATH=path)
        assert started.returncode == 0, started.stderr
    finally:
        emulator_command("stop", str(state))


def test_an_endpoint_that_is_given_is_used_instead(tmp_path: Path) -> None:
    given = {
        "AWS_ENDPOINT_URL": "https://aws.test",
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "AKIAGIVENEXAMPLE",
    }
    started = emulator_command("start", "enforcing", str(tmp_path / "state"), **given)
    assert started.returncode == 0
    assert started.stdout == "https://aws.test is used, as AWS_ENDPOINT_URL says; nothing was started.\n"
    assert json.loads((tmp_path / "state" / "env.json").read_text()) == given
    assert sorted(os.listdir(tmp_path / "state")) == ["env", "env.json"]
    assert emulator_command("stop", str(tmp_path / "state")).stdout == "nothing was running\n"


def test_run_stops_the_emulator_whatever_the_command_says(tmp_path: Path) -> None:
    command = ["sh", "-c", 'echo "url $AWS_ENDPOINT_URL"; exit 7']
    ran = emulator_command("run", "enforcing", str(tmp_path / "state"), *command, AWS_PROFILE="somebody")
    assert ran.returncode == 7
    (url,) = [line.split()[1] for line in ran.stdout.splitlines() if line.startswith("url ")]
    assert not listens(url)
    assert not (tmp_path / "state").exists()


def listening_addresses(pid: int) -> set[str]:
    """The addresses on which a process and its children listen, from the kernel's tables."""
    pids = {pid, *children(pid)}
    inodes = {os.readlink(link) for each in pids for link in Path(f"/proc/{each}/fd").iterdir() if link.is_symlink()}
    rows = [
        line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    ]
    return {row[1].split(":")[0] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in inodes}


def children(pid: int) -> set[int]:
    direct = {
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    }
    return direct.union(*(children(child) for child in direct))


@pytest.mark.parametrize("name", ["enforcing", "localstack"])
def test_only_loopback_is_listened_on(name: str, request: pytest.FixtureRequest) -> None:
    emulator: Emulator = request.getfixturevalue(name)
    assert listening_addresses(emulator.pid) == {"0100007F"}


def test_the_key_of_the_certificate_is_private(enforcing: Emulator) -> None:
    assert (enforcing.state_dir / "key.pem").stat().st_mode & 0o777 == 0o600
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        urlopen(enforcing.endpoint_url, timeout=5)


def test_the_request_log_names_actions_and_holds_no_secret(enforcing: Emulator) -> None:
    before = len(enforcing.requests())
    made = provision(enforcing, external_id="contract-4711")
    session = made.assume()
    made.as_role("s3").put_object(Bucket=made.bucket, Key="a/b", Body=b"BODYEXAMPLE")
    entries = enforcing.requests()[before:]
    assert {"service": "sts", "action": "AssumeRole", "status": 200}.items() <= entries[-3].items()
    assert {"service": "s3", "action": f"PUT /{made.bucket}/a/b", "status": 200}.items() <= entries[-1].items()
    log = (enforcing.state_dir / "requests.log").read_text()
    secrets = [
        made.key["SecretAccessKey"],
        made.key["AccessKeyId"],
        session["SecretAccessKey"],
        session["SessionToken"],
        "contract-4711",
        "BODYEXAMPLE",
    ]
    assert [secret for secret in secrets if secret in log] == []


def test_who_may_make_users_within_a_boundary_only_makes_no_other(enforcing: Emulator) -> None:
    account = new_account(enforcing)
    boundary = f"arn:aws:iam::{account.account}:policy/within"
    account.client("iam").create_policy(PolicyName="within", PolicyDocument=json.dumps(allow("s3:*")))
    allowed = allow(["iam:CreateUser", "iam:PutUserPolicy"])
    (statement,) = allowed["Statement"]
    condition = {"StringEquals": {"iam:PermissionsBoundary": boundary}}
    operator = operator_of(account, [{**allowed, "Statement": [{**statement, "Condition": condition}]}])
    iam = account.client("iam", operator["AWS_ACCESS_KEY_ID"], operator["AWS_SECRET_ACCESS_KEY"])
    account.client("iam").create_user(UserName="free")
    policy = {"PolicyName": "x", "PolicyDocument": json.dumps(allow("s3:*"))}
    assert code_of(lambda: iam.create_user(UserName="bound", PermissionsBoundary=boundary)) == "OK"
    assert code_of(lambda: iam.put_user_policy(UserName="bound", **policy)) == "OK"
    assert code_of(lambda: iam.create_user(UserName="other")) == "AccessDenied"
    assert code_of(lambda: iam.put_user_policy(UserName="free", **policy)) == "AccessDenied"
