# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which account and region of AWS a report's contract is. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def account(report: Mapping[str, Any]) -> str:
    """The role's account, by the session that asked; the user's, when nobody got into the role; else nothing."""
    asked = (report["session"], report["caller"])
    return str(report.get("account_id") or next(filter(None, (_account(who.get("arn")) for who in asked)), ""))


def region(report: Mapping[str, Any]) -> str:
    """The bucket's region, when the report says it."""
    return str(report.get("region") or "")


def _account(arn: object) -> str:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html"""
    parts = str(arn or "").split(":", 5)
    return parts[4] if len(parts) == 6 else ""
