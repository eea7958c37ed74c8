# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is planned for an account in which something is already, and what is refused there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._keys.notes import Note, Retired
from ansible_collections.assumerole.s3.plugins.module_utils._keys.plan import Key, Situation
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import (
    bucket_policy,
    permissions_policy,
    trust_policy,
)
from ansible_collections.assumerole.s3.plugins.module_utils._provision.buckets import PUBLIC_ACCESS
from ansible_collections.assumerole.s3.plugins.module_utils._provision.keys import Keys
from ansible_collections.assumerole.s3.plugins.module_utils._provision.marks import ADOPTED, MAKING, MARK, making
from ansible_collections.assumerole.s3.plugins.module_utils._provision.plan import (
    Inquiry,
    provision,
    rotation,
    teardown,
)
from ansible_collections.assumerole.s3.plugins.module_utils._provision.steps import Plan
from ansible_collections.assumerole.s3.plugins.module_utils._provision.there import Bucket, Role, There, User

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
ACCOUNT = "arn:aws:iam::123456789012"
OPERATOR = f"{ACCOUNT}:user/operator"
NAMES = {"user": "u", "role": "r", "bucket": "b-1"}
OURS = {MARK: "r"}


def agreed(**more: Any) -> Contract:
    return Contract.of({**NAMES, **more})


def user(**more: Any) -> User:
    return User(**{"name": "u", "arn": f"{ACCOUNT}:user/u", "tags": OURS, **more})


def role(contract: Contract | None = None, **more: Any) -> Role:
    contract = contract or agreed()
    standard: dict[str, Any] = {
        "name": "r",
        "arn": f"{ACCOUNT}:role/r",
        "trust": trust_policy(contract, {"u": f"{ACCOUNT}:user/u"}),
        "tags": OURS,
        "inline": {"bucket-access": permissions_policy(contract)},
        "description": "Gives u access to the bucket b-1",
    }
    return Role(**{**standard, **more})


def bucket(**more: Any) -> Bucket:
    standard: dict[str, Any] = {
        "name": "b-1",
        "region": "us-east-1",
        "tags": OURS,
        "policy": bucket_policy(agreed()),
        "encryption": {"SSEAlgorithm": "AES256"},
        "public_access": dict.fromkeys(PUBLIC_ACCESS, True),
        "ownership": "BucketOwnerEnforced",
    }
    return Bucket(**{**standard, **more})


def there(**more: Any) -> There:
    return There(**{"operator": OPERATOR, "user": user(), "role": role(), "bucket": bucket(), **more})


NOTHING = There(operator=OPERATOR)


def asked(contract: Contract, found: There) -> Inquiry:
    return Inquiry(contract, found, "us-east-1", NOW)


def plan(found: There, **more: Any) -> Plan:
    return provision(asked(agreed(**more), found))


def removal(found: There, force: bool = False, **more: Any) -> Plan:
    return teardown(asked(agreed(**more), found), force=force)


def steps(made: Plan) -> list[tuple[str, str]]:
    assert made.refusals == ()
    return [(step.verb, step.name) for step in made.steps]


def options(made: Plan) -> Mapping[str, Any]:
    return {step.name: step.options for step in made.steps}


def test_where_nothing_is_everything_is_made_and_marked() -> None:
    made = plan(NOTHING)
    assert steps(made) == [("make", "user"), ("make", "role"), ("make", "bucket"), ("make", "role_policy")]
    assert all(options(made)[name]["tags"][MARK] == "r" for name in ("user", "bucket", "role"))
    assert made.lines[-1] == "plan: 4 to make, 0 to adopt, 0 to change, 0 to delete"


def test_a_new_bucket_is_made_secure_in_one_step() -> None:
    made = options(plan(NOTHING))["bucket"]
    assert made["public_access"] == dict.fromkeys(PUBLIC_ACCESS.values(), True)
    assert (made["encryption"], made["object_ownership"]) == ("AES256", "BucketOwnerEnforced")
    assert made["policy"] == bucket_policy(agreed())
    assert "versioning" not in made


def test_an_unchanged_contract_has_no_step() -> None:
    assert steps(plan(there())) == []


UNMARKED: list[tuple[str, dict[str, Any], str]] = [
    ("user", {"user": user(tags={})}, "bucket_access_user: the user u was made by somebody else"),
    ("role", {"role": role(tags={})}, "bucket_access_role: the role r was made by somebody else"),
    ("bucket", {"bucket": bucket(tags={})}, "bucket_access_bucket: the bucket b-1 was made by somebody else"),
    ("user", {"user": user(tags={MARK: "other"})}, "bucket_access_user: the user u belongs to the contract other"),
    ("role", {"role": role(tags={MARK: "other"})}, "bucket_access_role: the role r belongs to the contract other"),
    ("bucket", {"bucket": bucket(tags={MARK: "x"})}, "bucket_access_bucket: the bucket b-1 belongs to the contract x"),
]


@pytest.mark.parametrize(("kind", "found", "begins"), UNMARKED)
def test_what_is_not_ours_stops_provision_before_the_first_step(kind: str, found: Any, begins: str) -> None:
    made = plan(there(**found))
    assert made.steps == ()
    (reason,) = made.refusals
    assert reason.startswith(begins)
    assert "and this would" in reason
    assert f"bucket_access_adopt to [{kind}]" in reason
    assert f"leave {kind} out of bucket_access_manage" in reason


@pytest.mark.parametrize(("kind", "found", "begins"), UNMARKED)
def test_what_is_not_ours_stops_teardown_before_the_first_step(kind: str, found: Any, begins: str) -> None:
    made = removal(there(**found), force=True)
    assert made.steps == ()
    (reason,) = made.refusals
    assert reason.startswith(begins)
    assert f"leave {kind} out of bucket_access_manage" in reason


@pytest.mark.parametrize(("kind", "found", "_begins"), UNMARKED)
def test_what_is_adopted_is_marked_and_what_it_was_is_kept(kind: str, found: Any, _begins: str) -> None:
    made = plan(there(**found), adopt=[kind])
    (step,) = made.steps
    assert (step.verb, step.name) == ("adopt", kind)
    assert step.options["tags"] == {MARK: "r", ADOPTED: "2026-01-01T00:00:00Z"}
    assert step.saved["tags"] == dict(found[kind].tags)


@pytest.mark.parametrize(("kind", "found", "_begins"), UNMARKED)
def test_what_others_manage_is_neither_changed_nor_deleted(kind: str, found: Any, _begins: str) -> None:
    manage = [name for name in ("user", "role", "bucket") if name != kind]
    assert steps(plan(there(**found), manage=manage)) == []
    assert kind not in [step.name for step in removal(there(**found), manage=manage).steps]


@pytest.mark.parametrize("kind", ["user", "role", "bucket"])
def test_what_others_manage_must_be_there(kind: str) -> None:
    manage = [name for name in ("user", "role", "bucket") if name != kind]
    (reason,) = plan(there(**{kind: None}), manage=manage).refusals
    assert reason.startswith(f"bucket_access_{kind}: there is no {kind} {NAMES[kind]}")


@pytest.mark.parametrize(
    ("operator", "kind"),
    [
        (f"{ACCOUNT}:user/u", "user"),
        (f"{ACCOUNT}:user/team/u", "user"),
        ("arn:aws:sts::123456789012:assumed-role/r/session", "role"),
    ],
)
def test_the_operator_is_never_touched(operator: str, kind: str) -> None:
    for made in (plan(there(operator=operator), adopt=[kind]), removal(there(operator=operator))):
        (reason,) = made.refusals
        assert reason.startswith(f"bucket_access_{kind}: {NAMES[kind]} is the {kind} of these credentials")


def test_another_account_is_refused() -> None:
    (reason,) = plan(NOTHING, account_id="210987654321").refusals
    assert reason.startswith("bucket_access_account_id is 210987654321, and these credentials belong to account 1234")


def test_what_cannot_be_read_is_refused() -> None:
    assert plan(there(unreadable=("It could not be read",))).refusals == ("It could not be read.",)


def test_a_policy_that_somebody_attached_is_taken_off_and_shown() -> None:
    stranger = {"Version": "2012-10-17", "Statement": []}
    attached = f"{ACCOUNT}:policy/extra"
    found = there(
        user=user(inline={"own": stranger}, managed=(attached,)),
        role=role(managed=(attached,), inline={**role().inline, "more": stranger}),
    )
    made = plan(found)
    assert steps(made) == [
        ("change", "user"),
        ("delete", "user_policies"),
        ("change", "role"),
        ("delete", "role_policies"),
    ]
    assert made.steps[0].before == {"managed_policies": [attached]}
    assert made.steps[1].before == {"inline_policies": {"own": stranger}}
    assert made.steps[3].before == {"inline_policies": {"more": stranger}}
    assert made.steps[3].options == {"names": ["more"]}


def test_a_quarantined_user_stops_provision_and_not_teardown() -> None:
    found = there(user=user(managed=("arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3",)))
    (reason,) = plan(found).refusals
    assert "AWSCompromisedKeyQuarantineV3" in reason
    assert removal(found).refusals == ()


DRIFT = [
    ({"ownership": "ObjectWriter"}, {"object_ownership": "BucketOwnerEnforced"}),
    ({"public_access": {}}, {"public_access": dict.fromkeys(PUBLIC_ACCESS.values(), True)}),
]


@pytest.mark.parametrize(("found", "given"), DRIFT)
def test_a_bucket_of_ours_is_mended_by_nothing_but_what_differs(found: Any, given: Any) -> None:
    made = plan(there(bucket=bucket(**found)))
    assert steps(made) == [("change", "bucket")]
    assert {name: options(made)["bucket"][name] for name in given} == given
    assert set(options(made)["bucket"]) == {"name", "region", "purge_tags", "state", *given}


OURS_ALONE = bucket_policy(agreed())
TWICE = {"Version": "2012-10-17", "Statement": [*OURS_ALONE["Statement"], {"Sid": "Theirs", "Effect": "Deny"}]}
WRONG = {"Version": "2012-10-17", "Statement": [{**OURS_ALONE["Statement"][0], "Effect": "Allow"}]}


@pytest.mark.parametrize(("found", "verb"), [({}, "make"), (WRONG, "change")])
def test_our_statement_is_put_into_the_policy_alone(found: Any, verb: str) -> None:
    made = plan(there(bucket=bucket(policy=found)))
    assert steps(made) == [(verb, "bucket_policy")]
    statements = OURS_ALONE["Statement"]
    assert made.steps[0].options == {"bucket": "b-1", "statements": statements, "state": "present"}
    assert made.steps[0].after == {"document": OURS_ALONE}


@pytest.mark.parametrize(("found", "verbs"), [(OURS_ALONE, ["delete"]), (TWICE, ["change"]), ({}, [])])
def test_our_statement_is_taken_out_of_the_policy_alone(found: Any, verbs: list[str]) -> None:
    adopted = {MARK: "r", ADOPTED: "2026-01-01T00:00:00Z"}
    made = removal(there(bucket=bucket(tags=adopted, policy=found)), manage=["bucket"])
    assert steps(made) == [*((verb, "bucket_policy") for verb in verbs), ("change", "bucket")]
    assert all(step.options["state"] == "absent" for step in made.steps[:-1])


OTHERS_SETTINGS = {
    "versioning": "Enabled",
    "encryption": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "arn:aws:kms:us-east-1:123456789012:key/1"},
    "public_access": {},
    "ownership": "ObjectWriter",
}


def test_what_the_contract_does_not_name_stays_in_a_bucket_that_is_adopted() -> None:
    (step,) = plan(there(bucket=bucket(tags={}, **OTHERS_SETTINGS)), adopt=["bucket"]).steps
    assert set(step.options) == {"name", "region", "purge_tags", "state", "tags"}
    assert step.saved["encryption"] == OTHERS_SETTINGS["encryption"]
    adopted = bucket(tags={MARK: "r", ADOPTED: "2026-01-01T00:00:00Z"}, **OTHERS_SETTINGS)
    assert steps(plan(there(bucket=adopted))) == []


def test_what_the_contract_names_is_set_and_shown_whole() -> None:
    (step,) = plan(there(bucket=bucket(**OTHERS_SETTINGS)), versioning=False, encryption="AES256").steps
    assert step.before["versioning"] is True
    assert step.after["versioning"] is False
    assert step.options["encryption"] == "AES256"


@pytest.mark.parametrize(("found", "why"), [({"locked": True}, "Object Lock"), ({"replicated": True}, "replication")])
def test_versioning_that_aws_does_not_suspend_is_refused(found: Any, why: str) -> None:
    (reason,) = plan(there(bucket=bucket(versioning="Enabled", **found)), versioning=False).refusals
    assert why in reason


def test_statements_of_others_stay_in_the_policy_byte_for_byte() -> None:
    trail = {
        "Sid": "CloudTrail",
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "s3:*",
    }
    found = bucket(policy={"Version": "2012-10-17", "Id": "theirs", "Statement": [trail]})
    (step,) = plan(there(bucket=found)).steps
    assert step.options["statements"] == bucket_policy(agreed())["Statement"]
    assert step.before["document"]["Statement"] == [trail]
    assert step.after["document"]["Id"] == "theirs"
    assert step.after["document"]["Statement"] == [trail, *bucket_policy(agreed())["Statement"]]


def test_a_bucket_elsewhere_is_refused_only_when_a_region_is_named() -> None:
    elsewhere = there(bucket=bucket(region="eu-central-1"))
    assert steps(plan(elsewhere)) == []
    for more in ({}, {"adopt": ["bucket"]}, {"manage": ["user", "role"]}):
        (reason,) = plan(elsewhere, region="us-east-1", **more).refusals
        assert reason == "bucket_access_region is us-east-1, and the bucket b-1 is in eu-central-1: name that."


def test_a_role_that_reaches_another_place_of_the_contract_is_not_narrowed() -> None:
    found = there(bucket=None, other_places=("b-2",))
    (reason,) = plan(found).refusals
    assert reason.startswith("bucket_access_role: the role r already gives access to b-2")
    assert plan(found, adopt=["role"]).refusals == ()


def test_a_bucket_that_a_killed_run_left_without_its_mark_is_ours() -> None:
    note = {MAKING: making("b-1", NOW)}
    bare = bucket(tags={}, policy={}, created=NOW + timedelta(seconds=3))
    assert steps(plan(there(user=user(tags={**OURS, **note}), bucket=bare))) == [
        ("change", "bucket"),
        ("make", "bucket_policy"),
    ]
    found = there(role=role(tags={**OURS, **note}), bucket=bare)
    assert steps(plan(found)) == [("change", "bucket"), ("make", "bucket_policy")]
    for other in (replace(bare, created=NOW + timedelta(hours=1)), replace(bare, created=None)):
        assert plan(replace(found, bucket=other)).refusals
    assert plan(replace(found, role=role(tags=note))).refusals


@pytest.mark.parametrize(
    ("manage", "holder"),
    [
        (["user", "role", "bucket"], "role"),
        (["role", "bucket"], "role"),
        (["user", "bucket"], "user"),
    ],
)
def test_the_note_that_the_bucket_is_being_made_is_written_before_it_is(manage: list[str], holder: str) -> None:
    made = plan(there(bucket=None), manage=manage)
    assert [step.name for step in made.steps if MAKING in step.options.get("tags", {})] == [holder]
    assert [name for _verb, name in steps(made)].index(holder) < [name for _verb, name in steps(made)].index("bucket")


def test_tags_are_counted_with_those_that_are_there() -> None:
    full = {**OURS, **{f"theirs-{number}": "" for number in range(49)}}
    (reason,) = plan(there(user=user(tags=full)), tags={"team": "x"}).refusals
    assert reason == "bucket_access_tags: the user would have 51 tags, and AWS takes 50. Leave some out."


FORTY_EIGHT = {f"team-{number}": "x" for number in range(48)}
NO_KEY = Keys(Situation("u", (), "", "the store", NOW))


@pytest.mark.parametrize(
    ("more", "keys", "kind"),
    [
        ({}, NO_KEY, ""),
        ({"user": user(tags={})}, None, ""),
        ({"user": user(tags={})}, NO_KEY, "user"),
        ({"user": user(tags={**OURS, ADOPTED: "2026-01-01T00:00:00Z"})}, NO_KEY, "user"),
        ({"role": role(tags={})}, NO_KEY, "role"),
        ({"bucket": bucket(tags={})}, NO_KEY, ""),
    ],
)
def test_forty_eight_tags_have_room_for_ours_also_for_those_that_come_later(
    more: dict[str, Any], keys: Keys | None, kind: str
) -> None:
    found = there(bucket=more.get("bucket"), **{name: one for name, one in more.items() if name != "bucket"})
    contract = agreed(tags=FORTY_EIGHT, adopt=["user", "role", "bucket"])
    refused = provision(replace(asked(contract, found), keys=keys)).refusals
    expected = f"bucket_access_tags: the {kind} would have 51 tags, and AWS takes 50. Leave some out."
    assert refused == ((expected,) if kind else ())


@pytest.mark.parametrize(("others", "refused"), [(48, 0), (49, 1)])
def test_a_rotation_that_could_not_be_noted_is_not_begun(others: int, refused: int) -> None:
    full = {**OURS, **{f"theirs-{number}": "" for number in range(others)}}
    found = there(user=user(tags=full))
    assert len(rotation(replace(asked(agreed(), found), keys=NO_KEY)).refusals) == refused
    noted = there(user=user(tags={**full, "assumerole.s3/keys": "done"}))
    assert others == 49 or rotation(replace(asked(agreed(), noted), keys=NO_KEY)).refusals == ()


def test_teardown_removes_what_is_marked_bucket_first() -> None:
    assert steps(removal(there())) == [("delete", "bucket"), ("delete", "role"), ("delete", "user")]


def test_teardown_of_nothing_is_nothing() -> None:
    assert steps(removal(NOTHING)) == []


def test_what_was_adopted_loses_our_parts_and_stays() -> None:
    tags = {MARK: "r", ADOPTED: "2026-01-01T00:00:00Z", "assumerole.s3/keys": "done", "team": "x"}
    found = there(user=user(tags=tags), role=role(tags=tags), bucket=bucket(tags=tags))
    made = removal(found)
    assert steps(made) == [
        ("delete", "bucket_policy"),
        ("change", "bucket"),
        ("delete", "role_policy"),
        ("change", "role"),
        ("change", "user"),
    ]
    assert all(options(made)[name]["tags"] == {"team": "x"} for name in ("user", "role", "bucket"))
    assert options(made)["role"]["assume_role_policy_document"] == role().trust


def test_an_adopted_user_loses_the_keys_that_the_contract_made_and_no_others() -> None:
    gone = Retired(("AKIAOLD", "AKIAAGAIN"), NOW)
    notes = {"assumerole.s3/keys": str(Note(NOW, ("AKIAPERSON", "AKIAMADE"), made="AKIAMADE", retired=gone))}
    keys = tuple(
        Key(name, active, NOW)
        for name, active in (("AKIAPERSON", True), ("AKIAMADE", True), ("AKIAOLD", False), ("AKIAAGAIN", True))
    )
    taken_over = user(tags={MARK: "r", ADOPTED: "2026-01-01T00:00:00Z", **notes}, keys=keys)
    made = removal(there(user=taken_over, role=None, bucket=None))
    assert steps(made) == [("delete", "access_keys"), ("change", "user")]
    assert options(made)["access_keys"]["ids"] == ["AKIAMADE", "AKIAOLD"]
    assert made.lines[0] == "delete AKIAMADE, AKIAOLD of the user u, made by the contract"


def test_it_is_known_when_what_stays_was_taken_over() -> None:
    """The files with what it was before are named by that, one for each run."""
    first, next_one = ({MARK: "r", ADOPTED: moment} for moment in ("2026-01-01T00:00:00Z", "2026-02-03T04:05:06Z"))
    found = there(user=user(tags=next_one), role=role(tags=first), bucket=bucket(tags=first))
    assert asked(agreed(), found).taken_over_at == ["20260101T000000Z", "20260203T040506Z"]
    assert asked(agreed(manage=["role", "bucket"]), found).taken_over_at == ["20260101T000000Z"]
    assert asked(agreed(), there()).taken_over_at == []
    others = there(bucket=bucket(tags={**first, MARK: "other"}))
    assert asked(agreed(), others).taken_over_at == []


def test_what_is_saved_of_a_user_has_its_policies_whole() -> None:
    own = {"Version": "2012-10-17", "Statement": []}
    (taken, _policies) = plan(there(user=user(tags={"team": "x"}, inline={"own": own})), adopt=["user"]).steps
    assert taken.saved == {
        "arn": f"{ACCOUNT}:user/u",
        "tags": {"team": "x"},
        "managed_policies": [],
        "inline_policies": {"own": own},
        "permissions_boundary": "",
    }


def test_objects_stop_teardown_unless_their_deletion_is_asked_for() -> None:
    found = there(bucket=bucket(inside={"": "a"}))
    (reason,) = removal(found).refusals
    assert reason.startswith("bucket_access_bucket: b-1 has objects, so nothing was taken down")
    assert steps(removal(found, force=True))[0] == ("delete", "objects")


def test_objects_outside_of_the_prefix_are_never_deleted() -> None:
    found = there(bucket=bucket(inside={"team/": "team/a"}, outside="other"))
    (reason,) = removal(found, force=True, prefix="team").refusals
    assert "has objects outside of team/ (other)" in reason
