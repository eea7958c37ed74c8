# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documents allow is what the expectations say, by the judgement of evaluators that are not ours.

MiniStack's evaluator decides what the generated documents allow; parliament reads them as a linter does.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product
import json
import sys
from typing import Any
import warnings

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._checks.expectations import expectations
from ansible_collections.assumerole.s3.plugins.module_utils._checks.questions import Expectation, Scope
from ansible_collections.assumerole.s3.plugins.module_utils._checks.row import ELSEWHERE, OUTSIDE
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import OBJECTS, ON, PERMISSIONS
from ansible_collections.assumerole.s3.plugins.module_utils._contract.problems import problems
from ansible_collections.assumerole.s3.plugins.module_utils._policies.documents import (
    bucket_policy,
    permissions_policy,
    trust_policy,
)
from lab.checkout import CHECKOUT
from lab.world import contract_of

# Last on the path: only the emulator itself is taken from its environment.
sys.path += [str(path) for path in CHECKOUT.glob(".venvs/enforcing/lib/python*/site-packages")]

from ministack.core import iam_evaluator

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import parliament

ACCOUNT = "123456789012"
USER = f"arn:aws:iam::{ACCOUNT}:user/team/partner"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/partner-exchange"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/partner-exchange/check"
SUBSETS = [subset for size in range(1, len(PERMISSIONS) + 1) for subset in combinations(PERMISSIONS, size)]


def request(action: str, resource: str, caller: str, *, tls: bool = True, **context: str) -> Any:
    """A request as the evaluator wants it."""
    return iam_evaluator.EvalContext(
        principal_arn=caller,
        principal_type="AssumedRole" if caller == SESSION else "User",
        principal_account=ACCOUNT,
        action=action,
        resource_arn=resource,
        region="us-east-1",
        secure_transport=tls,
        service_context={key.replace("_", ":"): value for key, value in context.items()},
    )


def each_action(items: list[Expectation]) -> dict[str, Expectation]:
    """The expectations, of a permission of several actions one for each."""
    several = {row.action: row.actions for row in PERMISSIONS.values()}
    return {
        f"{item.id} {action}": replace(item, action=action)
        for item in items
        for action in several.get(item.action, (item.action,))
    }


def is_allowed(contract: Contract, item: Expectation) -> bool:
    """Whether the documents together allow what an expectation of S3 asks."""
    caller = SESSION if item.principal.startswith("role") else USER
    asked = request(item.action, *where(contract, item), caller, tls=item.principal != "role over plain HTTP")
    asked.service_context.update(listing(contract, item))
    attached = [iam_evaluator.parse_policy_document(permissions_policy(contract))] if caller == SESSION else []
    identity = iam_evaluator.evaluate(asked, attached)
    if item.bucket != contract.bucket:
        return bool(identity.decision == "Allow")
    return bool(
        iam_evaluator.combine_resource_policy(identity, asked, bucket_policy(contract), ACCOUNT).decision == "Allow"
    )


def where(contract: Contract, item: Expectation) -> tuple[str]:
    """The resource of the request behind an expectation."""
    if item.probe == "list_buckets":
        return ("*",)
    bucket = f"arn:aws:s3:::{item.bucket}"
    return (f"{bucket}/{key(contract, item)}" if ON.get(item.action) == OBJECTS else bucket,)


def key(contract: Contract, item: Expectation) -> str:
    """An object below the prefix, or just beside it."""
    grant = contract.grants[0]
    return grant.key_beside(".beside") if item.place == OUTSIDE else grant.key("some/object")


def listing(contract: Contract, item: Expectation) -> dict[str, str]:
    """What a listing is limited to; the listing of everything is not."""
    if item.action not in ("s3:ListBucket", "s3:ListBucketVersions") or item.probe == "list_all":
        return {}
    return {"s3:prefix": key(contract, item)}


def lets_in(contract: Contract, caller: str, external_id: str | None) -> bool:
    """Whether the trust policy lets the caller assume the role."""
    context = {"sts_externalid": external_id} if external_id is not None else {}
    asked = request("sts:AssumeRole", ROLE, caller, **context)
    return bool(iam_evaluator.evaluate_trust_policy(trust_policy(contract, {contract.user: USER}), caller, asked))


def assert_documents_do_what_is_expected(contract: Contract) -> None:
    at_s3 = [item for item in expectations(contract, ROLE, Scope(plain_http=True)) if item.action.startswith("s3:")]
    asked = each_action(at_s3)
    assert {name: is_allowed(contract, item) for name, item in asked.items()} == {
        name: item.expected == "allowed" for name, item in asked.items()
    }
    assert lets_in(contract, USER, contract.external_id)
    assert not lets_in(contract, USER.replace("partner", "partner2"), contract.external_id)
    assert not lets_in(contract, f"arn:aws:iam::{ACCOUNT}:root", contract.external_id)
    assert not lets_in(contract, USER.replace(ACCOUNT, "210987654321"), contract.external_id)
    if contract.external_id:
        assert not lets_in(contract, USER, None)
        assert not lets_in(contract, USER, contract.external_id + "-wrong")


@pytest.mark.parametrize("subset", SUBSETS, ids="+".join)
@pytest.mark.parametrize("prefix", ["", "team/", "team/reports/2026/", "a b/é/"])
@pytest.mark.parametrize("external_id", [None, "contract-4711"])
def test_every_combination_allows_what_is_expected(
    subset: tuple[str, ...], prefix: str, external_id: str | None
) -> None:
    assert_documents_do_what_is_expected(
        contract_of(
            bucket="example-bucket",
            permissions=subset,
            prefix=prefix,
            external_id=external_id,
            forbidden_buckets=("example-bucket-2", "other"),
        )
    )


contracts = st.fixed_dictionaries(
    {
        "bucket": st.from_regex(r"[a-z0-9][a-z0-9-]{1,30}[a-z0-9]", fullmatch=True),
        "permissions": st.lists(st.sampled_from(list(PERMISSIONS)), min_size=1, unique=True),
        "prefix": st.text(max_size=40),
        "external_id": st.none() | st.from_regex(r"[\w+=,.@:/-]{2,40}", fullmatch=True),
        "forbidden_buckets": st.lists(st.from_regex(r"[a-z0-9][a-z0-9-]{1,30}[a-z0-9]", fullmatch=True), max_size=2),
    }
).filter(lambda values: not problems(values))


@settings(max_examples=300, deadline=None)
@given(contracts)
def test_random_contracts_allow_what_is_expected(values: dict[str, Any]) -> None:
    assert_documents_do_what_is_expected(contract_of(**values))


@pytest.mark.parametrize(("prefix", "subset"), list(product(["", "team/"], SUBSETS)))
def test_a_linter_finds_nothing_in_the_permissions(prefix: str, subset: tuple[str, ...]) -> None:
    document = permissions_policy(contract_of(bucket="example-bucket", permissions=subset, prefix=prefix))
    assert [str(finding) for finding in parliament.analyze_policy_string(json.dumps(document)).findings] == []


def test_the_linter_would_find_something() -> None:
    document = permissions_policy(contract_of(bucket="example-bucket"))
    document["Statement"][1]["Resource"] = "arn:aws:s3:::example-bucket"
    assert parliament.analyze_policy_string(json.dumps(document)).findings


def test_the_evaluator_would_notice_a_wider_document(monkeypatch: pytest.MonkeyPatch) -> None:
    terms = {"bucket": "example-bucket", "permissions": ("list", "read")}
    contract = contract_of(**terms, prefix="team/")
    wider = permissions_policy(contract_of(**terms))
    monkeypatch.setattr(sys.modules[__name__], "permissions_policy", lambda _contract: wider)
    with pytest.raises(AssertionError):
        assert_documents_do_what_is_expected(contract)


def test_places_are_told_apart() -> None:
    places = {
        item.place for item in expectations(contract_of(bucket="b-1", prefix="team/", forbidden_buckets=("b-2",)), ROLE)
    }
    assert {OUTSIDE, ELSEWHERE} <= places
