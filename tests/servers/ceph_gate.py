# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands before Ceph's gateway, where every request goes through as it is, and Ceph alone judges it.

It differs in this from the gateway alone:

- What Ceph lacks is answered by :mod:`servers.ceph_lacks`, to whoever signs with a key that Ceph has made and still
  takes.
- Three refusals of Ceph's get the codes that AWS has: of a key that is unknown, inactive or deleted, of a session that
  is too long, and of a role that is not there.
- AssumeRole's answer is given the AssumedRoleId.
"""

from __future__ import annotations

from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import ssl
from threading import Thread
from types import TracebackType
from typing import Any

from botocore.exceptions import ClientError

from lab.emulator import Emulator
from servers.ceph_lacks import Lacks, done
from servers.ceph_requests import Answer, Key, Request, refusal, unknown_key

#: What is of one connection only.
HOP_BY_HOP = ("connection", "transfer-encoding", "content-length", "expect")

#: How Ceph refuses a key that it does not take.
REFUSALS = ("AccessDenied", "InvalidAccessKeyId")

#: How Ceph refuses to let somebody into a role, and how AWS does.
OF_ASSUME_ROLE = {"InvalidArgument": (400, "ValidationError"), "NoSuchEntity": (403, "AccessDenied")}


class Gate:
    """Listens until the end of its ``with``; ``gateway`` is what stands behind, as the account's root user sees it."""

    def __init__(self, port: int, gateway: Emulator, certificate: tuple[str, str]) -> None:
        self.gateway = gateway
        root = gateway.env["AWS_ACCESS_KEY_ID"], gateway.env["AWS_SECRET_ACCESS_KEY"]
        self._keys = {root[0]: Key(root[1], None, f"arn:aws:iam::{gateway.account}:root")}
        self._lacks = Lacks(gateway)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), {"gate": self}))
        self._server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)

    def __enter__(self) -> Gate:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: Request) -> Answer:
        """What is given back to a request."""
        if self._lacks.has(request):
            key = self._keys.get(request.key_id)
            taken = key and request.is_signed_with(key) and self._is_taken(request.key_id, key)
            return self._lacks.answer(request, key) if key and taken else unknown_key(request)
        answer = self._passed_on(request)
        self._learn(answer)
        return self._lacks.completed(request, self._as_aws_says_it(request, answer))

    def _passed_on(self, request: Request) -> Answer:
        """What the gateway answers."""
        host, port = self.gateway.endpoint_url.removeprefix("https://").split(":")
        context = ssl.create_default_context(cafile=self.gateway.ca_bundle)
        connection = HTTPSConnection(host, int(port), context=context, timeout=30)
        connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
        for name, value in request.headers.items():
            connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders(request.body)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        headers = tuple((name, value) for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP)
        return Answer(answer.status, content, headers)

    def _learn(self, answer: Answer) -> None:
        """Whose a key is that the gateway hands out; of a session it says the ARN itself."""
        key_id, secret = answer.element("AccessKeyId"), answer.element("SecretAccessKey")
        if key_id and secret:
            user = f"arn:aws:iam::{self.gateway.account}:user/{answer.element('UserName')}"
            self._keys[key_id] = Key(secret, answer.element("SessionToken") or None, answer.element("Arn") or user)

    def _as_aws_says_it(self, request: Request, answer: Answer) -> Answer:
        code = answer.element("Code") if answer.status >= 400 else ""
        if request.key_id and code in REFUSALS and not self._knows(request.key_id):
            return unknown_key(request)
        if request.action != "AssumeRole":
            return answer
        if code:
            return refusal(request, *OF_ASSUME_ROLE[code]) if code in OF_ASSUME_ROLE else answer
        _arn, role, session = answer.element("Arn").split("/")
        number = self.gateway.iam.get_role(RoleName=role)["Role"]["RoleId"]
        return answer.with_more("<AssumedRoleUser>", f"<AssumedRoleId>{number}:{session}</AssumedRoleId>")

    def _knows(self, key_id: str) -> bool:
        return key_id in self._keys and self._is_taken(key_id, self._keys[key_id])

    def _is_taken(self, key_id: str, key: Key) -> bool:
        """As Ceph says: a user's key must be active, and a session's role there."""
        kind, *names = key.arn.split(":", 5)[5].split("/")
        if kind == "assumed-role":
            return done(self.gateway.iam.get_role, RoleName=names[0])
        if kind == "user":
            return self._is_active(key_id, names[-1])
        return True

    def _is_active(self, key_id: str, user: str) -> bool:
        try:
            listed = self.gateway.iam.list_access_keys(UserName=user)["AccessKeyMetadata"]
        except ClientError:
            return False
        return any(key["AccessKeyId"] == key_id and key["Status"] == "Active" for key in listed)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    gate: Gate

    def log_message(self, *_said: Any) -> None:
        """Nothing is said."""

    def _any(self) -> None:
        request = Request.of(self.command, self.path, self.headers, self._body(), without=HOP_BY_HOP)
        answer = self.gate.answer(request)
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _body(self) -> bytes:
        """Without the chunks of HTTP; those of S3 inside are signed for, and stay."""
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _any  # noqa: N815 - names of the standard library
