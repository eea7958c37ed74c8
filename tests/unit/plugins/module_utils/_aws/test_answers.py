# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import (
    PROBES,
    S3_REFUSALS,
    Answer,
    meaning,
    names_the_clock,
    not_tried,
    observed,
    other_layer,
)

IDENTITY = (
    "identity",
    "session_identity",
    "outsider_identity",
    "trusted_identity",
    "operator_identity",
    "elsewhere_identity",
)

#: The probes to which a code means something else than to all others.
ALLOWED_BY = {
    "BadDigest": {"write", "create", "write_tags", "tags", "tag_and_read_back"},
    "InvalidTag": {"write_tags", "tags", "tag_and_read_back"},
    "NoSuchUpload": {"list_parts", "abort_upload", "multipart", "upload_and_abort"},
    "PreconditionFailed": {"create"},
    "NoSuchKey": set(),
    "NoSuchBucketPolicy": {"bucket_policy"},
    "InvalidObjectState": {
        "read",
        "read_back",
        "read_by_key",
        "read_version",
        "read_version_back",
        "versions",
        "versions_read_back",
    },
    "DryRunOperationException": {"encrypt_directly", "decrypt_directly"},
}

#: The one that is refused by a code that is an error to all others.
REFUSED_BY = {"ValidationError": "assume_for_too_long"}

ERRORS = (
    "InvalidClientTokenId",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "NoSuchBucket",
    "NoObjectToRead",
    "ContentDiffers",
    "ValidationError",
    "SlowDown",
    "accessdenied",
    "InvalidToken",
    "RequestTimeTooSkewed",
    "AllAccessDisabled",
    "PermanentRedirect",
    "503",
    "EndpointConnectionError",
    "Unknown",
    *ALLOWED_BY,
)


@pytest.mark.parametrize("probe", PROBES)
def test_a_success_is_allowed(probe: str) -> None:
    assert observed(probe, Answer(status=200)) == "allowed"


@pytest.mark.parametrize("probe", sorted(set(PROBES) - {*IDENTITY, "assume_for_too_long"}))
def test_access_denied_is_a_denial(probe: str) -> None:
    assert observed(probe, Answer(code="AccessDenied", status=403)) == "denied"


@pytest.mark.parametrize("probe", IDENTITY)
def test_nobody_is_refused_its_own_identity_so_a_refusal_of_it_shows_nothing(probe: str) -> None:
    assert observed(probe, Answer(code="AccessDenied", status=403)) == "error"


@pytest.mark.parametrize("probe", PROBES)
@pytest.mark.parametrize("code", ERRORS)
def test_any_other_code_is_an_error_unless_only_the_authorized_are_told_it(probe: str, code: str) -> None:
    expected = "allowed" if probe in ALLOWED_BY.get(code, set()) else "error"
    expected = "denied" if REFUSED_BY.get(code) == probe else expected
    assert observed(probe, Answer(code=code, status=403)) == expected


@pytest.mark.parametrize("probe", PROBES)
def test_what_was_not_asked_shows_nothing(probe: str) -> None:
    answer = not_tried("a step before it did not succeed")
    assert observed(probe, answer) == "not_tried"
    assert (answer.tried, answer.succeeded, answer.message) == (False, False, "a step before it did not succeed")


def test_a_probe_without_a_row_shows_nothing_by_accident() -> None:
    with pytest.raises(KeyError):
        observed("reed", Answer(status=403, code="AccessDenied"))


def test_too_long_a_session_is_refused_by_validation_and_by_nothing_else() -> None:
    assert observed("assume_for_too_long", Answer(code="ValidationError", status=400)) == "denied"
    assert observed("assume_for_too_long", Answer(code="AccessDenied", status=403)) == "error"


STS = (*IDENTITY, *(probe for probe in PROBES if probe.startswith("assume")))


KMS = {"encrypt_directly", "decrypt_directly"}


@pytest.mark.parametrize("code", sorted(S3_REFUSALS))
@pytest.mark.parametrize("probe", sorted(set(PROBES) - set(STS) - KMS))
def test_a_refusal_of_s3_has_more_spellings_than_one(probe: str, code: str) -> None:
    assert observed(probe, Answer(code=code, status=403)) == "denied"


@pytest.mark.parametrize("code", sorted(S3_REFUSALS - {"AccessDenied"}))
@pytest.mark.parametrize("probe", STS)
def test_sts_says_of_one_refusal_only_that_it_is_one(probe: str, code: str) -> None:
    assert observed(probe, Answer(code=code, status=403)) == "error"


@pytest.mark.parametrize("message", ["", "Access Denied", "not authorized", "with an explicit deny", "allowed"])
def test_the_wording_of_a_message_never_decides(message: str) -> None:
    assert observed("read", Answer(code="AccessDenied", message=message)) == "denied"
    assert observed("read", Answer(code="NoSuchBucket", message=message)) == "error"
    assert observed("read", Answer(message=message)) == "allowed"


MEANINGS = [
    (Answer(), "allowed"),
    (Answer(code="AccessDenied"), "denied"),
    (Answer(code="NoSuchBucket"), "error (NoSuchBucket)"),
    (not_tried("why"), "not_tried"),
]


@pytest.mark.parametrize(("answer", "expected"), MEANINGS)
def test_errors_differ_by_their_codes(answer: Answer, expected: str) -> None:
    assert meaning("read", answer) == expected


def test_different_request_ids_and_times_mean_the_same() -> None:
    one, other = Answer(code="AccessDenied", request_id="A", time="1"), Answer(code="AccessDenied", request_id="B")
    assert meaning("read", one) == meaning("read", other)


REFUSED = (
    "User: arn:aws:sts::123456789012:assumed-role/partner/s is not authorized to perform: s3:GetObject on resource: "
)
WHERE = "arn:aws:s3:::abc/service control policy.txt"

#: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
LAYERS = [
    ("because no VPC endpoint policy allows the s3:GetObject action", "VPC endpoint policy"),
    ("with an explicit deny in a VPC endpoint policy", "VPC endpoint policy"),
    (
        "with an explicit deny in a VPC endpoint policy: arn:aws:ec2:eu-central-1:1:vpc-endpoint/v",
        "VPC endpoint policy",
    ),
    ("because no service control policy allows the s3:GetObject action", "service control policy"),
    ("with an explicit deny in a service control policy", "service control policy"),
    ("with an explicit deny in a resource control policy", "resource control policy"),
    ("because no session policy allows the s3:GetObject action", "session policy"),
    ("with an explicit deny in a session policy", "session policy"),
    ("with an explicit deny in a sessions policy", "session policy"),
    ("WITH AN EXPLICIT DENY IN A SERVICE CONTROL POLICY", "service control policy"),
    ("because no identity-based policy allows the s3:GetObject action", ""),
    ("with an explicit deny in an identity-based policy", ""),
    ("because no permissions boundary allows the s3:GetObject action", ""),
    ("with an explicit deny in a resource-based policy", ""),
    ("with an explicit deny in the role trust policy", ""),
    ("", ""),
]


@pytest.mark.parametrize(("context", "layer"), LAYERS)
def test_a_refusal_names_its_layer(context: str, layer: str) -> None:
    assert other_layer(Answer(code="AccessDenied", status=403, message=f"{REFUSED}{WHERE} {context}")) == layer


CLOCKS = [
    (Answer(code="RequestTimeTooSkewed"), True),
    (Answer(code="SignatureDoesNotMatch", message="Signature expired: 20260101T000000Z is now earlier than ..."), True),
    (Answer(code="SignatureDoesNotMatch", message="Signature not yet current: 20260101T000000Z is still later"), True),
    (Answer(code="SignatureDoesNotMatch", message="The request signature we calculated does not match ..."), False),
    (Answer(code="ExpiredToken", message="The provided token has expired."), False),
    (Answer(code="AccessDenied", message="... on resource: arn:aws:s3:::expired"), False),
    (Answer(), False),
]


@pytest.mark.parametrize(("answer", "clock"), CLOCKS)
def test_a_request_of_another_time_is_told_from_one_of_another_key(answer: Answer, clock: bool) -> None:
    assert names_the_clock(answer) is clock
