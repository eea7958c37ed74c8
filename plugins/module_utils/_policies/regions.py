# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets of requests, and what is left of one when others are taken out of it. Pure.

A policy's atom is such a set: a principal, actions, resources and conditions. That nothing is left is proven; that
something is left means that no proof was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
import re

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import ANY_ACCOUNT, is_session_of
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import BUCKET, OBJECTS, ON
from ansible_collections.assumerole.s3.plugins.module_utils._policies.atoms import (
    DENY,
    AllBut,
    Atom,
    Element,
    account_named,
)
from ansible_collections.assumerole.s3.plugins.module_utils._policies.conditions import Condition, opposite
from ansible_collections.assumerole.s3.plugins.module_utils._policies.facts import (
    NOTHING_KNOWN,
    Fact,
    Holds,
    Known,
    all_hold,
    facts_of,
    holds,
)
from ansible_collections.assumerole.s3.plugins.module_utils._policies.patterns import matches, patterns_meet, widest

#: More pieces than any policy of common sense leaves; beyond, no proof is looked for.
MOST_PIECES = 200


class Entangled(Exception):
    """So many statements overlap that nothing is proven, neither that something is left nor that nothing is."""


#: Which actions are on a bucket as a whole, and which on objects: none is on both.
#: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
_ON = {action.lower(): on for action, on in ON.items()}

#: The ARN of a bucket or of objects; that of an access point has a region and an account.
_IN_S3 = re.compile(r"arn:[^:]*:s3:::(.*)", re.DOTALL)


@dataclass(frozen=True)
class Region:
    """The requests of a principal that are in each of these elements and meet each condition."""

    principal: Element
    actions: tuple[Element, ...]
    resources: tuple[Element, ...]
    conditions: frozenset[Condition] = frozenset()

    @classmethod
    def of(cls, atom: Atom) -> Region:
        """What an atom speaks of."""
        return cls(atom.principal, atom.actions, atom.resources, atom.conditions)

    def within(self, atom: Atom, conditions: Iterable[Condition] = ()) -> Region:
        """The part that an atom's actions and resources, and these conditions, speak of."""
        return replace(
            self,
            actions=(*self.actions, *atom.actions),
            resources=(*self.resources, *atom.resources),
            conditions=self.conditions | frozenset(conditions),
        )

    def is_empty(self, known: Known = NOTHING_KNOWN) -> bool:
        """Whether it is proven that there is no such request."""
        return (
            _none_in(self.actions)
            or _none_in(self.resources)
            or _of_another_type(self.actions, self.resources)
            or _contradictory(self.conditions, {**known, **self.caller})
        )

    @property
    def caller(self) -> Known:
        """What is known of requests by one named user or role: its sessions carry the role's ARN.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
        """
        who = self.principal
        named = isinstance(who, str) and re.match(rf"arn:[^:]*:iam::{ANY_ACCOUNT}:(user|role)/", who) is not None
        return {"aws:principalarn": Fact((str(who),))} if named else {}


def left(region: Region, taken: Iterable[Atom], known: Known = NOTHING_KNOWN) -> list[Region]:
    """What is left of a region without what the atoms speak of; ``known`` is known of all of its requests.

    Raises :class:`Entangled` when it would take too long to tell.
    """
    pieces = [] if region.is_empty(known) else [region]
    for atom in taken:
        if len(pieces) > MOST_PIECES:
            raise Entangled
        pieces = [rest for piece in pieces for rest in _without(piece, atom, known)]
    return pieces


def all_in(atom: Atom, wide: Iterable[Atom], known: Known = NOTHING_KNOWN) -> bool:
    """Whether other atoms together speak of all that this one speaks of; may raise :class:`Entangled`."""
    return not left(Region.of(atom), wide, known)


def _without(region: Region, atom: Atom, known: Known) -> list[Region]:
    """The requests of another action, on another resource, and those that do not meet a condition."""
    if not _is_for(atom, region.principal) or region.within(atom, atom.conditions).is_empty(known):
        return [region]
    facts = {**known, **region.caller, **facts_of(region.conditions)}
    pieces = [
        *(replace(region, actions=(*region.actions, other)) for other in _all_others(atom.actions)),
        *(replace(region, resources=(*region.resources, other)) for other in _all_others(atom.resources)),
        *(
            replace(region, conditions=region.conditions | frozenset(opposite(condition)))
            for condition in atom.conditions - region.conditions
            if holds(condition, facts) is not Holds.ALWAYS
        ),
    ]
    return [piece for piece in pieces if not piece.is_empty(known)]


def _is_for(atom: Atom, principal: Element) -> bool:
    """Whether an atom is for all of a principal: what is denied to an account is denied to everybody in it."""
    if names_all(atom.principal, principal):
        return True
    if atom.effect != DENY or isinstance(atom.principal, AllBut) or isinstance(principal, AllBut):
        return False
    account = account_named(atom.principal)
    return account is not None and f"::{account}:" in principal


def _all_others(elements: tuple[Element, ...]) -> Iterator[Element]:
    """What is not in each of them. A variable may stand for nothing of what it could, so it takes nothing out."""
    for element in elements:
        if isinstance(element, AllBut):
            yield from map(widest, sorted(element.patterns))
        elif "${" in element:
            yield AllBut(frozenset())
        elif element:
            yield AllBut(frozenset({element}))


def _none_in(elements: tuple[Element, ...]) -> bool:
    """Whether nothing is in all of the elements."""
    named = [widest(element) for element in elements if isinstance(element, str) and element]
    spared = [pattern for element in elements if isinstance(element, AllBut) for pattern in element.patterns]
    return any(not patterns_meet(one, other) for place, one in enumerate(named) for other in named[place + 1 :]) or any(
        _all_of_it(pattern, named) for pattern in spared
    )


def _all_of_it(pattern: str, named: list[str]) -> bool:
    """Whether a pattern that is spared is all that is left; one with a variable may stand for less."""
    if "${" in pattern:
        return False
    return pattern == "*" or any(matches(pattern, element) for element in named)


def _of_another_type(actions: tuple[Element, ...], resources: tuple[Element, ...]) -> bool:
    """Whether an action on objects is asked of a bucket, or the other way round."""
    on = {_ON.get(action) for action in actions if isinstance(action, str)}
    named = [found[1] for found in (_IN_S3.fullmatch(item) for item in resources if isinstance(item, str)) if found]
    return (BUCKET in on and any("/" in name for name in named)) or (
        OBJECTS in on and not all(set(name) & set("/*?$") for name in named)
    )


def _contradictory(conditions: frozenset[Condition], known: Known) -> bool:
    """Whether no request meets all of the conditions."""
    if Holds.NEVER in {holds(condition, known) for condition in conditions}:
        return True
    facts = facts_of(conditions)
    if all_hold(conditions, facts) is Holds.NEVER:
        return True
    return any(_meets_no_value(key, fact, conditions) for key, fact in facts.items() if len(fact.values) > 1)


def _meets_no_value(key: str, fact: Fact, conditions: Iterable[Condition]) -> bool:
    """Whether each value by itself, if it is the one that a request carries, meets one of the conditions never."""
    about_it = [condition for condition in conditions if condition.key == key and not condition.of_set]
    return all(
        Holds.NEVER in {holds(condition, {key: replace(fact, values=(value,))}) for condition in about_it}
        for value in fact.values
    )


def names_all(wide: Element, narrow: Element) -> bool:
    """Whether all that ``narrow`` names is named by ``wide``; where a policy has no principal, that is its identity.

    A session is its role, narrowed down. ``NotPrincipal`` names nobody for certain.
    """
    if not wide or wide == narrow:
        return True
    if isinstance(wide, AllBut) or isinstance(narrow, AllBut):
        return wide == "*"
    return wide == "*" or (":role/" in wide and _is_session(narrow) and is_session_of(narrow, wide))


def names_some(denied: str, wished: str) -> bool:
    """Whether a denial for a principal reaches another one: itself, its whole account or one of its sessions.

    What a canonical user id stands for cannot be seen, so it may be anybody.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    account = account_named(denied)
    if account:
        return f"::{account}:" in wished
    return denied.startswith("CanonicalUser ") or names_all(denied, wished) or names_all(wished, denied)


def _is_session(principal: str) -> bool:
    return re.match(rf"arn:[^:]*:sts::{ANY_ACCOUNT}:assumed-role/", principal) is not None
