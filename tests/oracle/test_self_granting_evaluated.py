# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who can grant himself something, the survey says as MiniStack's evaluator says, of everybody in random accounts.

What somebody may change is done to a copy of the account, one change after the other, each as the evaluator allows it.
Whom that lets in, the survey must have; and who it says can grant it to himself gets there by some such changes. No
policy has conditions here, and none of a resource names everybody or a session: :mod:`oracle.test_survey_evaluated`
tries those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
import random
from typing import Any, NamedTuple

from oracle.test_comparison import ACCOUNT, Policies
from oracle.test_survey_evaluated import BUCKET, QUESTIONS, ROLE, USER, Has, Made
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._survey import self_granting
from ansible_collections.assumerole.s3.plugins.module_utils._survey.whole import survey

Json = dict[str, Any]

ACCOUNTS = 1500
SEEDS = (21, 22)
IAM = f"arn:aws:iam::{ACCOUNT}"
EVERYTHING = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
ADMINISTRATORS = "administrators"
#: By which one opens what a list is about, and how one gets there without.
OPENING = {
    "reaches": {"s3:PutBucketPolicy": (BUCKET,)},
    "enters": {"iam:UpdateAssumeRolePolicy": (ROLE,)},
    "becomes": {},
}
CHANGING = (
    *(
        f"iam:{verb}{kind}Policy"
        for verb in ("Put", "Delete", "Attach", "Detach")
        for kind in ("User", "Role", "Group")
    ),
    *(f"iam:{verb}{kind}PermissionsBoundary" for verb in ("Put", "Delete") for kind in ("User", "Role")),
    "iam:CreatePolicyVersion",
    "iam:RemoveUserFromGroup",
    "iam:AddUserToGroup",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketPolicy",
    "iam:UpdateAssumeRolePolicy",
    "iam:*",
)
#: How many changes are made one after the other.
STEPS, MOST_STEPS = 2, 3

Request = tuple[str, str]


class Move(NamedTuple):
    """A request, and what is otherwise then."""

    action: str
    resource: str
    change: Callable[[Made], Any]


class Changing(Made):
    """A random account whose people may change what they have."""

    def document(self, policies: Policies) -> Json:
        made = [self.of_iam(policies) if self.chance.random() < 0.6 else self.of_s3(policies) for _number in range(2)]
        return {"Statement": [{**one, "Effect": self.chance.choice(("Allow", "Allow", "Deny"))} for one in made]}

    def of_s3(self, policies: Policies) -> Json:
        return {"Action": policies.some("s3:*", "s3:Get*", "*"), "Resource": policies.some("*", f"{BUCKET}/*")}

    def of_iam(self, policies: Policies) -> Json:
        names = policies.some(*CHANGING, "sts:AssumeRole", "iam:CreateAccessKey")
        where = ("*", "*", USER, ROLE, BUCKET, f"{IAM}:user/*", f"{IAM}:group/*", f"{IAM}:policy/m", f"{IAM}:role/r")
        return {"Action": names, "Resource": policies.some(*where)}

    def of_bucket(self, policies: Policies) -> Json:
        return {**policies.statement(of_bucket=True), "Principal": {"AWS": policies.some(*self.who)}}

    def trusting(self, policies: Policies) -> Json:
        made = {"Effect": self.chance.choice(("Allow", "Deny")), "Action": "sts:AssumeRole"}
        return {**made, "Principal": {"AWS": policies.some(f"{IAM}:root", *self.who)}}

    def without_conditions(self) -> Changing:
        """As nothing depends on how one asks."""
        has = [document for one in (*self.who.values(), *self.groups.values()) for document in one.inline]
        for document in (*has, *self.managed.values(), self.bucket, self.trust):
            for statement in document["Statement"]:
                statement.pop("Condition", None)
        self.groups[ADMINISTRATORS] = Has([EVERYTHING])
        return self

    def changed(self, change: Callable[[Made], Any]) -> Changing:
        """The account once it is done."""
        made = deepcopy(self)
        made.parsed.clear()
        change(made)
        return made

    def may(self, arn: str, request: Request) -> bool:
        return self.allows(arn, *request, {})


def moves(made: Made, arn: str) -> Iterator[Move]:
    """Everything that somebody may try."""
    kind = "User" if ":user/" in arn else "Role"
    yield from _of(made.who[arn], kind, arn, lambda then: then.who[arn])
    off = lambda then: then.boundaries.pop(arn, None)  # noqa: E731
    yield Move(f"iam:Delete{kind}PermissionsBoundary", arn, off)
    yield Move(f"iam:Put{kind}PermissionsBoundary", arn, off)
    for name in made.members.get(arn, ()):
        group = f"{IAM}:group/{name}"
        yield from _of(made.groups[name], "Group", group, lambda then, name=name: then.groups[name])
        yield Move("iam:RemoveUserFromGroup", group, lambda then, name=name: then.members[arn].remove(name))
    if kind == "User":
        joining = lambda then: then.members[arn].append(ADMINISTRATORS)  # noqa: E731
        yield Move("iam:AddUserToGroup", f"{IAM}:group/{ADMINISTRATORS}", joining)
    holders = (made.who[arn], *(made.groups[name] for name in made.members.get(arn, ())))
    for managed in {made.boundaries.get(arn, ""), *(one for has in holders for one in has.attached)}:
        if managed.startswith(IAM):
            yield Move(
                "iam:CreatePolicyVersion",
                managed,
                lambda then, managed=managed: then.managed.update({managed: EVERYTHING}),
            )
    yield Move("s3:DeleteBucketPolicy", BUCKET, lambda then: then.bucket.update(Statement=[]))


def _of(has: Has, kind: str, resource: str, held: Callable[[Made], Has]) -> Iterator[Move]:
    """What is done to the policies of a user, a role or a group."""
    yield Move(f"iam:Put{kind}Policy", resource, lambda then: held(then).inline.append(EVERYTHING))
    yield Move(f"iam:Attach{kind}Policy", resource, lambda then: held(then).inline.append(EVERYTHING))
    for number in range(len(has.inline)):
        replacing = lambda then, number=number: held(then).inline.__setitem__(number, EVERYTHING)  # noqa: E731
        yield Move(f"iam:Put{kind}Policy", resource, replacing)
        yield Move(f"iam:Delete{kind}Policy", resource, lambda then, number=number: held(then).inline.pop(number))
    for managed in has.attached:
        yield Move(
            f"iam:Detach{kind}Policy", resource, lambda then, managed=managed: held(then).attached.remove(managed)
        )


def gets_in(made: Changing, arn: str, which: str, steps: int) -> bool:
    """Whether somebody opens it, or gets where he does not get now, by no more changes than these."""
    direct = [(action, one) for action, resources in QUESTIONS[which].items() for one in resources]
    opening = [(action, one) for action, resources in OPENING[which].items() for one in resources]
    new = [request for request in direct if not made.may(arn, request)]
    states = [made]
    for step in range(steps + 1):
        if any(state.may(arn, request) for state in states for request in (*opening, *(new if step else ()))):
            return True
        if step < steps:
            states = [
                state.changed(move.change)
                for state in states
                for move in moves(state, arn)
                if state.may(arn, (move.action, move.resource))
            ]
    return False


def judged(made: Changing) -> tuple[list[str], list[str]]:
    """What the survey says of everybody who is not there for certain, and what of it is not so."""
    found = survey(made.scene(), ())["findings"]
    said: list[str] = []
    wrong: list[str] = []
    for which in QUESTIONS:
        for arn in made.who:
            sure = {one["certainty"] for one in found if (one["list"], one["principal"]) == (which, arn)}
            if "certain" in sure:
                continue
            verdict = "can grant it to itself" if "can_grant_itself" in sure else "not at all"
            said.append(verdict)
            if "can_grant_itself" in sure:
                is_wrong = not any(gets_in(made, arn, which, steps) for steps in range(MOST_STEPS + 1))
            else:
                is_wrong = not sure and gets_in(made, arn, which, STEPS)
            if is_wrong:
                wrong.append(f"{arn} {which}: {verdict}")
    return said, wrong


def agrees(seed: int, accounts: int) -> Counter[str]:
    """How often the survey said what, which is each time as the evaluator sees it."""
    chance, counted = random.Random(seed), Counter[str]()
    for _account in range(accounts):
        made = Changing.up(chance).without_conditions()
        said, wrong = judged(made)
        assert wrong == [], made
        counted.update(said)
    assert all(counted[name] > accounts / 10 for name in ("can grant it to itself", "not at all"))
    return counted


def test_who_can_grant_it_to_himself_is_as_the_evaluator_sees_it() -> None:
    agrees(8, 60)


@pytest.mark.whole
@pytest.mark.parametrize("seed", SEEDS)
def test_who_can_grant_it_to_himself_is_so_over_many_accounts(seed: int) -> None:
    counted = agrees(seed, ACCOUNTS)
    print(f"\nseed {seed}, {ACCOUNTS} accounts: {', '.join(f'{n} {word}' for word, n in counted.items())}; none wrong")


def test_the_evaluator_would_notice_a_survey_that_takes_nothing_away(monkeypatch: pytest.MonkeyPatch) -> None:
    every = self_granting._changes
    monkeypatch.setattr(self_granting, "_changes", lambda *given: (one for one in every(*given) if one.adds))
    chance = random.Random(8)
    assert any(judged(Changing.up(chance).without_conditions())[1] for _account in range(30))


def test_the_evaluator_would_notice_a_survey_for_which_any_change_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_granting, "_helps", lambda *_given: True)
    chance = random.Random(8)
    assert any(judged(Changing.up(chance).without_conditions())[1] for _account in range(30))
