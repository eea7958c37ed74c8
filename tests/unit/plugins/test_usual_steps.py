# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan whose steps are all usual is carried out by a shorter file, so that file has a task for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import re
from typing import Any

import pytest
import yaml

ROLE = Path(__file__).parents[3] / "roles" / "bucket_access"

#: One task takes them, by the plan of the key: nothing of them is in the files of steps.
OF_THE_KEY = {"key", "key_note", "retired_key", "unneeded_keys"}

#: Teardown says its own where it includes the file.
LISTED_IN = {"provision": "vars/main/plan.yml", "teardown": "tasks/teardown.yml"}

STEP = re.compile(r"'(\w+)' in __bucket_access_(?:plan|turn)\.options")


def loaded(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def taken(path: Path) -> Iterator[str]:
    """The steps that the tasks of a file take, and of those that it imports, in their order."""
    for task in loaded(path):
        imported = task.get("ansible.builtin.import_tasks")
        yield from taken(path.parent / imported) if imported else STEP.findall(str(task.get("when")))


def usual(verb: str) -> set[str]:
    """The steps with which a plan is carried out by the shorter file."""
    (listed,) = re.findall(r"__bucket_access_usual_steps: \[(.+)\]", (ROLE / LISTED_IN[verb]).read_text())
    return set(listed.split(", "))


@pytest.mark.parametrize("verb", LISTED_IN)
def test_the_shorter_file_takes_the_usual_steps_and_no_other_in_the_order_of_all(verb: str) -> None:
    folder = ROLE / "tasks" / f"_{verb}"
    shorter, whole = list(taken(folder / "usual_steps.yml")), list(taken(folder / "steps.yml"))
    assert set(shorter) == usual(verb) - OF_THE_KEY
    assert [step for step in whole if step in shorter] == shorter
    assert len(whole) > len(shorter)
