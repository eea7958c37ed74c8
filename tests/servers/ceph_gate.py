# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands before Ceph's gateway: every request goes through as it is, but for GetCallerIdentity, which it lacks.

That one is answered here, to whoever signs with a key that the gateway has made and still takes. Nothing of what
somebody may do is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import re
import ssl
from threading import Thread
from types import TracebackType
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from lab.emulator import Emulator

#: What is of one connection only.
HOP_BY_HOP = ("connection", "transfer-encoding", "content-length", "expect")

_SIGNED = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request, *SignedHeaders=([^,]+), *Signature=(\w+)")


@dataclass(frozen=True)
class Key:
    """A key as the gateway handed it out, and whose it is."""

    secret: str
    token: str | None
    arn: str


class Gate:
    """Listens until the end of its ``with``; ``gateway`` is what stands behind, as the account's root user sees it."""

    def __init__(self, port: int, gateway: Emulator, certificate: tuple[str, str]) -> None:
        self.gateway = gateway
        root = gateway.env["AWS_ACCESS_KEY_ID"], gateway.env["AWS_SECRET_ACCESS_KEY"]
        self.keys = {root[0]: Key(root[1], None, f"arn:aws:iam::{gateway.account}:root")}
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

    def passed_on(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        """What the gateway answers to a request as it came."""
        host, port = self.gateway.endpoint_url.removeprefix("https://").split(":")
        context = ssl.create_default_context(cafile=self.gateway.ca_bundle)
        connection = HTTPSConnection(host, int(port), context=context, timeout=30)
        connection.putrequest(request.command, request.path, skip_host=True, skip_accept_encoding=True)
        for name, value in request.headers.items():
            if name.lower() not in HOP_BY_HOP:
                connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.getheaders(), content

    def learn(self, answer: bytes) -> None:
        """Whose a key is that the gateway hands out; of a session it says the ARN itself."""
        found = {name: _element(answer, name) for name in ("AccessKeyId", "SecretAccessKey", "SessionToken", "Arn")}
        if found["AccessKeyId"] and found["SecretAccessKey"]:
            user = f"arn:aws:iam::{self.gateway.account}:user/{_element(answer, 'UserName')}"
            key = Key(found["SecretAccessKey"], found["SessionToken"] or None, found["Arn"] or user)
            self.keys[found["AccessKeyId"]] = key

    def caller(self, headers: Message, body: bytes) -> str:
        """The ARN of whoever has signed; empty when the signature is wrong, or the key not taken any more."""
        signed = _SIGNED.search(headers.get("Authorization", ""))
        key = self.keys.get(signed[1]) if signed else None
        if not signed or not key or headers.get("X-Amz-Security-Token") != key.token:
            return ""
        names = signed[4].split(";")
        request = AWSRequest(
            "POST", f"https://{headers['Host']}/", data=body, headers={name: headers[name] for name in names}
        )
        request.context["timestamp"] = headers["X-Amz-Date"]
        auth = SigV4Auth(Credentials(signed[1], key.secret), signed[3], signed[2])
        signature = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
        return key.arn if signature == signed[5] and self._is_taken(signed[1], key.arn) else ""

    def _is_taken(self, key_id: str, arn: str) -> bool:
        """A user's key must be active, and a session's role there."""
        kind, *names = arn.split(":", 5)[5].split("/")
        try:
            if kind == "user":
                listed = self.gateway.iam.list_access_keys(UserName=names[-1])["AccessKeyMetadata"]
                return any(key["AccessKeyId"] == key_id and key["Status"] == "Active" for key in listed)
            if kind == "assumed-role":
                self.gateway.iam.get_role(RoleName=names[0])
        except ClientError:
            return False
        return True


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    gate: Gate

    def log_message(self, *_said: Any) -> None:
        """Nothing is said."""

    def _any(self) -> None:
        body = self._body()
        if b"Action=GetCallerIdentity" in body:
            self._tell_identity(self.gate.caller(self.headers, body))
            return
        status, headers, answer = self.gate.passed_on(self, body)
        self.gate.learn(answer)
        self._give(status, headers, answer)

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

    def _tell_identity(self, arn: str) -> None:
        if not arn:
            code = "InvalidClientTokenId"
            self._give(403, [], f"<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>".encode())
            return
        told = (
            f"<Arn>{arn}</Arn><UserId>{arn.rsplit('/', 1)[-1]}</UserId><Account>{self.gate.gateway.account}</Account>"
        )
        name = "GetCallerIdentity"
        self._give(200, [], f"<{name}Response><{name}Result>{told}</{name}Result></{name}Response>".encode())

    def _give(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _element(answer: bytes, name: str) -> str:
    found = re.search(rf"<{name}>([^<]*)</{name}>".encode(), answer)
    return found[1].decode() if found else ""
