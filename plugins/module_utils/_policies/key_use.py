# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a role needs of the key that encrypts its places: its use through S3 of that region, for those places. Pure.

To write takes ``kms:GenerateDataKey``; to read, a version too, and to write in parts, ``kms:Decrypt``:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html and
https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import partition, region
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant, bucket_arn, object_arn

Statement = dict[str, Any]

ENCRYPT, DECRYPT = "kms:GenerateDataKey", "kms:Decrypt"

#: Who asks KMS: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
VIA = "kms:ViaService"

#: What S3 says to KMS of what it encrypts: the bucket's ARN with bucket keys, and the object's without.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
#: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-encryption-context
OF_WHAT = "kms:EncryptionContext:aws:s3:arn"

#: The actions by what a grant must have for them, with the Sids of their statements.
_USES = ((ENCRYPT, "EncryptByTheKey", ("write",)), (DECRYPT, "DecryptByTheKey", ("read", "write", "versions")))


class NotLocated(ValueError):
    """Nobody has told the contract how the names of AWS's services end in the key's partition."""


def statements(contract: Contract) -> Iterator[Statement]:
    """Those of the role's permissions policy that are about the key; none without a key."""
    if not contract.kms_key:
        return
    for action, sid, permissions in _USES:
        places = [grant for grant in contract.grants if any(map(grant.allows, permissions))]
        if places:
            yield _statement(contract, sid, action, places)


def actions(grants: Iterable[Grant]) -> list[str]:
    """What these grants need of a key."""
    held = {name for grant in grants for name in grant.permissions}
    return [action for action, _sid, permissions in _USES if held.intersection(permissions)]


def via_s3(contract: Contract) -> str:
    """How KMS calls S3 of the key's region."""
    if not contract.dns_suffix:
        raise NotLocated(f"nobody has told how S3 is called in the partition of {contract.kms_key}")
    return f"s3.{region(contract.kms_key)}.{contract.dns_suffix}"


def for_the_owner(contract: Contract, role_arn: str) -> list[Statement]:
    """What a key's policy needs if it does not leave the key to its account's policies: a statement, as a rule.

    It names the role, so it gives what it says by itself: another one where the role reads elsewhere than it writes.
    """
    by_places: dict[str, Statement] = {}
    for number, statement in enumerate(statements(contract), 1):
        condition = statement["Condition"]
        sid = f"S3For{''.join(filter(str.isalnum, contract.role))}{number if by_places else ''}"
        own = {"Sid": sid, "Effect": "Allow", "Principal": {"AWS": role_arn}, "Action": [], "Resource": "*"}
        same = by_places.setdefault(repr(condition), {**own, "Condition": condition})
        same["Action"].append(statement["Action"])
    return list(by_places.values())


def _statement(contract: Contract, sid: str, action: str, places: list[Grant]) -> Statement:
    condition = _condition(contract, places)
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": contract.kms_key, "Condition": condition}


def _condition(contract: Contract, places: list[Grant]) -> Statement:
    of = partition(contract.kms_key)
    buckets = [bucket_arn(bucket, of) for bucket in dict.fromkeys(grant.bucket for grant in places)]
    objects = dict.fromkeys(object_arn(grant.bucket, grant.key("*"), of) for grant in places)
    return {"StringEquals": {VIA: via_s3(contract)}, "StringLike": {OF_WHAT: [*buckets, *objects]}}
