# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The addon of mitmproxy that makes faults happen. Each port is a lane with a script and a log of its own.

It runs in .venvs/faults, started by bench.py, which says in ``faults_dir`` where scripts (``PORT.json``) and logs
(``PORT.log``) are. A script that has been replaced counts from the beginning. No secret is logged.
"""

from __future__ import annotations

import asyncio
import http.client
import json
from pathlib import Path
import re
import ssl
import time
from typing import Any

from faults import Script, error_of
from mitmproxy import ctx
from mitmproxy import http as mitm
from mitmproxy.addonmanager import Loader
from processes import end_tree
from wire import Asked, asked, error_body

SECRETS = re.compile(r"<(?:SecretAccessKey|SessionToken)>([^<]+)")


class Faults:
    """Strikes requests and answers as the scripts say, and logs every request once it is over."""

    def __init__(self) -> None:
        self._scripts: dict[int, tuple[object, Script]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def load(self, loader: Loader) -> None:
        """Declare the option."""
        loader.add_option("faults_dir", str, "", "where the scripts and the logs are")

    async def request(self, flow: mitm.HTTPFlow) -> None:
        """Before a request is passed on."""
        request = flow.request
        what = asked(
            request.method,
            request.path,
            request.headers.get("authorization", ""),
            request.get_text(strict=False) or "",
            request.headers.get("x-amz-target", ""),
        )
        port = flow.client_conn.sockname[1]
        script = self._script(port)
        struck = script.strike(what, time.monotonic())
        flow.metadata.update(asked=what, port=port, struck=struck, script=script, began=time.time())
        if struck:
            await self._before(flow, what, *struck)

    async def response(self, flow: mitm.HTTPFlow) -> None:
        """Before an answer is handed back; also called for the answers that were made up here."""
        struck = flow.metadata.get("struck")
        if struck and not flow.metadata.get("made_up"):
            await self._after(flow, flow.metadata["asked"], *struck)
        self._log(flow)

    def error(self, flow: mitm.HTTPFlow) -> None:
        """A connection that ended without an answer."""
        self._log(flow)

    async def _before(self, flow: mitm.HTTPFlow, what: Asked, number: int, fault: dict[str, Any]) -> None:
        kind = fault["kind"]
        if kind == "error":
            _answer(flow, what, *error_of(fault, what.service))
        elif kind == "body":
            _made_up(flow, int(fault.get("status", 200)), str(fault.get("body", "")), fault.get("headers"))
        elif kind == "stale":
            old = flow.metadata["script"].recall(number, _identity(flow))
            if old:
                flow.metadata["made_up"] = True
                flow.response = old.copy()
        elif kind == "delayed":
            self._later(flow, float(fault.get("delay", 1)))
            _made_up(flow, 200, _success(what), None)
        elif kind in ("reset", "hang", "kill"):
            await self._break_off(flow, fault)

    async def _after(self, flow: mitm.HTTPFlow, what: Asked, number: int, fault: dict[str, Any]) -> None:
        kind = fault["kind"]
        if kind == "error-after":
            _answer(flow, what, *error_of(fault, what.service))
        elif kind == "hang-after":
            await asyncio.sleep(float(fault.get("delay", 30)))
        elif kind == "cut":
            _cut(flow.response, float(fault.get("keep", 0.5)))
        elif kind == "stale":
            flow.metadata["script"].remembered.setdefault((number, _identity(flow)), flow.response.copy())
        elif kind in ("reset-after", "kill-after"):
            await self._break_off(flow, fault)

    async def _break_off(self, flow: mitm.HTTPFlow, fault: dict[str, Any]) -> None:
        """End the connection, after a delay or with the client, as the fault says."""
        if fault["kind"] == "hang":
            await asyncio.sleep(float(fault.get("delay", 30)))
        if fault["kind"].startswith("kill"):
            self._log(flow)  # first, as whoever waits for the client's end reads the log then
            end_tree(int(fault["pid"]))
        flow.kill()

    def _script(self, port: int) -> Script:
        """The lane's script, read again when the file has been replaced."""
        path = Path(ctx.options.faults_dir) / f"{port}.json"
        try:
            status = path.stat()
        except FileNotFoundError:
            return Script()
        stamp = (status.st_ino, status.st_mtime_ns)
        if port not in self._scripts or self._scripts[port][0] != stamp:
            self._scripts[port] = (stamp, Script(json.loads(path.read_text())))
        return self._scripts[port][1]

    def _later(self, flow: mitm.HTTPFlow, delay: float) -> None:
        task = asyncio.get_running_loop().create_task(_pass_on(flow.request.copy(), delay))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _log(self, flow: mitm.HTTPFlow) -> None:
        what: Asked | None = flow.metadata.get("asked")
        if what is None or flow.metadata.get("logged"):
            return
        flow.metadata["logged"] = True
        struck = flow.metadata["struck"]
        entry = {
            "time": flow.metadata["began"],
            "service": what.service,
            "operation": what.operation,
            "key": what.key,
            "subject": what.subject,
            "status": flow.response.status_code if flow.response and not flow.error else None,
            "fault": struck[1]["kind"] if struck else None,
        }
        self._keep_secrets(flow)
        with (Path(ctx.options.faults_dir) / f"{flow.metadata['port']}.log").open("a", encoding="utf-8") as log:
            log.write(json.dumps(entry) + "\n")

    def _keep_secrets(self, flow: mitm.HTTPFlow) -> None:
        """Secrets that went by, apart from the log: a test looks for them where they must not be."""
        found = SECRETS.findall((flow.response.get_text(strict=False) or "") if flow.response else "")
        if found:
            path = Path(ctx.options.faults_dir) / f"{flow.metadata['port']}.secrets"
            path.touch(mode=0o600)
            with path.open("a", encoding="utf-8") as kept:
                kept.writelines(f"{secret}\n" for secret in found)


def _answer(flow: mitm.HTTPFlow, what: Asked, status: int, code: str, message: str) -> None:
    body = "" if flow.request.method == "HEAD" else error_body(what.service, code, message)
    _made_up(flow, status, body, None)


def _made_up(flow: mitm.HTTPFlow, status: int, body: str, headers: dict[str, str] | None) -> None:
    flow.metadata["made_up"] = True
    flow.response = mitm.Response.make(status, body.encode(), {"Content-Type": "text/xml", **(headers or {})})


def _success(what: Asked) -> str:
    """An answer of success without content, as IAM gives it to most writes; S3 gives none at all."""
    name = what.operation
    return "" if what.service == "s3" else f"<{name}Response><{name}Result/></{name}Response>"


def _cut(response: mitm.Response, keep: float) -> None:
    """Announces the whole body, and sends so much of it."""
    whole = response.raw_content or b""
    response.headers.pop("transfer-encoding", None)
    response.raw_content = whole[: int(len(whole) * keep)]
    response.headers["content-length"] = str(len(whole) or 1)
    response.headers["connection"] = "close"


def _identity(flow: mitm.HTTPFlow) -> str:
    """What makes two requests the same: all but time and signature."""
    return f"{flow.request.method} {flow.request.path} {flow.request.get_text(strict=False)}"


async def _pass_on(request: mitm.Request, delay: float) -> None:
    """Send a request on that has been answered already."""
    await asyncio.sleep(delay)
    await asyncio.to_thread(_send, request)


def _send(request: mitm.Request) -> None:
    trusted = ssl.create_default_context(cafile=ctx.options.ssl_verify_upstream_trusted_ca)
    connection = http.client.HTTPSConnection(request.host, request.port, context=trusted, timeout=30)
    try:
        connection.request(request.method, request.path, request.raw_content, dict(request.headers.items()))
        connection.getresponse().read()
    finally:
        connection.close()


addons = [Faults()]
