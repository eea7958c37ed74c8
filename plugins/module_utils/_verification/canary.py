# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the endpoint refuse anybody? A made-up key asks first; where it gets in, no refusal can be shown."""

from __future__ import annotations

from ansible_collections.assumerole.s3.plugins.module_utils._aws import probes
from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import (
    AUTHENTICATION_CODES,
    S3_REFUSALS,
    Answer,
    other_layer,
)
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities
from ansible_collections.assumerole.s3.plugins.module_utils._aws.probes import UNREADABLE
from ansible_collections.assumerole.s3.plugins.module_utils._aws.said import TROUBLES, UNASKED

#: How a key that nobody has is turned away.
KEY_REFUSALS = AUTHENTICATION_CODES | S3_REFUSALS | {"401", "Unauthorized"}


class Unreachable(Exception):
    """No answer came from the endpoint at all."""


def enforcement(identities: Identities) -> bool | None:
    """``True`` when STS and S3 both refuse a made-up key, ``False`` when either takes it, ``None`` otherwise.

    Raises :class:`Unreachable` when no answer came: nothing can be verified then.
    """
    return enforced(
        [
            reached(probes.identity(identities.nobody("sts"))),
            reached(probes.list_buckets(identities.nobody("s3"))),
        ]
    )


def enforced(answers: list[Answer]) -> bool | None:
    """What the answers to a made-up key say of the endpoint."""
    if any(answer.succeeded for answer in answers):
        return False
    return True if all(_turned_away(answer) for answer in answers) else None


def _turned_away(answer: Answer) -> bool:
    """AWS says that it does not know the key; Ceph that it may do nothing, and SeaweedFS nothing but the status.

    A wrong signature or clock, or a layer on the way, is met by keys that exist, too.
    """
    return answer.status in (401, 403) and answer.code in KEY_REFUSALS and not other_layer(answer)


def reached(answer: Answer) -> Answer:
    """An error without an HTTP status never left the SDK, or never came back; the other end may also be no AWS."""
    if not answer.succeeded and (answer.status is None or answer.code == UNREADABLE):
        what, advice = answer.message.rstrip("."), HINTS.get(answer.code or "", HINT)
        if answer.code in UNASKED:
            raise Unreachable(f"AWS was not asked: {what}. {advice}")
        raise Unreachable(f"AWS cannot be reached: {what}. {advice}")
    return answer


HINT = "Check the network, the region and endpoint_url."
HINTS = {
    "SSLError": TROUBLES["SSLError"][1],
    "NoRegionError": "Give a region.",
    **{name: TROUBLES[name][1] for name in UNASKED},
    "UnreadableAnswer": "Look at endpoint_url, and at proxies on the way.",
}
