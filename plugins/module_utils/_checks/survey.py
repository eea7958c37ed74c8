# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a survey of the account means for the verdict, where it is known whom it may find. Pure.

Who gets there for certain and is not expected is excess access. Who may under conditions, or by granting it to itself,
cannot be told, and neither can what was not read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import ALLOWED, DENIED, ERROR, Answer
from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import SURVEYED
from ansible_collections.assumerole.s3.plugins.module_utils._checks.check import (
    EXCESS_ACCESS,
    INCONCLUSIVE,
    PASS,
    Check,
    Judgement,
    Question,
    check,
)
from ansible_collections.assumerole.s3.plugins.module_utils._checks.observations import Observation
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import Row
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.expected import is_expected

#: How many principals a sentence names.
MOST_NAMED = 4

#: How sure it is that a principal gets there: by itself, or by changing a policy, trust or boundary that is in its way.
CERTAIN, UNDER_CONDITIONS, CAN_GRANT_ITSELF = "certain", "under_conditions", "can_grant_itself"
CERTAINTIES = (CERTAIN, CAN_GRANT_ITSELF, UNDER_CONDITIONS)

_OBSERVED = {PASS: DENIED, EXCESS_ACCESS: ALLOWED, INCONCLUSIVE: ERROR}

#: The list of who gets to the contract's places, and the one of what its own user and role get into.
REACHES, BEYOND = "reaches", "beyond"

#: Where a list of the survey says that somebody gets.
_WHERE = {
    REACHES: "Nobody expects these to get to the contract's places",
    "enters": "Nobody expects these to get into the role",
    "becomes": "Nobody expects these to get the user or its key",
    BEYOND: "The contract does not say that its user and role get to these",
}

#: The lists of a survey, in the order in which they are told.
LISTS = tuple(_WHERE)

Found = Mapping[str, Any]


def with_expected(survey: Found, expected: Sequence[str]) -> dict[str, Any]:
    """The survey, in which each finding says whether it is expected; null where nobody has said whom to expect.

    What is beyond the contract is the contract's own user's or role's, so no list of others makes it expected.
    """
    findings = [{**found, "expected": _is_expected(found, expected)} for found in survey["findings"]]
    return {**survey, "findings": findings}


def survey_checks(survey: Found, contract: Contract) -> list[Check]:
    """A check of each list of a survey that says whom to expect."""
    return [_check(row, survey, contract) for row in SURVEYED]


def _is_expected(found: Found, expected: Sequence[str]) -> bool | None:
    if not expected:
        return None
    return found["list"] != BEYOND and is_expected(found["principal"], expected)


#: How many roles the user tries at most.
MOST_TRIED = 50


def ways_in(survey: Found, user_arn: str) -> list[str]:
    """The roles that may let the user in, those first of which it is not certain."""
    mine = [found for found in survey["findings"] if _is_a_way_in(found, user_arn)]
    return list(dict.fromkeys(one["place"] for one in sorted(mine, key=lambda found: found["certainty"] == CERTAIN)))


def to_try(survey: Found, user_arn: str) -> list[str]:
    """Those of them that the user tries."""
    return ways_in(survey, user_arn)[:MOST_TRIED]


def with_doors(survey: Found, user_arn: str) -> dict[str, Any]:
    """The survey, which says how many roles may let the user in, and how many of them it is to try."""
    every = ways_in(survey, user_arn)
    return {**survey, "doors": {"found": len(every), "to_try": min(len(every), MOST_TRIED), "tried": 0}}


def with_proofs(surveyed: Found, tried: Mapping[str, str], user_arn: str) -> dict[str, Any]:
    """The survey and its checks with what real calls have shown of the roles that the user tried."""
    survey = surveyed["survey"]
    findings = [
        {**found, "proven": tried.get(found["place"])} if _is_a_way_in(found, user_arn) else found
        for found in survey["findings"]
    ]
    doors = {"doors": {**survey["doors"], "tried": len(tried)}} if "doors" in survey else {}
    proven = {**survey, "findings": findings, **doors}
    return {"survey": proven, "checks": [_rejudged(check, proven) for check in surveyed["checks"]]}


def with_sessions(survey: Found, shown: Mapping[tuple[str, str, str], str], told: Mapping[str, Any]) -> dict[str, Any]:
    """The survey with what sessions of other roles were told, by role, place and action; ``told`` says which sessions.

    A finding of which a part was tried becomes one of each part: what was let in is certain, of the rest nothing else
    is known than before.
    """
    findings = [part for found in survey["findings"] for part in _parts(found, shown)]
    return {**survey, "findings": findings, "sessions": dict(told)}


def _parts(found: Found, shown: Mapping[tuple[str, str, str], str]) -> list[dict[str, Any]]:
    if found["list"] != REACHES or found["certainty"] == CAN_GRANT_ITSELF:
        return [dict(found)]
    parts: dict[str | None, list[str]] = {}
    for action in found["actions"]:
        parts.setdefault(shown.get((found["principal"], found["place"], action)), []).append(action)
    return [{**found, "actions": actions, "proven": proven} for proven, actions in parts.items()]


def _is_a_way_in(found: Found, user_arn: str) -> bool:
    return bool(found["list"] == BEYOND and found["principal"] == user_arn and "sts:AssumeRole" in found["actions"])


def _rejudged(check: Mapping[str, Any], survey: Found) -> dict[str, Any]:
    judgement = _of_list(check["id"].removeprefix("survey."), survey)
    seen = {"observed": _OBSERVED[judgement.outcome], "outcome": judgement.outcome}
    return {**check, **seen, "cause": judgement.cause, "advice": judgement.advice}


def certainty(found: Found) -> str:
    """How sure it is: what a real call has shown counts more than what was read.

    A call that was refused shows no more than that this one was: something that the survey cannot see may stand in its
    way, today.
    """
    if found["proven"] == "allowed":
        return CERTAIN
    return UNDER_CONDITIONS if found["proven"] == "denied" else str(found["certainty"])


def _check(row: Row, survey: Found, contract: Contract) -> Check:
    name = row.id.removeprefix("survey.")
    judgement = _of_list(name, survey)
    about = {"reaches": contract.bucket, "becomes": contract.user or contract.role}
    question = Question(row.id, row.principal, row.action, about.get(name, contract.role), row.expected)
    once = Observation(Answer(), settled=True, attempts=1, elapsed_ms=0, own_ms=0)
    return check(question, _OBSERVED[judgement.outcome], judgement, once)


def _of_list(name: str, survey: Found) -> Judgement:
    """What one of the lists means, as far as nobody expects whom it has."""
    unexpected = [found for found in survey["findings"] if found["list"] == name and not found["expected"]]
    return _judged(name, unexpected, survey["unread"])


def _judged(name: str, found: Sequence[Found], unread: Sequence[str]) -> Judgement:
    certain = [one for one in found if certainty(one) == CERTAIN]
    if certain:
        return Judgement(EXCESS_ACCESS, f"{_WHERE[name]}, and they do: {_named(name, certain)}.", _TAKE_AWAY[name])
    if found:
        cause = f"{_WHERE[name]}, and they may, as the report says beside each: {_named(name, found)}."
        return Judgement(INCONCLUSIVE, cause, _TAKE_AWAY[name])
    return Judgement(INCONCLUSIVE, f"Not all of the account was read: {unread[0]}", _ALLOW) if unread else Judgement()


_ALLOW = "Allow the operator what docs/operator-policies/survey.json has, and survey again."
_OF_OTHERS = "Take it from whom it is not meant for, and name in bucket_access_expected_principals whom you know of."
_TAKE_AWAY = {
    **dict.fromkeys(("reaches", "enters", "becomes"), _OF_OTHERS),
    BEYOND: "Take it from the user or the role, or name a role that is agreed in bucket_access_other_roles.",
}


def _named(name: str, found: Sequence[Found]) -> str:
    """Who, or what is beyond the contract; of many, the first and how many more."""
    every = sorted({str(one["place" if name == BEYOND else "principal"]) for one in found})
    more = f" and {len(every) - MOST_NAMED} more" if len(every) > MOST_NAMED else ""
    return ", ".join("anybody" if one == "*" else one for one in every[:MOST_NAMED]) + more
