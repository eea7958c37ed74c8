# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether somebody may do something somewhere: for certain, under conditions, or not at all. Pure.

"For certain" needs a request that is allowed, whole and by name, and that no denial may meet: a witness. "Not at all"
needs a proof that nothing is left. What lies between is under conditions, which are named.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice, product
from typing import Union

from ansible_collections.assumerole.s3.plugins.module_utils._checks.survey import CERTAIN, UNDER_CONDITIONS
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import account, is_session_of
from ansible_collections.assumerole.s3.plugins.module_utils._policies.atoms import (
    ALLOW,
    DENY,
    AllBut,
    Atom,
    account_named,
)
from ansible_collections.assumerole.s3.plugins.module_utils._policies.conditions import Condition
from ansible_collections.assumerole.s3.plugins.module_utils._policies.doors import A_SESSION, ITSELF, THE_ACCOUNT
from ansible_collections.assumerole.s3.plugins.module_utils._policies.facts import Fact, Holds, Known, holds
from ansible_collections.assumerole.s3.plugins.module_utils._policies.patterns import matches, patterns_meet, widest
from ansible_collections.assumerole.s3.plugins.module_utils._policies.regions import Entangled, Region, left
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import ROLE, USER, Policy, Principal

#: What stands where a pattern leaves it open: a name that no policy has thought of.
FILLER = "0-any-0"

#: Condition keys that whoever asks chooses freely, request by request.
#: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys
CHOSEN = frozenset(
    {
        "aws:securetransport",
        "s3:delimiter",
        "s3:prefix",
        "s3:max-keys",
        "s3:x-amz-acl",
        "s3:x-amz-server-side-encryption",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "s3:x-amz-storage-class",
        "sts:rolesessionname",
    }
)

#: Whether a service of AWS sends a request in somebody's name.
VIA_A_SERVICE = "aws:viaawsservice"

#: What a request carries that somebody sends himself, as everybody may choose to.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-calledvia
IN_PERSON: Known = {
    VIA_A_SERVICE: Fact(("false",)),
    "aws:calledvia": Fact(absent=True),
    "aws:calledviafirst": Fact(absent=True),
    "aws:calledvialast": Fact(absent=True),
}

#: How many ways to ask are tried.
MOST_WAYS = 64


@dataclass(frozen=True)
class Question:
    """May somebody do this here? The resource may be a pattern: then, anywhere in it.

    ``resource_decides`` says that the resource's policy must let the caller in, by name or by leaving it to the
    account, as a role's trust policy and a key's policy must. ``prefixes`` are those of which a listing shows the
    place, and ``known`` is what the requests carry beside what is known of the caller; all of it, where the question is
    about ``exact`` requests, of which nothing is left to choose.
    """

    action: str
    resource: str
    of_resource: tuple[Policy, ...] = ()
    resource_decides: bool = False
    prefixes: tuple[str, ...] = ()
    known: Known = field(default_factory=dict)
    exact: bool = False

    @property
    def atom(self) -> Atom:
        """What is asked, as the smallest part of a policy."""
        return Atom(ALLOW, "", self.action.lower(), self.resource)


@dataclass(frozen=True)
class Answer:
    """How it is: whether for certain, by which policies, and under which conditions."""

    certainty: str
    through: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Named:
    """An atom with the name of its policy.

    ``of_resource`` if that is the resource's, ``direct`` if it lets the caller in itself, ``limited`` whether a
    boundary that does not allow it limits it (none where AWS does not say), and ``sure`` whether its principal is the
    caller for certain.
    """

    policy: str
    atom: Atom
    of_resource: bool = False
    direct: bool = False
    limited: bool | None = True
    sure: bool = True


Path = tuple[Named, ...]
Who = Union[Principal, "Stranger"]


@dataclass(frozen=True)
class Stranger:
    """Somebody of whom the account's details say nothing, by what a resource's policy calls him."""

    name: str
    known: Known

    def named(self, principal: str) -> str | None:
        """Everybody is he, too; the role whose session he is stands for him as his account does."""
        owner = account_named(principal)
        if principal in (self.name, "*") or (owner and owner == account_named(self.name)):
            return ITSELF
        if (owner and owner == self.account) or _is_session(self.name, principal):
            return THE_ACCOUNT
        return A_SESSION if _is_session(principal, self.name) else None

    @property
    def account(self) -> str | None:
        """The account that he is, or of which he is one; none of a service, and where anybody may be meant."""
        return account_named(self.name) or (account(self.name) if self.name.startswith("arn:") else None)


def _is_session(name: str, role: str) -> bool:
    return ":assumed-role/" in name and ":role/" in role and is_session_of(name, role)


def judge(caller: Who, question: Question) -> Answer | None:
    """How it is; none where it is proven that the caller may not."""
    known = {**caller.known, **question.known}
    asked = list(_asked(caller, question))
    denials = [one for one in asked if one.atom.effect == DENY]
    best: Answer | None = None
    for path in _paths(caller, question, [one for one in asked if one.atom.effect == ALLOW]):
        if not _may_be(path, question, denials, known):
            continue
        if _is_certain(caller, path, question, denials, known):
            return Answer(CERTAIN, _through(path))
        best = best or Answer(UNDER_CONDITIONS, _through(path), _conditions(caller, path, question, denials))
    return best


def _asked(caller: Who, question: Question) -> Iterator[Named]:
    """What speaks of the action, of the caller and of some of the resource."""
    action = question.action.lower()
    own = caller.policies if isinstance(caller, Principal) else ()
    for policy in own:
        yield from (Named(policy.name, atom) for atom in policy.about(action) if _meets(atom, question, caller))
    if isinstance(caller, Principal) and caller.boundary:
        denying = (atom for atom in caller.boundary.about(action) if atom.effect == DENY)
        yield from (Named(caller.boundary.name, atom) for atom in denying if _meets(atom, question, caller))
    for policy in question.of_resource:
        for atom in policy.about(action):
            if _meets(atom, question, caller):
                yield from _of_caller(policy.name, atom, caller)


def _meets(atom: Atom, question: Question, caller: Who) -> bool:
    if not atom.resource:
        return True
    if isinstance(atom.resource, AllBut):
        return not any(matches(pattern, question.resource) for pattern in atom.resource.patterns if "${" not in pattern)
    return patterns_meet(widest(_of(atom.resource, caller)), question.resource)


def _of(resource: str, caller: Who) -> str:
    """With the caller's name in place of its variable; a role's sessions have none.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    if "${" not in resource:
        return resource
    name = caller.name if isinstance(caller, Principal) and caller.kind == USER else "\0"
    return resource.replace("${aws:username}", name).replace("${aws:UserName}", name)


def _of_caller(policy: str, atom: Atom, caller: Who) -> Iterator[Named]:
    """A resource's policy for this caller: nothing where it is for others alone.

    Of another account it lets in who is named by it, as far as that account's own policies do.
    """
    mine = replace(atom, principal="")
    if isinstance(atom.principal, AllBut):
        spared = {_who(caller, name) for name in atom.principal.patterns} - {None}
        if atom.effect == DENY or ITSELF not in spared:
            yield Named(policy, mine, of_resource=True, direct=True, limited=None, sure=not spared)
        return
    named = _who(caller, atom.principal)
    if named == ITSELF:
        yield Named(policy, mine, of_resource=True, direct=True, limited=_is_limited(atom, caller))
    elif named == THE_ACCOUNT:
        yield Named(policy, mine, of_resource=True, direct=isinstance(caller, Stranger))
    elif named == A_SESSION:  # who assumes a role gives the session its name; not all of them have this one
        yield Named(policy, mine, of_resource=True, direct=True, limited=False, sure=atom.effect == ALLOW)


def _who(caller: Who, principal: str) -> str | None:
    return caller.caller.named(principal) if isinstance(caller, Principal) else caller.named(principal)


def _paths(caller: Who, question: Question, allowing: list[Named]) -> Iterator[Path]:
    """The ways in which something is allowed: each is all that must hold together."""
    own = [one for one in allowing if not one.of_resource]
    direct = [one for one in allowing if one.direct]
    delegating = [one for one in allowing if one.of_resource and not one.direct]
    for one in direct:
        yield from _within(caller, question, (one,))
    if question.resource_decides:
        for leaves, grants in product(delegating, own):
            yield from _within(caller, question, (leaves, grants))
    else:
        for one in own:
            yield from _within(caller, question, (one,))


def _is_limited(atom: Atom, caller: Who) -> bool | None:
    """Whether a boundary limits what a resource's policy grants the caller, if that does not allow it.

    A role by its ARN it does; a user by name it does not, nor a session, nor a role of which ``aws:PrincipalArn`` says
    that it may come, where everybody is named. Of everybody else who is named as everybody, AWS does not say it.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
    """
    is_role = isinstance(caller, Principal) and caller.kind == ROLE
    if atom.principal != "*" and not atom.for_everybody:
        return is_role
    by_arn = atom.for_everybody or any(item.key == "aws:principalarn" for item in atom.conditions)
    return False if is_role and by_arn else None


def _within(caller: Who, question: Question, path: Path) -> Iterator[Path]:
    """The path with what the boundary must allow as well, if it limits the path.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-eval-logic
    """
    boundary = caller.boundary if isinstance(caller, Principal) else None
    if boundary is None or path[0].limited is False:
        yield path
        return
    if path[0].limited is None:
        yield (replace(path[0], sure=False), *path[1:])
    for atom in boundary.about(question.action.lower()):
        if atom.effect == ALLOW and _meets(atom, question, caller):
            yield (*path, Named(boundary.name, atom))


def _may_be(path: Path, question: Question, denials: list[Named], known: Known) -> bool:
    """Whether it is not proven that nothing of it is left."""
    region = Region.of(question.atom)
    for one in path:
        region = region.within(one.atom, one.atom.conditions)
    sure = [one.atom for one in denials if one.sure]
    try:
        return bool(left(region, sure, known))
    except Entangled:
        return True


def _is_certain(caller: Who, path: Path, question: Question, denials: list[Named], known: Known) -> bool:
    """Whether there is a request that all of the path allows, and that no denial may meet."""
    if not all(one.sure for one in path) or _has_unread(caller):
        return False
    for resource in _witnesses(path, question):
        touching = [one for one in denials if _touches(one.atom, resource)]
        for facts in _ways(path, touching, question, known):
            if all(_all_hold(one.atom, facts) for one in path) and all(_never(one, facts) for one in touching):
                return True
    return False


def _has_unread(caller: Who) -> bool:
    """Whether a policy of the caller's own, which nobody has seen, may deny it."""
    return isinstance(caller, Principal) and bool(caller.unread)


def _witnesses(path: Path, question: Question) -> Iterator[str]:
    """Names of something that everything on the path speaks of."""
    patterns = [question.resource, *(str(one.atom.resource) for one in path if isinstance(one.atom.resource, str))]
    named = [pattern for pattern in patterns if pattern and "${" not in pattern]
    for text in dict.fromkeys(filled for pattern in named for filled in (*_filled(pattern), *_below(pattern, named))):
        if matches(question.resource, text) and all(_is_about(one.atom, text) for one in path):
            yield text


def _filled(pattern: str) -> Iterator[str]:
    for filler in (FILLER, ""):
        yield pattern.replace("*", filler).replace("?", "0")


def _below(pattern: str, others: Iterable[str]) -> Iterator[str]:
    """One pattern's beginning with the end of another: both may speak of it."""
    start = pattern.partition("*")[0]
    for other in others:
        _begin, star, end = other.rpartition("*")
        if star:
            yield f"{start}{FILLER}{end}".replace("?", "0").replace("*", FILLER)


def _is_about(atom: Atom, text: str) -> bool:
    if isinstance(atom.resource, AllBut):
        return not any(matches(widest(pattern), text) for pattern in atom.resource.patterns)
    return not atom.resource or ("${" not in atom.resource and matches(atom.resource, text))


def _touches(atom: Atom, text: str) -> bool:
    """Whether a denial may be about this; what a variable stands for may be anything."""
    if isinstance(atom.resource, AllBut):
        return not any(matches(pattern, text) for pattern in atom.resource.patterns if "${" not in pattern)
    return not atom.resource or matches(widest(atom.resource), text)


def _ways(path: Path, denials: list[Named], question: Question, known: Known) -> Iterator[Known]:
    """What the caller may choose: for each key that a condition names, one of its values, another, or none.

    He asks himself: what a service of AWS would ask in his name takes permissions for that service, too.
    """
    if VIA_A_SERVICE not in question.known:
        known = {**known, **IN_PERSON}
    if question.exact:
        yield known
        return
    conditions = [condition for one in (*path, *denials) for condition in one.atom.conditions]
    chosen = sorted({condition.key for condition in conditions} & CHOSEN)
    values = [_choices(key, conditions, question) for key in chosen]
    for combined in islice(product(*values), MOST_WAYS):
        yield {**known, **dict(zip(chosen, combined, strict=True))}


def _choices(key: str, conditions: list[Condition], question: Question) -> list[Fact]:
    if key == "aws:securetransport":
        return [Fact(("true",)), Fact(("false",))]
    named = [filled for item in conditions if item.key == key for value in item.values for filled in _filled(value)]
    if key == "s3:prefix":
        shown = [one for one in (*question.prefixes, *named) if one.startswith(question.prefixes[-1:])]
        return [*(Fact((one,)) for one in dict.fromkeys((*question.prefixes, *shown))), Fact(absent=True)]
    return [*(Fact((one,)) for one in dict.fromkeys(named)), Fact((FILLER,)), Fact(absent=True)]


def _all_hold(atom: Atom, facts: Known) -> bool:
    return all(holds(condition, facts) is Holds.ALWAYS for condition in atom.conditions)


def _never(denial: Named, facts: Known) -> bool:
    return any(holds(condition, facts) is Holds.NEVER for condition in denial.atom.conditions)


def _through(path: Path) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.policy for one in path))


def _conditions(caller: Who, path: Path, question: Question, denials: list[Named]) -> tuple[str, ...]:
    """What it depends on, in words: the conditions of grants, and what of denials may take it away."""
    known = {**caller.known, **question.known}
    granted = [words(item) for one in path for item in _open(one.atom, known)]
    granted += [f"{one.policy} is for this caller, too, which cannot be told" for one in path if not one.sure]
    meeting = [one for one in denials if not _escapes(path, one, question, known)]
    taken = [f"not denied by {one.policy}{_if(one.atom)}" for one in meeting]
    if isinstance(caller, Principal):
        taken += [f"not denied by {name}, which was not read" for name in caller.unread]
    return tuple(dict.fromkeys((*granted, *taken))) or ("it cannot be told what overlapping statements leave",)


def _escapes(path: Path, denial: Named, question: Question, known: Known) -> bool:
    """Whether the caller may ask in a way that the denial does not meet."""
    return any(_never(denial, facts) for facts in _ways(path, [denial], question, known))


def _open(atom: Atom, known: Known) -> list[Condition]:
    """The conditions of which it is not certain that they are met."""
    found = (item for item in atom.conditions if item.key in CHOSEN or holds(item, known) is not Holds.ALWAYS)
    return sorted(found, key=words)


def _if(atom: Atom) -> str:
    every = sorted(map(words, atom.conditions))
    return f" (which denies if {' and '.join(every)})" if every else ""


def words(condition: Condition) -> str:
    """A condition as people read it."""
    return f"{condition.written or condition.key} {condition.operator} {', '.join(sorted(condition.values))}"


def together(answers: Mapping[str, Answer]) -> dict[str, tuple[list[str], Answer]]:
    """Actions by how certain they are, each sort as one."""
    found: dict[str, tuple[list[str], Answer]] = {}
    for action, answer in answers.items():
        actions, before = found.get(answer.certainty, ([], Answer(answer.certainty)))
        merged = Answer(
            answer.certainty,
            tuple(dict.fromkeys((*before.through, *answer.through))),
            tuple(dict.fromkeys((*before.conditions, *answer.conditions))),
        )
        found[answer.certainty] = ([*actions, action], merged)
    return found
