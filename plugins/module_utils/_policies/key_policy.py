# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom the policy of a key lets in: by name, or by leaving it to the policies of an account. Pure.

Nobody may use a key whom its policy does not let in, not even in the key's own account. Where it names the account,
the policies of the account's users and roles suffice then. What it gives to a user or role by name it gives whatever
these say, within one account; across accounts both sides must allow.
https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import account, is_session_of, who
from ansible_collections.assumerole.s3.plugins.module_utils._policies.atoms import (
    ALLOW,
    DENY,
    AllBut,
    Atom,
    Document,
    Ids,
    account_named,
    atoms,
    split,
)
from ansible_collections.assumerole.s3.plugins.module_utils._policies.comparison import (
    Difference,
    Requests,
    allowed_by,
)
from ansible_collections.assumerole.s3.plugins.module_utils._policies.facts import Known
from ansible_collections.assumerole.s3.plugins.module_utils._policies.regions import Entangled, Region, left


@dataclass(frozen=True)
class Given:
    """What a key's policy gives to a caller beyond what is tolerated, and what of it cannot be told."""

    extra: tuple[Atom, ...] = ()
    unproven: tuple[Atom, ...] = ()


def lets_in(policy: Document, wishes: Iterable[Atom], caller: str, requests: Requests) -> Difference:
    """What of the wishes the policy does not allow to the caller, or to the policies of its account, or denies."""
    found = [_as_delegated(atom, caller) for atom in atoms(policy, requests.ids)]
    return allowed_by(found, [replace(wish, principal=caller) for wish in wishes], requests)


def gives(policy: Document, caller: str, tolerated: Iterable[Atom], known: Known, ids: Ids) -> Given:
    """What the policy gives to the caller itself, whatever the caller's own policies say.

    What it leaves to the account is no gift, and neither is what names anybody else.
    """
    allow, deny = split(atoms(policy, ids))
    taken = [*(replace(atom, principal="") for atom in deny if _certainly(atom, caller)), *tolerated]
    extra, unproven = [], []
    for atom in (replace(atom, principal="") for atom in allow if _names(atom, caller)):
        try:
            if left(Region.of(atom), taken, known):
                extra.append(atom)
        except Entangled:
            unproven.append(atom)
    return Given(tuple(extra), tuple(unproven))


def excluding(policy: Document) -> Iterator[Atom]:
    """Grants for all but some, which KMS does not document for keys, so what they mean is not known."""
    return (atom for atom in atoms(policy) if atom.effect == ALLOW and isinstance(atom.principal, AllBut))


def _as_delegated(atom: Atom, caller: str) -> Atom:
    """What an account is let do, the caller's own policies may let it do: it is the caller's, if they do."""
    if atom.effect == ALLOW and isinstance(atom.principal, str) and account_named(atom.principal) == account(caller):
        return replace(atom, principal=caller)
    return atom


def _names(atom: Atom, caller: str) -> bool:
    """Whether a grant is for the caller: by its name, by a session's of it, or for everybody."""
    principal = atom.principal
    if isinstance(principal, AllBut):
        return False
    is_session = who(caller)[1] == "role" and principal.count(":") == 5 and is_session_of(principal, caller)
    return principal in ("*", caller) or is_session


def _certainly(atom: Atom, caller: str) -> bool:
    """Whether a denial is for the caller, or for its whole account."""
    principal = atom.principal
    if isinstance(principal, AllBut) or atom.effect != DENY:
        return False
    return principal in ("*", caller) or account_named(principal) == account(caller)
