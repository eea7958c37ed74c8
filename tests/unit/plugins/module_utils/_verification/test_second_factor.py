# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One code opens one session, and one that AWS has refused is not tried again."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws import probes
from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._verification.second_factor import Factor, SecondFactor

GIVEN = Factor("arn:aws:iam::123456789012:mfa/partner", "123456")
REFUSED = Answer(code="AccessDenied", status=403, message="MultiFactorAuthentication failed")
TOO_YOUNG = Answer(code="InvalidClientTokenId", status=403)


class Sessions:
    """Notes what is opened."""

    def session(self, credentials: Any) -> Any:
        return ("session", credentials)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Answer]:
    """What STS is going to say; what is taken off was asked."""
    given: list[Answer] = []

    def opened(_sts: Any, _serial: str, _code: str) -> tuple[Answer, Any]:
        answer = given.pop(0)
        return answer, {"AccessKeyId": "ASIAEXAMPLE"} if answer.succeeded else None

    monkeypatch.setattr(probes, "open_session", opened)
    return given


def factor(given: Factor = GIVEN) -> SecondFactor:
    return SecondFactor(Sessions(), given)  # type: ignore[arg-type]


def test_one_session_is_enough(answers: list[Answer]) -> None:
    answers += [Answer(), Answer()]
    second = factor()
    assert second.open(None) == second.open(None) == ("session", {"AccessKeyId": "ASIAEXAMPLE"})
    assert len(answers) == 1


def test_a_code_that_was_refused_is_not_tried_again(answers: list[Answer]) -> None:
    answers += [REFUSED, Answer()]
    second = factor()
    first, again = second.open(None), second.open(None)
    assert isinstance(first, Answer)
    assert first == again
    assert not first.tried
    assert "MultiFactorAuthentication failed" in first.message
    assert len(answers) == 1


def test_a_key_that_is_seconds_old_is_tried_again(answers: list[Answer]) -> None:
    answers += [TOO_YOUNG, Answer()]
    second = factor()
    assert isinstance(second.open(None), Answer)
    assert not isinstance(second.open(None), Answer)


@pytest.mark.parametrize("given", [Factor(), Factor("serial"), Factor(code="123456")])
def test_without_both_nothing_is_asked(answers: list[Answer], given: Factor) -> None:
    opened = factor(given).open(None)
    assert isinstance(opened, Answer)
    assert "no code was given" in opened.message
    assert answers == []
