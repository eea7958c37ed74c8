# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A path and a permissions boundary: what is made with them, and which are refused before anything is made."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import permissions_policy, trust_policy
from ansible_collections.assumerole.s3.plugins.module_utils._provision.marks import ADOPTED, MARK
from ansible_collections.assumerole.s3.plugins.module_utils._provision.plan import Inquiry, provision
from ansible_collections.assumerole.s3.plugins.module_utils._provision.steps import Plan
from ansible_collections.assumerole.s3.plugins.module_utils._provision.there import Role, There, User

ACCOUNT = "arn:aws:iam::123456789012"
BOUNDARY = f"{ACCOUNT}:policy/delegated"
OURS = {MARK: "r"}
TAKEN_OVER = {**OURS, ADOPTED: "2026-01-01T00:00:00Z"}


def allowing(*actions: str, effect: str = "Allow", **more: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": effect, "Action": list(actions), "Resource": "*", **more}]}


def both(*documents: dict[str, Any]) -> dict[str, Any]:
    return {"Statement": [statement for document in documents for statement in document["Statement"]]}


S3 = allowing("s3:*")


def plan(there: There, **more: Any) -> Plan:
    contract = Contract.of({"user": "u", "role": "r", "bucket": "b-1", **more})
    return provision(Inquiry(contract, there, "us-east-1", datetime(2026, 1, 1, tzinfo=timezone.utc)))


def there(**more: Any) -> There:
    return There(**{"operator": f"{ACCOUNT}:user/operator", **more})


def user(path: str = "/", **more: Any) -> User:
    return User(**{"name": "u", "arn": f"{ACCOUNT}:user{path}u", "tags": OURS, **more})


def role(path: str = "/", **more: Any) -> Role:
    contract = Contract.of({"user": "u", "role": "r", "bucket": "b-1"})
    standard: dict[str, Any] = {
        "trust": trust_policy(contract, {"u": f"{ACCOUNT}:user/u"}),
        "inline": {"bucket-access": permissions_policy(contract)},
        "description": "Gives u access to the bucket b-1",
    }
    return Role(**{"name": "r", "arn": f"{ACCOUNT}:role{path}r", "tags": OURS, **standard, **more})


def step(made: Plan, name: str) -> Any:
    assert made.refusals == ()
    return next(step for step in made.steps if step.name == name)


@pytest.mark.parametrize("kind", ["user", "role"])
def test_what_is_made_has_the_path_and_the_boundary_from_the_first_request_on(kind: str) -> None:
    made = step(plan(there(boundary=S3), path="/partners/", permissions_boundary=BOUNDARY), kind)
    assert (made.options["path"], made.options["boundary"]) == ("/partners/", BOUNDARY)
    assert (made.after["path"], made.after["permissions_boundary"]) == ("/partners/", BOUNDARY)


def test_the_role_trusts_the_user_at_its_path() -> None:
    made = step(plan(there(), path="/partners/"), "role")
    assert f"{ACCOUNT}:user/partners/u" in str(made.after["trust_policy"])


@pytest.mark.parametrize("kind", ["user", "role"])
def test_the_usual_plan_names_neither(kind: str) -> None:
    made = step(plan(there()), kind)
    assert made.options["path"] == "/"
    assert "boundary" not in made.options
    assert not {"path", "permissions_boundary"} & set(made.after)


@pytest.mark.parametrize("had", ["", f"{ACCOUNT}:policy/former"])
@pytest.mark.parametrize("kind", ["user", "role"])
def test_what_is_there_gets_the_boundary(kind: str, had: str) -> None:
    found = there(user=user(boundary=had), role=role(boundary=had), boundary=S3)
    made = step(plan(found, permissions_boundary=BOUNDARY), kind)
    assert made.before["permissions_boundary"] == had
    assert (made.options["boundary"], "path" in made.options) == (BOUNDARY, False)


def test_a_boundary_that_the_contract_does_not_name_stays() -> None:
    found = there(user=user(boundary=BOUNDARY), role=role(boundary=BOUNDARY))
    assert all("boundary" not in step.options for step in plan(found).steps)


TOO_LITTLE: list[tuple[dict[str, Any], str]] = [
    (allowing("s3:ListBucket", "s3:GetObject", "s3:DeleteObject"), "s3:putobject"),
    (allowing("ec2:*"), "s3:"),
    (both(S3, allowing("s3:DeleteObject", effect="Deny")), "s3:deleteobject"),
    (allowing("s3:*", Resource="arn:aws:s3:::another/*"), "s3:"),
    (both(S3, allowing("sts:*", effect="Deny")), "deny sts:*"),
]


@pytest.mark.parametrize(("boundary", "lacks"), TOO_LITTLE)
def test_a_boundary_that_leaves_less_than_the_contract_is_refused(boundary: dict[str, Any], lacks: str) -> None:
    made = plan(there(boundary=boundary), permissions_boundary=BOUNDARY)
    assert made.steps == ()
    assert any(reason.startswith(f"bucket_access_permissions_boundary: {BOUNDARY} leaves") for reason in made.refusals)
    assert lacks in " ".join(made.refusals).lower()


@pytest.mark.parametrize(
    "boundary",
    [S3, allowing("*"), allowing("s3:*Object", "s3:ListBucket"), allowing("s3:*", Resource="arn:aws:s3:::b-1*")],
)
def test_a_boundary_that_leaves_the_contract_whole_is_taken(boundary: dict[str, Any]) -> None:
    made = plan(there(boundary=boundary), permissions_boundary=BOUNDARY)
    assert (made.refusals, made.notes) == ((), ())


def test_what_cannot_be_told_of_a_boundary_is_said() -> None:
    somewhere = allowing("s3:*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})
    made = plan(there(boundary=somewhere), permissions_boundary=BOUNDARY)
    assert made.refusals == ()
    assert "aws:principalorgid" in " ".join(made.notes).lower()


@pytest.mark.parametrize(("manage", "refused"), [(["role", "bucket"], 1), (["bucket"], 0)])
def test_only_what_the_contract_makes_is_bounded(manage: list[str], refused: int) -> None:
    found = there(user=user(), role=role(), boundary=allowing("ec2:*"))
    assert len(plan(found, permissions_boundary=BOUNDARY, manage=manage).refusals) == refused


def test_a_boundary_of_another_account_is_refused() -> None:
    other = BOUNDARY.replace("123456789012", "210987654321")
    (reason,) = plan(there(), permissions_boundary=other).refusals
    assert reason == (
        f"bucket_access_permissions_boundary is {other}, which belongs to account 210987654321, and these credentials "
        "to 123456789012: name a policy of the contract's account."
    )


def test_a_policy_of_awss_own_can_be_the_boundary() -> None:
    managed = "arn:aws:iam::aws:policy/PowerUserAccess"
    assert plan(there(boundary=S3), permissions_boundary=managed).refusals == ()


ELSEWHERE = [
    ("/partners/", {"user": user()}, 1),
    ("/partners/", {"user": user(tags=TAKEN_OVER)}, 1),
    ("/partners/", {"user": user("/partners/"), "role": role("/team/")}, 1),
    ("/", {"user": user("/partners/")}, 1),
    ("/", {"user": user("/partners/", tags=TAKEN_OVER)}, 0),
    ("/partners/", {"user": user("/partners/"), "role": role("/partners/")}, 0),
]


@pytest.mark.parametrize(("path", "found", "refused"), ELSEWHERE)
def test_what_stands_at_another_path_is_not_moved(path: str, found: dict[str, Any], refused: int) -> None:
    reasons = plan(there(**found), path=path).refusals
    assert len(reasons) == refused
    assert all(reason.startswith(f"bucket_access_path is {path}, and the ") for reason in reasons)
