# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listens on the way to an emulator: every secret that it ever tells anybody is known, of keys and of sessions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPSConnection
from http.server import BaseHTTPRequestHandler
import re
import ssl
from urllib.parse import urlsplit

from lab.emulator import Emulator
from lab.server import serving

#: How AWS tells a secret: https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html
TOLD = re.compile(rb"<(SecretAccessKey|SessionToken)>([^<]+)</")

#: What is between two ends of one connection only.
HOP = ("connection", "transfer-encoding", "content-length", "date", "server")


@dataclass
class Overheard:
    """An emulator, seen through the listener, and what the listener knows."""

    emulator: Emulator
    secrets: dict[str, set[str]] = field(default_factory=lambda: {"SecretAccessKey": set(), "SessionToken": set()})

    @property
    def all(self) -> set[str]:
        return set().union(*self.secrets.values())

    def hear(self, body: bytes) -> None:
        for name, secret in TOLD.findall(body):
            self.secrets[name.decode()].add(secret.decode())


def passes_on(_body: bytes) -> tuple[int, bytes] | None:
    """Says nothing itself."""
    return None


@contextmanager
def overheard(
    emulator: Emulator, instead: Callable[[bytes], tuple[int, bytes] | None] = passes_on
) -> Iterator[Overheard]:
    """The emulator by another address, as long as the block runs; some requests may be answered ``instead``."""
    there = urlsplit(emulator.endpoint_url)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            own = instead(body)
            if own:
                self.send_response_only(own[0])
                self.send_header("Content-Length", str(len(own[1])))
                self.end_headers()
                self.wfile.write(own[1])
                return
            upstream = connected(there.scheme, str(there.netloc), emulator.ca_bundle)
            upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                upstream.putheader(name, value)
            upstream.endheaders(body or None)
            answer = upstream.getresponse()
            said = answer.read()
            found.hear(said)
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in HOP:
                    self.send_header(name, value)
            length = answer.getheader("Content-Length", "0") if self.command == "HEAD" else str(len(said))
            self.send_header("Content-Length", length)
            self.end_headers()
            self.wfile.write(said)
            upstream.close()

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = pass_on  # noqa: N815 - the base class's names

        def log_message(self, *_arguments: object) -> None:
            pass

    with serving(Handler) as url:
        found = Overheard(emulator.behind(url))
        yield found


def connected(scheme: str, netloc: str, ca_bundle: str | None) -> HTTPConnection:
    if scheme == "https":
        return HTTPSConnection(netloc, context=ssl.create_default_context(cafile=ca_bundle))
    return HTTPConnection(netloc)
