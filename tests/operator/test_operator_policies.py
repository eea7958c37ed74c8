# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The published policies are sound by themselves.

``make operator-policies`` shows the rest: that each verb works with them, and that no action can be left out.
"""

from __future__ import annotations

import json
import warnings

from minimal import ONLY_ON_AWS
from policies import PLACEHOLDERS, actions, filled, names, text, without
import pytest
from verbs import VERBS

from lab.checkout import Json

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import parliament

EXAMPLE = {
    "ACCOUNT_ID": "123456789012",
    "BOUNDARY_NAME": "delegated",
    "BUCKET_NAME": "example-partner-exchange",
    "PROVIDER_NAME": "token.ci.example",
    "KEY_ID": "1234abcd-12ab-34cd-56ef-1234567890ab",
    "REGION": "eu-central-1",
    "USER_NAME": "partner",
    "ROLE_NAME": "partner-exchange",
}


def test_every_published_policy_is_tried() -> None:
    assert {name for verb in VERBS for name in verb.policies} == set(names())


@pytest.mark.parametrize("name", names())
def test_no_policy_allows_a_pattern_of_actions_or_one_twice(name: str) -> None:
    allowed = actions(filled(name, EXAMPLE))
    assert [action for action in allowed if "*" in action] == []
    assert len(allowed) == len(set(allowed))


#: Of a single bucket nothing says when it was made; any role may let the user in; AWS's own policies may be boundaries;
#: nobody knows the names of what is orphaned, and who else reaches a place may be anybody.
UNLIMITED = {
    **{name: ["EveryBucketsName"] for name in ("check", "provision", "provision-delegated", "teardown")},
    "verify": ["OtherRoles", "PermissionsBoundaries"],
    "orphans": ["EveryUserAndRole", "TheMarksOfTheirBuckets"],
    "survey": ["WhoElse", "AccessPoints"],
}


@pytest.mark.parametrize("name", names())
def test_every_statement_is_limited_to_the_contract_where_iam_can(name: str) -> None:
    unlimited = [
        statement["Sid"] for statement in json.loads(text(name))["Statement"] if not _names_the_contract(statement)
    ]
    assert unlimited == UNLIMITED.get(name, [])


def _names_the_contract(statement: Json) -> bool:
    resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
    names = ("BOUNDARY_NAME", "BUCKET_NAME", "KEY_ID", "PROVIDER_NAME", "USER_NAME", "ROLE_NAME")
    return all(any(name in resource for name in names) for resource in resources)


@pytest.mark.parametrize("name", names())
def test_a_filled_policy_has_no_placeholder_and_fits_into_a_managed_policy(name: str) -> None:
    document = json.dumps(
        filled(name, {**EXAMPLE, "BUCKET_NAME": "b" * 63, "USER_NAME": "u" * 64, "ROLE_NAME": "r" * 64})
    )
    assert [word for word in PLACEHOLDERS if word in document] == []
    assert len(document.replace(" ", "")) <= 6144


#: Who writes a bucket's policy can let themselves in, as the page says; the linter does not know AWS's own policies.
WRITES_A_POLICY = {"RESOURCE_POLICY_PRIVILEGE_ESCALATION"}
#: AWS compares a boundary as a string, also in its own examples; the linter takes it for an ARN.
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
COMPARES_A_BOUNDARY = {"MISMATCHED_TYPE_BUT_USABLE"}
KNOWN_FINDINGS = {
    **dict.fromkeys(("provision", "teardown-adopted"), WRITES_A_POLICY),
    "provision-delegated": WRITES_A_POLICY | COMPARES_A_BOUNDARY,
    "verify": {"INVALID_ARN"},
}


@pytest.mark.parametrize("name", names())
def test_every_action_exists_and_takes_the_resource_that_it_is_given(name: str) -> None:
    findings = parliament.analyze_policy_string(json.dumps(filled(name, EXAMPLE))).findings
    assert {finding.issue for finding in findings} == KNOWN_FINDINGS.get(name, set())


def test_what_cannot_be_shown_to_be_needed_is_published_and_no_more_than_tagging() -> None:
    published = {action for name in names() for action in actions(filled(name, EXAMPLE))}
    assert published >= ONLY_ON_AWS
    assert [action for action in ONLY_ON_AWS if "Tag" not in action] == []


def test_an_action_can_be_taken_out() -> None:
    policy = {"Statement": [{"Action": "s3:A", "Resource": "x"}, {"Action": ["s3:B", "s3:C"], "Resource": "y"}]}
    assert without(policy, "s3:A")["Statement"] == [{"Action": ["s3:B", "s3:C"], "Resource": "y"}]
    assert without(policy, "s3:B")["Statement"][1] == {"Action": ["s3:C"], "Resource": "y"}
