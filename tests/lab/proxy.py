# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy that stands in another network: what goes through it comes from an address of its own."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import socket
from threading import Thread

#: An address outside of the networks of every contract here, and one whose requests come through a VPC endpoint, as
#: tests/emulators/aws_places.py has it.
OUTSIDE, BEHIND_THE_ENDPOINT = "127.0.0.2", "127.0.0.8"


@cache
def proxy_at(address: str, port: int = 0) -> str:
    """Where it listens, as long as the tests run; ``address`` is where its requests come from."""

    class Tunnel(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            host, port = self.path.rsplit(":", 1)
            with socket.create_connection((host, int(port)), source_address=(address, 0)) as there:
                self.send_response(200)
                self.end_headers()
                forth = Thread(target=_copy, args=(self.connection, there), daemon=True)
                forth.start()
                _copy(there, self.connection)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Tunnel)
    Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
