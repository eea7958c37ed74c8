# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who gets into the role, and how nobody must: the questions about trust. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import row_of
from ansible_collections.assumerole.s3.plugins.module_utils._checks.questions import (
    Expectation,
    Scope,
    about,
    alive,
    asking,
    refusal,
)
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import ARN, OIDC, SERVICE, Principal

#: Longer ones there are not: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
LONGEST_SESSION = 43200


def ways_in(contract: Contract, scope: Scope) -> tuple[Principal, ...]:
    """Who of the principals can be asked to get into the role; the first one's session is the role's."""
    own = tuple(who for who in contract.principals if who not in contract.trusted)
    return (*own, *(who for who in contract.trusted if who.label in scope.trusted))


def identities(contract: Contract, role_arn: str) -> Iterator[Expectation]:
    """Who asks, and as whom it asks then."""
    if contract.has_user:
        yield asking(row_of("user.identity"), "*", "identity")
        yield replace(asking(row_of("role.assume"), role_arn, "assume"), fenced=contract.conditions.of_assuming)
    yield asking(row_of("role.identity"), role_arn, "session_identity")


def trust(contract: Contract, role_arn: str, scope: Scope) -> Iterator[Expectation]:
    """Who else gets into the role, and how."""
    if contract.has_user and contract.external_id:
        yield refusal("trust.no_external_id", role_arn, "assume_without_external_id", "role.assume")
        yield refusal("trust.wrong_external_id", role_arn, "assume_with_wrong_external_id", "role.assume")
    if contract.has_user and contract.conditions.mfa:
        yield refusal("trust.no_mfa", role_arn, "assume_without_mfa", alive("user.identity", "role.assume", contract))
    longest = next((who for who in ways_in(contract, scope) if not who.is_role), None)
    if contract.max_session_duration < LONGEST_SESSION and longest:
        longer = refusal("trust.longer_session", role_arn, "assume_for_too_long", longest.way_in)
        yield longer if contract.has_user else replace(longer, principal="trusted")
    if scope.outsider:
        yield asking(row_of("outsider.identity"), "*", "outsider_identity")
        if contract.has_user:
            control = alive("outsider.identity", "role.assume", contract)
            yield refusal("trust.outsider", role_arn, "assume_as_outsider", control)
    if scope.operator and not contract.has_user:
        yield asking(row_of("operator.identity"), "*", "operator_identity")
        way_in = next((who.way_in for who in ways_in(contract, scope)), "")
        control = alive("operator.identity", way_in, contract)
        yield refusal("trusted.operator", role_arn, "assume_as_operator", control)


def trusted(who: Principal, contract: Contract, role_arn: str, scope: Scope) -> Iterator[Expectation]:
    """Whether one of the others gets in, and how nobody must."""
    return QUESTIONS[who.kind.name](who, contract, role_arn, scope)


def _trusted_token(who: Principal, contract: Contract, role_arn: str, scope: Scope) -> Iterator[Expectation]:
    """A token gets in; one that is not as the provider signed it, or not for the role, does not."""
    yield _getting_in(who, contract, role_arn, "assume_with_token")
    if who.label not in scope.trusted:
        return
    for name in ("tampered_token", "unsigned_token", *(["refused_token"] if scope.refused_token else [])):
        yield refusal(f"trusted.{name}", role_arn, f"assume_with_{name}", who.way_in, who.label)
    yield from _trusted_elsewhere(who, contract, role_arn)


def _trusted_service(who: Principal, contract: Contract, role_arn: str, scope: Scope) -> Iterator[Expectation]:
    """Nobody can ask as a service; beside one, and without a user, an outsider must be refused all the same."""
    yield about(row_of(who.way_in), role_arn, "assume_as_service", who.label)
    if scope.outsider and not contract.has_user:
        yield refusal("trusted.outsider", role_arn, "assume_as_outsider", "outsider.identity", who.label)


def _trusted_arn(who: Principal, contract: Contract, role_arn: str, scope: Scope) -> Iterator[Expectation]:
    """A role or user gets in; with its external id nobody else must, where it tells them apart."""
    label, can_be_asked = who.label, who.label in scope.trusted
    if can_be_asked:
        yield about(row_of(f"trusted.identity@{label}"), "*", "trusted_identity", label)
    yield _getting_in(who, contract, role_arn, "assume_as_trusted")
    if can_be_asked and contract.conditions.mfa:
        control = alive(f"trusted.identity@{label}", who.way_in, contract)
        yield refusal("trusted.no_mfa", role_arn, "assume_without_mfa", control, label)
    if can_be_asked and who.external_id:
        yield refusal("trusted.no_external_id", role_arn, "assume_without_external_id", who.way_in, label)
        yield refusal("trusted.wrong_external_id", role_arn, "assume_with_wrong_external_id", who.way_in, label)
    apart = who.external_id not in (None, contract.external_id)
    if contract.has_user and contract.external_id and apart:
        yield refusal("trusted.user", role_arn, "assume_as_user", "role.assume", label)
    if scope.outsider and (apart or not contract.has_user):
        control = alive("outsider.identity", who.way_in, contract)
        yield refusal("trusted.outsider", role_arn, "assume_as_outsider", control, label)
    if can_be_asked:
        yield from _trusted_elsewhere(who, contract, role_arn)


def _getting_in(who: Principal, contract: Contract, role_arn: str, probe: str) -> Expectation:
    """One of the others gets in; where the contract says from where, it may be refused for where it asks from."""
    question = about(row_of(who.way_in), role_arn, probe, who.label)
    return replace(question, fenced=contract.conditions.of_assuming)


def _trusted_elsewhere(who: Principal, contract: Contract, role_arn: str) -> Iterator[Expectation]:
    """Where the contract says from where the role is assumed, it does not get in from another network."""
    if contract.conditions.of_assuming:
        refused = refusal("trusted.elsewhere", role_arn, "assume_from_elsewhere", who.way_in, who.label)
        yield replace(refused, action=who.kind.action)


#: What there is to ask, by the kind of principal.
QUESTIONS: Mapping[str, Callable[[Principal, Contract, str, Scope], Iterator[Expectation]]] = {
    ARN.name: _trusted_arn,
    OIDC.name: _trusted_token,
    SERVICE.name: _trusted_service,
}


def from_elsewhere(contract: Contract, role_arn: str, scope: Scope) -> Iterator[Expectation]:
    """Where the contract says from where the role is assumed, its user does not assume it from another network."""
    if contract.has_user and contract.conditions.of_requests and scope.elsewhere:
        yield asking(row_of("network.identity"), "*", "elsewhere_identity")
    if contract.has_user and contract.conditions.of_assuming:
        yield refusal("network.assume", role_arn, "assume_from_elsewhere", "role.assume")
