# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a task of a verb failed, in one sentence that names the variable to look at: one table, read from the top. Pure.

Codes: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
import re
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.said import clean
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import BUCKET, GRANTS
from ansible_collections.assumerole.s3.plugins.module_utils._contract.rules import quoted


@dataclass(frozen=True)
class Row:
    """Explains a failure whose code or message the pattern matches.

    ``{message}`` is what AWS has answered. Where it has not, what the SDK says chooses a row and is not repeated: it
    quotes what it was given. ``{host}`` is who was asked, and any other name is a value of the contract.
    """

    pattern: str
    sentence: str


ROWS = (
    Row(
        r"code (403|BucketAlreadyExists|InvalidBucketOwner)\b.*bucket",
        "bucket_access_{places}: {bucket} belongs to another account, or the operator may not manage it: "
        "choose another name, or use credentials of its owner.",
    ),
    Row(
        r"code BucketNotEmpty\b",
        "bucket_access_{places}: {bucket} has objects, so nothing was taken down: "
        "empty it, or set bucket_access_force_destroy to true.",
    ),
    Row(
        r"code (IllegalLocationConstraintException|PermanentRedirect|AuthorizationHeaderMalformed|301)\b",
        "bucket_access_region: {bucket} is not in {region}: set it to the bucket's own region{own_region}.",
    ),
    Row(
        r"code RequestTimeTooSkewed\b|Signature (expired|not yet current)",
        "The clock of this machine is off ({message}): set it right, and run this again.",
    ),
    Row(
        r"code (InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken)",
        "AWS refuses the operator's credentials ({message}): log in again, or check AWS_PROFILE and the AWS_* keys.",
    ),
    Row(
        r"code MalformedPolicyDocument\b.*principal.* of bucket_access_trusted",
        "bucket_access_trusted: AWS does not know {trusted} as a principal: it was deleted, was made seconds ago, or "
        "is misspelt; correct it, or run provision again in a minute.",
    ),
    Row(
        r"code MalformedPolicyDocument\b.*principal",
        "bucket_access_user: AWS does not know {user} as a principal yet: run provision again in a minute.",
    ),
    Row(
        r"code LimitExceeded\b",
        "The account has reached a limit of IAM ({message}): remove what is not needed, or ask AWS for more.",
    ),
    Row(
        r"code (AccessDenied|AccessDeniedException|403)\b",
        "The operator may not do this ({message}): allow it, or use other credentials.",
    ),
    Row(
        r"code (Throttling\w*|RequestLimitExceeded|TooManyRequestsException|SlowDown|OperationAborted"
        r"|(Service)?Unavailable|Internal(Failure|Error)|5\d\d)\b",
        "AWS is too busy or out of order ({message}): run this again in a minute; it goes on where it stopped.",
    ),
    Row(
        r"code (NoSuchBucket|NoSuchEntity|404)\b",
        "AWS does not find what it just had ({message}): it has not caught up with itself, or somebody takes it away: "
        "run this again in a minute.",
    ),
    Row(
        r"code 400\b",
        "AWS refuses the operator's request and does not say why ({message}): log in again, and check the clock.",
    ),
    Row(
        r"Unable to locate credentials|Partial credentials",
        "There are no credentials for the operator: log in, or set AWS_PROFILE or the AWS_* keys.",
    ),
    Row(
        r"Could not connect to the endpoint|Connect timeout|Read timeout|Connection (was closed|reset|broken)"
        r"|reading from response stream|Failed to connect to proxy",
        "AWS cannot be reached ({host} does not answer): check the network, AWS_ENDPOINT_URL, and that "
        "bucket_access_region {region} exists.",
    ),
    Row(
        r"certificate (is not yet valid|has expired)",
        "By the clock of this machine the endpoint's certificate is not valid ({host}): set the clock right, and "
        "run this again; where it is right, the certificate has to be renewed.",
    ),
    Row(
        r"SSL validation failed|certificate verify failed",
        "The endpoint's certificate is not trusted ({host}): name its authority in AWS_CA_BUNDLE.",
    ),
    Row(
        r"HTTP Client raised an unhandled exception",
        "The request could not be sent to {host}: check AWS_ENDPOINT_URL, and the AWS_* keys and tokens for line "
        "breaks.",
    ),
    Row(
        r"Parameter validation failed",
        "A name or a value is none that AWS takes: check the names in the contract.",
    ),
)

#: How Ansible words that a module broke, instead of failing. Its own words may hold anything, a secret key as well:
#: botocore quotes the answer that it cannot read.
_BROKEN = re.compile(r"Module failed:|MODULE FAILURE|Unable to parse response")


def explain_failure(result: Mapping[str, Any], task: str, contract: Mapping[str, Any]) -> str:
    """The failure as one sentence; what our own tasks say is one already."""
    items = [item for item in result.get("results", []) if item.get("failed")]
    if items:
        return explain_failure(items[0], task, contract)
    message = " ".join(str(result.get("msg") or "").split())
    # Only a module that broke says nothing: ansible-core 2.19 and newer leaves its message out where it may not fail.
    if not message or _BROKEN.search(message):
        return (
            f"{task}: AWS's answer was cut off, or did not come from AWS, so it is not known what was done: "
            "run this again."
        )
    if "boto3_version" not in result:
        return message
    error, message = result.get("error") or {}, clean(message)
    evidence = f"code {error.get('code')} {message}"
    values = {name: quoted(contract.get(name)) for name in ("bucket", "user", "region")}
    values["places"] = GRANTS if contract.get("grants") else BUCKET
    values["own_region"] = _own_region(result)
    values["message"] = clean(error.get("message") or (message if error else "")).rstrip(".")
    values["host"] = _host(message)
    values["trusted"] = _invalid_principal(message, contract)
    evidence += " of bucket_access_trusted" if values["trusted"] else ""
    for row in ROWS:
        if re.search(row.pattern, evidence, re.IGNORECASE):
            return row.sentence.format_map(values)
    if error:
        return f"{task}: this could not be done: {message}"
    return (
        f"{task}: this could not be done, and AWS has not said why: check the network, the region and "
        "AWS_ENDPOINT_URL; -vvv shows what the SDK says."
    )


def _invalid_principal(message: str, contract: Mapping[str, Any]) -> str:
    """Whom of the trusted IAM finds invalid, as far as it names them; nobody where it is the contract's user."""
    named = [str(value) for item in contract.get("trusted") or [] for value in item.values() if str(value) in message]
    return clean(max(named, key=len)) if named else "" if contract.get("user") else "one of these"


def _host(message: str) -> str:
    """Who was asked, without what else is in an address."""
    found = re.search(r"https?://(?:[^\s/@\"']*@)?([\w.-]+)", message)
    return clean(found[1]) if found else "the endpoint"


def _own_region(result: Mapping[str, Any]) -> str:
    """The bucket's region, where S3 has said it: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingRouting.html."""
    headers = (result.get("response_metadata") or {}).get("http_headers") or {}
    region = headers.get("x-amz-bucket-region")
    return f", {quoted(region)}" if region else ""
