# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other roles of the account that may let the user in: it tries each, and drops at once what it is given."""

from __future__ import annotations

from collections.abc import Iterable
import secrets

from ansible_collections.assumerole.s3.plugins.module_utils._aws import probes
from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import ALLOWED, DENIED, observed
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities

#: The shortest session that there is, in seconds.
SHORTEST = 900


def tried(identities: Identities, roles: Iterable[str]) -> dict[str, str]:
    """Which of them let it in and which refuse it, by ARN; of the others nobody can tell."""
    sts = identities.user("sts")
    answers = {arn: _asked(sts, arn) for arn in roles}
    return {arn: seen for arn, seen in answers.items() if seen in (ALLOWED, DENIED)}


def _asked(sts: probes.Client, role_arn: str) -> str:
    """No policy can know the session's name; the credentials go nowhere."""
    params = probes.assumption(role_arn, secrets.token_hex(12), None, SHORTEST)
    answer, _dropped = probes.assume(sts, params)
    return observed("assume", answer)
