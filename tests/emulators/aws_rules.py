# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules of AWS that MiniStack leaves out and this collection depends on: a function each, and ``install`` for all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
import json
from pathlib import Path
import re
import sys
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, quote
from xml.etree import ElementTree
from xml.sax.saxutils import escape, unescape

import kms_rules
from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.core.router import extract_access_key_id
from ministack.services import iam, s3, sts
from web_identity import ISSUERS, with_checked_tokens

Response = tuple[int, dict[str, str], bytes]
Handler = Callable[..., Awaitable[Response]]

#: How one gets into a role.
ASSUMING = ("AssumeRole", "AssumeRoleWithWebIdentity")

#: What writes a trust policy, and the parameter that has it; and how long it may be, as GetAccountSummary says it here.
TRUST = {"CreateRole": "AssumeRolePolicyDocument", "UpdateAssumeRolePolicy": "PolicyDocument"}
LONGEST_TRUST = 2048

#: How many entries a page of the account's details has here: few, so that small accounts have several.
PAGE = 5

#: The namespace of S3's requests.
S3 = "{http://s3.amazonaws.com/doc/2006-03-01/}"


def install(state_dir: Path) -> None:
    """Make MiniStack follow the rules of this file."""
    lookup = ModuleType("ministack.services.role_trust")
    lookup.trust_policy_for_arn = trust_policy_for_arn  # type: ignore[attr-defined]
    sys.modules[lookup.__name__] = lookup
    iam_evaluator._RESOURCE_POLICY_LOOKUPS["sts"] = ("role_trust", "trust_policy_for_arn")
    sts.handle_request = with_session_limits(with_checked_tokens(sts.handle_request, state_dir / ISSUERS))
    s3.handle_request = with_hidden_keys(
        with_expected_owner(with_an_answer_per_key(with_encoded_keys(with_pages_behind_markers(s3.handle_request))))
    )
    s3._put_object_tagging = with_short_keys(s3._put_object_tagging)
    app._handle_s3_control_request = with_the_accounts_block(app._handle_s3_control_request)
    s3._public_access_blocked = with_both_blocks(s3._public_access_blocked)
    iam_actions._S3_BUCKET_QUERY_ACTIONS["delete"] = {"POST": "DeleteObjects"}
    iam_actions.s3_additional_checks = without_batch_deletion(iam_actions.s3_additional_checks)
    iam_actions.extract_resource_arn = with_more_of_iam(iam_actions.extract_resource_arn)
    iam_actions.request_tag_context = with_the_boundary(iam_actions.request_tag_context)
    iam_evaluator._ALWAYS_ALLOWED_ACTIONS |= {"s3:DeleteObjects"}
    iam.handle_request = with_passed_roles(iam.handle_request)
    iam._IAM_HANDLERS["CreateAccessKey"] = with_two_keys_at_most(iam._IAM_HANDLERS["CreateAccessKey"])
    for action, parameter in TRUST.items():
        iam._IAM_HANDLERS[action] = with_short_trust(iam._IAM_HANDLERS[action], parameter)
    details = "GetAccountAuthorizationDetails"
    iam._IAM_HANDLERS[details] = with_pages(with_boundaries(iam._IAM_HANDLERS[details]))
    iam._IAM_HANDLERS.update(NO_OTHER_CREDENTIALS)
    kms_rules.install()


def trust_policy_for_arn(role_arn: str) -> tuple[str, str] | None:
    """In its own account a trust policy that names the user is enough; the user needs no policy.

    Conditions and denials are left out here: MiniStack looks at the whole trust policy again, and then knows the
    external id.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html
    """
    account = role_arn.split(":")[4]
    role = iam._roles.get_scoped(account, None, role_arn.rsplit("/", 1)[-1])
    if role is None:
        return None
    document = json.loads(role["AssumeRolePolicyDocument"])
    statements = document.get("Statement", [])
    statements = statements if isinstance(statements, list) else [statements]
    document["Statement"] = [
        {**statement, "Resource": role_arn, "Condition": {}}
        for statement in statements
        if statement["Effect"] == "Allow"
    ]
    return json.dumps(document), account


def with_session_limits(handler: Handler) -> Handler:
    """DurationSeconds is checked against AWS's range first, and against the role's maximum once the call is allowed.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
    """

    async def handle(method: str, path: str, headers: Any, body: bytes, query_params: Any) -> Response:
        asked = {key: values[0] for key, values in parse_qs(body.decode("utf-8", "replace")).items()}
        if asked.get("Action") not in ASSUMING or "DurationSeconds" not in asked:
            return await handler(method, path, headers, body, query_params)
        seconds = int(asked["DurationSeconds"])
        if not 900 <= seconds <= 43200:
            return _invalid(f"1 validation error detected: Value '{seconds}' at 'durationSeconds' is out of range")
        response = await handler(method, path, headers, body, query_params)
        arn = asked.get("RoleArn", "")
        role = (
            iam._roles.get_scoped(arn.split(":")[4], None, arn.rsplit("/", 1)[-1]) or {} if arn.count(":") > 4 else {}
        )
        if response[0] == 200 and seconds > int(role.get("MaxSessionDuration", 3600)):
            return _invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
        return response

    return handle


def with_expected_owner(handler: Handler) -> Handler:
    """A bucket that belongs to another account than the caller expects is refused.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
    """

    async def handle(method: str, path: str, headers: Any, *rest: Any, **options: Any) -> Response:
        expected = headers.get("x-amz-expected-bucket-owner")
        found = s3.bucket_policy_for_arn(f"arn:aws:s3:::{path.strip('/').split('/')[0]}")
        if expected and found and found[1] != expected:
            return _s3_denied()
        return await handler(method, path, headers, *rest, **options)

    return handle


def with_hidden_keys(handler: Handler) -> Handler:
    """Who may not list a bucket is not told that a key is missing.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """

    async def handle(method: str, path: str, headers: Any, *rest: Any, **options: Any) -> Response:
        response = await handler(method, path, headers, *rest, **options)
        if method not in ("GET", "HEAD") or response[0] != 404 or "/" not in path.strip("/"):
            return response
        if b"<Code>NoSuchUpload</Code>" in response[2]:
            return response
        arn = f"arn:aws:s3:::{path.strip('/').split('/')[0]}"
        may_list = (
            iam_evaluator.enforce(extract_access_key_id(headers), "s3:ListBucket", "s3", get_region(), arn) is None
        )
        return response if may_list else _s3_denied()

    return handle


def with_short_keys(handler: Callable[..., Response]) -> Callable[..., Response]:
    """The key of an object's tag has 128 characters at most.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
    """

    def handle(bucket: str, key: str, body: bytes, query_params: Any = None) -> Response:
        if any(len(tag.findtext(f"{S3}Key") or "") > 128 for tag in ElementTree.fromstring(body).iter(f"{S3}Tag")):
            response: Response = s3._error("InvalidTag", "The TagKey you have provided is invalid", 400)
            return response
        return handler(bucket, key, body, query_params)

    return handle


#: The block of public access of each account that has one, by its id.
BLOCKS: dict[str, dict[str, bool]] = {}

#: The actions on it, by the methods.
ON_THE_BLOCK = {"GET": "Get", "PUT": "Put", "DELETE": "Put"}


def with_the_accounts_block(handler: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """An account has a block of public access, too.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetPublicAccessBlock.html
    """

    async def handle(path: str, method: str, body: bytes, *request: Any) -> Any:
        if path != "/v20180820/configuration/publicAccessBlock":
            return await handler(path, method, body, *request)
        query_params, request_id, headers = request
        action = f"s3:{ON_THE_BLOCK[method]}AccountPublicAccessBlock"
        refused = app._enforce_data_plane("s3", action, headers, query_params, request_id)
        return refused or s3.s3control_account_error(headers) or _block(method, body)

    return handle


def _block(method: str, body: bytes) -> Response:
    account = get_account_id()
    if method == "PUT":
        found = ElementTree.fromstring(body)
        BLOCKS[account] = {name: found.findtext(f"{{*}}{name}") == "true" for name in s3._PAB_FIELDS}
        return 200, {}, b""
    if method == "DELETE":
        BLOCKS.pop(account, None)
        return 204, {}, b""
    if account not in BLOCKS:
        code = "NoSuchPublicAccessBlockConfiguration"
        told: Response = s3.s3control_error(code, "The public access block configuration was not found", 404)
        return told
    settings = "".join(f"<{name}>{str(on).lower()}</{name}>" for name, on in BLOCKS[account].items())
    text = f"<PublicAccessBlockConfiguration>{settings}</PublicAccessBlockConfiguration>"
    return 200, {"Content-Type": "application/xml"}, text.encode()


def with_both_blocks(is_blocked: Callable[..., bool]) -> Callable[..., bool]:
    """The bucket's and the account's count together.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """

    def handle(owner_account: str, bucket_name: str, setting: str) -> bool:
        return bool(BLOCKS.get(owner_account, {}).get(setting) or is_blocked(owner_account, bucket_name, setting))

    return handle


def with_an_answer_per_key(handler: Handler) -> Handler:
    """A deletion of many keys is judged key by key: whoever may not delete some is told which, and the rest is deleted.

    For a version s3:DeleteObjectVersion is needed, and, as the page says, always s3:DeleteObject. Some
    clients, s3cmd for one, name no namespace.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
    """

    async def handle(method: str, path: str, headers: Any, body: bytes, query_params: Any, **options: Any) -> Response:
        if method != "POST" or "delete" not in query_params:
            return await handler(method, path, headers, body, query_params, **options)
        asked = ElementTree.fromstring(body)
        bucket = path.strip("/").split("/")[0]
        refused = [entry for entry in asked.findall("{*}Object") if not _may_delete(headers, bucket, entry)]
        for entry in refused:
            asked.remove(entry)
        status, given, answer = await handler(
            method, path, headers, ElementTree.tostring(asked), query_params, **options
        )
        errors = "".join(map(_refused_key, refused)).encode()
        # A list without entries is written without an end tag.
        answer = re.sub(rb"(<DeleteResult[^>]*?) ?/>", rb"\1></DeleteResult>", answer)
        return status, given, answer.replace(b"</DeleteResult>", errors + b"</DeleteResult>")

    return handle


def without_batch_deletion(checks: Callable[..., list[tuple[str, str]]]) -> Callable[..., list[tuple[str, str]]]:
    """What is judged key by key is not judged before."""

    def handle(method: str, path: str, headers: Any, body: bytes, query_params: Any) -> list[tuple[str, str]]:
        found = checks(method, path, headers, body, query_params)
        batch = method == "POST" and "delete" in query_params
        return [check for check in found if not (batch and check[0].startswith("s3:DeleteObject"))]

    return handle


def with_encoded_keys(handler: Handler) -> Handler:
    """Who asks for ``encoding-type=url`` gets the keys so: XML cannot hold all of them as they are.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
    """

    async def handle(method: str, path: str, headers: Any, body: bytes, query_params: Any, **options: Any) -> Response:
        status, given, answer = await handler(method, path, headers, body, query_params, **options)
        lists = method == "GET" and not {"versions", "uploads"}.isdisjoint(query_params)
        if lists and s3._qp(query_params, "encoding-type") == "url" and status == 200:
            answer = re.sub(rb"<(\w*Key|Prefix|\w*KeyMarker)>(.*?)</\1>", _encoded, answer, flags=re.DOTALL)
            answer = re.sub(rb"(</List\w+Result>)", rb"<EncodingType>url</EncodingType>\1", answer)
        return status, given, answer

    return handle


def with_pages_behind_markers(handler: Handler) -> Handler:
    """A page of versions begins behind its markers, also where a key has no other version than ``null``.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
    """

    async def handle(method: str, path: str, headers: Any, body: bytes, query_params: Any, **options: Any) -> Response:
        last = (path.strip("/").split("/")[0], s3._qp(query_params, "key-marker"))
        if "versions" in query_params and not s3._object_versions.get(last):
            query_params = {name: value for name, value in query_params.items() if name != "version-id-marker"}
        return await handler(method, path, headers, body, query_params, **options)

    return handle


def with_more_of_iam(arn_of: Callable[..., str]) -> Callable[..., str]:
    """Who may read one identity provider, or make one instance profile, may not read or make another.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
    """

    def handle(service: str, *request: Any) -> str:
        params = request[4]
        provider = iam_actions._query_param(params, "OpenIDConnectProviderArn") if service == "iam" else None
        profile = iam_actions._query_param(params, "InstanceProfileName") if service == "iam" else None
        return (
            provider
            or (f"arn:aws:iam::{request[6]}:instance-profile/{profile}" if profile else None)
            or arn_of(service, *request)
        )

    return handle


def with_passed_roles(handler: Handler) -> Handler:
    """Who puts a role into an instance profile passes it to a service, and must be allowed to.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html
    """

    async def handle(method: str, path: str, headers: Any, body: bytes, query_params: Any) -> Response:
        asked = {key: values[0] for key, values in parse_qs(body.decode("utf-8", "replace")).items()}
        if asked.get("Action") == "AddRoleToInstanceProfile":
            arn = f"arn:aws:iam::{get_account_id()}:role/{asked.get('RoleName')}"
            caller = extract_access_key_id(headers)
            if iam_evaluator.enforce(caller, "iam:PassRole", "iam", get_region(), arn) is not None:
                message = f"User is not authorized to perform: iam:PassRole on resource: {arn}"
                refused: Response = iam._error(403, "AccessDenied", message, ns="iam")
                return refused
        return await handler(method, path, headers, body, query_params)

    return handle


def with_the_boundary(context: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Who may only make and change what has a certain boundary is asked which one the request gives, or it has already.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
    """

    def handle(service: str, action: str, body: Any, params: Any) -> dict[str, Any]:
        found = context(service, action, body, params)
        boundary = _boundary(params) if service == "iam" else None
        return {**found, "iam:PermissionsBoundary": boundary} if boundary else found

    return handle


def with_boundaries(handler: Callable[[Any], Response]) -> Callable[[Any], Response]:
    """The details of an account name the permissions boundary of each user and role that has one.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_UserDetail.html and API_RoleDetail.html
    """

    def handle(params: Any) -> Response:
        status, headers, body = handler(params)
        for kind, there in (("User", iam._users), ("Role", iam._roles)):
            for name, one in there.items():
                if one.get("PermissionsBoundary"):
                    arn = f"<PermissionsBoundaryArn>{escape(one['PermissionsBoundary'])}</PermissionsBoundaryArn>"
                    entry = f"<{kind}Name>{name}</{kind}Name><{kind}Id>"
                    limit = f"<PermissionsBoundary>{arn}</PermissionsBoundary>"
                    body = body.replace(entry.encode(), f"{limit}{entry}".encode())
        return status, headers, body

    return handle


def with_pages(handler: Callable[[Any], Response]) -> Callable[[Any], Response]:
    """The details come in pages, which IAM may end wherever it likes, and at the latest after MaxItems.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
    """

    def handle(params: Any) -> Response:
        status, headers, body = handler(params)
        document = ElementTree.fromstring(body)
        result = next(part for part in document if part.tag.endswith("Result"))
        space = result.tag.partition("}")[0] + "}"
        entries = [(listed, entry) for listed in result for entry in listed.findall(f"{space}member")]
        start = int(iam._p(params, "Marker") or 0)
        end = start + min(PAGE, int(iam._p(params, "MaxItems") or PAGE))
        for listed, entry in entries[:start] + entries[end:]:
            listed.remove(entry)
        if end < len(entries):
            next(part for part in result if part.tag == f"{space}IsTruncated").text = "true"
            ElementTree.SubElement(result, f"{space}Marker").text = str(end)
        return status, headers, ElementTree.tostring(document)

    return handle


def _boundary(params: Any) -> str | None:
    given = iam_actions._query_param(params, "PermissionsBoundary")
    role, user = (iam_actions._query_param(params, name) for name in ("RoleName", "UserName"))
    there = iam._roles.get(role) if role else iam._users.get(user)
    held = (there or {}).get("PermissionsBoundary")
    return given or held or None


def with_two_keys_at_most(handler: Callable[[Any], Response]) -> Callable[[Any], Response]:
    """A user has two access keys at most, whether they are active or not.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """

    def handle(params: Any) -> Response:
        user = iam._p(params, "UserName")
        if sum(key["UserName"] == user for key in iam._access_keys.values()) >= 2:
            return iam._error(409, "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2", ns="iam")
        return handler(params)

    return handle


def with_short_trust(handler: Callable[[Any], Response], parameter: str) -> Callable[[Any], Response]:
    """A trust policy has no more characters than the account's quota says; white space does not count.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """

    def handle(params: Any) -> Response:
        document = iam._p(params, parameter)
        with suppress(ValueError):
            document = json.dumps(json.loads(document), separators=(",", ":"))
        if len(document) > LONGEST_TRUST:
            message = f"Cannot exceed quota for ACLSizePerRole: {LONGEST_TRUST}"
            return iam._error(409, "LimitExceeded", message, ns="iam")
        return handler(params)

    return handle


def _no_other_credentials(action: str, member: str) -> Callable[[Any], Response]:
    """IAM users of the emulator have access keys and no other credentials: the lists of those are empty."""

    def handle(_params: Any) -> Response:
        inner = f"<{action}Result><{member}/><IsTruncated>false</IsTruncated></{action}Result>"
        return iam._xml(200, f"{action}Response", inner)

    return handle


NO_OTHER_CREDENTIALS = {
    action: _no_other_credentials(action, member)
    for action, member in {
        "ListSSHPublicKeys": "SSHPublicKeys",
        "ListServiceSpecificCredentials": "ServiceSpecificCredentials",
        "ListSigningCertificates": "Certificates",
        "ListMFADevices": "MFADevices",
    }.items()
    if action not in iam._IAM_HANDLERS
}


def _may_delete(headers: Any, bucket: str, entry: ElementTree.Element) -> bool:
    arn = f"arn:aws:s3:::{bucket}/{entry.findtext('{*}Key')}"
    needed = ["s3:DeleteObject", *(["s3:DeleteObjectVersion"] if entry.findtext("{*}VersionId") else [])]
    caller = extract_access_key_id(headers)
    return all(iam_evaluator.enforce(caller, action, "s3", get_region(), arn) is None for action in needed)


def _refused_key(entry: ElementTree.Element) -> str:
    version = entry.findtext("{*}VersionId")
    told = f"<VersionId>{version}</VersionId>" if version else ""
    key = escape(entry.findtext("{*}Key") or "")
    return f"<Error><Key>{key}</Key>{told}<Code>AccessDenied</Code><Message>Access Denied</Message></Error>"


def _encoded(found: re.Match[bytes]) -> bytes:
    return b"<%b>%b</%b>" % (found[1], quote(unescape(found[2].decode())).encode(), found[1])


def _invalid(message: str) -> Response:
    return sts._error(400, "ValidationError", message, ns="sts")


def _s3_denied() -> Response:
    body = (
        f"<Error><Code>AccessDenied</Code><Message>Access Denied</Message><HostId>{get_account_id()}</HostId></Error>"
    )
    return 403, {"Content-Type": "application/xml"}, body.encode()
