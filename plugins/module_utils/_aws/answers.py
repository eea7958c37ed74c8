# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWS answered to one call, and what that shows. Pure.

Codes decide, wording never does: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ALLOWED = "allowed"
DENIED = "denied"
ERROR = "error"
NOT_TRIED = "not_tried"

#: Refused for what the caller may do.
AUTHORIZATION_CODES = frozenset({"AccessDenied"})

#: Refused for who the caller is: no such key, or not any more. Says nothing about permissions.
AUTHENTICATION_CODES = frozenset({"InvalidClientTokenId", "InvalidAccessKeyId"})

#: What eventual consistency can cause: a key, role, policy or bucket that is seconds old, or was changed seconds ago.
PROPAGATION_CODES = AUTHORIZATION_CODES | AUTHENTICATION_CODES | {"NoSuchBucket"}

#: Errors that only somebody who is authorized gets to see.
_AUTHORIZED_ANYWAY: Mapping[str, frozenset[str]] = {
    "write": frozenset({"BadDigest"}),
    "create": frozenset({"PreconditionFailed", "BadDigest"}),
    "bucket_policy": frozenset({"NoSuchBucketPolicy"}),
}

#: Refusals that come with another code than AccessDenied. STS refuses nobody its own identity, whatever the policies
#: say: who is refused it has met something else.
#: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
_REFUSED_BY: Mapping[str, frozenset[str]] = {
    "assume_for_too_long": frozenset({"ValidationError"}),
    "identity": frozenset(),
    "session_identity": frozenset(),
    "outsider_identity": frozenset(),
}


@dataclass(frozen=True)
class Answer:
    """One answer: ``code`` is ``None`` when the call succeeded; ``value`` never holds a secret."""

    code: str | None = None
    status: int | None = None
    message: str = ""
    request_id: str | None = None
    time: str | None = None
    value: Mapping[str, str] = field(default_factory=dict)

    @property
    def succeeded(self) -> bool:
        """Whether the call did what was asked."""
        return self.code is None

    @property
    def tried(self) -> bool:
        """Whether AWS was asked at all."""
        return self.code != "NotTried"


def not_tried(reason: str) -> Answer:
    """Stands for a call that was not made, with the reason as its message."""
    return Answer(code="NotTried", message=reason)


def observed(probe: str, answer: Answer) -> str:
    """What an answer to a probe shows: ``allowed``, ``denied``, ``error`` or ``not_tried``.

    An unknown key is an ``error`` here: what was expected decides whether that breaks a promise (``_checks/verdict``).
    """
    if not answer.tried:
        return NOT_TRIED
    if answer.succeeded or answer.code in _AUTHORIZED_ANYWAY.get(probe, frozenset()):
        return ALLOWED
    if answer.code in _REFUSED_BY.get(probe, AUTHORIZATION_CODES):
        return DENIED
    return ERROR


def meaning(probe: str, answer: Answer) -> str:
    """What two answers must have in common to count as the same; errors differ by their codes."""
    seen = observed(probe, answer)
    return f"{seen} ({answer.code})" if seen == ERROR else seen
