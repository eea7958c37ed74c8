# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What KMS, and S3 about a key of KMS, put on the wire, and the observation that follows.

Sources: https://docs.aws.amazon.com/kms/latest/developerguide/testing-permissions.html (DryRun),
https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html, and
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#KMSErrorCodeList.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
import json
from typing import Any

from botocore.awsrequest import AWSResponse
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws import kms
from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer, observed
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Connection, Identities
from ansible_collections.assumerole.s3.plugins.module_utils._aws.probes import Place, Specimen
from ansible_collections.assumerole.s3.plugins.module_utils._aws.uploads import upload_in_parts, write_by
from ansible_collections.assumerole.s3.tests.unit.plugins.module_utils._aws.on_the_wire import answered

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
PLACE = Place("abc", Specimen("team/.access-check-x", b"content", "team/0123456789abcdef"))

Sent = tuple[int, str]


@cache
def client_of(service: str) -> Any:
    once = {"retries": {"mode": "legacy", "max_attempts": 0}}
    where = Connection(region="eu-west-1", access_key="AKIAEXAMPLE", secret_key="s", config=once)
    return Identities(where).user(service, "us-east-1" if service == "kms" else None)


@contextmanager
def answering(service: str, *sent: Sent, **headers: str) -> Iterator[tuple[Any, list[Any]]]:
    """A client whose requests are answered so, one after the other, and what was requested."""
    asked: list[Any] = []

    def answer(request: Any, **_more: Any) -> AWSResponse:
        asked.append(request)
        status, body = sent[min(len(asked), len(sent)) - 1]
        return answered(request, status, body, **headers)

    client = client_of(service)
    client.meta.events.register("before-send", answer)
    yield client, asked
    client.meta.events.unregister("before-send", answer)


def error(code: str) -> str:
    return json.dumps({"__type": code, "message": "why"})


DIRECT = [
    (400, error("DryRunOperationException"), "allowed"),
    (200, json.dumps({"KeyId": KEY, "Plaintext": "c2VjcmV0", "CiphertextBlob": "eA=="}), "allowed"),
    (200, "", "error"),
    (200, "{}", "error"),
    (400, error("AccessDeniedException"), "denied"),
    (400, error("NotFoundException"), "error"),
    (400, error("DisabledException"), "error"),
    (400, error("KMSInvalidStateException"), "error"),
    (400, error("InvalidCiphertextException"), "error"),
    (400, error("UnrecognizedClientException"), "error"),
    (400, error("ThrottlingException"), "error"),
    (400, error("ValidationException"), "error"),
    (403, "", "error"),
    (403, error("Forbidden"), "error"),
    (503, "", "error"),
]


def of_sdk(service: str, operation: str, member: str) -> bool:
    """Whether this SDK knows the member of what the operation takes."""
    return member in client_of(service).meta.service_model.operation_model(operation).input_shape.members


needs_a_newer_sdk = pytest.mark.skipif(
    not of_sdk("kms", "Decrypt", "DryRunModifiers"),
    reason="this SDK asks for no decryption, as a test shows",
)


@pytest.mark.parametrize("probe", ["encrypt_directly", pytest.param("decrypt_directly", marks=needs_a_newer_sdk)])
@pytest.mark.parametrize(("status", "body", "expected"), DIRECT)
def test_what_kms_tells_of_a_use_that_is_not_s3s(probe: str, status: int, body: str, expected: str) -> None:
    with answering("kms", (status, body)) as (client, asked):
        answer = getattr(kms, probe)(client, KEY, "arn:aws:s3:::abc")
    assert observed(probe, answer) == expected
    assert answer.value == ({"key": KEY} if answer.succeeded else {})
    (request,) = asked
    told = json.loads(request.body)
    assert (told["DryRun"], told["KeyId"]) == (True, KEY)
    assert told["EncryptionContext"] == {"aws:s3:arn": "arn:aws:s3:::abc"}
    assert request.url == "https://kms.us-east-1.amazonaws.com/"


def test_an_older_sdk_asks_for_no_decryption_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of("kms")
    members = client.meta.service_model.operation_model("Decrypt").input_shape.members
    monkeypatch.delitem(members, "DryRunModifiers", raising=False)
    monkeypatch.setattr(client, "decrypt", None)
    answer = kms.decrypt_directly(client, KEY, "arn:aws:s3:::abc")
    assert (answer.tried, answer.message) == (False, "this botocore cannot ask KMS whether it would decrypt")


def s3_error(code: str) -> str:
    return f"<Error><Code>{code}</Code><Message>why</Message></Error>"


BEGUN = (200, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>")
SENT = (200, "")
DONE = (200, "<CompleteMultipartUploadResult><Key>k</Key></CompleteMultipartUploadResult>")
GONE = (204, "")
REFUSED = (403, s3_error("AccessDenied"))
DISABLED = (400, s3_error("KMS.DisabledException"))
LOST = (503, s3_error("SlowDown"))

#: What each request is told, what that shows, and whether the upload stays.
UPLOADS = [
    ((BEGUN, SENT, DONE), "allowed", False),
    ((REFUSED,), "denied", False),
    ((DISABLED,), "denied", False),
    ((BEGUN, REFUSED, GONE), "denied", False),
    ((BEGUN, SENT, REFUSED, GONE), "denied", False),
    ((BEGUN, SENT, DISABLED, GONE), "denied", False),
    ((BEGUN, SENT, LOST, GONE), "error", False),
    ((BEGUN, SENT, REFUSED, REFUSED), "denied", True),
    ((BEGUN, LOST, LOST), "error", True),
    ((LOST,), "error", False),
]


@pytest.mark.parametrize(("sent", "expected", "stays"), UPLOADS)
def test_what_an_upload_in_parts_is_told(sent: tuple[Sent, ...], expected: str, stays: bool) -> None:
    named = {"x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": KEY, "ETag": "e"}
    with answering("s3", *sent, **named) as (client, asked):
        answer = upload_in_parts(client, PLACE)
    assert (observed("uploaded_by_key", answer), answer.value.get("upload")) == (expected, "u" if stays else None)
    assert len(asked) == len(sent)
    assert answer.value.get("key") == (KEY if answer.succeeded else None)


WRITES = [
    ((200, ""), "allowed"),
    (REFUSED, "denied"),
    ((400, s3_error("KMS.NotFoundException")), "error"),
    (DISABLED, "error"),
    ((412, s3_error("PreconditionFailed")), "error"),
]


@pytest.mark.parametrize(("sent", "expected"), WRITES)
def test_what_a_write_by_another_key_is_told(sent: Sent, expected: str) -> None:
    with answering("s3", sent) as (client, asked):
        answer = write_by(client, PLACE, KEY)
    assert observed("write_by_another_key", answer) == expected
    headers = asked[0].headers
    assert headers["x-amz-server-side-encryption-aws-kms-key-id"] in (KEY, KEY.encode())


SEEN = [
    ("written_by_key", "AnotherKey", "denied"),
    ("uploaded_by_key", "AnotherKey", "denied"),
    ("read_by_key", "AnotherKey", "error"),  # it may have been there before the key
    ("written_by_key", "KMS.DisabledException", "denied"),
    ("written_by_key", "WriteNotDone", "error"),
    ("read_by_key", "KMS.KMSInvalidStateException", "denied"),
    ("read_by_key", "NoObjectToRead", "error"),
]


@pytest.mark.parametrize(("probe", "code", "expected"), SEEN)
def test_what_a_write_or_read_shows_of_the_key(probe: str, code: str, expected: str) -> None:
    assert observed(probe, Answer(code=code, status=400)) == expected


READ = [
    ((200, json.dumps({"KeyMetadata": {"KeyId": "k"}})), {"KeyId": "k"}, False, False),
    ((400, error("NotFoundException")), None, True, False),
    ((400, error("AccessDeniedException")), None, False, True),
    ((200, "{}"), None, False, True),
]


@pytest.mark.parametrize(("sent", "data", "absent", "unreadable"), READ)
def test_a_key_is_there_or_not_or_cannot_be_read(sent: Sent, data: Any, absent: bool, unreadable: bool) -> None:
    with answering("kms", sent) as (client, _asked):
        found = kms.describe(client, KEY)
    assert (found.data, found.absent, found.unreadable) == (data, absent, unreadable)


@pytest.mark.parametrize("text", ["", "[]", "no JSON", "1"])
def test_a_policy_that_is_none_is_unreadable(text: str) -> None:
    with answering("kms", (200, json.dumps({"Policy": text}))) as (client, _asked):
        assert kms.policy(client, KEY).unreadable


def test_all_pages_of_grants_are_read() -> None:
    pages = [{"Grants": [{"GrantId": "a"}], "Truncated": True, "NextMarker": "m"}, {"Grants": [{"GrantId": "b"}]}]
    with answering("kms", *((200, json.dumps(page)) for page in pages)) as (client, _asked):
        assert kms.grants(client, KEY).data == [{"GrantId": "a"}, {"GrantId": "b"}]
