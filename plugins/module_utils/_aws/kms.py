# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of KMS about one key: how it is, whom it lets in, and whether it would let the caller use it now.

One call to AWS, one function. Nothing is ever encrypted or decrypted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer, not_tried
from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Reading, policy_in
from ansible_collections.assumerole.s3.plugins.module_utils._aws.probes import ask
from ansible_collections.assumerole.s3.plugins.module_utils._aws.readings import read

Client = Any
Params = dict[str, Any]

#: With it KMS judges Decrypt by who asks, and not by a ciphertext, which nobody has.
IGNORE_CIPHERTEXT = "IGNORE_CIPHERTEXT"

NEWER_SDK = "Install a newer boto3, or read in config.role.permissions and config.key.policy what they allow."


def read_key(kms: Client, arn: str) -> Iterator[tuple[str, Reading]]:
    """The key, its policy and its grants."""
    yield "key", describe(kms, arn)
    yield "key.policy", policy(kms, arn)
    yield "key.grants", grants(kms, arn)


def describe(kms: Client, arn: str) -> Reading:
    """https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html"""
    return read(lambda: kms.describe_key(KeyId=arn), lambda page: page["KeyMetadata"])


def policy(kms: Client, arn: str) -> Reading:
    """A key has one policy; of another account's key AWS gives it to nobody.

    https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
    """
    return read(lambda: kms.get_key_policy(KeyId=arn, PolicyName="default"), lambda page: policy_in(page["Policy"]))


def grants(kms: Client, arn: str) -> Reading:
    """All pages: https://docs.aws.amazon.com/kms/latest/APIReference/API_ListGrants.html"""
    pages: list[Params] = []

    def call() -> Params:
        pages.extend(kms.get_paginator("list_grants").paginate(KeyId=arn))
        return pages[-1]

    return read(call, lambda _last: [grant for page in pages for grant in page["Grants"]])


def encrypt_directly(kms: Client, arn: str, context: str) -> Answer:
    """Whether KMS would make a data key for the caller itself: what S3 says is said by the caller.

    https://docs.aws.amazon.com/kms/latest/developerguide/testing-permissions.html (DryRun)
    """
    params = {"KeyId": arn, "KeySpec": "AES_256", "EncryptionContext": {"aws:s3:arn": context}, "DryRun": True}
    return ask(lambda: kms.generate_data_key(**params), _done_by)


def decrypt_directly(kms: Client, arn: str, context: str) -> Answer:
    """Whether KMS would decrypt for the caller itself. A made-up ciphertext will not do: KMS refuses that, too.

    https://docs.aws.amazon.com/kms/latest/developerguide/testing-permissions.html (DryRun, DryRunModifiers)
    """
    if "DryRunModifiers" not in kms.meta.service_model.operation_model("Decrypt").input_shape.members:
        return not_tried("this botocore cannot ask KMS whether it would decrypt", NEWER_SDK)
    params = {"KeyId": arn, "EncryptionContext": {"aws:s3:arn": context}}
    return ask(lambda: kms.decrypt(**params, DryRun=True, DryRunModifiers=[IGNORE_CIPHERTEXT]), _done_by)


def _done_by(response: Params) -> dict[str, str]:
    """An endpoint that looks at no DryRun names the key that it has used; what comes with it is dropped."""
    return {"key": str(response["KeyId"])}
