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

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import json
from pathlib import Path
import signal
import socket
import subprocess
import time
from typing import Any

from faults import Fault, problems

from emulators.emulator import free_ports
from lab.checkout import CHECKOUT, Json
from lab.emulator import Emulator
from lab.emulator import running as emulator_running

HERE = Path(__file__).resolve().parent
MITMDUMP = CHECKOUT / ".venvs" / "faults" / "bin" / "mitmdump"
START_SECONDS = 30


@dataclass(frozen=True)
class Lane:
    """One client's way to AWS: the emulator as the proxy lets it be seen, whose certificate is the proxy's, too."""

    port: int
    folder: Path
    emulator: Emulator

    def script(self, *faults: Fault) -> None:
        """Let these faults strike from now on, and none else; occurrences count from here."""
        wrong = problems(list(faults))
        if wrong:
            raise ValueError(" ".join(wrong))
        new = self.folder / f"{self.port}.new"
        new.write_text(json.dumps(faults))
        new.replace(self.folder / f"{self.port}.json")

    def requests(self) -> list[Json]:
        """What came through so far, in the order in which it ended; what is still being written down is not over."""
        log = self.folder / f"{self.port}.log"
        text = log.read_text() if log.exists() else ""
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    def secrets(self) -> list[str]:
        """Every secret key and session token that was ever handed out through this lane."""
        path = self.folder / f"{self.port}.secrets"
        return path.read_text().split() if path.exists() else []


@dataclass(frozen=True)
class Bench:
    """The emulator behind, which no fault reaches, and the lanes before it."""

    emulator: Emulator
    lanes: tuple[Lane, ...]


@contextmanager
def running(folder: Path, lanes: int = 1) -> Iterator[Bench]:
    """Start emulator and proxy on free loopback ports; stop both whatever happens."""
    with emulator_running("enforcing", folder / "emulator") as emulator:
        ports = free_ports(lanes)
        proxy = _start_proxy(folder, emulator, ports)
        try:
            _wait_for(ports, proxy, folder / "proxy.log")
            yield Bench(emulator, tuple(_lane(port, folder, emulator) for port in ports))
        finally:
            _stop(proxy)


def _lane(port: int, folder: Path, emulator: Emulator) -> Lane:
    return Lane(port, folder, emulator.behind(f"https://127.0.0.1:{port}"))


def _start_proxy(folder: Path, emulator: Emulator, ports: list[int]) -> subprocess.Popen[bytes]:
    """The Host header stays the client's, because its signature covers it."""
    if not MITMDUMP.exists():
        raise FileNotFoundError("The proxy is not installed: run make env-faults.")
    pem = folder / "proxy.pem"
    pem.touch(mode=0o600)
    pem.write_text((emulator.state_dir / "key.pem").read_text() + (emulator.state_dir / "certificate.pem").read_text())
    modes = [word for port in ports for word in ("--mode", f"reverse:{emulator.endpoint_url}@127.0.0.1:{port}")]
    options = {
        "keep_host_header": "true",
        "connection_strategy": "lazy",
        "http2": "false",
        "ssl_verify_upstream_trusted_ca": str(emulator.state_dir / "ca.pem"),
        "confdir": str(folder / "mitmproxy"),
        "faults_dir": str(folder),
        "flow_detail": "0",
    }
    settings = [word for name, value in options.items() for word in ("--set", f"{name}={value}")]
    command = [str(MITMDUMP), "-s", str(HERE / "addon.py"), "--certs", f"*={pem}", *modes, *settings]
    with (folder / "proxy.log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)


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
