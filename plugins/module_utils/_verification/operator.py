# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the operator look at the role that is asked? Another account may have one of the same name."""

from __future__ import annotations

from ansible_collections.assumerole.s3.plugins.module_utils._aws import probes
from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import AUTHENTICATION_CODES, names_the_clock
from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Configuration
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities
from ansible_collections.assumerole.s3.plugins.module_utils._aws.kms import read_key
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import region
from ansible_collections.assumerole.s3.plugins.module_utils._contract.callers import (
    WrongCaller,
    refuse_operators_account,
    refuse_other_operator,
    refuse_other_role,
    refuse_other_than_read,
)
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._verification.canary import reached

#: How IAM, STS and S3 turn away credentials that are over, revoked, wrong or cut short, whatever they may do.
REFUSED = AUTHENTICATION_CODES | {
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidToken",
    "MalformedSecurityToken",
    "MissingAuthenticationToken",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}


def refuse_refused(found: Configuration) -> None:
    """Raise :class:`WrongCaller` when AWS does not let the operator in: what nobody could read is no finding."""
    refused = next((reading.answer for reading in found.readings.values() if reading.answer.code in REFUSED), None)
    if refused:
        raise WrongCaller(
            f"AWS refuses the operator's credentials ({refused.code}), so nothing could be judged: log in again, or "
            "check AWS_PROFILE and the AWS_* keys; without an operator, set bucket_access_audit to false."
        )


def refuse_others(operator: Identities, found: Configuration, contract: Contract, role_arn: str | None) -> None:
    """Raise :class:`WrongCaller` when the operator reads another role than the one that is asked.

    IAM reads by name in the operator's own account, so the role's own ARN tells that account. Only where there is no
    such role, or it cannot be read, STS is asked who the operator is.
    """
    arn = str((found["role"].data or {}).get("Arn", ""))
    if role_arn:
        refuse_other_role(role_arn, contract.role, contract.account_id)
        if arn:
            refuse_other_than_read(arn, role_arn)
        else:
            refuse_other_operator(who_asks(operator), role_arn)
    elif contract.account_id:
        refuse_operators_account(arn or who_asks(operator), contract.account_id)


def with_key(found: Configuration, operator: Identities, key: str) -> Configuration:
    """What was read and, where the contract names one, the key that encrypts its buckets."""
    if not key:
        return found
    return Configuration({**found.readings, **dict(read_key(operator.user("kms", region(key)), key))})


def who_asks(operator: Identities) -> str:
    """The operator's ARN; raises :class:`WrongCaller` where AWS does not say it."""
    answer = reached(probes.identity(operator.user("sts")))
    if not answer.succeeded:
        raise WrongCaller(
            f"AWS does not say whose the operator's credentials are ({answer.code}), so nothing was judged: "
            f"{'set the clock of this machine right' if names_the_clock(answer) else 'log in again'}."
        )
    return answer.value["arn"]
