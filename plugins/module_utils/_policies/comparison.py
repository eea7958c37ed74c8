# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What policy documents mean beside what they should mean: what they allow, less what they deny. Pure.

What cannot be told is neither a difference nor none: it is named as such.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, replace

from ansible_collections.assumerole.s3.plugins.module_utils._policies.atoms import (
    DENY,
    NO_IDS,
    AllBut,
    Atom,
    Document,
    Element,
    Ids,
    account_named,
    atoms,
    by_effect,
    split,
)
from ansible_collections.assumerole.s3.plugins.module_utils._policies.conditions import Condition
from ansible_collections.assumerole.s3.plugins.module_utils._policies.facts import (
    NOTHING_KNOWN,
    Fact,
    Holds,
    Known,
    all_hold,
    facts_of,
    holds,
)
from ansible_collections.assumerole.s3.plugins.module_utils._policies.regions import (
    Entangled,
    Region,
    all_in,
    left,
    names_some,
)

#: What the requests of a contract carry beside what the contract says: a listing any prefix or none, an upload the
#: encryption that it asks for, or none.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/list_amazons3.html
_LISTING = {"s3:prefix": Fact(("*",), absent=True), "s3:delimiter": Fact(("*",), absent=True)}
_OF_ACTION: dict[str, dict[str, Fact]] = {
    "s3:listbucket": _LISTING,
    "s3:listbucketversions": _LISTING,
    "s3:putobject": {"s3:x-amz-server-side-encryption": Fact(("AES256",), absent=True)},
}

#: What is known of requests to S3, and not of those that S3 makes to KMS for them, from wherever it is.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html
_OF_S3_ALONE = frozenset(
    {
        "aws:resourceaccount",
        "aws:securetransport",
        "aws:sourceip",
        "aws:viaawsservice",
        "s3:resourceaccount",
        "s3:tlsversion",
    }
)


@dataclass(frozen=True)
class Requests:
    """The requests that the wished document is there to allow.

    ``known`` is what they carry, each of them; ``of_caller`` the part of it that any other request of the same caller
    carries, too. ``bounded`` callers have a permissions boundary; of some nobody knows (``None``). ``ids`` are the
    unique ids of users and roles.
    """

    known: Known = field(default_factory=lambda: NOTHING_KNOWN)
    of_caller: Known = field(default_factory=lambda: NOTHING_KNOWN)
    bounded: bool | None = False
    ids: Ids = field(default_factory=lambda: NO_IDS)


ANY = Requests()


@dataclass(frozen=True)
class Layers:
    """Other policies, which are judged elsewhere.

    Each of ``limits`` allows at most, as a permissions boundary does; ``beside`` is what is allowed and denied to the
    same caller.
    """

    limits: tuple[Document, ...] = ()
    beside: tuple[Atom, ...] = ()


NO_LAYERS = Layers()


@dataclass(frozen=True)
class Difference:
    """How documents differ from the wished one; empty in every part when they mean the same.

    They allow more, allow less, take away or do not deny. ``unjudged`` is what would be a difference, or would be none,
    by conditions that cannot be judged, ``unproven`` by so many statements that overlap that nobody can tell.
    """

    extra: tuple[Atom, ...] = ()
    lacking: tuple[Atom, ...] = ()
    narrowing: tuple[Atom, ...] = ()
    unguarded: tuple[Atom, ...] = ()
    unjudged: tuple[Atom, ...] = ()
    unproven: tuple[Atom, ...] = ()


def compare(
    actual: Iterable[Document],
    wished: Document,
    tolerated: Iterable[Document] = (),
    requests: Requests = ANY,
    layers: Layers = NO_LAYERS,
) -> Difference:
    """What the actual documents together allow beyond the wished one, do not allow, deny, and do not deny.

    ``tolerated`` documents may be there without being wished. Effective access decides: what is allowed beyond the
    wished document counts as far as the other layers leave it.
    """
    is_allowed, is_denied = by_effect(actual, requests.ids)
    should_allow, should_deny = by_effect([wished])
    may_allow, may_deny = by_effect([wished, *tolerated])
    bounds = [by_effect([limit]) for limit in layers.limits]
    others_allow, others_deny = split(layers.beside)
    wanting = _not_allowed(should_allow, [*is_allowed, *others_allow], requests)
    taken = [*is_denied, *others_deny, *may_allow]
    extra, perhaps_extra = _sorted_out(is_allowed, lambda atom: _exceeds(atom, taken, bounds, requests.of_caller))
    unguarded, perhaps_unguarded = _sorted_out(should_deny, lambda atom: not all_in(atom, is_denied))
    unwished, perhaps_unwished = _sorted_out(is_denied, lambda atom: not all_in(atom, may_deny))
    narrowing, doubted = _taken(should_allow, [*unwished, *perhaps_unwished], requests)
    return replace(
        wanting,
        extra=extra,
        narrowing=tuple(narrowing),
        unguarded=unguarded,
        unjudged=(*wanting.unjudged, *doubted),
        unproven=(*wanting.unproven, *perhaps_extra, *perhaps_unguarded),
    )


def together(differences: Iterable[Difference]) -> Difference:
    """Several as one, each part of which names what it names once."""
    every = list(differences)
    parts = {part.name: [atom for one in every for atom in getattr(one, part.name)] for part in fields(Difference)}
    return Difference(**{name: tuple(_once(found)) for name, found in parts.items()})


def allowed(documents: Iterable[Document], wishes: Iterable[Atom], requests: Requests = ANY) -> Difference:
    """What of the wishes the documents do not allow, deny, and what of it cannot be judged."""
    return allowed_by([atom for document in documents for atom in atoms(document, requests.ids)], wishes, requests)


def allowed_by(found: Iterable[Atom], wishes: Iterable[Atom], requests: Requests = ANY) -> Difference:
    """The same of atoms."""
    is_allowed, is_denied = split(found)
    wishes = list(wishes)
    wanting = _not_allowed(wishes, is_allowed, requests)
    narrowing, doubted = _taken(wishes, is_denied, requests)
    return replace(wanting, narrowing=tuple(narrowing), unjudged=(*wanting.unjudged, *doubted))


def denied(documents: Iterable[Document], wishes: Iterable[Atom], requests: Requests = ANY) -> Difference:
    """What of the wishes the documents deny explicitly, and what of it cannot be judged."""
    narrowing, doubted = _taken(wishes, by_effect(documents, requests.ids)[1], requests)
    return Difference(narrowing=tuple(narrowing), unjudged=tuple(doubted))


def for_caller(document: Document, bucket: str, arn: str, ids: Ids = NO_IDS) -> list[Atom]:
    """What the policy of a bucket, by its ARN, says for certain of a caller, as the caller's own policies would say it.

    It is asked for requests to S3 that are for this bucket or its objects, and for no others, whatever it names.
    """
    return [
        replace(atom, principal="", asked_for=("s3:*", place))
        for atom in atoms(document, ids)
        for place in (bucket, f"{bucket}/*")
        if atom.principal in ("*", arn) or (atom.effect == DENY and _is_account_of(atom.principal, arn))
    ]


def _is_account_of(principal: Element, arn: str) -> bool:
    return isinstance(principal, str) and account_named(principal) == arn.split(":")[4]


Bounds = Iterable[tuple[list[Atom], list[Atom]]]


def _sorted_out(found: Iterable[Atom], is_so: Callable[[Atom], bool]) -> tuple[tuple[Atom, ...], tuple[Atom, ...]]:
    """Those of which something is so, and those of which nobody can tell."""
    answers: dict[bool | None, list[Atom]] = {True: [], False: [], None: []}
    for atom in found:
        try:
            answers[is_so(atom)].append(atom)
        except Entangled:
            answers[None].append(atom)
    return tuple(answers[True]), tuple(answers[None])


def _exceeds(atom: Atom, taken: list[Atom], bounds: Bounds, known: Known) -> bool:
    """Whether some of an allowed atom is neither wished nor denied nor beyond a limit."""
    regions = [Region.of(atom)]
    for allows, denies in bounds:
        regions = [region.within(bound, bound.conditions) for region in regions for bound in allows]
        taken = [*taken, *denies]
    return any(left(region, taken, known) for region in regions)


def _not_allowed(wishes: Iterable[Atom], is_allowed: list[Atom], requests: Requests) -> Difference:
    """What of the wishes is not allowed, and the grants on whose conditions it depends whether a wish is."""
    wishes = list(wishes)
    unmet, perhaps_unmet = _sorted_out(wishes, lambda wish: _is_left(wish, is_allowed, requests))
    lacking, perhaps_lacking = _sorted_out(unmet, lambda wish: _is_left(wish, is_allowed, requests, hoping=True))
    unjudged = [
        atom
        for wish in unmet
        if wish not in (*lacking, *perhaps_lacking)
        for atom in is_allowed
        if _may_be_met(atom, wish, _facts(wish, requests.known))
    ]
    return Difference(lacking=lacking, unjudged=tuple(_once(unjudged)), unproven=(*perhaps_unmet, *perhaps_lacking))


def _is_left(wish: Atom, is_allowed: list[Atom], requests: Requests, *, hoping: bool = False) -> bool:
    """Whether some of a wish is not allowed; ``hoping`` that every condition is met of which it cannot be told."""
    facts = _facts(wish, requests.known)
    if hoping:
        is_allowed = [replace(atom, conditions=_judged(atom.conditions, facts)) for atom in is_allowed]
    return bool(left(Region.of(wish), is_allowed, facts))


def _may_be_met(atom: Atom, wish: Atom, facts: Known) -> bool:
    """Whether it depends on a grant's conditions, which cannot be judged, whether it allows some of a wish."""
    return all_hold(atom.conditions, facts) is Holds.UNKNOWN and _touches(atom, wish, facts)


def _judged(conditions: Iterable[Condition], facts: Known) -> frozenset[Condition]:
    """The conditions without those of which it cannot be told whether they are met."""
    return frozenset(condition for condition in conditions if holds(condition, facts) is not Holds.UNKNOWN)


def _taken(wishes: Iterable[Atom], denials: list[Atom], requests: Requests) -> tuple[list[Atom], list[Atom]]:
    """The denials that take some of the wishes away, and those of which it cannot be told."""
    wishes = list(wishes)
    effects = {atom: {_effect(atom, wish, requests) for wish in wishes} for atom in denials}
    taking = {Holds.ALWAYS, Holds.SOMETIMES}
    return (
        [atom for atom, found in effects.items() if found & taking],
        [atom for atom, found in effects.items() if Holds.UNKNOWN in found and not found & taking],
    )


def _effect(denial: Atom, wish: Atom, requests: Requests) -> Holds:
    """For which of the requests of a wish a denial applies."""
    facts = _facts(wish, requests.known)
    if not _touches(denial, wish, facts):
        return Holds.NEVER
    answers = {_reaches(denial, wish, requests), all_hold(denial.conditions, facts)}
    return next(answer for answer in (Holds.NEVER, Holds.UNKNOWN, Holds.SOMETIMES, Holds.ALWAYS) if answer in answers)


def _touches(atom: Atom, wish: Atom, facts: Known) -> bool:
    """Whether an atom may speak of some action and resource of a wish."""
    return not Region.of(wish).within(atom).is_empty(facts)


def _reaches(denial: Atom, wish: Atom, requests: Requests) -> Holds:
    """Whether a denial is for the principal of a wish."""
    who = str(wish.principal)
    if isinstance(denial.principal, AllBut):
        return _but_for(denial.principal, who, requests)
    reached = not who or not denial.principal or names_some(denial.principal, who)
    return Holds.ALWAYS if reached else Holds.NEVER


def _but_for(spared: AllBut, who: str, requests: Requests) -> Holds:
    """Whether a denial for all but the named is for a principal.

    A session is spared when it is named together with its role and its account, and there is no name for all sessions
    of a role: some are always denied. A user is spared when its account is named, too; with a permissions boundary,
    nobody is.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    """
    if "*" in spared.patterns:
        return Holds.NEVER
    if who not in spared.patterns or ":user/" not in who or requests.bounded:
        return Holds.ALWAYS
    accounts = {account_named(principal) for principal in spared.patterns}
    return Holds.NEVER if who.split(":")[4] in accounts and requests.bounded is False else Holds.UNKNOWN


def _facts(wish: Atom, known: Known) -> Known:
    """What the requests of one wish carry: its own conditions say a part of it."""
    if str(wish.action).startswith("kms:"):
        known = {key: fact for key, fact in known.items() if key not in _OF_S3_ALONE}
    return {**_OF_ACTION.get(str(wish.action), {}), **known, **facts_of(wish.conditions)}


def _once(found: Iterable[Atom]) -> list[Atom]:
    return list(dict.fromkeys(found))
