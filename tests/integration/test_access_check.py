# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole check in one process against the enforcing emulator: what it finds, and that it leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
import json
import os
from pathlib import Path
import re
import subprocess
from typing import Any

from botocore.awsrequest import AWSResponse
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws import probes
from ansible_collections.assumerole.s3.plugins.module_utils._aws.abandoned import machine
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities, connection
from ansible_collections.assumerole.s3.plugins.module_utils._contract.callers import WrongCaller
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import PERMISSIONS, USUAL
from ansible_collections.assumerole.s3.plugins.module_utils._verification import convergence
from ansible_collections.assumerole.s3.plugins.module_utils._verification.access import check_access
from ansible_collections.assumerole.s3.plugins.module_utils._verification.canary import Unreachable
from lab.account import allow
from lab.checkout import Json
from lab.emulator import ACCOUNT, Emulator
from lab.home import add_user_profile
from lab.world import World, provision

SUBSETS = [subset for size in (1, 2, 3, 4) for subset in combinations(USUAL, size)]


def findings(result: Json) -> dict[str, str]:
    """The checks that did not pass, with their outcomes."""
    return {check["id"]: check["outcome"] for check in result["checks"] if check["outcome"] != "pass"}


def check_of(result: Json, name: str) -> Json:
    (check,) = [check for check in result["checks"] if check["id"] == name]
    return dict(check)


def inside(made: World) -> dict[str, str]:
    """An object on each side of the prefix, put there by the operator, and the options that name them."""
    keys = {"inside_object": made.inside}
    if made.prefix:
        keys["outside_object"] = made.beside
    made.put(*keys.values())
    return keys


# What holds is verified.


def test_a_sound_contract_is_verified_and_every_check_passed_three_times(enforcing: Emulator) -> None:
    made = provision(enforcing, forbidden_buckets=())
    result = made.check()
    assert findings(result) == {}
    assert (result["verdict"], result["enforced"], result["leftovers"]) == ("verified", True, [])
    assert {check["attempts"] for check in result["checks"]} == {3}
    assert all(check["time"] and (check["request_id"] or check["error"]) for check in result["checks"])
    assert result["caller"] == {
        "arn": made.user_arn,
        "account": ACCOUNT,
        "user_id": enforcing.iam.get_user(UserName=made.user)["User"]["UserId"],
    }
    assert result["session"]["arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/{made.role}/test"
    assert result["session"]["role_id"] == enforcing.iam.get_role(RoleName=made.role)["Role"]["RoleId"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", result["session"]["expiration"])


def test_refusals_are_seen_and_not_assumed(enforcing: Emulator) -> None:
    result = provision(enforcing).check()
    denied = {check["id"]: check for check in result["checks"] if check["expected"] == "denied"}
    assert len(denied) >= 8
    longer = denied.pop("trust.longer_session")  # AWS refuses that as a value, not as an action
    assert (longer["observed"], longer["error"]["code"]) == ("denied", "ValidationError")
    for check in denied.values():
        assert (check["observed"], check["error"]["code"], check["error"]["status"]) == ("denied", "AccessDenied", 403)


@pytest.mark.parametrize("permissions", SUBSETS, ids=["+".join(subset) for subset in SUBSETS])
def test_each_choice_of_permissions_is_verified(enforcing: Emulator, permissions: tuple[str, ...]) -> None:
    made = provision(enforcing, permissions=permissions)
    result = made.check(**inside(made))
    assert findings(result) == {}
    assert result["verdict"] == "verified"


def test_the_richest_contract_is_verified(enforcing: Emulator) -> None:
    outsider = provision(enforcing)
    made = provision(
        enforcing,
        prefix="team/reports/",
        external_id="contract-4711",
        max_session_duration=7200,
        forbidden_buckets=(outsider.bucket,),
    )
    write_profile("outsider", outsider)
    identities = made.identities(outsider_profile="outsider", plain_http_endpoint_url=enforcing.plain_endpoint_url)
    theirs = {outsider.bucket: "theirs"}
    outsider.put("theirs")
    options = made.options(outsider_profile="outsider", forbidden_objects=theirs, **inside(made))
    result = check_access(identities, options)
    assert findings(result) == {}
    assert result["verdict"] == "verified"
    asked = {check["id"] for check in result["checks"]}
    assert {
        "trust.no_external_id",
        "trust.wrong_external_id",
        "trust.longer_session",
        "trust.outsider",
        "role.outside.list_all",
        "plain_http.read",
        f"role.read@{outsider.bucket}",
        f"user.delete@{outsider.bucket}",
        "anonymous.write",
    } <= asked


def write_profile(name: str, owner: World) -> None:
    add_user_profile(Path(os.environ["AWS_SHARED_CREDENTIALS_FILE"]), owner, name)


# What does not hold is found, and named.


def user_gets_s3(made: World) -> None:
    made.give_user(allow("s3:GetObject", f"arn:aws:s3:::{made.bucket}/*"))


def user_joins_a_group(made: World) -> None:
    iam, group = made.emulator.iam, f"group-{made.tag}"
    iam.create_group(GroupName=group)
    iam.put_group_policy(GroupName=group, PolicyName="list", PolicyDocument=json.dumps(allow("s3:ListAllMyBuckets")))
    iam.add_user_to_group(GroupName=group, UserName=made.user)


def role_gets_write(made: World) -> None:
    made.set_permissions(allow("s3:PutObject", f"arn:aws:s3:::{made.bucket}/*"), "extra")


def role_gets_everything(made: World) -> None:
    made.set_permissions(allow("s3:*"), "extra")


def role_lists_all(made: World) -> None:
    made.set_permissions(allow("s3:ListAllMyBuckets"), "extra")


def role_reads_the_bucket_policy(made: World) -> None:
    made.set_permissions(allow("s3:GetBucketPolicy", f"arn:aws:s3:::{made.bucket}"), "extra")


def bucket_lets_everybody_read(made: World) -> None:
    made.emulator.s3.delete_public_access_block(Bucket=made.bucket)
    made.set_bucket_policy_with(
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{made.bucket}/*"}
    )


def bucket_lets_the_user_write(made: World) -> None:
    made.set_bucket_policy_with(
        {
            "Effect": "Allow",
            "Principal": {"AWS": made.user_arn},
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{made.bucket}/*",
        }
    )


WIDENED: list[tuple[Callable[[World], None], set[str], str]] = [
    (user_gets_s3, {"user.read"}, "The user may s3:GetObject without assuming the role."),
    (user_joins_a_group, {"user.list_buckets"}, "The user may s3:ListAllMyBuckets without assuming the role."),
    (role_gets_write, {"role.write"}, "The role may s3:PutObject on "),
    (
        role_gets_everything,
        {"role.write", "role.delete", "role.list_buckets", "role.bucket_policy"},
        "The role may s3:PutObject on ",
    ),
    (role_lists_all, {"role.list_buckets"}, "The role may s3:ListAllMyBuckets on *"),
    (role_reads_the_bucket_policy, {"role.bucket_policy"}, "The role may s3:GetBucketPolicy on "),
    (bucket_lets_everybody_read, {"user.read", "anonymous.read"}, "The user may s3:GetObject without assuming"),
    (bucket_lets_the_user_write, {"user.write"}, "The user may s3:PutObject without assuming the role."),
]


@pytest.mark.parametrize(("widen", "names", "cause"), WIDENED, ids=[case[0].__name__ for case in WIDENED])
def test_too_much_access_is_named(
    enforcing: Emulator, widen: Callable[[World], None], names: set[str], cause: str
) -> None:
    made = provision(enforcing, permissions=("list", "read"))
    keys = inside(made)
    widen(made)
    result = made.check(**keys)
    assert findings(result) == dict.fromkeys(names, "excess_access")
    assert result["verdict"] == "violated"
    first = next(check for check in result["checks"] if check["outcome"] == "excess_access")
    assert (first["observed"], first["expected"]) == ("allowed", "denied")
    assert first["cause"].startswith(cause)
    assert first["advice"]
    assert made.objects() == [keys["inside_object"]]


class Conditional(Identities):
    """AWS demands s3:GetObject of a write with If-Match, and a signature of every conditional one; emulators do not.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """

    def _client(self, service: str, *arguments: Any, **options: Any) -> Any:
        client = super()._client(service, *arguments, **options)
        client.meta.events.register("before-send.s3.PutObject", self._refuse)
        return client

    @staticmethod
    def _refuse(request: Any, **_more: Any) -> AWSResponse | None:
        headers = {name.lower() for name in request.headers}
        if "if-match" in headers or ("if-none-match" in headers and "authorization" not in headers):
            return AWSResponse(request.url, 403, {}, Refused())
        return None


class Refused:
    """The body of a refusal, as urllib3 gives it."""

    def stream(self, *_arguments: Any, **_options: Any) -> Iterator[bytes]:
        yield b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"


def test_who_may_write_and_not_read_is_found_by_the_probes_alone(enforcing: Emulator) -> None:
    forbidden = provision(enforcing).bucket
    made = provision(enforcing, permissions=("list",), prefix="team/", forbidden_buckets=(forbidden,))
    keys = inside(made)
    made.give_user(allow("s3:PutObject"))
    made.set_permissions(allow("s3:PutObject"), "extra")
    made.emulator.s3.delete_public_access_block(Bucket=made.bucket)
    anybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject"}
    made.set_bucket_policy_with({**anybody, "Resource": f"arn:aws:s3:::{made.bucket}/*"})
    identities = Conditional(made.identities()._where)
    made.put("theirs", bucket=forbidden)
    result = check_access(identities, made.options(forbidden_objects={forbidden: "theirs"}, **keys))
    names = ["role.write", "role.outside.write", "user.write", "anonymous.write"]
    names += [f"role.write@{forbidden}", f"user.write@{forbidden}"]
    assert findings(result) == dict.fromkeys(names, "excess_access")
    assert (made.objects(), made.objects(forbidden)) == (sorted(keys.values()), ["theirs"])


def test_check_mode_sees_that_a_writer_may_write(enforcing: Emulator) -> None:
    made = provision(enforcing, permissions=("write",))
    result = check_access(Conditional(made.identities()._where), made.options(), traceless=True)
    assert check_of(result, "role.write")["outcome"] == "pass"


def test_a_forbidden_bucket_that_is_reached_is_named(enforcing: Emulator) -> None:
    forbidden = provision(enforcing).bucket
    made = provision(enforcing, forbidden_buckets=(forbidden,))
    made.set_permissions(allow(["s3:ListBucket", "s3:PutObject"], f"arn:aws:s3:::{forbidden}*"), "extra")
    made.put("theirs", bucket=forbidden)
    result = made.check(forbidden_objects={forbidden: "theirs"})
    assert findings(result) == dict.fromkeys([f"role.list@{forbidden}", f"role.write@{forbidden}"], "excess_access")
    assert made.objects(forbidden) == ["theirs"]


@pytest.mark.parametrize(("permission", "pattern"), [("read", "theirs/*"), ("delete", "*"), ("delete", "*/*")])
def test_a_forbidden_bucket_is_tried_in_its_root_and_in_a_folder_and_by_the_user_too(
    enforcing: Emulator, permission: str, pattern: str
) -> None:
    action = PERMISSIONS[permission].action
    forbidden = provision(enforcing).bucket
    made = provision(enforcing, forbidden_buckets=(forbidden,))
    made.put("theirs/1", bucket=forbidden)
    made.give_user(allow(action, f"arn:aws:s3:::{forbidden}/{pattern}"))
    result = made.check(forbidden_objects={forbidden: "theirs/1"})
    assert findings(result) == {f"user.{permission}@{forbidden}": "excess_access"}
    assert made.objects(forbidden) == ["theirs/1"]


def test_reading_in_a_forbidden_bucket_takes_an_object_there(enforcing: Emulator) -> None:
    forbidden = provision(enforcing).bucket
    result = provision(enforcing, forbidden_buckets=(forbidden,)).check()
    assert findings(result) == dict.fromkeys([f"role.read@{forbidden}", f"user.read@{forbidden}"], "inconclusive")
    assert "forbidden_objects" in check_of(result, f"role.read@{forbidden}")["advice"]


def test_a_forbidden_bucket_that_does_not_exist_proves_nothing(enforcing: Emulator) -> None:
    made = provision(enforcing)
    missing = f"missing-{made.tag}"
    made.set_permissions(allow(["s3:ListBucket", "s3:PutObject"], f"arn:aws:s3:::{missing}*"), "extra")
    result = made.check(contract={"forbidden_buckets": [missing]})
    reached = {f"{who}.{name}@{missing}" for who in ("role", "user") for name in USUAL}
    assert set(findings(result).values()) == {"inconclusive"}
    assert {f"role.list@{missing}", f"role.write@{missing}"} <= set(findings(result)) <= reached
    assert result["verdict"] == "inconclusive"


def test_reading_outside_of_the_prefix_is_named(enforcing: Emulator) -> None:
    made = provision(enforcing, prefix="team/")
    made.set_permissions(allow("s3:GetObject", f"arn:aws:s3:::{made.bucket}/team*"), "extra")
    result = made.check(**inside(made))
    assert findings(result) == {"role.outside.read": "excess_access"}


def test_what_cannot_be_tried_for_want_of_an_object_is_not_passed(enforcing: Emulator) -> None:
    made = provision(enforcing, permissions=("list",))
    result = made.check()
    names = ["role.read", "user.read", "anonymous.read"]
    assert findings(result) == dict.fromkeys(names, "inconclusive")
    assert check_of(result, "user.read")["error"]["code"] == "NoObjectToRead"
    assert check_of(result, "user.read")["advice"].startswith("Name an object that exists")


# What is missing is found, and told from what cannot be told.


def role_policy_missing(made: World) -> None:
    made.emulator.iam.delete_role_policy(RoleName=made.role, PolicyName="bucket-access")


def bucket_policy_denies_the_role(made: World) -> None:
    made.set_bucket_policy_with(
        {
            "Effect": "Deny",
            "Principal": {"AWS": made.role_arn},
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{made.bucket}", f"arn:aws:s3:::{made.bucket}/*"],
        }
    )


@pytest.mark.parametrize("narrow", [role_policy_missing, bucket_policy_denies_the_role])
def test_a_role_without_access_misses_it_and_its_refusals_prove_nothing(
    enforcing: Emulator, narrow: Callable[[World], None]
) -> None:
    made = provision(enforcing)
    narrow(made)
    result = made.check()
    found = findings(result)
    missing = {name for name, outcome in found.items() if outcome == "missing_access"}
    assert missing in ({"role.write", "role.read", "role.list"}, {"role.write", "role.list"})
    assert result["verdict"] == "violated"
    denied = {check["id"] for check in result["checks"] if check["expected"] == "denied"}
    of_the_role = {"trust.longer_session"}  # whose control is that the role can be assumed, and it can
    assert {name for name in denied if name not in found} == of_the_role
    assert all(found[name] == "inconclusive" for name in denied - of_the_role)
    assert check_of(result, "role.list")["error"]["code"] == "AccessDenied"
    assert check_of(result, "user.list")["cause"].startswith("It was refused, but so was everything")


def test_one_missing_permission_is_named_and_the_others_stand(enforcing: Emulator) -> None:
    made = provision(enforcing)
    document = made.permissions()
    document["Statement"] = [item for item in document["Statement"] if item["Sid"] != "Read"]
    made.set_permissions(document)
    result = made.check()
    assert findings(result) == {"role.read": "missing_access"}


def test_a_role_that_is_gone_misses_the_assumption_and_nothing_else_is_tried(enforcing: Emulator) -> None:
    made = provision(enforcing)
    role_policy_missing(made)
    enforcing.iam.delete_role(RoleName=made.role)
    result = made.check()
    assert check_of(result, "role.assume")["error"]["code"] == "AccessDenied"
    assert check_of(result, "role.assume")["outcome"] == "missing_access"
    assert "(3) there is no such role in that account" in check_of(result, "role.assume")["cause"]
    assert check_of(result, "user.identity")["outcome"] == "pass"
    others = [check for check in result["checks"] if check["id"] not in ("user.identity", "role.assume")]
    assert {(check["observed"], check["outcome"]) for check in others} == {("not_tried", "inconclusive")}
    assert result["session"] == {}
    assert result["verdict"] == "violated"


def test_a_deactivated_key_is_missing_access_and_nothing_else_is_tried(enforcing: Emulator) -> None:
    made = provision(enforcing)
    made.deactivate_key()
    result = made.check()
    identity = check_of(result, "user.identity")
    assert (identity["outcome"], identity["error"]["code"]) == ("missing_access", "InvalidClientTokenId")
    assert identity["cause"].startswith("AWS does not know this access key: it is deleted or inactive")
    assert {check["observed"] for check in result["checks"][1:]} == {"not_tried"}
    assert result["verdict"] == "violated"


def test_the_wrong_external_id_misses_the_assumption(enforcing: Emulator) -> None:
    made = provision(enforcing, external_id="contract-4711")
    result = made.check(contract={"external_id": "contract-4712"})
    assert check_of(result, "role.assume")["outcome"] == "missing_access"
    assert result["verdict"] == "violated"


def test_a_bucket_that_is_gone_proves_nothing(enforcing: Emulator) -> None:
    made = provision(enforcing)
    enforcing.s3.delete_bucket(Bucket=made.bucket)
    result = made.check()
    assert set(findings(result).values()) == {"inconclusive"}
    assert check_of(result, "role.list")["error"]["code"] == "NoSuchBucket"
    assert check_of(result, "role.list")["cause"] == "There is no such bucket behind this endpoint."
    assert result["verdict"] == "inconclusive"
    assert result["leftovers"] == []


def test_a_bucket_of_another_account_is_not_taken_for_the_contracts(enforcing: Emulator) -> None:
    made = provision(enforcing)
    foreign = f"foreign-{made.tag}"
    stranger = enforcing.client("s3", "111111111111", "test")
    stranger.create_bucket(Bucket=foreign)
    made.set_permissions(allow("s3:*", f"arn:aws:s3:::{foreign}", f"arn:aws:s3:::{foreign}/*"))
    result = made.check(contract={"bucket": foreign})
    assert result["verdict"] == "violated"
    assert check_of(result, "role.list")["error"]["code"] == "AccessDenied"
    assert "Contents" not in stranger.list_objects_v2(Bucket=foreign)


# Who is asked.


def test_somebody_elses_key_is_not_judged(enforcing: Emulator) -> None:
    made, other = provision(enforcing), provision(enforcing)
    before = len(enforcing.requests())
    with pytest.raises(WrongCaller, match=f"belong to {other.user_arn}, not to {made.user_arn}"):
        check_access(other.identities(), made.options())
    assert "AssumeRole" not in {entry["action"] for entry in enforcing.requests()[before:]}


def test_the_root_user_is_not_judged(enforcing: Emulator) -> None:
    made = provision(enforcing)
    operator = enforcing.env
    root = made.identities(access_key=operator["AWS_ACCESS_KEY_ID"], secret_key=operator["AWS_SECRET_ACCESS_KEY"])
    with pytest.raises(WrongCaller, match="root user's"):
        check_access(root, made.options(caller_arn=None))


def test_a_session_of_the_role_is_not_the_user(enforcing: Emulator) -> None:
    made = provision(enforcing)
    session = made.assume()
    identities = made.identities(
        access_key=session["AccessKeyId"],
        secret_key=session["SecretAccessKey"],
        session_token=session["SessionToken"],
    )
    with pytest.raises(WrongCaller, match="assumed-role"):
        check_access(identities, made.options())


def test_the_user_itself_is_no_outsider(enforcing: Emulator) -> None:
    made = provision(enforcing)
    write_profile("outsider", made)
    with pytest.raises(WrongCaller, match=r"The outsider is .*, the user itself"):
        check_access(made.identities(outsider_profile="outsider"), made.options(outsider_profile="outsider"))


LEFTOVERS = [
    {"AWS_SESSION_TOKEN": "expired-token-of-an-administrator"},
    {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"},
    {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_SESSION_TOKEN": "token"},
    {"AWS_PROFILE": "administrator"},
]


@pytest.mark.parametrize("leftovers", LEFTOVERS, ids=["+".join(case) for case in LEFTOVERS])
@pytest.mark.parametrize("given", ["key", "profile"])
def test_whatever_is_exported_the_user_is_asked(
    enforcing: Emulator, monkeypatch: pytest.MonkeyPatch, leftovers: dict[str, str], given: str
) -> None:
    """With the options as amazon.aws fills them from the environment."""
    made = provision(enforcing)
    write_profile("user", made)
    with Path(os.environ["AWS_SHARED_CREDENTIALS_FILE"]).open("a") as file:
        file.write("[administrator]\naws_access_key_id = test\naws_secret_access_key = test\n")
    for name, value in leftovers.items():
        monkeypatch.setenv(name, value)
    user = {"access_key": made.key["AccessKeyId"], "secret_key": made.key["SecretAccessKey"]}
    exported = {
        "access_key": leftovers.get("AWS_ACCESS_KEY_ID"),
        "secret_key": leftovers.get("AWS_SECRET_ACCESS_KEY"),
        "session_token": leftovers.get("AWS_SESSION_TOKEN"),
        "profile": leftovers.get("AWS_PROFILE"),
    }
    where = {"region": "us-east-1", "endpoint_url": enforcing.endpoint_url, "aws_ca_bundle": enforcing.ca_bundle}
    params = {**where, **exported, **(user if given == "key" else {"profile": "user"})}
    result = check_access(Identities(connection(params, os.environ)), made.options(caller_arn=None))
    assert result["caller"]["arn"] == made.user_arn
    assert result["verdict"] == "verified"


# Where nothing can be told.


def test_an_endpoint_that_does_not_answer_is_said_to_be_unreachable(enforcing: Emulator) -> None:
    made = provision(enforcing)
    nowhere = made.identities(endpoint_url="http://127.0.0.1:9", verify=None)
    with pytest.raises(
        Unreachable, match=r"AWS cannot be reached: 127\.0\.0\.1 cannot be connected to\. Check the network"
    ):
        check_access(nowhere, made.options())


def test_a_certificate_that_nobody_vouches_for_is_said_to_be_the_cause(enforcing: Emulator) -> None:
    made = provision(enforcing)
    with pytest.raises(Unreachable, match="Name its authority in aws_ca_bundle or AWS_CA_BUNDLE"):
        check_access(made.identities(verify=None), made.options())


def test_where_nobody_is_refused_refusals_are_inconclusive_and_never_passed(localstack: Emulator) -> None:
    made = provision(localstack)
    result = made.check(caller_arn=None)
    assert result["enforced"] is False
    assert result["verdict"] == "inconclusive"
    for check in result["checks"]:
        assert check["outcome"] == ("pass" if check["expected"] == "allowed" else "inconclusive")
    assert made.objects() == []


def test_where_plain_http_does_not_answer_that_is_found_once_and_said(enforcing: Emulator) -> None:
    made = provision(enforcing)
    identities = Counting(made.identities(plain_http_endpoint_url="http://127.0.0.1:9")._where)
    result = check_access(identities, made.options())
    unasked = [check for check in result["checks"] if check["id"].startswith("plain_http.")]
    assert [check["observed"] for check in unasked] == ["not_tried"] * 4
    assert {check["attempts"] for check in unasked} == {0}
    assert "http://127.0.0.1:9 does not answer (EndpointConnectionError)" in unasked[0]["cause"]
    assert findings(result) == dict.fromkeys([check["id"] for check in unasked], "inconclusive")
    assert identities.plain == 1


def test_where_plain_http_is_left_out_nobody_asks_and_that_is_no_pass(enforcing: Emulator) -> None:
    made = provision(enforcing)
    for url in (enforcing.plain_endpoint_url, None):
        identities = Counting(made.identities(plain_http_endpoint_url=url)._where)
        result = check_access(identities, made.options(plain_http=False))
        left_out = {check["id"]: check for check in result["checks"] if check["id"].startswith("plain_http.")}
        assert set(left_out) == {f"plain_http.{name}" for name in ("list", "read", "write", "delete")}
        assert {check["observed"] for check in left_out.values()} == {"not_tried"}
        assert {check["cause"] for check in left_out.values()} == {
            "It was not tried: plain HTTP is left out, as plain_http says."
        }
        assert all(check["advice"].startswith("Verify from where S3 answers") for check in left_out.values())
        assert findings(result) == dict.fromkeys(left_out, "inconclusive")
        assert result["verdict"] == "inconclusive"
        assert identities.plain == 0


class Counting(Identities):
    """Counts the clients that ask without TLS."""

    plain = 0

    def anonymous_over_plain_http(self) -> Any:
        self.plain += 1
        return super().anonymous_over_plain_http()


# What a run leaves behind.


def test_check_mode_leaves_no_object_and_says_what_was_not_tried(enforcing: Emulator) -> None:
    made = provision(enforcing)
    before = len(enforcing.requests())
    result = made.check(traceless=True)
    assert check_of(result, "role.write")["outcome"] == "pass"
    assert check_of(result, "role.list")["outcome"] == "pass"
    not_tried = {check["id"] for check in result["checks"] if check["observed"] == "not_tried"}
    assert not_tried == {"role.delete", "user.delete", "anonymous.delete"}
    assert result["verdict"] == "inconclusive"
    written = [entry for entry in enforcing.requests()[before:] if entry["action"].startswith(("PUT", "DELETE"))]
    assert written
    assert {entry["status"] for entry in written} <= {400, 403}
    assert made.objects() == []


def test_check_mode_says_that_check_mode_is_why_a_check_was_not_tried(enforcing: Emulator) -> None:
    result = provision(enforcing).check(traceless=True)
    for check in result["checks"]:
        if check["observed"] == "not_tried":
            assert "check mode" in check["cause"]


@pytest.mark.parametrize("prefix", ["", "team/"])
def test_nothing_remains_and_what_was_there_is_untouched(enforcing: Emulator, prefix: str) -> None:
    made = provision(enforcing, prefix=prefix)
    keys = sorted(inside(made).values())
    times = {key: enforcing.s3.head_object(Bucket=made.bucket, Key=key)["LastModified"] for key in keys}
    made.check(inside_object=f"{prefix}inside")
    assert made.objects() == keys
    assert {key: enforcing.s3.head_object(Bucket=made.bucket, Key=key)["LastModified"] for key in keys} == times


class Broken(Exception):
    """A probe that breaks in the middle."""


NAMED_EXCEPTIONS = [
    ("the user is refused the documented names and no others", "user.write", "excess_access"),
    ("the role is let write the documented names and no others", "role.write", "missing_access"),
]


@pytest.mark.parametrize(("_what", "name", "outcome"), NAMED_EXCEPTIONS, ids=[case[0] for case in NAMED_EXCEPTIONS])
def test_an_exception_for_the_names_of_probes_does_not_hide_what_is_so(
    enforcing: Emulator, _what: str, name: str, outcome: str
) -> None:
    made = provision(enforcing)
    probed = f"arn:aws:s3:::{made.bucket}/.access-check-*"
    if name == "user.write":
        denied = {"Effect": "Deny", "Action": "s3:PutObject", "Resource": probed}
        statements = [*allow("s3:PutObject", f"arn:aws:s3:::{made.bucket}/*")["Statement"], denied]
        made.give_user({"Version": "2012-10-17", "Statement": statements})
    else:
        document = made.permissions()
        write = next(item for item in document["Statement"] if item["Sid"] == "Write")
        write["Resource"] = probed
        made.set_permissions(document)
    assert findings(made.check()) == {name: outcome}
    assert made.objects() == []


def test_the_name_of_the_session_is_random_unless_one_is_given(enforcing: Emulator) -> None:
    made = provision(enforcing)
    names = {made.check(session_name=None)["session"]["arn"].rsplit("/", 1)[-1] for _run in range(2)}
    assert len(names) == 2
    assert all(re.fullmatch("[0-9a-f]{24}", name) for name in names)


@pytest.mark.parametrize("probe", ["read_back", "list", "list_buckets", "bucket_policy", "read", "write", "delete"])
def test_nothing_remains_when_a_probe_breaks_in_the_middle(
    enforcing: Emulator, monkeypatch: pytest.MonkeyPatch, probe: str
) -> None:
    made = provision(enforcing)
    seen: set[str] = set()

    def break_down(*_arguments: Any) -> None:
        seen.update(made.objects())
        raise Broken

    monkeypatch.setattr(probes, "S3_PROBES", {**probes.S3_PROBES, probe: break_down})
    with pytest.raises(Broken):
        made.check()
    assert len(seen) == (0 if probe == "write" else 1)  # whether it may write, the role is asked before it does
    assert made.objects() == []


def test_an_object_that_was_written_although_the_answer_got_lost_is_removed(
    enforcing: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = provision(enforcing)
    create = probes.S3_PROBES["create"]

    def lose_the_answer(*arguments: Any) -> probes.Answer:
        create(*arguments)
        return probes.Answer(code="ReadTimeoutError", message="Read timeout")

    monkeypatch.setattr(probes, "S3_PROBES", {**probes.S3_PROBES, "create": lose_the_answer})
    assert check_of(made.check(), "role.write")["outcome"] == "inconclusive"
    assert made.objects() == []


def test_what_cannot_be_removed_is_reported_and_is_one_object(enforcing: Emulator) -> None:
    made = provision(enforcing)
    document = made.permissions()
    document["Statement"] = [item for item in document["Statement"] if item["Sid"] != "Delete"]
    made.set_permissions(document)
    result = made.check()
    assert findings(result) == {"role.delete": "missing_access"}
    (key,) = made.objects()
    assert re.fullmatch(r"\.access-check-[0-9a-f]{8}-[0-9]+-[0-9a-f]{16}", key)
    assert result["leftovers"] == [f"s3://{made.bucket}/{key}"]


def test_a_contract_without_deletion_leaves_one_known_object_however_often_it_is_verified(
    enforcing: Emulator,
) -> None:
    made = provision(enforcing, permissions=("list", "read", "write"), prefix="team/")
    made.put("team.outside")
    for _run in range(2):
        result = made.check(outside_object="team.outside")
        assert result["verdict"] == "verified"
        assert result["leftovers"] == []
    assert made.objects() == ["team.outside", "team/.access-check"]


@pytest.mark.parametrize("encryption", ["aws:kms", "AES256", None])
def test_with_a_key_of_kms_only_a_write_that_was_done_counts(enforcing: Emulator, encryption: str | None) -> None:
    """The first run writes its object; the second finds it there, which S3 may say before it asks KMS."""
    made = provision(enforcing, permissions=("list", "read", "write"))
    contract = {"encryption": encryption}
    assert made.check(contract=contract)["verdict"] == "verified"
    second = made.check(contract=contract)
    unproven = {"role.write": "inconclusive"} if encryption == "aws:kms" else {}
    assert findings(second) == unproven
    assert (check_of(second, "role.write")["error"] or {}).get("code") in ("WriteNotDone", "PreconditionFailed")
    assert findings(made.check(contract=contract, traceless=True)).get("role.write") == unproven.get("role.write")


def test_the_key_of_the_bucket_is_read_off_the_object_that_lies_there(
    enforcing: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = provision(enforcing, permissions=("list", "read", "write"))
    made.check()
    monkeypatch.setattr(probes, "_encryption", lambda _response: {"encryption": "aws:kms:dsse"})
    assert findings(made.check()) == {"role.write": "inconclusive"}


def test_what_runs_left_that_were_killed_is_removed_and_nothing_else(enforcing: Emulator) -> None:
    made = provision(enforcing, prefix="team/")
    made.put("team.outside")
    ended = subprocess.Popen(["true"])
    ended.wait()
    here, random = machine(), "0123456789abcdef"
    abandoned = [
        f"team/.access-check-{here}-{ended.pid}-{random}",
        f"team/.access-check-{here}-{ended.pid}-{random[::-1]}",
    ]
    others = [
        f"team/.access-check-{here}-{os.getpid()}-{random}",
        f"team/.access-check-{'0' * 8}-{ended.pid}-{random}",
        f"team/.access-check-{here}-{ended.pid}-{random}-mine",
        f"team/.access-check-{random}",
        "team/.access-check-operator",
        "team/.access-check",
    ]
    for key in [*abandoned, *others]:
        made.put(key)
    result = made.check(outside_object="team.outside")
    assert result["verdict"] == "verified"
    assert result["leftovers"] == []
    assert made.objects() == sorted(["team.outside", *others])


def test_a_caller_that_is_a_session_is_not_asked_for_a_longer_one(enforcing: Emulator) -> None:
    """AWS gives a session of a session an hour at most, whatever the role's maximum, so a refusal would say nothing."""
    made, between = provision(enforcing), provision(enforcing)
    principal = {"Principal": {"AWS": between.role_arn}, "Action": "sts:AssumeRole"}
    made.set_trust({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **principal}]})
    session = between.assume()
    identities = made.identities(
        access_key=session["AccessKeyId"],
        secret_key=session["SecretAccessKey"],
        session_token=session["SessionToken"],
    )
    caller = f"arn:aws:sts::{ACCOUNT}:assumed-role/{between.role}/test"
    result = check_access(identities, made.options(caller_arn=caller))
    assert check_of(result, "role.assume")["outcome"] == "pass"
    longer = check_of(result, "trust.longer_session")
    assert (longer["observed"], longer["outcome"]) == ("not_tried", "inconclusive")


def test_in_check_mode_what_killed_runs_left_stays(enforcing: Emulator) -> None:
    made = provision(enforcing)
    ended = subprocess.Popen(["true"])
    ended.wait()
    key = f".access-check-{machine()}-{ended.pid}-0123456789abcdef"
    made.put(key)
    made.check(traceless=True)
    assert made.objects() == [key]


def test_somebody_elses_object_of_that_name_is_not_overwritten(enforcing: Emulator) -> None:
    made = provision(enforcing, permissions=("list", "read", "write"))
    made.put(".access-check")
    result = made.check()
    body = enforcing.s3.get_object(Bucket=made.bucket, Key=".access-check")["Body"].read()
    assert body == b"somebody's"
    assert check_of(result, "role.read")["error"]["code"] == "ContentDiffers"
    assert result["verdict"] == "inconclusive"


def test_a_large_object_is_not_loaded(enforcing: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    made = provision(enforcing, permissions=("list", "read"))
    made.put("inside")
    read: list[int | None] = []
    get_object = probes._get_object

    def watched(s3: Any, place: probes.Place, key: str) -> Any:
        response, content = get_object(s3, place, key)
        read.append(len(content))
        return response, content

    enforcing.s3.put_object(Bucket=made.bucket, Key="inside", Body=b"x" * 100_000)
    monkeypatch.setattr(probes, "_get_object", watched)
    assert made.check(inside_object="inside")["verdict"] == "verified"
    assert max(size or 0 for size in read) <= probes.LARGEST_READ


def test_a_versioned_bucket_keeps_no_version_that_can_be_seen(enforcing: Emulator) -> None:
    made = provision(enforcing)
    enforcing.s3.put_bucket_versioning(Bucket=made.bucket, VersioningConfiguration={"Status": "Enabled"})
    assert made.check()["verdict"] == "verified"
    assert made.objects() == []


def test_no_secret_is_in_the_result(enforcing: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    made = provision(enforcing, external_id="contract-4711")
    secrets = [made.key["SecretAccessKey"]]
    assume = probes.assume

    def overheard(sts: Any, params: Any) -> Any:
        answer, credentials = assume(sts, params)
        if credentials:
            secrets.extend([credentials["SecretAccessKey"], credentials["SessionToken"], credentials["AccessKeyId"]])
        return answer, credentials

    monkeypatch.setattr(probes, "assume", overheard)
    result = made.check()
    assert result["verdict"] == "verified"
    assert len(secrets) >= 10
    shown = repr(result) + json.dumps(result)
    assert [secret for secret in secrets if secret in shown] == []


# What it costs.


def test_a_round_asks_no_question_twice(enforcing: Emulator) -> None:
    made = provision(enforcing)
    before = len(enforcing.requests())
    result = made.check()
    asked = len(enforcing.requests()) - before
    canary, abandoned, second_write = 2, 1, 1
    assert asked == canary + 3 * (len(result["checks"]) + second_write) + abandoned


def test_access_that_comes_late_is_waited_for(enforcing: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    made = provision(enforcing)
    made.emulator.iam.delete_role_policy(RoleName=made.role, PolicyName="bucket-access")
    slept: list[float] = []

    def heal(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            made.set_permissions(made.permissions())

    monkeypatch.setattr(convergence.time, "sleep", heal)
    result = made.check(wait_timeout=60)
    assert result["verdict"] == "verified"
    assert check_of(result, "role.list")["attempts"] == 2 + 3
    assert slept[:2] == [1.0, 2.0]
