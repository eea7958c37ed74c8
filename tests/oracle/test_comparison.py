# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison of policies says what MiniStack's evaluator says, over random pairs of policies, in both directions.

What the comparison leaves open is no error; what it says is checked with every request of a small world in which each
difference that the random policies can make shows. Left out is where the evaluator is not like AWS: ``NotPrincipal``,
and ARN operators over segments. Pairs are the same in each run; ``make oracle`` makes up 10,000 from five seeds, and
says how often the comparison said what.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from itertools import product
import random
import sys
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._policies import comparison
from ansible_collections.assumerole.s3.plugins.module_utils._policies.atoms import atoms
from ansible_collections.assumerole.s3.plugins.module_utils._policies.comparison import Requests, compare
from ansible_collections.assumerole.s3.plugins.module_utils._policies.facts import Fact, Holds
from lab.checkout import CHECKOUT

# Last on the path: only the emulator itself is taken from its environment.
sys.path += [str(path) for path in CHECKOUT.glob(".venvs/enforcing/lib/python*/site-packages")]

from ministack.core import iam_evaluator

Json = dict[str, Any]

#: Pairs a seed, half of them policies of an identity and half of a bucket.
PAIRS = 2000
SEED = 4711
MORE_SEEDS = (1, 2, 3, 4, 5)
SAID = ("nothing more", "more", "nothing less", "less", "unknown")
ACCOUNT = "123456789012"
USER = f"arn:aws:iam::{ACCOUNT}:user/team/u"
OTHER = f"arn:aws:iam::{ACCOUNT}:user/team/other"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"
STRANGER = "arn:aws:iam::210987654321:user/stranger"
BUCKET = "arn:aws:s3:::b"
KEYS = ("team/a", "team/secret/x", "team.beside")
LATER = "2099-01-01T00:00:00Z"

#: Conditions are about these: the values of requests that the contract is about, those of others, and what is known.
#: Each value that a random condition tells apart is among them.
ANSWERS: dict[str, tuple[tuple[Any, ...], tuple[Any, ...], Fact | None]] = {
    "aws:securetransport": ((True,), (False,), Fact(("true",))),
    "s3:tlsversion": (("1.2", "1.3"), (None, "1.1", "1.4"), Fact(("1.2", "1.3"))),
    "aws:userid": (("AIDA:nightly", "AIDA:n2", "AIDA:other"), (None, "AROA:x", "ANPA:x"), Fact(("AIDA:*",))),
    "aws:sourceip": (("10.1.2.3", "192.0.2.7", "198.51.100.1"), (), Fact(("*",))),
    "s3:prefix": ((None, "", "team/", "tzam/a", "other/x", *KEYS), (), Fact(("*",), absent=True)),
    "aws:multifactorauthpresent": ((None,), ("true", "false"), Fact(absent=True)),
    "aws:principalorgid": ((None, "o-1", "o-2", "o-3"), (), None),
}
NOW = {"aws:currenttime": Fact(since=1_780_000_000.0)}
IS_USER = {"aws:principalarn": Fact((USER,))}
KNOWN = {**{key: fact for key, (_ours, _others, fact) in ANSWERS.items() if fact}, **NOW, **IS_USER}
REQUESTS = {False: Requests(KNOWN, {**NOW, **IS_USER}), True: Requests(KNOWN, NOW)}

OBJECT_ACTIONS = ("s3:GetObject", "s3:PutObject")
ACTIONS = (
    *OBJECT_ACTIONS,
    "s3:ListBucket",
    "s3:PutObjectAcl",
    "s3:GetBucketAcl",
    "s3:SetObject",
    "iam:GetUser",
    "s3:PutObjectTagging",
)
#: Actions that no policy names.
UNNAMED = ("s3:PutObjectTagging", "s3:GetBucketPolicy", "a:b")
RESOURCES = (
    BUCKET,
    *(f"{BUCKET}/{key}" for key in (*KEYS, "other/x", "teax/x")),
    "arn:aws:s3:::other",
    "arn:aws:s3:::other/x",
)


@cache
def world(keys: frozenset[str], caller: str) -> tuple[tuple[Any, bool], ...]:
    """Every request that differs by these condition keys, and whether the contract is about it."""
    names = sorted(keys & set(ANSWERS))
    choices = [
        [*((value, True) for value in ANSWERS[name][0]), *((value, False) for value in ANSWERS[name][1])]
        for name in names
    ]
    return tuple(
        (
            request(caller, action, resource, {"aws:userid": "AIDA:other", **keys_of(names, chosen)}),
            caller == USER and all(ours for _given, ours in chosen),
        )
        for action, resource in product((*ACTIONS, *UNNAMED), RESOURCES)
        if _possible(action, resource)
        for chosen in product(*choices)
    )


def keys_of(names: list[str], chosen: tuple[tuple[Any, bool], ...]) -> Json:
    """What a request carries under these condition keys."""
    return {name: given for name, (given, _ours) in zip(names, chosen, strict=True)}


def _possible(action: str, resource: str) -> bool:
    """The comparison knows which of a contract's actions are on the bucket; any other action may be on anything."""
    on_object = "/" in resource
    return (
        on_object if action in (*OBJECT_ACTIONS, "s3:PutObjectTagging") else action != "s3:ListBucket" or not on_object
    )


def request(caller: str, action: str, resource: str, context: Json) -> Any:
    """What the evaluator judges: a user's, or one of a role's session."""
    return iam_evaluator.EvalContext(
        principal_arn=caller,
        principal_type="AssumedRole" if ":assumed-role/" in caller else "User",
        principal_account=ACCOUNT,
        action=action,
        resource_arn=resource,
        region="us-east-1",
        source_ip=context.get("aws:sourceip", "10.1.2.3"),
        secure_transport=context.get("aws:securetransport", True),
        service_context={name: value for name, value in context.items() if value is not None},
    )


_LIKE, _EQUAL = ("StringLike", "StringNotLike"), ("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase")
_TRUTH = ("Bool", "StringEquals", "StringNotEquals")
#: Operators, a key, and values of which a condition has one or two.
CONDITIONS = (
    (_LIKE, "s3:prefix", ("team/*", "team*", "team/secret/*", "*", "t?am/a", "other/*")),
    (_LIKE, "s3:prefix", ("team/*", "team*", "*")),
    (_EQUAL, "s3:prefix", ("team/", "team/a", "")),
    (_LIKE, "aws:userid", ("AIDA:*", "AIDA:n*", "AROA:*")),
    (_EQUAL, "aws:userid", ("AIDA:nightly", "AIDA:other")),
    (_TRUTH, "aws:SecureTransport", ("true",)),
    (_TRUTH, "aws:SecureTransport", ("false",)),
    (("NumericLessThan", "NumericEquals", "NumericNotEquals", "NumericGreaterThan"), "s3:TlsVersion", ("1.2", "1.3")),
    (("IpAddress", "NotIpAddress"), "aws:SourceIp", ("10.0.0.0/8", "192.0.2.0/24")),
    (("StringEquals", "StringNotEquals"), "aws:PrincipalOrgID", ("o-1", "o-2")),
    (("Bool",), "aws:MultiFactorAuthPresent", ("true",)),
    (("Bool",), "aws:MultiFactorAuthPresent", ("false",)),
    (("ArnEquals", "ArnNotLike"), "aws:PrincipalArn", (USER, f"arn:aws:iam::{ACCOUNT}:user/*")),
    (("DateLessThan", "DateGreaterThan"), "aws:CurrentTime", ("2020-01-01T00:00:00Z",)),
    (("DateLessThan",), "aws:CurrentTime", (LATER,)),
)
#: Keys that each request of the evaluator has.
_ALWAYS_THERE = ("aws:SecureTransport", "aws:PrincipalArn", "aws:CurrentTime", "aws:SourceIp")


@dataclass
class Policies:
    """Random policies; what a condition or a pattern tells apart, the requests show."""

    chance: random.Random = field(default_factory=lambda: random.Random(SEED))

    def pair(self, *, of_bucket: bool) -> tuple[Json, Json]:
        """A policy, and the one that is wished."""
        wished = {"Statement": [self.wish(of_bucket=of_bucket) for _number in range(self.chance.randint(1, 3))]}
        actual = {"Statement": [self.statement(of_bucket=of_bucket) for _number in range(self.chance.randint(0, 2))]}
        if self.chance.random() < 0.7:
            actual["Statement"] += wished["Statement"]
        return actual, wished

    def wish(self, *, of_bucket: bool) -> Json:
        """A statement as contracts have it."""
        made: Json = {"Effect": "Allow", **({"Principal": {"AWS": USER}} if of_bucket else {})}
        if self.chance.random() < 0.5:
            place = self.chance.choice(("*", "team/*", "team/a"))
            return {**made, "Action": self.some(*OBJECT_ACTIONS), "Resource": f"{BUCKET}/{place}"}
        operator, values = self.chance.choice((("StringLike", ["team/*"]), ("StringEquals", ["team/", "team/a"])))
        condition = {"Condition": {operator: {"s3:prefix": values}}} if self.chance.random() < 0.7 else {}
        return {**made, "Action": "s3:ListBucket", "Resource": BUCKET, **condition}

    def statement(self, *, of_bucket: bool) -> Json:
        """Any statement; one of a bucket policy names the user, everybody, somebody else or, to deny, the account."""
        effect = self.chance.choice(("Allow", "Deny", "Deny"))
        actions = ("s3:*", "s3:Get*", "s3:PutObject*", "s3:?etObject", *ACTIONS)
        places = (BUCKET, f"{BUCKET}/*", f"{BUCKET}/team/*", f"{BUCKET}/team*", f"{BUCKET}/tea?/*", f"{BUCKET}/team/a")
        made: Json = {
            "Effect": effect,
            self._perhaps_not("Action"): self.some(*actions),
            self._perhaps_not("Resource"): self.some("*", *places),
        }
        if of_bucket:
            root = [f"arn:aws:iam::{ACCOUNT}:root"] if effect == "Deny" else []
            made["Principal"] = {"AWS": self.some("*", USER, OTHER, *root)}
        return {**made, "Condition": self.conditions()} if self.chance.random() < 0.6 else made

    def conditions(self) -> Json:
        """One or two conditions."""
        found: Json = {}
        for _number in range(self.chance.choice((1, 1, 1, 2))):
            operator, key, values = self._condition()
            found.setdefault(operator, {})[key] = values
        return found

    def some(self, *choices: str) -> list[str]:
        """One or two of them."""
        return self.chance.sample(choices, min(len(choices), self.chance.choice((1, 1, 2))))

    def _perhaps_not(self, name: str) -> str:
        return f"Not{name}" if self.chance.random() < 0.25 else name

    def _condition(self) -> tuple[str, str, list[str]]:
        operators, key, values = self.chance.choice(CONDITIONS)
        if key not in _ALWAYS_THERE and self.chance.random() < 0.1:
            return "Null", key, [self.chance.choice(("true", "false"))]
        sets = self.chance.choice(("", "", "", "", "", "ForAllValues:", "ForAnyValue:"))
        ending = "IfExists" if self.chance.random() < 0.15 else ""
        operator, chosen = self.chance.choice(operators), self.some(*values)
        # Of no value it is so that it is like none of "*": nothing would show.
        sets = "" if "*" in chosen else sets
        return f"{sets}{operator}{ending}", key, chosen


@dataclass(frozen=True)
class Evaluator:
    """The evaluator's reading of one policy: what of it is for a caller, once for all of the caller's requests."""

    policy: Json
    of_bucket: bool

    def of(self, caller: str) -> list[Any]:
        """The statements that count for a caller, as the evaluator takes them out of a resource's policy."""
        statements = [
            statement
            for statement in self.policy["Statement"]
            if not self.of_bucket or iam_evaluator._principal_matches(statement["Principal"], caller)
        ]
        return [iam_evaluator.parse_policy_document({"Statement": statements})]


def seen(actual: Json, wished: Json, *, of_bucket: bool) -> tuple[bool, bool]:
    """Whether the evaluator sees too much of any request, and too little of the contract's."""
    keys = {item.key for policy in (actual, wished) for atom in atoms(policy) for item in atom.conditions}
    too_much = too_little = False
    for caller in (USER, OTHER, ROLE, STRANGER) if of_bucket else (USER,):
        found_in, wished_in = Evaluator(actual, of_bucket).of(caller), Evaluator(wished, of_bucket).of(caller)
        asks = any(item.effect == "Allow" for item in (*found_in[0], *wished_in[0]))
        for asked, of_contract in world(frozenset(keys), caller) if asks else ():
            found = iam_evaluator.evaluate(asked, found_in).decision == "Allow"
            if too_much if found else too_little or not of_contract:
                continue
            should = iam_evaluator.evaluate(asked, wished_in).decision == "Allow"
            too_much |= found and not should
            too_little |= should and not found
    return too_much, too_little


def judged(actual: Json, wished: Json, *, of_bucket: bool) -> tuple[list[str], list[str]]:
    """What the comparison says, and what of it the evaluator denies. A difference of later on does not show today."""
    difference = compare([actual], wished, requests=REQUESTS[of_bucket])
    too_much, too_little = seen(actual, wished, of_bucket=of_bucket)
    less, more, later = bool(difference.lacking or difference.narrowing), bool(difference.extra), LATER in str(actual)
    said = {
        "nothing more": (not more, too_much),
        "nothing less": (not less and not difference.unjudged, too_little),
        "more": (more, not too_much and not later and not _asks_twice(actual)),
        "less": (less, not too_little and not later),
        "unknown": (bool(difference.unjudged), False),
    }
    return (
        [name for name, (is_said, _) in said.items() if is_said],
        [name for name, (is_said, is_wrong) in said.items() if is_said and is_wrong],
    )


def _asks_twice(policy: Json) -> bool:
    """Whether a grant asks for several things of one key: no request of one value may meet them, but one of several."""
    grants = [atom for atom in atoms(policy) if atom.effect == "Allow"]
    return any(len({item.key for item in atom.conditions}) < len(atom.conditions) for atom in grants)


@pytest.mark.parametrize("of_bucket", [False, True], ids=["identity", "bucket"])
def test_the_comparison_agrees_with_the_evaluator(of_bucket: bool) -> None:
    agrees(SEED, of_bucket=of_bucket)


@pytest.mark.whole
@pytest.mark.parametrize("of_bucket", [False, True], ids=["identity", "bucket"])
@pytest.mark.parametrize("seed", MORE_SEEDS)
def test_the_comparison_agrees_over_ten_thousand_pairs(seed: int, of_bucket: bool) -> None:
    counted = agrees(seed, of_bucket=of_bucket)
    said = ", ".join(f"{name} {counted[name]}" for name in SAID)
    print(f"\nseed {seed}, {PAIRS // 2} {'bucket' if of_bucket else 'identity'} policies: {said}; none wrong")


def agrees(seed: int, *, of_bucket: bool) -> Counter[str]:
    """How often the comparison said what, which is each time as the evaluator sees it."""
    policies, counted, wrong = Policies(random.Random(seed)), Counter[str](), []
    for _pair in range(PAIRS // 2):
        actual, wished = policies.pair(of_bucket=of_bucket)
        said, denied = judged(actual, wished, of_bucket=of_bucket)
        counted.update(said)
        wrong += [(denied, actual, wished)] if denied else []
    assert wrong == []
    assert all(counted[name] > PAIRS / 200 for name in SAID)
    return counted


def test_the_evaluator_would_notice_a_lenient_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "all_hold", lambda *_given: Holds.NEVER)
    policies = Policies()
    pairs = [policies.pair(of_bucket=False) for _number in range(200)]
    assert any(judged(actual, wished, of_bucket=False)[1] for actual, wished in pairs)
