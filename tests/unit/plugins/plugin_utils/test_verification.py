# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the steps of a verification are asked: options that the modules have, with what the earlier ones have found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.amazon.aws.plugins.module_utils.modules import aws_argument_spec
from ansible_collections.assumerole.s3.plugins.modules import access_audit, access_check, access_report, probe_objects
from ansible_collections.assumerole.s3.plugins.plugin_utils import _variables as variables
from ansible_collections.assumerole.s3.plugins.plugin_utils import _verification as steps
from ansible_collections.assumerole.s3.plugins.plugin_utils._validated import validated

TERMS = {"user": "partner", "role": "exchange", "bucket": "example-partner", "account_id": "123456789012"}
ROLE, USER = "arn:aws:iam::123456789012:role/exchange", "arn:aws:iam::123456789012:user/partner"
AUDITED = {
    "role_arn": "arn:aws:iam::123456789012:role/team/exchange",
    "user_arn": "arn:aws:iam::123456789012:user/team/partner",
    "region": "eu-west-1",
    "changed_at": "2026-01-01T00:00:00+00:00",
    "object_lock": "absent",
    "object_locks": {"example-partner": "absent"},
    "quarantine": "",
    "surveyed": {"roles_to_try": ["arn:aws:iam::123456789012:role/other"]},
}
PUT = {
    "outside_object": "elsewhere",
    "place_objects": {},
    "forbidden_objects": {"example-ours": "there"},
    "object_versions": {"s3://example-ours/there": "null"},
    "urls": ["s3://example-ours/there"],
}


def agreed(**terms: Any) -> dict[str, Any]:
    """As access_contract returns it."""
    values = variables.completed({**TERMS, **terms}, {}, "/", lambda _name, _files: {})
    found = variables.agreed(values, {}, lambda _name, _files: {})
    return {**found, "no_role_arn": "Say the account.", "changed_at": "", "environment": {}}


def taken(module: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options as the module sees them; one that it does not have would be refused."""
    return validated(module.__name__, {**aws_argument_spec(), **module.ARGUMENT_SPEC}, options)


def test_every_step_has_the_options_that_it_is_given() -> None:
    terms = agreed(prefix="in/", forbidden_buckets=["example-ours"], report_dir="/reports")
    taken(access_audit, steps.audit(terms))
    taken(probe_objects, steps.putting(terms, AUDITED))
    taken(access_check, steps.check(terms, AUDITED, PUT))
    taken(probe_objects, steps.sweeping(terms, AUDITED, PUT, {"leftovers": ["s3://example-partner/in/x"]}))
    taken(access_report, steps.report(terms, {"verdict": "verified"}))


def test_what_the_operator_has_read_goes_before_what_profile_and_account_tell() -> None:
    terms = agreed()
    alone, read = steps.check(terms, {}, {}), steps.check(terms, AUDITED, {})
    assert (alone["role_arn"], alone["caller_arn"], alone["region"]) == (ROLE, USER, "us-east-1")
    assert (read["role_arn"], read["caller_arn"]) == (AUDITED["role_arn"], AUDITED["user_arn"])
    assert read["region"] == steps.sweeping(terms, AUDITED, PUT, {})["region"] == "eu-west-1"


def test_the_check_hears_what_was_read_and_what_was_put() -> None:
    heard = taken(access_check, steps.check(agreed(prefix="in/"), AUDITED, PUT))
    for name in ("changed_at", "object_lock", "object_locks"):
        assert heard[name] == AUDITED[name]
    for name in steps.LYING:
        assert heard[name] == PUT.get(name)
    assert heard["roles_to_try"] == AUDITED["surveyed"]["roles_to_try"]


def test_how_many_roles_the_user_tries_is_said_before() -> None:
    roles = [f"arn:aws:iam::123456789012:role/r{number}" for number in range(50)]
    surveyed = {"roles_to_try": roles, "survey": {"doors": {"found": 60, "to_try": 50, "tried": 0}}}
    (line,) = steps.about_to_try({"surveyed": surveyed})
    assert line.startswith("The user asks to assume 50 of 60 other roles")
    assert steps.about_to_try({"surveyed": {"roles_to_try": []}}) == steps.about_to_try({}) == []


def test_what_is_not_known_is_not_given() -> None:
    options = steps.check(agreed(), {}, {})
    assert not {"object_lock", "changed_at", "mfa_serial", "outsider_profile", "inside_object"} & set(options)
    assert None not in options.values()
    assert "" not in options.values()


#: What a contract says, and which steps are not taken then.
UNWANTED = [
    ({"audit": False}, {"audit", "putting", "sweeping"}),
    ({"prefix": "in/"}, {"report"}),
    ({}, {"putting", "sweeping", "report"}),
    ({"report_dir": "/reports"}, {"putting", "sweeping"}),
]


@pytest.mark.parametrize(("terms", "unwanted"), UNWANTED)
def test_a_step_that_nobody_needs_has_no_options(terms: dict[str, Any], unwanted: set[str]) -> None:
    found = agreed(**{"prefix": "", **terms})
    given = {
        "audit": steps.audit(found),
        "putting": steps.putting(found, {}),
        "check": steps.check(found, {}, {}),
        "sweeping": steps.sweeping(found, {}, {}, {}),
        "report": steps.report(found, {}),
    }
    assert unwanted <= {name for name, options in given.items() if not options}
    assert given["check"]


def test_what_the_role_could_not_remove_is_swept_by_an_operator_alone() -> None:
    left = {"leftovers": ["s3://example-partner/.access-check-1"]}
    assert steps.sweeping(agreed(), {}, {}, left)["urls"] == left["leftovers"]
    assert steps.sweeping(agreed(audit=False), {}, {}, left) == {}


def test_who_is_in_quarantine_or_has_no_role_is_not_asked() -> None:
    assert steps.not_to_be_asked(agreed(), {}) == ""
    assert steps.not_to_be_asked(agreed(), {"quarantine": "It leaked."}) == "It leaked."
    nowhere = agreed(account_id=None)
    assert steps.not_to_be_asked(nowhere, {}) == "Say the account."
    assert steps.not_to_be_asked(nowhere, AUDITED) == ""


def test_without_a_user_it_is_the_operator_who_must_not_get_in() -> None:
    trusted = agreed(user=None, trusted=[{"service": "ec2.amazonaws.com"}])
    assert steps.check(trusted, AUDITED, {})["operator"] is True
    assert steps.check(agreed(), AUDITED, {})["operator"] is False
    assert steps.check({**trusted, "settings": {**trusted["settings"], "audit": False}}, {}, {})["operator"] is False
