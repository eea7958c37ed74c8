# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One emulator of each kind for each file of tests, and nothing of the caller's AWS."""

from __future__ import annotations

from lab.fixtures import enforcing, localstack, nobodys_aws

__all__ = ["enforcing", "localstack", "nobodys_aws"]
