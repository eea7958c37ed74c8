# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a server is ready that has just been started."""

from __future__ import annotations

import subprocess
import time

from botocore.exceptions import BotoCoreError, ClientError

from lab.emulator import Emulator


def takes_an_object(server: Emulator, process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether an object can be written before the time is over, which needs all parts of a server."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            server.s3.create_bucket(Bucket="ready")
            server.s3.put_object(Bucket="ready", Key="ready", Body=b"ready")
        except (BotoCoreError, ClientError):
            time.sleep(0.2)
        else:
            return True
    return False
