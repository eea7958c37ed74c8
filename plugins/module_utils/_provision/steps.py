# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan: steps with what is before and after them, and the reasons why none may be taken. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
import json
from typing import Any

MAKE, ADOPT, CHANGE, DELETE = "make", "adopt", "change", "delete"
VERBS = (MAKE, ADOPT, CHANGE, DELETE)

#: The steps that each bucket of a contract has of its own.
OF_A_BUCKET = ("bucket", "bucket_policy", "objects")

KEY_FACTS = ("access_key_id", "key_place", "retired_key_id", "retired_key_deleted_after")

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One step. ``name`` is the task that takes it, ``options`` are those of its module.

    ``before`` and ``after`` hold every setting and document that changes, whole; ``saved`` is what is lost by it
    when something is taken over.
    """

    name: str
    verb: str
    what: str
    before: Values = field(default_factory=dict)
    after: Values = field(default_factory=dict)
    options: Values = field(default_factory=dict)
    saved: Values = field(default_factory=dict)

    @property
    def line(self) -> str:
        """The step in a sentence's beginning: what becomes of what."""
        changed = [name for name in {**self.before, **self.after} if self.before.get(name) != self.after.get(name)]
        detail = f": {', '.join(name.replace('_', ' ') for name in changed)}" if self.verb in (CHANGE, ADOPT) else ""
        return f"{self.verb} {self.what}{detail if changed else ''}"


@dataclass(frozen=True)
class Plan:
    """The steps in their order. With ``refusals`` none is taken."""

    steps: tuple[Step, ...] = ()
    refusals: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    #: What is to be done with the user's keys, as the options of the one task that does it.
    keys: Values = field(default_factory=dict)
    #: Which key is stored where, and which one is retired, for whoever is told what came of it.
    key_facts: Values = field(default_factory=lambda: dict.fromkeys(KEY_FACTS, ""))

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.steps)

    @property
    def counts(self) -> dict[str, int]:
        """How many steps of each verb."""
        return {verb: sum(step.verb == verb for step in self.steps) for verb in VERBS}

    @property
    def lines(self) -> list[str]:
        """A line a step, then notes, then the counts."""
        counts = self.counts
        total = ", ".join(f"{counts[verb]} to {verb}" for verb in VERBS)
        return [*(step.line for step in self.steps), *self.notes, f"plan: {total}"]

    @property
    def diff(self) -> dict[str, str]:
        """What Ansible shows with ``--diff``: every setting that changes, before and after."""
        return {
            "before": _text({step.what: step.before for step in self.steps if step.before}),
            "after": _text({step.what: step.after for step in self.steps if step.after}),
        }

    @property
    def turns(self) -> list[dict[str, Any]]:
        """The steps about buckets, in as many turns as it takes so that none has a step's name twice.

        The usual contract needs one turn; several buckets, or places in one that is emptied, take one after the other.
        """
        turns: list[dict[str, Any]] = []
        for step in self.steps:
            if step.name in OF_A_BUCKET:
                bucket = step.options.get("bucket") or step.options["name"]
                if not turns or bucket != turns[-1]["bucket"] or step.name in turns[-1]["options"]:
                    turns.append({"bucket": bucket, "options": {}})
                turns[-1]["options"][step.name] = dict(step.options)
        return turns

    def as_result(self) -> dict[str, Any]:
        """The plan as a module returns it: the steps by their names, too, for the tasks that take them."""
        return {
            "steps": [asdict(step) for step in self.steps],
            "options": {step.name: dict(step.options) for step in self.steps},
            "turns": self.turns,
            "refusals": list(self.refusals),
            "counts": self.counts,
            "lines": self.lines,
            "key_plan": dict(self.keys),
            **self.key_facts,
            "saved": {step.what: dict(step.saved) for step in self.steps if step.saved},
        }


def _text(shown: Values) -> str:
    return json.dumps(shown, indent=2, sort_keys=True, default=str) + "\n" if shown else ""
