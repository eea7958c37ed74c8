#!/usr/bin/python
# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: access_key_proof
version_added: 0.1.0
short_description: Prove that an access key gets into a role, or that AWS refuses it
description:
  - Asks AWS with the key itself, until the same answer came three times in a row. Answers that eventual consistency can
    explain are asked again for O(wait_timeout) seconds.
  - Changes nothing. The sessions that it opens are dropped at once.
options:
  state:
    description:
      - V(alive) proves that the key is the user's and that the role can be assumed with it.
      - V(dead) proves that AWS does not know the key any more.
    type: str
    choices: [alive, dead]
    default: alive
  role_arn:
    description:
      - The ARN of the role to assume. Left out, the key is only seen to be the user's, as where the role is assumed
        from certain addresses alone, or with MFA.
    type: str
  caller_arn:
    description: The ARN of the user that the key must belong to. Required with O(state=alive).
    type: str
  external_id:
    description: The external id that the role's trust policy demands.
    type: str
author:
  - The assumerole.s3 contributors (@assumerole)
notes:
  - Give the key itself by O(access_key) and O(secret_key), or a O(profile) that holds it, and the others empty.
extends_documentation_fragment:
  - assumerole.s3.conventions
  - assumerole.s3.conventions.aws
  - assumerole.s3.conventions.waiting
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: The key works
  assumerole.s3.access_key_proof:
    profile: partner
    role_arn: arn:aws:iam::123456789012:role/partner-exchange
    caller_arn: arn:aws:iam::123456789012:user/partner
"""

RETURN = r"""
attempts:
  description: How often AWS was asked.
  returned: always
  type: int
  sample: 3
elapsed_ms:
  description: Milliseconds from the first question to the last answer.
  returned: always
  type: int
"""

import os
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities, connection
from ansible_collections.assumerole.s3.plugins.module_utils._aws.module import (
    aws_module,
    refuse_problems,
    usable_connection,
)
from ansible_collections.assumerole.s3.plugins.module_utils._aws.probes import assumption
from ansible_collections.assumerole.s3.plugins.module_utils._aws.told import ends_in_our_words
from ansible_collections.assumerole.s3.plugins.module_utils._checks.observations import Observation
from ansible_collections.assumerole.s3.plugins.module_utils._contract.callers import WrongCaller
from ansible_collections.assumerole.s3.plugins.module_utils._contract.fields import argument_spec
from ansible_collections.assumerole.s3.plugins.module_utils._verification.convergence import Patience
from ansible_collections.assumerole.s3.plugins.module_utils._verification.progress import telling
from ansible_collections.assumerole.s3.plugins.module_utils._verification.proof import (
    is_alive,
    is_dead,
    prove_alive,
    prove_dead,
)

ARGUMENT_SPEC: dict[str, Any] = {
    "state": {"type": "str", "choices": ["alive", "dead"], "default": "alive"},
    "role_arn": {"type": "str"},
    "caller_arn": {"type": "str"},
    **argument_spec("external_id", "wait_timeout"),
    "progress_file": {"type": "path"},
}
SESSION_NAME = "assumerole-s3-key-proof"


@ends_in_our_words
def main() -> None:
    """Check the options, ask AWS, and fail when the proof fails."""
    module = aws_module(
        ARGUMENT_SPEC,
        supports_check_mode=True,
        required_if=[("state", "alive", ("caller_arn",))],
    )
    refuse_problems(module, ARGUMENT_SPEC)
    try:
        with usable_connection(module):
            identities = Identities(connection(module.params, os.environ))
            observations = observe(identities, module.params)
    except WrongCaller as error:
        module.fail_json(msg=str(error))
    proven = is_alive(observations) if module.params["state"] == "alive" else is_dead(observations)
    if not proven:
        module.fail_json(msg=sentence(observations, module.params), **figures(observations))
    module.exit_json(changed=False, **figures(observations))


def observe(identities: Identities, params: dict[str, Any]) -> dict[str, Observation]:
    """What AWS says of the key."""
    patience = Patience(params["wait_timeout"], telling(params["progress_file"]))
    if params["state"] == "dead":
        return prove_dead(identities, patience)
    role_arn = params["role_arn"]
    assume = assumption(role_arn, SESSION_NAME, params["external_id"], 900) if role_arn else None
    return prove_alive(identities, assume, params["caller_arn"], patience)


def figures(observations: dict[str, Observation]) -> dict[str, int]:
    """How long it took."""
    return {
        "attempts": max(seen.attempts for seen in observations.values()),
        "elapsed_ms": max(seen.elapsed_ms for seen in observations.values()),
    }


def sentence(observations: dict[str, Observation], params: dict[str, Any]) -> str:
    """What AWS said instead."""
    if params["state"] == "dead":
        answer = observations["identity"].answer
        said = "AWS still takes the key" if answer.succeeded else f"AWS answered {answer.code}: {answer.message}"
        return f"The old key was not seen to be dead within {params['wait_timeout']} seconds: {said}."
    refused = next((seen.answer for seen in observations.values() if not seen.answer.succeeded), None)
    said = f"{refused.code}: {refused.message}".rstrip(".") if refused else "its answers kept changing"
    if not params["role_arn"]:
        return f"The key was not seen to be {params['caller_arn']}'s: {said}."
    return f"The key was not seen to get into {params['role_arn']}: {said}."


if __name__ == "__main__":
    main()
