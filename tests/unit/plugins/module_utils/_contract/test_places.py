# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Contracts that list several places: what is refused, each with a sentence, and what comes of the rest."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._contract.grants import Grant
from ansible_collections.assumerole.s3.plugins.module_utils._contract.permissions import USUAL
from ansible_collections.assumerole.s3.plugins.module_utils._contract.problems import problems

NAMES = {"user": "u", "role": "r", "bucket": None}


def found(grants: Any, **more: Any) -> list[str]:
    return problems({**NAMES, "grants": grants, **more})


GOOD: list[list[dict[str, Any]]] = [
    [{"bucket": "abc"}],
    [{"bucket": "abc", "prefix": None, "permissions": None}],
    [{"bucket": "abc", "prefix": "team"}, {"bucket": "abc", "prefix": "team-secrets"}],
    [{"bucket": "abc", "prefix": "team/"}, {"bucket": "abd", "prefix": "team/a/"}, {"bucket": "abe"}],
    [{"bucket": "abc", "permissions": ["read"]}, {"bucket": "abd", "permissions": "list, write"}],
]


@pytest.mark.parametrize("grants", GOOD)
def test_sound_places_are_no_problem(grants: Any) -> None:
    assert found(grants) == []


BAD: dict[str, tuple[Any, str]] = {
    "a dict": ({"bucket": "abc"}, "bucket_access_grants is \"{'bucket': 'abc'}\": write a list."),
    "empty": ([], "bucket_access_grants is empty: list the places, or leave it out."),
    "a name": (
        ["abc"],
        "bucket_access_grants[0] is 'abc': write a bucket, and a prefix and permissions where they are "
        "not the usual ones.",
    ),
    "no bucket": ([{"bucket": "abc"}, {"prefix": "x"}], "bucket_access_grants[1].bucket is missing: name the bucket."),
    "an unknown key": (
        [{"bucket": "abc", "prefixes": "x"}],
        "bucket_access_grants[0].prefixes is unknown: choose from bucket, prefix, permissions.",
    ),
    "a bad prefix": (
        [{"bucket": "abc"}, {"bucket": "abd", "prefix": "/x"}],
        "bucket_access_grants[1].prefix is '/x', which has an empty part: write it like team/reports/.",
    ),
    "a bad permission": (
        [{"bucket": "abc", "permissions": ["raed"]}],
        "bucket_access_grants[0].permissions has 'raed', not a permission: choose from",
    ),
    "no permission": (
        [{"bucket": "abc", "permissions": []}],
        "bucket_access_grants[0].permissions is empty, so the role could do nothing",
    ),
    "a bad bucket": ([{"bucket": "ABC"}], "bucket_access_grants[0].bucket is 'ABC', not a bucket name"),
    "one in another": (
        [{"bucket": "abc", "prefix": "team"}, {"bucket": "abd"}, {"bucket": "abc", "prefix": "team/a"}],
        "bucket_access_grants[0] and bucket_access_grants[2] overlap, as 'abc/team/' and 'abc/team/a/' have keys in",
    ),
    "twice the same": (
        [{"bucket": "abc", "prefix": "team/"}, {"bucket": "abc", "prefix": "team", "permissions": ["read"]}],
        "bucket_access_grants[0] and bucket_access_grants[1] overlap",
    ),
    "in the whole bucket": (
        [{"bucket": "abc"}, {"bucket": "abc", "prefix": "team/"}],
        "bucket_access_grants[0] and bucket_access_grants[1] overlap, as 'abc/' and 'abc/team/'",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_each_wrong_place_is_one_sentence_that_names_it(name: str) -> None:
    given, begins = BAD[name]
    (sentence,) = found(given)
    assert sentence.startswith(begins)


def test_without_any_place_the_bucket_is_missing() -> None:
    assert problems(NAMES) == [
        "bucket_access_bucket is empty: name the bucket, or list several places in bucket_access_grants."
    ]
    assert problems({"user": "u"}) == []


TWO = [{"bucket": "abc", "prefix": "team", "permissions": ["read"]}, {"bucket": "abd"}]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"bucket": "abd"}, "bucket_access_bucket is 'abd', and bucket_access_grants begins with 'abc': leave"),
        ({"prefix": "x"}, "bucket_access_prefix is 'x/', and bucket_access_grants begins with 'team/': leave"),
        (
            {"permissions": ["list", "read"]},
            "bucket_access_permissions is 'list, read', and bucket_access_grants begins with 'read': leave",
        ),
    ],
)
def test_what_is_said_twice_must_be_said_alike(given: Any, said: str) -> None:
    (sentence,) = found(TWO, **given)
    assert sentence.startswith(said)


@pytest.mark.parametrize(
    "given",
    [{"bucket": "abc", "prefix": "team/", "permissions": ["read"]}, {"prefix": "", "permissions": list(USUAL)}],
)
def test_the_first_place_and_the_defaults_may_stand_beside_the_list(given: Any) -> None:
    assert found(TWO, **given) == []


def test_no_bucket_of_any_place_is_forbidden() -> None:
    assert found(TWO, forbidden_buckets=["xyz", "abd"]) == [
        "bucket_access_forbidden_buckets has 'abd', which is the bucket of the contract: remove it there."
    ]


def test_a_contract_has_its_places_in_their_order() -> None:
    contract = Contract.of({"user": "u", "role": "r", "grants": [*TWO, {"bucket": "abc", "prefix": "z/"}]})
    assert contract.grants == (Grant("abc", "team/", ("read",)), Grant("abd"), Grant("abc", "z/"))
    assert (contract.bucket, contract.buckets) == ("abc", ("abc", "abd"))
    assert contract.at("abc").grants == (Grant("abc", "team/", ("read",)), Grant("abc", "z/"))
    assert contract.places == "grants"


def test_the_usual_contract_has_one_place_and_is_itself_at_it() -> None:
    contract = Contract.of({"user": "u", "role": "r", "bucket": "abc"})
    assert (contract.buckets, contract.at("abc"), contract.places) == (("abc",), contract, "bucket")
