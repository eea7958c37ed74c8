# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each part of the configuration must be when a contract holds: one rule a check of the audit. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
import re
import time
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import (
    Configuration,
    Reading,
    active_keys,
    document,
)
from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import row_of
from ansible_collections.assumerole.s3.plugins.module_utils._checks.check import (
    EXCESS_ACCESS,
    INCONCLUSIVE,
    MISSING_ACCESS,
    Judgement,
)
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import Row
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import (
    ANY_ACCOUNT,
    account,
    is_session_of,
    partition,
    who,
)
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import bucket_arn
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import (
    ARN,
    OIDC,
    SERVICE,
    USER,
    Principal,
)
from ansible_collections.assumerole.s3.plugins.module_utils._contract.services import EC2, says_source
from ansible_collections.assumerole.s3.plugins.module_utils._policies.atoms import ALLOW, Atom, Document, atoms, keys_of
from ansible_collections.assumerole.s3.plugins.module_utils._policies.comparison import (
    Difference,
    Layers,
    Requests,
    allowed,
    compare,
    denied,
    for_caller,
    together,
)
from ansible_collections.assumerole.s3.plugins.module_utils._policies.contract_conditions import (
    facts_of_session,
    facts_of_user,
)
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import (
    bucket_policy,
    permissions_policy,
    places_statements,
    trust_policy,
    trust_statement,
)
from ansible_collections.assumerole.s3.plugins.module_utils._policies.doors import Caller, Door, doors
from ansible_collections.assumerole.s3.plugins.module_utils._policies.facts import Fact
from ansible_collections.assumerole.s3.plugins.module_utils._policies.regions import Region

PROVISION = "Run provision again, which brings it in line."
PROVISION_OR_YOU = f"{PROVISION[:-1]}; of a bucket that was taken over it leaves the settings: then change it there."
#: What requests to assume another role do not carry, or as the caller likes.
NOT_TO_OTHER_ROLES = frozenset(
    {
        "sts:externalid",
        "aws:multifactorauthpresent",
        "aws:sourcevpce",
        "aws:resourceaccount",
        "s3:resourceaccount",
        "s3:tlsversion",
    }
)
#: Of a bucket policy only our own statement is ours.
NOT_OURS = (
    "It is somebody else's statement, so provision leaves it: ask who depends on it, and have the contract left out of "
    "it, or give the contract a bucket of its own."
)
#: Beyond a number of exceptions to exceptions nothing is proven.
ENTANGLED = "so many statements overlap that it cannot be told what they leave of this"
#: What cannot be judged may be a guard rail of an organization.
GUARD_RAIL = "Ask who keeps it whether it lets the contract's requests through from everywhere, and leave it in place."


@dataclass(frozen=True)
class Subject:
    """What the rules judge: the contract and what was read.

    ``now`` is in seconds; ``profile_region`` is what the role's profile says, if anything, and ``first_region`` is
    where the first of the contract's buckets is; ``principal`` is whom a rule is about that is there for each.
    """

    contract: Contract
    found: Configuration
    now: float = field(default_factory=time.time)
    profile_region: str = ""
    principal: Principal | None = None
    first_region: str = ""

    def at(self, bucket: str) -> Subject:
        """The same of one of the contract's buckets alone."""
        first = self.found["bucket.region"].data or ""
        return replace(self, contract=self.contract.at(bucket), found=self.found.at(bucket), first_region=first)

    @property
    def bucket_policies(self) -> dict[str, Reading]:
        """The policies of all of the contract's buckets, by their names."""
        return {bucket: self.found.at(bucket)["bucket.policy"] for bucket in self.contract.buckets}

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
    def arns(self) -> dict[str, str]:
        """The principals' own ARNs, by their names."""
        return self.contract.arns(self.user_arn if self.contract.has_user else "", self.role_arn)

    @property
    def permissions(self) -> Document:
        """The permissions policy that the contract writes."""
        return permissions_policy(self.contract, partition(self.role_arn))

    @property
    def ids(self) -> dict[str, str]:
        """The ARNs of the user and the role by their unique ids."""
        found = [self.found[name].data or {} for name in ("user", "role")]
        return {str(item[name]): str(item["Arn"]) for item in found for name in ("UserId", "RoleId") if name in item}

    @property
    def as_user(self) -> Requests:
        """What requests of the user carry that it makes to assume the role, with its key, as the contract says.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
        """
        user, external_id = self.found["user"].data, self.contract.external_id
        caller = {
            **self._caller(self.user_arn, "User"),
            "aws:username": Fact((self.user,)),
            **_id("aws:userid", user.get("UserId"), ""),
        }
        known = {
            **caller,
            **_ANYWHERE,
            **facts_of_user(self.contract.conditions),
            "sts:externalid": Fact((external_id,)) if external_id else Fact(absent=True),
            "sts:rolesessionname": Fact(("*",)),
        }
        return Requests(known, caller, bounded=bool(user.get("PermissionsBoundary")), ids=self.ids)

    def as_principal(self, principal: Principal) -> Requests:
        """What requests of one of the principals carry that it makes in order to assume the role.

        Of somebody else's user or role neither its id nor its boundary is known, nor whether it logs in with MFA where
        the contract does not say so. What the contract says, the wishes carry themselves.
        """
        return self.as_user if principal.kind is USER else _FACTS[principal.kind.name](self, principal)

    def as_other(self, principal: Principal) -> Requests:
        """A role or user of this account or another."""
        kind, name = who(principal.name)[1:]
        caller = self._caller(principal.name, "User" if kind == "user" else "AssumedRole")
        external_id = Fact((principal.external_id,)) if principal.external_id else Fact(absent=True)
        known = {
            **caller,
            **({"aws:username": Fact((name,))} if kind == "user" else {}),
            **_ANYWHERE,
            "sts:externalid": external_id,
            "sts:rolesessionname": Fact(("*",)),
        }
        return Requests(known, bounded=None, ids=self.ids)

    def as_token(self, principal: Principal) -> Requests:
        """Whoever comes with a token that the contract speaks of: of it nothing is known but whose and for whom it is.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
        """
        known = {
            f"{principal.name}:aud".lower(): Fact((principal.audience,)),
            f"{principal.name}:sub".lower(): Fact(principal.subjects),
            "aws:federatedprovider": Fact((principal.arn(self.role_arn),)),
            "aws:currenttime": Fact(since=self.now),
            "aws:epochtime": Fact(since=self.now),
            **_ANYWHERE,
            "sts:externalid": Fact(absent=True),
            "sts:rolesessionname": Fact(("*",)),
        }
        return Requests(known, ids=self.ids)

    def as_service(self, principal: Principal) -> Requests:
        """A service that assumes the role for whoever has given it the role.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceaccount
        """
        source = {"aws:sourceaccount": principal.source_account, "aws:sourcearn": principal.source_arn}
        silent = says_source(principal.name) is False and not any(source.values())
        known = {
            **({name: Fact(absent=True) for name in source} if silent else {}),
            **{name: Fact((value,)) for name, value in source.items() if value},
            "aws:principalservicename": Fact((principal.name,)),
            "aws:principalisawsservice": Fact(("true",)),
            "aws:securetransport": Fact(("true",)),
            "aws:currenttime": Fact(since=self.now),
            "aws:epochtime": Fact(since=self.now),
            "sts:externalid": Fact(absent=True),
            "sts:rolesessionname": Fact(("*",)),
        }
        return Requests(known, ids=self.ids)

    @property
    def as_role(self) -> Requests:
        """What requests of the role's sessions carry that they make to the bucket, which is of the role's account."""
        role = self.found["role"].data
        owner = Fact((account(self.role_arn),))
        caller = {**self._caller(self.role_arn, "AssumedRole"), **_id("aws:userid", role.get("RoleId"), ":*")}
        known = {
            **caller,
            **_ANYWHERE,
            **facts_of_session(self.contract.conditions),
            "aws:resourceaccount": owner,
            "s3:resourceaccount": owner,
            "s3:tlsversion": Fact(("1.2", "1.3")),
        }
        return Requests(known, caller, bounded=bool(role.get("PermissionsBoundary")), ids=self.ids)

    def _caller(self, arn: str, kind: str) -> dict[str, Fact]:
        """What every request of a principal carries, and when."""
        return {
            "aws:principalarn": Fact((arn,)),
            "aws:principalaccount": Fact((account(arn),)),
            "aws:principaltype": Fact((kind,)),
            "aws:currenttime": Fact(since=self.now),
            "aws:epochtime": Fact(since=self.now),
        }

    @property
    def role_policies(self) -> list[Document]:
        """The documents of all policies of the role."""
        attached = (self.found[name].data or {} for name in ("role.inline", "role.managed"))
        return [policy for policies in attached for policy in policies.values()]

    @cached_property
    def other_roles(self) -> dict[str, list[Atom]]:
        """The trust policies of the account's roles that the contract does not name, by the roles' ARNs.

        There may be thousands, so they are taken apart once for the user and for the role.
        """
        every, named = self.found["roles"].data or {}, (self.role, *self.contract.other_roles)
        return {arn: atoms(policy) for arn, policy in every.items() if who(arn)[2] not in named}

    def caller(self, principal: str) -> Caller:
        """The user, or the role, as it comes to the other roles."""
        known = (self.as_user if principal == "user" else self.as_role).known
        own = [] if principal == "user" else self.role_policies
        data, boundary = self.found[principal].data, self.found[f"{principal}.boundary"].data
        return Caller(
            arn=data["Arn"],
            unique_id=data.get("UserId") or data.get("RoleId") or data["Arn"],
            known={**{key: value for key, value in known.items() if key not in NOT_TO_OTHER_ROLES}, **_ANYWHERE},
            policies=(*own, *([boundary] if boundary else [])),
        )


def _id(key: str, unique_id: Any, ending: str) -> dict[str, Fact]:
    """An id that was not read is not known."""
    return {key: Fact((f"{unique_id}{ending}",))} if unique_id else {}


#: What requests carry over TLS that no AWS service makes on a principal's behalf, from any address; through a VPC
#: endpoint they carry none.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip
_ANYWHERE = {
    "aws:securetransport": Fact(("true",)),
    "aws:principalisawsservice": Fact(("false",)),
    "aws:viaawsservice": Fact(("false",)),
    "aws:sourceip": Fact(("*",), absent=True),
}


#: What is known of requests, by the kind of principal that makes them.
_FACTS: Mapping[str, Callable[[Subject, Principal], Requests]] = {
    ARN.name: Subject.as_other,
    OIDC.name: Subject.as_token,
    SERVICE.name: Subject.as_service,
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

    def about(self, subject: Subject) -> Iterator[Subject]:
        """What it judges: nothing of a user that there is not, and each of the principals of its kind by itself."""
        contract = subject.contract
        if self.row.principal == "trusted":
            its = (who for who in contract.trusted if self.id == f"{who.kind.reading}@{{principal}}")
            yield from (replace(subject, principal=principal) for principal in its)
        elif self.row.principal != "user" or contract.has_user:
            yield subject


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
    active = active_keys(subject.found)
    if not active:
        return Judgement(MISSING_ACCESS, "The user has no active access key.", "Activate its key, or run provision.")
    if len(active) > 1:
        cause = f"The user has {len(active)} active access keys: {', '.join(active)}."
        return Judgement(EXCESS_ACCESS, cause, "Deactivate the one that is not in use.")
    return Judgement()


def user_boundary(subject: Subject) -> Judgement:
    """A permissions boundary of the user, if there is one, does not deny that the user assumes the role.

    What it does not allow, the trust policy may allow, for it names the user: whether it does, the probes show.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-eval-logic
    """
    another = _another_boundary(subject, "user")
    if another:
        return another
    boundary = subject.found["user.boundary"].data
    if boundary is None or subject.found["role"].data is None:
        return Judgement()
    wishes = [Atom(ALLOW, "", "sts:assumerole", subject.role_arn)]
    return _bounded(denied([boundary], wishes, subject.as_user), "user")


def role_boundary(subject: Subject) -> Judgement:
    """A permissions boundary of the role, if there is one, leaves the contract whole."""
    another = _another_boundary(subject, "role")
    if another:
        return another
    boundary = subject.found["role.boundary"].data
    if boundary is None or subject.found["role"].data is None:
        return Judgement()
    return _bounded(allowed([boundary], atoms(subject.permissions), subject.as_role), "role")


def _another_boundary(subject: Subject, principal: str) -> Judgement | None:
    """What the contract makes has the boundary that it names, if it names one: without it, it could be given more."""
    wished, found = subject.contract.permissions_boundary, subject.found[principal].data
    if not wished or found is None or principal not in subject.contract.manage:
        return None
    there = (found.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    if there == wished:
        return None
    cause = f"The {principal}'s permissions boundary is {there or 'not set'}, and the contract says {wished}."
    return Judgement(EXCESS_ACCESS, cause, PROVISION)


def _bounded(difference: Difference, principal: str) -> Judgement:
    advice = "Ask the IAM administrator to let the boundary allow it."
    if difference.lacking:
        cause = f"The {principal}'s permissions boundary does not allow {difference.lacking[0].action}."
        return Judgement(MISSING_ACCESS, cause, advice)
    return judgement_of(difference, f"{principal}'s permissions boundary", advice)


def trust(subject: Subject) -> Judgement:
    """The trust policy lets exactly the contract's principals in, each under exactly the contract's conditions."""
    role, user = subject.found["role"].data, subject.found["user"].data
    if role is None or (user is None and subject.contract.has_user):
        return Judgement(MISSING_ACCESS, "There is no user or no role, so nobody is trusted.", "Run provision.")
    actual = document(role["AssumeRolePolicyDocument"])
    difference = together(_compared(subject, principal, actual) for principal in subject.contract.principals)
    stale = [str(atom.principal) for atom in difference.extra if re.match(r"A(ID|RO)A", str(atom.principal))]
    if stale and len(stale) == len(difference.extra):
        cause = f"The trust policy names {stale[0]}, a user or role that was deleted; a new one of its name is another."
        return Judgement(MISSING_ACCESS if difference.lacking else INCONCLUSIVE, cause, subject.mended("role"))
    return judgement_of(difference, "trust policy", subject.mended("role"))


def _compared(subject: Subject, principal: Principal, actual: Document) -> Difference:
    """The trust policy beside what it must say of one principal, and may say of the others."""
    wished = {"Statement": [trust_statement(subject.contract, principal, subject.arns)]}
    others = [trust_policy(subject.contract, subject.arns)] if subject.contract.trusted else []
    return compare([actual], wished, others, requests=replace(subject.as_principal(principal), of_caller={}))


def trusts(subject: Subject) -> Judgement:
    """The trust policy lets one of the principals in, whatever else it says."""
    role, principal = subject.found["role"].data, subject.principal
    if role is None or principal is None:
        return Judgement(MISSING_ACCESS, "There is no role, so nobody is trusted.", "Run provision.")
    arns = subject.contract.arns("", subject.role_arn)
    wishes = atoms({"Statement": [trust_statement(subject.contract, principal, arns)]})
    actual = document(role["AssumeRolePolicyDocument"])
    found = allowed([actual], wishes, subject.as_principal(principal))
    return judgement_of(found, "trust policy", subject.mended("role"))


def takes_tokens(subject: Subject) -> Judgement:
    """The provider is there and takes tokens for the audience, and the trust policy lets those of the subjects in."""
    principal = subject.principal
    if principal is None or subject.found["role"].data is None:
        return trusts(subject)
    reading, host = subject.found[principal.reading], principal.name
    if reading.unreadable:
        cause = f"The operator could not read the identity provider {host}: {reading.answer.code}."
        return Judgement(INCONCLUSIVE, cause, "Allow the operator iam:GetOpenIDConnectProvider on it.")
    if reading.absent:
        cause = f"The account has no identity provider {host}, so it takes no token of it."
        return Judgement(MISSING_ACCESS, cause, "Have it made, with the audience of the contract.")
    if principal.audience not in reading.data:
        there = ", ".join(sorted(reading.data)) or "nobody"
        cause = f"The identity provider {host} is there for {there}, and the contract says {principal.audience}."
        return Judgement(MISSING_ACCESS, cause, "Have this audience added to it.")
    return trusts(subject)


def serves(subject: Subject) -> Judgement:
    """The trust policy lets a service in; for machines of EC2 an instance profile holds the role, too.

    What the contract says of its source, the service may not say itself.
    """
    principal = subject.principal
    if principal and says_source(principal.name) is False and (principal.source_account or principal.source_arn):
        judgement = trusts(subject)
        cause = f"The trust policy asks {principal.name} for whom it comes, and its page does not say that it tells."
        advice = "See whether it gets in, or take source_account and source_arn off its item in bucket_access_trusted."
        return judgement if judgement.outcome != Judgement().outcome else Judgement(INCONCLUSIVE, cause, advice)
    if principal is None or subject.found["role"].data is None or principal.name.removesuffix(".cn") != EC2:
        return trusts(subject)
    reading = subject.found["instance_profile"]
    if reading.unreadable:
        cause = f"The operator could not read the instance profile {subject.role}: {reading.answer.code}."
        return Judgement(INCONCLUSIVE, cause, "Allow the operator iam:GetInstanceProfile on it.")
    held = [str(role["RoleName"]) for role in (reading.data or {}).get("Roles", [])]
    if subject.role not in held:
        cause = f"The instance profile {subject.role} does not hold the role, so no machine of EC2 can have it."
        return Judgement(MISSING_ACCESS, cause, subject.mended("role"))
    return trusts(subject)


def permissions(subject: Subject) -> Judgement:
    """The role may do exactly what the contract says, by all of its policies together.

    The boundary and the bucket policy are judged by checks of their own. What they take off the role it does not have.
    """
    if subject.found["role"].data is None:
        return Judgement(MISSING_ACCESS, "There is no role, so nothing is allowed.", "Run provision.")
    documents = subject.role_policies
    boundary, on_buckets = subject.found["role.boundary"], subject.bucket_policies
    difference = compare(
        documents,
        subject.permissions,
        requests=subject.as_role,
        layers=Layers(
            limits=(boundary.data,) if boundary.data else (),
            beside=tuple(
                statement
                for bucket, reading in on_buckets.items()
                for statement in for_caller(
                    reading.data or {}, bucket_arn(bucket, partition(subject.role_arn)), subject.role_arn, subject.ids
                )
            ),
        ),
    )
    if difference.extra and any(reading.unreadable for reading in (boundary, *on_buckets.values())):
        cause = f"The role's policies: more than the contract: {listed(difference.extra)}"
        advice = "Allow the operator to read the role's permissions boundary and the bucket policy."
        return Judgement(INCONCLUSIVE, f"{cause}; what may take it away again could not be read.", advice)
    return judgement_of(difference, "role's policies", subject.mended("role"))


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
            f"Each is somebody else's: ask its owner to leave the {principal} out of the trust policy, or name it in "
            "bucket_access_other_roles when it is agreed."
        )
        if certain:
            return Judgement(EXCESS_ACCESS, f"Other roles let the {principal} in: {listed(certain)}.", advice)
        if found:
            cause = f"It cannot be told whether other roles let the {principal} in: {listed(found)}."
            return Judgement(INCONCLUSIVE, cause, advice)
        return Judgement()

    return judge


def the_bucket_policy(subject: Subject) -> Judgement:
    """The bucket policy denies plain HTTP, lets nobody in and keeps the role out of nothing."""
    reading = subject.found["bucket.policy"]
    if subject.found["role"].data is None:
        return Judgement()
    wished = bucket_policy(subject.contract, partition(subject.role_arn))
    places = places_statements(subject.contract, partition(subject.role_arn))
    grants = [{**statement, "Principal": {"AWS": subject.role_arn}} for statement in places]
    given: Document = {"Statement": grants}
    difference = compare([reading.data or {}], wished, [given], Requests(ids=subject.ids))
    taken = denied([reading.data or {}], atoms(given), subject.as_role)
    extra, unproven = (
        tuple(atom for atom in found if not _somebody_elses(atom, subject))
        for found in (difference.extra, difference.unproven)
    )
    found = replace(difference, extra=extra, narrowing=taken.narrowing, unjudged=taken.unjudged, unproven=unproven)
    return judgement_of(found, "bucket policy", subject.mended("bucket"), NOT_OURS)


def _somebody_elses(atom: Atom, subject: Subject) -> bool:
    """Whether a grant names one other principal, and nothing of the contract's place."""
    who = str(atom.principal)
    ours = who in (subject.ids.values()) or (_SESSION.match(who) and is_session_of(who, subject.role_arn))
    if ours or not (_OTHER.match(who) or _SESSION.match(who)):
        return False
    bucket = bucket_arn(subject.contract.bucket, partition(subject.role_arn))
    place = {bucket, *(str(grant.resource) for grant in atoms(subject.permissions))}
    if all(grant.prefix for grant in subject.contract.grants) and atom.action in _OF_THE_BUCKET_ALONE:
        place.remove(bucket)
    return all(Region("", (), (atom.resource, ours)).is_empty() for ours in place)


#: What tells of a bucket and of nothing that lies in it, as services ask before they deliver to another prefix.
#: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
_OF_THE_BUCKET_ALONE = ("s3:getbucketacl", "s3:getbucketlocation")

#: One service, user or role; an account, a canonical user and everybody else are many.
_OTHER = re.compile(rf"Service [^*?]+$|arn:[^:]*:iam::{ANY_ACCOUNT}:(user|role)/[^*?]+$")
_SESSION = re.compile(rf"arn:[^:]*:sts::{ANY_ACCOUNT}:assumed-role/[^*?]+/[^*?]+$")


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


def region(subject: Subject) -> Judgement:
    """The bucket is where the contract says, and where the role's profile sends its requests."""
    actual, agreed = subject.found["bucket.region"].data, subject.contract.region
    if agreed not in (None, actual):
        cause = f"The bucket is in {actual}, and the contract says {agreed}."
        advice = f"A bucket stays in its region: agree on {actual}, or on another bucket."
        return Judgement(MISSING_ACCESS, cause, advice)
    if subject.first_region not in ("", actual):
        cause = f"The bucket is in {actual}, and the contract's first bucket is in {subject.first_region}."
        advice = "Sessions have one region: give the buckets of each region a contract of their own."
        return Judgement(MISSING_ACCESS, cause, advice)
    if subject.profile_region not in ("", actual):
        cause = f"The bucket is in {actual}, and the role's profile says {subject.profile_region}."
        return Judgement(MISSING_ACCESS, cause, "Run provision again, which writes the bucket's region into it.")
    return Judgement()


def judgement_of(difference: Difference, what: str, mended: str, others: str = "") -> Judgement:
    """What is too much comes before what is too little, and both before what cannot be told.

    ``others`` is the advice where that is not ours to take off.
    """
    found = (
        (difference.extra, EXCESS_ACCESS, "more than the contract", others or mended),
        (difference.unguarded, EXCESS_ACCESS, "it lacks", mended),
        (difference.lacking, MISSING_ACCESS, "less than the contract", mended),
        (difference.narrowing, MISSING_ACCESS, "this takes away what the contract gives", others or mended),
        (
            difference.unproven,
            INCONCLUSIVE,
            ENTANGLED,
            "Write them with fewer exceptions, so that people can tell, too.",
        ),
        (difference.unjudged, INCONCLUSIVE, _doubt(difference.unjudged), GUARD_RAIL),
    )
    for named, kind, cause, advice in found:
        if named:
            return Judgement(kind, f"The {what}: {cause}: {listed(named)}.", advice)
    return Judgement()


def _doubt(found: Iterable[Atom]) -> str:
    """By what it depends whether the contract's requests are let through."""
    keys = sorted({key for atom in found for key in keys_of(atom.conditions)})
    return f"whether the contract's requests pass depends on {', '.join(keys) or 'NotPrincipal'}, which was not judged"


def listed(found: Iterable[Atom | Door]) -> str:
    """The first three, and how many more there are."""
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
    _rule("config.user.boundary", user_boundary, "user", "role", "user.boundary"),
    _rule("config.user.other_roles", other_roles("user"), "user", "user.boundary", "roles"),
    _rule("config.role.exists", role_exists, "role"),
    _rule("config.role.trust", trust, "user", "role"),
    _rule(f"{ARN.reading}@{{principal}}", trusts, "user", "role"),
    _rule(f"{OIDC.reading}@{{principal}}", takes_tokens, "user", "role"),
    _rule(f"{SERVICE.reading}@{{principal}}", serves, "user", "role"),
    _rule("config.role.permissions", permissions, "role", "role.managed", "role.inline"),
    _rule("config.role.max_session_duration", session_duration, "role"),
    _rule("config.role.boundary", role_boundary, "role", "role.boundary"),
    _rule(
        "config.role.other_roles",
        other_roles("role"),
        *("role", "role.managed", "role.inline", "role.boundary", "roles"),
    ),
    _rule("config.bucket.policy", the_bucket_policy, "role", "bucket.policy"),
    _rule("config.bucket.public_access", public_access, "bucket.public_access"),
    _rule("config.bucket.ownership", ownership, "bucket.ownership"),
    _rule("config.bucket.encryption", encryption, "bucket.encryption"),
    _rule("config.bucket.region", region, "bucket.region"),
)
