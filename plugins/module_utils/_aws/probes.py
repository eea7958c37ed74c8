# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One call to AWS, one function. Each gives an :class:`Answer`, also when AWS refuses or cannot be reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from functools import partial
import hashlib
import re
import secrets
from time import monotonic
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.abandoned import (
    BEGINNING,
    fresh_name,
    is_abandoned,
    unknown_name,
)
from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import S3_REFUSALS, Answer, not_tried
from ansible_collections.assumerole.s3.plugins.module_utils._aws.said import clean, what_went_wrong
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant
from ansible_collections.assumerole.s3.plugins.module_utils._contract.rules import region_problem

try:
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.handlers import parse_get_bucket_location
    from botocore.parsers import ResponseParserError
except ImportError:
    pass  # aws_module says so

#: The MD5 digest of nothing that is sent: a write under it is judged for permission and then not done.
WRONG_DIGEST = "AAAAAAAAAAAAAAAAAAAAAA=="

#: The object that stays behind where the role may write and not delete: always the same key and content.
LEFTOVER_NAME = ".access-check"
LEFTOVER_CONTENT = b"assumerole.s3 access check\n"

#: Its names where only a write that is done shows something, by a put and in parts: they begin as those of all that a
#: run makes, by which the operator may remove them, so that the next verification can write them again.
WRITTEN_NAME, UPLOADED_NAME = f"{BEGINNING}written", f"{BEGINNING}uploaded"

#: A tag that S3 takes from nobody: its key is longer than 128 characters, and begins as AWS's own do.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
WRONG_TAG = {"Key": f"aws:{'x' * 128}", "Value": ""}

#: The key of the tag on the run's own object.
OWN_TAG = "access-check"

#: Stands for a code when the answer did not come from AWS.
UNREADABLE = "UnreadableAnswer"

#: Why no version is read, and what to do about it.
NO_VERSION = "no version of an object is known to read there"
NAME_A_VERSION = "Let the operator put one, which it does where it may, or name one in object_versions."

#: Bytes read of an object: more than ours has, and little of a large one that is not ours.
LARGEST_READ = 1024

#: Who somebody is, as GetCallerIdentity writes it: the root user, or a kind and a name.
_ARN = re.compile(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:(root|[^:/]+/.+)")

Client = Any
Params = dict[str, Any]


@dataclass(frozen=True)
class Specimen:
    """The object that a run makes, reads back and removes, and a key at the same place that no object has.

    A policy can recognise the first, whose name begins as is documented, and not the second.
    """

    key: str
    content: bytes
    missing: str

    @classmethod
    def fresh(cls, grant: Grant) -> Specimen:
        """An object of random name, content and length."""
        content = secrets.token_bytes(64 + secrets.randbelow(64))
        return cls(grant.key(fresh_name()), content, grant.key(unknown_name()))

    @classmethod
    def beside(cls, grant: Grant) -> Specimen:
        """A key just outside of the prefix."""
        return cls(grant.key_beside(fresh_name()), b"", grant.key_beside(unknown_name()))

    @classmethod
    def leftover(cls, grant: Grant, name: str = LEFTOVER_NAME) -> Specimen:
        """An object that the role leaves behind, always under the same name."""
        return cls(grant.key(name), LEFTOVER_CONTENT, grant.key(unknown_name()))


@dataclass(frozen=True)
class Version:
    """One version of an object, by its key and id; ``null`` where the bucket has never kept any."""

    key: str
    id: str


@dataclass(frozen=True)
class Place:
    """Where a probe asks S3: a bucket, the run's own object, and an object, and a version, that are known to exist."""

    bucket: str
    specimen: Specimen
    object_key: str | None = None
    owner: str | None = None
    version: Version | None = None

    @property
    def at(self) -> Params:
        """The bucket; with its owner's account, so that a stranger's bucket of this name is refused."""
        owner = {"ExpectedBucketOwner": self.owner} if self.owner else {}
        return {"Bucket": self.bucket, **owner}

    @property
    def url(self) -> str:
        """The run's own object, as a person writes it."""
        return f"s3://{self.bucket}/{self.specimen.key}"

    @property
    def missing_key(self) -> str:
        """A key that no object has."""
        return self.specimen.missing


def identity(sts: Client) -> Answer:
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"""

    def facts(response: Params) -> Mapping[str, str]:
        if not _ARN.fullmatch(response["Arn"]):
            raise ValueError("this is no ARN")
        return {"arn": response["Arn"], "account": response["Account"], "user_id": response["UserId"]}

    return ask(sts.get_caller_identity, facts)


def assumption(
    role_arn: str, session_name: str, external_id: str | None, duration: int | None, **mfa: str | None
) -> Params:
    """What AssumeRole is asked for; of what is not given, nothing."""
    more = {"ExternalId": external_id, "DurationSeconds": duration, **mfa}
    given = {name: value for name, value in more.items() if value}
    return {"RoleArn": role_arn, "RoleSessionName": session_name, **given}


def assume(sts: Client, params: Mapping[str, Any]) -> tuple[Answer, Params | None]:
    """The answer, and apart from it the credentials: they go nowhere but into the session's clients.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    return _assumed(lambda: sts.assume_role(**params))


def _assumed(call: Callable[[], Params]) -> tuple[Answer, Params | None]:
    credentials: Params = {}

    def facts(response: Params) -> Mapping[str, str]:
        given = response["Credentials"]
        credentials.update({name: given[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")})
        user = response["AssumedRoleUser"]
        expiration = response["Credentials"]["Expiration"]
        role_id = user.get("AssumedRoleId", "").split(":")[0]  # information only: Ceph's answer has none
        return {
            "arn": user["Arn"],
            **({"role_id": role_id} if role_id else {}),
            "expiration": expiration.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    answer = ask(call, facts)
    return answer, credentials if answer.succeeded else None


def assume_with_token(sts: Client, params: Mapping[str, Any]) -> tuple[Answer, Params | None]:
    """The same for whoever comes with a token, and with no credentials of AWS.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
    """
    return _assumed(lambda: sts.assume_role_with_web_identity(**params))


def open_session(sts: Client, serial: str, code: str) -> tuple[Answer, Params | None]:
    """A session of the user itself, which says that there was MFA; and apart from the answer its credentials.

    It needs no permission. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
    """
    credentials: Params = {}

    def facts(response: Params) -> Mapping[str, str]:
        given = response["Credentials"]
        credentials.update({name: given[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")})
        return {}

    params = {"SerialNumber": serial, "TokenCode": code, "DurationSeconds": 3600}
    answer = ask(lambda: sts.get_session_token(**params), facts)
    return answer, credentials if answer.succeeded else None


def list_buckets(s3: Client, _place: Place | None = None) -> Answer:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html"""
    return ask(s3.list_buckets)


def list_objects(s3: Client, place: Place) -> Answer:
    """Lists what begins like the object's key: at most one. When the object is there, it must be found.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
    """

    def facts(response: Params) -> Mapping[str, str]:
        return {"found": ",".join(item["Key"] for item in response.get("Contents", []))}

    prefix = place.object_key or place.missing_key
    answer = ask(lambda: s3.list_objects_v2(**place.at, Prefix=prefix, MaxKeys=1), facts)
    if answer.succeeded and place.object_key and answer.value["found"] != place.object_key:
        return replace(answer, code="ObjectNotListed", message=f"the listing does not show {place.object_key}")
    return answer


def list_all(s3: Client, place: Place) -> Answer:
    """Lists from the bucket's beginning, without a prefix."""
    return ask(lambda: s3.list_objects_v2(**place.at, MaxKeys=1))


def read(s3: Client, place: Place) -> Answer:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html

    What a missing key is answered by is no proof: 404 to who may list and 403 to everybody else, whoever may read.
    """
    key = place.object_key or place.missing_key
    return _of_an_object(place, ask(lambda: _get_object(s3, place, key)[0], _encryption))


def read_back(s3: Client, place: Place) -> Answer:
    """Reads the run's own object and compares it with what was written; without one, any object will do."""
    if place.object_key != place.specimen.key:
        return read(s3, place)
    content = b""

    def call() -> Params:
        nonlocal content
        response, content = _get_object(s3, place, place.specimen.key)
        return response

    answer = ask(call, _encryption)
    if answer.succeeded and content != place.specimen.content:
        return replace(answer, code="ContentDiffers", message=f"{place.specimen.key} holds something else")
    return answer


def write(s3: Client, place: Place) -> Answer:
    """A write that is judged for permission and then thrown away for its digest (``BadDigest``), on a fresh key.

    ``If-Match`` would not do: it demands s3:GetObject, too, so it is refused to somebody who may write and not read.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """
    body = LEFTOVER_CONTENT
    return ask(lambda: s3.put_object(**place.at, Key=place.missing_key, Body=body, ContentMD5=WRONG_DIGEST), written)


def create(s3: Client, place: Place) -> Answer:
    """Writes the run's own object, and only if there is none: what others wrote stays as it is.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """
    specimen = place.specimen
    body = specimen.content
    return ask(lambda: s3.put_object(**place.at, Key=specimen.key, Body=body, IfNoneMatch="*"), written)


def delete(s3: Client, place: Place) -> Answer:
    """Deletes a key that no object has, which S3 grants like any other deletion.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html
    """
    return remove(s3, place, place.missing_key)


def remove(s3: Client, place: Place, key: str) -> Answer:
    """On a bucket that keeps versions this hides the object behind a delete marker, whose ``version`` the answer has.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html
    """
    return ask(lambda: s3.delete_object(**place.at, Key=key), _version)


def remove_version(s3: Client, place: Place, key: str, version: str) -> Answer:
    """For good; it takes s3:DeleteObjectVersion.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html
    """
    return ask(lambda: s3.delete_object(**place.at, Key=key, VersionId=version))


def list_abandoned(s3: Client, place: Place, grant: Grant) -> Answer:
    """The keys below the prefix that runs left behind when they were killed, a line each: those of the first page.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
    """
    now = datetime.now(timezone.utc)

    def facts(response: Params) -> Mapping[str, str]:
        listed = {item["Key"]: item["LastModified"] for item in response.get("Contents", [])}
        found = [key for key, modified in listed.items() if is_abandoned(key.removeprefix(grant.prefix), modified, now)]
        return {"found": "\n".join(found)}

    return ask(lambda: s3.list_objects_v2(**place.at, Prefix=grant.key(BEGINNING)), facts)


def locate(s3: Client, place: Place) -> Answer:
    """Asks for the bucket's region, and does not look at it: botocore takes the body of a refusal for one, or for none.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
    """
    s3.meta.events.unregister("after-call.s3.GetBucketLocation", parse_get_bucket_location)
    return ask(lambda: s3.get_bucket_location(**place.at))


def list_parts(s3: Client, place: Place) -> Answer:
    """Asks for the parts of an upload that there is not. That S3 looks for it last is inferred.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html
    """
    params = {**place.at, "Key": place.missing_key, "UploadId": unknown_name()}
    return _about("s3:ListMultipartUploadParts", ask(lambda: s3.list_parts(**params)))


def abort_upload(s3: Client, place: Place) -> Answer:
    """Aborts an upload that there is not: whoever began one may be let in as its initiator alone.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
    """
    params = {**place.at, "Key": place.missing_key, "UploadId": unknown_name()}
    return _about("s3:AbortMultipartUpload", ask(lambda: s3.abort_multipart_upload(**params)))


def upload(s3: Client, place: Place) -> Answer:
    """Begins an upload to the run's own key, lists its parts, and aborts it. The id of one that stays is told.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html
    """
    where = {**place.at, "Key": place.specimen.key}
    begun = ask(lambda: s3.create_multipart_upload(**where), lambda response: {"upload": response["UploadId"]})
    if not begun.succeeded:
        return not_tried(f"no upload could be begun ({begun.code})")
    its = {**where, "UploadId": begun.value["upload"]}
    listed = _about("s3:ListMultipartUploadParts", ask(lambda: s3.list_parts(**its)))
    aborted = _about("s3:AbortMultipartUpload", ask(lambda: s3.abort_multipart_upload(**its)))
    if not aborted.succeeded:
        return replace(aborted, value={**aborted.value, **begun.value})
    return listed


def read_tags(s3: Client, place: Place) -> Answer:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html"""
    params = {**place.at, "Key": place.object_key or place.missing_key}
    return _about("s3:GetObjectTagging", _of_an_object(place, ask(lambda: s3.get_object_tagging(**params))))


def write_tags(s3: Client, place: Place) -> Answer:
    """Tags that are judged for permission and then thrown away, for their digest and because they are none.

    That S3 looks at them after the permission is inferred; an object's tags are never changed.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html
    """
    params = {**place.at, "Key": place.object_key or place.missing_key, "Tagging": {"TagSet": [WRONG_TAG]}}
    answer = ask(lambda: s3.put_object_tagging(**params, ContentMD5=WRONG_DIGEST))
    return _about("s3:PutObjectTagging", _of_an_object(place, answer))


def tag(s3: Client, place: Place) -> Answer:
    """Puts a tag on the run's own object, and compares what it then reads. A leftover always gets the same one."""
    if place.object_key != place.specimen.key:
        return not_tried("there is no object of the run's own to put a tag on")
    where = {**place.at, "Key": place.specimen.key}
    value = hashlib.sha256(place.specimen.content).hexdigest()[:16]
    tagging = {"TagSet": [{"Key": OWN_TAG, "Value": value}]}
    put = ask(lambda: s3.put_object_tagging(**where, Tagging=tagging))
    if not put.succeeded:
        return _about("s3:PutObjectTagging", put)
    answer = ask(
        lambda: s3.get_object_tagging(**where),
        lambda response: {item["Key"]: item["Value"] for item in response["TagSet"]},
    )
    if answer.succeeded and answer.value != {OWN_TAG: value}:
        answer = replace(answer, code="TagsDiffer", message=f"{place.specimen.key} has other tags")
    return _about("s3:GetObjectTagging", answer)


def list_versions(s3: Client, place: Place) -> Answer:
    """Lists the versions of what begins like the key of a version that exists, or like none.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
    """
    prefix = place.version.key if place.version else place.missing_key
    return _about("s3:ListBucketVersions", ask(lambda: s3.list_object_versions(**place.at, Prefix=prefix, MaxKeys=1)))


def list_all_versions(s3: Client, place: Place) -> Answer:
    """Lists from the bucket's beginning, without a prefix."""
    return _about("s3:ListBucketVersions", ask(lambda: s3.list_object_versions(**place.at, MaxKeys=1)))


def read_version(s3: Client, place: Place) -> Answer:
    """Reads an object by its version's id, which takes s3:GetObjectVersion, also where that is ``null``.

    What S3 answers to a version that there is not proves nothing.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    version = place.version
    if version is None:
        return not_tried(NO_VERSION, NAME_A_VERSION)
    answer = ask(lambda: _get_object(s3, place, version.key, VersionId=version.id)[0], _encryption)
    return _about("s3:GetObjectVersion", answer)


def read_version_back(s3: Client, place: Place) -> Answer:
    """Finds the version of the run's own object in the list, and reads it back by that id."""
    specimen = place.specimen
    if place.object_key != specimen.key:
        return read_version(s3, place)
    listed = ask(lambda: s3.list_object_versions(**place.at, Prefix=specimen.key), partial(_newest_of, specimen.key))
    if not listed.succeeded:
        return _about("s3:ListBucketVersions", listed)
    known = place.version.id if place.version and place.version.key == specimen.key else None
    if not listed.value or known not in (None, listed.value["version"]):
        missing = replace(listed, code="ObjectNotListed", message=f"the listing does not show {specimen.key}")
        return _about("s3:ListBucketVersions", missing)
    content = b""

    def call() -> Params:
        nonlocal content
        response, content = _get_object(s3, place, specimen.key, VersionId=listed.value["version"])
        return response

    answer = ask(call, _encryption)
    if answer.succeeded and content != specimen.content:
        answer = replace(answer, code="ContentDiffers", message=f"{specimen.key} holds something else")
    return _about("s3:GetObjectVersion", answer)


def bucket_policy(s3: Client, place: Place) -> Answer:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html"""
    return ask(lambda: s3.get_bucket_policy(**place.at))


#: The probes of S3 by name: the ``probe`` of an expectation.
S3_PROBES: Mapping[str, Callable[[Client, Place], Answer]] = {
    "create": create,
    "read_back": read_back,
    "list": list_objects,
    "list_all": list_all,
    "read": read,
    "write": write,
    "delete": delete,
    "list_buckets": list_buckets,
    "bucket_policy": bucket_policy,
    "locate": locate,
    "list_parts": list_parts,
    "abort_upload": abort_upload,
    "upload": upload,
    "read_tags": read_tags,
    "write_tags": write_tags,
    "tag": tag,
    "list_versions": list_versions,
    "list_all_versions": list_all_versions,
    "read_version": read_version,
    "read_version_back": read_version_back,
}

#: The probes of permissions of several actions, each asked for: first harmlessly, then by using them.
STEPS: Mapping[str, tuple[str, ...]] = {
    "multipart": ("list_parts", "abort_upload"),
    "upload_and_abort": ("list_parts", "abort_upload", "upload"),
    "tags": ("read_tags", "write_tags"),
    "tag_and_read_back": ("read_tags", "write_tags", "tag"),
    "versions": ("list_versions", "read_version"),
    "versions_read_back": ("list_versions", "read_version", "read_version_back"),
}

#: The probes of S3 that can be asked of an object alone that is there.
OF_AN_OBJECT = frozenset({"read", "read_tags", "write_tags", "read_version"})

#: How the whole bucket is asked for what others are asked for below a prefix.
WHOLE = {"list": "list_all", "list_versions": "list_all_versions"}

#: The steps that make something, which are taken only where the harmless ones have shown that it can be undone.
MAKING = frozenset({"upload", "tag"})


def steps(probe: str) -> tuple[str, ...]:
    """The probes of S3 that one question takes; none when it is not asked of S3 by itself."""
    return STEPS.get(probe) or ((probe,) if probe in S3_PROBES else ())


def ask(call: Callable[[], Any], facts: Callable[[Params], Mapping[str, str]] | None = None) -> Answer:
    """The answer to a call. ``facts`` picks what is worth keeping of a response; nothing else of it is kept."""
    started = monotonic()
    answer = _answer(call, facts)
    return replace(answer, elapsed_ms=round((monotonic() - started) * 1000))


def _answer(call: Callable[[], Any], facts: Callable[[Params], Mapping[str, str]] | None) -> Answer:
    moment = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    try:
        response = call()
    except ClientError as error:
        return replace(_refusal(error.response), time=moment)
    except BotoCoreError as error:
        return Answer(code=type(error).__name__, message=what_went_wrong(error), time=moment)
    except (ResponseParserError, LookupError, SyntaxError, TypeError, ValueError, AttributeError, RecursionError):
        # Cut off, or no answer of AWS's. botocore quotes it, with the session's secrets, so nothing of it is kept;
        # it follows a redirect to nowhere until the stack is full, and lets the parser's own error through, which is
        # one of syntax.
        return Answer(code=UNREADABLE, message="the answer is cut off, or not from AWS", time=moment)
    metadata = response.get("ResponseMetadata", {}) if isinstance(response, dict) else {}
    answer = Answer(status=metadata.get("HTTPStatusCode", 200), request_id=_request_id(metadata), time=moment)
    try:
        return replace(answer, value=facts(response)) if facts else answer
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        return replace(answer, code=UNREADABLE, message=f"the answer lacks what AWS's has ({type(error).__name__})")


def _request_id(metadata: Params) -> str | None:
    """As botocore has read it from the body, or as the header has it that every answer of AWS carries.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/get-request-ids.html
    """
    headers = metadata.get("HTTPHeaders", {})
    given = (metadata.get("RequestId"), headers.get("x-amz-request-id"), headers.get("x-amzn-requestid"))
    return next(filter(None, given), None)


def _refusal(response: Params) -> Answer:
    """Another server's STS may refuse as S3 does, with the error as the root of the answer."""
    error = response.get("Error") or response
    metadata = response.get("ResponseMetadata", {})
    return Answer(
        code=clean(error.get("Code") or "Unknown"),
        status=metadata.get("HTTPStatusCode"),
        message=clean(error.get("Message") or ""),
        request_id=_request_id(metadata),
        value=_region_named(error, metadata.get("HTTPHeaders") or {}),
    )


def _version(response: Params) -> Mapping[str, str]:
    """The version that was made; none where the bucket has never kept any."""
    version = response.get("VersionId")
    return {"version": version} if version else {}


def written(response: Params) -> Mapping[str, str]:
    """What encrypts what was written, and its version."""
    return {**_encryption(response), **_version(response)}


def _newest_of(key: str, response: Params) -> Mapping[str, str]:
    """The version of a key that a list of versions shows as its latest."""
    latest = (item for item in response.get("Versions", []) if item["Key"] == key and item["IsLatest"])
    return next(({"version": item["VersionId"]} for item in latest), {})


def _region_named(error: Params, headers: Mapping[str, str]) -> Mapping[str, str]:
    """Where the bucket is, when S3 says that a request was sent elsewhere.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingRouting.html
    """
    region = headers.get("x-amz-bucket-region") or error.get("Region")
    return {"region": region} if region and not region_problem(region) else {}


def _about(action: str, answer: Answer) -> Answer:
    """The answer with the action that it is about, where a question is about several."""
    return replace(answer, value={**answer.value, "action": action})


def _of_an_object(place: Place, answer: Answer) -> Answer:
    """Without an object, a refusal may hide that there is none."""
    return replace(answer, code="NoObjectToRead") if place.object_key is None and answer.code in S3_REFUSALS else answer


def _encryption(response: Params) -> Mapping[str, str]:
    """What encrypts: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_ResponseSyntax"""
    key = response.get("SSEKMSKeyId")
    return {"encryption": response.get("ServerSideEncryption", ""), **({"key": key} if key else {})}


def _get_object(s3: Client, place: Place, key: str, **version: str) -> tuple[Params, bytes]:
    response: Params = s3.get_object(**place.at, Key=key, **version)
    return response, response["Body"].read(LARGEST_READ)
