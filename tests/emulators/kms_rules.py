# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules of KMS, and of S3 that encrypts by it, which MiniStack leaves out: a function each, and ``install`` for all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
import json
from typing import Any
from xml.etree import ElementTree

from ministack.core import iam_actions, iam_evaluator, responses
from ministack.core.responses import get_account_id, get_region
from ministack.core.router import extract_access_key_id
from ministack.services import kms, s3

Response = tuple[int, dict[str, str], bytes]
Handler = Callable[..., Awaitable[Response]]

ALGORITHM = "x-amz-server-side-encryption"
KEY_ID = f"{ALGORITHM}-aws-kms-key-id"
BUCKET_KEY = f"{ALGORITHM}-bucket-key-enabled"

#: What may be asked of a key of another account; a policy may be read in its own alone.
#: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
ACROSS_ACCOUNTS = frozenset({"DescribeKey", "ListGrants", "GenerateDataKey", "Decrypt"})

#: The path of the request to S3 that is being answered: the bucket and the key.
_path: ContextVar[str] = ContextVar("path", default="")


def install() -> None:
    """Make MiniStack follow the rules of this file."""
    kms.handle_request = of_its_account(kms.handle_request)
    kms._generate_data_key = dry_run("GenerateDataKey", kms._generate_data_key)
    kms._decrypt = dry_run("Decrypt", kms._decrypt)
    kms.key_policy_for_arn = policy_for_arn
    iam_actions.request_tag_context = with_what_kms_is_told(iam_actions.request_tag_context)
    s3.handle_request = with_its_path(s3.handle_request)
    s3._SSE_STORED_HEADERS = (*s3._SSE_STORED_HEADERS, BUCKET_KEY)
    s3._resolve_sse_write_headers = encrypting(s3._resolve_sse_write_headers)
    s3._check_sse_read_headers = decrypting(s3._check_sse_read_headers)
    s3._check_sse_c_part = decrypting(s3._check_sse_c_part)


def policy_for_arn(arn: str) -> tuple[str, str] | None:
    """The policy of a key and its account, whoever asks: across accounts both sides must allow.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
    """
    record = key_of(arn)
    return None if record is None else (record.get("Policy") or "", arn.split(":")[4])


def key_of(arn: str) -> dict[str, Any] | None:
    """The key of an ARN."""
    parts = arn.split(":")
    if len(parts) != 6 or not parts[5].startswith("key/"):
        return None
    found: dict[str, Any] | None = kms._keys.get_scoped(parts[4], parts[3], parts[5].removeprefix("key/"))
    return found


def of_its_account(handler: Handler) -> Handler:
    """A key of another account is named by its ARN, and is there for some actions only.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
    """

    async def handle(method: str, path: str, headers: Any, body: bytes, query_params: Any) -> Response:
        asked = json.loads(body) if body else {}
        parts = str(asked.get("KeyId", "")).split(":")
        if len(parts) != 6 or parts[4] == get_account_id():
            return await handler(method, path, headers, body, query_params)
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        if action not in ACROSS_ACCOUNTS or key_of(asked["KeyId"]) is None:
            return _kms_error("AccessDeniedException", f"no resource-based policy allows the kms:{action} action")
        caller = responses._request_account_id.set(parts[4])
        try:
            return await handler(method, path, headers, body, query_params)
        finally:
            responses._request_account_id.reset(caller)

    return handle


def dry_run(action: str, handler: Callable[[Any], Response]) -> Callable[[Any], Response]:
    """Who would be let in is told so, and nothing is done; a ciphertext may be left out.

    https://docs.aws.amazon.com/kms/latest/developerguide/testing-permissions.html
    """

    def handle(data: Any) -> Response:
        if not data.get("DryRun"):
            return handler(data)
        record = kms._resolve_key(data.get("KeyId", ""))
        if record is None:
            return _kms_error("NotFoundException", f"Key '{data.get('KeyId')}' does not exist")
        unusable: Response | None = kms._check_key_state(record)
        if unusable:
            return unusable
        if action == "Decrypt" and "IGNORE_CIPHERTEXT" not in data.get("DryRunModifiers", []):
            done = handler(data)
            return done if done[0] != 200 else _would_do()
        return _would_do()

    return handle


def with_what_kms_is_told(context: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """A direct request has no service that it comes by; its encryption context is what the caller says.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
    """

    def handle(service: str, action: str, body: Any, params: Any) -> dict[str, Any]:
        found = context(service, action, body, params)
        if service != "kms":
            return found
        told = (json.loads(body) if body else {}).get("EncryptionContext") or {}
        by_key = {f"kms:EncryptionContext:{name}": value for name, value in told.items()}
        return {**found, **by_key, "kms:CallerAccount": get_account_id()}

    return handle


def with_its_path(handler: Handler) -> Handler:
    """Which object a request is about, for what S3 asks KMS then."""

    async def handle(method: str, path: str, headers: Any, *rest: Any, **options: Any) -> Response:
        before = _path.set(path.strip("/"))
        try:
            return await handler(method, path, headers, *rest, **options)
        finally:
            _path.reset(before)

    return handle


def encrypting(resolve: Callable[..., tuple[Any, Any]]) -> Callable[..., tuple[Any, Any]]:
    """Who writes what a key encrypts must be let have a data key of it; the answer says which key, and of what kind.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    """

    def handle(headers: Any, bucket: str) -> tuple[Any, Any]:
        found, error = resolve(headers, bucket)
        if error or not found.get(KEY_ID):
            return found, error
        by_header = headers.get(BUCKET_KEY, "").lower() == "true"
        if by_header or (not headers.get(ALGORITHM) and has_bucket_key(bucket)):
            found = {**found, BUCKET_KEY: "true"}
        return found, refused(headers, "kms:GenerateDataKey", found)

    return handle


def decrypting(check: Callable[..., Any]) -> Callable[..., Any]:
    """Who reads what a key encrypts, or adds a part to it, must be let decrypt by it.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
    """

    def handle(headers: Any, stored: Any) -> Any:
        return check(headers, stored) or refused(headers, "kms:Decrypt", stored.get("preserved_headers", {}))

    return handle


def has_bucket_key(bucket: str) -> bool:
    """Whether S3 keeps a key for the whole bucket: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html"""
    text = s3._bucket_encryption.get(bucket)
    found = ElementTree.fromstring(text).iter() if text else ()
    return any(item.tag.rpartition("}")[2] == "BucketKeyEnabled" and item.text == "true" for item in found)


def refused(headers: Any, action: str, encryption: Any) -> Any:
    """Why S3 may not use the key for this caller, if so: it asks KMS in the caller's name, and says what for.

    With a bucket key that is the bucket, else the object.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
    https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#KMSErrorCodeList
    """
    arn = encryption.get(KEY_ID, "")
    if not arn or "alias/" in arn:
        return None
    record = key_of(arn)
    if record is None:
        return s3._error("KMS.NotFoundException", f"Key '{arn}' does not exist", 400)
    path = _path.get()
    of_what = path.split("/")[0] if encryption.get(BUCKET_KEY) == "true" else path
    told = {
        "kms:ViaService": f"s3.{get_region()}.amazonaws.com",
        "kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{of_what}",
        "kms:CallerAccount": get_account_id(),
        "aws:ViaAWSService": "true",
    }
    denied = iam_evaluator.enforce(extract_access_key_id(headers), action, "kms", get_region(), arn, told)
    if denied is not None:
        who = getattr(denied, "principal_arn", "")
        reason = f"because {_layer(headers, action, arn, told)} the {action} action"
        message = f"User: {who} is not authorized to perform: {action} on resource: {arn} {reason}"
        return s3._error("AccessDenied", message, 403)
    if record["KeyState"] == "Disabled":
        return s3._error("KMS.DisabledException", f"{arn} is disabled.", 400)
    if record["KeyState"] != "Enabled":
        return s3._error("KMS.KMSInvalidStateException", f"{arn} is {record['KeyState']}.", 400)
    return None


def _layer(headers: Any, action: str, arn: str, told: dict[str, str]) -> str:
    """Whose policy does not allow it; https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html."""
    principal = iam_evaluator.resolve_principal(extract_access_key_id(headers), get_account_id())
    asked = iam_evaluator.EvalContext(
        principal_arn=principal.arn,
        principal_type=principal.type,
        principal_account=principal.account,
        action=action,
        resource_arn=arn,
        region=get_region(),
        service_context={name.lower(): value for name, value in told.items()},
        principal_keys=principal.keys,
    )
    allowed = iam_evaluator.evaluate(asked, principal.policies).decision == "Allow"
    return "no resource-based policy allows" if allowed else "no identity-based policy allows"


def _would_do() -> Response:
    return _kms_error(
        "DryRunOperationException", "The request would have succeeded, but the DryRun option is specified."
    )


def _kms_error(code: str, message: str) -> Response:
    found: Response = responses.error_response_json(code, message, 400)
    return found
