# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a resource's policy lets in of whom the account's details say nothing. Pure.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
import re

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import account
from ansible_collections.assumerole.s3.plugins.module_utils._policies.atoms import ALLOW, AllBut, Atom, account_named
from ansible_collections.assumerole.s3.plugins.module_utils._policies.facts import Fact
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import Policy
from ansible_collections.assumerole.s3.plugins.module_utils._survey.findings import Answers, Finding, Where
from ansible_collections.assumerole.s3.plugins.module_utils._survey.judging import Stranger, together
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import Scene

ANYBODY = "*"

#: What stands for a user or a role that has been deleted: no other one will ever have it.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
_UNIQUE_ID = re.compile(r"A(IDA|ROA)[A-Z0-9]{12,}")
_USER_OR_ROLE = re.compile(r"arn:[^:]*:iam::[^:]*:(user|role)/")
_KINDS = {"Service": "service", "Federated": "federated"}


def strangers(scene: Scene, policy: Policy | None) -> Iterator[Stranger]:
    """Each once, as the policy calls them."""
    known = {name for who in scene.account.principals for name in (who.arn, who.unique_id)}
    for name in dict.fromkeys(name for atom in (policy.atoms if policy else ()) for name in _named(atom)):
        if name not in known and not _is_of_the_account(name, scene) and not _UNIQUE_ID.fullmatch(name):
            yield Stranger(name, _facts_of(name))


def findings_of(where: Where, who: Stranger, found: Answers) -> Iterator[Finding]:
    """One for what is certain, and one for what is not."""
    for certainty, (actions, answer) in together(found).items():
        yield Finding(where, called(who), kind(who), certainty, tuple(actions), answer.conditions, answer.through)


def called(who: Stranger) -> str:
    """Without its kind."""
    return who.name.partition(" ")[2] or who.name


def kind(who: Stranger) -> str:
    """Anybody, another account, a service, or an identity provider."""
    return "anybody" if who.name == ANYBODY else _KINDS.get(who.name.partition(" ")[0], "account")


def _named(atom: Atom) -> Iterable[str]:
    """Whom a grant names, or anybody where it leaves some out; and whom a denial spares, who may be let in."""
    if isinstance(atom.principal, AllBut):
        return (ANYBODY,) if atom.effect == ALLOW else sorted(atom.principal.patterns)
    return (atom.principal,) if atom.effect == ALLOW else ()


def _is_of_the_account(name: str, scene: Scene) -> bool:
    """The account itself, which leaves it to its policies; one of its sessions, which its role stands for."""
    session = name.startswith("arn:") and ":assumed-role/" in name and account(name) == scene.account_id
    return session or account_named(name) == scene.account_id


def _facts_of(name: str) -> dict[str, Fact]:
    """What is known of the requests of somebody else: his account, if he has one, and his ARN."""
    if name.startswith("Service "):
        return {"aws:principalservicename": Fact((name.removeprefix("Service "),))}
    owner = account_named(name) or (account(name) if name.startswith("arn:") else "")
    arn = {"aws:principalarn": Fact((name,))} if _USER_OR_ROLE.match(name) else {}
    return {"aws:principalaccount": Fact((owner,)), **arn} if owner else {}
