# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWS answered to one call, and what that shows. Pure.

Codes decide: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html. A message may only take away: a refusal that names
a layer which is not the contract's proves nothing of the contract. No wording makes a check pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
import re

ALLOWED = "allowed"
DENIED = "denied"
ERROR = "error"
NOT_TRIED = "not_tried"

#: Refused for what the caller may do.
AUTHORIZATION_CODES = frozenset({"AccessDenied"})

#: The same as S3 says it in China, and as other servers say it. Of an answer without a body the status is the code.
S3_REFUSALS = AUTHORIZATION_CODES | {
    "AccessDeniedException",
    "Forbidden",
    "UnauthorizedAccess",
    "UnauthorizedAccessError",
    "403",
}

#: Refused for who the caller is: no such key, or not any more. Says nothing about permissions.
AUTHENTICATION_CODES = frozenset({"InvalidClientTokenId", "InvalidAccessKeyId"})

#: What stands for a code where something is encrypted by another key than it should be.
ANOTHER_KEY = "AnotherKey"

#: What eventual consistency can cause: a key, role, policy or bucket that is seconds old, or was changed seconds ago;
#: its default encryption, too.
PROPAGATION_CODES = S3_REFUSALS | AUTHENTICATION_CODES | {"NoSuchBucket", ANOTHER_KEY}

#: How a refusal names a layer that is neither the policy of the user, the role or the bucket, nor a boundary of theirs.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
_OTHER_LAYER = re.compile(r"\b(?:no|an?) (VPC endpoint|service control|resource control|session)s? policy\b", re.I)

VPC_ENDPOINT_POLICY = "VPC endpoint policy"
SESSION_POLICY = "session policy"


@dataclass(frozen=True)
class Answer:
    """One answer: ``code`` is ``None`` when the call succeeded; ``value`` never holds a secret."""

    code: str | None = None
    status: int | None = None
    message: str = ""
    request_id: str | None = None
    time: str | None = None
    value: Mapping[str, str] = field(default_factory=dict)
    elapsed_ms: int = field(default=0, compare=False)

    @property
    def succeeded(self) -> bool:
        """Whether the call did what was asked."""
        return self.code is None

    @property
    def tried(self) -> bool:
        """Whether AWS was asked at all."""
        return self.code != "NotTried"


@dataclass(frozen=True)
class Probe:
    """What the codes of one probe's answers show, besides success.

    ``authorized`` are errors that only somebody who is authorized gets to see; ``refused`` those of a refusal.
    """

    authorized: frozenset[str] = frozenset()
    refused: frozenset[str] = S3_REFUSALS


#: STS refuses nobody its own identity, whatever the policies say: who is refused it has met something else.
#: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
_IDENTITY = Probe(refused=frozenset())
_ASSUMPTION = Probe(refused=AUTHORIZATION_CODES)

#: How STS refuses a token, by itself or by what it claims. One that is over is refused for that and for nothing else.
#: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html#API_AssumeRoleWithWebIdentity_Errors
_TOKEN = Probe(refused=AUTHORIZATION_CODES | {"InvalidIdentityToken", "IDPRejectedClaim"})

#: Only somebody who may read an archived object is told that it must be restored first.
#: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_Errors
_READING = Probe(authorized=frozenset({"InvalidObjectState"}))

#: Only somebody who may list the parts of uploads, or abort them, is told that there is no such upload.
#: https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html#API_AbortMultipartUpload_Errors
_UPLOADS = Probe(authorized=frozenset({"NoSuchUpload"}))

#: Only somebody who may write tags is told that these are none.
#: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html
_TAGGING = Probe(authorized=frozenset({"BadDigest", "InvalidTag"}))

#: KMS tells who would have been let in: https://docs.aws.amazon.com/kms/latest/developerguide/testing-permissions.html
#: and to the others it says one thing: https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html
_DRY_RUN = Probe(
    authorized=frozenset({"DryRunOperationException"}), refused=AUTHORIZATION_CODES | {"AccessDeniedException"}
)

#: How S3 says that KMS cannot use a key, whoever asks.
#: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#KMSErrorCodeList
UNUSABLE_KEY = frozenset({"KMS.DisabledException", "KMS.KMSInvalidStateException", "KMS.NotFoundException"})

#: Nobody's write is encrypted by the key then.
_BY_THE_KEY = Probe(refused=S3_REFUSALS | UNUSABLE_KEY | {ANOTHER_KEY})

#: One row a probe. What a code means beside this, ``_checks/verdict`` and ``_checks/diagnosis`` say.
PROBES: Mapping[str, Probe] = {
    "identity": _IDENTITY,
    "session_identity": _IDENTITY,
    "outsider_identity": _IDENTITY,
    "trusted_identity": _IDENTITY,
    "operator_identity": _IDENTITY,
    "assume": _ASSUMPTION,
    "assume_without_external_id": _ASSUMPTION,
    "assume_with_wrong_external_id": _ASSUMPTION,
    "assume_for_too_long": Probe(refused=frozenset({"ValidationError"})),
    "assume_as_outsider": _ASSUMPTION,
    "assume_as_trusted": _ASSUMPTION,
    "assume_as_user": _ASSUMPTION,
    "assume_as_service": _ASSUMPTION,
    "assume_as_operator": _ASSUMPTION,
    "assume_with_token": _ASSUMPTION,
    "assume_with_tampered_token": _TOKEN,
    "assume_with_unsigned_token": _TOKEN,
    "assume_with_refused_token": _TOKEN,
    "assume_without_mfa": _ASSUMPTION,
    "assume_from_elsewhere": _ASSUMPTION,
    "elsewhere_identity": _IDENTITY,
    "create": Probe(authorized=frozenset({"PreconditionFailed", "BadDigest"})),
    "write": Probe(authorized=frozenset({"BadDigest"})),
    "read_back": _READING,
    "read": _READING,
    "list": Probe(),
    "list_all": Probe(),
    "remove": Probe(),
    "delete": Probe(),
    "list_buckets": Probe(),
    "bucket_policy": Probe(authorized=frozenset({"NoSuchBucketPolicy"})),
    "locate": Probe(),
    "list_parts": _UPLOADS,
    "abort_upload": _UPLOADS,
    "upload": Probe(),
    "multipart": _UPLOADS,
    "upload_and_abort": _UPLOADS,
    "read_tags": Probe(),
    "write_tags": _TAGGING,
    "tag": Probe(),
    "tags": _TAGGING,
    "tag_and_read_back": _TAGGING,
    "encrypt_directly": _DRY_RUN,
    "decrypt_directly": _DRY_RUN,
    "written_by_key": _BY_THE_KEY,
    "uploaded_by_key": _BY_THE_KEY,
    "read_by_key": Probe(authorized=frozenset({"InvalidObjectState"}), refused=S3_REFUSALS | UNUSABLE_KEY),
    "write_by_another_key": Probe(),
    "list_versions": Probe(),
    "list_all_versions": Probe(),
    "read_version": _READING,
    "read_version_back": _READING,
    "versions": _READING,
    "versions_read_back": _READING,
}


#: How STS and IAM say it; S3 has a code of its own.
_SIGNED_AT_ANOTHER_TIME = re.compile(r"\bexpired\b|\bnot yet current\b", re.I)


def names_the_clock(answer: Answer) -> bool:
    """Whether AWS refuses a request because it was signed by a clock that is off.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
    """
    if answer.code == "SignatureDoesNotMatch":
        return _SIGNED_AT_ANOTHER_TIME.search(answer.message) is not None
    return answer.code == "RequestTimeTooSkewed"


def not_tried(reason: str, advice: str | None = None) -> Answer:
    """Stands for a call that was not made, with the reason as its message, and perhaps with what to do about it."""
    return Answer(code="NotTried", message=reason, value={"advice": advice} if advice else {})


def observed(probe: str, answer: Answer) -> str:
    """What an answer to a probe shows: ``allowed``, ``denied``, ``error`` or ``not_tried``.

    An unknown key is an ``error`` here: what was expected decides whether that breaks a promise (``_checks/verdict``).
    """
    if not answer.tried:
        return NOT_TRIED
    if answer.succeeded or answer.code in PROBES[probe].authorized:
        return ALLOWED
    if answer.code in PROBES[probe].refused:
        return DENIED
    return ERROR


def other_layer(answer: Answer) -> str:
    """The layer that a refusal names when it is not the contract's: one that another way in may not meet, or nothing.

    AWS also writes "a sessions policy".
    """
    found = _OTHER_LAYER.search(answer.message)
    if not found:
        return ""
    return VPC_ENDPOINT_POLICY if found[1].lower() == "vpc endpoint" else f"{found[1].lower()} policy"


def meaning(probe: str, answer: Answer) -> str:
    """What two answers must have in common to count as the same; errors differ by their codes."""
    seen = observed(probe, answer)
    return f"{seen} ({answer.code})" if seen == ERROR else seen
