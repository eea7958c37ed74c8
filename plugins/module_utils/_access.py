# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole check: canary, rounds, verdict. What the module returns comes from here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._answers import meaning
from ansible_collections.assumerole.s3.plugins.module_utils._canary import enforcement
from ansible_collections.assumerole.s3.plugins.module_utils._contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._convergence import converge
from ansible_collections.assumerole.s3.plugins.module_utils._expectations import controls, expectations
from ansible_collections.assumerole.s3.plugins.module_utils._identities import Identities
from ansible_collections.assumerole.s3.plugins.module_utils._interview import Circumstances, Interview
from ansible_collections.assumerole.s3.plugins.module_utils._verdict import judge, may_change, summary, verdict


def check_access(identities: Identities, options: Mapping[str, Any], traceless: bool = False) -> dict[str, Any]:
    """Ask AWS everything that the contract in the module's options answers, and judge it."""
    contract = Contract.of(options)
    questions = {item.id: item for item in expectations(contract, options["role_arn"])}
    enforced = enforcement(identities)
    interview = Interview(
        identities,
        tuple(questions.values()),
        Circumstances(
            assume_params(options),
            prefix=contract.prefix,
            caller_arn=options.get("caller_arn"),
            inside_object=options.get("inside_object"),
            traceless=traceless,
        ),
    )
    observations = converge(
        interview.ask_round,
        lambda name, answer: meaning(questions[name].probe, answer),
        lambda name, answer: may_change(questions[name], answer, enforced),
        options["wait_timeout"],
    )
    checks = judge(tuple(questions.values()), observations, enforced, controls(tuple(questions.values())))
    return {
        "verdict": verdict(checks),
        "enforced": enforced,
        "caller": dict(observations["user.identity"].answer.value),
        "session": dict(observations["role.assume"].answer.value),
        "checks": checks,
        "summary": summary(checks),
        "leftovers": sorted(interview.leftovers),
    }


def assume_params(options: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of AssumeRole that the options ask for."""
    params = {
        "RoleArn": options["role_arn"],
        "RoleSessionName": options["session_name"],
        "DurationSeconds": options["duration_seconds"],
    }
    if options.get("external_id"):
        params["ExternalId"] = options["external_id"]
    return params
