# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a contract with all that the scenario's has not, with any ansible-core and boto3.

    PYTHONPATH=.collections:tests python tests/versions/exchange.py BIN

BIN is the environment's folder of programs. The contract has two places in two buckets, a customer's key of KMS,
somebody of another account, and a CI that comes with a token; all of them are asked, over TLS and without.
"""

from __future__ import annotations

import json
from pathlib import Path
import subprocess
import sys
from tempfile import TemporaryDirectory

from lab.checkout import Json
from lab.emulator import Emulator, running
from lab.home import credentials_file
from lab.issuer import AUDIENCE, SUBJECT, Issuer, issuing
from lab.partner import Partner
from lab.play import Ran, ansible


def main(programs: str) -> None:
    """Each verb in turn; the first that does not do what it should ends it."""
    with TemporaryDirectory(prefix="assumerole-s3-exchange-") as folder:
        home, served = Path(folder, "home"), Path(folder, "issuer")
        served.mkdir()
        with running("enforcing", Path(folder, "aws")) as emulator, issuing(emulator, served) as issuer:
            issuer.known_to(emulator)
            live(programs, home, emulator, terms(emulator, issuer, home))


def terms(emulator: Emulator, issuer: Issuer, home: Path) -> Json:
    """The contract, once there is what it names."""
    partner = Partner.elsewhere(emulator)
    profile = partner.write_profile(credentials_file(home))
    return {
        "user": "exchange-uploader",
        "role": "exchange",
        "grants": [
            {"bucket": "example-orders", "prefix": "orders/", "permissions": ["list", "read", "write"]},
            {"bucket": "example-invoices"},
        ],
        "kms_key": emulator.new_key(),
        "trusted": [
            {"arn": partner.arn, "external_id": "partner-4711", "profile": profile},
            {"oidc": issuer.url, "audience": AUDIENCE, "subjects": [SUBJECT]},
        ],
        "web_identity_token_file": issuer.write(home / "token"),
        "plain_http_endpoint_url": emulator.plain_endpoint_url,
        "wait_timeout": 10,
    }


#: Whether an SDK knows how to ask KMS if it would decrypt.
KNOWS_OF_DECRYPTING = """
from botocore.loaders import Loader
shapes = Loader().load_service_model("kms", "service-2")["shapes"]
print("DryRunModifiers" in shapes["DecryptRequest"]["members"])
"""


def verdict(programs: str) -> str:
    """What verify must say: an older SDK cannot ask KMS whether it would decrypt for role or user, and for no more."""
    asking = [str(Path(programs, "python")), "-c", KNOWS_OF_DECRYPTING]
    knows = subprocess.run(asking, check=True, capture_output=True, text=True).stdout
    return "verdict: verified" if "True" in knows else "pass, 2 cannot tell)\n"


def live(programs: str, home: Path, emulator: Emulator, contract: Json) -> None:
    """What each verb must say, in the order of a contract's life."""
    for verb, said in (
        ("provision", "The contract exchange is in place"),
        ("provision", "changed=0"),
        ("verify", verdict(programs)),
        ("rotate", "has a new key"),
        ("verify", verdict(programs)),
        ("teardown", "failed=0"),
    ):
        ran = play(programs, verb, home, emulator, contract)
        print(f"--- {verb}\n{ran.output}", flush=True)
        if ran.code or said not in ran.output:
            sys.exit(f"{verb} ended with {ran.code}, and should say: {said}")
    iam, s3 = emulator.iam, emulator.s3
    left = iam.list_users()["Users"] + iam.list_roles()["Roles"] + s3.list_buckets()["Buckets"]
    if left:
        sys.exit(f"teardown has left {left}")


def play(programs: str, verb: str, home: Path, emulator: Emulator, contract: Json) -> Ran:
    """A verb with the environment's own programs."""
    variables = {f"bucket_access_{name}": value for name, value in {**contract, "force_destroy": True}.items()}
    program = str(Path(programs, "ansible-playbook").absolute())
    return ansible(program, f"playbooks/{verb}.yml", "-e", json.dumps(variables), home=home, emulator=emulator)


if __name__ == "__main__":
    main(sys.argv[1])
