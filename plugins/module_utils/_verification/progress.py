# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module that waits says meanwhile: a line in a file for each pause, which the action of its name shows.

A module has no other way to be heard before it ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
import os

from ansible_collections.assumerole.s3.plugins.module_utils._aws.held import held
from ansible_collections.assumerole.s3.plugins.module_utils._aws.said import scrubbed
from ansible_collections.assumerole.s3.plugins.module_utils._checks.observations import Observation
from ansible_collections.assumerole.s3.plugins.module_utils._checks.sentences import waiting_line
from ansible_collections.assumerole.s3.plugins.module_utils._verification.convergence import Tell


def telling(path: str | None) -> Tell:
    """Writes into the file, if there is one. A file that cannot be written is no reason to stop."""

    def tell(seconds: float, waited_for: Mapping[str, Observation]) -> None:
        if path:
            answers = {name: seen.answer.code or seen.history[-1] for name, seen in waited_for.items()}
            with suppress(OSError), open(path, "a", encoding="utf-8") as file:
                file.write(scrubbed(waiting_line(seconds, answers), held(os.environ)) + "\n")

    return tell
