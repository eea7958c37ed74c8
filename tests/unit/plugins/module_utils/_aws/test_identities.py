# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import botocore.session
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Connection, Identities, connection

USER = {"access_key": "AKIAUSEREXAMPLE", "secret_key": "user-secret"}
ADMIN = {"access_key": "AKIAADMINEXAMPLE", "secret_key": "admin-secret"}
ADMIN_ENVIRON = {
    "AWS_ACCESS_KEY_ID": "AKIAADMINEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "admin-secret",
    "AWS_SESSION_TOKEN": "admin-token",
}
ADMIN_SESSION = {**ADMIN, "session_token": "admin-token"}

# What is given, what amazon.aws makes of that and the environment, and whose credentials must be used.
CASES: list[tuple[str, dict[str, Any], dict[str, str], Connection]] = [
    ("nothing anywhere", {}, {}, Connection()),
    (
        "empty strings are as good as nothing",
        {"profile": "", "access_key": "", "secret_key": "", "session_token": "", "region": "", "endpoint_url": ""},
        {},
        Connection(),
    ),
    ("a profile", {"profile": "partner"}, {}, Connection(profile="partner")),
    (
        "a profile, and the administrator's key is exported",
        {"profile": "partner", **ADMIN},
        {key: ADMIN_ENVIRON[key] for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")},
        Connection(profile="partner"),
    ),
    (
        "a profile, and the administrator's session is exported",
        {"profile": "partner", **ADMIN_SESSION},
        ADMIN_ENVIRON,
        Connection(profile="partner"),
    ),
    (
        "a profile with empty keys, and the administrator's token is exported",
        {"profile": "partner", "access_key": "", "secret_key": "", "session_token": "admin-token"},
        ADMIN_ENVIRON,
        Connection(profile="partner"),
    ),
    (
        "a profile, and the administrator's key is exported under its old name",
        {"profile": "partner", **ADMIN},
        {"AWS_ACCESS_KEY": "AKIAADMINEXAMPLE", "AWS_SECRET_KEY": "admin-secret"},
        Connection(profile="partner"),
    ),
    ("a key", USER, {}, Connection(access_key="AKIAUSEREXAMPLE", secret_key="user-secret")),
    (
        "a key, and the administrator's profile is exported",
        {**USER, "profile": "admin"},
        {"AWS_PROFILE": "admin"},
        Connection(access_key="AKIAUSEREXAMPLE", secret_key="user-secret"),
    ),
    (
        "a key, and the administrator's session is exported",
        {**USER, "session_token": "admin-token"},
        ADMIN_ENVIRON,
        Connection(access_key="AKIAUSEREXAMPLE", secret_key="user-secret"),
    ),
    (
        "a key, and nothing but a leftover token is exported",
        {**USER, "session_token": "admin-token"},
        {"AWS_SESSION_TOKEN": "admin-token"},
        Connection(access_key="AKIAUSEREXAMPLE", secret_key="user-secret"),
    ),
    (
        "a key with a token of its own, and the administrator's session is exported",
        {**USER, "session_token": "user-token"},
        ADMIN_ENVIRON,
        Connection(access_key="AKIAUSEREXAMPLE", secret_key="user-secret", session_token="user-token"),
    ),
    (
        "an exported session and nothing else",
        ADMIN_SESSION,
        ADMIN_ENVIRON,
        Connection(access_key="AKIAADMINEXAMPLE", secret_key="admin-secret", session_token="admin-token"),
    ),
]


@pytest.mark.parametrize(("_what", "params", "environ", "expected"), CASES, ids=[case[0] for case in CASES])
def test_the_credentials_are_of_exactly_one_identity(
    _what: str, params: dict[str, Any], environ: dict[str, str], expected: Connection
) -> None:
    assert connection(params, environ) == expected


VERIFY = [
    ({}, None),
    ({"validate_certs": True}, None),
    ({"validate_certs": True, "aws_ca_bundle": "ca.pem"}, "ca.pem"),
    ({"aws_ca_bundle": "ca.pem"}, "ca.pem"),
    ({"validate_certs": False}, False),
    ({"validate_certs": False, "aws_ca_bundle": "ca.pem"}, False),
    ({"validate_certs": True, "aws_ca_bundle": ""}, None),
]


@pytest.mark.parametrize(("params", "expected"), VERIFY)
def test_certificates_are_verified_unless_somebody_says_no(params: dict[str, Any], expected: object) -> None:
    assert connection(params, {}).verify == expected


def test_where_to_ask_is_taken_over() -> None:
    params = {"region": "eu-central-1", "endpoint_url": "https://x.test", "aws_config": {"read_timeout": 5}}
    where = connection(params, {})
    assert (where.region, where.endpoint_url, where.config) == ("eu-central-1", "https://x.test", {"read_timeout": 5})


def test_a_connection_does_not_show_its_secrets() -> None:
    shown = repr(connection({**USER, "session_token": "user-token"}, {}))
    assert "AKIAUSEREXAMPLE" in shown
    assert "user-secret" not in shown
    assert "user-token" not in shown


def credentials(name: str) -> dict[str, str]:
    """As AssumeRole gives them."""
    return {"AccessKeyId": f"ASIA{name}EXAMPLE", "SecretAccessKey": f"{name}-secret", "SessionToken": f"{name}-token"}


class Stopped(Exception):
    """The request did not leave."""


def signed_by(client: Any) -> tuple[str, str]:
    """The key and the token of a request, which is stopped before it leaves."""
    seen: list[tuple[str, str]] = []

    def stop(request: Any, **_more: Any) -> None:
        key = request.headers["Authorization"].decode().split("Credential=")[1].split("/")[0]
        seen.append((key, (request.headers.get("X-Amz-Security-Token") or b"").decode()))
        raise Stopped

    client.meta.events.register_first("before-send", stop)
    with pytest.raises(Stopped):
        client.get_caller_identity()
    client.meta.events.unregister("before-send", stop)
    return seen[0]


def test_the_role_signs_with_the_newest_credentials_over_the_same_connections() -> None:
    identities = Identities(Connection(region="us-east-1", access_key="AKIAUSEREXAMPLE", secret_key="user-secret"))
    sts = identities.role(credentials("FIRST")).client("sts")
    assert signed_by(sts) == ("ASIAFIRSTEXAMPLE", "FIRST-token")
    assert identities.role(credentials("SECOND")).client("sts") is sts
    assert signed_by(sts) == ("ASIASECONDEXAMPLE", "SECOND-token")
    assert signed_by(identities.user("sts")) == ("AKIAUSEREXAMPLE", "")


def test_the_role_has_a_client_of_its_own_for_another_endpoint() -> None:
    identities = Identities(Connection(region="us-east-1", access_key="AKIAUSEREXAMPLE", secret_key="user-secret"))
    role = identities.role(credentials("FIRST"))
    plain = role.client("s3", "http://s3.us-east-1.amazonaws.com")
    assert plain.meta.endpoint_url == "http://s3.us-east-1.amazonaws.com"
    assert role.client("s3").meta.endpoint_url == "https://s3.amazonaws.com"
    assert role.client("s3", "http://s3.us-east-1.amazonaws.com") is plain


def needs_a_newer_sdk(partition: str) -> pytest.MarkDecorator:
    """Only an SDK that knows the partition knows how its endpoints end."""
    known = botocore.session.get_session().get_available_partitions()
    return pytest.mark.skipif(partition not in known, reason=f"this SDK does not know the partition {partition}")


PLAIN = [
    ({"region": "us-east-1"}, "http://s3.amazonaws.com"),
    ({"region": "eu-central-1"}, "http://s3.eu-central-1.amazonaws.com"),
    ({"region": "cn-north-1"}, "http://s3.cn-north-1.amazonaws.com.cn"),
    ({"region": "us-gov-west-1"}, "http://s3.us-gov-west-1.amazonaws.com"),
    ({"region": "us-iso-east-1"}, "http://s3.us-iso-east-1.c2s.ic.gov"),
    ({"region": "us-isob-east-1"}, "http://s3.us-isob-east-1.sc2s.sgov.gov"),
    pytest.param(
        {"region": "eusc-de-east-1"}, "http://s3.eusc-de-east-1.amazonaws.eu", marks=needs_a_newer_sdk("aws-eusc")
    ),
    ({"region": "us-east-1", "endpoint_url": "https://s3.example.test"}, None),
    ({"region": "us-east-1", "endpoint_url": "https://s3.amazonaws.com.example.test"}, None),
    ({"region": "us-east-1", "endpoint_url": "https://notamazonaws.com"}, None),
    (
        {"region": "us-east-1", "endpoint_url": "https://s3.example.test", "plain_http_endpoint_url": "http://x.test"},
        "http://x.test",
    ),
]


@pytest.mark.parametrize(("where", "url"), PLAIN)
def test_awss_own_endpoints_are_known_without_tls_in_every_partition(where: dict[str, str], url: str | None) -> None:
    key = {"access_key": "AKIAUSEREXAMPLE", "secret_key": "user-secret"}
    assert Identities(Connection(**where, **key)).plain_http_url == url


SERVICES = ("iam", "sts", "s3", "ssm", "secretsmanager")
SUFFIXES = [
    ("eu-central-1", ".amazonaws.com"),
    ("cn-north-1", ".amazonaws.com.cn"),
    ("cn-northwest-1", ".amazonaws.com.cn"),
    ("us-gov-west-1", ".amazonaws.com"),
    ("us-iso-east-1", ".c2s.ic.gov"),
]
#: IAM is one service a partition: https://docs.aws.amazon.com/general/latest/gr/iam-service.html
HOMES = {"cn": "cn-north-1", "us-gov": "us-gov", "us-iso": "us-iso-east-1"}
#: So was STS for older SDKs: https://docs.aws.amazon.com/sdkref/latest/guide/feature-sts-regionalized-endpoints.html
STS_IS_REGIONAL = botocore.session.get_session().get_config_variable("sts_regional_endpoints") == "regional"


@pytest.mark.parametrize(("region", "suffix"), SUFFIXES)
@pytest.mark.parametrize("service", SERVICES)
def test_every_client_asks_in_the_partition_of_its_region(service: str, region: str, suffix: str) -> None:
    key = {"access_key": "AKIAUSEREXAMPLE", "secret_key": "user-secret"}
    identities = Identities(Connection(region=region, **key))
    role = identities.role(credentials("FIRST"))
    for client in (identities.user(service), identities.nobody(service), identities.anonymous(service)):
        assert client.meta.endpoint_url == role.client(service).meta.endpoint_url
        assert client.meta.region_name == (region if service != "iam" else client.meta.region_name)
    host = urlsplit(role.client(service).meta.endpoint_url).hostname or ""
    assert host.endswith(suffix)
    home = next((home for beginning, home in HOMES.items() if region.startswith(beginning)), "iam.amazonaws.com")
    once_global = (service, region) == ("sts", "eu-central-1") and not STS_IS_REGIONAL
    assert ("sts.amazonaws.com" if once_global else home if service == "iam" else region) in host
