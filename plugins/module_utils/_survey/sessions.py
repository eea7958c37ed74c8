# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which other roles the operator may look through, and what a session of each can be asked without a trace. Pure.

Reading is not among it: what S3 answers about an object that there is not shows nothing, and others' objects are
theirs. Neither is deleting, which leaves a marker where a bucket keeps versions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._checks.survey import (
    CERTAIN,
    MOST_TRIED,
    REACHES,
    UNDER_CONDITIONS,
)
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import is_root, is_session_of, path
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant, bucket_arn
from ansible_collections.assumerole.s3.plugins.module_utils._policies.facts import Fact, Known
from ansible_collections.assumerole.s3.plugins.module_utils._policies.patterns import matches
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import ROLE, Principal
from ansible_collections.assumerole.s3.plugins.module_utils._survey.judging import IN_PERSON, Question, judge
from ansible_collections.assumerole.s3.plugins.module_utils._survey.key import BY_THE_KEY
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import Scene, into

Found = Mapping[str, Any]

#: The probes (``_aws/probes``) that ask for an action and do nothing, whatever the answer.
HARMLESS: Mapping[str, str] = {
    "s3:ListBucket": "list",
    "s3:PutObject": "write",
    "s3:ListMultipartUploadParts": "list_parts",
    "s3:AbortMultipartUpload": "abort_upload",
    "s3:ListBucketVersions": "list_versions",
}

#: Roles of services, which nobody else assumes.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
OF_SERVICES = "/aws-service-role/"

#: Why a role is not tried.
IS_ROOT = "the operator is the root user, who can assume no role"
UNKNOWN_OPERATOR = "the operator is not among the users and roles that were read"
NOT_LET_IN = "its trust policy and the operator's own policies do not let the operator in"
NOTHING_TO_ASK = "nothing that it may do can be asked for without a trace"
ENOUGH = f"{MOST_TRIED} roles are tried at most"


@dataclass(frozen=True)
class Request:
    """One action at a place, on a key that no object has, or in a listing of what begins so.

    ``sure`` says that all that was read lets exactly this request through: then a refusal shows something.
    """

    action: str
    grant: Grant
    key: str
    sure: bool

    @property
    def probe(self) -> str:
        """What asks."""
        return HARMLESS[self.action]


@dataclass(frozen=True)
class Choice:
    """Whom to try, and of whom else not, by their ARNs, with the reason. ``reaching`` counts both."""

    roles: tuple[Principal, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def reaching(self) -> int:
        """How many roles there are."""
        return len(self.roles) + len(self.left_out)


@dataclass(frozen=True)
class Session:
    """A session of a role, as it asks: with a name that no object has and no policy knows, over TLS or not."""

    scene: Scene
    role: Principal
    name: str
    tls: bool = True

    def requests(self, findings: Sequence[Found]) -> Iterator[Request]:
        """For each action of the role's findings the request that is surest to be let through.

        What is known to be refused is not asked.
        """
        mine = _by_principal(findings).get(self.role.arn, [])
        for grant in self.scene.contract.grants:
            there = (found for found in mine if found["place"] == grant.name)
            actions = {action for found in there for action in found["actions"]}
            for question in self.scene.questions(grant):
                if question.action in actions and _is_harmless(self.scene, question.action):
                    open_ = list(self._open(question, grant))
                    yield from sorted(open_, key=lambda request: not request.sure)[:1]

    def _open(self, question: Question, grant: Grant) -> Iterator[Request]:
        for key in self._keys(question, grant):
            found = judge(self.role, self._exactly(question, grant, key))
            if found:
                yield Request(question.action, grant, key, found.certainty == CERTAIN)

    def _keys(self, question: Question, grant: Grant) -> Iterator[str]:
        """Keys with the name in them, where policies speak of a part of the place; and the place, to be listed."""
        yield grant.key(self.name)
        if question.prefixes:
            yield grant.prefix
            return
        bucket = f"{bucket_arn(grant.bucket, self.scene.partition)}/"
        policies, action = (*self.role.policies, *question.of_resource), question.action.lower()
        for resource in (atom.resource for policy in policies for atom in policy.about(action)):
            if isinstance(resource, str) and "*" in resource and "${" not in resource:
                text = resource.replace("*", self.name).replace("?", "0")
                if text.startswith(bucket) and matches(question.resource, text):
                    yield text.removeprefix(bucket)

    def _exactly(self, question: Question, grant: Grant, key: str) -> Question:
        """The question about one request as the probes send it. Of what is not said here nothing is known."""
        sent: Known = {
            **question.known,
            **IN_PERSON,
            "aws:securetransport": Fact(("true" if self.tls else "false",)),
            "s3:x-amz-acl": Fact(absent=True),
        }
        if question.prefixes:
            listing = {"s3:prefix": Fact((key,)), "s3:max-keys": Fact(("1",)), "s3:delimiter": Fact(absent=True)}
            return replace(question, prefixes=(key,), known={**sent, **listing}, exact=True)
        resource = f"{bucket_arn(grant.bucket, self.scene.partition)}/{key}"
        return replace(question, resource=resource, known=sent, exact=True)


def chosen(scene: Scene, operator_arn: str, findings: Sequence[Found]) -> Choice:
    """Of the roles that reach a place those that may let the operator in; nobody knocks at all doors."""
    operator = _operator(scene, operator_arn)
    roles: list[Principal] = []
    left_out: dict[str, str] = {}
    reaching = _by_principal(findings)
    for role in _roles(scene, operator, reaching):
        mine = reaching[role.arn]
        reason = _why_not(scene, operator_arn, operator, role, mine) or (ENOUGH if len(roles) == MOST_TRIED else "")
        if reason:
            left_out[role.arn] = reason
        else:
            roles.append(role)
    return Choice(tuple(roles), left_out)


def _is_harmless(scene: Scene, action: str) -> bool:
    """What takes the key as well is shown by no write that is thrown away before it is encrypted."""
    return action in HARMLESS and not (scene.contract.kms_key and action in BY_THE_KEY)


def _by_principal(findings: Sequence[Found]) -> dict[str, list[Found]]:
    """Who reaches a place without granting it to itself first, with how."""
    reaching: dict[str, list[Found]] = {}
    for found in findings:
        if found["list"] == REACHES and found["certainty"] in (CERTAIN, UNDER_CONDITIONS):
            reaching.setdefault(found["principal"], []).append(found)
    return reaching


def _roles(scene: Scene, operator: Principal | None, reaching: Mapping[str, Any]) -> Iterator[Principal]:
    """All but the contract's own, the operator's own and those of services."""
    for who in scene.others:
        is_other = who.kind == ROLE and who != operator and not path(who.arn).startswith(OF_SERVICES)
        if is_other and who.arn in reaching:
            yield who


def _operator(scene: Scene, arn: str) -> Principal | None:
    """The operator, among those who were read: the user, or the role whose session it is."""
    return next(
        (
            one
            for one in scene.account.principals
            if arn == one.arn or (one.kind == ROLE and is_session_of(arn, one.arn))
        ),
        None,
    )


def _why_not(
    scene: Scene, operator_arn: str, operator: Principal | None, role: Principal, findings: Sequence[Found]
) -> str:
    if is_root(operator_arn):
        return IS_ROOT
    if operator is None:
        return UNKNOWN_OPERATOR
    if judge(operator, into(role)) is None:
        return NOT_LET_IN
    return "" if any(Session(scene, role, "0").requests(findings)) else NOTHING_TO_ASK
