# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy that stands in another network: what goes through it comes from an address of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
import socket
from threading import Thread

from lab.server import serving


@contextmanager
def proxy_at(address: str) -> Iterator[str]:
    """Where it listens; ``address`` is where its requests come from."""

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

    with serving(Tunnel) as url:
        yield url


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    finally:
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
