# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions of the other roles that reach a place: the operator opens each, and asks there what leaves no trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
import secrets
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.assumerole.s3.plugins.module_utils._aws import probes
from ansible_collections.assumerole.s3.plugins.module_utils._aws.abandoned import unknown_name
from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import (
    ALLOWED,
    DENIED,
    SESSION_POLICY,
    VPC_ENDPOINT_POLICY,
    Answer,
    observed,
    other_layer,
)
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import is_session_of
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import Principal
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import Scene
from ansible_collections.assumerole.s3.plugins.module_utils._survey.sessions import Request, Session, chosen
from ansible_collections.assumerole.s3.plugins.module_utils._verification.canary import enforcement
from ansible_collections.assumerole.s3.plugins.module_utils._verification.other_doors import SHORTEST

NOT_ENFORCED = "it is not known that this endpoint refuses anybody"

#: What refuses a session for where it asks from, or for how it was opened: another one may not meet it.
OF_THE_WAY = (SESSION_POLICY, VPC_ENDPOINT_POLICY)


@dataclass
class Sessions:
    """What came of it: which sessions were opened, why others were not, and what was seen.

    ``shown`` is ``allowed`` or ``denied``, by the role's ARN, the place and the action.
    """

    reaching: int = 0
    tried: list[str] = field(default_factory=list)
    not_tried: dict[str, str] = field(default_factory=dict)
    shown: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """As the survey tells it."""
        return {"reaching": self.reaching, "tried": self.tried, "not_tried": self.not_tried}


def sessions(operator: Identities, scene: Scene, operator_arn: str, findings: Sequence[Mapping[str, Any]]) -> Sessions:
    """Try all that may be tried; where a made-up key gets in, a role's session would show nothing."""
    choice = chosen(scene, operator_arn, findings)
    found = Sessions(choice.reaching, not_tried=dict(choice.left_out))
    if choice.roles and enforcement(operator) is not True:
        found.not_tried |= {role.arn: NOT_ENFORCED for role in choice.roles}
        return found
    for role in choice.roles:
        _try(operator, scene, role, findings, found)
    return found


def _try(
    operator: Identities, scene: Scene, role: Principal, findings: Sequence[Mapping[str, Any]], found: Sessions
) -> None:
    """Open a session, ask, and let go of it; its secrets are held only to be scrubbed from what is told."""
    params = probes.assumption(role.arn, secrets.token_hex(12), None, SHORTEST)
    answer, credentials = probes.assume(operator.user("sts"), params)
    if credentials is None:
        found.not_tried[role.arn] = f"no session could be opened ({answer.code})"
        return
    session = operator.session(credentials)
    identity = probes.identity(session.client("sts"))
    if not identity.succeeded or not is_session_of(identity.value["arn"], role.arn):
        found.not_tried[role.arn] = f"the session is not known to be its own ({identity.code or 'of another'})"
        return
    s3 = session.client("s3")
    tls = urlsplit(s3.meta.endpoint_url).scheme == "https"
    for request in Session(scene, role, unknown_name(), tls).requests(findings):
        shown = _shown(request, _asked(s3, request, scene.account_id))
        if shown:
            found.shown[role.arn, request.grant.name, request.action] = shown
    found.tried.append(role.arn)


def _asked(s3: probes.Client, request: Request, owner: str) -> Answer:
    """Of a listing only that it was given is looked at."""
    specimen = probes.Specimen(request.key, b"", request.key)
    return probes.S3_PROBES[request.probe](s3, probes.Place(request.grant.bucket, specimen, owner=owner))


def _shown(request: Request, answer: Answer) -> str | None:
    """A refusal counts where all that was read lets the request through, and nothing that stands on the way is named.

    Any other one was to be expected, or is about this one key; neither says that the role gets nowhere.
    """
    seen = observed(request.probe, answer)
    if seen == ALLOWED:
        return ALLOWED
    return DENIED if seen == DENIED and request.sure and other_layer(answer) not in OF_THE_WAY else None
