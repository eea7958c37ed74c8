# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a CI gives its jobs: tokens that it has signed, of which AWS finds the keys at the CI's own address.

    python tests/docs/made_by_a_ci.py HOST AUDIENCE SUBJECT FILE

writes a token into FILE. The emulator is told that the keys of HOST lie in a folder beside its state.
"""

from __future__ import annotations

import os
from pathlib import Path
import sys

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from lab.issuer import Issuer, introduce


def main() -> None:
    """A token of an issuer, whose key stays the same from call to call."""
    host, audience, subject, path = sys.argv[1:]
    state = Path(os.environ["AWS_CA_BUNDLE"]).parent
    folder = state / "issuers" / host
    issuer = Issuer(folder, host, key=kept(folder / "key.pem"), kid="one")
    issuer.publish()
    introduce(state, host, folder.as_uri())
    issuer.write(Path(path), audience, subject)


def kept(path: Path) -> rsa.RSAPrivateKey:
    """The key in a file, made when there is none."""
    if path.exists():
        key = serialization.load_pem_private_key(path.read_bytes(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        return key
    key = rsa.generate_private_key(65537, 2048)
    path.parent.mkdir(parents=True)
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path.write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))
    return key


if __name__ == "__main__":
    main()
