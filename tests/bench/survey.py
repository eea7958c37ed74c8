# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a survey takes, and how much memory, for an account that there could be, and for a tenth of it.

    python tests/bench/survey.py [USERS]

What AWS would have sent is made up first; what is measured is taking it apart and judging it.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from typing import Any

from growth import TIMES, growth, least

from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import Policy, described
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import Bucket, Scene
from ansible_collections.assumerole.s3.plugins.module_utils._survey.whole import survey
from lab.world import contract_of

Json = dict[str, Any]

ACCOUNT = "123456789012"
USERS = 1000
#: Seconds, and megabytes, that it may take at most.
MOST_SECONDS, MOST_MEGABYTES = 10, 300

#: Machines get in; and what the bucket's policy says of plain HTTP.
TRUST = {"Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}}
PLAIN_HTTP = {"Bool": {"aws:SecureTransport": "false"}}
GUARD = {"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": PLAIN_HTTP}}

SERVICES = ("ec2", "s3", "sqs", "sns", "dynamodb", "lambda", "logs", "iam", "kms", "sts")
VERBS = ("Get*", "List*", "Describe*", "Put*", "*", "Create*", "GetObject", "PutObject", "AssumeRole", "PassRole")


def document(chance: random.Random) -> Json:
    """As accounts have them: some statements of some services, a few of them limited."""
    return {"Version": "2012-10-17", "Statement": [statement(chance) for _number in range(chance.randint(1, 4))]}


def statement(chance: random.Random) -> Json:
    service = chance.choice(SERVICES)
    made: Json = {
        "Effect": "Deny" if chance.random() < 0.1 else "Allow",
        "Action": [f"{service}:{chance.choice(VERBS)}" for _number in range(chance.randint(1, 6))],
        "Resource": chance.choice(("*", f"arn:aws:{service}:::bucket-{chance.randint(1, 500)}/*")),
    }
    if chance.random() < 0.2:
        made["Condition"] = {"StringEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]}}
    return made


def details(users: int) -> Json:
    """Twice as many roles, and five times as many policies; each has two or three of them."""
    chance = random.Random(users)
    policies = [
        {
            "Arn": f"arn:aws:iam::{ACCOUNT}:policy/p{number}",
            "PolicyName": f"p{number}",
            "PolicyVersionList": [{"IsDefaultVersion": True, "Document": document(chance)}],
        }
        for number in range(5 * users)
    ]

    def attached() -> list[Json]:
        chosen = chance.sample(policies, chance.randint(2, 3))
        return [{"PolicyArn": policy["Arn"], "PolicyName": policy["PolicyName"]} for policy in chosen]

    return {
        "UserDetailList": [
            {
                "Arn": f"arn:aws:iam::{ACCOUNT}:user/u{number}",
                "UserId": f"AIDA{number}",
                "GroupList": [f"g{number % 20}"],
                "AttachedManagedPolicies": attached(),
            }
            for number in range(users)
        ],
        "GroupDetailList": [
            {
                "GroupName": f"g{number}",
                "Arn": f"arn:aws:iam::{ACCOUNT}:group/g{number}",
                "AttachedManagedPolicies": attached(),
            }
            for number in range(20)
        ],
        "RoleDetailList": [
            {
                "Arn": f"arn:aws:iam::{ACCOUNT}:role/r{number}",
                "RoleId": f"AROA{number}",
                "AssumeRolePolicyDocument": TRUST,
                "AttachedManagedPolicies": attached(),
            }
            for number in range(2 * users)
        ],
        "Policies": policies,
    }


def measured(users: int) -> tuple[float, int]:
    """CPU seconds, and findings."""
    contract = contract_of(user="u1", role="r1", bucket="bucket-7", prefix="team/")
    found = details(users)
    began = time.process_time()
    scene = Scene(contract, ACCOUNT, "aws", described(found), {"bucket-7": Bucket(Policy.of("its policy", GUARD))})
    findings = survey(scene, ())["findings"]
    return time.process_time() - began, len(findings)


def lines(users: int = USERS) -> list[str]:
    """What is printed, a tenth of the account first."""
    told, taken = [], []
    for number in (users // TIMES, users):
        seconds, findings = least(measured, number)
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        taken.append(seconds)
        told.append(
            f"  {number:5} users, {2 * number} roles, {5 * number} policies: {seconds:.2f} CPU s, "
            f"{megabytes:.0f} MB at most, {findings} findings"
        )
    within = seconds <= MOST_SECONDS and megabytes <= MOST_MEGABYTES
    most = f"  at most {MOST_SECONDS} s and {MOST_MEGABYTES} MB: {'PASS' if within else 'OVER'}"
    return [*told, most, growth(*taken)]


if __name__ == "__main__":
    print("\n".join(["Survey of an account", *lines(*map(int, sys.argv[1:2]))]))
