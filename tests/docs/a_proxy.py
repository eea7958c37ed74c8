# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands for the proxy of docs/conditions.md: its requests come from another address than the reader's.

python tests/docs/a_proxy.py PORT SECONDS      until then
"""

from __future__ import annotations

from pathlib import Path
import sys
import time

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from lab.proxy import OUTSIDE, proxy_at

if __name__ == "__main__":
    proxy_at(OUTSIDE, int(sys.argv[1]))
    time.sleep(float(sys.argv[2]))
