# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who gets into the contract's role, and who can become its user or hold its key. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import USER, Principal
from ansible_collections.assumerole.s3.plugins.module_utils._survey.findings import (
    Finding,
    Where,
    answers,
    by_changing,
    findings,
    is_certain,
)
from ansible_collections.assumerole.s3.plugins.module_utils._survey.judging import Question, Stranger
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import Scene, into
from ansible_collections.assumerole.s3.plugins.module_utils._survey.self_granting import changes_of, passes
from ansible_collections.assumerole.s3.plugins.module_utils._survey.strangers import called, findings_of, strangers

#: By which one makes credentials for a user.
#: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
MAKING = ("iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile")

#: By which one reads what a store keeps, by the service of its ARN.
READING = {
    "ssm": ("ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "ssm:GetParameterHistory"),
    "secretsmanager": ("secretsmanager:GetSecretValue",),
}

#: Whoever is no user or role may come with a token or an assertion, too.
BY_TOKEN = ("sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML")


def enters(scene: Scene) -> Iterator[Finding]:
    """Everybody but those whom the contract names."""
    role = scene.role
    if role is None:
        return
    where, question = Where("enters", role.arn), into(role)
    for who in scene.others:
        if _is_named(scene, who):
            continue
        found = answers(who, [question])
        yield from findings(where, who, found)
        if not is_certain(found):
            yield from by_changing(where, who, answers(who, [Question("iam:UpdateAssumeRolePolicy", role.arn)]))
            yield from by_changing(where, who, passes(who, role))
    ways = [question, *(replace(question, action=action) for action in BY_TOKEN)]
    for stranger in strangers(scene, role.trust):
        if not _is_trusted(scene, stranger):
            yield from findings_of(where, stranger, answers(stranger, ways))


def becomes(scene: Scene) -> Iterator[Finding]:
    """Everybody, the contract's role among them."""
    for place, questions in _targets(scene).items():
        where = Where("becomes", place)
        for who in scene.account.principals:
            found = answers(who, questions)
            yield from findings(where, who, found)
            if not is_certain(found):
                yield from by_changing(where, who, changes_of(who, scene, questions))


def _targets(scene: Scene) -> dict[str, list[Question]]:
    """The user, and where its key is kept."""
    user = scene.user
    found = {user.arn: [Question(action, user.arn) for action in MAKING]} if user else {}
    for arn in scene.secrets:
        asked = READING.get(arn.split(":")[2], ())
        found[arn] = [Question(action, arn, known=scene.owner) for action in asked]
    return found


def _is_named(scene: Scene, who: Principal) -> bool:
    """Whether it is the contract's user, or somebody whom the contract trusts."""
    is_user = who.kind == USER and who.name == scene.contract.user
    return is_user or who.arn in {trusted.name for trusted in scene.contract.trusted}


def _is_trusted(scene: Scene, who: Stranger) -> bool:
    """Whether the contract names it: by its ARN, by its service, or by the host of an identity provider."""
    name = called(who)
    return any(name == one.name or name.endswith(f":oidc-provider/{one.name}") for one in scene.contract.trusted)
