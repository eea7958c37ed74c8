# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator's policies as they are published, filled in for one contract, and each without one action."""

from __future__ import annotations

from collections.abc import Mapping
import json

from lab.checkout import CHECKOUT, Json

FOLDER = CHECKOUT / "docs" / "operator-policies"

#: What a reader replaces.
PLACEHOLDERS = ("ACCOUNT_ID", "BOUNDARY_NAME", "BUCKET_NAME", "PROVIDER_NAME", "REGION", "ROLE_NAME", "USER_NAME")


def names() -> list[str]:
    """All that are published."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def text(name: str) -> str:
    """A policy as it is published."""
    return (FOLDER / f"{name}.json").read_text()


def filled(name: str, values: Mapping[str, str]) -> Json:
    """A policy for the contract whose names these are."""
    document = text(name)
    for placeholder in PLACEHOLDERS:
        document = document.replace(placeholder, values[placeholder])
    policy: Json = json.loads(document)
    return policy


def in_buckets(policy: Json, bucket: str, buckets: list[str]) -> Json:
    """The same policy with all of these buckets wherever it has the one."""

    def resources(statement: Json) -> list[str]:
        found = statement["Resource"]
        listed = found if isinstance(found, list) else [found]
        return [
            arn.replace(f":::{bucket}", f":::{name}") for arn in listed for name in (buckets if bucket in arn else [""])
        ]

    return {**policy, "Statement": [{**item, "Resource": resources(item)} for item in policy["Statement"]]}


def actions_of(statement: Json) -> list[str]:
    """A statement's actions; IAM takes one as a string."""
    actions: str | list[str] = statement["Action"]
    return [actions] if isinstance(actions, str) else actions


def actions(policy: Json) -> list[str]:
    """All actions that a policy allows."""
    return [action for statement in policy["Statement"] for action in actions_of(statement)]


def without(policy: Json, action: str) -> Json:
    """The same policy, which allows one action less."""
    smaller = [
        {**statement, "Action": [kept for kept in actions_of(statement) if kept != action]}
        for statement in policy["Statement"]
    ]
    return {**policy, "Statement": [statement for statement in smaller if statement["Action"]]}
