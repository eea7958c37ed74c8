# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many contracts at once: the credentials file loses nothing. What runs race for: test_races.py."""

from __future__ import annotations

import json
import os
from pathlib import Path
import stat

from bench import Bench
from subject import Subject, inventory

from lab.home import config_file, credentials_file
from lab.reality import profiles

#: ``make faults`` provisions this many contracts at once; ``make test`` a few.
CONTRACTS = int(os.environ.get("FAULT_CONTRACTS", "2"))


def test_many_contracts_in_one_credentials_file(bench: Bench, tmp_path: Path) -> None:
    subjects = [Subject(bench, bench.lanes[0], tmp_path) for _contract in range(CONTRACTS)]
    file = tmp_path / "inventory.json"
    file.write_text(json.dumps(inventory(subjects)))
    somebody = "# mine\n[somebody]\naws_access_key_id = AKIASOMEBODYEXAMPLE\n"
    credentials = credentials_file(tmp_path)
    credentials.parent.mkdir()
    credentials.write_text(somebody)
    credentials.chmod(0o600)

    chosen = json.dumps({"bucket_access_hosts": "contracts"})
    ran = subjects[0].play_on(file, "provision", "-e", chosen, "--forks", str(min(10, CONTRACTS)))

    assert ran.code == 0, ran.output[-3000:]
    assert [(subject.tag, subject.differences()) for subject in subjects if subject.differences()] == []
    assert credentials.read_text().startswith(somebody)
    assert len(profiles(credentials)) == CONTRACTS + 1
    assert len(profiles(config_file(tmp_path))) == CONTRACTS
    assert stat.S_IMODE(credentials.stat().st_mode) == 0o600
