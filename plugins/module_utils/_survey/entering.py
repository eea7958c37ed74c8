# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who gets into the contract's role, and who can become its user or hold its key. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import USER, Policy, Principal
from ansible_collections.assumerole.s3.plugins.module_utils._survey.combining import all_on_condition
from ansible_collections.assumerole.s3.plugins.module_utils._survey.findings import (
    Finding,
    Where,
    answers,
    by_changing,
    findings,
    is_certain,
)
from ansible_collections.assumerole.s3.plugins.module_utils._survey.judging import Question, Stranger
from ansible_collections.assumerole.s3.plugins.module_utils._survey.passing import handing_over
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import Scene, into
from ansible_collections.assumerole.s3.plugins.module_utils._survey.self_granting import Way, each, grants_itself
from ansible_collections.assumerole.s3.plugins.module_utils._survey.strangers import called, findings_of, strangers

#: By which one makes credentials for a user.
#: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
MAKING = ("iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile")

#: By which one reads what a store keeps, by the service of its ARN.
READING = {
    "ssm": ("ssm:GetParameter", "ssm:GetParameters", "ssm:GetParameterHistory"),
    "secretsmanager": ("secretsmanager:GetSecretValue",),
}

#: By which one lets others read it, oneself among them.
#: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html and
#: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutResourcePolicy.html
OPENING = {"ssm": ("ssm:PutResourcePolicy",), "secretsmanager": ("secretsmanager:PutResourcePolicy",)}

#: Another account reads a secret only where a key of KMS lets it, too.
#: https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html
_ITS_KEY = "that the key of KMS of the secret lets it decrypt"

#: Whoever is no user or role may come with a token or an assertion, too.
BY_TOKEN = ("sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML")


def enters(scene: Scene) -> Iterator[Finding]:
    """Everybody but those whom the contract names."""
    role = scene.role
    if role is None:
        return
    where, question = Where("enters", role.arn), into(role)
    openings = [Way((Question("iam:UpdateAssumeRolePolicy", role.arn),)), *handing_over(role)]
    for who in scene.others:
        if _is_named(scene, who):
            continue
        found = answers(who, [question])
        yield from findings(where, who, found)
        if not is_certain(found):
            yield from by_changing(where, who, grants_itself(who, scene, each([question]), openings))
    ways = [question, *(replace(question, action=action) for action in BY_TOKEN)]
    for stranger in strangers(scene, role.trust):
        if not _is_trusted(scene, stranger):
            yield from findings_of(where, stranger, answers(stranger, ways))


def becomes(scene: Scene) -> Iterator[Finding]:
    """Everybody, the contract's role among them."""
    for place, questions in _targets(scene).items():
        policy = scene.secrets.get(place)
        where, openings = Where("becomes", place), _openings(place, policy)
        for who in scene.account.principals:
            found = answers(who, questions)
            yield from findings(where, who, found)
            if not is_certain(found):
                yield from by_changing(where, who, grants_itself(who, scene, each(questions), openings))
        for stranger in strangers(scene, policy):
            yield from findings_of(where, stranger, all_on_condition(answers(stranger, questions), _ITS_KEY))


def _targets(scene: Scene) -> dict[str, list[Question]]:
    """The user, and where its key is kept."""
    user = scene.user
    found = {user.arn: [Question(action, user.arn) for action in MAKING]} if user else {}
    for arn, policy in scene.secrets.items():
        asked, said = READING.get(arn.split(":")[2], ()), _of(policy)
        found[arn] = [Question(action, arn, known=scene.owner, of_resource=said) for action in asked]
        found[arn] += [Question("ssm:GetParametersByPath", path, known=scene.owner) for path in _paths_to(arn)]
    return found


def _paths_to(parameter: str) -> Iterator[str]:
    """The paths below which a parameter is, each also with a slash at its end, as a request may have it.

    Who may ask for what is below a path is given all of it, whatever denies it by its own name.
    https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-retrieval-authorization.html
    """
    kind, slash, name = parameter.partition("/")
    if kind.endswith(":parameter"):
        levels = name.split("/")[:-1]
        for depth in range(len(levels), 0, -1):
            yield f"{kind}{slash}{'/'.join(levels[:depth])}"
            yield f"{kind}{slash}{'/'.join(levels[:depth])}/"
        yield f"{kind}{slash}"


def _openings(place: str, policy: Policy | None) -> list[Way]:
    """By which one changes who may read what is kept there; a user has no policy that lets others become it."""
    actions = OPENING.get(place.split(":")[2], ())
    return each(Question(action, place, of_resource=_of(policy)) for action in actions)


def _of(policy: Policy | None) -> tuple[Policy, ...]:
    return (policy,) if policy else ()


def _is_named(scene: Scene, who: Principal) -> bool:
    """Whether it is the contract's user, or somebody whom the contract trusts."""
    is_user = who.kind == USER and who.name == scene.contract.user
    return is_user or who.arn in {trusted.name for trusted in scene.contract.trusted}


def _is_trusted(scene: Scene, who: Stranger) -> bool:
    """Whether the contract names it: by its ARN, by its service, or by the host of an identity provider."""
    name = called(who)
    return any(name == one.name or name.endswith(f":oidc-provider/{one.name}") for one in scene.contract.trusted)
