# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose credentials are they? Compares what ``GetCallerIdentity`` says with who was meant. Pure."""

from __future__ import annotations

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import is_root, who


class WrongCaller(Exception):
    """The credentials belong to somebody whose access was not to be judged."""


def refuse_wrong_caller(arn: str, caller_arn: str | None) -> None:
    """Raise :class:`WrongCaller` for the root user, and for anybody but ``caller_arn`` when that is given."""
    if is_root(arn):
        raise WrongCaller(
            f"The credentials are the root user's ({arn}), whom no policy refuses anything and who may assume no role: "
            "use the user's own key."
        )
    if caller_arn and who(arn) != who(caller_arn):
        raise WrongCaller(
            f"The credentials belong to {arn}, not to {caller_arn}, so nothing was judged: "
            "check the profile, and whether AWS_* variables of somebody else are exported."
        )
