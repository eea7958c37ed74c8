# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator that enforces IAM: MiniStack over TLS, and without it on a second port, with AWS's own rules added.

Runs in .venvs/enforcing, started by emulator.py: python enforcing.py STATE_DIR TLS_PORT PLAIN_PORT
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
import json
from pathlib import Path
import re
import sys
import time
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import aws_places
import aws_rules
from certificate import write_certificate
from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.app import app

Message = dict[str, Any]


def main() -> None:
    """Serve until told to stop."""
    state_dir, tls_port, plain_port = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    aws_rules.install(state_dir)
    aws_places.install()
    config = Config()
    config.bind = [f"127.0.0.1:{tls_port}"]
    config.insecure_bind = [f"127.0.0.1:{plain_port}"]
    config.certfile, config.keyfile = write_certificate(state_dir)
    config.keep_alive_timeout = 75
    asyncio.run(serve(with_request_log(app, state_dir / "requests.log"), config))


def with_request_log(served: Callable[..., Awaitable[None]], path: Path) -> Callable[..., Awaitable[None]]:
    """Write a line of JSON for each request: service, action and status, and nothing that could be secret."""

    async def logged(scope: Message, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        body = bytearray()

        async def received() -> Message:
            message: Message = await receive()
            if len(body) < 65536:
                body.extend(message.get("body", b""))
            return message

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                with path.open("a", encoding="utf-8") as log:
                    log.write(
                        json.dumps({"time": time.time(), **_request(scope, body), "status": message["status"]}) + "\n"
                    )
            await send(message)

        if scope["type"] == "http" and not scope["path"].startswith("/_"):
            await served(scope, received, sent)
        else:
            await served(scope, receive, send)

    return logged


def _request(scope: Message, body: bytearray) -> dict[str, str]:
    """IAM and STS name the action in the body, the stores of secrets in a header, S3 by method, path and query."""
    headers = dict(scope["headers"])
    authorization = headers.get(b"authorization", b"").decode("latin-1")
    target = headers.get(b"x-amz-target", b"").decode("latin-1").rpartition(".")[2]
    signed_for = re.search(r"/([a-z0-9-]+)/aws4_request", authorization)
    service = signed_for[1] if signed_for else "anonymous"
    action = (
        parse_qs(bytes(body).decode("utf-8", "replace")).get("Action", [""])[0] if service in ("iam", "sts") else ""
    )
    query = ",".join(sorted(key for key, _value in parse_qsl(scope["query_string"].decode(), keep_blank_values=True)))
    asked = f"{scope['method']} {scope['path']}{'?' if query else ''}{query}"
    return {"service": service, "action": action or target or asked}


if __name__ == "__main__":
    main()
