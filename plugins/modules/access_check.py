#!/usr/bin/python
# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: access_check
version_added: 0.1.0
short_description: Prove with real calls what an assumable role gives access to, and what not
description:
  - Assumes a role as the IAM user whose credentials it is given, and asks AWS what must work and what must be refused.
  - The role puts an object of random content into the bucket, reads it back, finds it in the listing and deletes it, as
    far as O(contract.permissions) says so. What they leave out must be refused, and so must all beside
    O(contract.prefix).
  - The user alone must be refused all of it, and so must anybody without credentials, and the role without TLS. The
    role must not list the account's buckets or read the bucket's policy, and neither it nor the user may list, read,
    write or delete in O(contract.forbidden_buckets).
  - The role must not be assumed without the O(contract.external_id), with a wrong one, for longer than
    O(contract.max_session_duration), or by O(outsider_profile).
  - A made-up access key asks first. Where the endpoint takes it, IAM is not enforced, and refusals are inconclusive.
  - Every question is asked at least three times, and an answer counts when it came three times in a row. Answers that
    eventual consistency can explain are asked again for O(wait_timeout) seconds.
  - Objects of others are never written or deleted. Where the role may write and not delete, one object stays behind,
    C(.access-check) below the O(contract.prefix), and the next run finds it there. Where KMS encrypts, only a write
    that is done shows something, so C(.access-check-written) and C(.access-check-uploaded) are to be removed after the
    run; RV(leftovers) names them.
  - What a run left behind that was killed is removed by the next one, where the role may list and delete. The name of
    such an object says which process made it, and where. On the same machine the process must have ended, elsewhere
    the object must be an hour old.
  - On a bucket that keeps versions, the role deletes the versions and delete markers that it has made, where it may.
    RV(leftovers) names the others.
options:
  role_arn:
    description: The ARN of the role to assume.
    type: str
    required: true
  session_name:
    description:
      - The name of the role's session, which CloudTrail shows.
      - Random by default, because a policy could make an exception for a name that is known.
    type: str
  duration_seconds:
    description: The length of the role's session in seconds, from 900 to the role's maximum.
    type: int
    default: 900
  caller_arn:
    description:
      - The ARN of the IAM user whose access is to be judged.
      - When the credentials belong to anybody else, the module fails and judges nothing. The path does not count.
    type: str
  operator:
    description:
      - Whether the credentials are an operator's, because O(contract.user) is left out. The operator must be refused
        the role then.
    type: bool
    default: false
  inside_object:
    description:
      - The key of an object below the O(contract.prefix) that is there already. It is read, never changed.
      - Needed to prove that reading is allowed or refused when O(contract.permissions) has no V(write).
    type: str
  outside_object:
    description:
      - The key of an object beside the O(contract.prefix) that is there already. It is read, never changed.
      - Needed to prove that reading outside of the O(contract.prefix) is refused.
    type: str
  place_objects:
    description:
      - The same for each of O(contract.grants) and O(siblings), as C(inside) and C(outside), by the place's bucket and
        prefix with a slash between.
    type: dict
  siblings:
    description:
      - Places in the contract's buckets that are other contracts', each with its C(bucket) and C(prefix). Everything
        that the contract grants anywhere must be refused there.
      - One that has keys in common with a place of the contract's own is left out.
    type: list
    elements: dict
    default: []
  forbidden_objects:
    description:
      - The key of an object that is there already, by the name of each of the O(contract.forbidden_buckets). It is
        read, never changed.
      - Needed to prove that reading there is refused.
    type: dict
  object_versions:
    description:
      - The id of a version of these objects by their addresses, as V(s3://example/partner/README), V(null) where the
        bucket has never kept any.
      - Needed to prove that reading versions is allowed or refused where the role has put no object by itself, when
        O(contract.permissions) names one beside the four.
    type: dict
  outsider_profile:
    description:
      - A profile of somebody who must not get into the role. When given, this is tried.
      - Not a root user, who may assume no role anyway.
    type: str
  web_identity_token_file:
    description:
      - A file with a token of an identity provider that O(contract.trusted) names. When given, the role is assumed
        with it, and must not be with the same token altered.
      - The token is read here and goes to STS alone.
    type: path
  web_identity_refused_token_file:
    description:
      - A file with another token of the same provider, for another audience or of another subject, which must be
        refused.
    type: path
  mfa_serial:
    description: The serial number or ARN of the user's MFA device. Needed with O(contract.require_mfa).
    type: str
  mfa_code:
    description:
      - The six digits that the device shows. They open one session of the user with MFA, which then assumes the role.
      - Without them nobody can tell whether the role can be assumed with MFA. That it cannot be without it is shown.
    type: str
  outside_proxy:
    description:
      - An HTTP proxy that reaches AWS from outside of O(contract.source_ips) and O(contract.vpc_endpoints). When it is
        given, the role must neither be assumed nor used through it. Without it, nobody can tell.
    type: str
  plain_http:
    description:
      - Whether the role asks S3 without TLS, too. The session's token, without its secret key, is then sent in clear.
      - With V(false) nobody does. These checks are then V(not_tried), and the verdict is V(inconclusive) at best.
    type: bool
    default: true
  roles_to_try:
    description:
      - The ARNs of roles of the account that may let the user in beside the contract's, 50 at most, as
        M(assumerole.s3.access_survey) returns them. The user tries to assume each; what it is given is dropped at once.
    type: list
    elements: str
    default: []
  plain_http_endpoint_url:
    description:
      - Where S3 answers without TLS, which must refuse the role. AWS's own endpoints are known.
    type: str
  changed_at:
    description:
      - When the youngest of the user, its keys and the role was made (ISO 8601), as M(assumerole.s3.access_audit)
        returns it. O(wait_timeout) then counts from there, and is over after 10 seconds when that was long ago.
    type: str
  object_lock:
    description:
      - Whether the contract's bucket has Object Lock, as M(assumerole.s3.access_audit) returns it. When V(enabled), no
        object is made, because it would stay; what needs one is inconclusive. V(unreadable) is treated alike.
      - When it is not given, nobody has looked, and the role itself may not. RV(leftovers) then names what stayed.
    type: str
    choices: [absent, enabled, unreadable]
  object_locks:
    description: The same of each bucket of O(contract.grants), by its name.
    type: dict
  require_enforcement:
    description: Fail when the endpoint does not enforce IAM, instead of reporting inconclusive checks.
    type: bool
    default: false
  fail_on_violation:
    description: Fail when RV(verdict) is V(violated). The result is returned all the same.
    type: bool
    default: true
author:
  - The assumerole.s3 contributors (@assumerole)
attributes:
  check_mode:
    support: partial
    details: Asks only what leaves no trace; the checks that would are reported as not tried.
notes:
  - Give the user's credentials, or say with O(kept_in) where they are, never an administrator's. With O(profile), pass
    empty strings as O(access_key), O(secret_key) and O(session_token) when they may be exported.
extends_documentation_fragment:
  - assumerole.s3.contract
  - assumerole.s3.store.kept_in
  - assumerole.s3.conventions
  - assumerole.s3.conventions.aws
  - assumerole.s3.conventions.waiting
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: The user reaches the bucket through the role, and nothing else
  assumerole.s3.access_check:
    profile: partner
    role_arn: arn:aws:iam::123456789012:role/partner-exchange
    contract:
      user: partner
      role: partner-exchange
      bucket: example-partner-exchange

- name: The partner reads below its folder, and cannot reach our own bucket
  assumerole.s3.access_check:
    profile: partner
    role_arn: arn:aws:iam::123456789012:role/partner-reports
    caller_arn: arn:aws:iam::123456789012:user/partner
    contract:
      user: partner
      role: partner-reports
      bucket: example-reports
      prefix: partner/
      permissions: [list, read]
      external_id: contract-4711
      forbidden_buckets: [example-internal]
    inside_object: partner/README
    forbidden_objects:
      example-internal: README

- name: The key is read where it is kept, and no task holds it
  assumerole.s3.access_check:
    kept_in:
      store: ssm
      path: /bucket-access/partner
    role_arn: arn:aws:iam::123456789012:role/partner-exchange
    contract:
      user: partner
      role: partner-exchange
      bucket: example-partner-exchange
"""

RETURN = r"""
verdict:
  description:
    - V(verified) when every check passed, V(violated) when access is missing or in excess, V(inconclusive) otherwise.
  returned: when AWS answered
  type: str
  sample: verified
enforced:
  description: Whether the endpoint refuses a made-up access key; null when that could not be told.
  returned: when AWS answered
  type: bool
  sample: true
account_id:
  description: The account of the role.
  returned: when AWS answered
  type: str
  sample: "123456789012"
partition:
  description: The partition of AWS that the role is in.
  returned: when AWS answered
  type: str
  sample: aws
region:
  description: The region in which S3 was asked.
  returned: when AWS answered
  type: str
  sample: eu-central-1
tried_roles:
  description:
    - For each of the O(roles_to_try) that gave an answer, V(allowed) or V(denied). None is tried where it is not known
      that IAM is enforced.
  returned: when AWS answered
  type: dict
  sample: {"arn:aws:iam::123456789012:role/reports": denied}
caller:
  description: Who the credentials belong to.
  returned: when AWS answered
  type: dict
  sample: {arn: "arn:aws:iam::123456789012:user/partner", account: "123456789012", user_id: AIDAEXAMPLE}
session:
  description: The role's session; empty when the role could not be assumed. Not every endpoint tells C(role_id).
  returned: when AWS answered
  type: dict
  sample:
    arn: arn:aws:sts::123456789012:assumed-role/partner-exchange/9f86d081884c7d659a2feaa0
    role_id: AROAEXAMPLE
    expiration: "2026-01-01T00:15:00Z"
checks:
  description: One entry for each question that was put to AWS.
  returned: when AWS answered
  type: list
  elements: dict
  contains:
    id:
      description: The name of the check; it stays the same from run to run.
      type: str
      sample: role.read
    principal:
      description:
        - Who asked - V(user), V(role), V(role over plain HTTP), V(anonymous), V(outsider), V(user from another network)
          or V(role from another network).
      type: str
      sample: role
    action:
      description: The IAM action in question.
      type: str
      sample: s3:GetObject
    resource:
      description: The ARN that the action was tried on.
      type: str
      sample: arn:aws:s3:::example-partner-exchange/*
    expected:
      description: V(allowed) or V(denied).
      type: str
      sample: allowed
    observed:
      description: V(allowed), V(denied), V(error) or V(not_tried).
      type: str
      sample: allowed
    evidence:
      description: V(asked) when a real call was made, V(read) when the configuration was read.
      type: str
      sample: asked
    outcome:
      description: V(pass), V(missing_access), V(excess_access) or V(inconclusive).
      type: str
      sample: pass
    error:
      description: The C(code), C(status), C(message) and C(request_id) of an answer that was not a success, or null.
      type: dict
    cause:
      description: Why the check did not pass, as far as it can be told.
      type: str
    advice:
      description: What to do about it.
      type: str
    attempts:
      description: How often the question was asked.
      type: int
      sample: 3
    elapsed_ms:
      description: Milliseconds that its own calls took, all attempts together, without the pauses between them.
      type: int
      sample: 310
    request_id:
      description: The id that AWS gave the last answer, for CloudTrail and AWS Support.
      type: str
    time:
      description: When it was asked last, in UTC.
      type: str
      sample: "2026-01-01T00:00:00.000+00:00"
summary:
  description: How many checks came out how.
  returned: when AWS answered
  type: dict
  sample: {pass: 14, missing_access: 0, excess_access: 0, inconclusive: 0}
msg:
  description: The verdict in a sentence, with the findings and what to do about the first.
  returned: when AWS answered
  type: str
leftovers:
  description:
    - Objects, versions and delete markers that this run or an earlier one made, and that this one could not remove. An
      address with C(?versionId=) is that of a version or delete marker.
  returned: when AWS answered
  type: list
  elements: str
  sample: []
"""

import os
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.assumerole.s3.plugins.module_utils._aws.identities import Identities, connection
from ansible_collections.assumerole.s3.plugins.module_utils._aws.module import (
    aws_module,
    refuse_problems,
    refuse_unread_key,
    usable_connection,
)
from ansible_collections.assumerole.s3.plugins.module_utils._aws.readings import LOCK_STATES
from ansible_collections.assumerole.s3.plugins.module_utils._aws.told import ends_in_our_words
from ansible_collections.assumerole.s3.plugins.module_utils._checks.sentences import not_enforced, verdict_sentence
from ansible_collections.assumerole.s3.plugins.module_utils._contract.callers import WrongCaller
from ansible_collections.assumerole.s3.plugins.module_utils._contract.fields import argument_spec, contract_option
from ansible_collections.assumerole.s3.plugins.module_utils._keys.stores import KEPT_IN
from ansible_collections.assumerole.s3.plugins.module_utils._verification.access import check_access
from ansible_collections.assumerole.s3.plugins.module_utils._verification.canary import Unreachable

ARGUMENT_SPEC: dict[str, Any] = {
    **contract_option(),
    "role_arn": {"type": "str", "required": True},
    "session_name": {"type": "str"},
    "duration_seconds": {"type": "int", "default": 900},
    "caller_arn": {"type": "str"},
    "operator": {"type": "bool", "default": False},
    "inside_object": {"type": "str"},
    "outside_object": {"type": "str"},
    "place_objects": {"type": "dict"},
    "siblings": {"type": "list", "elements": "dict", "default": []},
    "forbidden_objects": {"type": "dict"},
    "object_versions": {"type": "dict"},
    "object_locks": {"type": "dict"},
    "object_lock": {"type": "str", "choices": sorted(LOCK_STATES)},
    "changed_at": {"type": "str"},
    "progress_file": {"type": "path"},
    **KEPT_IN,
    "fail_on_violation": {"type": "bool", "default": True},
    **argument_spec("mfa_serial", "mfa_code", "outside_proxy"),
    **argument_spec("outsider_profile", "web_identity_token_file", "web_identity_refused_token_file"),
    "roles_to_try": {"type": "list", "elements": "str", "default": []},
    **argument_spec("plain_http", "plain_http_endpoint_url", "wait_timeout", "require_enforcement"),
}


@ends_in_our_words
def main() -> None:
    """Check the options, ask AWS, and return the verdict also when it is a failure."""
    module = aws_module(ARGUMENT_SPEC, supports_check_mode=True)
    refuse_problems(module, ARGUMENT_SPEC)
    refuse_unread_key(module)
    try:
        with usable_connection(module):
            identities = Identities(connection(module.params, os.environ))
            result = check_access(identities, module.params, traceless=module.check_mode)
    except (WrongCaller, Unreachable) as error:
        module.fail_json(msg=str(error))
    report(module, result)


def report(module: AnsibleAWSModule, result: dict[str, Any]) -> None:
    """End the module with the result: as a failure when it is violated or cannot be trusted, unless told otherwise."""
    if result["enforced"] is not True:
        if module.params["require_enforcement"]:
            module.fail_json(msg=not_enforced(result["enforced"]), **result)
        module.warn(not_enforced(result["enforced"]))
    if result["verdict"] == "violated" and module.params["fail_on_violation"]:
        module.fail_json(msg=verdict_sentence(result), **result)
    module.exit_json(changed=False, msg=verdict_sentence(result), **result)


if __name__ == "__main__":
    main()
