# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How STS judges a token before it looks at the trust policy, which MiniStack leaves out: it reads what a token claims.

AWS fetches an issuer's keys from the issuer's own address. Here a file says where they are, as no name of a test's
leads to loopback: {"token.ci.example": "http://127.0.0.1:8080"}.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
import json
from pathlib import Path
import time
from typing import Any
from urllib.parse import parse_qs
from urllib.request import urlopen

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from ministack.services import iam, sts

Response = tuple[int, dict[str, str], bytes]
Handler = Callable[..., Awaitable[Response]]
Json = dict[str, Any]

#: Where the keys of issuers are, in the emulator's state.
ISSUERS = "issuers.json"


class Refused(Exception):
    """AWS's code and message for a token that it does not take."""


def with_checked_tokens(handler: Handler, issuers: Path) -> Handler:
    """Signature, issuer, audience and expiry are judged first; subject and audience by the trust policy afterwards."""

    async def handle(method: str, path: str, headers: Any, body: bytes, query_params: Any) -> Response:
        asked = {key: values[0] for key, values in parse_qs(body.decode("utf-8", "replace")).items()}
        if asked.get("Action") == "AssumeRoleWithWebIdentity":
            try:
                check(asked.get("WebIdentityToken", ""), asked.get("RoleArn", ""), issuers)
            except Refused as refused:
                code, message = refused.args
                response: Response = sts._error(400, code, message, ns="sts")
                return response
        return await handler(method, path, headers, body, query_params)

    return handle


def check(token: str, role_arn: str, issuers: Path) -> None:
    """Raise :class:`Refused` for what is not a valid token of a provider of the role's account."""
    try:
        head_text, claims_text, signature_text = token.split(".")
        head, claims = json.loads(decoded(head_text)), json.loads(decoded(claims_text))
        issuer, signature = str(claims["iss"]), decoded(signature_text)
        expires, audiences = float(claims["exp"]), claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    except (ValueError, KeyError, TypeError):
        raise Refused("InvalidIdentityToken", "The ID Token provided is not a valid JWT.") from None
    host = issuer.removeprefix("https://").rstrip("/")
    provider = provider_of(role_arn, host)
    if provider is None or not issuer.startswith("https://"):
        raise Refused("InvalidIdentityToken", f"No OpenIDConnect provider found in your account for {issuer}")
    key = key_of(host, str(head.get("kid")), issuers)
    if key is None or head.get("alg") != "RS256":
        raise Refused("InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider")
    try:
        key.verify(signature, f"{head_text}.{claims_text}".encode(), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        raise Refused("InvalidIdentityToken", "The signature of the ID Token is invalid.") from None
    if expires <= time.time():
        raise Refused("ExpiredTokenException", "Token expired: current date/time must be before the expiration")
    if not set(audiences) & set(provider["ClientIDList"]):
        raise Refused("InvalidIdentityToken", "Incorrect token audience")


def provider_of(role_arn: str, host: str) -> Json | None:
    """The identity provider in the account of a role."""
    parts = role_arn.split(":")
    if len(parts) < 6:
        return None
    arn = f"arn:{parts[1]}:iam::{parts[4]}:oidc-provider/{host}"
    found: Json | None = iam._oidc_providers.get_scoped(parts[4], None, arn)
    return found


def key_of(host: str, kid: str, issuers: Path) -> rsa.RSAPublicKey | None:
    """The key by its id, as the issuer's own documents lead to it.

    https://openid.net/specs/openid-connect-discovery-1_0.html
    """
    address = json.loads(issuers.read_text()).get(host) if issuers.exists() else None
    if not address:
        return None
    found = fetched(f"{address}/.well-known/openid-configuration")
    keys = fetched(f"{address}/{found['jwks_uri'].removeprefix(f'https://{host}/')}")["keys"]
    return next((_key(jwk) for jwk in keys if jwk["kid"] == kid), None)


def fetched(address: str) -> Json:
    """A document in JSON."""
    with urlopen(address, timeout=5) as response:
        found: Json = json.load(response)
        return found


def _key(jwk: Json) -> rsa.RSAPublicKey:
    modulus, exponent = (int.from_bytes(decoded(jwk[name]), "big") for name in ("n", "e"))
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def decoded(text: str) -> bytes:
    """Base64 for URLs, without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
