# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import threading
import time

import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.side_by_side import side_by_side


def test_the_answers_come_in_the_order_of_the_questions() -> None:
    both_are_here = threading.Barrier(2)

    def ask(name: str) -> str:
        both_are_here.wait(30)
        return name

    assert side_by_side(lambda: ask("first"), lambda: ask("second")) == ["first", "second"]


def test_what_breaks_is_raised_when_the_others_have_ended() -> None:
    broken, ended = threading.Event(), []

    def break_down() -> None:
        broken.set()
        raise ValueError("broken")

    def take_longer() -> None:
        broken.wait(30)
        time.sleep(0.05)
        ended.append("the other")

    with pytest.raises(ValueError, match="broken"):
        side_by_side(break_down, take_longer)
    assert ended == ["the other"]
