# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A callback that writes down all that a callback can get at, ``no_log`` or not: a logger that spares nobody."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: everything
type: notification
short_description: All that a callback can see
description: For tests.
"""


class CallbackModule(CallbackBase):
    """Each task's arguments as they were carried out, its result as it came, and all variables of its host by then."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "everything"

    def __init__(self) -> None:
        super().__init__()
        self._play: Any = None

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self._play = play

    def v2_runner_on_ok(self, result: Any) -> None:
        self._write(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._write(result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        self._write(result)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        self._write(result)

    def _write(self, result: Any) -> None:
        manager = self._play.get_variable_manager()
        seen = {
            "arguments": [result._task.args, dict(getattr(result, "_task_fields", None) or {})],
            "result": [result._result, *uncensored(result)],
            "variables": manager.get_vars(play=self._play, host=result._host, include_hostvars=False),
        }
        with open(os.environ["EVERYTHING_FILE"], "a", encoding="utf-8") as file:
            for what, value in seen.items():
                line = {"host": result._host.name, "task": result._task.name, "what": what, "text": text_of(value)}
                file.write(json.dumps(line) + "\n")


def uncensored(result: Any) -> list[Any]:
    """The result before ``no_log``, wherever this version of Ansible has it."""
    held = [value for value in vars(result).values() if hasattr(value, "as_result_dict")]
    return [value.as_result_dict() for value in held]


def text_of(value: Any) -> str:
    """All of it, as a text in which a secret stands as it is."""
    if isinstance(value, dict):
        return "\n".join(f"{name}: {text_of(item)}" for name, item in value.items())
    if isinstance(value, (list, tuple)):
        return "\n".join(map(text_of, value))
    return str(value)
