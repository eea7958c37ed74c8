# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoints that are not AWS: whatever they say, nobody's access is found to be missing or in excess."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Connection, Identities
from ansible_collections.assumerole.s3.plugins.module_utils._verification.access import check_access
from ansible_collections.assumerole.s3.plugins.module_utils._verification.canary import Unreachable
from lab.server import serving

HTML = b"<!doctype html><title>Log in</title><p>Log in to go on"
REFUSAL = b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error></ErrorResponse>"
BUSY = b"<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>"
OPTIONS = {
    "role_arn": "arn:aws:iam::123456789012:role/partner",
    "contract": {"user": "partner", "role": "partner", "bucket": "example-bucket"},
    "session_name": "test",
    "duration_seconds": 900,
    "wait_timeout": 0,
}


@contextmanager
def endpoint(status: int, body: bytes) -> Iterator[str]:
    """A server on a free port that says the same to everything; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - the base class's names

        def log_message(self, *_arguments: object) -> None:
            pass

    with serving(Handler) as url:
        yield url


def identities(url: str) -> Identities:
    once = {"retries": {"total_max_attempts": 1}}
    key = {"access_key": "AKIAEXAMPLEEXAMPLE12", "secret_key": "EXAMPLE"}
    return Identities(Connection(region="us-east-1", endpoint_url=url, config=once, **key))


@pytest.mark.parametrize(("status", "body"), [(200, b""), (200, HTML), (200, b"<ok/>"), (200, b'{"ok": true}')])
def test_an_endpoint_that_says_yes_to_everything_is_no_aws(status: int, body: bytes) -> None:
    with (
        endpoint(status, body) as url,
        pytest.raises(Unreachable, match=r"AWS cannot be reached: .*proxies on the way"),
    ):
        check_access(identities(url), OPTIONS)


STRANGE = [(403, REFUSAL), (403, b""), (403, HTML), (400, BUSY), (302, b""), (404, HTML), (407, HTML), (451, b"")]


@pytest.mark.parametrize(("status", "body"), STRANGE)
def test_an_endpoint_that_refuses_everything_shows_nothing(status: int, body: bytes) -> None:
    with endpoint(status, body) as url:
        try:
            result = check_access(identities(url), OPTIONS)
        except Unreachable:
            return
    assert result["verdict"] == "inconclusive"
    assert {check["outcome"] for check in result["checks"]} == {"inconclusive"}
    assert all(check["cause"] for check in result["checks"])
