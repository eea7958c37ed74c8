# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request on its way to Ceph's gateway, who has signed it, and an answer, in the form that AWS gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from functools import cached_property
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

_SIGNED = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request, *SignedHeaders=([^,]+), *Signature=(\w+)")


@dataclass(frozen=True)
class Key:
    """A key as the gateway handed it out, and whose it is."""

    secret: str
    token: str | None
    arn: str

    @property
    def is_roots(self) -> bool:
        return self.arn.endswith(":root")


@dataclass(frozen=True)
class Request:
    """A request as it came; what is of the connection alone is gone."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @classmethod
    def of(cls, method: str, target: str, message: Message, body: bytes, without: tuple[str, ...]) -> Request:
        kept = {name: value for name, value in message.items() if name.lower() not in without}
        return cls(method, target, kept, body)

    def header(self, name: str) -> str:
        return next((value for given, value in self.headers.items() if given.lower() == name.lower()), "")

    @property
    def bucket(self) -> str:
        """The bucket alone: empty for an object."""
        return urlsplit(self.target).path.strip("/")

    @cached_property
    def query(self) -> Mapping[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @cached_property
    def form(self) -> Mapping[str, str]:
        """The parameters of IAM and STS."""
        return {} if self.service == "s3" else dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def action(self) -> str:
        """What is asked of IAM or STS; empty for S3."""
        return self.form.get("Action", "")

    @property
    def service(self) -> str:
        return self._signed[3] if self._signed else "s3"

    @property
    def key_id(self) -> str:
        return self._signed[1] if self._signed else ""

    def is_signed_with(self, key: Key) -> bool:
        right = bool(self._signed) and self._signature(key) == self._signed[5]
        return right and self.header("X-Amz-Security-Token") == (key.token or "")

    @cached_property
    def _signed(self) -> Any:
        return _SIGNED.search(self.header("Authorization"))

    def _signature(self, key: Key) -> str:
        """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html"""
        key_id, region, service, names, _given = self._signed.groups()
        headers = {name: self.header(name) for name in names.split(";")}
        url = f"https://{self.header('Host')}{self.target}"
        request = AWSRequest(self.method, url, data=self.body, headers=headers)
        request.context["timestamp"] = self.header("X-Amz-Date")
        auth = (S3SigV4Auth if service == "s3" else SigV4Auth)(Credentials(key_id, key.secret), service, region)
        return str(auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request))


@dataclass(frozen=True)
class Answer:
    """What is given back."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/xml"),)

    def element(self, name: str) -> str:
        """What an element holds; empty when there is none."""
        found = re.search(rf"<{name}>([^<]*)</{name}>".encode(), self.body)
        return found[1].decode() if found else ""

    def with_more(self, where: str, more: str) -> Answer:
        """The same with more elements before this closing or after this opening tag."""
        at = where.encode()
        new = more.encode() + at if where.startswith("</") else at + more.encode()
        return Answer(self.status, self.body.replace(at, new, 1), self.headers)


def result(request: Request, content: str = "") -> Answer:
    """A result of IAM or STS."""
    name = request.action
    return Answer(200, f"<{name}Response><{name}Result>{content}</{name}Result></{name}Response>".encode())


def refusal(request: Request, status: int, code: str) -> Answer:
    """An error with a code of AWS's."""
    error = f"<Error><Code>{code}</Code><Message>{code}</Message></Error>"
    return Answer(status, (error if request.service == "s3" else f"<ErrorResponse>{error}</ErrorResponse>").encode())


def unknown_key(request: Request) -> Answer:
    """How AWS refuses a key that it does not know, or not any more."""
    return refusal(request, 403, "InvalidAccessKeyId" if request.service == "s3" else "InvalidClientTokenId")
