# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ceph's gateway (RGW) with its own S3, IAM and STS, on loopback ports of its own.

One monitor, one OSD that keeps everything in memory, and the gateway, in a folder that ``ceph-packages.sh`` has filled.
They run with that folder as their root and in namespaces of their own, so that all end together and nothing stays
mounted, also when whoever has started them is killed: this needs root. Before it stands :class:`Gate`, which adds what
the gateway lacks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
import json
import os
from pathlib import Path
import shutil
import signal
import subprocess
import time

from emulators.certificate import write_certificate
from emulators.emulator import free_ports
from lab.checkout import CHECKOUT, Json
from lab.emulator import Emulator
from servers.ceph_gate import Gate
from servers.ready import takes_an_object

ROOT = CHECKOUT / ".venvs" / "ceph" / "root"
START_SECONDS = 90
SCRIPT = Path(__file__).with_name("ceph-start.sh")

#: Root of the account that the tests work in.
OPERATOR = {"AWS_ACCESS_KEY_ID": "AKIACEPHROOTEXAMPLE0", "AWS_SECRET_ACCESS_KEY": "a-root-key-of-tests-only"}

CONFIGURATION = """
[global]
fsid = 11111111-2222-3333-4444-555555555555
mon initial members = a
mon host = [v2:127.0.0.1:{mon}]
ms bind msgr1 = false
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind port min = {osd}
ms bind port max = {osd_last}
keyring = /etc/ceph/keyring
auth allow insecure global id reclaim = false
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = 1073741824
mon allow pool size one = true
mon max pg per osd = 1000
mon data avail warn = 1
mon data avail crit = 1
run dir = /srv/ceph/run
admin socket = /srv/ceph/run/$name.asok
log file = /srv/ceph/log/$name.log
crash dir = /srv/ceph/log
mon data = /srv/ceph/mon
osd data = /srv/ceph/osd
rgw data = /srv/ceph/rgw
rgw sts key = abcdefghijklmnop
rgw s3 auth use sts = true
rgw enable apis = s3, sts, iam, admin
rgw frontends = beast endpoint=127.0.0.1:{plain} ssl_endpoint=127.0.0.1:{tls} ssl_certificate=/srv/tls/certificate.pem \
ssl_private_key=/srv/tls/key.pem
rgw run sync thread = false
rgw enable gc threads = false
rgw enable lc threads = false
"""


@contextmanager
def running(folder: Path) -> Iterator[Emulator]:
    """Start it; end it whatever happens."""
    gate, mon, osd, plain, tls = free_ports(5)
    certificate, key = write_certificate(folder)
    env = {
        "AWS_REGION": "default",  # as Ceph calls the one zonegroup that it makes by itself
        "AWS_ENDPOINT_URL": f"https://127.0.0.1:{gate}",
        "AWS_CA_BUNDLE": str(folder / "ca.pem"),
        "PLAIN_HTTP_ENDPOINT_URL": f"http://127.0.0.1:{plain}",
        **OPERATOR,
    }
    _prepare(certificate, key, {"mon": mon, "osd": osd, "osd_last": osd + 20, "plain": plain, "tls": tls})
    with _started(folder / "log") as process:
        server = Emulator(folder, env, _account(folder, process))
        with Gate(gate, server.behind(f"https://127.0.0.1:{tls}"), (certificate, key)):
            if not takes_an_object(server, process, START_SECONDS):
                raise _not_started(folder)
            yield server


@contextmanager
def _started(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The processes; neither they nor what they keep outlive the ``with``, and they do not outlive this process."""
    with path.open("wb") as log:
        process = subprocess.Popen(_command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # the first process of the namespace takes all others with it
        process.wait()
        _forget()


def _forget() -> None:
    for name in ("ceph", "tls"):
        shutil.rmtree(ROOT / "srv" / name, ignore_errors=True)


def _prepare(certificate: str, key: str, ports: dict[str, int]) -> None:
    _forget()
    for name in ("srv/ceph/run", "srv/ceph/log", "srv/ceph/mon", "srv/ceph/osd", "srv/ceph/rgw", "srv/tls", "etc/ceph"):
        (ROOT / name).mkdir(parents=True, exist_ok=True)
    shutil.copy(certificate, ROOT / "srv/tls/certificate.pem")
    shutil.copy(key, ROOT / "srv/tls/key.pem")
    shutil.copy(SCRIPT, ROOT / "srv/ceph/start.sh")
    (ROOT / "etc/ceph/ceph.conf").write_text(CONFIGURATION.format(**ports))


def _command() -> list[str]:
    ending_with_us = ["setpriv", "--pdeathsig", "KILL"]
    own = ["unshare", "--mount", "--pid", "--fork", "--kill-child", f"--mount-proc={ROOT / 'proc'}"]
    inside = 'mount --rbind /dev "$0/dev" && exec chroot "$0" sh /srv/ceph/start.sh "$@"'
    return [*ending_with_us, *own, "sh", "-c", inside, str(ROOT), *OPERATOR.values()]


def _account(folder: Path, process: subprocess.Popen[bytes]) -> str:
    """The id that Ceph gave the account, once there is one."""
    made = ROOT / "srv/ceph/account.json"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if made.exists():
            account: Json = json.loads(made.read_text())
            return str(account["id"])
        time.sleep(0.2)
    raise _not_started(folder)


def _not_started(folder: Path) -> RuntimeError:
    return RuntimeError(f"Ceph did not start; its log ends with:\n{(folder / 'log').read_text()[-3000:]}")
