# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The key of KMS that is to encrypt the bucket: why it cannot, and what it lacks. Nothing changes the key. Pure.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Configuration, Reading
from ansible_collections.assumerole.s3.plugins.module_utils._checks import kms
from ansible_collections.assumerole.s3.plugins.module_utils._checks.check import PASS
from ansible_collections.assumerole.s3.plugins.module_utils._checks.rules import Subject
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import account, partition, region
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._policies.key_use import actions
from ansible_collections.assumerole.s3.plugins.module_utils._provision.there import There

NAME = "bucket_access_kms_key"

#: Of the parts of a key that are read, what each takes.
ACTIONS = {"key": "kms:DescribeKey", "key.policy": "kms:GetKeyPolicy"}


def refusals(contract: Contract, there: There, bucket_region: str) -> Iterator[str]:
    """Why the bucket cannot encrypt by the key: of another region or partition, not there, not usable, not readable."""
    arn = contract.kms_key
    if not arn:
        return
    if (partition(arn), region(arn)) != (partition(there.operator), bucket_region):
        yield (
            f"{NAME} is a key of {region(arn)} in the partition {partition(arn)}, and the bucket {contract.bucket} is "
            f"of {bucket_region} in {partition(there.operator)}: a bucket takes a key of its own region, so name one"
        )
        return
    found = there.key.get("key")
    if found is None:
        return
    if found.absent:
        yield f"{NAME}: there is no key {arn}. Have it made first, or correct it"
    elif found.data is not None:
        wrong = kms.amiss(found.data)
        if wrong:
            yield f"{NAME}: {arn} {wrong}"
    yield from _unreadable(contract, there)


def _unreadable(contract: Contract, there: There) -> Iterator[str]:
    """A key of the operator's own account must be readable; of another one's its policy never is."""
    if _is_foreign(contract, there):
        return
    for name, action in ACTIONS.items():
        reading = there.key.get(name)
        if reading and reading.unreadable:
            yield (
                f"{NAME}: {contract.kms_key} could not be read ({action}: {reading.answer.code}). Allow the operator "
                f"{action} in its policies and in the key's, or use other credentials"
            )


def notes(contract: Contract, there: There, user_arn: str, role_arn: str) -> Iterator[str]:
    """What the key's owner has to do, with the statement that is lacking; and what cannot be told yet."""
    if not contract.kms_key or not there.key or not actions(contract.grants):
        return
    subject = _subject(contract, there, user_arn, role_arn)
    if _is_foreign(contract, there) and there.key["key.policy"].unreadable:
        unread = [action for name, action in ACTIONS.items() if there.key[name].unreadable]
        yield (
            f"{NAME}: the key belongs to account {account(contract.kms_key)}, so that it can be used is for verify to "
            f"show ({' and '.join(unread)} gave nothing). {kms.ask(subject)}"
        )
        return
    judgement = kms.key_policy(subject)
    if judgement.outcome != PASS:
        yield f"{NAME}: {judgement.cause} {judgement.advice}"


def _is_foreign(contract: Contract, there: There) -> bool:
    return account(contract.kms_key) != account(there.operator)


def _subject(contract: Contract, there: There, user_arn: str, role_arn: str) -> Subject:
    """As the audit judges it, of a user and a role as they will be."""
    found = {"user": {"Arn": user_arn}, "role": {"Arn": role_arn}}
    readings = {name: Reading(Answer(), data) for name, data in found.items()}
    return Subject(contract, Configuration({**readings, **there.key}))
