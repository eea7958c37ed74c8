# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault bench: an emulator that enforces IAM, and a proxy before it that misbehaves as it is told.

A lane is one client's way to AWS: a port of its own, with a script of faults and a log of requests::

    with running(tmp_path, lanes=1) as bench:
        lane = bench.lanes[0]
        lane.script(error("Throttling", operation="CreateUser", first=2))
        ran = play("provision", lane, home, contract)
        assert [entry["operation"] for entry in lane.requests() if entry["fault"]] == ["CreateUser"] * 2
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
import json
import os
from pathlib import Path
import signal
import socket
import subprocess
import sys
import time
from typing import Any

import boto3
from botocore.config import Config
from faults import Fault, problems

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent.parent
EMULATOR = CHECKOUT / "tests" / "emulators" / "emulator.py"
MITMDUMP = CHECKOUT / ".venvs" / "faults" / "bin" / "mitmdump"
BIN = Path(sys.executable).parent
START_SECONDS = 30

Env = dict[str, str]
Json = dict[str, Any]


@dataclass(frozen=True)
class Lane:
    """One client's way to AWS."""

    port: int
    folder: Path
    emulator: Mapping[str, str]

    @property
    def env(self) -> Env:
        """AWS's variables, with the proxy as the endpoint; the emulator's certificate is the proxy's, too."""
        return {**self.emulator, "AWS_ENDPOINT_URL": f"https://127.0.0.1:{self.port}"}

    def script(self, *faults: Fault) -> None:
        """Let these faults strike from now on, and none else; occurrences count from here."""
        wrong = problems(list(faults))
        if wrong:
            raise ValueError(" ".join(wrong))
        new = self.folder / f"{self.port}.new"
        new.write_text(json.dumps(faults))
        new.replace(self.folder / f"{self.port}.json")

    def requests(self) -> list[Json]:
        """What came through so far, in the order in which it ended."""
        log = self.folder / f"{self.port}.log"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    def secrets(self) -> list[str]:
        """Every secret key and session token that was ever handed out through this lane."""
        path = self.folder / f"{self.port}.secrets"
        return path.read_text().split() if path.exists() else []

    def environment(self, home: Path, **more: str) -> Env:
        """The environment of a program with a home of its own, without the caller's AWS_* variables."""
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "ANSIBLE_"))}
        own = {
            "HOME": str(home),
            "ANSIBLE_HOME": str(home / ".ansible"),
            "ANSIBLE_REMOTE_TMP": str(home / ".ansible" / "tmp"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_PIPELINING": "1",
            "ANSIBLE_DEPRECATION_WARNINGS": "0",
            "AWS_EC2_METADATA_DISABLED": "true",
            "PATH": os.pathsep.join([str(BIN), os.environ["PATH"]]),
        }
        return {**inherited, **self.env, **own, **more}


@dataclass(frozen=True)
class Bench:
    """The emulator behind, reached without the proxy by ``iam`` and ``s3``, and the lanes before it."""

    env: Mapping[str, str]
    lanes: tuple[Lane, ...]

    @cached_property
    def iam(self) -> Any:
        """The operator's client that no fault reaches."""
        return self.client("iam")

    @cached_property
    def s3(self) -> Any:
        """The operator's client that no fault reaches."""
        return self.client("s3")

    def client(self, service: str, lane: Lane | None = None, **options: Any) -> Any:
        """A client with the operator's credentials, straight to the emulator or through a lane; it never retries."""
        env = lane.env if lane else self.env
        return boto3.client(
            service,
            endpoint_url=env["AWS_ENDPOINT_URL"],
            verify=env["AWS_CA_BUNDLE"],
            region_name="us-east-1",
            **{
                "aws_access_key_id": env["AWS_ACCESS_KEY_ID"],
                "aws_secret_access_key": env["AWS_SECRET_ACCESS_KEY"],
                "config": Config(retries={"total_max_attempts": 1}, read_timeout=20),
                **options,
            },
        )


@contextmanager
def running(folder: Path, lanes: int = 1) -> Iterator[Bench]:
    """Start emulator and proxy on free loopback ports; stop both whatever happens."""
    state = folder / "emulator"
    clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    subprocess.run([sys.executable, str(EMULATOR), "start", "enforcing", str(state)], check=True, env=clean)
    try:
        env = json.loads((state / "env.json").read_text())
        ports = _free_ports(lanes)
        proxy = _start_proxy(folder, state, env["AWS_ENDPOINT_URL"], ports)
        try:
            _wait_for(ports, proxy, folder / "proxy.log")
            yield Bench(env, tuple(Lane(port, folder, env) for port in ports))
        finally:
            _stop(proxy)
    finally:
        subprocess.run([sys.executable, str(EMULATOR), "stop", str(state)], check=True, stdout=subprocess.DEVNULL)


def _start_proxy(folder: Path, state: Path, upstream: str, ports: list[int]) -> subprocess.Popen[bytes]:
    """The Host header stays the client's, because its signature covers it."""
    if not MITMDUMP.exists():
        raise FileNotFoundError("The proxy is not installed: run make env-faults.")
    pem = folder / "proxy.pem"
    pem.touch(mode=0o600)
    pem.write_text((state / "key.pem").read_text() + (state / "ca.pem").read_text())
    modes = [word for port in ports for word in ("--mode", f"reverse:{upstream}@127.0.0.1:{port}")]
    options = {
        "keep_host_header": "true",
        "connection_strategy": "lazy",
        "http2": "false",
        "ssl_verify_upstream_trusted_ca": str(state / "ca.pem"),
        "confdir": str(folder / "mitmproxy"),
        "faults_dir": str(folder),
        "flow_detail": "0",
    }
    settings = [word for name, value in options.items() for word in ("--set", f"{name}={value}")]
    command = [str(MITMDUMP), "-s", str(HERE / "addon.py"), "--certs", f"*={pem}", *modes, *settings]
    with (folder / "proxy.log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)


def _free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, all held until the last is found, so that they differ."""
    held = [socket.create_server(("127.0.0.1", 0)) for _number in range(count)]
    ports = [int(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports


def _wait_for(ports: list[int], proxy: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not all(_listening(port) for port in ports):
        if proxy.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"The proxy did not start; its log ends with:\n{log.read_text()[-2000:]}")
        time.sleep(0.05)


def _listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _stop(proxy: subprocess.Popen[bytes]) -> None:
    proxy.send_signal(signal.SIGTERM)
    try:
        proxy.wait(3)
    except subprocess.TimeoutExpired:
        proxy.kill()
        proxy.wait()


# Faults, as a test writes them. See faults.py for what ``about`` takes: service, operation, first, on, seconds, ...


def error(code: str, **about: Any) -> Fault:
    """AWS refuses with a code."""
    return {"kind": "error", "code": code, **about}


def fault(kind: str, **about: Any) -> Fault:
    """Any other fault."""
    return {"kind": kind, **about}


def unknown_key(key: str | None = None, **about: Any) -> tuple[Fault, Fault]:
    """A key that neither STS nor S3 knows yet, each in its own words."""
    given = {**about, **({"key": key} if key else {})}
    return error("InvalidClientTokenId", service="sts", **given), error("InvalidAccessKeyId", service="s3", **given)
