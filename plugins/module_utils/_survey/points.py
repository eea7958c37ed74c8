# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody may with a bucket by an access point: one that was read, or one that nobody has read. Pure.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
import re

from ansible_collections.assumerole.s3.plugins.module_utils._checks.survey import UNDER_CONDITIONS
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import ACCOUNT_ID, account
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import BUCKET
from ansible_collections.assumerole.s3.plugins.module_utils._policies.facts import Fact, Known
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import Policy, Principal
from ansible_collections.assumerole.s3.plugins.module_utils._survey.combining import both, is_sure, on_condition
from ansible_collections.assumerole.s3.plugins.module_utils._survey.findings import Answers
from ansible_collections.assumerole.s3.plugins.module_utils._survey.judging import FILLER, Answer, Who, judge
from ansible_collections.assumerole.s3.plugins.module_utils._survey.other_names import BY_A_SETTING, by_any_name
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import AccessPoint, Scene, at_place

LET_BY_THE_BUCKET = "the bucket's policy lets the access point in"

#: What a policy says of access points.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html#access-points-condition-keys
OWNER, ITS_ARN = "s3:dataaccesspointaccount", "s3:dataaccesspointarn"

#: An account that no policy has thought of.
NOBODYS = "000000000000"

#: How the name of an access point of several regions ends.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointPermissions.html
OF_SEVERAL_REGIONS = ".mrap"


@dataclass(frozen=True)
class Door:
    """An access point, as a way to a place."""

    scene: Scene
    grant: Grant
    point: AccessPoint

    def opens(self, who: Who, known: Answers) -> Answers:
        """What somebody may by it, and not as surely by a way that is known."""
        asked = self._ways(who, known)
        return {action: one for action, one in asked if action not in known or is_sure({action: one}, action)}

    def by_the_point(self, action: str, who: Who) -> Answer | None:
        """Whether its policy lets him in, or his own policies there."""
        on_bucket = by_any_name(self.grant)[action] == BUCKET
        arn = self.point.arn if on_bucket else f"{self.point.arn}/object"
        there = at_place(action, on_bucket, arn, self.grant.prefix)
        policies = (self.point.policy,) if self.point.policy else ()
        owner = Fact((account(arn),))
        carried = {**there.known, **self.told, "aws:resourceaccount": owner, "s3:resourceaccount": owner}
        asked = replace(there, of_resource=policies, known=carried)
        if not self.point.unread:
            return judge(who, asked)
        # What another account's access point allows, one's own policies must, too; a stranger's nobody knows.
        own = judge(who, asked) if isinstance(who, Principal) else Answer(UNDER_CONDITIONS)
        return on_condition(own, (self._lets_in,)) if own else None

    def by_the_bucket(self, action: str, who: Who) -> Answer | None:
        """Whether the bucket's policy lets him in by it, or his own policies."""
        asked = self.scene.question(self.grant, action, by_any_name(self.grant)[action])
        return judge(who, replace(asked, known={**asked.known, **self.told}))

    @property
    def told(self) -> Known:
        """What requests by it carry."""
        return {OWNER: Fact((account(self.point.arn),)), ITS_ARN: Fact((self.point.arn,))}

    def _ways(self, who: Who, known: Answers) -> Iterator[tuple[str, Answer]]:
        """Both must let him in. The bucket's policy may be made to, but for what nobody knows to be there."""
        for action in by_any_name(self.grant):
            if is_sure(known, action) or action in BY_A_SETTING:
                continue
            by_point = self.by_the_point(action, who)
            by_bucket = self.by_the_bucket(action, who) if by_point else None
            if by_point and (by_bucket or not self.point.unread):
                yield action, both(by_point, by_bucket, LET_BY_THE_BUCKET)

    @property
    def _lets_in(self) -> str:
        owner = account(self.point.arn)
        if owner == self.scene.account_id:
            return "an access point of several regions, which nobody has read, lets it in"
        named = owner != NOBODYS and re.fullmatch(ACCOUNT_ID, owner)
        return f"an access point of {f'the account {owner}' if named else 'another account'} lets it in"


def elsewhere(scene: Scene, policies: Iterable[Policy]) -> list[AccessPoint]:
    """What nobody has read and these policies speak of: access points of other accounts, and of several regions.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html#access-points-delegating-control
    """
    speaking = [*policies]
    values = {value for policy in speaking for value in _said_of_points(policy)}
    if not values:
        return []
    named = {*values, *(arn for policy in speaking for arn in _points_named(policy))}
    regions = {FILLER, *(_segment(value, 3) for value in named)}
    owners = {NOBODYS, *(_owner(value) for value in named)} - {scene.account_id}
    alike = product(sorted(regions), sorted(owners))
    arns = [f"arn:{scene.partition}:s3:{region}:{owner}:accesspoint/*" for region, owner in alike]
    if any(value.endswith(OF_SEVERAL_REGIONS) for value in values):
        arns.append(f"arn:{scene.partition}:s3::{scene.account_id}:accesspoint/*{OF_SEVERAL_REGIONS}")
    return [AccessPoint(arn, None, unread=True) for arn in arns]


def _said_of_points(policy: Policy) -> Iterator[str]:
    if policy.keys & {OWNER, ITS_ARN}:
        for atom in policy.atoms:
            yield from (value for item in atom.conditions if item.key in (OWNER, ITS_ARN) for value in item.values)


def _points_named(policy: Policy) -> Iterator[str]:
    resources = (atom.resource for atom in policy.atoms if isinstance(atom.resource, str))
    yield from (resource for resource in resources if ":accesspoint/" in resource)


def _segment(arn: str, place: int) -> str:
    """One of an ARN's; where that is open, or it is none, what no policy has thought of."""
    found = arn.split(":")[place] if arn.count(":") >= 5 else "*"
    return FILLER if "*" in found or "?" in found else found


def _owner(value: str) -> str:
    """The account that it may be, of an id, or in an ARN; where that is open, nobody's."""
    found = _segment(value, 4) if ":" in value else value.replace("*", "0").replace("?", "0")
    return found if found.isdigit() and found.strip("0") else NOBODYS
