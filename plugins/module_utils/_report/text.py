# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text that any file can hold: what AWS answered may have characters that neither XML nor HTML can. Pure."""

from __future__ import annotations

import re

#: All that XML 1.0 leaves out: control characters, halves of surrogate pairs, and two that are no characters.
UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def moment(time: str) -> str:
    """A time in UTC as people write it."""
    return time.replace("T", " ").replace("+00:00", " UTC")


def printable(value: object) -> str:
    """The value as text, with U+FFFD where a character cannot be shown; nothing for None."""
    return "" if value is None else UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", str(value))
