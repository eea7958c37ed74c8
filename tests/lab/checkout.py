# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the checkout is, and what a program that is started here inherits from whoever runs the tests."""

from __future__ import annotations

from collections.abc import Mapping
import os
from pathlib import Path
import sys
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]

#: The programs that are installed beside this Python.
BIN = Path(sys.executable).parent

#: How the variables begin that would lead AWS's tools, Ansible or Python elsewhere.
LEADING_ELSEWHERE = ("AWS_", "ANSIBLE_", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE")

Env = Mapping[str, str]
Json = dict[str, Any]


def inherited() -> dict[str, str]:
    """The caller's environment, but for what would lead a program elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith(LEADING_ELSEWHERE)}
