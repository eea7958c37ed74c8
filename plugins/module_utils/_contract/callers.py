# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose credentials are they? Compares what ``GetCallerIdentity`` says with who was meant. Pure."""

from __future__ import annotations


class WrongCaller(Exception):
    """The credentials belong to somebody whose access was not to be judged."""


def refuse_wrong_caller(arn: str, caller_arn: str | None) -> None:
    """Raise :class:`WrongCaller` for the root user, and for anybody but ``caller_arn`` when that is given.

    Names are unique in an account whatever their path, so the path does not count:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names
    """
    if arn.endswith(":root"):
        raise WrongCaller(
            f"The credentials are the root user's ({arn}), whom no policy refuses anything and who may assume no role: "
            "use the user's own key."
        )
    if caller_arn and _who(arn) != _who(caller_arn):
        raise WrongCaller(
            f"The credentials belong to {arn}, not to {caller_arn}, so nothing was judged: "
            "check the profile, and whether AWS_* variables of somebody else are exported."
        )


def is_session_of(session_arn: str, role_arn: str) -> bool:
    """Whether an assumed-role ARN, which has lost the role's path, is of this role."""
    account, kind, _session = _split(session_arn)
    role_name = session_arn.split("/")[1] if kind == "assumed-role" else None
    return (account, role_name) == (_split(role_arn)[0], role_arn.rsplit("/", 1)[-1])


def _who(arn: str) -> tuple[str, str, str]:
    """Account, kind and name, without the path."""
    account, kind, rest = _split(arn)
    return account, kind, rest.rsplit("/", 1)[-1]


def _split(arn: str) -> tuple[str, str, str]:
    """Account, kind of resource, and the rest."""
    _arn, _partition, _service, _region, account, resource = arn.split(":", 5)
    kind, _slash, rest = resource.partition("/")
    return account, kind, rest
