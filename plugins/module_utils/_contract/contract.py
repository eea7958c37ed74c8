# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The access contract: who may do what at which places in S3, through one role. Pure.

All arms of the collection start here, the policy documents (``_policies/documents``) and the expectations
(``_checks/expectations``), so what is granted and what is proven cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract.conditions import NO_CONDITIONS, Conditions
from ansible_collections.assumerole.s3.plugins.module_utils._contract.fields import FIELDS
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant, folder
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import PERMISSIONS, USUAL
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import USER, Principal, trusted
from ansible_collections.assumerole.s3.plugins.module_utils._contract.rules import items
from ansible_collections.assumerole.s3.plugins.module_utils._contract.services import EC2

#: The fields that name the places of a contract: one alone, or a list.
BUCKET, GRANTS = "bucket", "grants"


@dataclass(frozen=True)
class Contract:
    """What the role may do at which places, who may assume it, and under which conditions.

    ``places`` is the field that names the places: the one of the usual contract, or the list.
    """

    grants: tuple[Grant, ...]
    principals: tuple[Principal, ...]
    places: str = BUCKET
    role: str = ""
    external_id: str | None = None
    max_session_duration: int = 3600
    forbidden_buckets: tuple[str, ...] = ()
    other_roles: tuple[str, ...] = ()
    account_id: str | None = None
    region: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    versioning: bool | None = None
    encryption: str | None = None
    kms_key: str = ""
    forbidden_kms_keys: tuple[str, ...] = ()
    #: How the names of AWS's services end in the key's partition; ``_aws/partitions`` knows it.
    dns_suffix: str = ""
    permissions_boundary: str = ""
    path: str = "/"
    conditions: Conditions = NO_CONDITIONS
    manage: frozenset[str] = frozenset({"user", "role", "bucket"})
    adopt: frozenset[str] = frozenset()

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Contract:
        """The contract in a mapping of fields that ``problems`` found nothing wrong with; other keys are ignored."""
        given: dict[str, Any] = {name: field.default for name, field in FIELDS.items()}
        given.update({name: value for name, value in values.items() if value is not None})
        others = trusted(items(given["trusted"]), _text(given["external_id"]), _text(given["account_id"]))  # type: ignore[arg-type]
        own = (Principal(USER, str(given["user"] or ""), _text(given["external_id"])),)
        manage = frozenset(str(name) for name in items(given["manage"]))
        return cls(
            grants=tuple(grant_of(values) for values in given["grants"] or [given]),
            places=GRANTS if given["grants"] else BUCKET,
            principals=(*(own if given["user"] or not others else ()), *others),
            role=str(given["role"] or ""),
            external_id=_text(given["external_id"]),
            max_session_duration=int(str(given["max_session_duration"])),
            forbidden_buckets=tuple(str(name) for name in items(given["forbidden_buckets"])),
            other_roles=tuple(str(name) for name in items(given["other_roles"])),
            account_id=_text(given["account_id"]),
            region=_text(given["region"]),
            tags={str(key): str(value) for key, value in given["tags"].items()},
            versioning=given["versioning"],
            encryption=_text(given["encryption"]) or ("aws:kms" if given["kms_key"] else None),
            kms_key=str(given["kms_key"] or ""),
            forbidden_kms_keys=tuple(str(name) for name in items(given["forbidden_kms_keys"])),
            permissions_boundary=str(given["permissions_boundary"] or ""),
            path=str(given["path"] or "/"),
            conditions=_conditions(given),
            manage=manage if given["user"] or not others else manage - {USER.name},
            adopt=frozenset(str(name) for name in items(given["adopt"])),
        )

    @property
    def bucket(self) -> str:
        """The bucket of the first place, which most contracts have alone."""
        return self.grants[0].bucket

    @property
    def buckets(self) -> tuple[str, ...]:
        """The buckets whose settings are the contract's, each once, in the order of the places."""
        return tuple(dict.fromkeys(grant.bucket for grant in self.grants))

    @property
    def held(self) -> frozenset[str]:
        """The permissions that the role has at any of the places."""
        return frozenset(name for grant in self.grants for name in grant.permissions)

    def at(self, bucket: str) -> Contract:
        """What the contract says of one of its buckets."""
        return replace(self, grants=tuple(grant for grant in self.grants if grant.bucket == bucket))

    @property
    def user(self) -> str:
        """The contract's own user; empty where it has none."""
        return next((principal.name for principal in self.principals if principal.kind is USER), "")

    @property
    def has_user(self) -> bool:
        """Whether there is a user of its own, whose key somebody keeps."""
        return any(principal.kind is USER for principal in self.principals)

    @property
    def trusted(self) -> tuple[Principal, ...]:
        """Everybody else who may assume the role."""
        return tuple(principal for principal in self.principals if principal.kind is not USER)

    @property
    def on_machines(self) -> bool:
        """Whether machines of EC2 get the role, for which it needs an instance profile."""
        return any(principal.name.removesuffix(".cn") == EC2 for principal in self.trusted)

    def arns(self, user_arn: str, home: str) -> dict[str, str]:
        """The ARNs of the principals by their names.

        The user's is given as AWS has it, for it may hold a path; ``home`` is any ARN of the contract's account.
        """
        return {item.name: user_arn if item.kind is USER else item.arn(home) for item in self.principals}


def grant_of(values: Mapping[str, Any]) -> Grant:
    """The grant that values name, which are sound; what is left out is as usual."""
    named = items(values.get("permissions")) or USUAL
    return Grant(
        bucket=str(values["bucket"]),
        prefix=folder(str(values.get("prefix") or "")),
        permissions=tuple(name for name in PERMISSIONS if name in named),
    )


def _text(value: object) -> str | None:
    return str(value) if value else None


def _conditions(values: Mapping[str, object]) -> Conditions:
    return Conditions(
        mfa=bool(values["require_mfa"]),
        source_ips=tuple(str(network) for network in items(values["source_ips"])),
        vpc_endpoints=tuple(str(name) for name in items(values["vpc_endpoints"])),
        organization_id=str(values["organization_id"] or ""),
    )
