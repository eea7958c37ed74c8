# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may assume the role: one row a kind of principal. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of principal.

    ``sid`` is that of its statement in the trust policy, ``element`` the key of its ``Principal`` element there, and
    ``action`` the one by which it gets in.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """

    name: str
    sid: str
    element: str
    action: str


USER = Kind("user", sid="OnlyThisUserMayAssumeTheRole", element="AWS", action="sts:AssumeRole")

KINDS = {kind.name: kind for kind in (USER,)}


@dataclass(frozen=True)
class Principal:
    """Somebody who may assume the role, by the name that the contract gives."""

    kind: Kind
    name: str
