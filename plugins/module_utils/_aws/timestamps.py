# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When AWS says that something was made: read fast, as an account has thousands of users and roles, each with its date.

botocore reads dates with dateutil, which knows every form, and takes two thirds of the time of a page of them for it.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

try:
    from botocore.utils import parse_timestamp
except ImportError:
    pass  # aws_module says so


def timestamp(value: str | float) -> datetime:
    """The moment, with its time zone; ISO 8601 in UTC by the standard library, all else as botocore does.

    https://smithy.io/2.0/spec/protocol-traits.html#timestampformat-trait (date-time)

    Raises:
        ValueError: It is none.
    """
    if isinstance(value, str) and value.endswith("Z"):
        with suppress(ValueError):
            return datetime.fromisoformat(f"{value[:-1]}+00:00")
    read: datetime = parse_timestamp(value)
    return read
