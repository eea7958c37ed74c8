# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a virtual MFA device shows: https://www.rfc-editor.org/rfc/rfc6238 and https://www.rfc-editor.org/rfc/rfc4226"""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import sys
import time

#: Seconds for which a device shows a code.
SECONDS = 30


def step_now() -> int:
    """The number of the code that is shown now."""
    return int(time.time()) // SECONDS


def totp(seed: str, step: int) -> str:
    """The six digits of a step; the seed is written in base 32."""
    digest = hmac.new(base64.b32decode(seed), struct.pack(">Q", step), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"


if __name__ == "__main__":
    print(totp(sys.argv[1], step_now()))
