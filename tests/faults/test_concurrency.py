# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several runs at once: the end is one of the sane ones, and the credentials file loses nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path
import stat

from bench import Bench
from subject import Ran, Subject, inventory, profiles

#: ``make faults`` provisions this many contracts at once; ``make test`` a few.
CONTRACTS = int(os.environ.get("FAULT_CONTRACTS", "3"))


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
    keys = [key["AccessKeyId"] for key in subject.access_keys()]
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


def test_many_contracts_in_one_credentials_file(bench: Bench, tmp_path: Path) -> None:
    subjects = [Subject(bench, bench.lanes[0], tmp_path) for _contract in range(CONTRACTS)]
    file = tmp_path / "inventory.json"
    file.write_text(json.dumps(inventory(subjects)))
    somebody = "# mine\n[somebody]\naws_access_key_id = AKIASOMEBODYEXAMPLE\n"
    credentials = tmp_path / ".aws" / "credentials"
    credentials.parent.mkdir()
    credentials.write_text(somebody)
    credentials.chmod(0o600)

    chosen = json.dumps({"bucket_access_hosts": "contracts"})
    ran = subjects[0].play_on(file, "provision", "-e", chosen, "--forks", str(min(10, CONTRACTS)))

    assert ran.code == 0, ran.output[-3000:]
    assert [(subject.tag, subject.differences()) for subject in subjects if subject.differences()] == []
    assert credentials.read_text().startswith(somebody)
    assert len(profiles(credentials)) == CONTRACTS + 1
    assert len(profiles(tmp_path / ".aws" / "config")) == CONTRACTS
    assert stat.S_IMODE(credentials.stat().st_mode) == 0o600
