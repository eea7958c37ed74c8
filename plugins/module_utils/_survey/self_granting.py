# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may give himself what he does not have: by changing his own policies, or by handing a role to a service. Pure.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ansible_collections.assumerole.s3.plugins.module_utils._policies.atoms import ALLOW, Atom
from ansible_collections.assumerole.s3.plugins.module_utils._policies.facts import Fact
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import USER, Policy, Principal
from ansible_collections.assumerole.s3.plugins.module_utils._survey.findings import answers
from ansible_collections.assumerole.s3.plugins.module_utils._survey.judging import Answer, Question, judge
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import Scene

#: What changes a policy that speaks for a user or a role, on its own ARN.
ON_ONESELF = {
    "user": ("iam:PutUserPolicy", "iam:AttachUserPolicy"),
    "role": ("iam:PutRolePolicy", "iam:AttachRolePolicy"),
}

#: What takes a boundary off, or puts another in its place.
OFF_THE_BOUNDARY = {
    "user": ("iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary"),
    "role": ("iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary"),
}

ON_A_GROUP = ("iam:PutGroupPolicy", "iam:AttachGroupPolicy")
ON_A_POLICY = ("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion")

#: What starts something that works with a role, by the service that assumes it. One hop, and what is common.
STARTING: Mapping[str, tuple[str, ...]] = {
    "ec2.amazonaws.com": ("ec2:RunInstances",),
    "lambda.amazonaws.com": ("lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"),
    "ecs-tasks.amazonaws.com": ("ecs:RunTask", "ecs:StartTask", "ecs:CreateService"),
    "glue.amazonaws.com": ("glue:CreateJob", "glue:CreateDevEndpoint"),
    "codebuild.amazonaws.com": ("codebuild:CreateProject",),
    "sagemaker.amazonaws.com": ("sagemaker:CreateNotebookInstance", "sagemaker:CreateTrainingJob"),
    "cloudformation.amazonaws.com": ("cloudformation:CreateStack",),
    "states.amazonaws.com": ("states:CreateStateMachine",),
    "datapipeline.amazonaws.com": ("datapipeline:CreatePipeline",),
    "elasticmapreduce.amazonaws.com": ("elasticmapreduce:RunJobFlow",),
    "batch.amazonaws.com": ("batch:SubmitJob",),
    "pods.eks.amazonaws.com": ("eks:CreatePodIdentityAssociation",),
}

EVERYTHING = Policy("a policy of one's own making", (Atom(ALLOW, "", "*", "*"),))


def changes_of(who: Principal, scene: Scene, questions: list[Question]) -> dict[str, Answer]:
    """By which actions somebody may allow himself one of these, if his boundary leaves it or he can take that off."""
    found = answers(who, _changing(who, scene))
    if not found or not who.boundary:
        return found
    free = replace(who, policies=(EVERYTHING,))
    if any(judge(free, question) for question in questions):
        return found
    taking_off = answers(who, (Question(action, who.arn) for action in OFF_THE_BOUNDARY[who.kind]))
    return {**found, **taking_off} if taking_off else {}


def passes(who: Principal, role: Principal) -> dict[str, Answer]:
    """By which actions somebody hands the role to a service that it trusts."""
    for service in _trusted_services(role):
        known = {"iam:passedtoservice": Fact((service,))}
        handing = answers(who, [Question("iam:PassRole", role.arn, known=known)])
        starting = answers(who, (Question(action, "*") for action in STARTING.get(service, ())))
        if handing and starting:
            return {**handing, **starting}
    return {}


def _changing(who: Principal, scene: Scene) -> Iterator[Question]:
    yield from (Question(action, who.arn) for action in ON_ONESELF[who.kind])
    if who.kind == USER:
        anywhere = f"arn:{scene.partition}:iam::{scene.account_id}:group/*"
        yield Question("iam:AddUserToGroup", anywhere)
        yield from (Question(action, group) for group in who.groups for action in ON_A_GROUP)
    own = (arn for arn in who.managed if f"::{scene.account_id}:" in arn)
    yield from (Question(action, arn) for arn in own for action in ON_A_POLICY)


def _trusted_services(role: Principal) -> list[str]:
    named = (str(atom.principal) for atom in role.trust.atoms if atom.effect == ALLOW) if role.trust else ()
    return [name.removeprefix("Service ") for name in named if name.startswith("Service ")]
