# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/troubleshooting.md explains messages that there are, and those that stop a run."""

from __future__ import annotations

import re

from messages import can_be_printed, explained, of_python, of_yaml, printed
import pytest

from ansible_collections.assumerole.s3.plugins.module_utils._provision.failures import ROWS, Row
from lab.checkout import CHECKOUT

MESSAGES = explained((CHECKOUT / "docs" / "troubleshooting.md").read_text())
REFUSALS = re.findall(r"^\| ([^|]*[a-z][^|]*…[^|]*) \|", (CHECKOUT / "docs" / "rotation.md").read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return list(printed(CHECKOUT))


@pytest.mark.parametrize("message", MESSAGES + REFUSALS)
def test_every_message_on_the_page_can_be_printed(message: str, texts: list[str]) -> None:
    assert can_be_printed(message, texts)


@pytest.mark.parametrize("row", ROWS, ids=[row.sentence[:40] for row in ROWS])
def test_every_failure_that_stops_a_run_is_explained(row: Row) -> None:
    text = list(of_yaml(row.sentence))
    assert [message for message in MESSAGES if can_be_printed(message, text)], row.sentence


def test_rotations_refusals_are_found() -> None:
    assert len(REFUSALS) == 6


@pytest.mark.parametrize(
    ("message", "possible"),
    [
        ("The key … is inactive", True),
        ("is inactive: … it", True),
        ("The key … is gone", False),
        ("inactive … The key", False),
        ("…", False),
    ],
)
def test_a_message_is_known_by_its_fixed_parts(message: str, possible: bool) -> None:
    texts = list(of_python('f"The key {key.id} is "\\\n    f"inactive: activate it"'))
    assert can_be_printed(message, texts) is possible


def test_templates_are_left_open() -> None:
    assert list(of_yaml({"fail_msg": ["no {{ user | default('x') }} in\n account {number}"]})) == ["no … in account …"]
