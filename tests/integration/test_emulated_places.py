# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the emulator must do with MFA, addresses and VPC endpoints for the tests of conditions to mean anything."""

from __future__ import annotations

from typing import Any

from botocore.config import Config
import pytest

from lab.account import allow, code_of
from lab.device import Device
from lab.emulator import Emulator
from lab.proxy import BEHIND_THE_ENDPOINT, OUTSIDE, proxy_at
from lab.world import World, provision

REFUSED = "AccessDenied"


@pytest.fixture
def careful(enforcing: Emulator) -> World:
    """Whose role is assumed with MFA alone."""
    return provision(enforcing, require_mfa=True)


@pytest.fixture
def device(careful: World) -> Device:
    return Device.of(careful.iam, careful.user)


def assumed(made: World, sts: Any, **mfa: str) -> str:
    return code_of(sts.assume_role, RoleArn=made.role_arn, RoleSessionName="test", **mfa)


def with_mfa(made: World, device: Device, code: str) -> Any:
    """The user with a session that a code has opened."""
    given = made.as_user("sts").get_session_token(SerialNumber=device.serial, TokenCode=code)["Credentials"]
    keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    return made.emulator.client("sts", *keys)


def from_address(made: World, address: str) -> Any:
    """The user's S3 from there."""
    proxy = proxy_at(address)
    config = Config(proxies={"https": proxy}, retries={"total_max_attempts": 1})
    return made.emulator.client("s3", made.key["AccessKeyId"], made.key["SecretAccessKey"], config=config)


def test_a_code_is_good_for_one_use(careful: World, device: Device) -> None:
    sts, code = careful.as_user("sts"), device.code()
    mfa = {"SerialNumber": device.serial, "TokenCode": code}
    assert assumed(careful, sts) == REFUSED
    assert assumed(careful, sts, **mfa) == "OK"
    assert assumed(careful, sts, **mfa) == REFUSED
    assert assumed(careful, sts, **{**mfa, "TokenCode": device.code(1)}) == "OK"


@pytest.mark.parametrize("later", [-10, 10])
def test_a_code_of_another_time_is_refused(careful: World, device: Device, later: int) -> None:
    mfa = {"SerialNumber": device.serial, "TokenCode": device.code(later)}
    assert code_of(careful.as_user("sts").get_session_token, **mfa) == REFUSED


def test_a_device_of_somebody_else_is_refused(careful: World, enforcing: Emulator) -> None:
    other = provision(enforcing)
    theirs = Device.of(other.iam, other.user)
    mfa = {"SerialNumber": theirs.serial, "TokenCode": theirs.code()}
    assert assumed(careful, careful.as_user("sts"), **mfa) == REFUSED


def test_a_session_that_a_code_opened_is_one_with_mfa_as_often_as_one_likes(careful: World, device: Device) -> None:
    sts = with_mfa(careful, device, device.code())
    assert [assumed(careful, sts) for _time in range(3)] == ["OK"] * 3


def test_a_session_without_a_code_is_one_without(careful: World) -> None:
    given = careful.as_user("sts").get_session_token()["Credentials"]
    keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    assert assumed(careful, careful.emulator.client("sts", *keys)) == REFUSED


@pytest.mark.parametrize(
    ("condition", "here", "outside", "behind"),
    [
        ({"IpAddress": {"aws:SourceIp": "127.0.0.1"}}, "OK", REFUSED, REFUSED),
        ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, "OK", "OK", REFUSED),
        ({"IpAddressIfExists": {"aws:SourceIp": "127.0.0.1"}}, "OK", REFUSED, "OK"),
        ({"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}, REFUSED, REFUSED, "OK"),
        ({"StringEquals": {"aws:SourceVpce": "vpce-0fedcba9876543210"}}, REFUSED, REFUSED, REFUSED),
        ({"Null": {"aws:SourceVpce": "true"}}, "OK", "OK", REFUSED),
    ],
)
def test_requests_say_where_they_come_from(
    enforcing: Emulator, condition: Any, here: str, outside: str, behind: str
) -> None:
    """Through a VPC endpoint they say that, and no address."""
    made = provision(enforcing)
    document = allow("s3:ListBucket", f"arn:aws:s3:::{made.bucket}")
    document["Statement"][0]["Condition"] = condition
    made.give_user(document)
    clients = (made.as_user("s3"), from_address(made, OUTSIDE), from_address(made, BEHIND_THE_ENDPOINT))
    assert [code_of(s3.list_objects_v2, Bucket=made.bucket) for s3 in clients] == [here, outside, behind]
