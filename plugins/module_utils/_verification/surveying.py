# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a survey is about, read with the operator's credentials: the account, the buckets and the key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws import account_details
from ansible_collections.assumerole.s3.plugins.module_utils._aws.account_details import Unread
from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Configuration, Reading
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities
from ansible_collections.assumerole.s3.plugins.module_utils._checks.survey import (
    survey_checks,
    to_try,
    with_doors,
    with_expected,
    with_sessions,
)
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import account, partition
from ansible_collections.assumerole.s3.plugins.module_utils._contract.callers import refuse_operators_account
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import (
    ROLE,
    USER,
    Account,
    Policy,
    described,
)
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import AccessPoint, Bucket, Scene
from ansible_collections.assumerole.s3.plugins.module_utils._survey.whole import survey
from ansible_collections.assumerole.s3.plugins.module_utils._verification.operator import who_asks
from ansible_collections.assumerole.s3.plugins.module_utils._verification.other_sessions import sessions

NO_DETAILS = "The account's users and roles were not read"


#: The ARN of what a store keeps, by the store; Secrets Manager adds six characters to a name.
#: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html#iam-resources
SECRETSMANAGER = "secretsmanager"
SECRETS = {
    "ssm": "arn:{partition}:ssm:{region}:{account}:parameter/{path}",
    SECRETSMANAGER: "arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-??????",
}


def surveyed(
    operator: Identities, contract: Contract, found: Configuration, options: Mapping[str, Any]
) -> dict[str, Any]:
    """The survey, its checks where it is known whom to expect, and the roles for the user to try.

    ``found`` is what was read of the buckets and the key. Raises :class:`WrongCaller` where the operator works in
    another account than the contract's.
    """
    arn, unread = who_asks(operator), Unread()
    if contract.account_id:
        refuse_operators_account(arn, contract.account_id)
    scene = _scene(operator, contract, found, arn, unread)
    scene = replace(scene, secrets=_secrets(scene, operator, options, unread))
    result = with_expected(survey(scene, unread.sentences), options["expected_principals"])
    if options.get("survey_sessions"):
        seen = sessions(operator, scene, arn, result["findings"])
        result = with_sessions(result, seen.shown, seen.as_dict())
    checks = survey_checks(result, contract) if options["expected_principals"] else []
    user = scene.user.arn if scene.user else ""
    return {"survey": with_doors(result, user), "checks": checks, "roles_to_try": to_try(result, user)}


def _scene(operator: Identities, contract: Contract, found: Configuration, arn: str, unread: Unread) -> Scene:
    """All that was read."""
    return Scene(
        contract,
        account(arn),
        partition(arn),
        _account(operator, contract, unread),
        {name: _bucket(operator, account(arn), name, found.at(name), unread) for name in contract.buckets},
        key=_key(contract, found, unread),
        restricted=_is_restricted(operator, account(arn), unread),
    )


def _secrets(
    scene: Scene, operator: Identities, options: Mapping[str, Any], unread: Unread
) -> dict[str, Policy | None]:
    """Where the user's key is kept, if that is a store of AWS, and its policy. That of a parameter is not read."""
    store, path = options["key_store"], options["key_store_path"] or ""
    form = SECRETS.get(store)
    if not form or not path:
        return {}
    where = {"partition": scene.partition, "region": operator.region, "account": scene.account_id}
    arn, document = form.format(**where, path=path.lstrip("/"), name=path), None
    if store == SECRETSMANAGER:
        reading = account_details.secret(operator.user(store), path)
        what = f"The policy of the secret {path} was not read"
        arn, document = unread.of(what, reading, "secretsmanager:GetResourcePolicy") or (arn, None)
    return {arn: Policy.of("the policy of the secret", document) if document else None}


def _account(operator: Identities, contract: Contract, unread: Unread) -> Account:
    """The account's details; those that lack the contract's own user or role, as new ones may, are not the whole."""
    reading = account_details.details(operator.user("iam"), described)
    found: Account | None = unread.of(NO_DETAILS, reading, "iam:GetAccountAuthorizationDetails")
    if found is None:
        return Account()
    for kind, name in ((USER, contract.user), (ROLE, contract.role)):
        if name and found.named(kind, name) is None:
            unread.sentences.append(
                f"The {kind} {name} was not in the account's details, so who gets into it, and it itself, is not known."
            )
    return found


def _bucket(operator: Identities, account_id: str, name: str, found: Configuration, unread: Unread) -> Bucket:
    policy = unread.of(f"The policy of {name} was not read", found["bucket.policy"], "s3:GetBucketPolicy")
    block = found["bucket.public_access"]
    unread.of(f"The block of public access of {name} was not read", block, "s3:GetBucketPublicAccessBlock")
    lists_count = found["bucket.ownership"].data != "BucketOwnerEnforced"
    if lists_count:
        unread.sentences.append(f"Access control lists count in {name}, and nobody has read them.")
    return Bucket(
        policy=Policy.of(f"the policy of {name}", policy) if policy else None,
        restricted=None if block.unreadable else _restricts(block),
        access_points=tuple(_access_points(operator, account_id, name, unread)),
        lists_count=lists_count,
    )


def _is_restricted(operator: Identities, account_id: str, unread: Unread) -> bool:
    """Whether the account blocks public access to its buckets. One that was not read is none: it shuts nobody out."""
    block = account_details.public_access_block(operator.user("s3control"), account_id)
    unread.of("The account's block of public access was not read", block, "s3:GetAccountPublicAccessBlock")
    return _restricts(block)


def _restricts(block: Reading) -> bool:
    return bool((block.data or {}).get("RestrictPublicBuckets"))


def _access_points(operator: Identities, account_id: str, bucket: str, unread: Unread) -> list[AccessPoint]:
    control = operator.user("s3control")
    listed = account_details.access_points(control, account_id, bucket)
    names = unread.of(f"The access points of {bucket} were not read", listed, "s3:ListAccessPoints") or {}
    found = []
    for arn, name in names.items():
        reading = account_details.access_point_policy(control, account_id, name)
        document = unread.of(f"The policy of the access point {name} was not read", reading, "s3:GetAccessPointPolicy")
        policy = Policy.of(f"the policy of the access point {name}", document) if document else None
        found.append(AccessPoint(arn, policy))
    return found


def _key(contract: Contract, found: Configuration, unread: Unread) -> Policy | None:
    """The key's policy and its grants as one; one that was not read lets nobody in for certain, and is told."""
    if not contract.kms_key:
        return None
    named = [Policy.of(name, document) for name, document in account_details.key_documents(found, unread)]
    return Policy("the policy of the key", tuple(atom for policy in named for atom in policy.atoms))
