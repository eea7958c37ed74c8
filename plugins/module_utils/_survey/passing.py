# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who gets into a role by a service that the role trusts: by handing it over, or by what has it already. Pure.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.assumerole.s3.plugins.module_utils._policies.atoms import ALLOW
from ansible_collections.assumerole.s3.plugins.module_utils._policies.facts import Fact
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import Principal
from ansible_collections.assumerole.s3.plugins.module_utils._survey.judging import Question
from ansible_collections.assumerole.s3.plugins.module_utils._survey.self_granting import Way

#: What starts something with a role that is handed over, by how the name of the service begins that assumes it: how it
#: ends, the partition says, and sometimes the region. Of a service that is not here, handing over alone counts, and is
#: not certain.
#: What depends on ``iam:PassRole`` there: https://docs.aws.amazon.com/service-authorization/latest/reference/
#: Inferred, since it is not said there but the API takes a role: fleets and launch configurations of EC2, a function's
#: configuration, a notebook's update, services and definitions of ECS, and all of Glue, CodeBuild, CloudFormation, Data
#: Pipeline, Batch and EKS.
STARTING: Mapping[str, tuple[str, ...]] = {
    "ec2": (
        "ec2:RunInstances",
        "ec2:RequestSpotInstances",
        "ec2:RequestSpotFleet",
        "ec2:CreateFleet",
        "ec2:AssociateIamInstanceProfile",
        "ec2:ReplaceIamInstanceProfileAssociation",
        "autoscaling:CreateAutoScalingGroup",
        "autoscaling:UpdateAutoScalingGroup",
        "autoscaling:CreateLaunchConfiguration",
        "elasticmapreduce:RunJobFlow",
        "imagebuilder:CreateInfrastructureConfiguration",
        "imagebuilder:UpdateInfrastructureConfiguration",
    ),
    "lambda": ("lambda:CreateFunction", "lambda:UpdateFunctionConfiguration", "lambda:CreateCapacityProvider"),
    "ecs-tasks": (
        "ecs:RunTask",
        "ecs:StartTask",
        "ecs:CreateService",
        "ecs:UpdateService",
        "ecs:CreateExpressGatewayService",
        "ecs:RegisterTaskDefinition",
        "batch:RegisterJobDefinition",
        "batch:SubmitJob",
    ),
    "glue": (
        "glue:CreateJob",
        "glue:UpdateJob",
        "glue:CreateDevEndpoint",
        "glue:CreateCrawler",
        "glue:UpdateCrawler",
        "glue:CreateSession",
    ),
    "codebuild": (
        "codebuild:CreateProject",
        "codebuild:UpdateProject",
        "codebuild:StartBuild",
        "codebuild:StartBuildBatch",
    ),
    "sagemaker": (
        "sagemaker:CreateNotebookInstance",
        "sagemaker:UpdateNotebookInstance",
        "sagemaker:CreateTrainingJob",
        "sagemaker:CreateProcessingJob",
        "sagemaker:CreateHyperParameterTuningJob",
        "sagemaker:CreateAutoMLJob",
        "sagemaker:CreateAutoMLJobV2",
        "sagemaker:CreateLabelingJob",
        "sagemaker:CreateModel",
        "sagemaker:CreatePipeline",
        "sagemaker:UpdatePipeline",
        "sagemaker:CreateDomain",
        "sagemaker:CreateUserProfile",
        "sagemaker:CreateCluster",
        "sagemaker:UpdateCluster",
        "sagemaker:CreateFlowDefinition",
        "sagemaker:CreateFeatureGroup",
        "sagemaker:CreateImage",
        "sagemaker:CreateMonitoringSchedule",
        "sagemaker:UpdateMonitoringSchedule",
    ),
    "cloudformation": (
        "cloudformation:CreateStack",
        "cloudformation:UpdateStack",
        "cloudformation:CreateChangeSet",
        "cloudformation:CreateStackSet",
        "cloudformation:UpdateStackSet",
    ),
    "states": ("states:CreateStateMachine", "states:UpdateStateMachine"),
    "datapipeline": ("datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"),
    "elasticmapreduce": ("elasticmapreduce:RunJobFlow",),
    "emr-serverless": ("emr-serverless:StartJobRun", "emr-serverless:AccessLivyEndpoints"),
    "batch": ("batch:SubmitJob", "batch:CreateComputeEnvironment", "batch:UpdateComputeEnvironment"),
    "pods.eks": ("eks:CreatePodIdentityAssociation", "eks:UpdatePodIdentityAssociation"),
    "transfer": (
        "transfer:CreateUser",
        "transfer:UpdateUser",
        "transfer:CreateAccess",
        "transfer:UpdateAccess",
        "transfer:CreateAgreement",
        "transfer:UpdateAgreement",
        "transfer:CreateConnector",
        "transfer:UpdateConnector",
        "transfer:CreateServer",
        "transfer:UpdateServer",
        "transfer:CreateWebApp",
        "transfer:UpdateWebApp",
    ),
    "s3": ("s3:PutReplicationConfiguration",),
    "batchoperations.s3": ("s3:CreateJob",),
    "scheduler": ("scheduler:CreateSchedule", "scheduler:UpdateSchedule"),
    "pipes": ("pipes:CreatePipe", "pipes:UpdatePipe"),
    "rolesanywhere": ("rolesanywhere:CreateProfile", "rolesanywhere:UpdateProfile", "rolesanywhere:EnableProfile"),
}

#: What makes something that has the role already do as one likes: nobody is handed anything. Whether there is something
#: that has the role is not read.
#: Lambda: https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html; the others are inferred.
TAKING_OVER: Mapping[str, tuple[str, ...]] = {
    "ec2": (
        "ssm:StartSession",
        "ssm:SendCommand",
        "ec2-instance-connect:SendSSHPublicKey",
        "ec2:ModifyInstanceAttribute",
        "ec2:ModifyLaunchTemplate",
    ),
    "lambda": ("lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"),
    "ecs-tasks": ("ecs:ExecuteCommand",),
    "glue": ("glue:UpdateDevEndpoint",),
    "codebuild": ("codebuild:StartBuild", "codebuild:StartBuildBatch", "codebuild:UpdateProject"),
    "sagemaker": ("sagemaker:CreatePresignedNotebookInstanceUrl", "sagemaker:UpdateNotebookInstance"),
    "cloudformation": ("cloudformation:UpdateStack", "cloudformation:CreateChangeSet"),
    "transfer": ("transfer:ImportSshPublicKey",),
}


def handing_over(role: Principal) -> Iterator[Way]:
    """The ways into a role by the services that it trusts."""
    for service in _trusted_services(role):
        handing = Question("iam:PassRole", role.arn, known={"iam:passedtoservice": Fact((service,))})
        starting, taking_over = _of(service, STARTING), _of(service, TAKING_OVER)
        yield Way((handing,), starting, "" if starting else f"{service} works with the role for whoever hands it over")
        if taking_over:
            yield Way(some=taking_over, condition=f"something of {service} has the role already")


def _trusted_services(role: Principal) -> list[str]:
    named = (str(atom.principal) for atom in role.trust.atoms if atom.effect == ALLOW) if role.trust else ()
    return list(dict.fromkeys(name.removeprefix("Service ") for name in named if name.startswith("Service ")))


def _of(service: str, table: Mapping[str, tuple[str, ...]]) -> tuple[Question, ...]:
    """What a table has of a service, whatever ends its name in this partition."""
    actions = next((actions for name, actions in table.items() if service.startswith(f"{name}.")), ())
    return tuple(Question(action, "*") for action in actions)
