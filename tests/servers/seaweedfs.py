# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""SeaweedFS with its own S3, IAM and STS, on loopback ports of its own.

Roles, with their trust and permissions policies, come from a file that it reads when it starts: its IAM makes none.
https://github.com/seaweedfs/seaweedfs/wiki/Amazon-IAM-API
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import json
import os
from pathlib import Path
import signal
import subprocess

from emulators.certificate import write_certificate
from emulators.emulator import OPERATOR, free_ports
from lab.checkout import CHECKOUT, Json
from lab.emulator import Emulator
from servers.ready import takes_an_object

WEED = CHECKOUT / ".venvs" / "seaweedfs" / "bin" / "weed"
START_SECONDS = 60

#: Everything that listens; a part without a port of its own would add 10,000 to another's.
PARTS = ("master", "volume", "filer", "s3")
PORTS = (*(f"{part}.port" for part in PARTS), *(f"{part}.port.grpc" for part in PARTS), "s3.port.https")


@dataclass(frozen=True)
class Role:
    """A role, as the file has it."""

    arn: str
    trust: Json
    permissions: Json

    @property
    def name(self) -> str:
        return self.arn.rsplit("/", 1)[1]


@contextmanager
def running(folder: Path, roles: Iterable[Role]) -> Iterator[Emulator]:
    """Start it with these roles; end it whatever happens."""
    ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
    certificate, key = write_certificate(folder)
    env = {
        "AWS_ENDPOINT_URL": f"https://127.0.0.1:{ports['s3.port.https']}",
        "AWS_CA_BUNDLE": str(folder / "ca.pem"),
        "PLAIN_HTTP_ENDPOINT_URL": f"http://127.0.0.1:{ports['s3.port']}",
        **OPERATOR,
    }
    options = {
        **ports,
        **{"dir": folder, "ip": "127.0.0.1", "ip.bind": "127.0.0.1", "s3.ip.bind": "127.0.0.1"},
        **{"filer": "true", "s3": "true", "s3.port.iceberg": 0, "s3.port.lance": 0, "s3.iam.readOnly": "false"},
        **{"s3.cert.file": certificate, "s3.key.file": key},
        "s3.config": _written(folder / "s3.json", operator()),
        "s3.iam.config": _written(folder / "iam.json", iam(roles)),
        **{"master.volumeSizeLimitMB": 16, "volume.max": 400},  # each bucket takes seven volumes
    }
    with (folder / "log").open("wb") as log:
        arguments = [str(WEED), "server", *(f"-{name}={value}" for name, value in options.items())]
        process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    server = Emulator(folder, env)
    try:
        if not takes_an_object(server, process, START_SECONDS):
            raise RuntimeError(f"SeaweedFS did not start; its log ends with:\n{(folder / 'log').read_text()[-3000:]}")
        yield server
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # its own farewell takes half a minute, and all that it holds is gone
        process.wait()
        _remove_sockets(ports.values())


def operator() -> Json:
    """The one identity that the server starts with, who may do everything."""
    key = {"accessKey": OPERATOR["AWS_ACCESS_KEY_ID"], "secretKey": OPERATOR["AWS_SECRET_ACCESS_KEY"]}
    return {"identities": [{"name": "operator", "credentials": [key], "actions": ["Admin"]}]}


def iam(roles: Iterable[Role]) -> Json:
    """The roles, each with one policy of its own name."""
    roles = list(roles)
    return {
        "sts": {"issuer": "sts", "signingKey": "bm90IGEgc2VjcmV0LCB0aGlzIGlzIGEgdGVzdCBvbmx5", "tokenDuration": "1h"},
        "policy": {"defaultEffect": "Deny", "storeType": "memory"},
        "roles": [
            {"roleName": role.name, "roleArn": role.arn, "trustPolicy": role.trust, "attachedPolicies": [role.name]}
            for role in roles
        ],
        "policies": [{"name": role.name, "document": role.permissions} for role in roles],
    }


def _written(path: Path, content: Json) -> Path:
    path.write_text(json.dumps(content))
    return path


def _remove_sockets(ports: Iterable[int]) -> None:
    """Beside each port it listens on a socket in /tmp, wherever its own folder is."""
    for port in ports:
        for socket in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
            socket.unlink(missing_ok=True)
