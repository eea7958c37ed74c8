# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each part of the configuration must be when a contract holds: one rule a check of the audit. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
import json
import re
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Configuration, Reading, document
from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import row_of
from ansible_collections.assumerole.s3.plugins.module_utils._checks.check import (
    EXCESS_ACCESS,
    INCONCLUSIVE,
    MISSING_ACCESS,
    Judgement,
)
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import Row
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import partition, who
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._policies.comparison import (
    ALLOW,
    Atom,
    Difference,
    Document,
    allows,
    atoms,
    compare,
)
from ansible_collections.assumerole.s3.plugins.module_utils._policies.conditions import Known
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import (
    bucket_policy,
    permissions_policy,
    trust_policy,
)
from ansible_collections.assumerole.s3.plugins.module_utils._policies.doors import Caller, Door, doors

PROVISION = "Run provision again, which brings it in line."
PROVISION_OR_YOU = f"{PROVISION[:-1]}; of a bucket that was taken over it leaves the settings: then change it there."
#: What requests to assume another role do not carry, or as the caller likes.
NOT_TO_OTHER_ROLES = frozenset({"sts:externalid", "s3:resourceaccount", "s3:tlsversion"})
#: Of a bucket policy only our own statement is ours.
NOT_OURS = (
    "It is somebody else's statement, so provision leaves it: ask who depends on it, and have the contract left out of "
    "it, or give the contract a bucket of its own."
)


@dataclass(frozen=True)
class Subject:
    """What the rules judge: the contract and what was read."""

    contract: Contract
    found: Configuration

    @property
    def user(self) -> str:
        """The user's name."""
        return self.contract.user

    @property
    def role(self) -> str:
        """The role's name."""
        return self.contract.role

    def mended(self, kind: str, by: str = PROVISION) -> str:
        """Who brings the user, role or bucket in line."""
        if kind in self.contract.manage:
            return by
        return f"bucket_access_manage leaves the {kind} to others: ask them to bring it in line."

    @property
    def user_arn(self) -> str:
        """The user's own ARN, with its path."""
        return str(self.found["user"].data["Arn"])

    @property
    def role_arn(self) -> str:
        """The role's own ARN, with its path."""
        return str(self.found["role"].data["Arn"])

    @property
    def permissions(self) -> Document:
        """The permissions policy that the contract writes."""
        return permissions_policy(self.contract, partition(self.role_arn))

    @property
    def as_user(self) -> Known:
        """What requests of the user carry that it makes in order to assume the role.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
        """
        external_id = self.contract.external_id
        return {
            **_over_tls(self.user_arn),
            **({"sts:externalid": external_id} if external_id else {}),
            "aws:principaltype": "User",
            "aws:username": self.user,
            "aws:userid": self.found["user"].data.get("UserId", "*"),
        }

    @property
    def as_role(self) -> Known:
        """What requests of the role's sessions carry that they make to the bucket, which is of the role's account."""
        account, role_id = self.role_arn.split(":")[4], self.found["role"].data.get("RoleId", "*")
        bucket = {"aws:resourceaccount": account, "s3:resourceaccount": account, "s3:tlsversion": "1.2"}
        return {
            **_over_tls(self.role_arn),
            **bucket,
            "aws:principaltype": "AssumedRole",
            "aws:userid": f"{role_id}:*",
        }

    @property
    def other_roles(self) -> dict[str, Document]:
        """The trust policies of all roles of the account but the contract's, by the roles' ARNs."""
        every = self.found["roles"].data or {}
        return {arn: policy for arn, policy in every.items() if who(arn)[2] != self.role}

    def caller(self, principal: str) -> Caller:
        """The user, or the role, as it comes to the other roles."""
        known = self.as_user if principal == "user" else self.as_role
        attached = (
            () if principal == "user" else (self.found[name].data or {} for name in ("role.inline", "role.managed"))
        )
        own = [policy for policies in attached for policy in policies.values()]
        data, boundary = self.found[principal].data, self.found[f"{principal}.boundary"].data
        return Caller(
            arn=data["Arn"],
            unique_id=data.get("UserId") or data.get("RoleId") or data["Arn"],
            known={key: value for key, value in known.items() if key not in NOT_TO_OTHER_ROLES},
            policies=(*own, *([boundary] if boundary else [])),
        )


def _over_tls(arn: str) -> dict[str, str]:
    """What requests of any principal carry that are not made by an AWS service on its behalf."""
    return {
        "aws:securetransport": "true",
        "aws:principalarn": arn,
        "aws:principalaccount": arn.split(":")[4],
        "aws:principalisawsservice": "false",
        "aws:viaawsservice": "false",
    }


Judge = Callable[[Subject], Judgement]


@dataclass(frozen=True)
class Rule:
    """How one check of the catalogue is judged: by the reads that it needs, the last of which it is about."""

    row: Row
    needs: tuple[str, ...]
    judge: Judge

    @property
    def id(self) -> str:
        """The check's."""
        return self.row.id


def user_exists(subject: Subject) -> Judgement:
    """The user is there."""
    return _there(subject.found["user"], f"There is no user {subject.user}.")


def role_exists(subject: Subject) -> Judgement:
    """The role is there."""
    return _there(subject.found["role"], f"There is no role {subject.role}.")


def _there(reading: Reading, cause: str) -> Judgement:
    return Judgement(MISSING_ACCESS, cause, "Run provision.") if reading.absent else Judgement()


def nothing_in(name: str, what: str, advice: str) -> Judge:
    """The user has none of something by which permissions come."""

    def judge(subject: Subject) -> Judgement:
        names = subject.found[name].data or []
        if not names:
            return Judgement()
        return Judgement(EXCESS_ACCESS, f"The user has {what}: {', '.join(sorted(names))}.", advice)

    return judge


def no_password(subject: Subject) -> Judgement:
    """The user cannot log in to the console."""
    if subject.found["user.password"].data is None:
        return Judgement()
    return Judgement(EXCESS_ACCESS, "The user has a console password.", "Delete the user's login profile.")


def keys(subject: Subject) -> Judgement:
    """One access key is active; others may wait, inactive, to be deleted."""
    active = [key["AccessKeyId"] for key in subject.found["user.keys"].data or [] if key["Status"] == "Active"]
    if not active:
        return Judgement(MISSING_ACCESS, "The user has no active access key.", "Activate its key, or run provision.")
    if len(active) > 1:
        cause = f"The user has {len(active)} active access keys: {', '.join(active)}."
        return Judgement(EXCESS_ACCESS, cause, "Deactivate the one that is not in use.")
    return Judgement()


def boundary_allows(principal: str) -> Judge:
    """A permissions boundary, if there is one, leaves the contract whole."""

    def judge(subject: Subject) -> Judgement:
        boundary = subject.found[f"{principal}.boundary"].data
        if boundary is None or subject.found["role"].data is None:
            return Judgement()
        wishes = _assumption(subject) if principal == "user" else atoms(subject.permissions)
        known = subject.as_user if principal == "user" else subject.as_role
        refused = [wish for wish in wishes if not allows([boundary], wish, known)]
        if not refused:
            return Judgement()
        cause = f"The {principal}'s permissions boundary does not allow {refused[0].action}."
        return Judgement(MISSING_ACCESS, cause, "Ask the IAM administrator to let the boundary allow it.")

    return judge


def _assumption(subject: Subject) -> list[Atom]:
    return [Atom(ALLOW, "", "sts:assumerole", subject.role_arn)]


def trust(subject: Subject) -> Judgement:
    """The trust policy lets exactly the user in, under exactly the contract's conditions."""
    role, user = subject.found["role"].data, subject.found["user"].data
    if role is None or user is None:
        return Judgement(MISSING_ACCESS, "There is no user or no role, so nobody is trusted.", "Run provision.")
    actual = _with_arn(document(role["AssumeRolePolicyDocument"]), user)
    wished = trust_policy(subject.contract, {subject.user: subject.user_arn})
    difference = compare([actual], wished, known=subject.as_user)
    stale = [str(atom.principal) for atom in difference.extra if re.match(r"A(ID|RO)A", str(atom.principal))]
    if stale and len(stale) == len(difference.extra):
        cause = f"The trust policy names {stale[0]}, a user or role that was deleted; a new one of its name is another."
        return Judgement(MISSING_ACCESS if difference.lacking else INCONCLUSIVE, cause, subject.mended("role"))
    return _judgement(difference, "trust policy", subject.mended("role"))


def _with_arn(policy: Any, user: Mapping[str, Any]) -> Any:
    """For a moment AWS may show the id of a user instead of its ARN: ids are never used again, so it is the user."""
    user_id = user.get("UserId")
    return json.loads(json.dumps(policy).replace(f'"{user_id}"', f'"{user["Arn"]}"')) if user_id else policy


def permissions(subject: Subject) -> Judgement:
    """All policies of the role together allow exactly what the contract says."""
    if subject.found["role"].data is None:
        return Judgement(MISSING_ACCESS, "There is no role, so nothing is allowed.", "Run provision.")
    attached = (subject.found[name].data or {} for name in ("role.inline", "role.managed"))
    documents = [policy for policies in attached for policy in policies.values()]
    difference = compare(documents, subject.permissions, known=subject.as_role)
    return _judgement(difference, "role's policies", subject.mended("role"))


def session_duration(subject: Subject) -> Judgement:
    """The role's longest session is the contract's."""
    role, wished = subject.found["role"].data, subject.contract.max_session_duration
    seconds = int(role.get("MaxSessionDuration", 3600)) if role else wished
    if seconds == wished:
        return Judgement()
    cause = f"Sessions of the role may last {seconds} seconds, and the contract says {wished or 'that there is one'}."
    return Judgement(EXCESS_ACCESS if seconds > wished else MISSING_ACCESS, cause, subject.mended("role"))


def other_roles(principal: str) -> Judge:
    """No other role of the account lets the user in, or the sessions of the contract's role."""

    def judge(subject: Subject) -> Judgement:
        if subject.found[principal].data is None:
            return Judgement()
        found = list(doors(subject.other_roles, subject.caller(principal)))
        certain = [door for door in found if door.certain]
        advice = (
            f"Each is somebody else's: ask its owner to leave the {principal} out of the trust policy, or to say who "
            "depends on it."
        )
        if certain:
            return Judgement(EXCESS_ACCESS, f"Other roles let the {principal} in: {_named(certain)}.", advice)
        if found:
            cause = f"It cannot be told whether other roles let the {principal} in: {_named(found)}."
            return Judgement(INCONCLUSIVE, cause, advice)
        return Judgement()

    return judge


def the_bucket_policy(subject: Subject) -> Judgement:
    """The bucket policy denies plain HTTP, lets nobody in and keeps the role out of nothing."""
    reading = subject.found["bucket.policy"]
    if subject.found["role"].data is None:
        return Judgement()
    wished = bucket_policy(subject.contract, partition(subject.role_arn))
    grants = [{**statement, "Principal": {"AWS": subject.role_arn}} for statement in subject.permissions["Statement"]]
    difference = compare([reading.data or {}], wished, tolerated=[{"Statement": grants}])
    wishes = {"Statement": [*grants, *wished["Statement"]]}
    denied = compare([reading.data or {}], wishes, known=subject.as_role).narrowing
    found = Difference(difference.extra, (), denied, difference.unguarded)
    return _judgement(found, "bucket policy", subject.mended("bucket"), NOT_OURS)


def public_access(subject: Subject) -> Judgement:
    """All four blocks of public access are on."""
    blocks = subject.found["bucket.public_access"].data or {}
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    off = [name for name in names if blocks.get(name) is not True]
    if not off:
        return Judgement()
    advice = subject.mended("bucket", PROVISION_OR_YOU)
    return Judgement(EXCESS_ACCESS, f"Public access is not blocked by {', '.join(off)}.", advice)


def ownership(subject: Subject) -> Judgement:
    """ACLs are off."""
    value = subject.found["bucket.ownership"].data
    if value == "BucketOwnerEnforced":
        return Judgement()
    cause = f"The bucket's object ownership is {value or 'not set'}, so ACLs can let others in."
    return Judgement(EXCESS_ACCESS, cause, subject.mended("bucket", PROVISION_OR_YOU))


def encryption(subject: Subject) -> Judgement:
    """Objects are encrypted as the contract says, or with a key of KMS."""
    value, wished = subject.found["bucket.encryption"].data, subject.contract.encryption
    if value == wished or (value and wished is None) or (value or "").startswith("aws:kms"):
        return Judgement()
    agreed = wished or "that there is one"
    cause = f"The bucket's default encryption is {value or 'not set'}, and the contract says {agreed}."
    return Judgement(EXCESS_ACCESS, cause, subject.mended("bucket", PROVISION_OR_YOU))


def _judgement(difference: Difference, what: str, mended: str, others: str = "") -> Judgement:
    """What is too much comes before what is too little; ``others`` is the advice where that is not ours to take off."""
    found = (
        (difference.extra, EXCESS_ACCESS, f"The {what}: more than the contract", others or mended),
        (difference.unguarded, EXCESS_ACCESS, f"The {what} lacks", mended),
        (difference.lacking, MISSING_ACCESS, f"The {what}: less than the contract", mended),
        (
            difference.narrowing,
            MISSING_ACCESS,
            f"The {what}: this takes away what the contract gives",
            others or mended,
        ),
    )
    for named, kind, cause, advice in found:
        if named:
            return Judgement(kind, f"{cause}: {_named(named)}.", advice)
    return Judgement()


def _named(found: Iterable[Atom | Door]) -> str:
    named = [str(atom) for atom in found]
    return "; ".join(named[:3]) + (f"; and {len(named) - 3} more" if len(named) > 3 else "")


def _rule(check: str, judge: Judge, *needs: str) -> Rule:
    return Rule(row_of(check), needs, judge)


def _none(check: str, name: str, what: str, advice: str) -> Rule:
    return _rule(check, nothing_in(name, what, advice), name)


_OFF_THE_USER = "Take it off the user: its permissions come from the role."

RULES = (
    _rule("config.user.exists", user_exists, "user"),
    _none("config.user.inline_policies", "user.inline", "inline policies", _OFF_THE_USER),
    _none("config.user.managed_policies", "user.managed", "managed policies", _OFF_THE_USER),
    _none("config.user.groups", "user.groups", "groups", "Take the user out of them."),
    _rule("config.user.password", no_password, "user.password"),
    _rule("config.user.keys", keys, "user.keys"),
    _rule("config.user.boundary", boundary_allows("user"), "role", "user.boundary"),
    _rule("config.user.other_roles", other_roles("user"), "user", "user.boundary", "roles"),
    _rule("config.role.exists", role_exists, "role"),
    _rule("config.role.trust", trust, "user", "role"),
    _rule("config.role.permissions", permissions, "role", "role.managed", "role.inline"),
    _rule("config.role.max_session_duration", session_duration, "role"),
    _rule("config.role.boundary", boundary_allows("role"), "role", "role.boundary"),
    _rule(
        "config.role.other_roles",
        other_roles("role"),
        *("role", "role.managed", "role.inline", "role.boundary", "roles"),
    ),
    _rule("config.bucket.policy", the_bucket_policy, "role", "bucket.policy"),
    _rule("config.bucket.public_access", public_access, "bucket.public_access"),
    _rule("config.bucket.ownership", ownership, "bucket.ownership"),
    _rule("config.bucket.encryption", encryption, "bucket.encryption"),
)
