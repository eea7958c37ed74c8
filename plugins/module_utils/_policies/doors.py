# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which roles of an account let somebody in who has no permission of his own to assume them. Pure.

In one account a trust policy that names a user or a role is enough. One that names the account leaves it to the
policies of the account's users and roles, so it lets nobody in by itself.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import account, is_session_of, who
from ansible_collections.assumerole.s3.plugins.module_utils._policies.atoms import (
    ALLOW,
    DENY,
    AllBut,
    Atom,
    Document,
    account_named,
    by_effect,
    keys_of,
    split,
)
from ansible_collections.assumerole.s3.plugins.module_utils._policies.conditions import Condition
from ansible_collections.assumerole.s3.plugins.module_utils._policies.facts import Holds, Known, holds
from ansible_collections.assumerole.s3.plugins.module_utils._policies.patterns import matches

ASSUME_ROLE = "sts:assumerole"

#: Whom a principal of a policy is, beside somebody else.
ITSELF, A_SESSION, THE_ACCOUNT = "itself", "a session", "the account"


@dataclass(frozen=True)
class Caller:
    """A user, or the sessions of a role: ``known`` is what its requests carry, ``policies`` are its own."""

    arn: str
    unique_id: str
    known: Known
    policies: tuple[Document, ...] = ()

    def named(self, principal: str) -> str | None:
        """Whether a principal is the caller, one of its sessions, its account, or somebody else."""
        if principal in ("*", self.arn, self.unique_id):
            return ITSELF
        if account_named(principal) == self._account:
            return THE_ACCOUNT
        sessions = self._is_role and principal.count(":") == 5
        return A_SESSION if sessions and is_session_of(principal, self.arn) else None

    @property
    def whole(self) -> set[str]:
        """All that must be named for a denial of everybody else to spare the caller."""
        return {ITSELF, THE_ACCOUNT, A_SESSION} if self._is_role else {ITSELF, THE_ACCOUNT}

    @cached_property
    def _account(self) -> str:
        return account(self.arn)

    @cached_property
    def _is_role(self) -> bool:
        return who(self.arn)[1] == "role"


@dataclass(frozen=True)
class Door:
    """A role that lets the caller in: for certain, or if conditions are met that cannot be judged."""

    role_arn: str
    certain: bool
    keys: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.role_arn if self.certain or not self.keys else f"{self.role_arn} (if {', '.join(self.keys)})"


def doors(trusts: Mapping[str, Sequence[Atom]], caller: Caller) -> Iterator[Door]:
    """The roles that may let the caller in, of the atoms of these trust policies by the ARNs of their roles."""
    _allowing, denying = by_effect(caller.policies)
    for role_arn, trust in trusts.items():
        allowing, refusing = split(trust)
        opening = [(atom, _applies(atom, caller, role_arn)) for atom in allowing]
        opens = _any(answer for _atom, answer in opening)
        if opens is False:
            continue
        closing = [(atom, _applies(atom, caller, role_arn)) for atom in (*refusing, *denying)]
        admitted = _all([opens, _not(_any(answer for _atom, answer in closing))])
        if admitted is not False:
            undecided = [atom for atom, answer in (*opening, *closing) if answer is None]
            yield Door(role_arn, bool(admitted), tuple(sorted(set(_unjudged(undecided, caller.known)))))


def _applies(atom: Atom, caller: Caller, role_arn: str) -> bool | None:
    """Whether a statement speaks of the caller's request to assume the role."""
    return _all(_answers(atom, caller, role_arn))


def _answers(atom: Atom, caller: Caller, role_arn: str) -> Iterator[bool | None]:
    """Whether each part of it does, and the caller first: of a thousand roles nearly all speak of somebody else."""
    yield _of_caller(atom, caller)
    yield _of_action(atom.action)
    yield _of_resource(atom.resource, role_arn)
    for condition in atom.conditions:
        yield _met(condition, caller.known)


def _of_action(action: str | AllBut) -> bool | None:
    return _speaks_of(action, lambda pattern: matches(pattern, ASSUME_ROLE))


def _of_resource(resource: str | AllBut, role_arn: str) -> bool | None:
    """A trust policy has no resource. What a variable stands for cannot be told."""
    return not resource or _speaks_of(resource, lambda pattern: None if "${" in pattern else matches(pattern, role_arn))


def _speaks_of(element: str | AllBut, test: Callable[[str], bool | None]) -> bool | None:
    if isinstance(element, AllBut):
        return _not(_any(test(pattern) for pattern in element.patterns))
    return test(element)


def _of_caller(atom: Atom, caller: Caller) -> bool | None:
    """Whether a statement is about the caller; a policy of the caller's own has no principal."""
    if isinstance(atom.principal, AllBut):
        return _not(_spared(atom, {caller.named(name) for name in atom.principal.patterns} - {None}, caller))
    if not atom.principal:
        return atom.effect == DENY
    named = caller.named(atom.principal)
    if named == A_SESSION:
        return True if atom.effect == ALLOW else None  # who assumes a role gives the session its name
    return named == ITSELF or (named == THE_ACCOUNT and atom.effect == DENY)


def _spared(atom: Atom, named: set[str | None], caller: Caller) -> bool | None:
    """Whether ``NotPrincipal`` leaves the caller out.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    """
    if not named:
        return False
    enough = ITSELF in named if atom.effect == ALLOW else caller.whole <= named
    return True if enough else None


def _unjudged(undecided: Iterable[Atom], known: Known) -> Iterator[str]:
    """The keys of the conditions that could not be judged."""
    for atom in undecided:
        yield from keys_of(condition for condition in atom.conditions if _met(condition, known) is None)


def _met(condition: Condition, known: Known) -> bool | None:
    """Whether the caller meets a condition; it may be able to, and its administrator may be."""
    return {Holds.ALWAYS: True, Holds.NEVER: False}.get(holds(condition, known))


# Three answers: yes, no, and that it cannot be told.


def _all(answers: Iterable[bool | None]) -> bool | None:
    """No as soon as one is no: what comes after it is not asked."""
    unknown = False
    for answer in answers:
        if answer is False:
            return False
        unknown = unknown or answer is None
    return None if unknown else True


def _any(answers: Iterable[bool | None]) -> bool | None:
    return _not(_all(_not(answer) for answer in answers))


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer
