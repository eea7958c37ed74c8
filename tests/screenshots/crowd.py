# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a page from a real report, as if the survey of its account had found five hundred principals.

crowd.py REPORT PAGE; pages.sh runs it.
"""

from __future__ import annotations

import json
from pathlib import Path
import sys
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._report.page import page

PRINCIPALS = 500
ACCOUNT = "123456789012"
#: As long as AWS takes them.
PATH = "/" + "a-department-of-a-company/" * 19
NAMES = {
    "user": f"arn:aws:iam::{ACCOUNT}:user{PATH}somebody-of-the-data-team-{{}}",
    "role": f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Admins_{{}}",
    "service": "service-{}.amazonaws.com",
    "account": "arn:aws:iam::9876543{:05}:root",
    "federated": "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E{}",
}
CERTAINTIES = ("certain", "under_conditions", "can_grant_itself")
LISTS = ("reaches", "enters", "becomes")


def finding(number: int) -> dict[str, Any]:
    """One of a principal of its own; what there is of some differs from one to the next."""
    kind = [*NAMES][number % len(NAMES)]
    return {
        "list": LISTS[number % len(LISTS)],
        "principal": NAMES[kind].format(number),
        "kind": kind,
        "certainty": CERTAINTIES[number // 7 % len(CERTAINTIES)],
        "actions": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"][: 1 + number % 4],
        "place": "example-partner-reports/partner/",
        "conditions": ["aws:RequestedRegion stringequals eu-central-1, eu-west-1"] if number % 3 == 1 else [],
        "through": [f"arn:aws:iam::{ACCOUNT}:policy{PATH}policy-{number}"],
        "proven": None,
        "expected": number % 4 > 0,
    }


def crowded(report: dict[str, Any]) -> dict[str, Any]:
    """The report with them; who can be anybody comes beside them."""
    anybody = {**finding(0), "principal": "*", "kind": "anybody", "expected": False}
    survey = {
        "account_id": ACCOUNT,
        "partition": "aws",
        "counts": {"users": 1000, "roles": 2000, "groups": 20, "policies": 5000},
        "findings": [anybody, *map(finding, range(PRINCIPALS - 1))],
        "unread": ["The policy of the secret that holds the key could not be read: AccessDenied."],
        "blind_spots": ["Service control policies of the organization are not read."],
    }
    return {**report, "survey": survey}


def main(report: str, target: str) -> None:
    """Read the report, write the page."""
    Path(target).write_text(page(crowded(json.loads(Path(report).read_text()))))


if __name__ == "__main__":
    main(*sys.argv[1:])
