# Copyright (c) 2026 the assumerole.s3 contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every task of the role that calls AWS says in which region: without one a client asks the commercial endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

COLLECTION = Path(__file__).parents[3]
TASKS = sorted((COLLECTION / "roles/bucket_access/tasks").rglob("*.yml"))


def tasks(found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for task in found:
        yield task
        for part in ("block", "rescue", "always"):
            yield from tasks(task.get(part, []))


def calls_aws(name: str) -> bool:
    namespace, _dot, module = name.rpartition(".")
    if namespace == "assumerole.s3":
        return "amazon.aws.region.modules" in (COLLECTION / f"plugins/modules/{module}.py").read_text()
    return namespace == "amazon.aws"


def run(task: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The modules that a task runs, with their options: also the one that it runs through another."""
    for name, options in task.items():
        inner = name == "assumerole.s3.explained"
        yield (options["module"], options["options"]) if inner else (name, options)


CALLS = [
    (task["name"], options)
    for path in TASKS
    for task in tasks(yaml.safe_load(path.read_text()))
    for name, options in run(task)
    if calls_aws(name)
]


def test_the_tasks_are_seen() -> None:
    assert len(CALLS) >= 20


@pytest.mark.parametrize(("name", "options"), CALLS)
def test_every_task_that_calls_aws_says_in_which_region(name: str, options: dict[str, Any]) -> None:
    assert "region" in options, name
