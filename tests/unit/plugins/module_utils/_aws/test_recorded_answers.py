# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWS and other servers put on the wire, probe by probe, and the observation that follows.

Sources of the codes and statuses: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html (S3),
https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html (STS), and for the words of a refusal
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html; each row names what is not from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import product
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws import probes
from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import PROBES, Answer, observed
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Connection, Identities
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant
from ansible_collections.assumerole.s3.tests.unit.plugins.module_utils._aws.on_the_wire import answered

Sent = tuple[int, str]

GRANT = Grant("abc", "team/")
ROLE = {"RoleArn": "arn:aws:iam::123456789012:role/partner", "RoleSessionName": "session"}
SPECIMEN = probes.Specimen("team/.access-check-x", b"content", "team/0123456789abcdef")
PLACE = probes.Place("abc", SPECIMEN, object_key=SPECIMEN.key, version=probes.Version(SPECIMEN.key, "v1"))
NOTHING_THERE = probes.Place("abc", SPECIMEN)


#: Those about a key of KMS have a file of their own.
OF_THE_KEY = {probe for probe in PROBES if probe.endswith(("_by_key", "_another_key", "_directly"))}


def s3_error(code: str, message: str = "") -> str:
    return f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>R</RequestId></Error>"


def sts_error(code: str, message: str = "") -> str:
    xmlns = "https://sts.amazonaws.com/doc/2011-06-15/"
    return (
        f'<ErrorResponse xmlns="{xmlns}"><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message>'
        "</Error><RequestId>R</RequestId></ErrorResponse>"
    )


LISTING = (
    "<ListBucketResult><Contents><Key>team/.access-check-x</Key></Contents></ListBucketResult>",
    "<ListBucketResult></ListBucketResult>",
)
VERSIONS = (
    "<ListVersionsResult><Version><Key>{}</Key><VersionId>{}</VersionId><IsLatest>true</IsLatest></Version>"
    "</ListVersionsResult>"
)
UPLOAD = "<InitiateMultipartUploadResult><UploadId>upload</UploadId></InitiateMultipartUploadResult>"
#: The tag that belongs to the content of the object below.
TAGGED = "<Tagging><TagSet><Tag><Key>access-check</Key><Value>ed7002b439e9ac84</Value></Tag></TagSet></Tagging>"
ASSUMED = (
    "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId>"
    "<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2026-01-01T00:15:00Z</Expiration>"
    "</Credentials><AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/partner/s</Arn>{role_id}"
    "</AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>"
)
IDENTITY = (
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>{arn}</Arn><UserId>AIDAEXAMPLE</UserId>"
    "<Account>{account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
)
ON_AWS = IDENTITY.format(arn="arn:aws:iam::123456789012:user/partner", account="123456789012")
ON_CEPH = IDENTITY.format(arn="arn:aws:iam::RGW12345678901234567:user/partner", account="RGW12345678901234567")

#: Status, body, and what it shows; the same for every probe of S3.
S3_ANSWERS = [
    (403, s3_error("AccessDenied", "Access Denied"), "denied"),
    (403, s3_error("UnauthorizedAccess"), "denied"),  # China, without a licence
    (403, s3_error("UnauthorizedAccessError"), "denied"),  # China, without a licence
    (403, s3_error("AccessDeniedException"), "denied"),
    (403, s3_error("Forbidden"), "denied"),
    (403, "", "denied"),  # SeaweedFS
    (403, s3_error("InvalidAccessKeyId"), "error"),
    (403, s3_error("SignatureDoesNotMatch"), "error"),
    (403, s3_error("RequestTimeTooSkewed"), "error"),
    (403, s3_error("AllAccessDisabled"), "error"),
    (403, s3_error("AccountProblem"), "error"),
    (403, "<html><body>Blocked by a proxy</body></html>", "error"),
    (400, s3_error("ExpiredToken"), "error"),
    (400, s3_error("InvalidToken"), "error"),
    (400, s3_error("AuthorizationHeaderMalformed"), "error"),
    (301, s3_error("PermanentRedirect"), "error"),
    (404, s3_error("NoSuchBucket"), "error"),
    (404, "", "error"),
    (409, s3_error("OperationAborted"), "error"),
    (412, s3_error("Other"), "error"),
    (503, s3_error("SlowDown"), "error"),
]

#: What one probe of S3 alone is told.
OWN_ANSWERS = [
    ("create", 200, "", "allowed"),
    ("create", 403, s3_error("AccessDenied", "is not authorized to perform: kms:GenerateDataKey"), "denied"),
    ("create", 409, s3_error("ConditionalRequestConflict"), "error"),
    ("create", 501, s3_error("NotImplemented"), "error"),  # a server without conditional writes
    ("create", 412, s3_error("PreconditionFailed"), "allowed"),
    ("create", 400, s3_error("BadDigest"), "allowed"),
    ("write", 400, s3_error("BadDigest"), "allowed"),
    ("write", 412, s3_error("PreconditionFailed"), "error"),
    ("write", 200, "", "allowed"),  # a server that ignores the digest
    ("read", 200, "content", "allowed"),
    ("read", 404, s3_error("NoSuchKey"), "error"),
    ("read", 403, s3_error("InvalidObjectState"), "allowed"),
    ("read", 403, s3_error("AccessDenied", "is not authorized to perform: kms:Decrypt"), "denied"),
    ("read", 400, s3_error("BadDigest"), "error"),
    ("read_back", 200, "content", "allowed"),
    ("read_back", 200, "something else", "error"),
    ("read_back", 404, s3_error("NoSuchKey"), "error"),
    ("read_back", 403, s3_error("InvalidObjectState"), "allowed"),
    ("list", 200, LISTING[0], "allowed"),
    ("list", 200, LISTING[1], "error"),  # the object is there, and not shown
    ("list_all", 200, LISTING[1], "allowed"),
    ("delete", 204, "", "allowed"),
    ("delete", 404, s3_error("NoSuchKey"), "error"),
    ("remove", 204, "", "allowed"),
    ("remove", 403, s3_error("AccessDenied", "Access Denied because object protected by object lock."), "denied"),
    ("remove", 404, s3_error("NoSuchKey"), "error"),
    ("list_buckets", 200, "<ListAllMyBucketsResult></ListAllMyBucketsResult>", "allowed"),
    ("bucket_policy", 200, "{}", "allowed"),
    ("bucket_policy", 404, s3_error("NoSuchBucketPolicy"), "allowed"),
    ("bucket_policy", 405, s3_error("MethodNotAllowed"), "error"),
    ("locate", 200, "<LocationConstraint>eu-central-1</LocationConstraint>", "allowed"),
    ("locate", 200, "<LocationConstraint/>", "allowed"),
    ("list_parts", 200, "<ListPartsResult></ListPartsResult>", "allowed"),
    ("list_parts", 404, s3_error("NoSuchUpload"), "allowed"),
    ("list_parts", 404, s3_error("NoSuchKey"), "error"),
    ("abort_upload", 204, "", "allowed"),  # MinIO, lakeFS
    ("abort_upload", 404, s3_error("NoSuchUpload"), "allowed"),  # AWS: github.com/localstack/localstack/issues/2401
    ("abort_upload", 400, s3_error("MalformedUpload"), "error"),
    ("read_tags", 200, TAGGED, "allowed"),
    ("read_tags", 404, s3_error("NoSuchKey"), "error"),
    ("write_tags", 400, s3_error("BadDigest"), "allowed"),
    ("write_tags", 400, s3_error("InvalidTag"), "allowed"),  # Ceph, which looks at no digest
    ("write_tags", 400, s3_error("MalformedXML"), "error"),
    ("write_tags", 200, "", "allowed"),  # a server that ignores both
    ("write_tags", 404, s3_error("NoSuchKey"), "error"),
    ("write_tags", 501, s3_error("NotImplemented"), "error"),
    ("tag", 200, TAGGED, "allowed"),
    ("tag", 200, "<Tagging><TagSet></TagSet></Tagging>", "error"),
    ("tag", 404, s3_error("NoSuchKey"), "error"),
    ("list_versions", 200, "<ListVersionsResult/>", "allowed"),
    ("list_all_versions", 200, "<ListVersionsResult/>", "allowed"),
    ("read_version", 200, "whatever", "allowed"),
    ("read_version", 403, s3_error("InvalidObjectState"), "allowed"),
    ("read_version", 404, s3_error("NoSuchVersion"), "error"),
    ("read_version", 405, s3_error("MethodNotAllowed"), "error"),  # a delete marker
    ("upload", 200, UPLOAD, "allowed"),
    ("upload", 403, s3_error("AccessDenied"), "not_tried"),  # beginning it is writing
]

REFUSED = (403, s3_error("AccessDenied"))
LOST = (503, s3_error("SlowDown"))
DONE = (200, "<ListPartsResult></ListPartsResult>")

#: What an upload that was begun is told when its parts are listed, and when it is aborted; and whether it stays.
UPLOADS = [
    (DONE, (204, ""), "allowed", False),
    (REFUSED, (204, ""), "denied", False),
    (DONE, REFUSED, "denied", True),
    (LOST, (204, ""), "error", False),
    (DONE, LOST, "error", True),
    (LOST, REFUSED, "denied", True),
]

OWN = VERSIONS.format(SPECIMEN.key, "v1")
READ = (200, "content")

#: What the list of versions shows, and what reading the run's own is answered by.
VERSIONS_READ = [
    ((200, OWN), READ, "allowed"),
    ((200, OWN), (200, "something else"), "error"),
    ((200, OWN), (403, s3_error("InvalidObjectState")), "allowed"),
    ((200, OWN), (404, s3_error("NoSuchVersion")), "error"),
    ((200, OWN), REFUSED, "denied"),
    ((200, VERSIONS.format(SPECIMEN.key, "v2")), READ, "error"),
    ((200, VERSIONS.format("team/other", "v1")), READ, "error"),
    ((200, "<ListVersionsResult/>"), READ, "error"),
    (REFUSED, READ, "denied"),
    (LOST, READ, "error"),
]

#: What STS says, by probe.
STS_ANSWERS = [
    ("identity", 200, ON_AWS, "allowed"),
    ("identity", 200, ON_CEPH, "allowed"),
    ("identity", 403, sts_error("AccessDenied"), "error"),
    ("identity", 403, sts_error("InvalidClientTokenId"), "error"),
    ("identity", 403, "", "error"),  # SeaweedFS
    ("assume", 200, ASSUMED.format(role_id="<AssumedRoleId>AROAEXAMPLE:s</AssumedRoleId>"), "allowed"),
    ("assume", 200, ASSUMED.format(role_id=""), "allowed"),  # Ceph
    ("assume", 403, sts_error("AccessDenied", "is not authorized to perform: sts:AssumeRole"), "denied"),
    ("assume", 403, s3_error("AccessDenied"), "denied"),  # as S3 writes it
    ("assume", 403, "", "error"),
    ("assume", 400, sts_error("ValidationError"), "error"),
    ("assume", 403, sts_error("InvalidClientTokenId"), "error"),
    ("assume", 403, sts_error("SignatureDoesNotMatch"), "error"),
    ("assume", 403, sts_error("RegionDisabledException"), "error"),
    ("assume", 403, sts_error("ExpiredToken"), "error"),
    ("assume_with_tampered_token", 400, sts_error("InvalidIdentityToken"), "denied"),
    ("assume_with_tampered_token", 403, sts_error("IDPRejectedClaim"), "denied"),
    ("assume_with_tampered_token", 403, sts_error("AccessDenied"), "denied"),
    ("assume_with_tampered_token", 400, sts_error("ExpiredTokenException"), "error"),
    ("assume_with_tampered_token", 400, sts_error("IDPCommunicationError"), "error"),
    ("assume_with_tampered_token", 200, ASSUMED.format(role_id=""), "allowed"),
    ("assume_with_token", 400, sts_error("InvalidIdentityToken"), "error"),
    ("assume_for_too_long", 400, sts_error("ValidationError"), "denied"),
    ("assume_for_too_long", 403, sts_error("AccessDenied"), "error"),
    ("assume_for_too_long", 200, ASSUMED.format(role_id=""), "allowed"),
]

#: What STS says the same of every identity, and to everybody who tries to get in.
STS_ANSWERS += [
    (probe, *row)
    for asked_as, others in (
        (
            "identity",
            ("session_identity", "outsider_identity", "trusted_identity", "operator_identity", "elsewhere_identity"),
        ),
        (
            "assume",
            (
                "assume_as_outsider",
                "assume_as_trusted",
                "assume_as_user",
                "assume_as_service",
                "assume_as_operator",
                "assume_without_external_id",
                "assume_with_wrong_external_id",
                "assume_without_mfa",
                "assume_from_elsewhere",
                "assume_with_token",
            ),
        ),
        ("assume_with_tampered_token", ("assume_with_unsigned_token", "assume_with_refused_token")),
    )
    for probe in others
    for name, *row in list(STS_ANSWERS)
    if name == asked_as
]

_STS = "https://docs.aws.amazon.com/STS/latest/APIReference/API_"
_WEB = f"{_STS}AssumeRoleWithWebIdentity.html"
_S3 = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_"
#: Where the errors of each probe's action are listed.
SOURCES = {
    **{probe: f"{_STS}GetCallerIdentity.html" for probe in PROBES if probe.endswith("identity")},
    **{probe: f"{_STS}AssumeRole.html#API_AssumeRole_Errors" for probe in PROBES if probe.startswith("assume")},
    **{probe: f"{_WEB}#API_AssumeRoleWithWebIdentity_Errors" for probe in PROBES if probe.endswith("_token")},
    **dict.fromkeys(("create", "write"), f"{_S3}PutObject.html#API_PutObject_Errors"),
    **dict.fromkeys(
        ("read", "read_back", "read_version", "read_version_back"), f"{_S3}GetObject.html#API_GetObject_Errors"
    ),
    **dict.fromkeys(("list", "list_all"), f"{_S3}ListObjectsV2.html#API_ListObjectsV2_Errors"),
    **dict.fromkeys(("remove", "delete"), f"{_S3}DeleteObject.html"),
    **dict.fromkeys(("list_versions", "list_all_versions"), f"{_S3}ListObjectVersions.html"),
    "list_buckets": f"{_S3}ListBuckets.html",
    "bucket_policy": f"{_S3}GetBucketPolicy.html",
    "locate": f"{_S3}GetBucketLocation.html",
    "list_parts": f"{_S3}ListParts.html",
    "abort_upload": f"{_S3}AbortMultipartUpload.html#API_AbortMultipartUpload_Errors",
    "upload": f"{_S3}CreateMultipartUpload.html",
    "read_tags": f"{_S3}GetObjectTagging.html",
    **dict.fromkeys(("write_tags", "tag"), f"{_S3}PutObjectTagging.html"),
}


@cache
def client_of(service: str) -> Any:
    """Making a client takes long."""
    once = {"retries": {"mode": "legacy", "max_attempts": 0}}
    where = Connection(region="us-east-1", access_key="AKIAEXAMPLE", secret_key="s", config=once)
    return Identities(where).user(service)


@contextmanager
def answering(service: str, status: int, body: str) -> Iterator[Any]:
    """A client whose every request is answered so."""

    def answer(request: Any, **_more: Any) -> AWSResponse:
        return answered(request, status, body)

    client = client_of(service)
    client.meta.events.register("before-send", answer)
    yield client
    client.meta.events.unregister("before-send", answer)


def asked(probe: str, status: int, body: str, place: probes.Place = PLACE) -> Answer:
    """The probe's answer."""
    with answering("sts" if SOURCES[probe].startswith(_STS) else "s3", status, body) as client:
        if probe in probes.S3_PROBES:
            return probes.S3_PROBES[probe](client, place)
        if probe == "remove":
            return probes.remove(client, place, SPECIMEN.key)
        return probes.identity(client) if probe.endswith("identity") else probes.assume(client, ROLE)[0]


@pytest.mark.parametrize(("status", "body", "expected"), S3_ANSWERS)
@pytest.mark.parametrize("probe", [*sorted(set(probes.S3_PROBES) - {"upload", "read_version_back"}), "remove"])
def test_what_s3_answers_to_everybody(probe: str, status: int, body: str, expected: str) -> None:
    assert observed(probe, asked(probe, status, body)) == expected


@pytest.mark.parametrize(("probe", "status", "body", "expected"), [*OWN_ANSWERS, *STS_ANSWERS])
def test_what_one_probe_is_told(probe: str, status: int, body: str, expected: str) -> None:
    assert observed(probe, asked(probe, status, body)) == expected


@pytest.mark.parametrize(("listed", "aborted", "expected", "stays"), UPLOADS)
def test_what_an_upload_is_told(listed: Sent, aborted: Sent, expected: str, stays: bool) -> None:
    sent = {"POST": (200, UPLOAD), "GET": listed, "DELETE": aborted}

    def answer(request: Any, **_more: Any) -> AWSResponse:
        status, body = sent[request.method]
        return answered(request, status, body)

    client = client_of("s3")
    client.meta.events.register("before-send", answer)
    found = probes.upload(client, PLACE)
    client.meta.events.unregister("before-send", answer)
    assert (observed("upload", found), found.value.get("upload")) == (expected, "upload" if stays else None)


@pytest.mark.parametrize(("listed", "given", "expected"), VERSIONS_READ)
def test_what_reading_a_version_back_is_told(listed: Sent, given: Sent, expected: str) -> None:
    def answer(request: Any, **_more: Any) -> AWSResponse:
        status, body = given if "versionId=v1" in request.url else listed
        return answered(request, status, body)

    client = client_of("s3")
    client.meta.events.register("before-send", answer)
    found = probes.read_version_back(client, PLACE)
    client.meta.events.unregister("before-send", answer)
    assert observed("read_version_back", found) == expected


def test_every_probe_has_its_source_and_rows_for_all_that_it_can_show() -> None:
    shown = {(probe, expected) for probe, _status, _body, expected in [*OWN_ANSWERS, *STS_ANSWERS]}
    shown |= {
        (probe, expected) for probe in SOURCES for *_row, expected in S3_ANSWERS if SOURCES[probe].startswith(_S3)
    }
    shown |= {("upload", expected) for *_sent, expected, _stays in UPLOADS}
    shown |= {("read_version_back", expected) for *_sent, expected in VERSIONS_READ}
    single = set(PROBES) - set(probes.STEPS) - OF_THE_KEY
    refused = [probe for probe in single if not probe.endswith("identity")]
    assert set(SOURCES) == single
    assert shown - {("upload", "not_tried")} == {*product(single, ("allowed", "error")), *product(refused, ("denied",))}


@pytest.mark.parametrize("probe", probes.STEPS)
def test_several_steps_are_read_like_each_of_them(probe: str) -> None:
    steps = [PROBES[step] for step in probes.STEPS[probe]]
    assert PROBES[probe].authorized == frozenset().union(*(step.authorized for step in steps))
    assert {step.refused for step in steps} == {PROBES[probe].refused}


@pytest.mark.parametrize("probe", ["read", "read_back", "read_tags", "write_tags"])
@pytest.mark.parametrize(("status", "code"), [(404, "NoSuchKey"), (403, "AccessDenied"), (403, "UnauthorizedAccess")])
def test_without_an_object_no_answer_tells_who_may_read(probe: str, status: int, code: str) -> None:
    assert observed(probe, asked(probe, status, s3_error(code), NOTHING_THERE)) == "error"


@pytest.mark.parametrize("probe", ["read_version", "read_version_back"])
@pytest.mark.parametrize("status", [200, 403, 404])
def test_without_a_known_version_nobody_is_asked_for_one(probe: str, status: int) -> None:
    assert observed(probe, asked(probe, status, s3_error("AccessDenied"), NOTHING_THERE)) == "not_tried"


def test_the_id_of_the_role_is_told_where_there_is_one() -> None:
    known = asked("assume", 200, ASSUMED.format(role_id="<AssumedRoleId>AROAEXAMPLE:s</AssumedRoleId>"))
    assert known.value["role_id"] == "AROAEXAMPLE"
    assert "role_id" not in asked("assume", 200, ASSUMED.format(role_id="")).value


def test_an_account_is_what_the_endpoint_calls_it() -> None:
    assert asked("identity", 200, ON_CEPH).value["account"] == "RGW12345678901234567"


def client_error(headers: dict[str, str], **error: str) -> Any:
    def call() -> Any:
        metadata = {"HTTPStatusCode": 301, "HTTPHeaders": headers}
        raise ClientError({"Error": {"Code": "PermanentRedirect", **error}, "ResponseMetadata": metadata}, "GetObject")

    return call


HINTS = [
    ({"x-amz-bucket-region": "eu-west-1"}, {}, {"region": "eu-west-1"}),
    ({}, {"Region": "eu-west-1"}, {"region": "eu-west-1"}),
    ({}, {}, {}),
    ({"x-amz-bucket-region": "set it to\nmine"}, {}, {}),
]


@pytest.mark.parametrize(("headers", "error", "value"), HINTS)
def test_a_refusal_may_name_the_buckets_region(
    headers: dict[str, str], error: dict[str, str], value: dict[str, str]
) -> None:
    assert probes.ask(client_error(headers, **error)).value == value
