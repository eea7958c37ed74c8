# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may assume the role: one row a kind of principal. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
import hashlib
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import sibling, who
from ansible_collections.assumerole.s3.plugins.module_utils._contract.services import (
    NO_SOURCE,
    actions_of,
    says_source,
)


@dataclass(frozen=True)
class Kind:
    """A kind of principal.

    ``sid`` is that of its statement in the trust policy, or how it begins where there may be several; ``element`` the
    key of its ``Principal`` element there, and ``action`` the one by which it gets in. ``key`` names it in an item of
    ``bucket_access_trusted``, which may have the keys of ``options`` beside. ``words`` are those of the report.
    ``way_in`` is the check that sees it get in, and ``reading`` the one that reads in the trust policy that it may:
    each without the principal that its id ends in.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """

    name: str
    sid: str
    element: str
    action: str
    words: str
    way_in: str
    key: str = ""
    options: tuple[str, ...] = ()
    reading: str = ""


USER = Kind(
    "user",
    sid="OnlyThisUserMayAssumeTheRole",
    element="AWS",
    action="sts:AssumeRole",
    words="User",
    way_in="role.assume",
)
ARN = Kind(
    "arn",
    sid="MayAssumeTheRole",
    element="AWS",
    action="sts:AssumeRole",
    words="Role or user",
    way_in="trusted.assume",
    key="arn",
    options=("external_id", "profile"),
    reading="config.trusted.arn",
)
OIDC = Kind(
    "oidc",
    sid="MayComeWithAToken",
    element="Federated",
    action="sts:AssumeRoleWithWebIdentity",
    words="Holder of a token",
    way_in="trusted.web_identity",
    key="oidc",
    options=("audience", "subjects"),
    reading="config.trusted.oidc",
)

SERVICE = Kind(
    "service",
    sid="ThisServiceMayAssumeTheRole",
    element="Service",
    action="sts:AssumeRole",
    words="Service",
    way_in="trusted.service",
    key="service",
    options=("source_account", "source_arn"),
    reading="config.trusted.service",
)

KINDS = {kind.name: kind for kind in (USER, ARN, OIDC, SERVICE)}

#: Those that ``bucket_access_trusted`` may name, by the key that says so.
TRUSTED = {kind.key: kind for kind in KINDS.values() if kind.key}


@dataclass(frozen=True)
class Principal:
    """Somebody who may assume the role, by the name that the contract gives: an ARN, or an identity provider's host.

    ``external_id`` is what it must give, and ``profile`` one by which it can be asked from here. Whoever comes with a
    token has it from the provider for the ``audience``, as one of the ``subjects``, which may end in patterns. A
    service says for which ``source_account`` it comes, and which ``source_arn``, where the contract asks it to.
    """

    kind: Kind
    name: str
    external_id: str | None = None
    profile: str | None = None
    audience: str = ""
    subjects: tuple[str, ...] = ()
    source_account: str = ""
    source_arn: str = ""

    @property
    def actions(self) -> tuple[str, ...]:
        """By which it gets in."""
        return actions_of(self.name) if self.kind is SERVICE else (self.kind.action,)

    @property
    def label(self) -> str:
        """The name as checks and reports have it: of an ARN no more than what tells it from others."""
        if self.kind is not ARN:
            return self.name
        account, kind, name = who(self.name)
        return f"{account}:{kind}/{name}"

    @property
    def is_role(self) -> bool:
        """Whether it comes as a session of a role, which gets into another role for an hour at most.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
        """
        return self.kind is ARN and who(self.name)[1] == "role"

    @property
    def sid(self) -> str:
        """The Sid of its statement, the same whoever else is trusted."""
        if self.kind is USER:
            return self.kind.sid
        return f"{self.kind.sid}{hashlib.sha256(self.name.encode()).hexdigest()[:16]}"

    def arn(self, home: str) -> str:
        """Its ARN where the contract is at home, as any ARN of that account tells.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
        """
        return sibling(home, "oidc-provider", self.name) if self.kind is OIDC else self.name

    @property
    def way_in(self) -> str:
        """The check that sees it get in."""
        return self.kind.way_in if self.kind is USER else f"{self.kind.way_in}@{self.label}"

    @property
    def reading(self) -> str:
        """The check that reads in the trust policy that it may."""
        return f"{self.kind.reading}@{self.label}"


def trusted(
    items: Iterable[Mapping[str, Any]], external_id: str | None, account_id: str | None = None
) -> tuple[Principal, ...]:
    """The principals of ``bucket_access_trusted``.

    Who has no external id of its own has the contract's, and a service comes for the contract's account.
    """
    return tuple(_principal(item, external_id, account_id) for item in items)


def _principal(item: Mapping[str, Any], external_id: str | None, account_id: str | None) -> Principal:
    kind = next(kind for key, kind in TRUSTED.items() if item.get(key))
    own = item.get("external_id") or external_id if "external_id" in kind.options else None
    subjects = item.get("subjects") or ()
    return Principal(
        kind,
        provider(item[kind.key]) if kind is OIDC else str(item[kind.key]),
        str(own) if own else None,
        item.get("profile") or None,
        str(item.get("audience") or ""),
        (subjects,) if isinstance(subjects, str) else tuple(map(str, subjects)),
        source_account(item, account_id),
        str(item.get("source_arn") or ""),
    )


def source_account(item: Mapping[str, Any], account_id: str | None) -> str:
    """For which account a service comes: as its item says, else for the contract's, where it is known to say so."""
    said, service = str(item.get("source_account") or ""), str(item.get("service") or "")
    if said:
        return "" if said == NO_SOURCE else said
    return account_id or "" if service and says_source(service) else ""


def provider(url: object) -> str:
    """An identity provider as IAM names it: its address without the scheme."""
    return str(url).removeprefix("https://").rstrip("/")


def names(principals: Iterable[Principal]) -> str:
    """The first by name, and how many others there are."""
    first, *others = [principal.label for principal in principals]
    return first if not others else f"{first} and {len(others)} {'other' if len(others) == 1 else 'others'}"
