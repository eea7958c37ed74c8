# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The survey says what MiniStack's evaluator says, of everybody in random accounts, in both directions.

Who is certain is allowed by the evaluator, in some request that the caller may choose, whatever else it carries; and
nobody whom the evaluator allows in any request is missing. Users and roles have policies of their own, attached ones,
those of their groups, and boundaries. Accounts are the same in each run; ``make oracle`` makes up more, and says how
often the survey said what.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
import random
import sys
from typing import Any

from oracle.test_comparison import ACCOUNT, Policies, request
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._policies.atoms import atoms
from ansible_collections.assumerole.s3.plugins.module_utils._survey import judging
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import Policy, described
from ansible_collections.assumerole.s3.plugins.module_utils._survey.judging import FILLER
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import Bucket, Scene
from ansible_collections.assumerole.s3.plugins.module_utils._survey.whole import survey
from lab.checkout import CHECKOUT
from lab.world import contract_of

# Last on the path: only the emulator itself is taken from its environment.
sys.path += [str(path) for path in CHECKOUT.glob(".venvs/enforcing/lib/python*/site-packages")]

from ministack.core import iam_evaluator

Json = dict[str, Any]

ACCOUNTS = 150
SEEDS = (11, 12, 13, 14)
PREFIX, BUCKET = "team/", "arn:aws:s3:::b"
CONTRACT = contract_of(user="partner", role="exchange", bucket="b", prefix=PREFIX)
USER, ROLE = f"arn:aws:iam::{ACCOUNT}:user/partner", f"arn:aws:iam::{ACCOUNT}:role/exchange"
NAMES = ("team/u", "team/other", "third")
ROLES = ("r", "s")

#: What requests carry: what the caller chooses, and what he does not.
CHOSEN: Mapping[str, tuple[Any, ...]] = {
    "aws:securetransport": (True, False),
    "s3:prefix": (None, "", "te", "team", "team/", "team/a", "team/secret/x", f"team/{FILLER}", "tzam/a", "other/x"),
}
GIVEN: Mapping[str, tuple[Any, ...]] = {
    "s3:tlsversion": (None, "1.1", "1.2", "1.3"),
    "aws:sourceip": ("10.1.2.3", "192.0.2.7", "198.51.100.1"),
    "aws:multifactorauthpresent": (None, "true", "false"),
    "aws:principalorgid": (None, "o-1", "o-2", "o-3"),
}
AT_THE_PLACE = {
    "s3:ListBucket": (BUCKET,),
    **dict.fromkeys(
        ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
        tuple(f"{BUCKET}/team/{key}" for key in ("a", "secret/x", "", FILLER, f"secret/{FILLER}")),
    ),
}
QUESTIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "reaches": AT_THE_PLACE,
    "enters": {"sts:AssumeRole": (ROLE,)},
    "becomes": {name: (USER,) for name in ("iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile")},
}


#: Groups, and managed policies: AWS's own nobody of the account changes.
GROUPS = ("g", "h")
MANAGED = (f"arn:aws:iam::{ACCOUNT}:policy/m", f"arn:aws:iam::{ACCOUNT}:policy/n", "arn:aws:iam::aws:policy/o")


@dataclass
class Has:
    """What a user, a role or a group has of its own, and which managed policies are attached to it."""

    inline: list[Json] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)


@dataclass
class Made:
    """A random account: who has which policies, who is in which group, and the policies of the bucket and the role."""

    chance: random.Random
    who: dict[str, Has] = field(default_factory=dict)
    groups: dict[str, Has] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    managed: dict[str, Json] = field(default_factory=dict)
    boundaries: dict[str, str] = field(default_factory=dict)
    bucket: Json = field(default_factory=dict)
    trust: Json = field(default_factory=dict)
    parsed: dict[str, tuple[list[Any], list[Any]]] = field(default_factory=dict, repr=False)

    @classmethod
    def up(cls, chance: random.Random) -> Made:
        made, policies = cls(chance), Policies(chance)
        users = [f"arn:aws:iam::{ACCOUNT}:user/{name}" for name in NAMES]
        roles = [f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ROLES]
        made.managed = {arn: made.document(policies) for arn in MANAGED}
        made.groups = {name: made.has(policies, 1) for name in GROUPS}
        made.who = {arn: made.has(policies, 2) for arn in (*users, *roles)}
        made.members = {arn: [name for name in GROUPS if chance.random() < 0.3] for arn in users}
        made.boundaries = {arn: chance.choice(MANAGED) for arn in made.who if chance.random() < 0.25}
        made.bucket = {"Statement": [made.of_bucket(policies) for _number in range(chance.randint(0, 2))]}
        made.trust = {"Statement": [made.trusting(policies) for _number in range(chance.randint(1, 2))]}
        return made

    def has(self, policies: Policies, most: int) -> Has:
        inline = [self.document(policies) for _number in range(self.chance.randint(0, most))]
        return Has(inline, [arn for arn in MANAGED if self.chance.random() < 0.15])

    def document(self, policies: Policies) -> Json:
        statements = [policies.statement(of_bucket=False) for _number in range(self.chance.randint(0, 2))]
        statements += [self.of_iam(policies) for _number in range(self.chance.randint(0, 1))]
        for statement in statements:
            statement["Effect"] = self.chance.choice(("Allow", "Allow", "Deny"))
        return {"Statement": statements}

    def of_iam(self, policies: Policies) -> Json:
        actions = ("sts:*", "sts:AssumeRole", "iam:Create*", "iam:CreateAccessKey", "*", "iam:UpdateLoginProfile")
        made = {"Action": policies.some(*actions), "Resource": policies.some("*", USER, ROLE, f"{ROLE}*")}
        return {**made, "Condition": policies.conditions()} if self.chance.random() < 0.4 else made

    def of_bucket(self, policies: Policies) -> Json:
        """One that names roles and their sessions, too."""
        made = policies.statement(of_bucket=True)
        return {**made, "Principal": {"AWS": policies.some(*self.named)}} if self.chance.random() < 0.3 else made

    def trusting(self, policies: Policies) -> Json:
        root = f"arn:aws:iam::{ACCOUNT}:root"
        made = {
            "Effect": self.chance.choice(("Allow", "Allow", "Deny")),
            "Principal": {"AWS": policies.some("*", root, *self.named)},
            "Action": "sts:AssumeRole",
        }
        return {**made, "Condition": policies.conditions()} if self.chance.random() < 0.5 else made

    @property
    def named(self) -> tuple[str, ...]:
        """Everybody, and a session of each role."""
        return (*self.who, *(caller_of(arn) for arn in self.who if ":role/" in arn))

    def documents(self, arn: str) -> list[Json]:
        """All that somebody's own policies say, and those of its groups."""
        holders = [self.who[arn], *(self.groups[name] for name in self.members.get(arn, ()))]
        attached = [self.managed[managed] for has in holders for managed in has.attached]
        return [*(document for has in holders for document in has.inline), *attached]

    def keys(self, arn: str) -> set[str]:
        """The condition keys that a policy names which speaks of somebody."""
        limits = [self.managed[self.boundaries[arn]]] if arn in self.boundaries else []
        every = [*self.documents(arn), *limits, self.bucket, self.trust]
        return {item.key for document in every for atom in atoms(document) for item in atom.conditions}

    def scene(self) -> Scene:
        """As the survey sees it."""
        users = [self._entry(arn, "User") for arn in self.who if ":user/" in arn]
        roles = [self._entry(arn, "Role") for arn in self.who if ":role/" in arn]
        own = {"Arn": ROLE, "RoleId": "AROAOWN", "RolePolicyList": [], "AssumeRolePolicyDocument": self.trust}
        user = {"Arn": USER, "UserId": "AIDAOWN", "UserPolicyList": [], "GroupList": []}
        details = {
            "UserDetailList": [*users, user],
            "RoleDetailList": [*roles, own],
            "GroupDetailList": [
                {"Arn": f"arn:aws:iam::{ACCOUNT}:group/{name}", "GroupName": name, **_policies(has, "Group")}
                for name, has in self.groups.items()
            ],
            "Policies": [
                {
                    "Arn": arn,
                    "PolicyName": arn.rpartition("/")[2],
                    "PolicyVersionList": [{"IsDefaultVersion": True, "Document": document}],
                }
                for arn, document in self.managed.items()
            ],
        }
        bucket = Bucket(Policy.of("the bucket's policy", self.bucket))
        return Scene(CONTRACT, ACCOUNT, "aws", described(details), {"b": bucket})

    def _entry(self, arn: str, kind: str) -> Json:
        limited = {"PermissionsBoundary": {"PermissionsBoundaryArn": self.boundaries.get(arn)}}
        limit = limited if arn in self.boundaries else {}
        common = {"Arn": arn, f"{kind}Id": unique_id(arn), **_policies(self.who[arn], kind), **limit}
        closed: Json = {"Statement": []}
        more = {"GroupList": self.members[arn]} if kind == "User" else {"AssumeRolePolicyDocument": closed}
        return {**common, **more}

    def allows(self, arn: str, action: str, resource: str, keys: Json) -> bool:
        """What the evaluator says of one request."""
        asked, (own, limits) = asked_by(arn, action, resource, keys), self._parsed(arn)
        identity = iam_evaluator.evaluate(asked, own, *limits)
        if action.startswith("iam:"):
            return bool(identity.decision == "Allow")
        into = action == "sts:AssumeRole"
        with_resource = {"Statement": [{**one, "Resource": "*"} for one in self.trust["Statement"]]}
        decides = with_resource if into else self.bucket
        combined = iam_evaluator.combine_resource_policy(identity, asked, decides, ACCOUNT, into, tuple(limits))
        return bool(combined.decision == "Allow")

    def _parsed(self, arn: str) -> tuple[list[Any], list[Any]]:
        """Somebody's policies and boundary, as the evaluator takes them."""
        if arn not in self.parsed:
            limits = [[self.managed[self.boundaries[arn]]]] if arn in self.boundaries else []
            own, *limited = [
                [iam_evaluator.parse_policy_document(document) for document in layer]
                for layer in (self.documents(arn), *limits)
            ]
            self.parsed[arn] = own, limited
        return self.parsed[arn]


def _policies(has: Has, kind: str) -> Json:
    inline = [{"PolicyName": f"p{number}", "PolicyDocument": one} for number, one in enumerate(has.inline)]
    attached = [{"PolicyArn": arn, "PolicyName": arn.rpartition("/")[2]} for arn in has.attached]
    return {f"{kind}PolicyList": inline, "AttachedManagedPolicies": attached}


def unique_id(arn: str) -> str:
    return f"{'AIDA' if ':user/' in arn else 'AROA'}{arn.rpartition('/')[2].upper()}"


def asked_by(arn: str, action: str, resource: str, keys: Json) -> Any:
    """A user's, or one of a role's session."""
    session = "" if ":user/" in arn else ":any"
    context = {"aws:userid": f"{unique_id(arn)}{session}", "aws:principalarn": arn, **keys}
    return request(caller_of(arn), action, resource, context)


def caller_of(arn: str) -> str:
    """A user, or a session of a role."""
    return arn if ":user/" in arn else f"arn:aws:sts::{ACCOUNT}:assumed-role/{arn.rpartition('/')[2]}/any"


def requests(keys: Mapping[str, tuple[Any, ...]], used: set[str]) -> Iterator[Json]:
    """Each way in which requests differ by the keys that some policy names."""
    named = sorted(set(keys) & used)
    yield from (dict(zip(named, chosen, strict=True)) for chosen in product(*(keys[name] for name in named)))


def shows(action: str, keys: Json) -> bool:
    """Whether a listing shows the place."""
    prefix = keys.get("s3:prefix") or ""
    return action != "s3:ListBucket" or prefix.startswith(PREFIX) or PREFIX.startswith(prefix)


def judged(made: Made) -> tuple[list[str], list[str]]:
    """What the survey says of everybody, and what of it the evaluator denies."""
    found = survey(made.scene(), ())["findings"]
    keys = {arn: made.keys(arn) for arn in made.who}
    said: list[str] = []
    wrong: list[str] = []
    for name, questions in QUESTIONS.items():
        for arn, used in keys.items():
            own = [one for one in found if one["list"] == name and one["principal"] == arn]
            sure = {action for one in own if one["certainty"] == "certain" for action in one["actions"]}
            perhaps = {action for one in own if one["certainty"] == "under_conditions" for action in one["actions"]}
            for action, resources in questions.items():
                verdict = "certain" if action in sure else "under conditions" if action in perhaps else "not at all"
                said.append(verdict)
                asked = [
                    all(made.allows(arn, action, resource, {**chosen, **given}) for given in requests(GIVEN, used))
                    if verdict == "certain"
                    else any(made.allows(arn, action, resource, {**chosen, **given}) for given in requests(GIVEN, used))
                    for resource in resources
                    for chosen in requests(CHOSEN, used)
                    if shows(action, chosen)
                ]
                if (verdict == "certain" and not any(asked)) or (verdict == "not at all" and any(asked)):
                    wrong.append(f"{arn} {action}: {verdict}")
    return said, wrong


def agrees(seed: int, accounts: int) -> Counter[str]:
    """How often the survey said what, which is each time as the evaluator sees it."""
    chance, counted = random.Random(seed), Counter[str]()
    for _account in range(accounts):
        made = Made.up(chance)
        said, wrong = judged(made)
        assert wrong == [], made
        counted.update(said)
    assert all(counted[name] > accounts / 10 for name in ("certain", "under conditions", "not at all"))
    return counted


def test_the_survey_agrees_with_the_evaluator() -> None:
    agrees(7, 60)


@pytest.mark.whole
@pytest.mark.parametrize("seed", SEEDS)
def test_the_survey_agrees_over_many_accounts(seed: int) -> None:
    counted = agrees(seed, ACCOUNTS)
    print(f"\nseed {seed}, {ACCOUNTS} accounts: {', '.join(f'{n} {word}' for word, n in counted.items())}; none wrong")


def test_the_evaluator_would_notice_a_survey_that_looks_at_no_denial(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "_never", lambda *_given: True)
    chance = random.Random(7)
    assert any(judged(Made.up(chance))[1] for _account in range(25))


def test_the_evaluator_would_notice_a_survey_that_leaves_somebody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "_may_be", lambda *_given: False)
    chance = random.Random(7)
    assert any(judged(Made.up(chance))[1] for _account in range(25))
