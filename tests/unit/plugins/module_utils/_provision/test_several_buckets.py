# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan for a contract with several buckets: each by itself, and nothing that the contract does not name."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
import re
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import (
    bucket_policy,
    permissions_policy,
    size,
    trust_policy,
)
from ansible_collections.assumerole.s3.plugins.module_utils._provision.buckets import PUBLIC_ACCESS
from ansible_collections.assumerole.s3.plugins.module_utils._provision.marks import (
    ADOPTED,
    MAKING,
    MARK,
    all_making,
    notes_of,
    was_being_made,
)
from ansible_collections.assumerole.s3.plugins.module_utils._provision.plan import Inquiry, provision, teardown
from ansible_collections.assumerole.s3.plugins.module_utils._provision.reading import with_quota
from ansible_collections.assumerole.s3.plugins.module_utils._provision.roles import LONGEST_POLICIES
from ansible_collections.assumerole.s3.plugins.module_utils._provision.steps import Plan
from ansible_collections.assumerole.s3.plugins.module_utils._provision.there import Bucket, Role, There, User

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
ACCOUNT = "arn:aws:iam::123456789012"
OURS = {MARK: "r"}
GRANTS: list[dict[str, Any]] = [
    {"bucket": "b-1", "prefix": "in/", "permissions": ["write"]},
    {"bucket": "b-1", "prefix": "out/", "permissions": ["read"]},
    {"bucket": "b-2"},
]


def agreed(**more: Any) -> Contract:
    return Contract.of({"user": "u", "role": "r", "grants": GRANTS, **more})


def bucket(name: str, **more: Any) -> Bucket:
    standard: dict[str, Any] = {
        "name": name,
        "region": "eu-west-1",
        "tags": OURS,
        "policy": bucket_policy(agreed().at(name)) if name in agreed().buckets else {},
        "encryption": {"SSEAlgorithm": "AES256"},
        "public_access": dict.fromkeys(PUBLIC_ACCESS, True),
        "ownership": "BucketOwnerEnforced",
    }
    return Bucket(**{**standard, **more})


def there(**more: Any) -> There:
    user = User("u", f"{ACCOUNT}:user/u", tags=OURS)
    role = Role(
        name="r",
        arn=f"{ACCOUNT}:role/r",
        trust=trust_policy(agreed(), {"u": user.arn}),
        tags=OURS,
        inline={"bucket-access": permissions_policy(agreed())},
        description="Gives u access to the bucket b-1 and 1 more",
    )
    standard: dict[str, Any] = {
        "operator": f"{ACCOUNT}:user/operator",
        "user": user,
        "role": role,
        "bucket": bucket("b-1"),
        "more_buckets": (bucket("b-2"),),
        "reached": frozenset({"b-1", "b-2"}),
    }
    return There(**{**standard, **more})


def plan(found: There, **more: Any) -> Plan:
    return provision(Inquiry(agreed(**more), found, "us-east-1", NOW))


def removal(found: There, force: bool = False, **more: Any) -> Plan:
    return teardown(Inquiry(agreed(**more), found, "us-east-1", NOW), force=force)


def steps(made: Plan) -> list[str]:
    assert made.refusals == ()
    return [f"{step.verb} {step.what}" for step in made.steps]


def test_an_unchanged_contract_has_no_step() -> None:
    assert (plan(there()).steps, plan(there()).turns) == ((), [])


def test_where_nothing_is_each_bucket_is_made_and_noted_before() -> None:
    made = plan(There(operator=f"{ACCOUNT}:user/operator"))
    assert steps(made) == [
        "make the user u",
        "make the role r",
        "make the bucket b-1 in us-east-1",
        "make the bucket b-2 in us-east-1",
        "make the permissions policy of the role r",
    ]
    (role,) = [step for step in made.steps if step.name == "role"]
    assert role.options["tags"][MAKING] == "2026-01-01T00:00:00Z b-1 b-2"
    assert [turn["bucket"] for turn in made.turns] == ["b-1", "b-2"]
    assert made.turns[1]["options"]["bucket"]["policy"] == bucket_policy(agreed().at("b-2"))


@pytest.mark.parametrize("missing", ["b-1", "b-2"])
def test_a_new_bucket_is_made_where_the_others_are(missing: str) -> None:
    rest = {"bucket": None} if missing == "b-1" else {"more_buckets": ()}
    made = plan(there(**rest))
    assert f"make the bucket {missing} in eu-west-1" in steps(made)
    assert [turn["bucket"] for turn in made.turns] == [missing]


@pytest.mark.parametrize("name", ["b-1", "b-2"])
def test_each_bucket_is_changed_by_itself(name: str) -> None:
    drifted = bucket(name, ownership="ObjectWriter", policy={})
    found = {"bucket": drifted} if name == "b-1" else {"more_buckets": (drifted,)}
    assert steps(plan(there(**found))) == [f"change the bucket {name}", f"make the policy of the bucket {name}"]
    (turn,) = plan(there(**found)).turns
    assert (turn["bucket"], sorted(turn["options"])) == (name, ["bucket", "bucket_policy"])


def test_a_bucket_of_somebody_elses_stops_all_and_is_named() -> None:
    (reason,) = plan(there(more_buckets=(bucket("b-2", tags={}),))).refusals
    assert reason.startswith("bucket_access_grants: the bucket b-2 was made by somebody else")


def test_what_is_adopted_is_saved_for_each_and_let_go_of_by_itself() -> None:
    strange = {
        "bucket": bucket("b-1", tags={}, policy={}),
        "more_buckets": (bucket("b-2", tags={"a": "b"}, policy={}),),
    }
    made = plan(there(**strange), adopt=["bucket"])
    assert set(made.as_result()["saved"]) == {"the bucket b-1", "the bucket b-2"}
    half = there(more_buckets=(bucket("b-2", tags={**OURS, ADOPTED: "2025-01-01T00:00:00Z"}),))
    assert "delete the bucket b-1" in steps(removal(half))
    assert "change the bucket b-2" in steps(removal(half))
    assert Inquiry(agreed(), half, "x", NOW).taken_over_at == ["20250101T000000Z"]


def test_what_others_manage_must_be_there_each() -> None:
    (reason,) = plan(there(more_buckets=()), manage=["user", "role"]).refusals
    assert reason.startswith("bucket_access_grants: there is no bucket b-2")


def test_buckets_in_two_regions_are_refused_by_name_and_taken_down_all_the_same() -> None:
    found = there(more_buckets=(bucket("b-2", region="us-west-2"),))
    (reason,) = plan(found).refusals
    assert reason == (
        "bucket_access_grants: the bucket b-2 is in us-west-2, and b-1 is in eu-west-1: give the buckets of each "
        "region a contract of their own."
    )
    assert "delete the bucket b-2" in steps(removal(found))


def test_a_bucket_that_is_no_longer_named_is_noted_and_not_touched() -> None:
    found = there(more_buckets=(), other_places=("b-2",))
    made = plan(found, grants=GRANTS[:2])
    assert steps(made) == ["change the role r", "change the permissions policy of the role r"]
    assert any(line.startswith("the bucket b-2 is no longer in the contract") for line in made.lines)


def test_a_role_that_reaches_none_of_the_buckets_is_another_contracts() -> None:
    found = there(bucket=None, more_buckets=(), other_places=("b-9",), reached=frozenset({"b-9"}))
    (reason,) = plan(found).refusals
    assert reason.startswith("bucket_access_role: the role r already gives access to b-9")


def test_each_bucket_that_a_killed_run_left_is_known_by_the_note() -> None:
    bare = {"tags": {}, "policy": {}, "created": NOW + timedelta(seconds=3)}
    noted = replace(there().role, tags={**OURS, **all_making(["b-1", "b-2"], NOW)})  # type: ignore[type-var]
    found = there(role=noted, bucket=bucket("b-1", **bare), more_buckets=(bucket("b-2", **bare),))
    assert [step for step in steps(plan(found)) if step.startswith("change")] == [
        "change the bucket b-1",
        "change the bucket b-2",
    ]


def test_notes_of_many_buckets_stand_in_as_many_tags_as_it_takes() -> None:
    names = [f"{number:02}-{'x' * 60}" for number in range(20)]
    tags = all_making(names, NOW)
    assert all(len(value) <= 256 for value in tags.values())
    assert [*tags][:2] == [MAKING, f"{MAKING}-2"]
    assert all(any(was_being_made(note, name, NOW) for note in notes_of(tags)) for name in names)
    assert not any(was_being_made(note, "other", NOW) for note in notes_of(tags))


def test_teardown_empties_each_place_and_takes_a_turn_for_each() -> None:
    full = there(
        bucket=bucket("b-1", inside={"in/": "in/a", "out/": "out/b"}), more_buckets=(bucket("b-2", inside={"": "c"}),)
    )
    made = removal(full, force=True)
    assert steps(made)[:5] == [
        "delete all objects below in/ in the bucket b-1",
        "delete all objects below out/ in the bucket b-1",
        "delete the bucket b-1",
        "delete all objects in the bucket b-2",
        "delete the bucket b-2",
    ]
    assert [(turn["bucket"], list(turn["options"])) for turn in made.turns] == [
        ("b-1", ["objects"]),
        ("b-1", ["objects", "bucket"]),
        ("b-2", ["objects", "bucket"]),
    ]
    assert len(removal(full).refusals) == 2


def test_objects_outside_of_all_prefixes_stop_teardown() -> None:
    found = there(bucket=bucket("b-1", inside={"in/": "in/a"}, outside="other"))
    (reason,) = removal(found, force=True).refusals
    assert "b-1 has objects outside of in/, out/ (other)" in reason


def many(number: int) -> list[dict[str, Any]]:
    return [{"bucket": "b-1", "prefix": f"{'x' * 60}/{n}/"} for n in range(number)]


def test_a_policy_that_is_too_long_is_refused_with_the_count() -> None:
    count = size(permissions_policy(agreed(grants=many(60))))
    assert count > LONGEST_POLICIES
    (reason,) = plan(There(operator=f"{ACCOUNT}:user/operator"), grants=many(60)).refusals
    assert reason.startswith(
        f"bucket_access_grants: the role r would have {count} characters of policy, and IAM takes 10240"
    )


EMPTY = There(
    operator=f"{ACCOUNT}:user/operator", providers={"token.actions.githubusercontent.com": ("sts.amazonaws.com",)}
)


def subjects(number: int) -> list[dict[str, Any]]:
    named = [f"repo:example/a-repository-{n}:ref:refs/heads/main" for n in range(number)]
    return [{"oidc": "token.actions.githubusercontent.com", "audience": "sts.amazonaws.com", "subjects": named}]


def test_a_trust_policy_that_is_too_long_is_refused_with_the_count() -> None:
    (reason,) = plan(EMPTY, trusted=subjects(40)).refusals
    assert re.match(
        r"bucket_access_trusted: the role r would have 2\d{3} characters of trust policy, and IAM takes 2048 in this",
        reason,
    )


@pytest.mark.parametrize(
    ("said", "number"), [({"SummaryMap": {"AssumeRolePolicySizeQuota": 4096}}, 4096), ({"SummaryMap": {}}, 2048)]
)
def test_an_account_may_take_longer_trust_policies(said: dict[str, Any], number: int) -> None:
    """One that does not tell its quota has the usual one."""
    iam = SimpleNamespace(get_account_summary=lambda: said)
    asked = Inquiry(agreed(trusted=subjects(40)), EMPTY, "us-east-1", NOW)
    answered = with_quota(iam, asked)
    assert answered.there.trust_quota == number
    assert bool(provision(answered).refusals) == (number == 2048)
    assert with_quota(None, replace(asked, contract=agreed())).there.trust_quota == 2048


def test_policies_that_are_there_until_ours_is_written_count_too() -> None:
    theirs = {"Statement": ["x" * (LONGEST_POLICIES - size(permissions_policy(agreed())))]}
    found = there()
    assert found.role
    crowded = replace(found.role, inline={**found.role.inline, "theirs": theirs})
    (reason,) = plan(replace(found, role=crowded)).refusals
    assert "take these off the role first" in reason
    assert "theirs" in reason


def test_tags_are_counted_of_each_bucket() -> None:
    crowded = bucket("b-2", tags={**OURS, **{f"theirs-{n}": "" for n in range(49)}})
    (reason,) = plan(there(more_buckets=(crowded,)), tags={"mine": "x"}).refusals
    assert reason.startswith("bucket_access_tags: the bucket would have 51 tags")
