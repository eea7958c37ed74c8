# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services of AWS that may assume a role: what each asks for, and whether it says for whom. One row a service. Pure.

A service that says for which account, or which resource, it assumes a role can be kept from doing so for somebody else:
https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html. AWS has no list of those that do: each row cites
the service's own page. Of a service without a row nobody knows here, so the contract must say it.
"""

from __future__ import annotations

from dataclasses import dataclass
import re

ASSUME, TAG = "sts:AssumeRole", "sts:TagSession"

#: How a policy calls a service.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services
SERVICE_NAME = re.compile(r"[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?")


@dataclass(frozen=True)
class Service:
    """``says_source``: whether its requests carry ``aws:SourceAccount`` and ``aws:SourceArn``, as its ``page`` says."""

    name: str
    says_source: bool
    page: str
    actions: tuple[str, ...] = (ASSUME,)


_DOCS = "https://docs.aws.amazon.com"

ROWS = (
    Service("ec2.amazonaws.com", False, f"{_DOCS}/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html"),
    Service("lambda.amazonaws.com", False, f"{_DOCS}/lambda/latest/dg/lambda-intro-execution-role.html"),
    Service("pods.eks.amazonaws.com", False, f"{_DOCS}/eks/latest/userguide/pod-id-role.html", (ASSUME, TAG)),
    Service("ecs-tasks.amazonaws.com", True, f"{_DOCS}/AmazonECS/latest/developerguide/task-iam-roles.html"),
    Service("codebuild.amazonaws.com", True, f"{_DOCS}/codebuild/latest/userguide/setting-up-service-role.html"),
    Service(
        "datasync.amazonaws.com",
        True,
        f"{_DOCS}/datasync/latest/userguide/cross-service-confused-deputy-prevention.html",
    ),
    Service("transfer.amazonaws.com", True, f"{_DOCS}/transfer/latest/userguide/confused-deputy.html"),
    Service("sagemaker.amazonaws.com", True, f"{_DOCS}/sagemaker/latest/dg/security-confused-deputy-prevention.html"),
    Service("states.amazonaws.com", True, f"{_DOCS}/step-functions/latest/dg/procedure-create-iam-role.html"),
    Service(
        "scheduler.amazonaws.com",
        True,
        f"{_DOCS}/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html",
    ),
    Service("bedrock.amazonaws.com", True, f"{_DOCS}/bedrock/latest/userguide/kb-permissions.html"),
)

SERVICES = {row.name: row for row in ROWS}

#: The one whose machines get a role by an instance profile.
EC2 = ROWS[0].name

#: How a contract says that a service's requests carry no source.
NO_SOURCE = "none"

#: The partition in which names of services may end in ``.cn``.
CHINA = "aws-cn"


def actions_of(service: str) -> tuple[str, ...]:
    """What a service asks STS for; in China some end in ``.cn``."""
    row = SERVICES.get(service.removesuffix(".cn"))
    return row.actions if row else (ASSUME,)


def says_source(service: str) -> bool | None:
    """Whether its requests say for whom they are; nothing where that is not known."""
    row = SERVICES.get(service.removesuffix(".cn"))
    return row.says_source if row else None
