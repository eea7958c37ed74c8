# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Contracts that nobody has written down: what AWS holds with a mark of ours, and what taking it down needs. Pure.

A role says by its policies which places are its contract's, and by its trust policy who may assume it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
import re
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import ACCOUNT_ID
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import USER
from ansible_collections.assumerole.s3.plugins.module_utils._contract.rules import (
    bucket_problem,
    iam_name_problem,
    prefix_problem,
    role_arn_problem,
    user_arn_problem,
)
from ansible_collections.assumerole.s3.plugins.module_utils._contract.services import SERVICE_NAME
from ansible_collections.assumerole.s3.plugins.module_utils._provision.marks import MARK, notes_of

Detail = Mapping[str, Any]
Place = tuple[str, str]


@dataclass(frozen=True)
class Orphan:
    """A contract by its marks: its role's name, its user's where it has made one, and where its places may be."""

    role: str
    account: str
    path: str
    user: str
    has_role: bool
    trusts: tuple[str, ...]
    places: tuple[Place, ...]

    @property
    def buckets(self) -> tuple[str, ...]:
        """The buckets that may carry the contract's mark."""
        return tuple(dict.fromkeys(bucket for bucket, _prefix in self.places))


def orphans(users: Iterable[Detail], roles: Iterable[Detail], known: Iterable[tuple[str, str]]) -> list[Orphan]:
    """Those among the account's users and roles, as IAM details them, whose contract is not ``known``.

    Known contracts are (account, role); one without an account may be of this one. IAM does not distinguish
    names by case.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
    """
    marked_users = {(mark := tags_of(user).get(MARK, "")).lower(): (mark, user) for user in users}
    marked_roles = {
        mark.lower(): (mark, role) for role in roles if (mark := tags_of(role).get(MARK, "")) == role["RoleName"]
    }
    contracts = {(account, name.lower()) for account, name in known}
    found = []
    for key in sorted({*marked_users, *marked_roles} - {""}):
        name, user = marked_users.get(key, ("", None))
        name, role = marked_roles.get(key, (name, None))
        orphan = _orphan(name, user, role)
        if not iam_name_problem(name) and not contracts & {(orphan.account, key), ("", key)}:
            found.append(orphan)
    return found


def tags_of(detail: Detail) -> dict[str, str]:
    """Tags as AWS lists them, by key."""
    return {str(tag["Key"]): str(tag["Value"]) for tag in detail.get("Tags") or []}


def variables(orphan: Orphan, owned: Sequence[str]) -> dict[str, Any]:
    """The contract's variables as far as its marks tell; ``owned`` are the buckets that carry its mark.

    What carries no mark of it, it does not manage, so that taking it down leaves that as it is.
    """
    places = [(bucket, prefix) for bucket, prefix in orphan.places if bucket in owned] or list(orphan.places[:1])
    manage = [*(["user"] if orphan.user else []), "role", *(["bucket"] if owned else [])]
    return {
        "bucket_access_account_id": orphan.account,
        "bucket_access_role": orphan.role,
        **({"bucket_access_path": orphan.path} if orphan.path != "/" else {}),
        **_who(orphan),
        **_where(places),
        "bucket_access_manage": manage,
    }


def _orphan(name: str, user: Detail | None, role: Detail | None) -> Orphan:
    there = role or user or {}
    account = str(there["Arn"]).split(":")[4]
    user_name = str((user or {}).get("UserName") or "")
    return Orphan(
        role=name,
        account=account if re.fullmatch(ACCOUNT_ID, account) else "",
        path=str(there.get("Path") or "/"),
        user="" if iam_name_problem(user_name) else user_name,
        has_role=role is not None,
        trusts=tuple(_trusted((role or {}).get("AssumeRolePolicyDocument"))),
        places=tuple(_places(there)),
    )


def _who(orphan: Orphan) -> dict[str, Any]:
    """The contract's user, or who else may assume the role, which a contract without a user must name."""
    if orphan.user:
        return {"bucket_access_user": orphan.user}
    arns = [arn for arn in orphan.trusts if not user_arn_problem(arn) or not role_arn_problem(arn)]
    of_account = [arn.rsplit("/", 1)[-1] for arn in arns if f"::{orphan.account}:user/" in arn]
    if of_account:
        return {"bucket_access_user": of_account[0]}
    services = [name for name in orphan.trusts if SERVICE_NAME.fullmatch(name)]
    listed = [*({"arn": arn} for arn in arns), *({"service": name} for name in services)]
    return {"bucket_access_trusted": listed} if listed else {}


def _where(places: Sequence[Place]) -> dict[str, Any]:
    if len(places) == 1:
        bucket, prefix = places[0]
        return {"bucket_access_bucket": bucket, **({"bucket_access_prefix": prefix} if prefix else {})}
    grants = [{"bucket": bucket, **({"prefix": prefix} if prefix else {})} for bucket, prefix in places]
    return {"bucket_access_grants": grants} if grants else {}


def _trusted(document: object) -> Iterator[str]:
    """Whom the trust policy lets in, the contract's own user first; not whom it keeps out."""
    allowing = [item for item in _statements(document) if item.get("Effect") == "Allow"]
    for statement in sorted(allowing, key=lambda item: item.get("Sid") != USER.sid):
        principal = statement.get("Principal")
        for kind, named in principal.items() if isinstance(principal, Mapping) else ():
            if kind in ("AWS", "Service"):
                yield from _texts(named)


def _places(role: Detail) -> Iterator[Place]:
    """The places in the role's policies, and the buckets in its notes that none of them is about."""
    documents = [policy.get("PolicyDocument") for policy in role.get("RolePolicyList") or []]
    allowing = (item for document in documents for item in _statements(document) if item.get("Effect") == "Allow")
    named = [place for item in allowing for place in map(_place, _texts(item.get("Resource"))) if _is_sound(place)]
    below = sorted({(bucket, prefix) for bucket, prefix, of_objects in named if of_objects})
    widest = [place for place in below if not any(_is_within(place, other) for other in below)]
    noted = [bucket for note in notes_of(tags_of(role)) for bucket in note.split(" ")[1:] if not bucket_problem(bucket)]
    buckets = dict.fromkeys([*(bucket for bucket, _prefix, _of_objects in named), *noted])
    yield from widest
    yield from ((bucket, "") for bucket in buckets if bucket not in {bucket for bucket, _prefix in widest})


def _is_sound(place: tuple[str, str, bool]) -> bool:
    return not bucket_problem(place[0]) and not prefix_problem(place[1])


def _is_within(place: Place, other: Place) -> bool:
    """Whether a place lies in another one, which then stands for both."""
    return place != other and place[0] == other[0] and place[1].startswith(other[1])


def _place(arn: str) -> tuple[str, str, bool]:
    """Bucket and prefix, and whether the ARN is about objects below it; no bucket where it is about anything else."""
    found = re.fullmatch(r"arn:aws[a-z-]*:s3:::([^/*]+)(?:/((?:.*/)?)\*)?", arn)
    return (found[1], found[2] or "", found[2] is not None) if found else ("", "", False)


def _statements(document: object) -> list[Mapping[str, Any]]:
    listed = document.get("Statement") if isinstance(document, Mapping) else None
    listed = [listed] if isinstance(listed, Mapping) else listed
    return [item for item in listed if isinstance(item, Mapping)] if isinstance(listed, list) else []


def _texts(value: object) -> list[str]:
    return [value] if isinstance(value, str) else [str(item) for item in value] if isinstance(value, list) else []
