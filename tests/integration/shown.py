# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run prints, as a whole text: what differs from run to run has a name in it.

With the variable SHOWN=write the texts are written anew; then look at what git says has changed.
"""

from __future__ import annotations

from collections.abc import Mapping
import os
from pathlib import Path
import re

from lab.checkout import CHECKOUT
from lab.play import Ran

TEXTS = Path(__file__).parent / "shown"

MOMENT = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}T[0-9]{2}:?[0-9]{2}:?[0-9]{2}Z")
KEY = re.compile(r"AKIA[0-9A-Z]{16}")


def assert_shown(ran: Ran, name: str, names: Mapping[str, str]) -> None:
    """The run has printed the text of this name, letter by letter; ``names`` are values and what stands for them."""
    path, found = TEXTS / f"{name}.txt", text_of(ran, names)
    if os.environ.get("SHOWN") == "write":
        path.write_text(found)
    assert found == path.read_text()


def text_of(ran: Ran, names: Mapping[str, str]) -> str:
    """Both streams, and how it ended; keys are numbered as they come."""
    text = f"{ran.stdout.strip()}\n--- stderr\n{ran.stderr.strip()}\n--- exit code {ran.code}\n"
    for value, word in {str(CHECKOUT): "CHECKOUT", **names}.items():
        text = text.replace(value, word)
    for number, key in enumerate(dict.fromkeys(KEY.findall(text)), 1):
        text = text.replace(key, f"KEY-{number}")
    return "\n".join(line.rstrip() for line in MOMENT.sub("MOMENT", text).splitlines()) + "\n"
