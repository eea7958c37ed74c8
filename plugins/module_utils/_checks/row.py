# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of a check: the form of a row of the catalogue, and the words that rows share. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import ALLOWED

#: How a check comes by its answer: by a real call, or from the configuration.
ASKED, READ = "asked", "read"

#: What is expected where the contract may say either.
AS_AGREED = "as agreed"

#: Where a question asks: below the prefix, beside it, at another contract's place in the same bucket, or in a bucket
#: that is not the contract's.
INSIDE, OUTSIDE, SIBLING, ELSEWHERE = "inside", "outside", "sibling", "elsewhere"

#: What checks are about: the headings of the report and of the documentation.
THE_ROLE = "The role"
PLAIN_HTTP = "The role over plain HTTP"
THE_USER = "The user alone"
ANYBODY = "Anybody, without credentials"
ELSEWHERE_ASKED = "From another network"
TRUST = "Trust policy"
THE_OTHERS = "Others who may assume the role"
THE_KEY = "The key that encrypts"
CONFIGURATION = "Configuration"
WHO_ELSE = "Who else of the account"
OTHERS = "Others"

#: The principals that ask, as they begin a sentence.
PRINCIPALS = {
    "role": THE_ROLE,
    "role over plain HTTP": PLAIN_HTTP,
    "role from another network": "The role from another network",
    "user": THE_USER,
    "anonymous": f"{ANYBODY},",
}


@dataclass(frozen=True)
class Finding:
    """A cause and the way to mend it, each a sentence or two; empty when there is nothing to explain."""

    cause: str = ""
    advice: str = ""


@dataclass(frozen=True)
class Edge:
    """An edge of the report's drawing: what it says, and its label there."""

    sentence: str
    label: str

    def about(self, permission: str) -> Edge:
        """The edge of one permission."""
        return Edge(self.sentence.format(permission=permission), self.label.format(permission=permission))


@dataclass(frozen=True, kw_only=True)
class Row:
    """All that is said of one check.

    An ``id`` with ``{permission}`` stands for a check of each of ``permissions``, and one that ends in ``@{bucket}``
    or ``@{principal}`` for a check of each. Of a contract with several places, a check of one ends in
    ``@BUCKET/PREFIX``. ``statement`` is what is so when the check passes, with room for ``{who}``, ``{can}``,
    ``{where}``, ``{principal}`` and ``{whom}``; ``shows`` says it at more length for the documentation. ``excess`` is
    what it means when something works that must not, and ``explained_by`` are the checks of the configuration whose
    findings say why this one failed. ``permission`` is the one that is asked for, and ``place`` where; ``edge`` is the
    part of the report's drawing that shows it.
    """

    id: str
    principal: str
    action: str
    expected: str
    statement: str
    group: str
    evidence: str
    explained_by: tuple[str, ...]
    excess: Finding = Finding()
    shows: str = ""
    permission: str = ""
    permissions: tuple[str, ...] = ()
    place: str = INSIDE
    edge: Edge | None = None

    def __post_init__(self) -> None:
        may_be_too_much = self.evidence == ASKED and self.expected != ALLOWED
        if may_be_too_much != bool(self.excess.cause and self.excess.advice):
            raise ValueError(f"{self.id}: say what it means that this works, if it is asked and may have to be refused")

    def about(self, permission: str, action: str, words: str) -> Row:
        """The row of one permission, with the words that say it in a sentence."""
        return replace(
            self,
            id=self.id.replace("{permission}", permission),
            action=action,
            statement=self.statement.replace("{permission}", words),
            permission=permission,
            permissions=(),
            edge=self.edge.about(permission) if self.edge else None,
        )
