# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs for one contract at the same time: the end is one of the sane ones.

A provision whose bucket another run takes away asks for it again for minutes, as amazon.aws does for a new bucket.
"""

from __future__ import annotations

from pathlib import Path

from bench import Bench
import pytest
from subject import Subject

from lab.play import Ran

pytestmark = pytest.mark.whole


def at_once(subject: Subject, *verbs: str) -> list[Ran]:
    """Run the verbs at the same time, in the same home."""
    return [subject.finish(running) for running in [subject.start(verb) for verb in verbs]]


def test_two_provisions_of_one_contract(bench: Bench, tmp_path: Path) -> None:
    subject = Subject(bench, bench.lanes[0], tmp_path)
    for ran in at_once(subject, "provision", "provision"):
        assert subject.broken_promises(ran) == []

    again = subject.play("provision")
    if "whose secret is not in" in again.sentence:
        again = subject.play("provision")
    assert again.code == 0, again.sentence
    keys = [*subject.world.key_states()]
    assert subject.profile_key() in keys
    subject.delete_lost_keys()
    assert subject.differences() == []


def test_provision_against_teardown(bench: Bench, tmp_path: Path) -> None:
    subject = Subject(bench, bench.lanes[1], tmp_path)
    subject.provision()
    for ran in at_once(subject, "provision", "teardown"):
        assert subject.broken_promises(ran) == []

    last = subject.play("teardown")
    assert last.code == 0, last.sentence
    assert subject.remains() == []
