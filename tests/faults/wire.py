# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS's wire format: what a request asks for, and what an error looks like. Pure.

It runs beside mitmproxy, where there is no botocore. See
https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

from __future__ import annotations

from dataclasses import dataclass
import json
import re
from urllib.parse import parse_qs, parse_qsl, urlsplit
from xml.sax.saxutils import escape

NAMESPACES = {
    "iam": "https://iam.amazonaws.com/doc/2010-05-08/",
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
}

#: Services whose requests and answers are JSON.
SPEAK_JSON = ("kms", "secretsmanager", "ssm")

#: Parts of a bucket or object that S3 names in the query, and the operations that are not called after them.
SUBRESOURCES = {
    "policy": "Policy",
    "policyStatus": "PolicyStatus",
    "publicAccessBlock": "PublicAccessBlock",
    "ownershipControls": "OwnershipControls",
    "encryption": "Encryption",
    "versioning": "Versioning",
    "versions": "Versions",
    "tagging": "Tagging",
    "location": "Location",
    "acl": "Acl",
    "requestPayment": "RequestPayment",
    "accelerate": "Accelerate",
    "object-lock": "ObjectLock",
    "inventory": "Inventory",
    "delete": "Delete",
}
#: Where S3 is asked about an account.
ACCESS_POINTS = "/v20180820/accesspoint"
VERBS = {"GET": "Get", "HEAD": "Head", "PUT": "Put", "DELETE": "Delete", "POST": "Post"}
OWN_NAMES = {
    "PutBucket": "CreateBucket",
    "GetBucket": "ListObjects",
    "GetBucketVersions": "ListObjectVersions",
    "PostBucketDelete": "DeleteObjects",
    "GetBucketPublicAccessBlock": "GetPublicAccessBlock",
    "PutBucketPublicAccessBlock": "PutPublicAccessBlock",
    "DeleteBucketPublicAccessBlock": "DeletePublicAccessBlock",
}


@dataclass(frozen=True)
class Asked:
    """A request: ``key`` is the caller's access key id, ``subject`` the user, role or path in question."""

    service: str
    operation: str
    key: str
    subject: str
    parameters: tuple[tuple[str, str], ...] = ()


def asked(method: str, target: str, authorization: str, body: str, amz_target: str = "") -> Asked:
    """IAM and STS name the operation in the body, the stores of secrets in a header, S3 by method, path and query."""
    scope = re.search(r"Credential=([^/]*)/[^/]*/[^/]*/([a-z0-9-]+)/aws4_request", authorization)
    key, service = (scope[1], scope[2]) if scope else ("", "s3")
    if service == "s3":
        return Asked("s3", s3_operation(method, target), key, urlsplit(target).path)
    if service in SPEAK_JSON:
        return Asked(service, amz_target.rpartition(".")[2], key, "")
    form = {name: values[0] for name, values in parse_qs(body).items()}
    subject = form.get("UserName") or form.get("RoleName") or form.get("RoleArn", "")
    return Asked(service, form.get("Action", "?"), key, subject, tuple(sorted(form.items())))


def s3_operation(method: str, target: str) -> str:
    """S3's name of the operation, as in its API reference."""
    parts = urlsplit(target)
    if parts.path.startswith(ACCESS_POINTS):
        return "GetAccessPointPolicy" if parts.path.endswith("/policy") else "ListAccessPoints"
    bucket, _slash, key = parts.path.lstrip("/").partition("/")
    if not bucket:
        return "ListBuckets"
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if "list-type" in query:
        return "ListObjectsV2"
    part = next((name for word, name in SUBRESOURCES.items() if word in query), "")
    name = VERBS.get(method, method) + ("Object" if key else "Bucket") + part
    return OWN_NAMES.get(name, name)


def error_body(service: str, code: str, message: str) -> str:
    """An error as the service writes it."""
    if service in SPEAK_JSON:
        return json.dumps({"__type": code, "message": message})
    inner = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    if service == "s3":
        ids = "<RequestId>FA017ED000000000</RequestId><HostId>fault</HostId>"
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}{ids}</Error>'
    return (
        f'<ErrorResponse xmlns="{NAMESPACES.get(service, "")}"><Error><Type>Sender</Type>{inner}</Error>'
        "<RequestId>00000000-0000-0000-0000-00000fa017ed</RequestId></ErrorResponse>"
    )
