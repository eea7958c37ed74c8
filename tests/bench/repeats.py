# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a verb asks AWS the same thing more than once. One contract has one user, role and bucket, so the same operation
on the same path is the same question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
import re

from example import Requests


@dataclass(frozen=True)
class Reason:
    """Explains up to ``most`` requests that match the pattern in full."""

    verb: str
    pattern: str
    most: int
    why: str


THREE = "an answer counts when it came three times in a row"

REASONS = (
    Reason("verify", r"sts GetCallerIdentity|s3 GET /", 7, f"a made-up key, the user and the role; {THREE}"),
    Reason("verify", r"s3 GET /BUCKET\?policy", 4, f"the audit, and the role; {THREE}"),
    Reason("verify", r"s3 GET /BUCKET\?.*prefix", 9, f"the role, the user and the role without TLS; {THREE}"),
    Reason("verify", r"s3 GET /BUCKET/KEY", 9, f"the role, the user and the role without TLS; {THREE}"),
    Reason("verify", r"s3 PUT /BUCKET/KEY-missing", 9, f"the role, the user and the role without TLS; {THREE}"),
    Reason("verify", r"s3 DELETE /BUCKET/KEY-missing", 6, f"the user and the role without TLS; {THREE}"),
    Reason("verify", r"sts AssumeRole", 6, f"as it must work, and for too long; {THREE}"),
    Reason("verify", r".*", 3, THREE),
    Reason("provision", r"s3 HEAD /BUCKET", 2, "s3_bucket waits until the bucket that it made is there"),
    Reason("provision", r"s3 GET /BUCKET\?policy", 2, "s3_bucket waits until the policy that it put is there"),
    Reason("provision", r"s3 GET /BUCKET\?tagging", 2, "the plan, and s3_bucket before it sets tags"),
    Reason(
        "provision",
        r"iam (GetUser|ListAttachedUserPolicies)",
        7,
        "the plan; iam_user looks, waits and reads back, also with each note about the new key",
    ),
    Reason(
        "provision", r"iam GetRole", 4, "the plan; iam_role looks, waits for the role that it made, and reads it back"
    ),
    Reason("provision", r"iam ListAttachedRolePolicies", 3, "the plan; iam_role looks and reads back"),
    Reason("provision", r"iam TagUser", 2, "that a key was asked for, and that it is stored"),
    Reason("provision", r"iam ListRolePolicies", 4, "the plan; iam_policy lists before, between and after"),
    Reason("provision", r"iam ListAccessKeys", 4, "the plan; iam_access_key looks before, and provision around it"),
    Reason("teardown", r"iam (Get|List).*", 2, "the plan, and iam_user and iam_role before they delete"),
    Reason("teardown", r"s3 HEAD /BUCKET", 2, "s3_bucket waits until the bucket is gone"),
)


def repeated(verb: str, requests: Requests) -> Iterator[str]:
    """A line for each question that was asked again, with the reason when there is one."""
    for question, times in sorted(requests.items()):
        if times > 1:
            yield f"{question}, {times} times: {_why(verb, question, times)}"


def _why(verb: str, question: str, times: int) -> str:
    for reason in REASONS:
        if verb.startswith(reason.verb) and times <= reason.most and re.fullmatch(reason.pattern, question):
            return reason.why
    return "NO KNOWN REASON"
