# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An account as its authorization details describe it: who there is, and which policies speak for whom. Pure.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
import time
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import document
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import account, who
from ansible_collections.assumerole.s3.plugins.module_utils._policies.atoms import Atom, Document, atoms
from ansible_collections.assumerole.s3.plugins.module_utils._policies.doors import Caller
from ansible_collections.assumerole.s3.plugins.module_utils._policies.facts import Fact, Known
from ansible_collections.assumerole.s3.plugins.module_utils._policies.patterns import matches

Details = Mapping[str, Any]

USER, ROLE = "user", "role"


@dataclass(frozen=True)
class Policy:
    """One policy: its name as people know it, and its atoms, taken apart once for all whom it speaks for.

    ``managed`` is its own ARN, if it has one, and ``group`` that of the group by which somebody has it.
    """

    name: str
    atoms: tuple[Atom, ...]
    managed: str = ""
    group: str = ""
    _by_action: dict[str, tuple[Atom, ...]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, name: str, document: Document) -> Policy:
        """The policy that a document is."""
        return cls(name, tuple(atoms(document)))

    def about(self, action: str) -> tuple[Atom, ...]:
        """The atoms that may speak of an action, which is in lower case."""
        if action not in self._by_action:
            self._by_action[action] = tuple(atom for atom in self.atoms if _speaks_of(atom, action))
        return self._by_action[action]

    @cached_property
    def keys(self) -> frozenset[str]:
        """The condition keys that it names, in lower case."""
        return frozenset(item.key for atom in self.atoms for item in atom.conditions)


@dataclass(frozen=True)
class Principal:
    """A user or a role: what its own policies are, and what limits it.

    ``boundary`` is none where there is none; ``unread`` are the names of policies whose documents nobody has seen.
    ``trust`` is of a role, and ``profiles`` are the instance profiles that hold it.
    """

    arn: str
    kind: str
    unique_id: str
    policies: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    unread: tuple[str, ...] = ()
    trust: Policy | None = None
    profiles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    managed: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Without its path."""
        return who(self.arn)[2]

    @cached_property
    def known(self) -> Known:
        """What its requests carry for certain, whoever sends them: from anywhere, from now on.

        Some are sent by a service of AWS in its name, with its own permissions: Athena reads so, for example.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
        https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html
        """
        is_user = self.kind == USER
        return {
            "aws:principalarn": Fact((self.arn,)),
            "aws:principalaccount": Fact((account(self.arn),)),
            "aws:principaltype": Fact(("User" if is_user else "AssumedRole",)),
            "aws:userid": Fact((self.unique_id if is_user else f"{self.unique_id}:*",)),
            **({"aws:username": Fact((self.name,))} if is_user else {}),
            "aws:principalisawsservice": Fact(("false",)),
            "aws:viaawsservice": Fact(("false", "true")),
            "aws:currenttime": Fact(since=time.time()),
            "aws:epochtime": Fact(since=time.time()),
        }

    @cached_property
    def caller(self) -> Caller:
        """As it comes to a policy that names principals."""
        return Caller(self.arn, self.unique_id, self.known)


@dataclass(frozen=True)
class Account:
    """All users and roles, and how many groups and managed policies there are."""

    principals: tuple[Principal, ...] = ()
    groups: int = 0
    policies: int = 0
    unread: tuple[str, ...] = ()

    def named(self, kind: str, name: str) -> Principal | None:
        """The user or role of a name."""
        return next((one for one in self.principals if one.kind == kind and one.name == name), None)

    def count(self, kind: str) -> int:
        """How many users or roles there are."""
        return sum(one.kind == kind for one in self.principals)


def described(details: Details) -> Account:
    """The account of parsed details: four lists as the SDK gives them, all pages in one."""
    in_force = {policy["Arn"]: (policy["PolicyName"], _default(policy)) for policy in details["Policies"]}
    managed = {
        arn: replace(Policy.of(name, written), managed=arn)
        for arn, (name, written) in in_force.items()
        if written is not None
    }
    groups = {group["GroupName"]: group for group in details["GroupDetailList"]}
    found = [
        *(
            _principal(user, USER, managed, [groups[name] for name in user["GroupList"] if name in groups])
            for user in details["UserDetailList"]
        ),
        *(_principal(role, ROLE, managed, []) for role in details["RoleDetailList"]),
    ]
    lost = sorted({name for user in details["UserDetailList"] for name in user["GroupList"] if name not in groups})
    unread = [f"The group {name} was not in the account's details." for name in lost]
    return Account(tuple(found), len(groups), len(details["Policies"]), (*unread, *_unread(found)))


def _default(policy: Details) -> Document | None:
    """The version in force; none where it is not among those that were read."""
    version = next((one for one in policy["PolicyVersionList"] if one["IsDefaultVersion"]), None)
    return document(version["Document"]) if version else None


def _principal(entry: Details, kind: str, managed: Mapping[str, Policy], groups: Sequence[Details]) -> Principal:
    own = [*_inline(entry, f"{kind.capitalize()}PolicyList"), *_attached(entry, managed)]
    for group in groups:
        own += (
            (
                name,
                policy and replace(policy, name=f"{policy.name} of the group {group['GroupName']}", group=group["Arn"]),
            )
            for name, policy in (*_inline(group, "GroupPolicyList"), *_attached(group, managed))
        )
    limit = (entry.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    boundary = managed.get(limit) if limit else None
    unread = [name for name, policy in own if policy is None] + ([limit] if limit and boundary is None else [])
    return Principal(
        arn=entry["Arn"],
        kind=kind,
        unique_id=entry["UserId" if kind == USER else "RoleId"],
        policies=tuple(policy for _name, policy in own if policy is not None),
        boundary=boundary,
        unread=tuple(unread),
        trust=Policy.of("its trust policy", document(entry["AssumeRolePolicyDocument"])) if kind == ROLE else None,
        profiles=tuple(profile["InstanceProfileName"] for profile in entry.get("InstanceProfileList") or []),
        groups=tuple(group["Arn"] for group in groups),
        managed=tuple(
            policy["PolicyArn"] for one in (entry, *groups) for policy in one.get("AttachedManagedPolicies") or []
        ),
    )


def _inline(entry: Details, key: str) -> Iterator[tuple[str, Policy | None]]:
    for policy in entry.get(key) or []:
        yield policy["PolicyName"], Policy.of(policy["PolicyName"], document(policy["PolicyDocument"]))


def _attached(entry: Details, managed: Mapping[str, Policy]) -> Iterator[tuple[str, Policy | None]]:
    """A managed policy is taken apart once, for all whom it speaks for."""
    for policy in entry.get("AttachedManagedPolicies") or []:
        yield policy["PolicyArn"], managed.get(policy["PolicyArn"])


def _unread(found: Iterable[Principal]) -> Iterator[str]:
    """A sentence for each policy that nobody has seen, and for how many it speaks."""
    whose: dict[str, list[str]] = {}
    for principal in found:
        for name in principal.unread:
            whose.setdefault(name, []).append(principal.arn)
    for name, arns in sorted(whose.items()):
        more = f" and {len(arns) - 1} more" if len(arns) > 1 else ""
        what = f"What the policy {name} lets {arns[0]}{more} do"
        yield f"{what} is not known, because its version in force was not in the account's details."


def _speaks_of(atom: Atom, action: str) -> bool:
    if isinstance(atom.action, str):
        return _matches(atom.action, action)
    return not any(_matches(pattern, action) for pattern in atom.action.patterns)


#: Policies name the same actions again and again.
_matches = lru_cache(maxsize=1 << 16)(matches)
