# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows that the operator's policies are the least: takes out each action in turn, and sees the verb fail.

    make operator-policies [POLICIES="POLICY ..."]

It prints a line for each action, and ends with an error when a verb does without one. Takes a while.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
import sys

from account import account, enforcing
from policies import PLACEHOLDERS, actions, filled, without
from verbs import VERBS, Verb

from lab.checkout import Json
from lab.emulator import Emulator

AT_ONCE = 2

#: What AWS asks for when something is made with tags, and the emulator does not: here no verb fails without it.
#: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
#: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
ONLY_ON_AWS = frozenset({"secretsmanager:TagResource", "ssm:AddTagsToResource"})


def main() -> None:
    """The table, and how it ends."""
    chosen = [verb for verb in VERBS if verb.name in sys.argv[1:] or not sys.argv[1:]]
    with enforcing() as emulator, ThreadPoolExecutor(AT_ONCE) as pool:
        rows = [
            (verb.name, action, pool.submit(why_needed, emulator, verb, action)) for verb, action in questions(chosen)
        ]
        found = [told(name, action, row.result()) for name, action, row in rows]
    print(f"{sum(found)} of {len(found)} actions are needed; not tried: {', '.join(sorted(ONLY_ON_AWS))}.")
    sys.exit(None if all(found) else "A policy allows what its verb does not need: see the lines above.")


def questions(verbs: list[Verb]) -> list[tuple[Verb, str]]:
    """Every action of every verb's own policy."""
    nobody = dict.fromkeys(PLACEHOLDERS, "example")
    return [
        (verb, action) for verb in verbs for action in actions(filled(verb.name, nobody)) if action not in ONLY_ON_AWS
    ]


def why_needed(emulator: Emulator, verb: Verb, action: str) -> str:
    """What is amiss without the action; nothing when no situation misses it."""
    for situation in verb.situations:
        with account(emulator) as place:
            own, *others = (filled(name, place.names) for name in verb.policies)
            smaller: list[Json] = [policy for policy in (without(own, action), *others) if policy["Statement"]]
            amiss = situation(place, place.operator(smaller))
        if amiss:
            return f"{situation.__name__}: {summary(amiss, action)}"
    return ""


def summary(amiss: str, action: str) -> str:
    """That the failure names the action; else how it ended, in a line."""
    if action in amiss:
        return "the failure names it"
    denied = [line for line in amiss.splitlines() if "denied" in line.lower() or "403" in line or "not be" in line]
    return (denied or amiss.splitlines())[-1][:300]


def told(name: str, action: str, reason: str) -> bool:
    """Print the line; gives whether the action is needed."""
    print(f"{name:22} {action:36} {reason or 'NOT NEEDED'}", flush=True)
    return bool(reason)


if __name__ == "__main__":
    main()
