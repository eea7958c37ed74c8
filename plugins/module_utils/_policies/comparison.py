# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What policy documents mean beside what they should mean. Pure.

Documents are taken apart into atoms: one effect, principal, action, resource and set of conditions each. Order, Sids,
one string or a list of one, and the case of actions make no difference then, nor does a grant that a wider one
contains, nor a denial that meets nothing of what was wished.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import product
import re
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import is_session_of
from ansible_collections.assumerole.s3.plugins.module_utils._policies.conditions import (
    NOTHING_KNOWN,
    Condition,
    Known,
    conditions_of,
    implied,
    never,
    remaining,
)
from ansible_collections.assumerole.s3.plugins.module_utils._policies.patterns import matches, patterns_meet, widest

ALLOW = "Allow"
DENY = "Deny"

Document = Mapping[str, Any]


@dataclass(frozen=True)
class AllBut:
    """Everything that none of the patterns matches: ``NotAction`` and its like."""

    patterns: frozenset[str]

    def __str__(self) -> str:
        return f"all but {', '.join(sorted(self.patterns))}"


@dataclass(frozen=True)
class Atom:
    """The smallest part of a policy; a policy of an identity has no principal."""

    effect: str
    principal: str | AllBut
    action: str | AllBut
    resource: str | AllBut
    conditions: frozenset[Condition] = frozenset()

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
    unguarded: tuple[Atom, ...] = ()


def compare(
    actual: Iterable[Document],
    wished: Document,
    tolerated: Iterable[Document] = (),
    known: Known = NOTHING_KNOWN,
) -> Difference:
    """What the actual documents together allow beyond the wished one, do not allow, deny, and do not deny.

    ``tolerated`` documents may be there without being wished. ``known`` is what the requests carry that the wished
    document is there to allow: a condition that they all meet takes nothing away from them, and a denial under one that
    none of them meets does not, either.
    """
    is_allowed, is_denied = _by_effect(actual)
    should_allow, should_deny = _by_effect([wished])
    may_allow, may_deny = _by_effect([wished, *tolerated])
    return Difference(
        extra=tuple(atom for atom in is_allowed if not _covered(atom, may_allow)),
        lacking=tuple(atom for atom in should_allow if not _covered(atom, _for_requests(is_allowed, known))),
        narrowing=tuple(
            atom
            for atom in is_denied
            if not _covered(atom, may_deny) and any(_takes_from(atom, wish, known) for wish in should_allow)
        ),
        unguarded=tuple(atom for atom in should_deny if not _covered(atom, is_denied)),
    )


def atoms(document: Document) -> list[Atom]:
    """The parts of a document, in its order."""
    return [
        Atom(str(statement.get("Effect")), principal, action, resource, conditions_of(statement.get("Condition")))
        for statement in _list(document.get("Statement"))
        for principal, action, resource in product(
            _element(statement, "Principal"), _element(statement, "Action"), _element(statement, "Resource")
        )
    ]


def allows(documents: Iterable[Document], wish: Atom, known: Known = NOTHING_KNOWN) -> bool:
    """Whether the documents allow all of an atom and deny nothing of it."""
    is_allowed, is_denied = _by_effect(documents)
    return _covered(wish, _for_requests(is_allowed, known)) and not any(
        _takes_from(atom, wish, known) for atom in is_denied
    )


def _by_effect(documents: Iterable[Document]) -> tuple[list[Atom], list[Atom]]:
    every = [atom for document in documents for atom in atoms(document)]
    return [atom for atom in every if atom.effect == ALLOW], [atom for atom in every if atom.effect == DENY]


def _for_requests(found: Iterable[Atom], known: Known) -> list[Atom]:
    """The atoms as they are for requests of which something is known."""
    return [replace(atom, conditions=remaining(atom.conditions, known)) for atom in found]


def _covered(atom: Atom, by: Iterable[Atom]) -> bool:
    return any(_covers(wide, atom) for wide in by)


def _covers(wide: Atom, narrow: Atom) -> bool:
    """Whether all that ``narrow`` speaks of is spoken of by ``wide``."""
    return (
        _contains(wide.principal, narrow.principal, _is_principal, _is_principal)
        and _contains(wide.action, narrow.action, matches, patterns_meet)
        and _contains(wide.resource, narrow.resource, matches, patterns_meet)
        and implied(wide.conditions, narrow.conditions)
    )


def _takes_from(denial: Atom, wish: Atom, known: Known) -> bool:
    """Whether a denial may take away some of a wish."""
    return (
        not never(denial.conditions, known)
        and _meets(denial.principal, str(wish.principal), _is_principal, _may_be_principal)
        and _meets(denial.action, str(wish.action), matches, patterns_meet)
        and _meets(denial.resource, str(wish.resource), matches, patterns_meet)
    )


Match = Callable[[str, str], bool]


def _contains(wide: str | AllBut, narrow: str | AllBut, contains: Match, meets: Match) -> bool:
    """Whether an element speaks of all that another one speaks of."""
    if isinstance(narrow, AllBut):
        return wide == "*" or (isinstance(wide, AllBut) and wide.patterns <= narrow.patterns)
    if isinstance(wide, AllBut):
        return not any(meets(widest(pattern), widest(narrow)) for pattern in wide.patterns)
    return contains(wide, widest(narrow))


def _meets(element: str | AllBut, wish: str, contains: Match, meets: Match) -> bool:
    """Whether an element speaks of some of a wish; where either has no such element, it speaks of everything."""
    if not element or not wish:
        return True
    if isinstance(element, AllBut):
        return not any(contains(pattern, wish) for pattern in element.patterns)
    return meets(widest(element), wish)


def _is_principal(wide: str, narrow: str) -> bool:
    """Whether all that ``narrow`` names is named by ``wide``; a session is its role, narrowed down."""
    return wide in ("*", narrow) or (":role/" in wide and _is_session(narrow) and is_session_of(narrow, wide))


def _may_be_principal(denied: str, wished: str) -> bool:
    """Whether a denial for a principal reaches another one: itself, its whole account or one of its sessions.

    What a canonical user id stands for cannot be seen, so it may be anybody.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    account = re.fullmatch(r"arn:[^:]*:iam::(\d{12}):root", denied)
    if account:
        return f"::{account[1]}:" in wished
    return denied.startswith("CanonicalUser ") or _is_principal(denied, wished) or _is_principal(wished, denied)


def _is_session(principal: str) -> bool:
    return re.match(r"arn:[^:]*:sts::\d{12}:assumed-role/", principal) is not None


def _element(statement: Document, name: str) -> list[str | AllBut]:
    """The values of an element; one that is missing is a single empty value."""
    if f"Not{name}" in statement:
        return [AllBut(frozenset(_values(name, statement[f"Not{name}"])))]
    return list(_values(name, statement[name])) if name in statement else [""]


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


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]
