# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What access_check asks AWS, written by hand: the same calls in the same number, and nothing around them.

    python tests/bench/bare_boto3.py PROFILE ROLE_ARN BUCKET PLAIN_HTTP_ENDPOINT_URL

It is what the module is measured against. Keep it free of cleverness.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
import secrets
import sys
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

ROUNDS = 3
WRONG_DIGEST = "AAAAAAAAAAAAAAAAAAAAAA=="
NOBODY = {"aws_access_key_id": "AKIAQQQQQQQQQQQQQQQQ", "aws_secret_access_key": "nobody"}


def main(profile: str, role_arn: str, bucket: str, plain_http_endpoint_url: str) -> None:
    """A made-up key first, then three rounds of the same questions."""
    session = boto3.Session(profile_name=profile, region_name="us-east-1")
    must_be_refused(session.client("sts", **NOBODY).get_caller_identity)
    must_be_refused(session.client("s3", **NOBODY).list_buckets)
    user_sts, user_s3 = session.client("sts"), session.client("s3")
    anonymous = session.client("s3", config=Config(signature_version=UNSIGNED))
    over_plain_http = {"config": Config(signature_version=UNSIGNED), "endpoint_url": plain_http_endpoint_url}
    with suppress(ClientError):  # whatever it answers, it answers
        session.client("s3", **over_plain_http).list_buckets()
    place = {"Bucket": bucket, "ExpectedBucketOwner": role_arn.split(":")[4]}
    assume = {"RoleArn": role_arn, "RoleSessionName": "bare-boto3"}
    for _round in range(ROUNDS):
        user_sts.get_caller_identity()
        keys = role_keys(user_sts.assume_role(**assume, DurationSeconds=900)["Credentials"])
        session.client("sts", **keys).get_caller_identity()
        must_be_refused(lambda: user_sts.assume_role(**assume, DurationSeconds=3601))
        plain = session.client("s3", **keys, endpoint_url=plain_http_endpoint_url)
        role = session.client("s3", **keys)
        ask_s3(role, user_s3, (user_s3, anonymous, plain), place)
    role.list_objects_v2(**place, Prefix=".access-check-")


def role_keys(credentials: dict[str, Any]) -> dict[str, str]:
    """The session's credentials as boto3 takes them."""
    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }


def ask_s3(role: Any, user: Any, refused: tuple[Any, ...], place: dict[str, str]) -> None:
    """The role uses the bucket; nobody else may, and the role not without TLS and not elsewhere."""
    key, content = f".access-check-{secrets.token_hex(8)}", secrets.token_bytes(64)
    must_be_refused(lambda: role.put_object(**place, Key=f"{key}-missing", Body=b"x", ContentMD5=WRONG_DIGEST))
    role.put_object(**place, Key=key, Body=content, IfNoneMatch="*")
    assert role.get_object(**place, Key=key)["Body"].read() == content
    assert role.list_objects_v2(**place, Prefix=key, MaxKeys=1)["Contents"][0]["Key"] == key
    must_be_refused(role.list_buckets)
    must_be_refused(lambda: role.get_bucket_policy(**place))
    for other in refused:
        ask_as_other(other, key, place)
    must_be_refused(user.list_buckets)
    role.delete_object(**place, Key=key)


def ask_as_other(other: Any, key: str, place: dict[str, str]) -> None:
    """None of what the role may do."""
    missing = f"{key}-missing"
    must_be_refused(lambda: other.list_objects_v2(**place, Prefix=key, MaxKeys=1))
    must_be_refused(lambda: other.get_object(**place, Key=key))
    must_be_refused(lambda: other.put_object(**place, Key=missing, Body=b"x", ContentMD5=WRONG_DIGEST))
    must_be_refused(lambda: other.delete_object(**place, Key=missing))


def must_be_refused(call: Callable[[], Any]) -> None:
    """Ends the script when the call succeeds."""
    try:
        call()
    except ClientError:
        return
    sys.exit("something was allowed that must be refused")


if __name__ == "__main__":
    main(*sys.argv[1:])
