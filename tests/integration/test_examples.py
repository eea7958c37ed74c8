# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of ``examples`` do what they say, in the account that they name."""

from __future__ import annotations

import json
from pathlib import Path
import shutil
import subprocess
import sys
from typing import Any

import pytest

from lab.account import allow, operator_of
from lab.checkout import CHECKOUT
from lab.emulator import Emulator
from lab.home import environment
from lab.world import PUBLIC_ACCESS

EXAMPLES = CHECKOUT / "examples"
ACCOUNT = "123456789012"


class Project:
    """A copy of the examples, an account, and its operator."""

    def __init__(self, folder: Path, emulator: Emulator) -> None:
        self.folder = folder / "project"
        shutil.copytree(EXAMPLES, self.folder)
        self.account = emulator.in_account(ACCOUNT)
        aws = {**emulator.keyless, **operator_of(self.account, [allow("*")])}
        self._env = environment(folder, aws, ANSIBLE_COLLECTIONS_PATH=str(CHECKOUT / ".collections"))

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self._env,
            text=True,
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def play(self, verb: str, *arguments: str) -> str:
        done = self.run("ansible-playbook", f"assumerole.s3.{verb}", *arguments, "-e", "bucket_access_wait_timeout=10")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def project(enforcing: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("examples"), enforcing)


def test_the_usual_contract_is_provisioned_and_proven(project: Project) -> None:
    done = project.run("ansible-playbook", "site.yml", "-e", "bucket_access_wait_timeout=10")
    assert done.returncode == 0, done.stdout
    assert '"msg": "verified: ' in done.stdout
    again = project.run("ansible-playbook", "site.yml", "-e", "bucket_access_wait_timeout=10")
    assert " changed=0 " in again.stdout
    project.play("teardown", "-e", "@partner.yml")


def test_a_bucket_that_exists_is_taken_over_and_left_as_it_is(project: Project) -> None:
    s3 = project.account.s3
    s3.create_bucket(Bucket="example-data-lake")
    s3.put_bucket_versioning(Bucket="example-data-lake", VersioningConfiguration={"Status": "Enabled"})
    s3.put_public_access_block(
        Bucket="example-data-lake", PublicAccessBlockConfiguration=dict.fromkeys(PUBLIC_ACCESS, True)
    )
    project.play("provision", "-e", "@analyst.yml")
    project.play("verify", "-e", "@analyst.yml")
    assert s3.get_bucket_versioning(Bucket="example-data-lake")["Status"] == "Enabled"
    project.play("teardown", "-e", "@analyst.yml")


def test_many_contracts_are_verified_on_a_schedule_and_the_alarm_tells_findings_apart(project: Project) -> None:
    chosen = ("-i", "inventory.yml", "-e", "bucket_access_hosts=contracts")
    project.play("provision", *chosen)
    done = project.run("./scheduled.sh", "-e", "bucket_access_wait_timeout=10")
    assert (done.returncode, done.stdout.splitlines()[-2:]) == (0, ["globex: verified", "initech: verified"])
    wider = {"RoleName": "globex-exchange", "PolicyName": "for-now"}
    project.account.iam.put_role_policy(**wider, PolicyDocument=json.dumps(allow("s3:DeleteBucket")))
    done = project.run("./scheduled.sh", "-e", "bucket_access_wait_timeout=10")
    assert done.returncode == 3
    assert "globex: violated\n  config.role.permissions: " in done.stdout
    assert done.stdout.endswith("initech: verified\n")
    project.account.iam.delete_role_policy(**wider)
    project.play("teardown", *chosen)


def alarm(folder: Path, reports: dict[str, Any], *arguments: str) -> tuple[int, str]:
    for name, report in reports.items():
        path = folder / "reports" / name / "access-report.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(report if isinstance(report, str) else json.dumps(report))
    command = [sys.executable, EXAMPLES / "alarm.py", *arguments]
    done = subprocess.run(command, cwd=folder, text=True, capture_output=True, check=False)
    return done.returncode, done.stdout


def report_of(verdict: str, *outcomes: str) -> dict[str, Any]:
    checks = [{"id": outcome, "outcome": outcome, "cause": "Why.", "advice": "How."} for outcome in outcomes]
    return {"verdict": verdict, "checks": checks}


ALARMS: list[tuple[dict[str, Any], int]] = [
    ({}, 1),
    ({"a": report_of("verified", "pass")}, 0),
    ({"a": report_of("verified", "pass"), "b": report_of("inconclusive", "pass", "inconclusive")}, 1),
    ({"a": report_of("violated", "missing_access", "inconclusive")}, 2),
    ({"a": report_of("violated", "excess_access"), "b": report_of("violated", "missing_access")}, 3),
    ({"a": report_of("verified", "pass"), "b": "{"}, 1),
    ({"a": report_of("verified", "pass"), "b": "[]"}, 1),
    ({"a": {"verdict": "verified"}}, 1),
    ({"a": report_of("verified")}, 1),
    ({"a": report_of("inconclusive", "pass")}, 1),
    ({"a": report_of("verified", "an outcome of a later version")}, 1),
    ({"a": "{", "b": report_of("violated", "excess_access")}, 3),
]


@pytest.mark.parametrize(("reports", "code"), ALARMS)
def test_only_what_is_proven_keeps_the_alarm_silent(tmp_path: Path, reports: dict[str, Any], code: int) -> None:
    assert alarm(tmp_path, reports)[0] == code


UNJUDGED = {"path": "a/access-report.json", "standing": "inconclusive", "created": "today", "why": "It broke off."}
NO_REPORT = {"path": "b/access-report.json", "standing": "unreadable"}
GREEN = {**report_of("verified", "pass"), "created": "today"}
INDEXED: list[tuple[Any, int]] = [
    ({"contracts": []}, 0),
    ({"contracts": [{**UNJUDGED, "standing": "verified", "why": None}]}, 0),
    ({"contracts": [UNJUDGED]}, 1),
    ({"contracts": [{**UNJUDGED, "created": "yesterday"}]}, 0),
    ({"contracts": [NO_REPORT]}, 1),
    ({"contracts": [5]}, 1),
    ([], 1),
]


@pytest.mark.parametrize(("index", "code"), INDEXED)
def test_what_the_index_knows_counts_too(tmp_path: Path, index: Any, code: int) -> None:
    """Of a report that has been replaced since, it knows nothing."""
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "access-report-index.json").write_text(json.dumps(index))
    assert alarm(tmp_path, {"a": GREEN})[0] == code


SLICED = {"path": "../a/access-report.json", "standing": "violated", "summary": {"excess_access": 1, "pass": 3}}
OF_A_SLICE: list[tuple[Any, int]] = [
    ({"contracts": []}, 0),
    ({"contracts": [{**NO_REPORT, "path": "b/access-report.json"}]}, 1),
    ({"contracts": [{**SLICED, "created": "2026-01-01T00:00:02+00:00"}]}, 3),
    ({"contracts": [{**SLICED, "created": "2026-01-01T00:00:00+00:00"}]}, 0),
    ({"contracts": [{**SLICED, "path": "gone/access-report.json"}]}, 3),
    ({"contracts": [{**NO_REPORT, "path": "../a/access-report.json"}], "created": "2026-01-01T00:00:02+00:00"}, 1),
    ({"contracts": [{**NO_REPORT, "path": "../a/access-report.json"}], "created": "2026-01-01T00:00:00+00:00"}, 0),
    ("not an index", 1),
]


@pytest.mark.parametrize(("index", "code"), OF_A_SLICE)
def test_what_the_index_of_a_slice_knows_counts_too(tmp_path: Path, index: Any, code: int) -> None:
    """The report is of the second between the two."""
    (tmp_path / "reports" / "2").mkdir(parents=True)
    (tmp_path / "reports" / "2" / "access-report-index.json").write_text(json.dumps(index))
    assert alarm(tmp_path, {"a": {**GREEN, "created": "2026-01-01T00:00:01+00:00"}})[0] == code


def test_a_violation_that_the_index_doubts_is_one(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "access-report-index.json").write_text(json.dumps({"contracts": [UNJUDGED]}))
    violated = {**report_of("violated", "excess_access"), "created": "today"}
    code, said = alarm(tmp_path, {"a": violated})
    assert code == 3
    assert said.startswith("a: violated, which proves nothing: It broke off.\n  excess_access: Why. How.\n")


@pytest.mark.parametrize("arguments", [("--unknown",), ("reports", "more"), ("nowhere",)])
def test_an_alarm_that_cannot_do_its_work_is_neither_silent_nor_a_finding(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    assert alarm(tmp_path, {"a": report_of("verified", "pass")}, *arguments)[0] == 1
