# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What else the contract's user and role get into: other roles, and what their own policies allow beyond it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.assumerole.s3.plugins.module_utils._checks.survey import CERTAIN, UNDER_CONDITIONS
from ansible_collections.assumerole.s3.plugins.module_utils._policies.atoms import ALLOW, AllBut, Atom, Element, atoms
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import permissions_policy
from ansible_collections.assumerole.s3.plugins.module_utils._policies.regions import Entangled, all_in
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import ROLE, Principal
from ansible_collections.assumerole.s3.plugins.module_utils._survey.findings import Finding, Where, answers, findings
from ansible_collections.assumerole.s3.plugins.module_utils._survey.judging import words
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import Scene, into


def beyond(scene: Scene) -> Iterator[Finding]:
    """Of the user, for whom anything is beyond it, and of the role."""
    wished = atoms(permissions_policy(scene.contract, scene.partition))
    for who, agreed in ((scene.user, []), (scene.role, wished)):
        if who is not None:
            yield from _other_roles(scene, who)
            yield from _allowed(who, agreed)


def _other_roles(scene: Scene, who: Principal) -> Iterator[Finding]:
    named = {scene.contract.role, *scene.contract.other_roles}
    for role in scene.account.principals:
        if role.kind == ROLE and role.name not in named:
            yield from findings(Where("beyond", role.arn), who, answers(who, [into(role)]))


def _allowed(who: Principal, agreed: list[Atom]) -> Iterator[Finding]:
    """What a policy of its own allows, whatever denies it elsewhere."""
    limits = (f"the boundary {who.boundary.name} leaves it",) if who.boundary else ()
    for policy in who.policies:
        for atom in policy.atoms:
            if atom.effect == ALLOW and not _is_agreed(atom, agreed):
                conditions = (*sorted(map(words, atom.conditions)), *limits)
                sure = UNDER_CONDITIONS if conditions else CERTAIN
                where = Where("beyond", _named(atom.resource))
                yield Finding(where, who.arn, who.kind, sure, (_named(atom.action),), conditions, (policy.name,))


def _named(element: Element) -> str:
    return str(element) if isinstance(element, AllBut) else element


def _is_agreed(atom: Atom, agreed: list[Atom]) -> bool:
    try:
        return all_in(atom, agreed)
    except Entangled:
        return False
