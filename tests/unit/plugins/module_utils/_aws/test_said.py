# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing that the SDK or a server says leaves a module as it is."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
import json
from textwrap import wrap
from typing import Any
from urllib.parse import quote

from botocore import exceptions as sdk
from botocore.exceptions import ClientError
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.probes import ask
from ansible_collections.assumerole.s3.plugins.module_utils._aws.said import (
    HIDDEN,
    LONGEST,
    TROUBLES,
    clean,
    scrubbed,
    trouble,
)

TOKEN = "IQoJb3JpZ2luX2VjE/a+secret=token\n"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
URL = f"https://user:{quote(SECRET, safe='')}@aws.test:8443/?X-Amz-Security-Token={SECRET}"

RAISED: list[tuple[Exception, str]] = [
    (sdk.NoCredentialsError(), "there are no credentials"),
    (sdk.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"), "a part of the credentials"),
    (sdk.CredentialRetrievalError(provider="custom-process", error_msg=SECRET), "what gives the credentials"),
    (sdk.ProfileNotFound(profile="partner"), "no profile partner"),
    (sdk.ProfileNotFound(profile="partner\x1b[2J"), "no profile partner"),
    (sdk.ConfigParseError(path="/x", error=SECRET), "config file cannot be read"),
    (sdk.NoRegionError(), "no region is given"),
    (sdk.InvalidRegionError(region_name=SECRET), "no region's name"),
    (sdk.EndpointConnectionError(endpoint_url=URL, error=SECRET), "aws.test cannot be connected to"),
    (sdk.ConnectTimeoutError(endpoint_url=URL, error=SECRET), "aws.test did not accept"),
    (sdk.ReadTimeoutError(endpoint_url=URL, error=SECRET), "aws.test did not answer in time"),
    (sdk.ConnectionClosedError(endpoint_url=URL), "aws.test closed the connection"),
    (sdk.ProxyConnectionError(proxy_url=URL, error=SECRET), "the proxy aws.test cannot"),
    (sdk.SSLError(endpoint_url=URL, error="certificate is not yet valid " + SECRET), "by this machine's clock"),
    (sdk.HTTPClientError(error=ValueError(f"Invalid header value {TOKEN.encode()!r}")), "could not be sent"),
    (sdk.EndpointConnectionError(endpoint_url="https://[", error=SECRET), "the endpoint cannot be connected to"),
    (sdk.EndpointConnectionError(endpoint_url=f"https://{SECRET}@aws.test"), "the endpoint cannot be connected to"),
    (sdk.ParamValidationError(report=SECRET), "an option is none"),
    (sdk.UnsupportedSignatureVersionError(signature_version=SECRET), "broke off with UnsupportedSignatureVersionError"),
    (ValueError(f"Invalid endpoint: {URL}"), "a value is none"),
]


@pytest.mark.parametrize(("error", "said"), RAISED, ids=lambda value: getattr(value, "__class__", type).__name__)
def test_the_sdks_exceptions_are_told_in_our_words(error: Exception, said: str) -> None:
    what, advice = trouble(error)
    assert said in what
    assert advice.endswith(".")
    for secret in (SECRET, TOKEN.strip(), "\x1b"):
        assert secret not in what + advice


def test_a_certificates_refusal_names_the_clock() -> None:
    assert "clock" in trouble(sdk.SSLError(endpoint_url=URL, error="expired"))[1]


@pytest.mark.parametrize("name", sorted(set(TROUBLES) - {"ValueError"}))
def test_every_row_is_of_an_exception_of_the_sdk(name: str) -> None:
    assert issubclass(getattr(sdk, name), Exception)


def test_an_answer_holds_nothing_of_the_sdks_text() -> None:
    def call() -> None:
        raise sdk.HTTPClientError(error=ValueError(f"Invalid header value {TOKEN.encode()!r}"))

    answer = ask(call)
    assert (answer.code, answer.message) == ("HTTPClientError", "the request could not be sent")


MESSAGES = [
    ("Access Denied", "Access Denied"),
    ("User: x is not authorized\n  to perform", "User: x is not authorized to perform"),
    ("\x1b]0;title\x07\x1b[31mred\x1b[0m", "red"),
    ("\x1b]0;never ended", "]0;never ended"),
    ("\x9b31mred\x1b[1;2 qand\x1b]8;;x\x1b\\more", "redandmore"),
    ("a\x00b\x9bc\u202ed\r", "abcd"),
    ("", ""),
    (None, "None"),
    ("x" * LONGEST, "x" * LONGEST),
    ("x" * (LONGEST + 1), "x" * LONGEST + "..."),
]


@pytest.mark.parametrize(("said", "kept"), MESSAGES)
def test_a_message_of_awss_is_one_line_without_control_characters(said: object, kept: str) -> None:
    assert clean(said) == kept


def test_a_refusal_is_cleaned_before_it_is_kept() -> None:
    def call() -> None:
        raise ClientError({"Error": {"Code": "Access\x1bDenied", "Message": "no\x1b[2J" + "x" * 9999}}, "GetUser")

    answer = ask(call)
    assert answer.code == "AccessDenied"
    assert answer.message.startswith("noxx")
    assert len(answer.message) == LONGEST + 3


RESULTS: list[tuple[Any, Any]] = [
    (f"said {SECRET}!", f"said {HIDDEN}!"),
    (f"Invalid header value {TOKEN.encode()!r}", f"Invalid header value b'{HIDDEN}'"),
    ("https://x/?t=IQoJb3JpZ2luX2VjE%2Fa%2Bsecret%3Dtoken%0A", f"https://x/?t={HIDDEN}"),
    ({"checks": [{"error": {"message": SECRET}}], SECRET: 1}, {"checks": [{"error": {"message": HIDDEN}}], HIDDEN: 1}),
    (("a", SECRET), ["a", HIDDEN]),
    ({"n": 1, "f": 0.5, "b": True, "none": None}, {"n": 1, "f": 0.5, "b": True, "none": None}),
    ("two\nlines\tand \x1b[2J", "two\nlines\tand \\x1b[2J"),
    ("short", "short"),
    # As a header is wrapped, and a screen.
    (f"{SECRET[:9]}\n {SECRET[9:20]}\r\n\t{SECRET[20:]}", HIDDEN),
    (f"header b'{SECRET[:9]}\\n {SECRET[9:]}' is wrong", f"header b'{HIDDEN}' is wrong"),
    (f"{SECRET[:9]}\x1b{SECRET[9:]}!", f"{HIDDEN}!"),
    (f"{SECRET[:9]}\x1b[31m\x1b]0;t\x07{SECRET[9:]}!", f"{HIDDEN}!"),
    # As a URL, JSON and a page spell it, and a URL in JSON, and JSON in a URL in JSON.
    (f"?t={quote(SECRET, safe='/').lower()}", f"?t={quote(SECRET, safe='/').lower()}"),
    (f"?t={SECRET.replace('/', '%2f')}&", f"?t={HIDDEN}&"),
    (f"?t={quote(quote(SECRET, safe=''), safe='')}&", f"?t={HIDDEN}&"),
    (json.dumps({"t": SECRET}).replace("/", "\\/"), json.dumps({"t": HIDDEN})),
    (json.dumps({"t": SECRET}).replace("/", "\\u002F"), json.dumps({"t": HIDDEN})),
    (f"<p>{SECRET.replace('/', '&#x2f;')}</p>", f"<p>{HIDDEN}</p>"),
    (f"<p>{SECRET.replace('/', '&#47;')}</p>", f"<p>{HIDDEN}</p>"),
    (json.dumps(quote(json.dumps(SECRET).replace("/", "\\/"))), f'"%22{HIDDEN}%22"'),
    # As base64 has it, alone and in the midst of something; of the letters at its ends it has a part.
    (b64encode(SECRET.encode()).decode(), f"{HIDDEN}Q=="),
    (b64encode(f"user:{SECRET}!".encode()).decode(), f"dXNlcjp{HIDDEN}IQ=="),
    (urlsafe_b64encode(f"us:{SECRET}".encode()).decode(), f"dXM6{HIDDEN}Q=="),
    ("\n".join(wrap(b64encode(SECRET.encode()).decode(), 20)), f"{HIDDEN}Q=="),
    # What is no spelling of anything stays.
    ("100% of &#x; \\u12 \\q &#99999999; %zz", "100% of &#x; \\u12 \\q &#99999999; %zz"),
]


@pytest.mark.parametrize(("result", "left"), RESULTS)
def test_a_result_holds_no_secret_however_deep_and_however_quoted(result: Any, left: Any) -> None:
    assert scrubbed(result, {SECRET, TOKEN, "short"}) == left
