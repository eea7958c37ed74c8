# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a check did not pass and what to do about it: what AWS answered, in one table that is read from the top. Pure.

What it means that something works which must not, the check's row in the catalogue says.

A message chooses the words here; of the outcome it decides no more than ``_aws/answers`` says. Sources: the errors of
the STS and S3 API references, and
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html (which layer a message names).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
import re

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import (
    ALLOWED,
    DENIED,
    NOT_TRIED,
    S3_REFUSALS,
    Answer,
    observed,
    other_layer,
)
from ansible_collections.assumerole.s3.plugins.module_utils._aws.said import TROUBLES
from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import row_of
from ansible_collections.assumerole.s3.plugins.module_utils._checks.observations import Observation
from ansible_collections.assumerole.s3.plugins.module_utils._checks.questions import Expectation
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import Finding


@dataclass(frozen=True)
class Explanation:
    """Applies to an error whose code, action and message all match; the message is searched for a pattern."""

    codes: frozenset[str]
    finding: Finding
    actions: str = ""
    message: str = ""
    principal: str = ""

    def applies(self, code: str, item: Expectation, message: str) -> bool:
        """Whether this row explains the error."""
        about = item.action.startswith(self.actions) and self.principal in ("", item.principal)
        return code in self.codes and about and bool(re.search(self.message, message, re.I))


def _row(codes: str, cause: str, advice: str, **more: str) -> Explanation:
    return Explanation(frozenset(codes.split()), Finding(cause, advice), **more)


#: How S3 says that a request was sent to another region than the bucket's.
WRONG_REGION = frozenset(
    {"PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "301"}
)

#: Which policy an AccessDenied message names, and who can mend it.
LAYERS = (
    _row(
        "AccessDenied",
        "A permissions boundary does not allow it.",
        "Ask the IAM administrator to let the boundary allow {action}, or remove the boundary.",
        message="permissions boundary",
    ),
    _row(
        "AccessDenied",
        "A session policy does not allow it.",
        "Assume the role without a session policy, or with one that allows {action}.",
        message="sessions? policy",
    ),
    _row(
        "AccessDenied",
        "A service control policy of the organization does not allow it.",
        "Ask the organization's administrator to allow {action} in this account.",
        message="service control policy",
    ),
    _row(
        "AccessDenied",
        "A resource control policy of the organization denies it.",
        "Ask the organization's administrator to allow {action} on {resource}.",
        message="resource control policy",
    ),
    _row(
        "AccessDenied",
        "The policy of a VPC endpoint does not allow it.",
        "Ask the network administrator to let the endpoint's policy allow {action} on {resource}.",
        message="VPC endpoint policy",
    ),
    _row(
        "AccessDenied",
        "The role's trust policy does not let the user in.",
        "Run provision again; if it changes nothing, look for a Deny or a condition in the trust policy of {resource}.",
        message="role trust policy",
    ),
    _row(
        "AccessDenied",
        "The policy of the key that encrypts the bucket does not let the {principal} use it, or denies it.",
        "Ask the key's owner to let it in: config.key.policy has the statement, and provision prints it.",
        message="kms:.*resource-based policy",
    ),
    _row(
        "AccessDenied",
        "The role's policy does not let it use the key that encrypts the bucket, or denies it.",
        "Name the key in bucket_access_kms_key and run provision again; if it changes nothing, look for a Deny.",
        message="kms:.*identity-based policy",
    ),
    _row(
        "AccessDenied",
        "The policy of the bucket or of its key denies it, or Block Public Access does.",
        "Look for a Deny in the bucket policy; with an http endpoint it is the one that demands TLS.",
        message="resource-based policy",
    ),
    _row(
        "AccessDenied",
        "The bucket's encryption key does not let the role use it.",
        "Allow kms:GenerateDataKey and kms:Decrypt on the key, or encrypt the bucket with AES256.",
        message="kms:",
    ),
    _row(
        "AccessDenied",
        "The trust policy does not allow session tags or a source identity.",
        "Assume the role without them, or allow sts:TagSession and sts:SetSourceIdentity in the trust policy.",
        message="sts:(SetSourceIdentity|TagSession)",
    ),
    _row(
        "AccessDenied",
        "AWS did not accept the MFA code: it is wrong, or it was used before.",
        "Try again with the next code.",
        message="MultiFactorAuthentication failed",
    ),
    _row(
        "AccessDenied",
        "No policy of the {principal} allows it, or one denies it.",
        "Run provision again; if it changes nothing, look for a Deny in the {principal}'s policies.",
        actions="s3:",
        message="identity-based policy",
    ),
)

ERRORS = (
    _row(
        "AccessDenied",
        "STS refuses nobody its own identity, so something else answers for it.",
        "Look at endpoint_url, and at proxies on the way.",
        actions="sts:GetCallerIdentity",
    ),
    _row(
        "AccessDenied",
        "AWS refuses the token by the trust policy: it does not name this provider, audience or subject, or did not "
        "a minute ago.",
        "Wait a minute and verify again; then run provision again, which mends the trust policy.",
        actions="sts:AssumeRoleWithWebIdentity",
    ),
    _row(
        "AccessDenied",
        "AWS refuses one of the others whom the contract trusts. Most likely first: (1) something was changed less "
        "than a minute ago; (2) it is of another account, which must allow it sts:AssumeRole on {resource}, too; (3) "
        "the trust policy names it with another external id, or as it was before it was deleted and made anew; (4) a "
        "permissions boundary, a service control policy or a condition forbids it.",
        "Wait a minute and verify again; run provision again, which mends the trust policy; then ask whoever keeps it "
        "for a policy that allows sts:AssumeRole on {resource}.",
        actions="sts:AssumeRole",
        principal="trusted",
    ),
    _row(
        "ExpiredTokenException ExpiredToken",
        "The token is over.",
        "Have the job fetch a new one right before it verifies.",
        actions="sts:AssumeRoleWithWebIdentity",
    ),
    _row(
        "InvalidIdentityToken IDPRejectedClaim",
        "AWS does not take the token: {message}",
        "Look at the identity provider in IAM, its address and its audiences, and at where the token comes from.",
    ),
    _row(
        "IDPCommunicationError",
        "AWS cannot reach the identity provider for its keys.",
        "Verify again; when it persists, see that its keys can be read from the internet.",
    ),
    *LAYERS,
    _row(
        "InvalidClientTokenId InvalidAccessKeyId",
        "AWS does not know these credentials, which are not the contract's to keep: they are deleted or inactive.",
        "Ask whoever keeps them for others, or leave profile out of bucket_access_trusted: then it is read who may "
        "assume the role, and nobody asks.",
        principal="trusted",
    ),
    _row(
        "AccessDenied",
        "AWS does not say why. Most likely first: (1) the user, the role or their policies are less than a minute "
        "old; (2) the external id is missing or wrong; (3) there is no such role in that account; (4) the trust policy "
        "names another user, or a user of this name who was deleted since; (5) a permissions boundary, a service "
        "control policy or a condition forbids it.",
        "Wait a minute and verify again; then run provision again, which mends the role and its trust policy.",
        actions="sts:",
    ),
    _row(
        " ".join(sorted(S3_REFUSALS)),
        "S3 does not say why. Most likely first: (1) the role's permissions policy is missing or less than a minute "
        "old; (2) the bucket belongs to another account; (3) the bucket policy denies it; (4) a boundary, an "
        "organization's policy or the bucket's key forbids it.",
        "Run provision again, and wait a minute if it changed something; then look at the bucket's owner and policy.",
        actions="s3:",
    ),
    _row(
        "InvalidClientTokenId InvalidAccessKeyId",
        "AWS does not know this access key: it is deleted or inactive, less than a minute old, of another partition, "
        "or made by an emulator.",
        "Look at the user's keys in IAM; when this one is gone, remove its profile and run provision again.",
    ),
    _row(
        "ExpiredToken ExpiredTokenException RequestExpired",
        "The session is over.",
        "Verify again; when it persists, compare this machine's clock with the time.",
    ),
    _row(
        "InvalidToken",
        "The session token belongs to another key, or was cut short.",
        "Unset AWS_SESSION_TOKEN, and look at the profile's session token.",
    ),
    _row(
        "RequestTimeTooSkewed",
        "This machine's clock is off by more than AWS accepts.",
        "Set the clock, best by NTP.",
    ),
    _row(
        "SignatureDoesNotMatch",
        "This machine's clock is off by more than AWS accepts.",
        "Set the clock, best by NTP.",
        message="expired|not yet current",
    ),
    _row(
        "SignatureDoesNotMatch",
        "The request was signed for another region or service than the endpoint serves.",
        "Make region and endpoint_url fit each other.",
        message="credential should be scoped",
    ),
    _row(
        "SignatureDoesNotMatch",
        "The secret does not belong to the access key, the clock is off, or a proxy alters the request.",
        "Store the key again; then look at the clock and at proxies.",
    ),
    _row(
        "ValidationError",
        "AWS refuses a value of the call: {message}",
        "Make duration_seconds no longer than the role's max_session_duration, and 3600 when the caller is a session.",
        actions="sts:",
    ),
    _row(
        "RegionDisabledException",
        "STS is switched off in this region.",
        "Activate it in the account's settings, or choose another region.",
    ),
    _row(
        "NoSuchBucket",
        "There is no such bucket behind this endpoint.",
        "Check the bucket's name, the account and the endpoint, and run provision.",
    ),
    _row(
        " ".join(sorted(WRONG_REGION)),
        "The bucket is in another region.",
        "Set the region to the bucket's own.",
    ),
    _row(
        "NoObjectToRead NoSuchKey",
        "There was no object to try it on, and what S3 answers to a missing key depends on who may list, not on who "
        "may read.",
        "Name an object that exists: in inside_object, in outside_object when it is beside the prefix, and in "
        "forbidden_objects when it is in a forbidden bucket.",
    ),
    _row(
        "NoObjectMade",
        "There was no object to try it on: {message}.",
        "Name an object that exists in inside_object.",
    ),
    _row(
        "WriteNotDone",
        "The write was judged and not done, which S3 may do before it asks KMS whether the role may use the bucket's "
        "key.",
        "Verify without check mode; when .access-check, .access-check-written or .access-check-uploaded is there "
        "already, remove it, so that the role writes it again.",
    ),
    _row(
        "KMS.DisabledException KMS.KMSInvalidStateException KMS.NotFoundException DisabledException "
        "KMSInvalidStateException NotFoundException",
        "KMS cannot use the key, whoever asks: it is disabled, about to be deleted, or not there.",
        "Have the key enabled, or name another one, and verify again.",
    ),
    _row(
        "AnotherKey",
        "It is not encrypted by the contract's key, but by {message}.",
        "Run provision again, which sets the bucket's default encryption; what was there before keeps its own.",
    ),
    _row(
        "OutsiderIsRoot",
        "The outsider is a root user, who may assume no role whatever its trust policy says.",
        "Give the credentials of an IAM user or role as the outsider.",
    ),
    _row(
        "PerhapsWithoutMfa",
        "It was refused, as the contract says for whoever comes without MFA. Whether the credentials of the profile "
        "have it cannot be seen, so nobody can tell what it shows.",
        "Put a session with MFA into the profile, which aws sts get-session-token opens with the device and its code, "
        "and verify again.",
    ),
    _row(
        "ContentDiffers",
        "What was read is not what was written: somebody else wrote to the same key, or the endpoint mixes objects up.",
        "Look at that object, remove it if it is nobody's, and verify again.",
    ),
    _row(
        "TagsDiffer",
        "The tags that were read are not those that were written: somebody else wrote them, or the endpoint ignores "
        "them.",
        "Verify again; when it persists, the endpoint keeps no tags of objects.",
    ),
    _row(
        "ObjectNotListed",
        "The object that was just written is not in the listing.",
        "Verify again; when it persists, the endpoint is not consistent as S3 is.",
    ),
    _row(
        "WrongSession",
        "AssumeRole gave a session of another role.",
        "Check role_arn, and the endpoint.",
    ),
    _row(
        "UnreadableAnswer",
        "Something else than AWS answered: {message}.",
        "Look at endpoint_url, and at proxies on the way.",
    ),
    _row(
        "AllAccessDisabled",
        "AWS blocked all access to this resource.",
        "Open a case with AWS Support.",
    ),
    _row(
        "SlowDown Throttling ThrottlingException RequestLimitExceeded OperationAborted ServiceUnavailable "
        "InternalError InternalFailure 500 502 503",
        "AWS was too busy to answer.",
        "Verify again in a minute.",
    ),
    _row(
        "NoCredentialsError PartialCredentialsError",
        "There is no complete access key to ask with.",
        "Give a profile that holds one, or run provision to make it.",
    ),
    _row(
        "SSLError",
        "The endpoint's certificate is not trusted, or not valid by this machine's clock.",
        TROUBLES["SSLError"][1],
    ),
    _row(
        "EndpointConnectionError ConnectTimeoutError ReadTimeoutError ConnectionClosedError ProxyConnectionError "
        "HTTPClientError ConnectionError ResponseStreamingError",
        "The endpoint did not answer: {message}",
        "Check the network, the region and endpoint_url.",
    ),
)

UNKNOWN = Finding("AWS answered {code}: {message}", "Look this code up in the API reference of {action}.")

NOT_ENFORCED = Finding(
    "The endpoint lets a made-up access key in, so it refuses nobody and a refusal cannot be shown.",
    "Verify against AWS, or against an emulator that enforces IAM.",
)
ENFORCEMENT_UNKNOWN = Finding(
    "It could not be told whether the endpoint enforces IAM, so a refusal cannot be shown.",
    "Verify again; when it persists, look at what the endpoint answers to a made-up access key.",
)
NOT_THE_CONTRACT = Finding(
    "It was refused by a {layer}, which shows that layer and not the contract: another way in may not be refused.",
    "Verify from where this layer lets the request through, and read in the audit's checks what the policies allow.",
)
NOT_FROM_HERE = Finding(
    "It was refused, as the contract says for everywhere but its own network. Whether this machine stands there cannot "
    "be seen, so nobody can tell what it shows.",
    "Verify from inside: from an address of bucket_access_source_ips, or through an endpoint of "
    "bucket_access_vpc_endpoints. What the policies lack, the checks of the configuration find.",
)
NOT_CONTROLLED = Finding(
    "It was refused, but so was everything that should work here, so the refusal proves nothing.",
    "Mend the missing access first, then verify again.",
)


def depends_on_place(item: Expectation, seen: str) -> bool:
    """Whether it may be refused for where this machine stands: then nobody can tell whether the contract lacks it."""
    return item.fenced and item.expected == ALLOWED and seen == DENIED


def diagnose(item: Expectation, observation: Observation, enforced: bool | None, controlled: bool) -> Finding:
    """Cause and advice for a check that did not pass."""
    answer = observation.answer
    seen = observed(item.probe, answer)
    if seen == NOT_TRIED:
        advice = answer.value.get("advice", "Look at the checks before this one.")
        return Finding(ended(f"It was not tried: {answer.message}"), advice)
    if item.expected != ALLOWED and not enforced:
        return NOT_ENFORCED if enforced is False else ENFORCEMENT_UNKNOWN
    if not observation.settled:
        return Finding(
            f"AWS kept changing its answer: {', '.join(observation.history[-6:])}.",
            "Verify again in a minute; a change of the user, the role or the bucket may still be spreading.",
        )
    if seen == ALLOWED:
        return _filled(row_of(item.id).excess, item, "", "")
    if seen == DENIED and (item.fenced or item.expected != ALLOWED):
        return _refused(item, answer, controlled)
    return _elsewhere(answer) or explain(item, answer.code or "", answer.message)


def _elsewhere(answer: Answer) -> Finding | None:
    """Where the bucket is, if S3 has said it."""
    region = answer.value.get("region") if answer.code in WRONG_REGION else None
    if not region:
        return None
    return Finding(f"The bucket is in {region}, and was asked for elsewhere.", f"Set the region to {region}.")


def _refused(item: Expectation, answer: Answer, controlled: bool) -> Finding:
    """Why a refusal shows nothing."""
    if depends_on_place(item, DENIED):
        return NOT_FROM_HERE
    return _refused_otherwise(answer) if controlled else NOT_CONTROLLED


def _refused_otherwise(answer: Answer) -> Finding:
    return replace(NOT_THE_CONTRACT, cause=NOT_THE_CONTRACT.cause.format(layer=other_layer(answer)))


def explain(item: Expectation, code: str, message: str) -> Finding:
    """The first row of the table that applies to an error."""
    for row in ERRORS:
        if row.applies(code, item, message):
            return _filled(row.finding, item, code, message)
    return _filled(UNKNOWN, item, code, message)


def _filled(finding: Finding, item: Expectation, code: str, message: str) -> Finding:
    words = {"principal": item.principal, "action": item.action, "resource": item.resource}
    return Finding(
        ended(finding.cause.format(code=code, message=message or "no message", **words)),
        ended(finding.advice.format(code=code, message=message, **words)),
    )


def ended(text: str) -> str:
    """With one period at its end: what others said may bring its own. Text that is cut off ends in its dots."""
    bare = text.rstrip()
    return bare if bare.endswith(("...", "?", "!")) or not bare else f"{bare.rstrip('.')}."
