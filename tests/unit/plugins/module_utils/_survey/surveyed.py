# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a survey of an account finds, made up."""

from __future__ import annotations

from typing import Any

ACCOUNT = "arn:aws:iam::123456789012"


def finding(which: str = "reaches", **more: Any) -> dict[str, Any]:
    """A role that reaches a place for certain, as the survey says it; ``more`` is what is otherwise."""
    usual = {
        "list": which,
        "principal": f"{ACCOUNT}:role/other",
        "kind": "role",
        "certainty": "certain",
        "actions": ["s3:GetObject", "s3:PutObject"],
        "place": "example-partner/",
        "conditions": [],
        "through": ["all-of-s3"],
        "proven": None,
    }
    return {**usual, **more}
