# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A store that lags is given its time, however long its answers take."""

from __future__ import annotations

import pytest

from ansible_collections.assumerole.s3.plugins.action import kept_access_key
from ansible_collections.assumerole.s3.tests.unit.plugins.module_utils._verification.fake_clock import FakeClock


def test_what_lags_is_looked_at_again_for_as_long_as_is_given_from_the_first_look_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, steps = FakeClock(), object.__new__(kept_access_key.Steps)
    monkeypatch.setattr(kept_access_key, "time", clock)
    steps._options, steps._until = {"wait_timeout": 3}, float("inf")
    clock.now += 500
    assert [steps.pause() for _look in range(5)] == [True, True, True, False, False]
