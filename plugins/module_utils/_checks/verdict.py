# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From observations to a verdict that somebody can sign. Pure.

A check starts as not proven. It passes only for an observation that proves it; whatever else was seen is a finding,
or no answer at all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import (
    ALLOWED,
    AUTHENTICATION_CODES,
    DENIED,
    ERROR,
    PROPAGATION_CODES,
    SESSION_POLICY,
    VPC_ENDPOINT_POLICY,
    Answer,
    observed,
    other_layer,
)
from ansible_collections.assumerole.s3.plugins.module_utils._checks.check import (
    EXCESS_ACCESS,
    FINDINGS,
    INCONCLUSIVE,
    MISSING_ACCESS,
    OUTCOMES,
    PASS,
    Check,
    Judgement,
    check,
)
from ansible_collections.assumerole.s3.plugins.module_utils._checks.diagnosis import depends_on_place, diagnose
from ansible_collections.assumerole.s3.plugins.module_utils._checks.observations import Observation
from ansible_collections.assumerole.s3.plugins.module_utils._checks.questions import Expectation
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import Finding
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import BUCKET, ON

#: What credentials that are not the contract's own show when they are dead: nothing of the contract.
OTHERS_CREDENTIALS = frozenset({"trusted_identity", "operator_identity"})

VERIFIED = "verified"
VIOLATED = "violated"


def outcome(expectation: Expectation, observation: Observation, enforced: bool | None, controlled: bool) -> str:
    """The outcome of one check.

    ``enforced`` says whether the endpoint refuses a made-up key; where it does not, a refusal and the lack of one mean
    nothing. ``controlled`` says whether the same bucket and session were seen to work in this run; a refusal may come
    from anything otherwise. A refusal by a layer that is not the contract's shows nothing of the contract.
    """
    if not observation.settled:
        return INCONCLUSIVE
    seen = observed(expectation.probe, observation.answer)
    if expectation.probe in OTHERS_CREDENTIALS and seen != ALLOWED:
        return INCONCLUSIVE
    if expectation.expected == ALLOWED:
        return INCONCLUSIVE if depends_on_place(expectation, seen) else _where_it_must_work(seen, observation.answer)
    if not enforced:
        return INCONCLUSIVE
    if seen == ALLOWED:
        return EXCESS_ACCESS
    return PASS if seen == DENIED and controlled and not other_layer(observation.answer) else INCONCLUSIVE


def _where_it_must_work(seen: str, answer: Answer) -> str:
    """The policy of an endpoint on the way, or of the session alone, takes nothing from whoever comes another way."""
    if seen == ALLOWED:
        return PASS
    turned_away = seen == DENIED or answer.code in AUTHENTICATION_CODES
    of_this_way_only = other_layer(answer) in (VPC_ENDPOINT_POLICY, SESSION_POLICY)
    return MISSING_ACCESS if turned_away and not of_this_way_only else INCONCLUSIVE


def may_change(expectation: Expectation, answer: Answer, enforced: bool | None) -> bool:
    """Whether an answer that is not the expected one may turn into it when AWS has caught up with itself."""
    seen = observed(expectation.probe, answer)
    if expectation.expected == ALLOWED:
        return seen != ALLOWED and answer.code in PROPAGATION_CODES
    return bool(enforced) and (seen == ALLOWED or (seen == ERROR and answer.code in PROPAGATION_CODES))


def judge(
    expectations: tuple[Expectation, ...],
    observations: Mapping[str, Observation],
    enforced: bool | None,
) -> list[Check]:
    """The checks, in the order of the expectations, as the module returns them."""
    passed = {
        item.id
        for item in expectations
        if item.expected == ALLOWED and outcome(item, observations[item.id], enforced, controlled=False) == PASS
    }
    return [
        _check(item, observations[item.id], enforced, controlled=bool(passed.intersection(item.controls)))
        for item in expectations
    ]


def verdict(checks: Collection[Check]) -> str:
    """``verified`` needs every check to pass, and at least one; a single finding makes it ``violated``."""
    outcomes = {check["outcome"] for check in checks}
    if outcomes & FINDINGS:
        return VIOLATED
    return VERIFIED if outcomes == {PASS} else INCONCLUSIVE


def summary(checks: Collection[Check]) -> dict[str, int]:
    """How many checks came out how."""
    return {name: sum(check["outcome"] == name for check in checks) for name in OUTCOMES}


def _about(item: Expectation, action: str) -> Expectation:
    """The question about one of its permission's actions, which may be on the bucket when the others are on objects."""
    on_bucket = ON.get(action) == BUCKET
    return replace(item, action=action, resource=item.resource.partition("/")[0] if on_bucket else item.resource)


def _check(item: Expectation, observation: Observation, enforced: bool | None, *, controlled: bool) -> Check:
    result = outcome(item, observation, enforced, controlled)
    if result != PASS:
        item = _about(item, observation.answer.value.get("action", item.action))
    finding = Finding() if result == PASS else diagnose(item, observation, enforced, controlled)
    judgement = Judgement(result, finding.cause, finding.advice)
    return check(item, observed(item.probe, observation.answer), judgement, observation)
