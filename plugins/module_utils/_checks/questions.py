# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One question to AWS, and how it is made from a row of the catalogue. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import DENIED
from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import row_of
from ansible_collections.assumerole.s3.plugins.module_utils._checks.check import Question
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import INSIDE, Row
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant


@dataclass(frozen=True)
class Expectation(Question):
    """One question: may this principal do this action on this resource?

    ``probe`` names what asks (``_aws/probes``). ``controls`` are checks, one of which must pass for a refusal
    to count: they show that the same bucket can be reached, and that the session is alive. ``bucket`` and ``prefix``
    are the place that it asks about, or beside. What is ``fenced`` may be refused for where it is asked from.
    """

    probe: str
    bucket: str = ""
    place: str = INSIDE
    controls: tuple[str, ...] = ()
    prefix: str = ""
    fenced: bool = False


@dataclass(frozen=True)
class Scope:
    """What can be asked besides the contract itself: with an outsider, over plain HTTP, from elsewhere, as whom.

    ``siblings`` are places that other contracts of the inventory have in the contract's buckets.
    """

    outsider: bool = False
    plain_http: bool = False
    elsewhere: bool = False
    siblings: tuple[Grant, ...] = ()
    trusted: Set[str] = frozenset()
    refused_token: bool = False
    operator: bool = False


#: The contract itself, and nothing besides.
NOTHING_BESIDES = Scope()


def controlled(usable: list[Expectation], items: Iterable[Expectation]) -> Iterator[Expectation]:
    """A refusal in one of the contract's buckets counts when something worked in that bucket; elsewhere, anywhere."""
    buckets = {item.bucket for item in usable}
    for item in items:
        here = (other.id for other in usable if item.bucket in (other.bucket, "") or item.bucket not in buckets)
        yield replace(item, controls=tuple(here)) if item.expected == DENIED else item


def asking(row: Row, resource: str, probe: str, bucket: str = "", prefix: str = "") -> Expectation:
    """The question that a row of the catalogue is about."""
    name = row.id.replace("{bucket}", bucket)
    return Expectation(name, row.principal, row.action, resource, row.expected, probe, bucket, row.place, prefix=prefix)


def about(row: Row, resource: str, probe: str, label: str) -> Expectation:
    """The question of a row that is there for each of the trusted, or of any other."""
    return replace(asking(row, resource, probe), id=row.id.replace("{principal}", label))


def alive(identity: str, way_in: str, contract: Contract) -> str:
    """What must be seen for a refusal to count.

    From outside of the contract's network everybody is refused, so there it counts where somebody was let in.
    """
    return way_in if contract.conditions.of_assuming else identity


def refusal(name: str, role_arn: str, probe: str, control: str, label: str = "") -> Expectation:
    """The question by which somebody must not get in, which counts where its control has passed."""
    row = row_of(f"{name}@{label}" if label else name)
    return replace(about(row, role_arn, probe, label), controls=(control,))
