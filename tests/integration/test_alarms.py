# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run over many contracts leaves for Prometheus and for a log, also where some could not be judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
import json
import os
from pathlib import Path
from typing import Any

from integration.test_report import INDEX, Fleet, errors
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families
import pytest

from lab.account import allow
from lab.checkout import CHECKOUT
from lab.emulator import Emulator
from lab.play import Ran, ansible
from lab.world import provision

PARSERS: list[Callable[[str], Any]] = [
    text_string_to_metric_families,
    openmetrics.text_string_to_metric_families,
]
#: Each breaks a format in its own way.
QUOTE, SLASH, LINE = 'quote " d', "back\\slash\\n", "new\nline"
TOLD = ("verdict", "exit_code", "judged")


class Rung(Fleet):
    """A fleet whose metrics and log somebody reads."""

    def __init__(self, home: Path, emulator: Emulator, *names: str) -> None:
        super().__init__(home, emulator)
        self.metrics_file, self.log_file = home / "prometheus" / "access.prom", home / "log" / "access.jsonl"
        files = {"bucket_access_metrics_file": self.metrics_file, "bucket_access_log_file": self.log_file}
        self.made = {name: provision(emulator) for name in names}
        for name, made in self.made.items():
            self.add(name, made, **{key: str(path) for key, path in files.items()})

    def metrics(self, parse: Callable[[str], Any] = text_string_to_metric_families) -> dict[tuple[str, ...], float]:
        families = parse(self.metrics_file.read_text())
        return {
            (sample.name.removeprefix("bucket_access_"), *sample.labels.values()): sample.value
            for family in families
            for sample in family.samples
        }

    @property
    def verdicts(self) -> dict[str, str]:
        """The one verdict that each contract has."""
        found = [key[1:] for key, value in self.metrics().items() if key[0] == "verdict" and value == 1]
        assert len(dict(found)) == len(found)
        return dict(found)

    @property
    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log_file.read_text().splitlines()]


def told(line: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(line[name] for name in TOLD)


@pytest.fixture(scope="module")
def rung(enforcing: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Rung:
    """Two contracts that hold, and one that is violated, verified once by two forks."""
    made = Rung(tmp_path_factory.mktemp("home"), enforcing, QUOTE, SLASH, LINE)
    made.made[LINE].give_user(allow("s3:ListAllMyBuckets"))
    ran = made.verify("--forks", "2")
    assert ran.code == 2, ran.output[-3000:]
    return made


@pytest.mark.parametrize("parse", PARSERS)
def test_prometheus_reads_what_a_run_leaves_whatever_the_hosts_are_called(rung: Rung, parse: Any) -> None:
    found = rung.metrics(parse)
    assert (found["reports",], found["exit_code",]) == (3, 3)
    assert {key[1:]: value for key, value in found.items() if key[0] == "verdict" and value} == {
        (QUOTE, "verified"): 1,
        (SLASH, "verified"): 1,
        (LINE, "violated"): 1,
    }
    assert found["checks", LINE, "excess_access"] == rung.report(LINE)["summary"]["excess_access"] > 0
    assert found["verified_timestamp_seconds", QUOTE] > 0
    assert {path.name for path in rung.metrics_file.parent.iterdir()} == {"access.prom"}
    assert rung.metrics_file.stat().st_mode & 0o777 == 0o644


def test_the_log_has_a_line_for_each_contract(rung: Rung) -> None:
    assert {line["contract"]: told(line) for line in rung.log} == {
        QUOTE: ("verified", 0, True),
        SLASH: ("verified", 0, True),
        LINE: ("violated", 3, True),
    }
    assert len(rung.log) == 3
    assert {path.name for path in rung.log_file.parent.iterdir()} == {"access.jsonl"}


@pytest.fixture
def two(enforcing: Emulator, tmp_path: Path) -> Rung:
    """Verified once, and both hold."""
    made = Rung(tmp_path, enforcing, "one", "other")
    ran = made.verify("--forks", "2")
    assert (ran.code, made.verdicts) == (0, {"one": "verified", "other": "verified"}), ran.output[-3000:]
    return made


#: A contract that cannot be carried out, one that Ansible cannot read, and a user who is not asked at all.
FAILURES: list[tuple[dict[str, Any], list[str]]] = [
    ({"bucket_access_permissions": ["raed"]}, ["one"]),
    ({"bucket_access_permissions": "{{ nowhere }}"}, ["one", "other"]),
    ({"bucket_access_user_profile": "nobody"}, ["other"]),
    ({"bucket_access_user_profile": "nobody"}, ["one", "other"]),
]


@pytest.mark.parametrize(("failure", "which"), FAILURES)
def test_a_contract_that_could_not_be_judged_keeps_no_green(two: Rung, failure: Any, which: list[str]) -> None:
    """However few of the hosts come to their ends, and whichever Ansible takes for all of them."""
    before, sound = two.metrics(), dict(two.hosts)
    for name in which:
        two.hosts[name] = {**sound[name], **failure}
    ran = two.verify("--forks", "2")
    assert {name: ran.recap[name]["failed"] for name in two.hosts} == {name: int(name in which) for name in two.hosts}
    wanted = {name: "inconclusive" if name in which else "verified" for name in two.hosts}
    assert (two.verdicts, two.metrics()["exit_code",]) == (wanted, 1)
    assert {line["contract"]: told(line) for line in two.log[2:]} == {
        name: ("inconclusive", 1, False) if name in which else ("verified", 0, True) for name in two.hosts
    }
    assert len(two.log) == 4
    for name in which:
        key = ("verified_timestamp_seconds", name)
        assert two.metrics()[key] == before[key]
    assert (errors(INDEX, two.index), two.index["verdict"]) == ([], "inconclusive")
    two.hosts = {**sound, which[0]: two.hosts[which[0]]}
    two.verify("--limit", ",".join(name for name in sound if name != which[0]))
    assert two.verdicts[which[0]] == "inconclusive"
    two.hosts = sound
    assert two.verify().code == 0
    assert two.verdicts == dict.fromkeys(sound, "verified")


def test_a_first_run_that_fails_leaves_what_rings(enforcing: Emulator, tmp_path: Path) -> None:
    made = Rung(tmp_path, enforcing, "one")
    made.hosts["one"] |= {"bucket_access_user_profile": "nobody"}
    assert made.verify().code == 2
    assert (made.verdicts, made.metrics()["exit_code",]) == ({"one": "inconclusive"}, 1)
    assert [told(line) for line in made.log] == [("inconclusive", 1, False)]


BATCHES = """
- name: One after the other
  hosts: contracts
  connection: local
  gather_facts: false
  serial: 1
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
    bucket_access_report_index_dir: "{{ inventory_dir }}/reports"
  tasks:
    - name: A contract is verified, and again
      ansible.builtin.include_role:
        name: assumerole.s3.bucket_access
        tasks_from: verify
      loop: [1, 2]
      loop_control:
        loop_var: turn
      when: turn == 1 or inventory_hostname == 'one'
"""


def test_batches_and_several_uses_of_the_role_log_each_verdict_once(enforcing: Emulator, tmp_path: Path) -> None:
    """What another batch has yet to verify is no failure."""
    made = Rung(tmp_path, enforcing, "one", "other")
    (tmp_path / "inventory.json").write_text(json.dumps({"contracts": {"hosts": made.hosts}}))
    (tmp_path / "play.yml").write_text(BATCHES)
    command = [str(tmp_path / "play.yml"), "-i", str(tmp_path / "inventory.json")]
    ran = ansible("ansible-playbook", *command, home=tmp_path, emulator=enforcing)
    assert ran.code == 0, ran.output[-3000:]
    assert Counter((line["contract"], *told(line)) for line in made.log) == {
        ("one", "verified", 0, True): 2,
        ("other", "verified", 0, True): 1,
    }


def said(made: Rung, *arguments: str, **variables: str) -> Ran:
    more = json.dumps({f"bucket_access_{name}": value for name, value in variables.items()})
    return made.verify("-e", more, *arguments)


def test_metrics_without_an_index_are_one_sentence_before_aws_is_asked(enforcing: Emulator, tmp_path: Path) -> None:
    made = Rung(tmp_path, enforcing, "one")
    ran = said(made, report_index_dir="")
    assert ran.sentence.startswith(
        "bucket_access_metrics_file is given without bucket_access_report_index_dir, where what it tells of is read: "
        "name both folders."
    )
    assert not made.metrics_file.exists()


def test_metrics_that_cannot_be_written_fail_the_run(two: Rung) -> None:
    (two.home / "taken").mkdir()
    ran = said(two, metrics_file=str(two.home / "taken"))
    assert (ran.code, ran.sentence) == (
        2,
        f"metrics_file: {two.home}/taken cannot be written: {two.home}/taken is no file of this user's. "
        "Choose another file.",
    )


def test_relative_names_begin_where_ansible_was_started(enforcing: Emulator, tmp_path: Path) -> None:
    """A module by itself would begin where the playbook is."""
    made = Rung(tmp_path, enforcing, "one")
    relative = os.path.relpath(tmp_path, CHECKOUT)
    names = {"metrics_file": f"{relative}/here.prom", "report_index_dir": f"{relative}/reports"}
    ran = said(made, "-e", "assumerole_s3_in_process=false", **names)
    assert ran.code == 0, ran.output[-3000:]
    made.metrics_file = tmp_path / "here.prom"
    assert made.verdicts == {"one": "verified"}
