# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer, not_tried
from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import ROWS, row_of
from ansible_collections.assumerole.s3.plugins.module_utils._checks.diagnosis import (
    ERRORS,
    NOT_CONTROLLED,
    NOT_ENFORCED,
    NOT_FROM_HERE,
    diagnose,
    explain,
)
from ansible_collections.assumerole.s3.plugins.module_utils._checks.observations import Observation
from ansible_collections.assumerole.s3.plugins.module_utils._checks.questions import Expectation
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import Finding

ROLE_ARN = "arn:aws:iam::123456789012:role/partner"
REFUSED = "User: arn:aws:sts::123456789012:assumed-role/partner/s is not authorized to perform: "


def question(action: str, expected: str = "allowed", name: str = "role.read", **more: Any) -> Expectation:
    resource = ROLE_ARN if action.startswith("sts:") else "arn:aws:s3:::abc/*"
    principal = more.pop("principal", "user" if action.startswith("sts:") else "role")
    return Expectation(name, principal, action, resource, expected, more.pop("probe", "read"), "abc", **more)


WHO = question("sts:GetCallerIdentity", name="user.identity", probe="identity")
OTHER = question("sts:AssumeRole", name="trusted.assume@a", principal="trusted", probe="assume_as_trusted")
TOKEN = question(
    "sts:AssumeRoleWithWebIdentity", name="trusted.web_identity@a", principal="trusted", probe="assume_with_token"
)
READ, ASSUME = question("s3:GetObject"), question("sts:AssumeRole", name="role.assume", probe="assume")

# The question, the code and the message, and how the cause begins.
CASES: list[tuple[Expectation, str, str, str]] = [
    (READ, "AccessDenied", "because no permissions boundary allows the s3:GetObject action", "A permissions boundary"),
    (ASSUME, "AccessDenied", "with an explicit deny in a permissions boundary", "A permissions boundary"),
    (READ, "AccessDenied", "because no session policy allows the s3:GetObject action", "A session policy"),
    (READ, "AccessDenied", "with an explicit deny in a sessions policy", "A session policy"),
    (READ, "AccessDenied", "with an explicit deny in a service control policy", "A service control policy"),
    (READ, "AccessDenied", "with an explicit deny in a resource control policy", "A resource control policy"),
    (READ, "AccessDenied", "because no VPC endpoint policy allows it", "The policy of a VPC endpoint"),
    (
        ASSUME,
        "AccessDenied",
        "because no role trust policy allows the sts:AssumeRole action",
        "The role's trust policy",
    ),
    (ASSUME, "AccessDenied", "with an explicit deny in the role trust policy", "The role's trust policy"),
    (
        READ,
        "AccessDenied",
        "with an explicit deny in a resource-based policy",
        "The policy of the bucket or of its key",
    ),
    (READ, "AccessDenied", REFUSED + "kms:Decrypt on the resource", "The bucket's encryption key"),
    (
        READ,
        "AccessDenied",
        REFUSED + "kms:Decrypt on resource: K because no resource-based policy allows the kms:Decrypt action",
        "The policy of the key that encrypts the bucket",
    ),
    (
        READ,
        "AccessDenied",
        REFUSED + "kms:Decrypt on resource: K because no identity-based policy allows the kms:Decrypt action",
        "The role's policy does not let it use the key",
    ),
    (READ, "KMS.DisabledException", "", "KMS cannot use the key, whoever asks"),
    (READ, "AnotherKey", "AES256", "It is not encrypted by the contract's key, but by AES256."),
    (ASSUME, "AccessDenied", REFUSED + "sts:TagSession", "The trust policy does not allow session tags"),
    (ASSUME, "AccessDenied", REFUSED + "sts:SetSourceIdentity", "The trust policy does not allow session tags"),
    (
        ASSUME,
        "AccessDenied",
        "MultiFactorAuthentication failed with invalid MFA one time pass code.",
        "AWS did not accept",
    ),
    (READ, "AccessDenied", "because no identity-based policy allows the s3:GetObject action", "No policy of the role"),
    (
        ASSUME,
        "AccessDenied",
        "because no identity-based policy allows the sts:AssumeRole action",
        "AWS does not say why.",
    ),
    (ASSUME, "AccessDenied", REFUSED + "sts:AssumeRole on resource: " + ROLE_ARN, "AWS does not say why."),
    (READ, "AccessDenied", "Access Denied", "S3 does not say why."),
    (OTHER, "AccessDenied", REFUSED + "sts:AssumeRole", "AWS refuses one of the others whom the contract trusts."),
    (TOKEN, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", "AWS refuses the token by the"),
    (TOKEN, "ExpiredTokenException", "Token expired", "The token is over."),
    (
        TOKEN,
        "InvalidIdentityToken",
        "Incorrect token audience",
        "AWS does not take the token: Incorrect token audience.",
    ),
    (TOKEN, "IDPCommunicationError", "", "AWS cannot reach the identity provider for its keys."),
    (OTHER, "InvalidClientTokenId", "invalid", "AWS does not know these credentials, which are not the contract's"),
    (
        ASSUME,
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
        "AWS does not know this",
    ),
    (
        READ,
        "InvalidAccessKeyId",
        "The AWS Access Key Id you provided does not exist.",
        "AWS does not know this access key",
    ),
    (READ, "ExpiredToken", "The provided token has expired.", "The session is over."),
    (ASSUME, "ExpiredTokenException", "expired", "The session is over."),
    (ASSUME, "RequestExpired", "", "The session is over."),
    (READ, "InvalidToken", "malformed", "The session token belongs to another key"),
    (READ, "RequestTimeTooSkewed", "too large", "This machine's clock is off"),
    (
        ASSUME,
        "SignatureDoesNotMatch",
        "Signature expired: 2026 is now earlier than 2027",
        "This machine's clock is off",
    ),
    (ASSUME, "SignatureDoesNotMatch", "Signature not yet current: 2027 is still later", "This machine's clock is off"),
    (
        ASSUME,
        "SignatureDoesNotMatch",
        "Credential should be scoped to a valid region.",
        "The request was signed for another",
    ),
    (READ, "SignatureDoesNotMatch", "The request signature we calculated does not match", "The secret does not belong"),
    (
        ASSUME,
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        "AWS refuses a value of the call: The requested DurationSeconds exceeds the MaxSessionDuration",
    ),
    (ASSUME, "RegionDisabledException", "", "STS is switched off in this region."),
    (READ, "NoSuchBucket", "", "There is no such bucket behind this endpoint."),
    (READ, "PermanentRedirect", "", "The bucket is in another region."),
    (READ, "AuthorizationHeaderMalformed", "", "The bucket is in another region."),
    (READ, "IllegalLocationConstraintException", "", "The bucket is in another region."),
    (READ, "301", "", "The bucket is in another region."),
    (READ, "NoObjectToRead", "", "There was no object to try it on"),
    (READ, "NoSuchKey", "", "There was no object to try it on"),
    (OTHER, "PerhapsWithoutMfa", "", "It was refused, as the contract says for whoever comes without MFA."),
    (READ, "NoObjectMade", "it is locked", "There was no object to try it on: it is locked."),
    (READ, "UnauthorizedAccessError", "", "S3 does not say why."),
    (READ, "403", "Forbidden", "S3 does not say why."),
    (WHO, "AccessDenied", "Access Denied", "STS refuses nobody its own identity"),
    (READ, "UnreadableAnswer", "what answers there is no AWS", "Something else than AWS answered: what answers"),
    (READ, "WriteNotDone", "", "The write was judged and not done"),
    (ASSUME, "OutsiderIsRoot", "", "The outsider is a root user"),
    (READ, "ContentDiffers", "", "What was read is not what was written"),
    (READ, "TagsDiffer", "", "The tags that were read are not those that were written"),
    (READ, "ObjectNotListed", "", "The object that was just written is not in the listing."),
    (ASSUME, "WrongSession", "", "AssumeRole gave a session of another role."),
    (READ, "AllAccessDisabled", "", "AWS blocked all access to this resource."),
    (READ, "SlowDown", "", "AWS was too busy to answer."),
    (ASSUME, "Throttling", "", "AWS was too busy to answer."),
    (READ, "503", "", "AWS was too busy to answer."),
    (READ, "NoCredentialsError", "Unable to locate credentials", "There is no complete access key to ask with."),
    (READ, "SSLError", "", "The endpoint's certificate is not trusted, or not valid by this machine's clock."),
    (READ, "EndpointConnectionError", "Could not connect", "The endpoint did not answer: Could not connect"),
    (READ, "ReadTimeoutError", "Read timeout", "The endpoint did not answer: Read timeout"),
    (READ, "MethodNotAllowed", "not here", "AWS answered MethodNotAllowed: not here"),
    (READ, "ValidationError", "odd", "AWS answered ValidationError: odd"),
    (READ, "Unknown", "", "AWS answered Unknown: no message"),
]


@pytest.mark.parametrize(("item", "code", "message", "cause"), CASES)
def test_each_answer_has_its_cause(item: Expectation, code: str, message: str, cause: str) -> None:
    finding = explain(item, code, message)
    assert finding.cause.startswith(cause)
    assert finding.advice


def test_every_row_of_the_table_is_the_answer_to_a_case_here() -> None:
    def row_of(item: Expectation, code: str, message: str) -> int | None:
        return next((number for number, row in enumerate(ERRORS) if row.applies(code, item, message)), None)

    assert {row_of(*case[:3]) for case in CASES} == {None, *range(len(ERRORS))}


@pytest.mark.parametrize("row", range(len(ERRORS)))
def test_no_placeholder_stays_unfilled(row: int) -> None:
    for text in (ERRORS[row].finding.cause, ERRORS[row].finding.advice):
        filled = text.format(code="", message="", principal="", action="", resource="")
        assert "{" not in filled


def test_a_message_with_braces_is_shown_as_it_is() -> None:
    assert explain(READ, "Odd", "{not} a {placeholder").cause == "AWS answered Odd: {not} a {placeholder."


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ("No.", "AWS answered Odd: No."),
        ("No", "AWS answered Odd: No."),
        ("No..", "AWS answered Odd: No."),
        ("cut off...", "AWS answered Odd: cut off..."),
        ("Why?", "AWS answered Odd: Why?"),
    ],
)
def test_a_sentence_ends_with_one_period_whatever_aws_says(message: str, cause: str) -> None:
    assert explain(READ, "Odd", message).cause == cause


def test_the_layer_that_a_message_names_comes_before_hypotheses() -> None:
    message = REFUSED + "s3:GetObject on resource: x because no permissions boundary allows it"
    assert explain(READ, "AccessDenied", message).cause == "A permissions boundary does not allow it."


def test_words_of_the_question_go_into_the_advice() -> None:
    finding = explain(READ, "AccessDenied", "with an explicit deny in a service control policy")
    assert finding.advice == "Ask the organization's administrator to allow s3:GetObject in this account."
    finding = explain(READ, "AccessDenied", "because no identity-based policy allows it")
    assert finding.cause == "No policy of the role allows it, or one denies it."


def test_where_aws_is_silent_there_are_ranked_hypotheses() -> None:
    cause = explain(ASSUME, "AccessDenied", "Access Denied").cause
    assert [cause.index(f"({rank})") for rank in range(1, 6)] == sorted(
        cause.index(f"({rank})") for rank in range(1, 6)
    )


def seen(answer: Answer, settled: bool = True, history: tuple[str, ...] = ("x",) * 3) -> Observation:
    return Observation(answer, settled, 3, 10, history)


YES = Answer(status=200)
NO = Answer(code="AccessDenied", status=403, message="Access Denied")

EXCESSES = [
    ("user.read", "The user may s3:GetObject without assuming the role."),
    ("role.read", "The role may s3:GetObject on arn:aws:s3:::abc/*, which the contract does not give it."),
    ("role.outside.read", "The role may s3:GetObject outside of its prefix."),
    ("role.sibling.read", "The role may s3:GetObject at a place that is another contract's."),
    ("anonymous.read", "Anybody may s3:GetObject, without credentials."),
    ("plain_http.read", "The bucket takes requests without TLS."),
    ("trust.no_external_id", "The role can be assumed without the external id."),
    ("trust.wrong_external_id", "The role can be assumed with a wrong external id."),
    ("trust.longer_session", "The role gives longer sessions than the contract says."),
    ("trust.no_mfa", "The role can be assumed without MFA."),
    ("network.assume", "The role can be assumed from another network than the contract's."),
    ("network.read", "A session of the role may s3:GetObject from another network than the contract's."),
    ("trust.outsider", "Somebody else than the user can assume the role."),
    ("trusted.no_external_id@a", "Somebody trusted can assume the role without the external id."),
    ("trusted.wrong_external_id@a", "Somebody trusted can assume the role with a wrong external id."),
    ("trusted.no_mfa@a", "Somebody trusted can assume the role without MFA."),
    (
        "trusted.elsewhere@a",
        "Somebody trusted can get into the role from another network than the contract's.",
    ),
    ("trusted.tampered_token@a", "A token whose signature is wrong gets into the role."),
    ("trusted.unsigned_token@a", "A token that nobody has signed gets into the role."),
    ("trusted.refused_token@a", "A token for another audience, or of another subject, gets into the role."),
    ("trusted.operator", "The operator, whom the contract does not name, can assume the role."),
    ("trusted.user@a", "The user can assume the role with somebody else's external id."),
    ("trusted.outsider@a", "Somebody whom the contract does not name can assume the role."),
    ("role.other_key@1234", "The role may write what another key encrypts."),
    ("user.key.decrypt_directly", "The role may s3:GetObject by the key outside of S3."),
]


@pytest.mark.parametrize(("name", "cause"), EXCESSES)
def test_too_much_access_is_named(name: str, cause: str) -> None:
    finding = diagnose(question("s3:GetObject", "denied", name), seen(YES), enforced=True, controlled=True)
    assert finding.cause == cause
    assert finding.advice


def test_every_kind_of_excess_has_a_case_here() -> None:
    explained = [row_of(name).excess for name, _cause in EXCESSES]
    assert [row.id for row in ROWS if row.excess != Finding() and row.excess not in explained] == []


DENIED_READ = question("s3:GetObject", "denied")


def test_what_may_be_refused_for_where_this_machine_stands_shows_nothing() -> None:
    fenced = replace(question("s3:GetObject", "allowed"), fenced=True)
    assert diagnose(fenced, seen(NO), enforced=True, controlled=False) == NOT_FROM_HERE
    dead_key = Answer(code="InvalidAccessKeyId", status=403, message="")
    assert diagnose(fenced, seen(dead_key), enforced=True, controlled=False) != NOT_FROM_HERE


@pytest.mark.parametrize("answer", [YES, NO])
def test_without_enforcement_that_is_the_cause(answer: Answer) -> None:
    assert diagnose(DENIED_READ, seen(answer), enforced=False, controlled=True) == NOT_ENFORCED


def test_without_a_control_that_is_the_cause() -> None:
    assert diagnose(DENIED_READ, seen(NO), enforced=True, controlled=False) == NOT_CONTROLLED


def test_a_refusal_by_another_layer_names_it() -> None:
    refusal = Answer(code="AccessDenied", status=403, message="because no VPC endpoint policy allows it")
    finding = diagnose(DENIED_READ, seen(refusal), enforced=True, controlled=True)
    assert finding.cause.startswith("It was refused by a VPC endpoint policy, which shows that layer")
    assert diagnose(DENIED_READ, seen(refusal), enforced=True, controlled=False) == NOT_CONTROLLED


@pytest.mark.parametrize("code", ["PermanentRedirect", "AuthorizationHeaderMalformed", "301"])
def test_an_answer_that_names_the_buckets_region_is_told(code: str) -> None:
    answer = Answer(code=code, status=301, message="Moved.", value={"region": "eu-west-1"})
    finding = diagnose(READ, seen(answer), enforced=True, controlled=False)
    assert finding == Finding(
        "The bucket is in eu-west-1, and was asked for elsewhere.", "Set the region to eu-west-1."
    )


def test_what_was_not_tried_says_why() -> None:
    finding = diagnose(DENIED_READ, seen(not_tried("check mode")), enforced=False, controlled=False)
    assert finding == Finding("It was not tried: check mode.", "Look at the checks before this one.")
    finding = diagnose(DENIED_READ, seen(not_tried("port 80 is closed", "Open it.")), enforced=True, controlled=True)
    assert finding == Finding("It was not tried: port 80 is closed.", "Open it.")


def test_a_changing_answer_shows_how_it_changed() -> None:
    history = ("denied", "allowed", "denied", "allowed", "denied", "allowed", "denied")
    finding = diagnose(READ, seen(NO, settled=False, history=history), enforced=True, controlled=True)
    assert finding.cause == "AWS kept changing its answer: allowed, denied, allowed, denied, allowed, denied."


def test_missing_access_is_explained_even_where_nothing_is_enforced() -> None:
    finding = diagnose(READ, seen(NO), enforced=False, controlled=False)
    assert finding.cause.startswith("S3 does not say why.")


def test_when_the_canary_could_not_tell_nobody_says_that_a_made_up_key_got_in() -> None:
    finding = diagnose(DENIED_READ, seen(NO), enforced=None, controlled=True)
    assert "lets a made-up access key in" not in finding.cause
