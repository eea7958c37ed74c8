#!/usr/bin/python
# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: access_audit
version_added: 0.1.0
short_description: Compare a user, a role and a bucket with the access contract
description:
  - Reads with an operator's credentials what is attached to the user, the role and the bucket, and compares it with
    what the contract writes. Probes cannot try every action of AWS; this sees grants that nobody thought of trying.
  - Other roles of the account count, too. Each whose trust policy lets the user or the contract's role in is named, for
    which the operator needs C(iam:ListRoles).
  - Policies are compared by what they mean. Order, Sids, one string or a list of one, the case of actions, and grants
    that a wider one contains make no difference.
  - Reads only. What differs is read again for O(wait_timeout) seconds from the last change that is known, and for 10
    seconds when that was long ago and O(changed_at) does not say so, too - AWS also reads what is out of date.
  - Two active keys are no finding while a note on the user says that a run is replacing one by the other.
  - Where O(contract.account_id) or O(role_arn) is given and the operator works in another account, nothing is judged.
options:
  role_arn:
    description:
      - The ARN of the role that is going to be asked, if it is known. When the operator reads another one, or works in
        another account, the module fails and judges nothing.
    type: str
  profile_region:
    description:
      - The region that the role's profile says. A bucket elsewhere is a finding, as who uses the profile asks there.
    type: str
  changed_at:
    description:
      - When something was changed last by somebody who knows (ISO 8601). AWS shows when the user, its keys and the role
        were made, and notes on the user when a key was replaced; a policy or a setting has no date.
    type: str
  account_survey:
    description:
      - Whether to survey the account as well, as M(assumerole.s3.access_survey) does. What it finds counts in no
        verdict here.
    type: bool
    default: false
  fail_on_violation:
    description: Fail when RV(verdict) is V(violated). The result is returned all the same.
    type: bool
    default: true
author:
  - The assumerole.s3 contributors (@assumerole)
extends_documentation_fragment:
  - assumerole.s3.contract
  - assumerole.s3.contract.survey
  - assumerole.s3.conventions
  - assumerole.s3.conventions.aws
  - assumerole.s3.conventions.waiting
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Nothing is attached that the contract does not say
  assumerole.s3.access_audit:
    contract:
      user: partner
      role: partner-exchange
      bucket: example-partner-exchange
"""

RETURN = r"""
verdict:
  description:
    - V(verified) when every check passed, V(violated) when access is missing or in excess, V(inconclusive) otherwise.
  returned: always
  type: str
  sample: verified
checks:
  description:
    - One entry for each part of the configuration, as M(assumerole.s3.access_check) returns them. The ids begin with
      C(config.), C(evidence) is V(read), and C(action) is what the operator needs in order to read it.
  returned: always
  type: list
  elements: dict
summary:
  description: How many checks came out how.
  returned: always
  type: dict
  sample: {pass: 19, missing_access: 0, excess_access: 0, inconclusive: 0}
role_arn:
  description: The role's own ARN, with its path; empty when it could not be read.
  returned: always
  type: str
  sample: arn:aws:iam::123456789012:role/partner-exchange
user_arn:
  description: The user's ARN, without its path when only the role could be read; empty when neither could.
  returned: always
  type: str
  sample: arn:aws:iam::123456789012:user/partner
region:
  description: The bucket's region; empty when it could not be read.
  returned: always
  type: str
  sample: eu-central-1
changed_at:
  description:
    - When something was changed last, as far as AWS, the notes on the user and O(changed_at) say; null where AWS shows
      no date.
  returned: always
  type: str
  sample: "2026-01-01T00:00:00+00:00"
object_lock:
  description:
    - Whether the bucket has Object Lock, under which the objects of M(assumerole.s3.access_check) would stay.
      C(enabled) or C(absent), or C(unreadable) when S3 does not say it to this operator
      (C(s3:GetBucketObjectLockConfiguration)).
  returned: always
  type: str
  sample: absent
object_locks:
  description: The same of each of the contract's buckets, by its name.
  returned: always
  type: dict
  sample: {example-partner-exchange: absent}
surveyed:
  description: What M(assumerole.s3.access_survey) returns - C(survey), C(checks) and C(roles_to_try).
  returned: with O(account_survey)
  type: dict
quarantine:
  description: What AWS says by its policy for a key of the user that has leaked; empty when it says nothing.
  returned: always
  type: str
msg:
  description: The verdict in a sentence.
  returned: always
  type: str
"""

from datetime import datetime, timezone
import os
from typing import Any

from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Configuration
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities, connection
from ansible_collections.assumerole.s3.plugins.module_utils._aws.module import (
    aws_module,
    refuse_problems,
    usable_connection,
)
from ansible_collections.assumerole.s3.plugins.module_utils._aws.partitions import UnknownPartition, located
from ansible_collections.assumerole.s3.plugins.module_utils._aws.readings import lock_state, read_configuration
from ansible_collections.assumerole.s3.plugins.module_utils._aws.told import ends_in_our_words
from ansible_collections.assumerole.s3.plugins.module_utils._checks.audit import audit
from ansible_collections.assumerole.s3.plugins.module_utils._checks.rules import Subject
from ansible_collections.assumerole.s3.plugins.module_utils._checks.sentences import verdict_sentence
from ansible_collections.assumerole.s3.plugins.module_utils._checks.verdict import summary, verdict
from ansible_collections.assumerole.s3.plugins.module_utils._contract.arns import sibling
from ansible_collections.assumerole.s3.plugins.module_utils._contract.callers import WrongCaller
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.fields import argument_spec, contract_option
from ansible_collections.assumerole.s3.plugins.module_utils._provision.there import User
from ansible_collections.assumerole.s3.plugins.module_utils._verification.access import LEAST_PATIENCE, patience
from ansible_collections.assumerole.s3.plugins.module_utils._verification.canary import Unreachable, reached
from ansible_collections.assumerole.s3.plugins.module_utils._verification.changes import (
    KEYS,
    last_change,
    replaced_now,
    with_rotations,
)
from ansible_collections.assumerole.s3.plugins.module_utils._verification.comparing import Compared, compared
from ansible_collections.assumerole.s3.plugins.module_utils._verification.operator import (
    refuse_others,
    refuse_refused,
    with_key,
)

ARGUMENT_SPEC: dict[str, Any] = {
    **contract_option(),
    "role_arn": {"type": "str"},
    "profile_region": {"type": "str"},
    "changed_at": {"type": "str"},
    "fail_on_violation": {"type": "bool", "default": True},
    **argument_spec(
        "wait_timeout", "account_survey", "survey_sessions", "expected_principals", "key_store", "key_store_path"
    ),
    "progress_file": {"type": "path"},
}


@ends_in_our_words
def main() -> None:
    """Check the options, read, compare, and return the verdict also when it is a failure."""
    module = aws_module(ARGUMENT_SPEC, supports_check_mode=True)
    refuse_problems(module, ARGUMENT_SPEC)
    try:
        with usable_connection(module):
            operator = Identities(connection(module.params, os.environ))
            result = run_audit(operator, module.params)
    except (WrongCaller, Unreachable, UnknownPartition) as error:
        module.fail_json(msg=str(error))
    if result["verdict"] == "violated" and module.params["fail_on_violation"]:
        module.fail_json(**result)
    module.exit_json(changed=False, **result)


def run_audit(operator: Identities, options: dict[str, Any]) -> dict[str, Any]:
    """Read the configuration and judge it."""
    contract = located(Contract.of(options["contract"]))
    iam, s3, noted = operator.user("iam"), operator.user("s3"), options.get("changed_at")

    def compare() -> Compared:
        found = with_key(read_configuration(iam, s3, contract), operator, contract.kms_key)
        reached(found["user" if contract.has_user else "role"].answer)
        refuse_refused(found)
        refuse_others(operator, found, contract, options["role_arn"])
        now = datetime.now(timezone.utc)
        passing = frozenset({KEYS} if replaced_now(found, now) else ())
        subject = Subject(contract, found, profile_region=options["profile_region"] or "")
        return Compared(found, with_rotations(audit(subject), found, now), passing)

    least, began = 0.0 if noted else LEAST_PATIENCE, datetime.now(timezone.utc)
    last = compared(compare, lambda found: patience(options, last_change(found, noted), least, began))
    found, checks = last.found, last.checks
    result = {"verdict": verdict(checks), "checks": checks, "summary": summary(checks)}
    leaked = User(contract.user, "", managed=tuple(found["user.managed"].data or ())).quarantine
    said = {"changed_at": last_change(found, noted), "msg": verdict_sentence(result)}
    return {
        **result,
        **said,
        **arns(found, contract.user),
        "region": found["bucket.region"].data or "",
        "object_lock": lock_state(found["bucket.object_lock"]),
        "object_locks": {name: lock_state(found.at(name)["bucket.object_lock"]) for name in contract.buckets},
        "quarantine": f"{leaked}." if leaked else "",
        **(survey_too(operator, contract, found, options) if options.get("account_survey") else {}),
    }


def survey_too(
    operator: Identities, contract: Contract, found: Configuration, options: dict[str, Any]
) -> dict[str, Any]:
    """Who else there is. Few ask for it, and its code is much: nobody else waits until that is read."""
    from ansible_collections.assumerole.s3.plugins.module_utils._verification import surveying  # noqa: PLC0415

    return {"surveyed": surveying.surveyed(operator, contract, found, options)}


def arns(found: Configuration, user: str) -> dict[str, str]:
    """The ARNs as they were read; that of a user that could not be read is the one without a path."""
    role_arn, user_arn = (str((found[name].data or {}).get("Arn", "")) for name in ("role", "user"))
    return {
        "role_arn": role_arn,
        "user_arn": user_arn or (sibling(role_arn, "user", user) if role_arn and user else ""),
    }


if __name__ == "__main__":
    main()
