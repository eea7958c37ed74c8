# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules of AWS about how and from where a request comes that MiniStack leaves out: MFA, and VPC endpoints."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any
from urllib.parse import parse_qs

from ministack.core import iam_evaluator
from ministack.core.router import extract_access_key_id
from ministack.services import iam, sts
from totp import step_now, totp

Response = tuple[int, dict[str, str], bytes]
Handler = Callable[..., Awaitable[Response]]

#: Requests from this address come through this VPC endpoint.
VPC_ENDPOINTS = {"127.0.0.8": "vpce-0123456789abcdef0", "127.0.0.9": "vpce-0fedcba9876543210"}

_with_mfa: ContextVar[bool] = ContextVar("with_mfa", default=False)
_used: set[tuple[str, str]] = set()
_sessions_with_mfa: set[str] = set()


def install() -> None:
    """Make MiniStack follow the rules of this file."""
    iam_evaluator._resolve_condition_key = with_places(iam_evaluator._resolve_condition_key)
    sts.handle_request = with_codes(sts.handle_request)
    iam._IAM_HANDLERS["CreateVirtualMFADevice"] = with_seeds(iam._IAM_HANDLERS["CreateVirtualMFADevice"])


def with_places(resolve: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    """Through a VPC endpoint a request carries the endpoint's id, and no address; a user with MFA says so.

    A session of a role says nothing of MFA, whoever opened it.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcevpce
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
    """

    def handle(key: str, context: Any) -> Any:
        name, endpoint = key.lower(), VPC_ENDPOINTS.get(context.source_ip)
        if name == "aws:sourcevpce":
            return endpoint
        if name == "aws:sourceip" and endpoint:
            return None
        if name == "aws:multifactorauthpresent" and _with_mfa.get():
            return "true"
        return resolve(key, context)

    return handle


def with_seeds(handler: Callable[[Any], Response]) -> Callable[[Any], Response]:
    """The seed of a device is base 32, which has letters and 2 to 7.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_VirtualMFADevice.html
    """

    def handle(params: Any) -> Response:
        known = set(iam._mfa_devices)
        status, headers, answer = handler(params)
        for serial in set(iam._mfa_devices) - known:
            device = iam._mfa_devices[serial]
            hexadecimal, device["Base32StringSeed"] = device["Base32StringSeed"], _base32(device["Base32StringSeed"])
            answer = answer.replace(_encoded(hexadecimal), _encoded(device["Base32StringSeed"]))
        return status, headers, answer

    return handle


def with_codes(handler: Handler) -> Handler:
    """A code of the caller's own device is accepted once; a session that one opened is one with MFA.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
    """

    async def handle(method: str, path: str, headers: Any, body: bytes, query_params: Any) -> Response:
        asked = {key: values[0] for key, values in parse_qs(body.decode("utf-8", "replace")).items()}
        serial, code, key = asked.get("SerialNumber"), asked.get("TokenCode"), extract_access_key_id(headers)
        if (serial or code) and not _accepted(serial or "", code or "", key):
            return _refused()
        with_mfa = bool(code) or key in _sessions_with_mfa
        token = _with_mfa.set(with_mfa)
        before = set(sts._sessions)
        try:
            response = await handler(method, path, headers, body, query_params)
        finally:
            _with_mfa.reset(token)
        if with_mfa and asked.get("Action") == "GetSessionToken":
            _sessions_with_mfa.update(set(sts._sessions) - before)
        return response

    return handle


def _accepted(serial: str, code: str, key: str) -> bool:
    """Whether it is a code that the caller's device shows now, or showed just before, and nobody has used."""
    device, held = iam._mfa_devices.get(serial), iam._access_keys.get(key)
    if not device or not held or device["User"] != held["UserName"] or (serial, code) in _used:
        return False
    now = step_now()
    if code not in {totp(device["Base32StringSeed"], step) for step in (now - 1, now, now + 1)}:
        return False
    _used.add((serial, code))
    return True


def _base32(digits: str) -> str:
    return digits.translate(str.maketrans("0189", "GHIJ"))


def _encoded(seed: str) -> bytes:
    return base64.b64encode(seed.encode())


def _refused() -> Response:
    message = "MultiFactorAuthentication failed with invalid MFA one time pass code."
    response: Response = sts._error(403, "AccessDenied", message, ns="sts")
    return response
