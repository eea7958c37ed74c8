# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What policy documents mean beside what they should mean. Pure.

Documents are taken apart into atoms: one effect, principal, action, resource and set of conditions each. Order, Sids,
one string or a list of one, and the case of actions make no difference then, nor does a grant that a wider one
contains.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
import re
from typing import Any

ALLOW = "Allow"
DENY = "Deny"

Document = Mapping[str, Any]
Condition = tuple[str, str, frozenset[str]]


@dataclass(frozen=True)
class Atom:
    """The smallest part of a policy; an element that is negated (``NotAction`` …) begins with ``not``."""

    effect: str
    principal: str
    action: str
    resource: str
    conditions: frozenset[Condition] = frozenset()

    @property
    def negated(self) -> bool:
        """Whether it speaks of everything but what it names."""
        return any(part.startswith("not ") for part in (self.principal, self.action, self.resource))

    def __str__(self) -> str:
        who = f" for {self.principal}" if self.principal else ""
        where = f" on {self.resource}" if self.resource else ""
        when = f" if {', '.join(sorted(key for _operator, key, _values in self.conditions))}" if self.conditions else ""
        return f"{self.effect} {self.action}{where}{who}{when}"


@dataclass(frozen=True)
class Difference:
    """How documents differ from the wished one; empty in every part when they mean the same."""

    extra: tuple[Atom, ...] = ()
    lacking: tuple[Atom, ...] = ()
    narrowing: tuple[Atom, ...] = ()
    unguarded: tuple[Atom, ...] = field(default=())


def compare(actual: Iterable[Document], wished: Document, tolerated: Iterable[Document] = ()) -> Difference:
    """What the actual documents together allow beyond the wished one, do not allow, deny, and do not deny.

    ``tolerated`` documents may be there without being wished.
    """
    is_allowed, is_denied = _by_effect(actual)
    should_allow, should_deny = _by_effect([wished])
    may_allow, may_deny = _by_effect([wished, *tolerated])
    return Difference(
        extra=tuple(atom for atom in is_allowed if not _covered(atom, may_allow)),
        lacking=tuple(atom for atom in should_allow if not _covered(atom, is_allowed)),
        narrowing=tuple(
            atom
            for atom in is_denied
            if not _covered(atom, may_deny) and any(_meet(atom, wish) for wish in should_allow)
        ),
        unguarded=tuple(atom for atom in should_deny if not _covered(atom, is_denied)),
    )


def atoms(document: Document) -> list[Atom]:
    """The parts of a document, in its order."""
    return [
        Atom(str(statement.get("Effect")), principal, action, resource, _conditions(statement.get("Condition")))
        for statement in _list(document.get("Statement"))
        for principal, action, resource in product(
            _element(statement, "Principal"), _element(statement, "Action"), _element(statement, "Resource")
        )
    ]


def allows(documents: Iterable[Document], wish: Atom) -> bool:
    """Whether the documents allow all of an atom and deny nothing of it."""
    is_allowed, is_denied = _by_effect(documents)
    return _covered(wish, is_allowed) and not any(_meet(atom, wish) for atom in is_denied)


def patterns_meet(one: str, other: str) -> bool:
    """Whether any text matches both patterns, in which ``*`` stands for any characters and ``?`` for one."""
    to_do, seen = [(one, other)], set()
    while to_do:
        pair = to_do.pop()
        if pair in seen:
            continue
        seen.add(pair)
        left, right = pair
        if not left.strip("*") and not right.strip("*"):
            return True
        if left.startswith("*") or right.startswith("*"):
            to_do += [(left[1:], right), (left, right[1:])]
        elif left and right and (left[0] == right[0] or "?" in (left[0], right[0])):
            to_do.append((left[1:], right[1:]))
    return False


def _by_effect(documents: Iterable[Document]) -> tuple[list[Atom], list[Atom]]:
    every = [atom for document in documents for atom in atoms(document)]
    return [atom for atom in every if atom.effect == ALLOW], [atom for atom in every if atom.effect == DENY]


def _covered(atom: Atom, by: Iterable[Atom]) -> bool:
    return any(_covers(wide, atom) for wide in by)


def _covers(wide: Atom, narrow: Atom) -> bool:
    """Whether all that ``narrow`` speaks of is spoken of by ``wide``."""
    if wide.negated or narrow.negated:
        return wide == narrow
    return (
        wide.principal in ("*", narrow.principal)
        and _matches(wide.action, narrow.action)
        and _matches(wide.resource, narrow.resource)
        and wide.conditions <= narrow.conditions
    )


def _meet(atom: Atom, wish: Atom) -> bool:
    """Whether a denial may take away some of a wish; what is negated is taken for everything."""
    same_principal = atom.principal in ("", "*") or wish.principal in ("", atom.principal) or atom.negated
    same_action = atom.action.startswith("not ") or patterns_meet(atom.action, wish.action)
    same_resource = (
        not atom.resource or atom.resource.startswith("not ") or patterns_meet(atom.resource, wish.resource or "*")
    )
    return same_principal and same_action and same_resource


def _matches(pattern: str, text: str) -> bool:
    """The text may itself be a pattern: then all that it matches is matched, too."""
    regex = "".join(".*" if char == "*" else "[^*]" if char == "?" else re.escape(char) for char in pattern)
    return re.fullmatch(regex, text, re.DOTALL) is not None


def _element(statement: Document, name: str) -> list[str]:
    """The values of an element; one that is missing is a single empty value."""
    if f"Not{name}" in statement:
        return [f"not {' '.join(sorted(_values(name, statement[f'Not{name}'])))}"]
    return _values(name, statement[name]) if name in statement else [""]


def _values(name: str, value: Any) -> list[str]:
    if name == "Principal":
        return _principals(value)
    texts = [str(item) for item in _list(value)]
    return [text.lower() for text in texts] if name == "Action" else texts


def _principals(value: Any) -> list[str]:
    """``"*"`` and ``{"AWS": "*"}`` are the same, and so are an account's number and its root."""
    if not isinstance(value, Mapping):
        return [str(item) for item in _list(value)]
    return [_principal(kind, str(item)) for kind, items in value.items() for item in _list(items)]


def _principal(kind: str, name: str) -> str:
    if kind != "AWS":
        return f"{kind} {name}"
    return f"arn:aws:iam::{name}:root" if re.fullmatch(r"\d{12}", name) else name


def _conditions(value: Any) -> frozenset[Condition]:
    return frozenset(
        (operator.lower(), key.lower(), frozenset(_text(item) for item in _list(values)))
        for operator, block in (value or {}).items()
        for key, values in block.items()
    )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]
