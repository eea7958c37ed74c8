# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a survey is about, read with the operator's credentials: the account, the buckets and the key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws import account_details
from ansible_collections.assumerole.s3.plugins.module_utils._aws.account_details import Unread
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities
from ansible_collections.assumerole.s3.plugins.module_utils._aws.probes import identity
from ansible_collections.assumerole.s3.plugins.module_utils._checks.survey import survey_checks, to_try, with_expected
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import partition, region
from ansible_collections.assumerole.s3.plugins.module_utils._contract.callers import WrongCaller
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._survey.account import Account, Policy, described
from ansible_collections.assumerole.s3.plugins.module_utils._survey.scene import AccessPoint, Bucket, Scene
from ansible_collections.assumerole.s3.plugins.module_utils._survey.whole import survey
from ansible_collections.assumerole.s3.plugins.module_utils._verification.canary import reached

NO_DETAILS = "The account's users and roles were not read"


#: The ARN of what a store keeps, by the store; Secrets Manager adds six characters to a name.
#: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html#iam-resources
SECRETS = {
    "ssm": "arn:{partition}:ssm:{region}:{account}:parameter/{path}",
    "secretsmanager": "arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-??????",
}


def surveyed(operator: Identities, contract: Contract, options: Mapping[str, Any]) -> dict[str, Any]:
    """The survey, its checks where it is known whom to expect, and the roles for the user to try.

    Raises :class:`WrongCaller` where the operator works in another account than the contract's.
    """
    scene, unread = scene_of(operator, contract, options["key_store"], options["key_store_path"] or "")
    found = with_expected(survey(scene, unread), options["expected_principals"])
    checks = survey_checks(found, contract) if options["expected_principals"] else []
    return {"survey": found, "checks": checks, "roles_to_try": to_try(found, scene.user.arn) if scene.user else []}


def scene_of(operator: Identities, contract: Contract, store: str, path: str) -> tuple[Scene, list[str]]:
    """All that was read, and a sentence for each part that was not.

    Raises :class:`WrongCaller` where the operator works in another account than the contract's.
    """
    who = identity(operator.user("sts"))
    reached(who)
    arn = who.value.get("arn", "")
    account_id = who.value.get("account", "")
    if not who.succeeded:
        raise WrongCaller(f"AWS refuses the operator's credentials: {who.code}. Log in again, and survey again.")
    if contract.account_id and account_id != contract.account_id:
        raise WrongCaller(
            f"The operator works in the account {account_id}, and the contract's is {contract.account_id}: use an "
            "operator of that account."
        )
    unread = Unread()
    account = _account(operator, unread)
    buckets = {name: _bucket(operator, account_id, name, unread) for name in contract.buckets}
    where = {"partition": partition(arn), "region": operator.region, "account": account_id}
    form = SECRETS.get(store) if path else None
    secrets = (form.format(**where, path=path.lstrip("/"), name=path),) if form else ()
    scene = Scene(contract, account_id, partition(arn), account, buckets, secrets, _key(operator, contract, unread))
    return scene, unread.sentences


def _account(operator: Identities, unread: Unread) -> Account:
    reading = account_details.details(operator.user("iam"), described)
    return unread.of(NO_DETAILS, reading, "iam:GetAccountAuthorizationDetails") or Account()


def _bucket(operator: Identities, account_id: str, name: str, unread: Unread) -> Bucket:
    s3 = operator.user("s3")
    reading = account_details.bucket_policy(s3, name)
    policy = unread.of(f"The policy of {name} was not read", reading, "s3:GetBucketPolicy")
    reading = account_details.restricted(s3, name)
    unread.of(f"The block of public access of {name} was not read", reading, "s3:GetBucketPublicAccessBlock")
    if account_details.has_lists(s3, name).data is not False:
        unread.sentences.append(f"Access control lists count in {name}, and nobody has read them.")
    return Bucket(
        policy=Policy.of(f"the policy of {name}", policy) if policy else None,
        closed=bool(reading.data) or reading.unreadable,
        access_points=tuple(_access_points(operator, account_id, name, unread)),
    )


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


def _key(operator: Identities, contract: Contract, unread: Unread) -> Policy | None:
    """The key's policy and its grants as one; one that was not read lets nobody in for certain, and is told."""
    if not contract.kms_key:
        return None
    kms = operator.user("kms", region(contract.kms_key))
    found = account_details.key_documents(kms, contract.kms_key, unread)
    named = [Policy.of(name, document) for name, document in found]
    return Policy("the policy of the key", tuple(atom for policy in named for atom in policy.atoms))
