# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where requests wait for their turns, an answer takes long: no patience is spent before there is one."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from botocore.exceptions import ClientError
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.configuration import Configuration
from ansible_collections.assumerole.s3.plugins.modules import access_audit, user_access_key
from ansible_collections.assumerole.s3.tests.unit.plugins.module_utils._verification.fake_clock import FakeClock


class Compared(Exception):
    """The reading is over."""


def test_what_is_read_is_as_old_as_the_beginning_of_its_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """A change of a minute before may explain what a reading of an hour has found."""
    clock = [datetime(2026, 1, 1, 12, tzinfo=timezone.utc)]
    changed = (clock[0] - timedelta(minutes=1)).isoformat()

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return clock[0]

    def compared(_compare: Any, patience_for: Any) -> Any:
        clock[0] += timedelta(hours=1)
        assert patience_for(Configuration()).seconds == 60
        raise Compared

    monkeypatch.setattr(access_audit, "datetime", Clock)
    monkeypatch.setattr(access_audit, "compared", compared)
    monkeypatch.setattr(access_audit, "last_change", lambda _found, noted: noted)
    contract = {"user": "partner", "role": "exchange", "bucket": "example-partner"}
    operator: Any = type("Operator", (), {"user": lambda _self, _service: None})()
    with pytest.raises(Compared):
        access_audit.run_audit(operator, {"contract": contract, "changed_at": changed, "wait_timeout": 120})


def test_a_step_is_taken_again_although_its_first_answer_took_long(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, answers = FakeClock(), [next(iter(user_access_key.PASSING)), ""]

    def step() -> dict[str, Any]:
        clock.now += 500
        code = answers.pop(0)
        if code:
            raise ClientError({"Error": {"Code": code, "Message": ""}}, "CreateAccessKey")
        return {"changed": True}

    monkeypatch.setattr(user_access_key, "time", clock)
    assert user_access_key.patiently(step, 120) == {"changed": True}


def test_a_step_is_not_taken_again_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock()

    def step() -> dict[str, Any]:
        assert clock.now < 1500
        raise ClientError({"Error": {"Code": next(iter(user_access_key.PASSING)), "Message": ""}}, "CreateAccessKey")

    monkeypatch.setattr(user_access_key, "time", clock)
    with pytest.raises(ClientError):
        user_access_key.patiently(step, 120)
    assert 110 <= sum(clock.slept) <= 120
