# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
from pathlib import Path
import threading
from types import SimpleNamespace
from typing import Any

from ansible import constants
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._aws.answers import Answer
from ansible_collections.assumerole.s3.plugins.module_utils._checks.observations import Observation
from ansible_collections.assumerole.s3.plugins.module_utils._verification.progress import telling
from ansible_collections.assumerole.s3.plugins.plugin_utils._in_process import InProcess
from ansible_collections.assumerole.s3.plugins.plugin_utils._shown_progress import ShownProgress, progress_file

REFUSED = Observation(Answer(code="AccessDenied", status=403), settled=False, attempts=1, elapsed_ms=3)
MOODY = Observation(Answer(status=200), settled=False, attempts=4, elapsed_ms=3, history=("denied", "allowed"))
LINE = "waiting for AWS to catch up, 98 seconds at most: role.read (AccessDenied)"


@pytest.fixture(autouse=True)
def local_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))


def test_a_line_is_shown_while_the_module_still_runs() -> None:
    shown, heard = [], threading.Event()

    def show(line: str) -> None:
        shown.append(line)
        heard.set()

    with progress_file(show) as path:
        telling(path)(97.6, {"role.read": REFUSED})
        assert heard.wait(30)
        assert shown == [LINE]


def test_the_last_line_is_shown_and_the_file_is_gone() -> None:
    shown: list[str] = []
    with progress_file(shown.append) as path:
        telling(path)(97.6, {"role.read": REFUSED})
        telling(path)(5.0, {"role.read": MOODY})
    assert shown == [LINE, "waiting for AWS to catch up, 5 seconds at most: role.read (allowed)"]
    assert not os.path.exists(path)


@pytest.mark.parametrize("path", [None, "/nowhere/progress"])
def test_a_module_without_listeners_goes_on(path: str | None) -> None:
    telling(path)(1.0, {"role.read": REFUSED})


def test_a_module_that_is_tried_again_is_heard_again(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[bool] = []

    def run(action: Any, *_arguments: object) -> dict[str, Any]:
        heard.append(os.path.exists(action._task.args["progress_file"]))
        return {}

    monkeypatch.setattr(InProcess, "run", run)
    action: Any = ShownProgress.__new__(ShownProgress)
    action._connection = SimpleNamespace(transport="local")
    action._task = SimpleNamespace(args={"bucket": "b"}, async_val=0, register=None)
    for _attempt in range(2):
        action.run()
    assert heard == [True, True]
    assert action._task.args == {"bucket": "b"}
