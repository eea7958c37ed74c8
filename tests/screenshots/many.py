# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a page of a drawing with several principals and twenty places, whose names are as long as AWS takes them.

many.py PAGE; pages.sh runs it.
"""

from __future__ import annotations

from pathlib import Path
import sys

from ansible_collections.assumerole.s3.plugins.module_utils._report.diagram import Node, drawing
from ansible_collections.assumerole.s3.plugins.module_utils._report.html import element
from ansible_collections.assumerole.s3.plugins.module_utils._report.sheet import sheet
from ansible_collections.assumerole.s3.plugins.module_utils._report.states import (
    EXCESS,
    HOLDS,
    MISSING,
    REFUSED,
    UNKNOWN,
    WORKS,
)
from ansible_collections.assumerole.s3.plugins.module_utils._report.style import REPORT, style

LONG = "a-name-as-long-as-there-can-be-of-a-role-or-of-a-user-in-an-account"[:64]
BUCKET = "example-bucket-with-a-name-of-sixty-three-characters-and-no-more"[:63]


def principals() -> list[Node]:
    """A user, a service, a CI, and roles of another account; of some it was read."""
    read = "read in the trust policy, and nobody asked"
    return [
        Node("User", LONG, {"assume": WORKS}),
        Node("Service", "transfer.amazonaws.com", {"assume": HOLDS}, read),
        Node(
            "Holder of a token",
            "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE",
            {"assume": HOLDS},
            read,
        ),
        Node("Role or user", "123456789012:role/somebody-else", {"assume": MISSING}),
        Node("Role or user", f"123456789012:role/{LONG}", {"assume": UNKNOWN}, read),
    ]


def places() -> list[Node]:
    """Twenty of them; not all is well with three."""
    fine = {"list": WORKS, "read": WORKS, "write": REFUSED, "delete": REFUSED}
    found = [Node("Bucket", f"example-partner-{number}", fine, f"below incoming/{number}/") for number in range(16)]
    return [
        *found,
        Node("Bucket", BUCKET, {**fine, "write": EXCESS}, f"below {'a-long-folder/' * 6}"),
        Node("Bucket", "example-missing", {**fine, "read": MISSING}),
        Node("Bucket", "example-unknown", dict.fromkeys(fine, UNKNOWN)),
        Node("Bucket", "example-last", fine),
    ]


def main(target: str) -> None:
    """Write the page."""
    past = {"user alone": REFUSED, "anybody": EXCESS, "plain HTTP": UNKNOWN}
    drawn = drawing(principals(), Node("Role", LONG), places(), past, "Three principals and twenty places.")
    facts = element("dl", element("div", element("dt", "Role"), element("dd", LONG)), class_="facts")
    heading = element("h2", "Contract", id="contract")
    main_ = element("section", heading, element("div", drawn, facts, class_="contract"), aria_labelledby="contract")
    header = element("h1", element("small", "Drawing"), "Many places")
    Path(target).write_text(sheet("Many places", style(REPORT), header, main_, element("p", "No report.")))


if __name__ == "__main__":
    main(*sys.argv[1:])
