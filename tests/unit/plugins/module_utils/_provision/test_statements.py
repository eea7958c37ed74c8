# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our statements get into a bucket policy, and out of it, whoever else writes it meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._policies.bucket_statements import with_ours, without_ours
from ansible_collections.assumerole.s3.plugins.module_utils._provision.statements import (
    MOST,
    Contended,
    Place,
    settled,
)

Document = Mapping[str, Any]


def statement(sid: str, effect: str = "Deny") -> dict[str, Any]:
    return {"Effect": effect, "Sid": sid, "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{sid}"}


def policy(*sids: str) -> dict[str, Any]:
    return {"Version": "2008-10-17", "Id": "theirs", "Statement": [statement(sid) for sid in sids]}


OURS = {"Version": "2012-10-17", "Statement": [statement("ours")]}
present = partial(with_ours, ours=OURS)
absent = partial(without_ours, ours=OURS)


class Bucket:
    """A policy that others write after each of our writes, as long as they have something to write."""

    def __init__(self, there: Document, *others: Document) -> None:
        self.there, self.others, self.written = there, list(others), list[Document]()

    def settle(self, merged: Callable[[Document], Document]) -> tuple[Document, Document]:
        return settled(Place(lambda: self.there, self.write, lambda _seconds: None), merged)

    def write(self, document: Document) -> None:
        self.written.append(document)
        self.there = self.others.pop(0) if self.others else document


def test_where_there_is_no_policy_ours_is_all_of_it() -> None:
    bucket = Bucket({})
    assert bucket.settle(present) == ({}, OURS)
    assert bucket.written == [OURS]


def test_the_statements_of_others_stay_as_they_are_and_where_they_are() -> None:
    bucket = Bucket(policy("a", "b"))
    _before, after = bucket.settle(present)
    assert after == policy("a", "b", "ours")
    wrong = {**policy("a", "b"), "Statement": [statement("a"), statement("ours", "Allow"), statement("b")]}
    assert Bucket(wrong).settle(present)[1] == policy("a", "ours", "b")


@pytest.mark.parametrize(("merged", "there"), [(present, policy("a", "ours")), (absent, policy("a")), (absent, {})])
def test_what_is_right_is_not_written(merged: Callable[[Document], Document], there: Document) -> None:
    bucket = Bucket(there)
    assert bucket.settle(merged) == (there, there)
    assert bucket.written == []


def test_a_policy_without_a_statement_is_none() -> None:
    bucket = Bucket(policy("ours"))
    assert bucket.settle(absent) == (policy("ours"), {})


def test_what_another_writes_in_between_is_kept() -> None:
    bucket = Bucket(policy("a"), policy("a", "b"))
    assert bucket.settle(present)[1] == policy("a", "b", "ours")
    bucket = Bucket(policy("a", "ours"), policy("a", "ours", "b"))
    assert bucket.settle(absent)[1] == policy("a", "b")


def test_whoever_takes_it_out_each_time_is_told_of() -> None:
    bucket = Bucket(policy("a"), *[policy("a")] * MOST)
    with pytest.raises(Contended):
        bucket.settle(present)
    assert len(bucket.written) == MOST
    assert Bucket(policy("a"), *[policy("a")] * (MOST - 1)).settle(present)[1] == policy("a", "ours")
