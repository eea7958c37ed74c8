# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proof that an access key is alive, or dead: AWS is asked until its answers settle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws import probes
from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import (
    AUTHENTICATION_CODES,
    PROPAGATION_CODES,
    Answer,
    meaning,
    not_tried,
)
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities
from ansible_collections.assumerole.s3.plugins.module_utils._checks.observations import Observation
from ansible_collections.assumerole.s3.plugins.module_utils._contract.callers import refuse_wrong_caller
from ansible_collections.assumerole.s3.plugins.module_utils._verification.convergence import Patience, converge

ALIVE, DEAD = "alive", "dead"


def prove_alive(
    identities: Identities, assume_params: Mapping[str, Any] | None, caller_arn: str, patience: Patience
) -> dict[str, Observation]:
    """The key belongs to the user, and gets into the role; both asked in rounds until three in a row are the same.

    Without ``assume_params`` only the first.
    """
    sts = identities.user("sts")

    def ask_round() -> dict[str, Answer]:
        user = probes.identity(sts)
        if user.succeeded:
            refuse_wrong_caller(user.value["arn"], caller_arn)
        if assume_params is None:
            return {"identity": user}
        if not user.succeeded:
            return {"identity": user, "assume": not_tried("the key was refused")}
        return {"identity": user, "assume": probes.assume(sts, assume_params)[0]}

    return converge(ask_round, meaning, lambda _name, answer: answer.code in PROPAGATION_CODES, patience)


def prove_dead(identities: Identities, patience: Patience) -> dict[str, Observation]:
    """AWS does not know the key any more: three times in a row."""
    sts = identities.user("sts")
    return converge(
        lambda: {"identity": probes.identity(sts)}, meaning, lambda _name, answer: answer.succeeded, patience
    )


def is_alive(observations: Mapping[str, Observation]) -> bool:
    """Every answer was a success, and was given three times in a row."""
    return all(seen.settled and seen.answer.succeeded for seen in observations.values())


def is_dead(observations: Mapping[str, Observation]) -> bool:
    """Every answer was that there is no such key, and was given three times in a row."""
    return all(seen.settled and seen.answer.code in AUTHENTICATION_CODES for seen in observations.values())
