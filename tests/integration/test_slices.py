# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet is verified in slices, as AWX does it, and what they leave is one index."""

from __future__ import annotations

import json
from pathlib import Path
import subprocess
import sys

from contracts import Operator, names, prefixed
from integration.test_report import INDEX, errors
import pytest
import yaml

from lab.checkout import CHECKOUT, Json
from lab.emulator import Emulator
from lab.play import Ran, ansible

DEFAULTS = {
    "bucket_access_report_dir": "{{ reports }}/{{ inventory_hostname }}",
    "bucket_access_report_index_dir": "{{ reports }}",
}


class Job:
    """A private data directory of ansible-runner's, with two contracts in its project."""

    def __init__(self, operator: Operator, folder: Path) -> None:
        self.operator, self.folder = operator, folder
        self.source = folder / "project" / "contracts.yml"
        contracts = folder / "project" / "contracts"
        contracts.mkdir(parents=True)
        self.source.write_text(yaml.safe_dump({"plugin": "assumerole.s3.contracts", "defaults": DEFAULTS}))
        for name in ("one", "two"):
            terms = {**names(name), "bucket": f"{name}-{operator.emulator.account}"}
            (contracts / f"{name}.yml").write_text(yaml.safe_dump(prefixed(terms)))

    def reports(self, ident: str) -> Path:
        return self.folder / "artifacts" / ident / "reports"

    def provision(self) -> Ran:
        more = ("-e", "bucket_access_hosts=contracts", "-e", "reports=unused")
        return self.operator.run("playbooks/provision.yml", "-i", str(self.source), *more)

    def verify(self, ident: str, limit: str) -> Ran:
        """One slice."""
        said = f"-e bucket_access_hosts=contracts -e reports={self.reports(ident)}"
        where = ("--inventory", str(self.source), "--ident", ident, "--limit", limit, "--cmdline", said)
        return self._program("ansible-runner", "run", str(self.folder), "--playbook", "assumerole.s3.verify", *where)

    def add(self, name: str, **terms: str) -> None:
        """A contract that nobody provisions."""
        bucket = f"{name}-{self.operator.emulator.account}"
        path = self.source.parent / "contracts" / f"{name}.yml"
        path.write_text(yaml.safe_dump(prefixed({**names(name), "bucket": bucket, **terms})))

    def alarm(self) -> int:
        """The exit code by which a scheduler rings."""
        command = [sys.executable, CHECKOUT / "examples" / "alarm.py", self.folder / "artifacts"]
        return subprocess.run(command, check=False, capture_output=True).returncode

    def index(self, *idents: str) -> Ran:
        """One index of these slices."""
        folders = ",".join(str(self.reports(ident)) for ident in idents)
        said = f"path={self.folder / 'artifacts'} folders={folders}"
        return self._program("ansible", "localhost", "-m", "assumerole.s3.access_report_index", "-a", said)

    def written(self) -> Json:
        found: Json = json.loads((self.folder / "artifacts" / "access-report-index.json").read_text())
        return found

    def _program(self, *command: str) -> Ran:
        operator = self.operator
        collections = str(CHECKOUT / ".collections")
        return ansible(
            *command,
            home=operator.home,
            emulator=operator.emulator,
            operator=operator.key,
            ANSIBLE_COLLECTIONS_PATH=collections,
        )


@pytest.fixture
def job(enforcing: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Job:
    return Job(Operator.anew(enforcing, tmp_path_factory.mktemp("home")), tmp_path_factory.mktemp("job"))


def test_slices_are_verified_apart_and_are_one_index(job: Job) -> None:
    assert job.provision().code == 0
    first = job.verify("1", "contracts[0]")
    assert first.code == 0, first.output[-3000:]
    assert "verdict: verified" in first.stdout
    assert "two" not in first.stdout.split("PLAY RECAP")[1]

    unfinished = job.index("1", "2")
    assert unfinished.code != 0
    assert (
        f"folders: there is no report below {job.reports('2')}: verify what belongs there first." in unfinished.output
    )
    assert not (job.folder / "artifacts" / "access-report-index.json").exists()

    assert job.verify("2", "contracts[1:]").code == 0
    whole = job.index("1", "2")
    assert whole.code == 0, whole.output
    assert [entry["path"] for entry in job.written()["contracts"]] == [
        "1/reports/one/access-report.json",
        "2/reports/two/access-report.json",
    ]
    assert job.written()["verdict"] == "verified"

    assert job.verify("3", "contracts").code == 0
    assert job.index("1", "2", "3").code == 0
    found = job.written()
    assert found["summary"] == {"violated": 0, "unreadable": 0, "stale": 0, "inconclusive": 2, "verified": 2}
    assert found["verdict"] == "inconclusive"
    assert all("remove this one" in entry["why"] for entry in found["contracts"] if entry["standing"] != "verified")


def test_a_contract_that_failed_in_its_slice_before_it_had_a_verdict_is_in_the_index_of_all(job: Job) -> None:
    """One has no key yet and no report ever, one broke off after its report, and of one slice nothing else is left."""
    assert job.provision().code == 0
    assert job.verify("1", "contracts").code == 0
    job.add("zero")
    job.add("two", user_profile="nobody")
    assert job.verify("1", "two").code == 2
    assert job.verify("2", "zero").code == 2
    assert sorted(path.name for path in job.reports("2").iterdir()) == [
        "access-report-index.html",
        "access-report-index.json",
    ]
    assert job.alarm() == 1
    ran = job.index("1", "2")
    assert ran.code == 0, ran.output
    found = job.written()
    assert [(entry["path"], entry["standing"]) for entry in found["contracts"]] == [
        ("2/reports/zero/access-report.json", "unreadable"),
        ("1/reports/two/access-report.json", "inconclusive"),
        ("1/reports/one/access-report.json", "verified"),
    ]
    assert (found["verdict"], errors(INDEX, found), job.alarm()) == ("inconclusive", [], 1)
