# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may give himself what he does not have, by changing what is in his way. Pure.

He may add a policy, take away one that denies, the resource's too, or be rid of his boundary; and one of these may let
him do the next. What counts is whether what remains lets him in.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ansible_collections.assumerole.s3.plugins.module_utils._checks.survey import CERTAIN
from ansible_collections.assumerole.s3.plugins.module_utils._policies.atoms import ALLOW, DENY, Atom
from ansible_collections.assumerole.s3.plugins.module_utils._policies.facts import Fact
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import USER, Policy, Principal
from ansible_collections.assumerole.s3.plugins.module_utils._survey.combining import all_on_condition
from ansible_collections.assumerole.s3.plugins.module_utils._survey.findings import answers
from ansible_collections.assumerole.s3.plugins.module_utils._survey.judging import Answer, Question
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import Scene

#: What changes a managed policy, for all who have it.
ON_A_POLICY = ("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion")

#: What takes a resource's policy away, denials and all, by what puts another in its place.
TAKING_AWAY = {
    "s3:PutBucketPolicy": "s3:DeleteBucketPolicy",
    "secretsmanager:PutResourcePolicy": "secretsmanager:DeleteResourcePolicy",
}

EVERYTHING = Policy("a policy of one's own making", (Atom(ALLOW, "", "*", "*"),))

#: How sure a way is.
NOT_AT_ALL, PERHAPS, CERTAINLY = range(3)

#: The changes that somebody may do, and by which actions.
Done = list[tuple["Change", dict[str, Answer]]]


@dataclass(frozen=True)
class Way:
    """What must be allowed to get somewhere: all of some questions, and one of others, if there are any.

    Of a ``condition`` nobody has read whether it is so.
    """

    every: tuple[Question, ...] = ()
    some: tuple[Question, ...] = ()
    condition: str = ""


@dataclass(frozen=True)
class Change:
    """What is otherwise for somebody once he has done one of the actions that are ``asked``.

    He ``adds`` whatever he likes, no boundary limits him (``frees``), policies are gone (``takes``), or the resource
    has none (``clears``).
    """

    asked: tuple[Question, ...]
    adds: bool = False
    frees: bool = False
    takes: tuple[Policy, ...] = ()
    clears: bool = False


def grants_itself(who: Principal, scene: Scene, ways: Sequence[Way], openings: Sequence[Way]) -> dict[str, Answer]:
    """By which actions somebody opens it to himself, or changes himself until he gets in or may open it."""
    opened = {action: answer for way in openings for action, answer in _open(who, way).items()}
    return {**changes_of(who, scene, (*ways, *openings)), **opened}


def each(questions: Iterable[Question]) -> list[Way]:
    """Each of the questions is a way by itself."""
    return [Way((question,)) for question in questions]


def changes_of(who: Principal, scene: Scene, ways: Sequence[Way]) -> dict[str, Answer]:
    """By which changes more of these ways are open to somebody, or one is for certain: each alone, or all together.

    What he has changed may let him change more.
    """
    possible = list(_changes(who, scene, ways))
    done: Done = []
    states = [who]
    before: list[int] = []
    while new := _new(states, possible, done):
        done += new
        before = before or [_sure(who, way) for way in ways]
        if _helps(who, done, ways, before):
            alone = [one for one in done if _helps(who, [one], ways, before)] if states == [who] else []
            return {action: answer for _change, found in alone or done for action, answer in found.items()}
        states = [who, *_left_of(who, done)]
    return {}


def _new(states: Iterable[Principal], possible: Iterable[Change], done: Done) -> Done:
    """The changes that somebody may do as he is, or as he may become."""
    rest = (change for change in possible if all(change is not one for one, _found in done))
    tried = ((change, [answers(state, change.asked) for state in states]) for change in rest)
    return [(change, next(filter(None, found))) for change, found in tried if any(found)]


def _helps(who: Principal, done: Done, ways: Sequence[Way], before: Sequence[int]) -> bool:
    """Whether somebody gets on by one of the ways better than before."""
    clears = any(change.clears for change, _found in done)
    after = [_without_policies(way) for way in ways] if clears else ways
    return any(
        sure < CERTAINLY and _sure(changed, way) > sure
        for changed in _left_of(who, done)
        for way, sure in zip(after, before, strict=True)
    )


def _left_of(who: Principal, done: Done) -> Iterator[Principal]:
    """What somebody may make of himself: of what he may take away, he keeps what allows what he wants."""
    changes = [change for change, _found in done]
    taken = [policy for change in changes for policy in change.takes]
    for kept in (None, *taken):
        gone = [policy for change in changes if kept not in change.takes for policy in change.takes]
        added = (EVERYTHING,) if any(change.adds for change in changes) else ()
        yield replace(
            who,
            policies=(*(policy for policy in who.policies if policy not in gone), *added),
            boundary=None if any(change.frees for change in changes) else who.boundary,
        )


def _sure(who: Principal, way: Way) -> int:
    """How sure it is: not at all, under conditions, or for certain."""
    found = _open(who, way)
    if not found:
        return NOT_AT_ALL
    return CERTAINLY if all(answer.certainty == CERTAIN for answer in found.values()) else PERHAPS


def _open(who: Principal, way: Way) -> dict[str, Answer]:
    """How each part of the way is allowed; nothing, unless it is open."""
    every = answers(who, way.every)
    if len(every) < len(way.every):
        return {}
    some = answers(who, way.some)
    if way.some and not some:
        return {}
    found = {**every, **some}
    return all_on_condition(found, way.condition) if way.condition else found


def _without_policies(way: Way) -> Way:
    """As it is once the resource has no policy."""
    return replace(way, every=tuple(map(_without_policy, way.every)), some=tuple(map(_without_policy, way.some)))


def _without_policy(question: Question) -> Question:
    return question if question.resource_decides else replace(question, of_resource=())


def _changes(who: Principal, scene: Scene, ways: Iterable[Way]) -> Iterator[Change]:
    """All that may be worth a try. A policy that denies nothing is in nobody's way."""
    yield Change(tuple(_adding(who, scene)), adds=True)
    if who.boundary:
        off = _on(who, "Delete{}PermissionsBoundary", "Put{}PermissionsBoundary")
        yield Change((*off, *_versions(scene, who.boundary.managed)), frees=True)
    denying = [policy for policy in who.policies if any(atom.effect == DENY for atom in policy.atoms)]
    for policy in denying:
        yield Change((*_replacing(who, policy), *_versions(scene, policy.managed)), takes=(policy,))
    for group in dict.fromkeys(policy.group for policy in denying if policy.group):
        of_group = tuple(policy for policy in who.policies if policy.group == group)
        yield Change((Question("iam:RemoveUserFromGroup", group),), takes=of_group)
    deleting = [
        replace(question, action=TAKING_AWAY[question.action])
        for way in ways
        for question in way.every
        if question.action in TAKING_AWAY and question.of_resource
    ]
    if deleting:
        yield Change(tuple(deleting), clears=True)


def _adding(who: Principal, scene: Scene) -> Iterator[Question]:
    yield from _on(who, "Put{}Policy", "Attach{}Policy")
    if who.kind == USER:
        yield Question("iam:AddUserToGroup", f"arn:{scene.partition}:iam::{scene.account_id}:group/*")
    for group in who.groups:
        yield from (Question(action, group) for action in ("iam:PutGroupPolicy", "iam:AttachGroupPolicy"))
    for managed in who.managed:
        yield from _versions(scene, managed)


def _replacing(who: Principal, policy: Policy) -> Iterator[Question]:
    """What takes a policy away, or puts another in its place: from the user or role itself, or from its group."""
    if policy.managed:
        known = {"iam:policyarn": Fact((policy.managed,))}
        of_group = (Question("iam:DetachGroupPolicy", policy.group),) if policy.group else ()
        yield from (replace(detaching, known=known) for detaching in of_group or _on(who, "Detach{}Policy"))
    elif policy.group:
        yield from (Question(action, policy.group) for action in ("iam:DeleteGroupPolicy", "iam:PutGroupPolicy"))
    else:
        yield from _on(who, "Delete{}Policy", "Put{}Policy")


def _on(who: Principal, *actions: str) -> Iterator[Question]:
    """What is done to a user or a role itself."""
    return (Question(f"iam:{action.format(who.kind.capitalize())}", who.arn) for action in actions)


def _versions(scene: Scene, managed: str) -> Iterator[Question]:
    """What changes a managed policy: one of the account, since nobody changes AWS's."""
    return (Question(action, managed) for action in ON_A_POLICY if f"::{scene.account_id}:" in managed)
