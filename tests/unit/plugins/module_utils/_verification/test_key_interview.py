# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role's writes and reads show of a key from round to round, and what is done where an object stays."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer, not_tried, observed
from ansible_collections.assumerole.s3.plugins.module_utils._checks.expectations import expectations
from ansible_collections.assumerole.s3.plugins.module_utils._contract.contract import Contract
from ansible_collections.assumerole.s3.plugins.module_utils._verification import key_interview
from ansible_collections.assumerole.s3.plugins.module_utils._verification.key_interview import KeyInterview

KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE_ARN = "arn:aws:iam::123456789012:role/r"
BY_IT, BY_ANOTHER = Answer(value={"key": KEY}), Answer(value={"key": "other", "encryption": "aws:kms"})
BY_S3 = Answer(value={"encryption": "AES256"})
THERE, DENIED = Answer(code="PreconditionFailed", status=412), Answer(code="AccessDenied", status=403)
LOST = Answer(code="ReadTimeoutError")


class Role:
    """Nobody that is asked anything here."""

    @staticmethod
    def client(*_of: Any, **_where: Any) -> None:
        return None


def interview(*permissions: str, obstacle: str = "") -> KeyInterview:
    contract = Contract.of({"bucket": "abc", "role": "r", "permissions": permissions, "kms_key": KEY})
    kept = (*(f"role.{name}" for name in permissions), "role.key.write", "role.key.upload", "role.key.read")
    questions = tuple(item for item in expectations(contract, ROLE_ARN) if item.id in kept)
    return KeyInterview(None, contract, questions, "123456789012", lambda _bucket: obstacle)  # type: ignore[arg-type]


def asked(of: KeyInterview, **answers: Answer) -> dict[str, tuple[str, str | None]]:
    """What each answer shows, and its code."""
    given = {f"role.{name}": answer for name, answer in answers.items()}
    probes = {"role.key.write": "written_by_key", "role.key.upload": "uploaded_by_key", "role.key.read": "read_by_key"}
    found = of.ask(given, Role())  # type: ignore[arg-type]
    return {name: (observed(probes[name], answer), answer.code) for name, answer, _place in found}


@pytest.fixture
def uploads(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the next uploads are told; without any more, nobody may upload."""
    told: list[Any] = []

    def upload(_s3: Any, place: Any) -> Answer:
        answer: Answer = told.pop(0)
        told.append(place.specimen.key)
        return answer

    monkeypatch.setattr(key_interview, "upload_in_parts", upload)
    return told


WRITES = [
    (BY_IT, ("allowed", None)),
    (BY_ANOTHER, ("denied", "AnotherKey")),
    (BY_S3, ("denied", "AnotherKey")),
    (Answer(), ("denied", "AnotherKey")),
    (DENIED, ("denied", "AccessDenied")),
    (Answer(code="WriteNotDone"), ("error", "WriteNotDone")),
    (THERE, ("error", "PreconditionFailed")),
    (LOST, ("error", "ReadTimeoutError")),
    (not_tried("check mode"), ("not_tried", "NotTried")),
]


@pytest.mark.parametrize(("answer", "expected"), WRITES)
def test_only_a_write_that_was_done_shows_the_key(uploads: list[Any], answer: Answer, expected: Any) -> None:
    uploads.append(BY_IT)
    assert asked(interview("write", "delete"), write=answer, delete=Answer())["role.key.write"] == expected


def test_an_earlier_write_counts_where_it_stays_and_no_longer_than_writing_is_allowed(uploads: list[Any]) -> None:
    of = interview("write")
    uploads.append(BY_IT)
    assert set(asked(of, write=BY_IT).values()) == {("allowed", None)}
    assert set(asked(of, write=THERE).values()) == {("allowed", None)}
    assert asked(of, write=DENIED)["role.key.write"] == ("denied", "AccessDenied")
    assert uploads == [".access-check-uploaded"], "what stays is uploaded once"
    assert of.leftovers == {"s3://abc/.access-check-uploaded"}


def test_what_an_earlier_run_left_shows_nothing(uploads: list[Any]) -> None:
    of = interview("write")
    not_done = Answer(code="WriteNotDone")
    assert set(asked(of, write=not_done).values()) == {("error", "WriteNotDone")}
    uploads.append(THERE)
    assert asked(of, write=BY_IT)["role.key.upload"] == ("error", "WriteNotDone")
    assert of.leftovers == {"s3://abc/.access-check-uploaded"}


def test_what_was_not_uploaded_is_nobodys_to_remove(uploads: list[Any]) -> None:
    of = interview("write")
    uploads.append(DENIED)
    asked(of, write=BY_IT)
    asked(of, write=DENIED)
    assert of.leftovers == set()


def test_an_upload_is_asked_for_in_each_round_where_the_role_removes_it(uploads: list[Any]) -> None:
    of = interview("write", "delete")
    for answer, expected in [(BY_IT, "allowed"), (DENIED, "denied"), (BY_ANOTHER, "denied"), (BY_IT, "allowed")]:
        uploads.append(answer)
        assert asked(of, write=BY_IT, delete=Answer())["role.key.upload"][0] == expected
        assert uploads.pop().startswith(".access-check-")


PLACES = [(BY_IT, True), (BY_ANOTHER, True), (LOST, True), (DENIED, False)]


@pytest.mark.parametrize(("answer", "lies"), PLACES)
def test_what_may_lie_there_is_told_for_removal(uploads: list[Any], answer: Answer, lies: bool) -> None:
    uploads.append(answer)
    found = interview("write", "delete").ask({"role.write": BY_IT, "role.delete": Answer()}, Role())  # type: ignore[arg-type]
    assert [place is not None for name, _answer, place in found if name == "role.key.upload"] == [lies]


def test_an_upload_that_could_not_be_aborted_is_named(uploads: list[Any]) -> None:
    of = interview("write", "delete")
    uploads.append(Answer(code="AccessDenied", status=403, value={"upload": "u"}))
    asked(of, write=BY_IT, delete=Answer())
    (left,) = of.leftovers
    assert left.endswith("?uploadId=u")


def test_where_nothing_may_be_made_nothing_is(uploads: list[Any]) -> None:
    found = asked(interview("write", "delete", obstacle="it would stay"), write=BY_IT, delete=Answer())
    assert (found["role.key.upload"], uploads) == (("not_tried", "NotTried"), [])


READS = [
    (BY_IT, ("allowed", None)),
    (BY_S3, ("error", "AnotherKey")),
    (DENIED, ("denied", "AccessDenied")),
    (Answer(code="NoObjectToRead"), ("error", "NoObjectToRead")),
]


@pytest.mark.parametrize(("answer", "expected"), READS)
def test_what_was_there_before_may_have_another_key(answer: Answer, expected: Any) -> None:
    assert asked(interview("read"), read=answer) == {"role.key.read": expected}
