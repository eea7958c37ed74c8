# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every check that there is, one row each. Pure.

From it come the fields of a check, the diagnosis of what is too much, what the audit explains, and the words, headings
and drawing of the report, and the tables of the documentation. Whoever adds a check adds its row here, and what answers
it: an expectation (``_checks/expectations``) or a rule (``_checks/rules``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import ALLOWED, DENIED
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import (
    ANYBODY,
    AS_AGREED,
    ASKED,
    CONFIGURATION,
    ELSEWHERE,
    ELSEWHERE_ASKED,
    OTHERS,
    OUTSIDE,
    PLAIN_HTTP,
    READ,
    SIBLING,
    THE_KEY,
    THE_OTHERS,
    THE_ROLE,
    THE_USER,
    TRUST,
    WHO_ELSE,
    Edge,
    Finding,
    Row,
)
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import PERMISSIONS
from ansible_collections.assumerole.s3.plugins.module_utils._contract.principals import ARN, OIDC, SERVICE, TRUSTED
from ansible_collections.assumerole.s3.plugins.module_utils._policies.key_use import DECRYPT, ENCRYPT


def _audited(check: str, about: str, **row: Any) -> Row:
    """A check of the audit: of how the user, the role or the bucket is configured."""
    return Row(id=check, principal=about, group=CONFIGURATION, evidence=READ, explained_by=(), **row)


AUDITED = (
    _audited(
        "config.user.exists",
        "user",
        action="iam:GetUser",
        expected=ALLOWED,
        statement="The user exists",
    ),
    _audited(
        "config.user.inline_policies",
        "user",
        action="iam:ListUserPolicies",
        expected=DENIED,
        statement="The user has no inline policy",
    ),
    _audited(
        "config.user.managed_policies",
        "user",
        action="iam:ListAttachedUserPolicies",
        expected=DENIED,
        statement="The user has no managed policy",
    ),
    _audited(
        "config.user.groups",
        "user",
        action="iam:ListGroupsForUser",
        expected=DENIED,
        statement="The user is in no group",
    ),
    _audited(
        "config.user.password",
        "user",
        action="iam:GetLoginProfile",
        expected=DENIED,
        statement="The user has no console password",
        shows="The user cannot log in to the console.",
    ),
    _audited(
        "config.user.keys",
        "user",
        action="iam:ListAccessKeys",
        expected=ALLOWED,
        statement="The user has one active access key",
        shows="Exactly one access key is active.",
    ),
    _audited(
        "config.user.boundary",
        "user",
        action="iam:GetPolicyVersion",
        expected=ALLOWED,
        statement="The user's permissions boundary, if any, does not deny it the role",
    ),
    _audited(
        "config.user.other_roles",
        "user",
        action="iam:ListRoles",
        expected=DENIED,
        statement="No other role of the account lets the user in",
        shows="No trust policy of another role of the account lets the user in, by name or with everybody.",
    ),
    _audited(
        "config.role.exists",
        "role",
        action="iam:GetRole",
        expected=ALLOWED,
        statement="The role exists",
    ),
    _audited(
        "config.role.trust",
        "role",
        action="iam:GetRole",
        expected=ALLOWED,
        statement="The trust policy names {whom} and nobody else",
        shows="The trust policy lets in exactly the user, under exactly the contract's conditions; and whoever "
        "`bucket_access_trusted` names.",
    ),
    _audited(
        f"{ARN.reading}@{{principal}}",
        "trusted",
        action="iam:GetRole",
        expected=ALLOWED,
        statement="The trust policy lets {principal} in",
        shows="For each role and user of `bucket_access_trusted`: the trust policy lets it in, under its external id "
        "if it has one, and no denial takes that away. Whether an account of its own lets it ask is not read.",
    ),
    _audited(
        f"{OIDC.reading}@{{principal}}",
        "trusted",
        action="iam:GetOpenIDConnectProvider",
        expected=ALLOWED,
        statement="The account takes tokens of {principal}, and the trust policy those of the contract",
        shows="For each identity provider of `bucket_access_trusted`: the account has it, with the contract's "
        "audience, and the trust policy lets in tokens for that audience of the contract's subjects.",
    ),
    _audited(
        f"{SERVICE.reading}@{{principal}}",
        "trusted",
        action="iam:GetRole",
        expected=ALLOWED,
        statement="The trust policy lets the service {principal} in",
        shows="For each service of `bucket_access_trusted`: the trust policy lets it in, for the contract's account "
        "where the service says for whom it comes; for EC2, the instance profile holds the role.",
    ),
    _audited(
        "config.role.permissions",
        "role",
        action="iam:GetRolePolicy",
        expected=ALLOWED,
        statement="The role's policies grant the contract and nothing else",
        shows="All policies of the role together allow exactly the contract.",
    ),
    _audited(
        "config.role.max_session_duration",
        "role",
        action="iam:GetRole",
        expected=ALLOWED,
        statement="The role's longest session is the contract's",
        shows="Sessions last as long as the contract says.",
    ),
    _audited(
        "config.role.boundary",
        "role",
        action="iam:GetPolicyVersion",
        expected=ALLOWED,
        statement="The role's permissions boundary, if any, leaves the contract whole",
    ),
    _audited(
        "config.role.other_roles",
        "role",
        action="iam:ListRoles",
        expected=DENIED,
        statement="No other role of the account lets the role in",
        shows="No trust policy of another role of the account lets sessions of the role in, by name or with everybody.",
    ),
    _audited(
        "config.bucket.policy",
        "bucket",
        action="s3:GetBucketPolicy",
        expected=DENIED,
        statement="The bucket policy denies plain HTTP and grants nothing",
        shows="The bucket policy denies plain HTTP, lets nobody else in, and takes nothing from the role.",
    ),
    _audited(
        "config.bucket.public_access",
        "bucket",
        action="s3:GetBucketPublicAccessBlock",
        expected=DENIED,
        statement="Public access to the bucket is blocked",
        shows="Public access to the bucket is blocked four times over.",
    ),
    _audited(
        "config.bucket.ownership",
        "bucket",
        action="s3:GetBucketOwnershipControls",
        expected=DENIED,
        statement="Access control lists are off",
    ),
    _audited(
        "config.bucket.encryption",
        "bucket",
        action="s3:GetEncryptionConfiguration",
        expected=DENIED,
        statement="The bucket encrypts by default as the contract says",
        shows="The bucket encrypts by default as the contract says, or with a key of KMS.",
    ),
    _audited(
        "config.bucket.region",
        "bucket",
        action="s3:GetBucketLocation",
        expected=ALLOWED,
        statement="The bucket is in the region that was agreed",
        shows="The bucket is in the region of the contract and of the role's profile, as far as these name one.",
    ),
    _audited(
        "config.bucket.key",
        "bucket",
        action="s3:GetEncryptionConfiguration",
        expected=ALLOWED,
        statement="The bucket encrypts by the contract's key, with an S3 Bucket Key",
        shows="With `bucket_access_kms_key`: unless it is told otherwise the bucket encrypts by this key, with an S3 "
        "Bucket Key.",
    ),
    _audited(
        "config.key.state",
        "key",
        action="kms:DescribeKey",
        expected=ALLOWED,
        statement="The key is enabled, of the bucket's region, and of the kind that S3 takes",
        shows="With a key: it is there, enabled, a customer's, symmetric, and of the bucket's region.",
    ),
    _audited(
        "config.key.policy",
        "key",
        action="kms:GetKeyPolicy",
        expected=ALLOWED,
        statement="The key's policy lets the role in through S3, and gives the user nothing",
        shows="With a key: its policy lets the role in, by name or by leaving that to the account, and gives neither "
        "the role nor the user more than S3 asks for.",
    ),
    _audited(
        "config.key.grants",
        "key",
        action="kms:ListGrants",
        expected=DENIED,
        statement="No grant of the key is for the user or the role",
        shows="With a key: none of its grants is for the user, the role or a session of it.",
    ),
)


def _findings_on(principal: str) -> tuple[str, ...]:
    """What explains how the contract's own role and bucket answer; what other roles do explains nothing of that."""
    found = (row.id for row in AUDITED if row.principal == principal)
    return tuple(check for check in found if not check.endswith(".other_roles"))


_ON_THE_USER = (*_findings_on("user"), "config.bucket.policy")
_ON_THE_KEY = _findings_on("key")
_ON_THE_ROLE = ("config.role.permissions", "config.role.boundary", *_findings_on("bucket"), *_ON_THE_KEY)

_MAY_MORE = Finding(
    "The role may {action} on {resource}, which the contract does not give it.",
    "Run provision again, and remove statements of bucket policies that let the role in.",
)
_MAY_OUTSIDE = Finding(
    "The role may {action} outside of its prefix.",
    "Run provision again, and remove policies other than the contract's from the role.",
)
_MAY_ALONE = Finding(
    "The user may {action} without assuming the role.",
    "Remove policies and groups from the user, and statements of the bucket policy that let it in.",
)
_PUTS_THE_CONDITION_BACK = "Run provision again, which puts the condition back into the trust policy."
_PUTS_THE_TRUST_BACK = "Run provision again, which puts the trust policy back."


#: In a bucket of others the list of all keys is asked for by ``list``.
_IN_ANY_BUCKET = tuple(row.name for row in PERMISSIONS.values() if not row.extends)


def _on_objects(form: str, principal: str, **row: Any) -> Row:
    """A check of each permission; it must be refused, unless the row says otherwise."""
    usual = {"expected": DENIED, "permissions": tuple(PERMISSIONS)}
    return Row(
        id=form,
        principal=principal,
        action="{action}",
        statement="{who} {can} {permission} {where}",
        evidence=ASKED,
        permission="{permission}",
        **{**usual, **row},
    )


_PROBED = (
    Row(
        id="user.identity",
        principal="user",
        action="sts:GetCallerIdentity",
        expected=ALLOWED,
        statement="The user's access key is alive and belongs to the user",
        group=THE_USER,
        evidence=ASKED,
        explained_by=("config.user.exists", "config.user.keys"),
        shows="The key is valid, and is the user's and nobody else's.",
    ),
    Row(
        id="role.assume",
        principal="user",
        action="sts:AssumeRole",
        expected=ALLOWED,
        statement="The user can assume the role",
        group=THE_ROLE,
        evidence=ASKED,
        explained_by=(*_findings_on("user"), "config.role.exists", "config.role.trust"),
        shows="The user gets into the role, with the external id if the contract has one.",
        edge=Edge("The user assumes the role", "assume"),
    ),
    Row(
        id="role.identity",
        principal="role",
        action="sts:GetCallerIdentity",
        expected=ALLOWED,
        statement="The session is one of the role",
        group=THE_ROLE,
        evidence=ASKED,
        explained_by=_ON_THE_ROLE,
    ),
    Row(
        id="trust.no_external_id",
        principal="user",
        action="sts:AssumeRole",
        expected=DENIED,
        statement="The role cannot be assumed without the external id",
        group=TRUST,
        evidence=ASKED,
        explained_by=("config.role.trust",),
        excess=Finding("The role can be assumed without the external id.", _PUTS_THE_CONDITION_BACK),
    ),
    Row(
        id="trust.wrong_external_id",
        principal="user",
        action="sts:AssumeRole",
        expected=DENIED,
        statement="The role cannot be assumed with a wrong external id",
        group=TRUST,
        evidence=ASKED,
        explained_by=("config.role.trust",),
        excess=Finding("The role can be assumed with a wrong external id.", _PUTS_THE_CONDITION_BACK),
        shows="The role cannot be assumed with the right external id and something after it.",
    ),
    Row(
        id="trust.no_mfa",
        principal="user",
        action="sts:AssumeRole",
        expected=DENIED,
        statement="The role cannot be assumed without MFA",
        group=TRUST,
        evidence=ASKED,
        explained_by=("config.role.trust",),
        excess=Finding("The role can be assumed without MFA.", _PUTS_THE_CONDITION_BACK),
        shows="With `bucket_access_require_mfa`: the user's key alone, without a code, is refused the role.",
    ),
    Row(
        id="trust.longer_session",
        principal="user",
        action="sts:AssumeRole",
        expected=DENIED,
        statement="The role cannot be assumed for longer than its maximum",
        group=TRUST,
        evidence=ASKED,
        explained_by=("config.role.max_session_duration",),
        excess=Finding(
            "The role gives longer sessions than the contract says.",
            "Run provision again, which sets the role's maximum.",
        ),
        shows="A session one second longer than the contract's maximum is refused.",
    ),
    Row(
        id="outsider.identity",
        principal="outsider",
        action="sts:GetCallerIdentity",
        expected=ALLOWED,
        statement="The outsider's access key is alive",
        group=TRUST,
        evidence=ASKED,
        explained_by=(),
        shows="With `bucket_access_outsider_profile`: the outsider's key is valid, and is not the user's.",
    ),
    Row(
        id="trust.outsider",
        principal="outsider",
        action="sts:AssumeRole",
        expected=DENIED,
        statement="An outsider cannot assume the role",
        group=TRUST,
        evidence=ASKED,
        explained_by=("config.role.trust",),
        excess=Finding(
            "Somebody else than the user can assume the role.",
            "Run provision again, which lets the trust policy name the user alone.",
        ),
        shows="With `bucket_access_outsider_profile`: the outsider is refused the role.",
    ),
    Row(
        id="trusted.identity@{principal}",
        principal="trusted",
        action="sts:GetCallerIdentity",
        expected=ALLOWED,
        statement="The credentials of {principal} are alive",
        group=THE_OTHERS,
        evidence=ASKED,
        explained_by=(),
        shows="With a `profile`: its credentials are valid, and are those of this role or user and of nobody else.",
    ),
    Row(
        id=f"{ARN.way_in}@{{principal}}",
        principal="trusted",
        action="sts:AssumeRole",
        expected=ALLOWED,
        statement="{principal} can assume the role",
        group=THE_OTHERS,
        evidence=ASKED,
        explained_by=("config.role.exists", "config.role.trust"),
        shows="With a `profile`: it gets into the role, with its external id if it has one. Across accounts both sides "
        "have let it.",
    ),
    Row(
        id="trusted.no_external_id@{principal}",
        principal="trusted",
        action="sts:AssumeRole",
        expected=DENIED,
        statement="{principal} cannot assume the role without its external id",
        group=THE_OTHERS,
        evidence=ASKED,
        explained_by=("config.role.trust",),
        excess=Finding("Somebody trusted can assume the role without the external id.", _PUTS_THE_CONDITION_BACK),
        shows="With a `profile`: it is refused without its external id.",
    ),
    Row(
        id="trusted.wrong_external_id@{principal}",
        principal="trusted",
        action="sts:AssumeRole",
        expected=DENIED,
        statement="{principal} cannot assume the role with a wrong external id",
        group=THE_OTHERS,
        evidence=ASKED,
        explained_by=("config.role.trust",),
        excess=Finding("Somebody trusted can assume the role with a wrong external id.", _PUTS_THE_CONDITION_BACK),
        shows="With a `profile`: it is refused with its external id and something after it.",
    ),
    Row(
        id="trusted.no_mfa@{principal}",
        principal="trusted",
        action="sts:AssumeRole",
        expected=DENIED,
        statement="{principal} cannot assume the role without MFA",
        group=THE_OTHERS,
        evidence=ASKED,
        explained_by=("config.role.trust",),
        excess=Finding("Somebody trusted can assume the role without MFA.", _PUTS_THE_CONDITION_BACK),
        shows="With `bucket_access_require_mfa` and a `profile` that holds a key that lasts: the key alone is refused "
        "the role. Of a session nobody is told whether it has MFA.",
    ),
    Row(
        id="trusted.elsewhere@{principal}",
        principal="trusted",
        action="sts:AssumeRole",
        expected=DENIED,
        statement="{principal} cannot get into the role from another network",
        group=THE_OTHERS,
        evidence=ASKED,
        explained_by=("config.role.trust",),
        excess=Finding(
            "Somebody trusted can get into the role from another network than the contract's.",
            "Run provision again, which puts the condition back, and look whether the proxy comes from an address of "
            "bucket_access_source_ips.",
        ),
        shows="With `bucket_access_source_ips`, and a `profile` or a token: it is refused through "
        "`bucket_access_outside_proxy`.",
    ),
    Row(
        id="trusted.user@{principal}",
        principal="user",
        action="sts:AssumeRole",
        expected=DENIED,
        statement="The user cannot assume the role with the external id of {principal}",
        group=THE_OTHERS,
        evidence=ASKED,
        explained_by=("config.role.trust",),
        excess=Finding(
            "The user can assume the role with somebody else's external id.",
            _PUTS_THE_CONDITION_BACK,
        ),
        shows="Where both have an external id, and not the same: the user is refused with the other one.",
    ),
    Row(
        id="trusted.outsider@{principal}",
        principal="outsider",
        action="sts:AssumeRole",
        expected=DENIED,
        statement="An outsider cannot assume the role with the external id of {principal}",
        group=THE_OTHERS,
        evidence=ASKED,
        explained_by=("config.role.trust",),
        excess=Finding("Somebody whom the contract does not name can assume the role.", _PUTS_THE_TRUST_BACK),
        shows="With `bucket_access_outsider_profile`: the outsider is refused with this external id, too.",
    ),
    Row(
        id=f"{OIDC.way_in}@{{principal}}",
        principal="trusted",
        action="sts:AssumeRoleWithWebIdentity",
        expected=ALLOWED,
        statement="A token of {principal} gets into the role",
        group=THE_OTHERS,
        evidence=ASKED,
        explained_by=("config.role.exists", "config.role.trust"),
        shows="With `bucket_access_web_identity_token_file`: the token gets into the role.",
    ),
    *(
        Row(
            id=f"trusted.{name}@{{principal}}",
            principal="trusted",
            action="sts:AssumeRoleWithWebIdentity",
            expected=DENIED,
            statement=f"{what} of {{principal}} does not get into the role",
            group=THE_OTHERS,
            evidence=ASKED,
            explained_by=("config.role.trust",),
            excess=Finding(f"{what} gets into the role.", advice),
            shows=shows,
        )
        for name, what, advice, shows in (
            (
                "tampered_token",
                "A token whose signature is wrong",
                "Look at endpoint_url: AWS checks every token's signature, and something else has answered.",
                "With `bucket_access_web_identity_token_file`: the same token is refused when one character of its "
                "signature is another.",
            ),
            (
                "unsigned_token",
                "A token that nobody has signed",
                "Look at endpoint_url: AWS takes no token without a signature, and something else has answered.",
                "With `bucket_access_web_identity_token_file`: the same claims are refused when nobody has signed "
                "them.",
            ),
            (
                "refused_token",
                "A token for another audience, or of another subject,",
                _PUTS_THE_TRUST_BACK,
                "With `bucket_access_web_identity_refused_token_file`: that token is refused, for its audience or "
                "its subject.",
            ),
        )
    ),
    Row(
        id=f"{SERVICE.way_in}@{{principal}}",
        principal="trusted",
        action="sts:AssumeRole",
        expected=ALLOWED,
        statement="The service {principal} can assume the role",
        group=THE_OTHERS,
        evidence=ASKED,
        explained_by=("config.role.exists", "config.role.trust"),
        shows="Never, as nobody can ask as a service: what was read stands for it, or the check stays open.",
    ),
    Row(
        id="operator.identity",
        principal="operator",
        action="sts:GetCallerIdentity",
        expected=ALLOWED,
        statement="The operator's credentials are alive",
        group=THE_OTHERS,
        evidence=ASKED,
        explained_by=(),
        shows="Where the contract has no user: the operator is known, and is nobody whom the contract trusts.",
    ),
    Row(
        id="trusted.operator",
        principal="operator",
        action="sts:AssumeRole",
        expected=DENIED,
        statement="The operator cannot assume the role",
        group=THE_OTHERS,
        evidence=ASKED,
        explained_by=("config.role.trust",),
        excess=Finding("The operator, whom the contract does not name, can assume the role.", _PUTS_THE_TRUST_BACK),
        shows="Where the contract has no user: the operator, whatever it may do otherwise, is refused the role itself.",
    ),
    _on_objects(
        "role.{permission}",
        "role",
        expected=AS_AGREED,
        group=THE_ROLE,
        explained_by=_ON_THE_ROLE,
        excess=_MAY_MORE,
        shows="What the contract gives works on an object that the run made, with the content compared; what it does "
        "not give is refused.",
        edge=Edge("The role: {permission}", "{permission}"),
    ),
    Row(
        id="role.outside.list_all",
        principal="role",
        action=PERMISSIONS["list"].action,
        expected=DENIED,
        statement="The role cannot list the whole bucket",
        group=THE_ROLE,
        evidence=ASKED,
        explained_by=_ON_THE_ROLE,
        excess=_MAY_OUTSIDE,
        shows="With a prefix: the whole bucket cannot be listed.",
        permission="list",
        place=OUTSIDE,
    ),
    _on_objects(
        "role.outside.{permission}",
        "role",
        group=THE_ROLE,
        explained_by=_ON_THE_ROLE,
        excess=_MAY_OUTSIDE,
        permissions=tuple(row.name for row in PERMISSIONS.values() if not row.whole),
        shows="With a prefix: everything is refused right beside it (`team.…` for the prefix `team/`).",
        place=OUTSIDE,
    ),
    Row(
        id="role.list_buckets",
        principal="role",
        action="s3:ListAllMyBuckets",
        expected=DENIED,
        statement="The role cannot list the account's buckets",
        group=THE_ROLE,
        evidence=ASKED,
        explained_by=_ON_THE_ROLE,
        excess=_MAY_MORE,
    ),
    Row(
        id="role.bucket_policy",
        principal="role",
        action="s3:GetBucketPolicy",
        expected=DENIED,
        statement="The role cannot read the bucket's policy",
        group=THE_ROLE,
        evidence=ASKED,
        explained_by=_ON_THE_ROLE,
        excess=_MAY_MORE,
    ),
    _on_objects(
        "role.{permission}@{bucket}",
        "role",
        group=THE_ROLE,
        explained_by=_ON_THE_ROLE,
        excess=_MAY_MORE,
        permissions=_IN_ANY_BUCKET,
        shows="Each of `bucket_access_forbidden_buckets` can neither be listed nor read, written to or deleted from, "
        "in its root and in a folder; reading is tried on the one object that is known there.",
        place=ELSEWHERE,
    ),
    _on_objects(
        "role.sibling.{permission}",
        "role",
        group=THE_ROLE,
        explained_by=_ON_THE_ROLE,
        excess=Finding(
            "The role may {action} at a place that is another contract's.",
            "Run provision again, and remove policies other than the contract's from the role.",
        ),
        permissions=tuple(row.name for row in PERMISSIONS.values() if not row.whole),
        shows="What the inventory's other contracts have in the same bucket is refused: each of their prefixes.",
        place=SIBLING,
    ),
    _on_objects(
        "user.{permission}",
        "user",
        group=THE_USER,
        explained_by=_ON_THE_USER,
        excess=_MAY_ALONE,
        shows="Without the role, the user is refused everything on the bucket.",
        edge=Edge("The user alone", "user alone"),
    ),
    _on_objects(
        "user.{permission}@{bucket}",
        "user",
        group=THE_USER,
        explained_by=_findings_on("user"),
        excess=_MAY_ALONE,
        permissions=_IN_ANY_BUCKET,
        shows="The same for the user without the role.",
        place=ELSEWHERE,
    ),
    Row(
        id="user.list_buckets",
        principal="user",
        action="s3:ListAllMyBuckets",
        expected=DENIED,
        statement="The user alone cannot list the account's buckets",
        group=THE_USER,
        evidence=ASKED,
        explained_by=_ON_THE_USER,
        excess=_MAY_ALONE,
    ),
    _on_objects(
        "anonymous.{permission}",
        "anonymous",
        group=ANYBODY,
        explained_by=("config.bucket.policy", "config.bucket.public_access", "config.bucket.ownership"),
        excess=Finding(
            "Anybody may {action}, without credentials.",
            "Block public access to the bucket, and remove statements of its policy that name everybody.",
        ),
        shows="Without credentials, everything is refused.",
        edge=Edge("Anybody", "anybody"),
    ),
    _on_objects(
        "plain_http.{permission}",
        "role over plain HTTP",
        group=PLAIN_HTTP,
        explained_by=("config.bucket.policy",),
        excess=Finding(
            "The bucket takes requests without TLS.",
            "Run provision again, which puts the denial back into the bucket policy.",
        ),
        shows="What works over TLS is refused without.",
        edge=Edge("The role over plain HTTP", "plain HTTP"),
    ),
    Row(
        id="network.identity",
        principal="user from another network",
        action="sts:GetCallerIdentity",
        expected=ALLOWED,
        statement="AWS can be asked from another network",
        group=ELSEWHERE_ASKED,
        evidence=ASKED,
        explained_by=(),
        shows="With `bucket_access_outside_proxy`: AWS answers through the proxy.",
    ),
    Row(
        id="network.assume",
        principal="user from another network",
        action="sts:AssumeRole",
        expected=DENIED,
        statement="The role cannot be assumed from another network",
        group=ELSEWHERE_ASKED,
        evidence=ASKED,
        explained_by=("config.role.trust",),
        excess=Finding(
            "The role can be assumed from another network than the contract's.",
            "Run provision again, which puts the condition back, and look whether the proxy comes from an address of "
            "bucket_access_source_ips.",
        ),
        shows="With `bucket_access_source_ips`: through `bucket_access_outside_proxy` the user is refused the role.",
    ),
    _on_objects(
        "network.{permission}",
        "role from another network",
        group=ELSEWHERE_ASKED,
        explained_by=_ON_THE_ROLE,
        excess=Finding(
            "A session of the role may {action} from another network than the contract's.",
            "Run provision again, which puts the condition back, and look whether the proxy comes from an address of "
            "bucket_access_source_ips, or through an endpoint of bucket_access_vpc_endpoints.",
        ),
        shows="With `bucket_access_source_ips` or `bucket_access_vpc_endpoints`: what works for a session from here is "
        "refused to the same session through `bucket_access_outside_proxy`.",
        edge=Edge("The role from another network", "another network"),
    ),
)


def _by_the_key(check: str, action: str, **row: Any) -> Row:
    """What the role does in a bucket, seen to be encrypted by the contract's key."""
    usual: dict[str, Any] = {
        "expected": ALLOWED,
        "group": THE_KEY,
        "evidence": ASKED,
        "explained_by": _ON_THE_ROLE,
    }
    return Row(id=check, principal="role", action=action, **{**usual, **row})


def _directly(check: str, principal: str, action: str, **row: Any) -> Row:
    """A use of the key that is not S3's."""
    explained_by = ("config.key.policy", "config.key.grants")
    usual: dict[str, Any] = {
        "expected": DENIED,
        "group": THE_KEY,
        "evidence": ASKED,
        "explained_by": explained_by,
    }
    return Row(id=check, principal=principal, action=action, **usual, **row)


_PAST_S3 = Finding(
    "The {principal} may {action} by the key outside of S3.",
    "Run provision again; then look at the key's policy and its grants, and limit them to S3 by kms:ViaService.",
)

_OF_THE_KEY = (
    _by_the_key(
        "role.key.write",
        ENCRYPT,
        statement="What the role writes is encrypted by the contract's key",
        shows="With a key, where the contract gives write: the answer to a write that was done names the key.",
        edge=Edge("The role encrypts by the key", "encrypt"),
    ),
    _by_the_key(
        "role.key.upload",
        DECRYPT,
        statement="The role can upload in parts, and they are encrypted by the contract's key",
        shows="The same of an upload in parts that was completed, which takes `kms:Decrypt`, too.",
        edge=Edge("The role encrypts by the key", "encrypt"),
    ),
    _by_the_key(
        "role.key.read",
        DECRYPT,
        statement="What the role reads is encrypted by the contract's key",
        shows="With a key, where the contract gives read: the answer to a read names the key.",
        edge=Edge("The role decrypts by the key", "decrypt"),
    ),
    _by_the_key(
        "role.other_key@{bucket}",
        ENCRYPT,
        expected=DENIED,
        statement="The role cannot encrypt by another key",
        explained_by=(),
        excess=Finding(
            "The role may write what another key encrypts.",
            "Run provision again; then look at that key's policy, which may let in everybody whom S3 lets in.",
        ),
        shows="A write that names one of `bucket_access_forbidden_kms_keys` is refused. Without one it is not asked: "
        "that the role's policies name no other key is read in `config.role.permissions`.",
    ),
    _directly(
        "role.key.encrypt_directly",
        "role",
        ENCRYPT,
        statement="The role cannot use the key outside of S3 to encrypt",
        excess=_PAST_S3,
        shows="Outside of S3 the role is refused the key; KMS is asked with `DryRun`, so nothing is made.",
    ),
    _directly(
        "role.key.decrypt_directly",
        "role",
        DECRYPT,
        statement="The role cannot use the key outside of S3 to decrypt",
        excess=_PAST_S3,
        shows="The same for decrypting.",
    ),
    _directly(
        "user.key.encrypt_directly",
        "user",
        ENCRYPT,
        statement="The user alone cannot use the key to encrypt",
        excess=_PAST_S3,
        shows="The user is refused the key, too.",
    ),
    _directly(
        "user.key.decrypt_directly",
        "user",
        DECRYPT,
        statement="The user alone cannot use the key to decrypt",
        excess=_PAST_S3,
        shows="The same for decrypting.",
    ),
)


def _surveyed(check: str, action: str, **row: Any) -> Row:
    """A check of the survey of the account: that nobody is found of whom the contract's owners do not know."""
    usual: dict[str, Any] = {"expected": DENIED, "group": WHO_ELSE, "evidence": READ, "explained_by": ()}
    return Row(id=check, principal="others", action=action, **usual, **row)


_DETAILS = "iam:GetAccountAuthorizationDetails"
_WITH_A_LIST = "With `bucket_access_account_survey` and `bucket_access_expected_principals`: "

SURVEYED = (
    _surveyed(
        "survey.reaches",
        _DETAILS,
        statement="Nobody but who is expected reaches the contract's places",
        shows=f"{_WITH_A_LIST}nobody else of the account, and nobody whom a policy of the bucket or of an access point "
        "names, reaches the contract's places.",
    ),
    _surveyed(
        "survey.enters",
        _DETAILS,
        statement="Nobody but who is expected gets into the role",
        shows=f"{_WITH_A_LIST}nobody else gets into the role.",
    ),
    _surveyed(
        "survey.becomes",
        _DETAILS,
        statement="Nobody but who is expected can become the user or hold its key",
        shows=f"{_WITH_A_LIST}nobody else can make a key or a password for the user, or read where its key is kept.",
    ),
    _surveyed(
        "survey.beyond",
        _DETAILS,
        statement="The user and the role get into nothing beyond the contract",
        shows=f"{_WITH_A_LIST}neither the user nor the role gets into anything else of the account.",
    ),
)

_SAME = "The same in each other bucket of the contract."

_ELSEWHERE_BY_THE_KEY = tuple(
    replace(row, id=f"{row.id}@{{bucket}}", statement=f"{row.statement} {{where}}", place=ELSEWHERE, shows=_SAME)
    for row in _OF_THE_KEY
    if row.expected == ALLOWED
)

ROWS = (*_PROBED, *_OF_THE_KEY, *_ELSEWHERE_BY_THE_KEY, *AUDITED, *SURVEYED)

#: Stands for the row of a check that only another version knows.
UNKNOWN = Row(
    id="",
    principal="",
    action="",
    expected=ALLOWED,
    statement="{who} {can} do {action} on {resource}",
    group=OTHERS,
    evidence=ASKED,
    explained_by=(),
)


def _catalogue() -> dict[str, Row]:
    """The rows by the ids of their checks; a bucket's name and a principal's are left open."""
    found = {row.id: row for form in ROWS for row in _expanded(form)}
    asked = {f"{name} of {row.id}" for row in ROWS for name in row.explained_by if found[name].evidence != READ}
    if asked:
        raise ValueError(f"only what was read can explain: {', '.join(sorted(asked))}")
    return found


def _expanded(form: Row) -> Iterator[Row]:
    if form.permissions:
        rows = [PERMISSIONS[name] for name in form.permissions]
        yield from (form.about(row.name, row.action, row.words) for row in rows)
    else:
        yield form


CATALOGUE = _catalogue()
_FORMS = {row.id: row for row in ROWS}


def each(form: str) -> tuple[Row, ...]:
    """The rows that a form of an id stands for, in the order of its permissions."""
    return tuple(_expanded(_FORMS[form]))


def row_of(check: str) -> Row:
    """The row of a check's id; raises :class:`KeyError` for one that there is not."""
    return CATALOGUE[_form(check)]


def known(check: str) -> Row:
    """The row of an id in a report, which another version may have written."""
    return CATALOGUE.get(_form(check), UNKNOWN)


def way_in_of(check: str) -> str:
    """The check that sees somebody get in, of the one that reads that they may; nothing for any other."""
    name, _at, label = check.partition("@")
    kind = next((kind for kind in TRUSTED.values() if kind.reading == name), None)
    return f"{kind.way_in}@{label}" if kind else ""


def at_place(check: str, place: str) -> str:
    """The id of a check of one place of several; ``place`` is a bucket and a prefix, with a slash between."""
    return f"{check}@{place}"


def place_of(check: str) -> tuple[str, str] | None:
    """The bucket and the prefix of the place that an id ends in, if it does."""
    name, _at, where = check.partition("@")
    bucket, slash, prefix = where.partition("/")
    return (bucket, prefix) if slash and f"{name}@{{principal}}" not in CATALOGUE else None


def _form(check: str) -> str:
    """What of an id is in the catalogue: neither whom it is about, nor a bucket of others, nor a place of several."""
    name, at, _whose = check.partition("@")
    if not at or place_of(check) is not None:
        return name
    return f"{name}@{{principal}}" if f"{name}@{{principal}}" in CATALOGUE else f"{name}@{{bucket}}"
