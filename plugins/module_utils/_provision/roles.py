# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan for the role: who may assume it, what it may do, and nothing else. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._policies.canonical import same
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import size
from ansible_collections.assumerole.s3.plugins.module_utils._provision import limits
from ansible_collections.assumerole.s3.plugins.module_utils._provision.marks import Whose
from ansible_collections.assumerole.s3.plugins.module_utils._provision.steps import ADOPT, CHANGE, DELETE, MAKE, Step
from ansible_collections.assumerole.s3.plugins.module_utils._provision.tags import shown, without_ours
from ansible_collections.assumerole.s3.plugins.module_utils._provision.there import Role

Document = Mapping[str, Any]

#: The most characters of all inline policies of a role together; white space does not count.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
LONGEST_POLICIES = 10240

#: The role's one policy.
POLICY = "bucket-access"


@dataclass(frozen=True)
class WishedRole:
    """What the contract writes."""

    name: str
    trust: Document
    permissions: Document
    description: str
    max_session_duration: int
    tags: Mapping[str, str]
    path: str = "/"
    boundary: str = ""


def steps(wished: WishedRole, there: Role | None, found: Whose) -> Iterator[Step]:
    """What brings the role in line, but for its own policies."""
    what = f"the role {wished.name}"
    after = {
        "trust_policy": wished.trust,
        "max_session_duration": wished.max_session_duration,
        "description": wished.description,
        "managed_policies": [],
        "tags": dict(wished.tags),
        **({"permissions_boundary": wished.boundary} if wished.boundary else {}),
    }
    options = {
        "name": wished.name,
        "description": wished.description,
        "assume_role_policy_document": wished.trust,
        "max_session_duration": wished.max_session_duration,
        "managed_policies": [],
        "create_instance_profile": False,
        "tags": dict(wished.tags),
        "purge_tags": False,
        "state": "present",
        **({"boundary": wished.boundary} if wished.boundary else {}),
    }
    if there is None:
        after = {**after, **limits.shown(wished.path, wished.boundary)}
        yield Step("role", MAKE, what, {}, after, {**options, "path": wished.path})
        return
    before = {
        "trust_policy": there.trust,
        "max_session_duration": there.max_session_duration,
        "description": there.description,
        "managed_policies": list(there.managed),
        "tags": shown(there.tags, wished.tags),
        "permissions_boundary": there.boundary,
    }
    equal = {"trust_policy"} if same(there.trust, wished.trust) else set()
    differ = [name for name in after if before[name] != after[name] and name not in equal]
    if differ:
        taken_over = {} if found.ours else saved(there)
        verb = CHANGE if found.ours else ADOPT
        yield Step(
            "role", verb, what, {n: before[n] for n in differ}, {n: after[n] for n in differ}, options, taken_over
        )


def policies(wished: WishedRole, there: Role | None) -> Iterator[Step]:
    """What brings the role's own policies in line."""
    inline = there.inline if there else {}
    what = f"the permissions policy of the role {wished.name}"
    if not same(inline.get(POLICY), wished.permissions):
        verb = CHANGE if POLICY in inline else MAKE
        before = {"document": inline[POLICY]} if POLICY in inline else {}
        options = {"policy_name": POLICY, "policy_json": wished.permissions, "state": "present"}
        yield Step("role_policy", verb, what, before, {"document": wished.permissions}, options)
    others = {name: document for name, document in inline.items() if name != POLICY}
    if others:
        what = f"the other inline policies of the role {wished.name}"
        yield Step("role_policies", DELETE, what, {"inline_policies": others}, {}, {"names": list(others)})


def trust_refusals(wished: WishedRole, quota: int) -> Iterator[str]:
    """More than the account's quota for a trust policy.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entities
    """
    count = size(wished.trust)
    if count > quota:
        yield (
            f"bucket_access_trusted: the role {wished.name} would have {count} characters of trust policy, and IAM "
            f"takes {quota} in this account: name fewer principals, subjects or networks, make several contracts of "
            "them, or have the quota raised"
        )


def refusals(wished: WishedRole, there: Role | None, contract: Contract) -> Iterator[str]:
    """More than IAM takes of a role's own policies together, those counted that are there until ours is written.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
    """
    ours = size(wished.permissions)
    others = {name: size(document) for name, document in (there.inline if there else {}).items() if name != POLICY}
    total = ours + sum(others.values())
    if total <= LONGEST_POLICIES:
        return
    if ours > LONGEST_POLICIES:
        mend = "name fewer places, give them shorter prefixes, or make several contracts of them"
    else:
        mend = f"{sum(others.values())} are those of its policies {', '.join(others)}: take these off the role first"
    yield (
        f"bucket_access_{contract.places}: the role {wished.name} would have {total} characters of policy, and IAM "
        f"takes {LONGEST_POLICIES}: {mend}"
    )


def would(wished: WishedRole, there: Role | None) -> str:
    """What taking the role over means, in words."""
    policies = [*there.inline, *(arn.rsplit("/", 1)[-1] for arn in there.managed)] if there else []
    off = f" and its policies {', '.join(policies)}" if policies else ""
    return f"replace its trust policy{off} by those of the contract"


def saved(there: Role) -> dict[str, Any]:
    """What the role was before it is taken over."""
    return {
        "arn": there.arn,
        "trust_policy": there.trust,
        "inline_policies": dict(there.inline),
        "managed_policies": list(there.managed),
        "permissions_boundary": there.boundary,
        "description": there.description,
        "max_session_duration": there.max_session_duration,
        "tags": dict(there.tags),
    }


def removal(there: Role, found: Whose) -> Iterator[Step]:
    """The role goes; one that was taken over loses the contract's policy and its mark."""
    what = f"the role {there.name}"
    if found.ours_alone:
        before = {"arn": there.arn, "trust_policy": there.trust, "inline_policies": dict(there.inline)}
        yield Step("role", DELETE, what, before, {}, {"name": there.name, "state": "absent"})
        return
    if POLICY in there.inline:
        before = {"document": there.inline[POLICY]}
        options = {"policy_name": POLICY, "state": "absent"}
        yield Step("role_policy", DELETE, f"the permissions policy of {what}", before, {}, options)
    left = without_ours(there.tags)
    # amazon.aws demands a trust policy of a role that is to be there: the one that it has.
    present = {"name": there.name, "state": "present", "assume_role_policy_document": there.trust, "tags": left}
    yield Step("role", CHANGE, what, {"tags": dict(there.tags)}, {"tags": left}, present)
