# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks over a program's shoulder: the arguments of every process, and every file that appears in its folders."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
import os
from pathlib import Path
import threading

#: Seconds between two looks: a module takes several times as long.
INTERVAL = 0.05


@dataclass
class Sightings:
    """What was seen, by where."""

    folders: tuple[Path, ...]
    stores: tuple[Path, ...]
    seen: dict[str, set[bytes]] = field(default_factory=dict)
    looks: int = 0

    def of(self, secret: str) -> list[str]:
        """Where a secret was seen."""
        return sorted(where for where, texts in self.seen.items() if any(secret.encode() in text for text in texts))

    def look(self) -> None:
        """One look around."""
        self.looks += 1
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            self._note("process arguments", process)
        for folder in self.folders:
            for path in _files(folder):
                if not self._is_store(path):
                    self._note(f"file {path.name}", path)

    def _is_store(self, path: Path) -> bool:
        """The store itself, or the draft beside it that takes its place."""
        return any(path.parent == store.parent and path.name.startswith(store.name) for store in self.stores)

    def _note(self, where: str, path: Path) -> None:
        try:
            text = path.read_bytes()
        except OSError:
            return
        self.seen.setdefault(where, set()).add(text)


def _files(folder: Path) -> Iterator[Path]:
    for parent, _folders, names in os.walk(folder):
        yield from (Path(parent, name) for name in names)


@contextmanager
def watched(*folders: Path, stores: tuple[Path, ...] = ()) -> Iterator[Sightings]:
    """Look as often as one can while the block runs; ``stores`` are the files that may hold secrets."""
    sightings = Sightings(folders, stores)
    done = threading.Event()

    def look_around() -> None:
        while not done.wait(INTERVAL):
            sightings.look()

    thread = threading.Thread(target=look_around)
    thread.start()
    try:
        yield sightings
    finally:
        done.set()
        thread.join()
        sightings.look()
