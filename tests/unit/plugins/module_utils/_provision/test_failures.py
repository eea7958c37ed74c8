# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._provision.failures import ROWS, explain_failure

THEIRS = "arn:aws:iam::210987654321:role/theirs"
CONTRACT = {
    "bucket": "abc",
    "user": "partner",
    "region": "eu-central-1",
    "role": "exchange",
    "trusted": [{"arn": THEIRS}],
}


def failure(code: str, message: str, prefix: str = "Failed: ") -> dict[str, Any]:
    """A result as AnsibleAWSModule.fail_json_aws gives it."""
    return {
        "msg": f"{prefix}An error occurred ({code}) when calling the X operation: {message}",
        "error": {"code": code, "message": message},
        "boto3_version": "1.0.0",
    }


NOT_THE_OWNER = (
    "bucket_access_bucket: 'abc' belongs to another account, or the operator may not manage it: "
    "choose another name, or use credentials of its owner."
)
WRONG_REGION = "bucket_access_region: 'abc' is not in 'eu-central-1': set it to the bucket's own region."

CASES: list[tuple[dict[str, Any], str]] = [
    (failure("403", "Forbidden", "Failed to check bucket presence: "), NOT_THE_OWNER),
    (failure("BucketAlreadyExists", "The requested bucket name is not available."), NOT_THE_OWNER),
    (
        failure("BucketNotEmpty", "The bucket you tried to delete is not empty"),
        "bucket_access_bucket: 'abc' has objects, so nothing was taken down: "
        "empty it, or set bucket_access_force_destroy to true.",
    ),
    (failure("IllegalLocationConstraintException", "The unspecified location constraint is…"), WRONG_REGION),
    (failure("PermanentRedirect", "The bucket you are attempting to access must be…"), WRONG_REGION),
    (failure("AuthorizationHeaderMalformed", "The authorization header is malformed"), WRONG_REGION),
    (failure("301", "Moved Permanently"), WRONG_REGION),
    (
        {
            **failure("PermanentRedirect", "The bucket you are attempting to access must be…"),
            "response_metadata": {"http_headers": {"x-amz-bucket-region": "eu-west-1"}},
        },
        "bucket_access_region: 'abc' is not in 'eu-central-1': set it to the bucket's own region, 'eu-west-1'.",
    ),
    (
        failure("InvalidClientTokenId", "The security token included in the request is invalid."),
        "AWS refuses the operator's credentials (The security token included in the request is invalid): "
        "log in again, or check AWS_PROFILE and the AWS_* keys.",
    ),
    (
        failure("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."),
        "AWS refuses the operator's credentials (The AWS Access Key Id you provided does not exist in our records): "
        "log in again, or check AWS_PROFILE and the AWS_* keys.",
    ),
    (
        failure("ExpiredToken", "The provided token has expired."),
        "AWS refuses the operator's credentials (The provided token has expired): "
        "log in again, or check AWS_PROFILE and the AWS_* keys.",
    ),
    (
        failure("MalformedPolicyDocument", 'Invalid principal in policy: "AWS":"arn:…"'),
        "bucket_access_user: AWS does not know 'partner' as a principal yet: run provision again in a minute.",
    ),
    (
        failure("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{THEIRS}"'),
        f"bucket_access_trusted: AWS does not know {THEIRS} as a principal: it was deleted, was made seconds ago, or "
        "is misspelt; correct it, or run provision again in a minute.",
    ),
    (
        failure("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2"),
        "The account has reached a limit of IAM (Cannot exceed quota for AccessKeysPerUser: 2): "
        "remove what is not needed, or ask AWS for more.",
    ),
    (
        failure("AccessDenied", "User: x is not authorized to perform: iam:CreateUser"),
        "The operator may not do this (User: x is not authorized to perform: iam:CreateUser): "
        "allow it, or use other credentials.",
    ),
    (
        failure("RequestTimeTooSkewed", "The difference between the request time and the current time is too large."),
        "The clock of this machine is off (The difference between the request time and the current time is too large): "
        "set it right, and run this again.",
    ),
    (
        failure("SignatureDoesNotMatch", "Signature expired: 20260101T000000Z is now earlier than 20260101T001500Z"),
        "The clock of this machine is off (Signature expired: 20260101T000000Z is now earlier than 20260101T001500Z): "
        "set it right, and run this again.",
    ),
    *(
        (
            failure(code, "Not now."),
            "AWS is too busy or out of order (Not now): run this again in a minute; it goes on where it stopped.",
        )
        for code in ("Throttling", "RequestLimitExceeded", "SlowDown", "ServiceUnavailable", "InternalError", "503")
    ),
    (
        failure("NoSuchEntity", "The user cannot be found."),
        "AWS does not find what it just had (The user cannot be found): it has not caught up with itself, or somebody "
        "takes it away: run this again in a minute.",
    ),
    (
        failure("400", "Bad Request"),
        "AWS refuses the operator's request and does not say why (Bad Request): log in again, and check the clock.",
    ),
    (
        {"msg": "Connection was closed before we received a valid response", "boto3_version": "1.0.0"},
        "AWS cannot be reached (the endpoint does not answer): check the network, "
        "AWS_ENDPOINT_URL, and that bucket_access_region 'eu-central-1' exists.",
    ),
    (
        {"msg": "Failed to get user: Unable to locate credentials", "boto3_version": "1.0.0"},
        "There are no credentials for the operator: log in, or set AWS_PROFILE or the AWS_* keys.",
    ),
    (
        {"msg": 'Could not connect to the endpoint URL: "https://x.test/"', "boto3_version": "1.0.0"},
        "AWS cannot be reached (x.test does not answer): check the network, "
        "AWS_ENDPOINT_URL, and that bucket_access_region 'eu-central-1' exists.",
    ),
    (
        {"msg": "SSL validation failed for https://x.test/ self-signed", "boto3_version": "1.0.0"},
        "The endpoint's certificate is not trusted (x.test): name its authority in AWS_CA_BUNDLE.",
    ),
    *(
        (
            {"msg": f"SSL validation failed for https://x.test/ {said}", "boto3_version": "1.0.0"},
            "By the clock of this machine the endpoint's certificate is not valid "
            "(x.test): set the clock right, and run this again; where it is "
            "right, the certificate has to be renewed.",
        )
        for said in ("certificate verify failed: certificate is not yet valid", "certificate has expired (_ssl.c:1)")
    ),
    (
        {
            "msg": 'Failed to connect to proxy URL: "http://me:word@proxy.test:3128"',
            "boto3_version": "1.0.0",
        },
        "AWS cannot be reached (proxy.test does not answer): check the network, AWS_ENDPOINT_URL, and that "
        "bucket_access_region 'eu-central-1' exists.",
    ),
    (
        {
            "msg": "Failed to get user: HTTP Client raised an unhandled exception: Invalid header value b'IQoJ\n b3Jp'",
            "boto3_version": "1.0.0",
        },
        "The request could not be sent to the endpoint: check AWS_ENDPOINT_URL, and the AWS_* keys and tokens for "
        "line breaks.",
    ),
    (
        {"msg": "Parameter validation failed: Invalid length for parameter X, value: 0", "boto3_version": "1.0.0"},
        "A name or a value is none that AWS takes: check the names in the contract.",
    ),
    (
        {"msg": "Failed to get user: something that only the SDK knows, b'IQoJb3Jp'", "boto3_version": "1.0.0"},
        "The user exists: this could not be done, and AWS has not said why: check the network, the region and "
        "AWS_ENDPOINT_URL; -vvv shows what the SDK says.",
    ),
    (
        failure("EntityTemporarilyUnmodifiable", "Try later."),
        "The user exists: this could not be done: Failed: An error occurred (EntityTemporarilyUnmodifiable) when "
        "calling the X operation: Try later.",
    ),
]


@pytest.mark.parametrize(("result", "sentence"), CASES)
def test_a_failure_of_amazon_aws_becomes_one_sentence(result: dict[str, Any], sentence: str) -> None:
    assert explain_failure(result, "The user exists", CONTRACT) == sentence


def test_a_module_that_broke_is_not_quoted_because_it_may_quote_a_secret() -> None:
    broken = {
        "msg": "Task failed: Module failed: Unable to parse response (no element found), invalid XML received:\n"
        "b'<SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY</SecretAccessKey>'",
        "exception": "(traceback)",
    }
    assert explain_failure(broken, "The user has a key", CONTRACT) == (
        "The user has a key: AWS's answer was cut off, or did not come from AWS, so it is "
        "not known what was done: run this again."
    )


def test_every_row_has_a_case_here() -> None:
    sentences = [sentence for _result, sentence in CASES]
    for row in ROWS:
        beginning = row.sentence.split("{")[0]
        assert any(sentence.startswith(beginning) for sentence in sentences), row.pattern


def test_what_our_own_tasks_say_is_a_sentence_already() -> None:
    result = {"msg": "bucket_access_account_id is 1,\n  and code AccessDenied is none of ours"}
    assert explain_failure(result, "The account is the contract's", CONTRACT) == (
        "bucket_access_account_id is 1, and code AccessDenied is none of ours"
    )


def test_a_failure_without_words_is_a_module_that_broke() -> None:
    suppressed = {"changed": False, "failed": False, "failed_when_suppressed_exception": "(traceback unavailable)"}
    assert explain_failure(suppressed, "The user has a new key", CONTRACT) == (
        "The user has a new key: AWS's answer was cut off, or did not come from AWS, so it is "
        "not known what was done: run this again."
    )
