# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the configuration again while AWS may not have caught up with a change: a stale read is no finding.

IAM is eventually consistent, also in what it reads:
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
Pure but for the clock that it is given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import ERROR, Answer
from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Configuration
from ansible_collections.assumerole.s3.plugins.module_utils._checks.check import (
    FINDINGS,
    INCONCLUSIVE,
    Check,
)
from ansible_collections.assumerole.s3.plugins.module_utils._checks.observations import Observation
from ansible_collections.assumerole.s3.plugins.module_utils._checks.sentences import COMPARED
from ansible_collections.assumerole.s3.plugins.module_utils._verification.convergence import NEEDED, PAUSES, Patience


@dataclass(frozen=True)
class Compared:
    """One reading of the configuration, and its checks; ``passing`` are those that cannot be judged for a moment."""

    found: Configuration
    checks: list[Check]
    passing: frozenset[str] = field(default_factory=frozenset)

    @property
    def findings(self) -> dict[str, str]:
        """The checks by which the contract would be violated, and what each found."""
        return {
            check["id"]: f"{check['outcome']}: {check['cause']}"
            for check in self.checks
            if check["outcome"] in FINDINGS
        }

    @property
    def waited_for(self) -> dict[str, str]:
        """The outcomes of all that may be otherwise at the next reading."""
        return {
            check["id"]: COMPARED[check["outcome"]]
            for check in self.checks
            if check["outcome"] in FINDINGS or check["id"] in self.passing
        }


def compared(compare: Callable[[], Compared], patience_for: Callable[[Configuration], Patience]) -> Compared:
    """Compare until nothing is found, or for as long as propagation can explain what is found.

    ``patience_for`` says for how long that is, given the first reading. What the last :data:`NEEDED` readings do not
    agree on is no finding, and no agreement either: nobody can tell.
    """
    seen = [compare()]
    patience = patience_for(seen[0].found)
    began = patience.clock.monotonic()
    end = began + patience.seconds
    while seen[-1].waited_for and patience.seconds > 0:
        left = end - patience.clock.monotonic()
        if began >= end and len(seen) >= NEEDED:
            break
        if left > 0:
            patience.tell(left, _waited_for(seen[-1]))
            patience.clock.sleep(min(left, PAUSES[min(len(seen), len(PAUSES)) - 1]))
        began = patience.clock.monotonic()
        seen.append(compare())
    return _agreed(seen)


def _agreed(seen: list[Compared]) -> Compared:
    last, lately = seen[-1], [reading.findings for reading in seen[-NEEDED:]]
    flapping = {name for name, found in last.findings.items() if any(one.get(name) != found for one in lately)}
    return replace(last, checks=[_unsettled(check) if check["id"] in flapping else check for check in last.checks])


def _unsettled(check: Check) -> Check:
    return {
        **check,
        "observed": ERROR,
        "outcome": INCONCLUSIVE,
        "cause": f"Several readings of it did not agree; the last one says: {check['cause']}",
        "advice": "Somebody changes it, or AWS has not caught up with a change: verify again in a minute.",
    }


def _waited_for(reading: Compared) -> dict[str, Observation]:
    return {
        name: Observation(Answer(), settled=False, attempts=1, elapsed_ms=0, history=(outcome,))
        for name, outcome in reading.waited_for.items()
    }
