# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A deletion in words."""

from __future__ import annotations

from collections import Counter

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._aws.listings import Item
from ansible_collections.assumerole.s3.plugins.module_utils._aws.objects import Deleted, Left
from ansible_collections.assumerole.s3.plugins.module_utils._provision.emptied import advice, is_locked, sentence

LOCK = "Access Denied because object protected by object lock."


def left(key: str, code: str = "AccessDenied", message: str = "Access Denied") -> Left:
    return Left(Item("objects", key, "null"), Answer(code=code, message=message))


def deleted(*kept: Left, unlisted: tuple[Answer, ...] = (), **counts: int) -> Deleted:
    return Deleted(Counter(counts), list(kept), list(unlisted))


@pytest.mark.parametrize(
    ("counts", "prefix", "check_mode", "text"),
    [
        ({}, "", False, "There is nothing in 'example'."),
        ({"objects": 0}, "team/", True, "There is nothing below 'team/' in 'example'."),
        ({"objects": 1}, "", False, "1 object was deleted from 'example'."),
        ({"markers": 2}, "team/", False, "2 delete markers below 'team/' were deleted from 'example'."),
        (
            {"objects": 3, "versions": 12, "markers": 2},
            "team/",
            False,
            "3 objects, 12 noncurrent versions and 2 delete markers below 'team/' were deleted from 'example'.",
        ),
        (
            {"uploads": 1, "objects": 1},
            "",
            True,
            "1 object and 1 unfinished multipart upload would be deleted from 'example'.",
        ),
    ],
)
def test_what_was_deleted_is_counted(counts: dict[str, int], prefix: str, check_mode: bool, text: str) -> None:
    assert sentence(deleted(**counts), "example", prefix, check_mode) == text


def test_what_is_left_is_named_with_its_code_and_what_to_do() -> None:
    done = deleted(left("team/a", "InternalError"), objects=2)
    assert sentence(done, "example", "team/") == (
        "2 objects below 'team/' were deleted from 'example'; 1 could not be: 'team/a' (InternalError). "
        "Run this again: it goes on where it stopped."
    )


def test_of_many_that_are_left_three_are_named() -> None:
    done = deleted(*(left(key) for key in ("a", "b\n", "c", "d", "e")))
    assert sentence(done, "example", "").startswith(
        "Nothing was deleted from 'example'; 5 could not be: 'a' (AccessDenied), 'b\\n' (AccessDenied), "
        "'c' (AccessDenied) and 2 more. Allow the operator "
    )


def test_what_could_not_be_listed_is_told() -> None:
    done = deleted(unlisted=(Answer(code="AccessDenied", message="Access\nDenied."),), objects=1)
    assert sentence(done, "example", "").startswith(
        "1 object was deleted from 'example'; what else there is could not be listed: AccessDenied (Access Denied). "
        "Allow the operator s3:ListBucketVersions"
    )


def test_the_end_of_object_lock_is_told_when_it_is_known() -> None:
    done = deleted(left("a", message=LOCK))
    assert advice(done, "2030-01-01T00:00:00Z") == [
        "Object Lock protects what is left: run this again when its retention is over, on 2030-01-01T00:00:00Z, "
        "or ask whoever set the retention or the legal hold to end it."
    ]
    assert "is over, or ask" in advice(done)[0]


@pytest.mark.parametrize(
    ("kept", "begins"),
    [
        (left("a", message=LOCK), "Object Lock protects"),
        (left("a", message="Mfa Authentication must be used for this request"), "The bucket demands MFA"),
        (left("a"), "Allow the operator s3:DeleteObject"),
        (left("a", "SlowDown", LOCK), "Run this again"),
        (left("a", "UnreadableAnswer"), "Run this again"),
    ],
)
def test_code_and_wording_choose_the_advice_on_what_is_left(kept: Left, begins: str) -> None:
    (told,) = advice(deleted(kept))
    assert told.startswith(begins)
    assert is_locked(kept) == begins.startswith("Object Lock")


@pytest.mark.parametrize(
    ("answer", "begins"),
    [
        (Answer(code="AccessDenied"), "Allow the operator s3:ListBucketVersions"),
        (Answer(code="NoCredentialsError", message="Unable to locate credentials"), "Log in"),
        (Answer(code="UnreadableAnswer"), "Look at endpoint_url"),
        (Answer(code="EndpointConnectionError", message="Could not connect to the endpoint URL"), "Check the network"),
        (
            Answer(code="SSLError", message="the certificate of x.test is not trusted"),
            "Name its authority in aws_ca_bundle or AWS_CA_BUNDLE, and check the clock",
        ),
        (Answer(code="InternalError", message="We encountered an internal error."), "Run this again"),
    ],
)
def test_code_and_wording_choose_the_advice_on_what_is_not_listed(answer: Answer, begins: str) -> None:
    (told,) = advice(deleted(unlisted=(answer,)))
    assert told.startswith(begins)


def test_each_advice_is_given_once_the_most_telling_first() -> None:
    kept = (left("a", "SlowDown"), left("b", message=LOCK), left("c", message=LOCK), left("d", "SlowDown"))
    told = advice(deleted(*kept, unlisted=(Answer(code="SlowDown"),)))
    assert [text.split()[0] for text in told] == ["Object", "Run"]
