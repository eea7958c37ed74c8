# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be so of the key that encrypts a contract's places: one rule a check, none where there is no key. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
import json
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._checks.catalogue import row_of
from ansible_collections.assumerole.s3.plugins.module_utils._checks.check import (
    EXCESS_ACCESS,
    INCONCLUSIVE,
    MISSING_ACCESS,
    Judgement,
)
from ansible_collections.assumerole.s3.plugins.module_utils._checks.rules import (
    GUARD_RAIL,
    PROVISION_OR_YOU,
    Judge,
    Rule,
    Subject,
    judgement_of,
    listed,
)
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import account, is_session_of, region
from ansible_collections.assumerole.s3.plugins.module_utils._policies.atoms import ALLOW, Atom, atoms
from ansible_collections.assumerole.s3.plugins.module_utils._policies.comparison import Requests
from ansible_collections.assumerole.s3.plugins.module_utils._policies.conditions import conditions_of
from ansible_collections.assumerole.s3.plugins.module_utils._policies.facts import Fact
from ansible_collections.assumerole.s3.plugins.module_utils._policies.key_policy import excluding, gives, lets_in
from ansible_collections.assumerole.s3.plugins.module_utils._policies.key_use import (
    DECRYPT,
    ENCRYPT,
    VIA,
    actions,
    for_the_owner,
    statements,
    via_s3,
)

#: The one kind of key that S3 encrypts by.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
USABLE = {
    "KeySpec": "SYMMETRIC_DEFAULT",
    "KeyUsage": "ENCRYPT_DECRYPT",
    "KeyState": "Enabled",
    "KeyManager": "CUSTOMER",
}

ITS_OWNER = "It is somebody else's key, which nothing here changes: ask its owner to {}."


def amiss(key: Mapping[str, Any]) -> str:
    """Why S3 cannot encrypt by a key for others than AWS, in words that follow its name; empty if it can.

    https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html
    """
    state = str(key.get("KeyState"))
    if state == "PendingDeletion":
        return f"is to be deleted on {str(key.get('DeletionDate'))[:10]}: have that cancelled and the key enabled"
    if state != USABLE["KeyState"]:
        return f"is not enabled ({state}): have it enabled"
    kind = (str(key.get("KeySpec") or key.get("CustomerMasterKeySpec")), str(key.get("KeyUsage")))
    if kind != (USABLE["KeySpec"], USABLE["KeyUsage"]):
        return f"is a key of another kind ({', '.join(kind)}): S3 takes a symmetric one to encrypt and decrypt"
    if key.get("KeyManager", "CUSTOMER") != USABLE["KeyManager"]:
        return "is AWS's own, which lets in everybody whom S3 does: name a customer's key"
    return ""


def state(subject: Subject) -> Judgement:
    """The key is there, and S3 can encrypt by it where the bucket is."""
    arn, key = subject.contract.kms_key, subject.found["key"].data
    if key is None:
        return Judgement(MISSING_ACCESS, f"There is no key {arn}.", "Correct kms_key, and run provision.")
    wrong = amiss(key)
    if wrong:
        what, _colon, then = wrong.partition(": ")
        return Judgement(MISSING_ACCESS, f"The key {arn} {what}.", f"{then[0].upper()}{then[1:]}.")
    place = subject.found["bucket.region"].data
    if place and place != region(arn):
        cause = f"The key {arn} is of {region(arn)}, and the bucket is in {place}."
        return Judgement(MISSING_ACCESS, cause, f"Name a key of {place}, and run provision.")
    return Judgement()


def default_key(subject: Subject) -> Judgement:
    """The bucket encrypts by the key unless it is told otherwise, and asks KMS once for many objects.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
    """
    rule, wished = subject.found["bucket.encryption_rule"].data or {}, subject.contract.kms_key
    algorithm, key = rule.get("SSEAlgorithm"), rule.get("KMSMasterKeyID")
    mended = subject.mended("bucket", PROVISION_OR_YOU)
    if (algorithm, key) != ("aws:kms", wished):
        there = " ".join(filter(None, (algorithm, key))) or "not set"
        cause = f"The bucket's default encryption is {there}, and the contract says aws:kms {wished}."
        return Judgement(EXCESS_ACCESS, cause, mended)
    if rule.get("BucketKeyEnabled") is not True:
        return Judgement(MISSING_ACCESS, "The bucket has no S3 Bucket Key, so S3 asks KMS for each object.", mended)
    return Judgement()


def key_policy(subject: Subject) -> Judgement:
    """The key's policy lets the role in, or leaves that to its account; it gives more neither to it nor to the user."""
    if subject.found["role"].data is None or subject.found["key.policy"].data is None:
        return Judgement(MISSING_ACCESS, "There is no role or no key, so nobody is let in.", "Run provision.")
    policy = subject.found["key.policy"].data
    requests = _requests(subject)
    difference = lets_in(policy, _wishes(subject), subject.role_arn, requests)
    left_out = [str(atom) for atom in excluding(policy)]
    if left_out:
        doubt = f"The key's policy lets in all but some: {'; '.join(left_out)}; what that means was not judged."
        return Judgement(INCONCLUSIVE, doubt, GUARD_RAIL)
    too_much = _too_much(subject)
    if too_much:
        return too_much
    if difference.lacking:
        cause = f"The key's policy does not let the role in: {needed(difference.lacking)}."
        return Judgement(MISSING_ACCESS, cause, ask(subject))
    advice = ITS_OWNER.format("let the role's requests through S3 pass")
    return judgement_of(difference, "key's policy", advice)


def key_grants(subject: Subject) -> Judgement:
    """No grant of the key is for the role, its sessions or the user: such a one is no part of any policy.

    https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
    """
    ours = {*subject.ids, *subject.ids.values()}
    found = [grant for grant in subject.found["key.grants"].data or [] if _is_for(grant, ours, subject)]
    if not found:
        return Judgement()
    told = "; ".join(f"{', '.join(grant['Operations'])} to {grant['GranteePrincipal']}" for grant in found[:3])
    more = f"; and {len(found) - 3} more" if len(found) > 3 else ""
    return Judgement(EXCESS_ACCESS, f"Grants of the key: {told}{more}.", ITS_OWNER.format("revoke them"))


def ask(subject: Subject) -> str:
    """Whom to ask for which statements, whole."""
    wanted = [json.dumps(statement) for statement in for_the_owner(subject.contract, subject.role_arn)]
    what = "this statement" if len(wanted) == 1 else "these statements"
    return f"{ITS_OWNER.format(f'add {what} to its policy')[:-1]}: {', '.join(wanted)}"


def needed(lacking: tuple[Atom, ...]) -> str:
    """The actions, as AWS spells them."""
    spelt = {action.lower(): action for action in (ENCRYPT, DECRYPT)}
    return f"it lacks {' and '.join(dict.fromkeys(spelt[str(atom.action)] for atom in lacking))}"


def rules_of_the_key(subject: Subject) -> tuple[Rule, ...]:
    """Those that the contract's key is judged by; none where it names none.

    AWS gives the policy of another account's key to nobody else. That it lets the role in, the role's own writes and
    reads show then; and it gives no more than the policies of the role and the user do, which are judged.
    https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html (cross-account use: no)
    """
    if not subject.contract.kms_key:
        return ()
    of_another = subject.found["role"].data is not None and not _is_of_this_account(subject)
    unread = of_another and subject.found["key.policy"].unreadable
    return tuple(rule for rule in KEY_RULES if not (unread and rule.id == "config.key.policy"))


def _is_of_this_account(subject: Subject) -> bool:
    return account(subject.contract.kms_key) == account(subject.role_arn)


def _is_for(grant: Mapping[str, Any], ours: set[str], subject: Subject) -> bool:
    grantee = str(grant.get("GranteePrincipal", ""))
    return grantee in ours or (grantee.count(":") == 5 and is_session_of(grantee, subject.role_arn))


def _wishes(subject: Subject) -> list[Atom]:
    """What the role asks KMS for, as the key's policy sees it."""
    return [atom for statement in statements(subject.contract) for atom in atoms({"Statement": [statement]})]


def _requests(subject: Subject) -> Requests:
    """https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-caller-account"""
    of_role = subject.as_role
    caller = Fact((account(subject.role_arn),))
    return replace(of_role, known={**of_role.known, "kms:calleraccount": caller})


def _too_much(subject: Subject) -> Judgement | None:
    """What the policy gives to the role or the user itself. Through S3 it is worth what S3 lets them do.

    In another account's key the policies of this account limit what its policy gives.
    """
    if not _is_of_this_account(subject):
        return None
    policy, ids = subject.found["key.policy"].data, subject.ids
    through_s3 = conditions_of({"StringEquals": {VIA: via_s3(subject.contract)}})
    tolerated = [Atom(ALLOW, "", action.lower(), "*", through_s3) for action in actions(subject.contract.grants)]
    callers = [("role", subject.role_arn, subject.as_role)]
    if subject.found["user"].data:
        callers.append(("user", subject.user_arn, subject.as_user))
    for who, arn, requests in callers:
        known = {**requests.of_caller, "kms:calleraccount": Fact((account(arn),))}
        given = gives(policy, arn, tolerated, known, ids)
        if given.extra or given.unproven:
            certain = bool(given.extra)
            cause = f"The key's policy gives the {who} more than the contract: {listed(given.extra or given.unproven)}."
            advice = ITS_OWNER.format(f"limit what it gives the {who} to S3, by kms:ViaService")
            return Judgement(EXCESS_ACCESS if certain else INCONCLUSIVE, cause, advice)
    return None


def _rule(check: str, judge: Judge, *needs: str) -> Rule:
    return Rule(row_of(check), needs, judge)


KEY_RULES = (
    _rule("config.bucket.key", default_key, "bucket.encryption_rule"),
    _rule("config.key.state", state, "bucket.region", "key"),
    _rule("config.key.policy", key_policy, "key", "role", "key.policy"),
    _rule("config.key.grants", key_grants, "role", "key.grants"),
)
