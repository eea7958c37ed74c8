# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policy documents taken apart into atoms: one effect, principal, action, resource and set of conditions each. Pure.

Order, Sids, one string or a list of one, and the case of actions make no difference then.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
import re
from types import MappingProxyType
from typing import Any, Union

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import ACCOUNT_ID, ANY_ACCOUNT
from ansible_collections.assumerole.s3.plugins.module_utils._policies.conditions import Condition, conditions_of

ALLOW = "Allow"
DENY = "Deny"

Document = Mapping[str, Any]

#: ARNs of users and roles by their unique ids.
Ids = Mapping[str, str]
NO_IDS: Ids = MappingProxyType({})

#: A bare id may also be a user's or a role's; an ARN of the root says that it is an account's.
_ACCOUNT = re.compile(rf"({ACCOUNT_ID})|arn:[^:]*:iam::({ANY_ACCOUNT}):root")
_USER_OR_ROLE = re.compile(rf"arn:[^:*?$]+:iam::{ANY_ACCOUNT}:(user|role)/[^*?$]+")


@dataclass(frozen=True)
class AllBut:
    """Everything that none of the patterns matches: ``NotAction`` and its like."""

    patterns: frozenset[str]

    def __str__(self) -> str:
        return f"all but {', '.join(sorted(self.patterns))}"


Element = Union[str, AllBut]  # noqa: UP007 - pylint takes the operator for arithmetic here


@dataclass(frozen=True)
class Atom:
    """The smallest part of a policy; a policy of an identity has no principal.

    A resource's policy is asked for requests for that resource alone, whatever it names: ``asked_for`` are their
    actions and their resource. ``for_everybody`` says that the policy names everybody, and a condition the principal.
    """

    effect: str
    principal: Element
    action: Element
    resource: Element
    conditions: frozenset[Condition] = frozenset()
    asked_for: tuple[str, str] | None = None
    for_everybody: bool = field(default=False, compare=False)

    @property
    def actions(self) -> tuple[Element, ...]:
        """The elements in each of which an action of it is."""
        return (self.action, self.asked_for[0]) if self.asked_for else (self.action,)

    @property
    def resources(self) -> tuple[Element, ...]:
        """The elements in each of which a resource of it is."""
        return (self.resource, self.asked_for[1]) if self.asked_for else (self.resource,)

    def __str__(self) -> str:
        who = f" for {self.principal}" if self.principal else ""
        where = f" on {self.resource}" if self.resource else ""
        when = f" if {', '.join(keys_of(self.conditions))}" if self.conditions else ""
        return f"{self.effect} {self.action}{where}{who}{when}"


def atoms(document: Document, ids: Ids = NO_IDS) -> list[Atom]:
    """The parts of a document, in its order.

    For a moment AWS may show the unique id of a user or role as a principal instead of its ARN. Ids are never used
    again, so those of ``ids`` are read as their ARNs: as principals, and nowhere else in the document.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
    """
    return [
        part
        for statement in _list(document.get("Statement"))
        for principal, action, resource in product(
            _element(statement, "Principal", ids), _element(statement, "Action"), _element(statement, "Resource")
        )
        for part in _narrowed(
            Atom(str(statement.get("Effect")), principal, action, resource, conditions_of(statement.get("Condition")))
        )
    ]


def by_effect(documents: Iterable[Document], ids: Ids = NO_IDS) -> tuple[list[Atom], list[Atom]]:
    """What documents together allow and deny."""
    return split(atom for document in documents for atom in atoms(document, ids))


def split(found: Iterable[Atom]) -> tuple[list[Atom], list[Atom]]:
    """The atoms that allow and those that deny."""
    every = list(found)
    return [atom for atom in every if atom.effect == ALLOW], [atom for atom in every if atom.effect == DENY]


def keys_of(conditions: Iterable[Condition]) -> list[str]:
    """The condition keys, as the policy spells them."""
    return sorted({condition.written or condition.key for condition in conditions})


def account_named(principal: str) -> str | None:
    """The account that a principal stands for as a whole, by its number or as its root."""
    found = _ACCOUNT.fullmatch(principal)
    return found[1] or found[2] if found else None


def _narrowed(atom: Atom) -> list[Atom]:
    """A grant for everybody whose ``aws:PrincipalArn`` is one of a few is a grant for these few.

    It carries the ARN of the role for each of the role's sessions, and no request without a principal has it.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    """
    named = next((condition for condition in atom.conditions if _names_principals(condition)), None)
    if atom.effect != ALLOW or atom.principal != "*" or named is None:
        return [atom]
    rest = atom.conditions - {named}
    return [replace(atom, principal=value, conditions=rest, for_everybody=True) for value in sorted(named.values)]


def _names_principals(condition: Condition) -> bool:
    return (
        condition.key == "aws:principalarn"
        and condition.operator in ("stringequals", "stringlike", "arnlike")
        and all(_USER_OR_ROLE.fullmatch(value) for value in condition.values)
    )


def _element(statement: Document, name: str, ids: Ids = NO_IDS) -> list[Element]:
    """The values of an element; one that is missing is a single empty value."""
    if f"Not{name}" in statement:
        return [AllBut(frozenset(_values(name, statement[f"Not{name}"], ids)))]
    return list(_values(name, statement[name], ids)) if name in statement else [""]


def _values(name: str, value: Any, ids: Ids) -> list[str]:
    if name == "Principal":
        return [ids.get(principal, principal) for principal in _principals(value)]
    texts = [str(item) for item in _list(value)]
    return [text.lower() for text in texts] if name == "Action" else texts


def _principals(value: Any) -> list[str]:
    """``"*"`` and ``{"AWS": "*"}`` are the same; what is no AWS principal keeps its kind before its name."""
    if not isinstance(value, Mapping):
        return [str(item) for item in _list(value)]
    return [str(item) if kind == "AWS" else f"{kind} {item}" for kind, items in value.items() for item in _list(items)]


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]
