# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole check: canary, rounds, verdict. What the module returns comes from here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
import secrets
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import meaning
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities
from ansible_collections.assumerole.s3.plugins.module_utils._aws.probes import assumption, identity
from ansible_collections.assumerole.s3.plugins.module_utils._checks.expectations import expectations
from ansible_collections.assumerole.s3.plugins.module_utils._checks.getting_in import ways_in
from ansible_collections.assumerole.s3.plugins.module_utils._checks.observations import Observation
from ansible_collections.assumerole.s3.plugins.module_utils._checks.questions import Scope
from ansible_collections.assumerole.s3.plugins.module_utils._checks.verdict import judge, may_change, summary, verdict
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import account, is_root, partition
from ansible_collections.assumerole.s3.plugins.module_utils._contract.callers import refuse_other_role
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant, folder
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import Principal
from ansible_collections.assumerole.s3.plugins.module_utils._verification.canary import enforcement
from ansible_collections.assumerole.s3.plugins.module_utils._verification.convergence import Patience, converge
from ansible_collections.assumerole.s3.plugins.module_utils._verification.interview import Circumstances, Interview
from ansible_collections.assumerole.s3.plugins.module_utils._verification.other_doors import tried
from ansible_collections.assumerole.s3.plugins.module_utils._verification.progress import telling
from ansible_collections.assumerole.s3.plugins.module_utils._verification.second_factor import Factor
from ansible_collections.assumerole.s3.plugins.module_utils._verification.ways_in import (
    NO_TOKENS,
    Tokens,
    is_it,
    tokens_for,
)

#: Seconds to wait at least when an answer may still change: a change of a policy leaves no date behind.
LEAST_PATIENCE = 10.0

Options = Mapping[str, Any]


def check_access(identities: Identities, options: Options, *, traceless: bool = False) -> dict[str, Any]:
    """Ask AWS everything that the contract in the module's options answers, and judge it."""
    contract = Contract.of(options["contract"])
    refuse_other_role(options["role_arn"], contract.role, contract.account_id)
    tokens = tokens_for(options, contract.trusted)
    asked = scope(identities, options, contract.trusted, tokens)
    questions = {item.id: item for item in expectations(contract, options["role_arn"], asked)}
    enforced = enforcement(identities)
    how = circumstances(contract, options, ways_in(contract, asked), tokens, traceless=traceless)
    interview = Interview(identities, tuple(questions.values()), how)
    observations = converge(
        interview.ask_round,
        lambda name, answer: meaning(questions[name].probe, answer),
        lambda name, answer: may_change(questions[name], answer, enforced),
        patience(options, options.get("changed_at")),
    )
    checks = judge(tuple(questions.values()), observations, enforced)
    return {
        "verdict": verdict(checks),
        "enforced": enforced,
        "account_id": account(options["role_arn"]),
        "partition": partition(options["role_arn"]),
        "region": identities.region,
        "caller": interview.caller,
        "session": _value(observations, interview.first_assumption),
        "checks": checks,
        "summary": summary(checks),
        "leftovers": sorted(interview.leftovers),
        "tried_roles": _tried(identities, options, asks=bool(interview.caller and enforced)),
    }


def _tried(identities: Identities, options: Options, *, asks: bool) -> dict[str, str]:
    """What the other roles told the user; where nobody is known to be refused, an open door would show nothing."""
    return tried(identities, options.get("roles_to_try") or []) if asks else {}


def _value(observations: Mapping[str, Observation], check: str) -> dict[str, Any]:
    """What the answer to a check holds, if anybody was asked."""
    return dict(observations[check].answer.value) if check else {}


def scope(
    identities: Identities, options: Options, trusted: tuple[Principal, ...] = (), tokens: Tokens = NO_TOKENS
) -> Scope:
    """What can be asked with what was given, and what is left out by agreement, which the checks then say."""
    return Scope(
        trusted=frozenset(who.label for who in trusted if who.profile or tokens.of(who)),
        refused_token=tokens.refused is not None,
        operator=bool(options.get("operator")) and _is_stranger(identities, trusted),
        outsider=bool(options.get("outsider_profile")),
        plain_http=identities.plain_http_url is not None or not options.get("plain_http", True),
        elsewhere=identities.goes_elsewhere,
        siblings=tuple(Grant(place["bucket"], folder(place["prefix"])) for place in options.get("siblings") or []),
    )


def _is_stranger(operator: Identities, trusted: tuple[Principal, ...]) -> bool:
    """Whether the operator is known, and is neither the root user, who may assume no role, nor somebody trusted."""
    arn = identity(operator.user("sts")).value.get("arn", "")
    return bool(arn) and not is_root(arn) and not any(is_it(arn, principal) for principal in trusted)


def circumstances(
    contract: Contract,
    options: Options,
    asked: tuple[Principal, ...] = (),
    tokens: Tokens = NO_TOKENS,
    *,
    traceless: bool,
) -> Circumstances:
    """How the options say to ask, as whom of the contract's principals."""
    lying = lying_objects(contract, options)
    session_name = options.get("session_name") or secrets.token_hex(12)  # no policy can know it
    return Circumstances(
        assumption(options["role_arn"], session_name, contract.external_id, options["duration_seconds"]),
        contract=contract,
        asked=asked,
        tokens=tokens,
        caller_arn=options.get("caller_arn"),
        inside_objects={place: keys["inside"] for place, keys in lying.items() if keys.get("inside")},
        outside_objects={place: keys["outside"] for place, keys in lying.items() if keys.get("outside")},
        forbidden_objects=options.get("forbidden_objects") or {},
        object_versions=options.get("object_versions") or {},
        traceless=traceless,
        plain_http=options.get("plain_http", True),
        object_locks=object_locks(contract, options),
        factor=Factor(options.get("mfa_serial") or "", options.get("mfa_code") or ""),
    )


def lying_objects(contract: Contract, options: Options) -> dict[str, Mapping[str, str]]:
    """The keys of objects that are there already, by the names of the places that they lie inside or outside of.

    Those that have options of their own belong to the first place.
    """
    first = {"inside": options.get("inside_object"), "outside": options.get("outside_object")}
    given = {contract.grants[0].name: {name: key for name, key in first.items() if key}}
    return {**given, **(options.get("place_objects") or {})}


def object_locks(contract: Contract, options: Options) -> dict[str, str]:
    """What was read of each bucket's Object Lock; what was read of one bucket alone is that of the first."""
    of_the_first = {contract.bucket: options["object_lock"]} if options.get("object_lock") else {}
    return {**of_the_first, **(options.get("object_locks") or {})}


def patience(
    options: Options, changed_at: str | None, least: float = LEAST_PATIENCE, now: datetime | None = None
) -> Patience:
    """For how long to ask again, and who hears of it; ``now`` is when the first asking began, where that is over."""
    seconds = seconds_left(options["wait_timeout"], changed_at, now or datetime.now(timezone.utc), least)
    return Patience(seconds, telling(options.get("progress_file")))


def seconds_left(wait_timeout: float, changed_at: str | None, now: datetime, least: float = LEAST_PATIENCE) -> float:
    """For how many seconds propagation can still explain an answer, given when something was changed last."""
    if not changed_at:
        return wait_timeout
    age = (now - datetime.fromisoformat(changed_at.replace("Z", "+00:00"))).total_seconds()
    return min(wait_timeout, max(least, wait_timeout - age))
