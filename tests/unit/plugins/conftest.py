# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Json = dict[str, Any]
Make = Callable[..., Json]

ROLE_ARN = "arn:aws:iam::123456789012:role/partner-exchange"


def check(name: str, outcome: str = "pass", **more: Any) -> Json:
    """A check as access_check returns it."""
    expected = more.pop("expected", "allowed")
    seen = {"pass": expected, "missing_access": "denied", "excess_access": "allowed", "inconclusive": "error"}
    standard = {
        "id": name,
        "principal": "role",
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::example/team/*",
        "expected": expected,
        "observed": seen[outcome],
        "evidence": "read" if name.startswith("config.") else "asked",
        "outcome": outcome,
        "error": None,
        "cause": "" if outcome == "pass" else "A cause.",
        "advice": "" if outcome == "pass" else "An advice.",
        "attempts": 3,
        "elapsed_ms": 310,
        "request_id": "4f7a-example",
        "time": "2026-01-01T00:00:00.000+00:00",
    }
    return {**standard, **more}


def result(*checks: Json, **more: Any) -> Json:
    """What access_check returns, with what Ansible adds to it."""
    outcomes = [item["outcome"] for item in checks]
    summary = {name: outcomes.count(name) for name in ("pass", "missing_access", "excess_access", "inconclusive")}
    found = summary["missing_access"] + summary["excess_access"]
    standard = {
        "changed": False,
        "failed": False,
        "invocation": {"module_args": {}},
        "verdict": "violated" if found else "inconclusive" if summary["inconclusive"] else "verified",
        "enforced": True,
        "msg": "A sentence.",
        "caller": {
            "arn": "arn:aws:iam::123456789012:user/partner",
            "account": "123456789012",
            "user_id": "AIDAEXAMPLE",
        },
        "session": {
            "arn": "arn:aws:sts::123456789012:assumed-role/partner-exchange/test",
            "role_id": "AROAEXAMPLE",
            "expiration": "2026-01-01T00:15:00Z",
        },
        "checks": list(checks),
        "summary": summary,
        "leftovers": [],
    }
    return {**standard, **more}


def contract(**more: Any) -> Json:
    """A contract as access_report takes it."""
    standard = {
        "user": "partner",
        "role": "partner-exchange",
        "bucket": "example",
        "prefix": "team/",
        "permissions": ["list", "read"],
        "external_id_required": True,
        "max_session_duration": 3600,
        "forbidden_buckets": ["internal"],
    }
    return {**standard, **more}


def report(*checks: Json, about: Json | None = None, **more: Any) -> Json:
    """A report as it is written."""
    found = result(*(checks or (check("role.read"),)), **more)
    taken = ("verdict", "enforced", "msg", "caller", "session", "summary", "checks", "leftovers")
    return {
        "format_version": 1,
        "collection_version": "0.1.0",
        "created": "2026-01-01T00:00:01+00:00",
        "contract": about or contract(),
        **{name: found[name] for name in taken},
    }


@pytest.fixture
def a_check() -> Make:
    return check


@pytest.fixture
def a_result() -> Make:
    return result


@pytest.fixture
def a_contract() -> Make:
    return contract


@pytest.fixture
def a_report() -> Make:
    return report
