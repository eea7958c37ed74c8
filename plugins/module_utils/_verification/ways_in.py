# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways into the role that can be gone from here, each with the credentials of who goes it and nobody else's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws import probes
from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import is_session_of, who
from ansible_collections.assumerole.s3.plugins.module_utils._contract.callers import WrongCaller, refuse_wrong_caller
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import ARN, USER, Principal

Params = Mapping[str, Any]

#: What to do where nobody can get into the role from here.
GIVE_A_PROFILE = (
    "Give the profile of a role or user in bucket_access_trusted, or verify where one is: what was read shows how the "
    "role is configured, and nobody has used it."
)


@dataclass(frozen=True)
class WayIn:
    """One principal, its client for STS, and what it asks AssumeRole for.

    ``identity`` is the check of who it is, ``assume`` that it gets in; ``caller_arn`` is who it must be.
    """

    principal: Principal
    sts: Any
    params: Params
    identity: str
    assume: str
    caller_arn: str | None = None

    def asked_who(self, role_arn: str) -> Answer:
        """Whose the credentials are; raises :class:`WrongCaller` when they are somebody else's."""
        answer = probes.identity(self.sts)
        if answer.succeeded:
            if self.principal.kind is USER:
                refuse_wrong_caller(answer.value["arn"], self.caller_arn, role_arn)
            else:
                _refuse_another(answer.value["arn"], self.principal)
        return answer

    def variations(self, longest: int) -> dict[str, Params]:
        """How the role must not be assumed, by the name of the probe."""
        external_id = str(self.params.get("ExternalId", ""))
        return {
            "assume_without_external_id": {k: v for k, v in self.params.items() if k != "ExternalId"},
            "assume_with_wrong_external_id": {**self.params, "ExternalId": external_id[:1218] + "-wrong"},
            "assume_for_too_long": {**self.params, "DurationSeconds": longest + 1},
        }


def ways_in(
    identities: Identities, principals: tuple[Principal, ...], params: Params, caller_arn: str | None
) -> tuple[WayIn, ...]:
    """The ways of these principals. ``params`` are those of the contract's user, without an external id of others."""
    return tuple(_way(identities, principal, params, caller_arn) for principal in principals)


def with_external_id(params: Params, external_id: str | None) -> Params:
    """The same assumption by somebody with another external id, or with none."""
    bare = {name: value for name, value in params.items() if name != "ExternalId"}
    return {**bare, **({"ExternalId": external_id} if external_id else {})}


def _way(identities: Identities, principal: Principal, params: Params, caller_arn: str | None) -> WayIn:
    if principal.kind is USER:
        return WayIn(principal, identities.user("sts"), params, "user.identity", principal.way_in, caller_arn)
    sts = identities.other(str(principal.profile), "sts")
    its = with_external_id(params, principal.external_id)
    return WayIn(principal, sts, its, f"trusted.identity@{principal.label}", principal.way_in)


def _refuse_another(arn: str, principal: Principal) -> None:
    if not is_it(arn, principal):
        raise WrongCaller(
            f"The profile {principal.profile} holds credentials of {arn}, not of {principal.name}, so nothing was "
            "judged: name the right profile in bucket_access_trusted."
        )


def is_it(arn: str, principal: Principal) -> bool:
    """Whether somebody is this role or user; a role is seen as one of its sessions."""
    if principal.kind is not ARN:
        return False
    return is_session_of(arn, principal.name) or who(arn) == who(principal.name)
