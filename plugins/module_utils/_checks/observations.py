# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of one question when asking has ended. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer


@dataclass(frozen=True)
class Observation:
    """The last answer to one question, and how it came about.

    ``elapsed_ms`` counts from the first time it was asked, ``own_ms`` only while its own calls were under way.
    """

    answer: Answer
    settled: bool
    attempts: int
    elapsed_ms: int
    history: tuple[str, ...] = ()
    own_ms: int = 0
