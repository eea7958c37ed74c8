# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An identity provider of a test's own, which signs tokens as a CI does, with a key that nobody else has.

    python tests/lab/issuer.py FOLDER HOST AUDIENCE SUBJECT

writes into FOLDER what the provider serves, and a token that is good for an hour, as ``token``.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler
import json
from pathlib import Path
import secrets
import sys
import time
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from lab.emulator import Emulator
from lab.server import serving

AUDIENCE, SUBJECT = "sts.amazonaws.com", "repo:example/exchange:ref:refs/heads/main"


@dataclass
class Issuer:
    """A provider by the host that tokens name; its documents lie in a folder."""

    folder: Path
    host: str = field(default_factory=lambda: f"token-{secrets.token_hex(4)}.ci.example")
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048), repr=False)
    kid: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def url(self) -> str:
        return f"https://{self.host}"

    def publish(self) -> None:
        """What an issuer serves: where its keys are, and the keys."""
        numbers = self.key.public_key().public_numbers()
        jwk = {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.kid,
            "n": number(numbers.n),
            "e": number(numbers.e),
        }
        documents = {
            ".well-known/openid-configuration": {"issuer": self.url, "jwks_uri": f"{self.url}/keys"},
            "keys": {"keys": [jwk]},
        }
        for name, document in documents.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(document))

    def token(self, audience: str = AUDIENCE, subject: str = SUBJECT, **claims: Any) -> str:
        """A token that is good for an hour, unless the claims say otherwise."""
        now = int(time.time())
        said = {"iss": self.url, "aud": audience, "sub": subject, "iat": now, "exp": now + 3600, **claims}
        head = {"alg": "RS256", "typ": "JWT", "kid": self.kid}
        signed = f"{encoded(json.dumps(head).encode())}.{encoded(json.dumps(said).encode())}"
        signature = self.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{encoded(signature)}"

    def write(self, path: Path, audience: str = AUDIENCE, subject: str = SUBJECT, **claims: Any) -> str:
        """A token in a file; gives its path."""
        path.write_text(self.token(audience, subject, **claims) + "\n")
        path.chmod(0o600)
        return str(path)

    def known_to(self, emulator: Emulator, *audiences: str) -> str:
        """Make it an identity provider of the account; gives its ARN."""
        made = emulator.iam.create_open_id_connect_provider(Url=self.url, ClientIDList=list(audiences or (AUDIENCE,)))
        return str(made["OpenIDConnectProviderArn"])


@contextmanager
def issuing(emulator: Emulator, folder: Path) -> Iterator[Issuer]:
    """An issuer that serves its documents on loopback as long as the block runs, where the emulator finds it."""
    issuer = Issuer(folder)
    issuer.publish()

    class Quiet(SimpleHTTPRequestHandler):
        """Writes no log."""

        def log_message(self, *_arguments: Any) -> None:
            """Nothing."""

    with serving(partial(Quiet, directory=str(folder))) as address:  # type: ignore[arg-type]
        introduce(emulator.state_dir, issuer.host, address)
        yield issuer


def introduce(state_dir: Path, host: str, address: str) -> None:
    """Tell the emulator where the documents of an issuer are."""
    path = state_dir / "issuers.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**known, host: address}))


def number(value: int) -> str:
    """A number as keys have it."""
    return encoded(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def encoded(value: bytes) -> str:
    """Base64 for URLs, without padding."""
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def main() -> None:
    """An issuer in a folder, and a token of it."""
    folder, host, audience, subject = sys.argv[1:]
    issuer = Issuer(Path(folder), host)
    issuer.publish()
    issuer.write(Path(folder) / "token", audience, subject)


if __name__ == "__main__":
    main()
